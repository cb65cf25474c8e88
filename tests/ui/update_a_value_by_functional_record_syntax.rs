#![allow(unused)]

use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

fn attempt(place: Place<'_, City>) -> City {
    City { population: 1, ..*place }
}

fn main() {}
