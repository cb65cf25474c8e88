#![allow(unused)]

use offset_std::prelude::*;

#[derive(Clone, Copy)]
struct Mine(&'static str);

impl Plain for Mine {}
impl Portable for Mine {}

fn main() {}
