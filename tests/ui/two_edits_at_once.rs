#![allow(unused)]

use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

fn attempt(mut image: Image<City>) {
    let mut one = image.edit();
    let mut two = image.edit();
    one.name.push('a');
    two.name.push('b');
}

fn main() {}
