#![allow(unused)]

use offset_std::prelude::*;

#[derive(Relocatable)]
#[repr(C)]
union Either {
    number: u32,
    float: f32,
}

fn main() {}
