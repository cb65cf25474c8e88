#![allow(unused)]

use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

fn attempt(image: Image<City>) {
    let name = image.name.as_str();
    drop(image);
    println!("{name}");
}

fn main() {}
