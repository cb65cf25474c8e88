#![allow(unused)]

use offset_std::{Box, Handle};

fn attempt(boxed: &Box<u64>) -> Handle<u64> {
    boxed.0
}

fn main() {}
