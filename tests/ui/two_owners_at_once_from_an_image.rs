#![allow(unused)]

use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

fn attempt(mut image: Image<City>) {
    let one = image.alloc::<City, _>(New);
    let two = image.alloc::<City, _>(New);
    drop((one, two));
}

fn main() {}
