#![allow(unused)]

use offset_std::prelude::*;

#[derive(Relocatable, Clone, Copy)]
#[relocatable(plain)]
#[repr(C)]
struct Gap {
    small: u8,
    large: u64,
}

#[derive(Relocatable, Clone, Copy)]
#[relocatable(plain)]
#[repr(u8)]
enum Uneven {
    Nothing,
    Something(u8),
}

fn main() {}
