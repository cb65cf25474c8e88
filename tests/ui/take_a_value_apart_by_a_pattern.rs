#![allow(unused)]

use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

fn attempt(place: Place<'_, City>) {
    let City { name, .. } = *place;
    drop(name);
}

fn main() {}
