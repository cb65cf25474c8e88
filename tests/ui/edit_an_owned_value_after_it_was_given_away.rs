#![allow(unused)]

use offset_std::OptionMut;
use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

fn attempt(mut option: OptionMut<'_, City>) {
    let mut own = option.take().unwrap();
    let mut fields = own.edit();
    option.set(Some(own));
    fields.name.push('a');
}

fn main() {}
