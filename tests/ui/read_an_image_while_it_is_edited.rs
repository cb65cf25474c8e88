#![allow(unused)]

use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

fn attempt(mut image: Image<City>) {
    let name = image.name.as_str();
    image.edit().name.push('a');
    println!("{name}");
}

fn main() {}
