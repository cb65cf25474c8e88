#![allow(unused)]

use offset_std::StringMut;
use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

fn attempt(mut text: StringMut<'_>) {
    let _: &mut str = &mut *text;
    let _ = text.as_bytes_mut();
}

fn main() {}
