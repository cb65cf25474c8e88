#![allow(unused)]

use offset_std::VecMut;
use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

fn attempt(mut cities: VecMut<'_, City>) {
    cities.extend((0..3).map(|_| {
        cities.push(New);
        New
    }));
}

fn main() {}
