#![allow(unused)]

use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

fn attempt(mut place: Place<'_, City>) {
    let frozen = place.freeze();
    place.edit().name.push('a');
    println!("{frozen:?}");
}

fn main() {}
