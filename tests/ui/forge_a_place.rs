#![allow(unused)]

use std::ptr::NonNull;

use offset_std::Place;

fn attempt(place: Place<'_, u64>, at: NonNull<u64>) {
    let _ = Place::new(at, place.writer());
}

fn main() {}
