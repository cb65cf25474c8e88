#![allow(unused)]

use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

fn attempt(mut city: Place<'_, City>, mut country: Place<'_, Country>, other: Country) {
    city.population = 1;
    *country = other;
}

fn main() {}
