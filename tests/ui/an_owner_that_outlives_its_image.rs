#![allow(unused)]

use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

fn attempt(mut image: Image<City>) {
    let own = image.alloc::<City, _>(New);
    drop(image);
    drop(own);
}

fn main() {}
