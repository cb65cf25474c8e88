#![allow(unused)]

use offset_std::prelude::*;

use offset_std::{Own, Region, Sealed, String, Vec};

fn of_an_outer_region(outer: &Region) -> Sealed<String> {
    Region::build(|_| outer.alloc::<String, _>("of another region"))
}

fn smuggled_out() {
    let mut out: Option<Own<'_, String>> = None;
    let mut inner: Option<&Region> = None;
    let mut text: Option<&String> = None;
    let sealed = Region::build(|region| {
        inner = Some(region);
        text = Some(region.alloc::<String, _>("text").freeze());
        out = Some(region.alloc::<String, _>("owned"));
        region.alloc::<String, _>("root")
    });
}

fn a_reference_instead() -> Sealed<String> {
    Region::build(|region| region.alloc::<String, _>("root").freeze())
}

fn edited_afterwards(mut sealed: Sealed<Vec<u64>>) {
    sealed.edit().push(1);
    sealed.push(1);
}

fn main() {}
