#[derive(Relocatable, Clone, Copy)]
#[relocatable(plain)]
#[repr(C)]
pub struct Point {
    pub x: f64,
    pub y: f64,
}
