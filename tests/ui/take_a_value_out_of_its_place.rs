#![allow(unused)]

use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

fn attempt(mut place: Place<'_, City>, other: City) -> City {
    std::mem::replace(&mut *place, other)
}

fn main() {}
