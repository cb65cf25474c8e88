#![allow(unused)]

use offset_std::VecMut;
use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

fn attempt(mut cities: VecMut<'_, City>) {
    let mut kept = None;
    cities.retain_mut(|place| {
        kept = Some(place.edit().name);
        true
    });
    drop(kept);
}

fn main() {}
