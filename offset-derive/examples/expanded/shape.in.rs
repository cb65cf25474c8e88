#[derive(Relocatable)]
#[repr(u8)]
pub enum Shape {
    Circle { radius: f64 },
    Named(String, [u8; 4]) = 7,
    Nothing,
}
