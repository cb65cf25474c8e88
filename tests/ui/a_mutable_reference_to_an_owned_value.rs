#![allow(unused)]

use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

fn attempt(mut own: Own<'_, City>) {
    let _: &mut City = &mut *own;
}

fn main() {}
