#![allow(unused)]

use offset_std::prelude::*;

use offset_std::{Region, String};

fn sealed(region: Region) {
    let root = region.alloc::<String, _>("root").detach();
    let sealed = region.seal(root);
    region.alloc_plain(1u64);
}

fn sealed_while_borrowed(region: Region) {
    let text = region.alloc::<String, _>("text").freeze();
    let root = region.alloc::<String, _>("root").detach();
    let sealed = region.seal(root);
    let _ = text.len();
}

fn read_after_the_last_is_gone(region: Region) {
    let sealed = Region::build(|region| region.alloc::<String, _>("root"));
    let text = sealed.as_str();
    drop(sealed);
    let _ = text.len();
    let shared = region.alloc::<String, _>("shared").share();
    let text = shared.as_str();
    drop((shared, region));
    let _ = text.len();
}

fn main() {}
