#![allow(unused)]

use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

fn attempt(mut city: CityMut<'_>, other: CityMut<'_>) {
    city.set(New);
    let _ = city.clone();
    let _: &City = &city;
    println!("{city:?}");
    let _ = city == other;
    let _: CityMut<'_> = Default::default();
}

fn main() {}
