#![allow(unused)]

use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

fn attempt(image: &Image<City>) {
    image.edit().name.push('a');
    image.alloc::<City, _>(New);
}

fn main() {}
