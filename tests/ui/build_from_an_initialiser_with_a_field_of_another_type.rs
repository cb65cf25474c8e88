#![allow(unused)]

use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

fn attempt(mut image: Image<offset_std::Vec<Country>>) {
    image.edit().push(CountryInit { name: 7u64 });
    image.edit().push(CountryInit {});
}

fn main() {}
