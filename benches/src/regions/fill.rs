//! A region is filled with `n` objects of 32 bytes, 1 MiB, and dropped, again and again; or it is reset instead.
//!
//! | metric | what is measured |
//! | --- | --- |
//! | allocate, with drop | the time of an object, its share of creating and dropping the region included |
//! | faults a region | page faults, after the first region |
//! | allocate, with reset | the same with one region that is reset |
//! | faults a reset | page faults, after the first filling |

use super::isolated::{Contender, Task};
use super::peers::Boxes;
use super::system::page_faults;
use super::{Arena, OBJECT_BYTES, Object, Reset, ours, put_all};
use crate::Options;
use crate::clock::Stopwatch;
use crate::harness::{COUNT, NANOS, Result, Row};

/// The bytes of a full region.
const BYTES: u64 = 1 << 20;

/// How often a region is filled in a turn; with the default of seven rounds it is a thousand times.
const FILLS: u64 = 150;

pub(super) const TASK: Task = Task {
    name: "fill",
    metrics: &[
        ("allocate, with drop", NANOS),
        ("faults a region", COUNT),
        ("allocate, with reset", NANOS),
        ("faults a reset", COUNT),
    ],
    contenders: &[
        Contender { name: ours::Overlapping::NAME, measure: both::<ours::Overlapping> },
        Contender { name: bumpalo::Bump::NAME, measure: both::<bumpalo::Bump> },
        Contender { name: bump_scope::Bump::NAME, measure: both::<bump_scope::Bump> },
        Contender { name: blink_alloc::Blink::NAME, measure: both::<blink_alloc::Blink> },
        Contender { name: typed_arena::Arena::<Object>::NAME, measure: dropped_only::<typed_arena::Arena<Object>> },
        Contender { name: Boxes::NAME, measure: dropped_only::<Boxes> },
    ],
};

/// Runs the subject.
///
/// # Errors
///
/// If a process can't be started, or fails.
pub(crate) fn run(options: &Options) -> Result<Vec<Row>> {
    TASK.run(BYTES / OBJECT_BYTES, options.rounds)
}

fn both<A: Reset>(objects: u64) -> Vec<f64> {
    // Dropping comes first: glibc gives less back to the system once it has seen larger things freed.
    let dropped = dropped::<A>(objects);
    let mut arena = A::new();
    let reset = repeated(objects, || {
        put_all(&arena, objects);
        arena.reset();
    });
    [dropped, reset].concat()
}

fn dropped_only<A: Arena>(objects: u64) -> Vec<f64> {
    [dropped::<A>(objects), [f64::NAN; 2]].concat()
}

fn dropped<A: Arena>(objects: u64) -> [f64; 2] {
    repeated(objects, || put_all(&A::new(), objects))
}

/// The seconds of an object, and the page faults of a region.
fn repeated(objects: u64, mut work: impl FnMut()) -> [f64; 2] {
    work();
    let (faults, start) = (page_faults(), Stopwatch::start());
    (0..FILLS).for_each(|_| work());
    let (time, faults) = (start.seconds(), page_faults() - faults);
    [time / (FILLS * objects) as f64, faults as f64 / FILLS as f64]
}

#[cfg(test)]
mod tests {
    #[test]
    fn each_contender_has_its_turn() {
        super::TASK.try_all(100);
    }
}
