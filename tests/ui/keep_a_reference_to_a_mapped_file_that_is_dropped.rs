#![allow(unused)]

use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

fn attempt(mapped: Mapped<City>) -> &'static City {
    let city: &City = &mapped;
    city
}

fn main() {}
