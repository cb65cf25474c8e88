#![allow(unused)]

use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

fn attempt() {
    let _ = Mapped::<City>::map("file");
    let _ = Mapped::<City>::map_unchecked("file");
}

fn main() {}
