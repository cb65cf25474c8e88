#![allow(unused)]

use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

fn attempt(mut image: Image<City>, place: Place<'_, City>) {
    let _ = image.set_root(place);
}

fn main() {}
