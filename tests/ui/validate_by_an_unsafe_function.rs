#![forbid(unsafe_code)]
#![allow(unused)]

use offset_std::prelude::*;

#[derive(Relocatable)]
#[relocatable(validate = std::mem::transmute::<&Evil, Result<(), Box<String>>>)]
#[repr(C)]
struct Evil {
    number: u64,
}

fn main() {}
