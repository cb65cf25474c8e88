#![allow(unused)]

use offset_std::prelude::*;

use offset_std::{Region, Vec, VecMut};

fn attempt(region: &'static Region) {
    let own = region.alloc::<Vec<u64>, _>([1]);
    std::thread::spawn(move || drop(own));
}

fn a_handle(region: &'static Region) {
    let mut own = region.alloc::<Vec<u64>, _>([1]);
    std::thread::scope(|scope| {
        let mut vec: VecMut<'_, u64> = own.edit();
        scope.spawn(move || vec.push(2));
    });
}

fn main() {}
