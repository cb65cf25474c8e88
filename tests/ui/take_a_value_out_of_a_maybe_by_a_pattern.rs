#![allow(unused)]

use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

fn attempt(image: &Image<City>) {
    let Maybe::Some(motto) = image.motto else { return };
    drop(motto);
}

fn main() {}
