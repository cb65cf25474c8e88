#![allow(unused)]

use offset_std::BoxMut;
use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

fn attempt(mut boxed: BoxMut<'_, City>) {
    let _: &mut City = &mut *boxed;
}

fn main() {}
