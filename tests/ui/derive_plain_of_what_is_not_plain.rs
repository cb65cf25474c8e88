#![allow(unused)]

use offset_std::prelude::*;

#[derive(Relocatable, Clone, Copy)]
#[repr(C)]
struct Inner(u64);

#[derive(Relocatable, Clone, Copy)]
#[relocatable(plain)]
#[repr(C)]
struct Outer {
    inner: Inner,
}

fn main() {}
