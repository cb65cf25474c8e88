#![allow(unused)]

use offset_std::{String, StringMut, Vec, VecMut};

fn attempt(bytes: Vec<u8>) -> String {
    String(bytes)
}

fn edit<'r>(bytes: VecMut<'r, u8>) -> StringMut<'r> {
    StringMut::new(bytes)
}

fn main() {}
