#![allow(unused)]

use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

fn attempt(mut place: Place<'_, City>) {
    place.set(DeepCopy(&*place));
}

fn main() {}
