#![allow(unused)]

use offset_std::VecMut;
use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

fn attempt(mut cities: VecMut<'_, City>) {
    cities.push(DeepCopy(&cities[0]));
    let first = &cities[0];
    cities.push(DeepCopy(first));
}

fn main() {}
