#![allow(unused)]

use offset_std::prelude::*;

#[derive(Relocatable)]
#[repr(C)]
struct Noisy(u8);

impl Drop for Noisy {
    fn drop(&mut self) {}
}

fn main() {}
