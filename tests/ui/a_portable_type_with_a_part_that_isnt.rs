#![allow(unused)]

use offset_std::prelude::*;

#[path = "support/brand.rs"]
mod brand;
use brand::Brand;

#[derive(Relocatable)]
#[repr(C)]
struct Hidden {
    brand: Brand<'static>,
}

fn main() {}
