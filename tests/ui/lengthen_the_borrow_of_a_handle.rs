#![allow(unused)]

use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

use offset_std::VecMut;

fn place<'r>(place: &'r mut Place<'static, City>) -> CityMut<'static> {
    place.edit()
}

fn element<'r>(vec: &'r mut VecMut<'static, City>) -> Option<Place<'static, City>> {
    vec.get_mut(0)
}

fn read<'r>(place: &'r Place<'static, City>) -> &'static City {
    place
}

fn main() {}
