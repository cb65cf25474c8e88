#![allow(unused)]

use offset_std::prelude::*;
use offset_std::{Box, Vec};

fn main() {
    let _ = Image::<Vec<[u8; 1 << 40]>>::load("file");
    let _ = Image::<Option<Box<[u8; 1 << 32]>>>::new(Empty);
}
