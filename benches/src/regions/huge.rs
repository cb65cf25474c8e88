//! A space of its own grows by one region, with huge pages and without: what they save, and what they cost.
//!
//! | metric | what is measured |
//! | --- | --- |
//! | allocate | the time of an object in memory that was never used before |
//! | faults | page faults meanwhile |
//! | read | the time of reading an object somewhere |
//! | resident | bytes in memory, of which a thousandth is in use after trimming |

use std::hint::black_box;

use offset_std::{Region, Space};

use super::isolated::{Contender, Task};
use super::system::{page_faults, resident_bytes};
use super::{OBJECT_BYTES, Object};
use crate::Options;
use crate::clock::Stopwatch;
use crate::harness::{BYTES, COUNT, NANOS, OURS, Result, Row};
use crate::random::Random;

/// Bytes of objects.
const FILLED: u64 = 256 << 20;

/// Objects of which one stays.
const SPARSE: usize = 1000;

/// Reads of one object.
const READS: u64 = 5_000_000;

pub(super) const TASK: Task = Task {
    name: "huge",
    metrics: &[("allocate", NANOS), ("faults", COUNT), ("read", NANOS), ("resident", BYTES)],
    contenders: &[
        Contender { name: OURS, measure: |objects| measure(objects, false) },
        Contender { name: "offset, huge pages", measure: |objects| measure(objects, true) },
    ],
};

/// Runs the subject.
///
/// # Errors
///
/// If a process can't be started, or fails.
pub(crate) fn run(options: &Options) -> Result<Vec<Row>> {
    TASK.run(FILLED / OBJECT_BYTES, options.rounds)
}

fn measure(objects: u64, huge: bool) -> Vec<f64> {
    let space = Space::new().expect("there is address space");
    space.set_huge_pages(huge);
    let region = Region::new_in(&space);
    // Where they are, in memory that has been touched.
    let mut filled: Vec<&Object> = vec![&[0; 4]; objects as usize];
    let (faults, start) = (page_faults(), Stopwatch::start());
    for (number, place) in (0..).zip(&mut filled) {
        *place = region.alloc_plain([number; 4]);
    }
    let (time, faults) = (start.seconds(), page_faults() - faults);

    let mut random = Random::new(1);
    let start = Stopwatch::start();
    let sum = (0..READS).fold(0, |sum: u64, _| sum.wrapping_add(filled[random.below(objects) as usize][0]));
    black_box(sum);
    let reading = start.seconds();
    drop(filled);
    drop(region);

    // Regions of an object each, of which few stay.
    let mut alive: Vec<Region> = (0..objects / 16).map(|_| Region::new_in(&space)).collect();
    alive.iter().for_each(|region| _ = region.alloc_plain([0u64; 4]));
    let mut place = 0;
    alive.retain(|_| {
        place += 1;
        place % SPARSE == 0
    });
    alive.shrink_to_fit();
    space.trim();
    vec![time / objects as f64, faults as f64, reading / READS as f64, resident_bytes() as f64]
}

#[cfg(test)]
mod tests {
    #[test]
    fn each_contender_has_its_turn() {
        super::TASK.try_all(10_000);
    }
}
