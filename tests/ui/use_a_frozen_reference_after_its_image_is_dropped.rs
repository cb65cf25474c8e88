#![allow(unused)]

use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

fn attempt(mut image: Image<City>) {
    let frozen = image.root_mut().freeze();
    drop(image);
    println!("{frozen:?}");
}

fn main() {}
