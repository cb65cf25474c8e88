#![allow(unused)]

use offset_std::VecMut;
use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

fn attempt(mut cities: VecMut<'_, City>) {
    cities.sort_by_key(|city| {
        cities.push(New);
        city.population
    });
}

fn main() {}
