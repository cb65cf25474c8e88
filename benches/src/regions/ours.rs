//! Regions of a space.

use std::hint::black_box;
use std::sync::Mutex;

use offset_std::{Empty, Region, Sealed};

use super::threads::race;
use super::{Arena, Object, Reset, put_all};
use crate::harness::OURS;

/// A region of the kind that one gets without asking for another.
pub(super) struct Overlapping(Region);

impl Arena for Overlapping {
    const NAME: &'static str = OURS;

    #[inline]
    fn new() -> Self {
        Overlapping(Region::new())
    }

    #[inline]
    fn put(&self, object: Object) {
        black_box(self.0.alloc_plain(object));
    }
}

impl Reset for Overlapping {
    fn reset(&mut self) {
        self.0.reset();
    }
}

/// A region that is as large as its object needs: a line of 64 bytes is the least.
pub(super) fn bounded(object: Object) -> Region {
    let region = Region::bounded(64);
    black_box(region.alloc_plain(object));
    region
}

pub(super) fn push(numbers: u64) -> Option<u64> {
    let region = Region::new();
    let mut vector = region.alloc::<offset_std::Vec<u64>, _>(Empty);
    let mut edited = vector.edit();
    for number in 0..numbers {
        edited.push(number);
    }
    black_box(&vector).last().copied()
}

/// A region that is sealed around its object, so that the next one begins where it ends.
pub(super) fn sealed(object: Object) -> Sealed<Object> {
    black_box(Region::build(|region| region.alloc(object)))
}

/// Two threads fill a region, each with a writer of its own.
pub(super) fn two_writers(objects: u64) -> f64 {
    let region = Overlapping(Region::new());
    let writers =
        [region.0.writer(), region.0.writer()].map(|writer| writer.expect("regions that overlap have writers"));
    let writers = Mutex::new(Vec::from(writers.map(Overlapping)));
    let take = || writers.lock().expect("nobody panicked").pop().expect("one for each thread");
    race(take, |writer| put_all(writer, objects))
}
