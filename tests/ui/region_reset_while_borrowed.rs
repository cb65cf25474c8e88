#![allow(unused)]

use offset_std::prelude::*;

use offset_std::{Region, String};

fn attempt(mut region: Region) {
    let text = region.alloc::<String, _>("text").freeze();
    region.reset();
    let _ = text.len();
    let slice = region.alloc_slice(&[1u64]);
    let _ = region.try_reset();
    slice[0] = 2;
    let own = region.alloc::<String, _>("owned");
    region.reset();
    drop(own);
}

fn main() {}
