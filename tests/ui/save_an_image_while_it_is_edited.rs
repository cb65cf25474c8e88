#![allow(unused)]

use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

fn attempt(mut image: Image<City>) {
    let mut city = image.edit();
    image.save("file").unwrap();
    city.name.push('a');
}

fn main() {}
