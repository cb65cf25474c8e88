#![allow(unused)]

use offset_std::prelude::*;
use offset_std::{Filled, Slot};

#[path = "support/city.rs"]
mod city;
use city::*;

fn attempt<'s>(slot: Slot<'s, City>, city: City) -> Filled<'s, City> {
    slot.write(city)
}

fn main() {}
