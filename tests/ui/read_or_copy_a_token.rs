#![allow(unused)]

use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

use offset_std::Token;

fn attempt(token: Token<City>) {
    println!("{}", token.name);
    let _ = token.clone();
}

fn main() {}
