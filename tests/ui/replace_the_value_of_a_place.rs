#![allow(unused)]

use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

fn attempt(mut one: Place<'_, City>, mut two: Place<'_, City>) {
    std::mem::swap(&mut *one, &mut *two);
}

fn main() {}
