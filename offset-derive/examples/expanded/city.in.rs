/// A city, as an atlas has it.
#[derive(Relocatable)]
#[repr(C)]
#[relocatable(validate = City::check)]
pub struct City {
    /// In the local language.
    pub name: String,
    pub population: u64,
    tags: Vec<String>,
}
