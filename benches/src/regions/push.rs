//! A vector in a fresh region gets `n` numbers, one by one, and both are dropped.
//!
//! | metric | what is measured |
//! | --- | --- |
//! | push | the time of a number, its share of creating and dropping vector and region included |
//! | faults a vector | page faults, after the first vector |
//!
//! `std` and mimalloc have no region.

use std::hint::black_box;

use super::isolated::{Contender, Task};
use super::peers::{Boxes, Mimalloc};
use super::system::page_faults;
use super::{Arena, ours};
use crate::Options;
use crate::clock::Stopwatch;
use crate::harness::{COUNT, NANOS, Result, Row};

/// Numbers in a vector: a few more than any capacity that comes from doubling.
const NUMBERS: u64 = 10_007;

/// Vectors in a turn.
const VECTORS: u64 = 500;

pub(super) const TASK: Task = Task {
    name: "push",
    metrics: &[("push", NANOS), ("faults a vector", COUNT)],
    contenders: &[
        Contender { name: ours::Overlapping::NAME, measure: |n| measure(n, ours::push) },
        Contender { name: bumpalo::Bump::NAME, measure: |n| measure(n, bumpalo_vec) },
        Contender { name: bump_scope::Bump::NAME, measure: |n| measure(n, bump_scope_vec) },
        Contender { name: blink_alloc::Blink::NAME, measure: |n| measure(n, blink_vec) },
        Contender { name: Boxes::NAME, measure: |n| measure(n, mimalloc_vec) },
        Contender { name: "std", measure: |n| measure(n, std_vec) },
    ],
};

/// Runs the subject.
///
/// # Errors
///
/// If a process can't be started, or fails.
pub(crate) fn run(options: &Options) -> Result<Vec<Row>> {
    TASK.run(NUMBERS, options.rounds)
}

/// The seconds of a number, and the page faults of a vector. `vector` pushes so many numbers and returns the last.
fn measure(numbers: u64, vector: impl Fn(u64) -> Option<u64>) -> Vec<f64> {
    assert_eq!(vector(numbers), Some(numbers - 1));
    let (faults, start) = (page_faults(), Stopwatch::start());
    for _ in 0..VECTORS {
        black_box(vector(numbers));
    }
    let (time, faults) = (start.seconds(), page_faults() - faults);
    vec![time / (VECTORS * numbers) as f64, faults as f64 / VECTORS as f64]
}

fn bumpalo_vec(numbers: u64) -> Option<u64> {
    let region = bumpalo::Bump::new();
    let mut vector = bumpalo::collections::Vec::new_in(&region);
    for number in 0..numbers {
        vector.push(number);
    }
    black_box(&vector).last().copied()
}

fn bump_scope_vec(numbers: u64) -> Option<u64> {
    let region: bump_scope::Bump = bump_scope::Bump::new();
    let mut vector = bump_scope::BumpVec::new_in(&region);
    for number in 0..numbers {
        vector.push(number);
    }
    black_box(&vector).last().copied()
}

fn blink_vec(numbers: u64) -> Option<u64> {
    let region = blink_alloc::BlinkAlloc::new();
    let mut vector = allocator_api2::vec::Vec::new_in(&region);
    for number in 0..numbers {
        vector.push(number);
    }
    black_box(&vector).last().copied()
}

fn mimalloc_vec(numbers: u64) -> Option<u64> {
    let mut vector = allocator_api2::vec::Vec::new_in(Mimalloc);
    for number in 0..numbers {
        vector.push(number);
    }
    black_box(&vector).last().copied()
}

fn std_vec(numbers: u64) -> Option<u64> {
    let mut vector = Vec::new();
    for number in 0..numbers {
        vector.push(number);
    }
    black_box(&vector).last().copied()
}

#[cfg(test)]
mod tests {
    #[test]
    fn each_contender_has_its_turn() {
        super::TASK.try_all(100);
    }
}
