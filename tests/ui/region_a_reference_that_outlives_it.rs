#![allow(unused)]

use offset_std::prelude::*;
use offset_std::{Region, String, Vec};

fn frozen() -> &'static String {
    let region = Region::new();
    region.alloc::<String, _>("text").freeze()
}

fn plain(region: Region) {
    let number = region.alloc_plain(1u64);
    drop(region);
    *number = 2;
}

fn text(region: Region) {
    let text = region.alloc_str("text");
    let moved = std::boxed::Box::new(region);
    let _ = text.len();
}

fn owned() {
    let own;
    {
        let region = Region::new();
        own = region.alloc::<String, _>("owned");
    }
}

fn of_an_element(region: Region) {
    let mut own = region.alloc::<Vec<String>, _>(["a"]);
    let first = &own[0];
    own.edit().clear();
    let _ = first.len();
}

fn of_a_scope(region: &Region) -> &String {
    region.child().alloc::<String, _>("of the scope").freeze()
}

fn main() {}
