#![allow(unused)]

use offset_std::{Box, Handle, String, Vec};

fn main() {
    let _ = Box::new(1u64);
    let _ = Vec::<u64>::with_capacity(1);
    let _ = String::with_capacity(1);
    let _ = Handle::<u64>::from_unit(16);
}
