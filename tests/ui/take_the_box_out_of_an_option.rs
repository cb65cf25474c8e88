#![allow(unused)]

use offset_std::OptionMut;
use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

fn attempt(mut option: OptionMut<'_, City>) {
    let _ = Option::take(&mut *option);
}

fn main() {}
