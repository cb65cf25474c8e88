#![allow(unused)]

use offset_std::VecMut;
use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

fn attempt(mut cities: VecMut<'_, City>) {
    cities.dedup_by(|one, two| {
        std::mem::swap(one, two);
        false
    });
}

fn main() {}
