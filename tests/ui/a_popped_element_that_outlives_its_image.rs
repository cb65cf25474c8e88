#![allow(unused)]

use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

fn attempt() -> Popped<'static, City> {
    let mut image = Image::<offset_std::Vec<City>>::new([New]).unwrap();
    let mut cities = image.edit();
    cities.pop().unwrap()
}

fn main() {}
