#![allow(unused)]

use offset_std::VecMut;
use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

fn attempt(mut cities: VecMut<'_, City>) {
    let one = cities.get_mut(0);
    let two = cities.get_mut(0);
    drop((one, two));
}

fn main() {}
