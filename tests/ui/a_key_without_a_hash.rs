use offset_std::{StableHash, prelude::*};

#[derive(Relocatable, StableHash)]
#[repr(C)]
struct Point {
    x: f64,
}

#[derive(StableHash)]
union Bits {
    a: u32,
    b: [u8; 4],
}

fn main() {}
