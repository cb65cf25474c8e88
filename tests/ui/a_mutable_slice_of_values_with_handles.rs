#![allow(unused)]

use offset_std::prelude::*;
use offset_std::{SliceMut, VecMut};

#[path = "support/city.rs"]
mod city;
use city::*;

fn attempt(mut cities: VecMut<'_, City>, mut part: SliceMut<'_, City>) {
    let _: &mut [City] = &mut *cities;
    let _: &mut [City] = &mut *part;
    cities[0].population = 1;
}

fn main() {}
