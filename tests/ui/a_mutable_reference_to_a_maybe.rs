#![allow(unused)]

use offset_std::MaybeMut;
use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

fn attempt(mut maybe: MaybeMut<'_, City>) {
    *maybe = Maybe::None;
}

fn main() {}
