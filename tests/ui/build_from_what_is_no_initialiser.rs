#![allow(unused)]

use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

fn attempt(mut city: CityMut<'_>) {
    city.home.set(New);
    city.name.set(New);
}

fn main() {}
