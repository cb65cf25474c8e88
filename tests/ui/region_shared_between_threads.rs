#![allow(unused)]

use offset_std::prelude::*;

use offset_std::Region;

fn attempt(region: Region) {
    std::thread::scope(|scope| {
        scope.spawn(|| *region.alloc_plain(1u64));
        scope.spawn(|| *region.alloc_plain(2u64));
    });
    let region = std::sync::Arc::new(region);
    std::thread::spawn(move || *region.alloc_plain(1u64));
}

fn main() {}
