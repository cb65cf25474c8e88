#![allow(unused)]

use offset_std::{Box, Handle};

fn attempt(handle: Handle<u64>) -> Box<u64> {
    Box(handle)
}

fn main() {}
