#![allow(unused)]

use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

fn attempt(mut popped: Popped<'_, City>) {
    let _: &mut City = &mut *popped;
}

fn main() {}
