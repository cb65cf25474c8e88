#![allow(unused)]

use offset_std::prelude::*;

#[derive(Relocatable)]
#[relocatable(validate = check)]
#[repr(C)]
struct Range(u32, u32);

fn check(_: &mut Range) -> Result<(), String> {
    Ok(())
}

fn main() {}
