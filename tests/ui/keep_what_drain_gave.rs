#![allow(unused)]

use offset_std::VecMut;
use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

fn attempt(mut cities: VecMut<'_, City>) {
    let mut kept = Vec::new();
    cities.drain(.., |popped| kept.push(popped));
}

fn main() {}
