#![allow(unused)]

use offset_std::prelude::*;

type Size = usize;

#[derive(Relocatable)]
#[repr(C)]
struct Hidden {
    size: Size,
}

fn main() {}
