#![allow(unused)]

use offset_std::prelude::*;

#[derive(Relocatable)]
struct NoRepr(u8);

#[derive(Relocatable)]
#[repr(C, packed)]
struct Packed(u8, u64);

#[derive(Relocatable)]
#[repr(C, align(128))]
struct Aligned(u8);

#[derive(Relocatable)]
enum NoTag {
    A,
}

#[derive(Relocatable)]
#[repr(C)]
enum CTag {
    A,
}

#[derive(Relocatable)]
#[repr(u8)]
enum Empty {}

#[derive(Relocatable)]
#[repr(usize)]
enum Wide {
    A,
}

fn main() {}
