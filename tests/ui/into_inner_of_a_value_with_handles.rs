#![allow(unused)]

use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

fn attempt(popped: Popped<'_, City>) -> City {
    popped.into_inner()
}

fn main() {}
