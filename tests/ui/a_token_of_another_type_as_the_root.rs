#![allow(unused)]

use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

use offset_std::Token;

fn attempt(mut image: Image<City>, token: Token<Country>) {
    let _ = image.set_root(token);
}

fn main() {}
