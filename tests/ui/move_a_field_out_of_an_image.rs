#![allow(unused)]

use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

fn attempt(image: Image<City>) -> offset_std::String {
    image.name
}

fn main() {}
