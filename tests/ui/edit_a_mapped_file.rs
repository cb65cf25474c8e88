#![allow(unused)]

use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

fn attempt(mut mapped: Mapped<City>) {
    mapped.edit().name.push('a');
    mapped.population = 1;
}

fn main() {}
