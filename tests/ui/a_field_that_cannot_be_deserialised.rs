//! Every field that is read must be `DeserializeIn`, and one that has a default must have one.

use offset_std::prelude::*;
use offset_std::{Box, String};

#[derive(Relocatable)]
#[repr(C)]
struct Plot {
    name: String,
}

#[derive(Relocatable, DeserializeIn)]
#[repr(C)]
struct Garden {
    name: String,
    plot: Plot,
}

#[derive(Relocatable, DeserializeIn)]
#[repr(C)]
struct Park {
    #[serde(skip)]
    garden: Box<Garden>,
    #[serde(default = "one")]
    name: String,
}

fn one() -> u64 {
    1
}

fn main() {}
