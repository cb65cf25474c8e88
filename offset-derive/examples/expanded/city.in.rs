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

/// A recursive generic type.
#[derive(Relocatable)]
#[repr(C)]
pub(crate) struct Node<T> {
    next: Option<Box<Self>>,
    value: T,
}

#[derive(Relocatable)]
#[repr(u8)]
pub enum Shape {
    Circle { radius: f64 },
    Named(String, [u8; 4]) = 7,
    Nothing,
}

#[derive(Relocatable, Clone, Copy)]
#[relocatable(plain)]
#[repr(C)]
pub struct Point {
    pub x: f64,
    pub y: f64,
}
