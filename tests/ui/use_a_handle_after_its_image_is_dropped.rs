#![allow(unused)]

use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

fn attempt(mut image: Image<City>) {
    let mut city = image.edit();
    drop(image);
    city.name.push_str("text");
}

fn main() {}
