#![allow(unused)]

use offset_std::VecMut;
use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

fn attempt(mut cities: VecMut<'_, City>) {
    let mut kept = None;
    cities.sort_by(|one, two| {
        kept = Some(one);
        one.population.cmp(&two.population)
    });
    println!("{kept:?}");
}

fn main() {}
