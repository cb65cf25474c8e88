#![allow(unused)]

use offset_std::{Handle, Vec};

fn attempt(handle: Handle<u64>) -> Vec<u64> {
    Vec { first: Some(handle), word: 1 }
}

fn main() {}
