#![allow(unused)]

use offset_std::prelude::*;

use offset_std::Region;

fn attempt() {
    let region = Region::new();
    let mut map =
        hashbrown::HashMap::<u64, u64, std::hash::RandomState, _>::with_hasher_in(Default::default(), &region);
    map.insert(1, 2);
    drop(region);
    map.insert(3, 4);
}

fn reset(mut region: Region) {
    let mut numbers = allocator_api2::vec::Vec::new_in(&region);
    numbers.push(1);
    region.reset();
    numbers.push(2);
}

fn main() {}
