//! `n` regions are alive at once, each with one object of 32 bytes.
//!
//! | metric | what is measured |
//! | --- | --- |
//! | resident a region | memory, the variable that holds the region included |
//! | create | the time of a region when all of them are made |
//! | drop | the time of a region when all of them are dropped |
//! | one more | the time of creating and dropping another one beside them |
//! | replace | the time of dropping one of them, drawn at random, for a new one |

use super::isolated::{Contender, Task};
use super::peers::Boxes;
use super::system::resident_bytes;
use super::{Arena, Object, ours};
use crate::Options;
use crate::clock::Stopwatch;
use crate::harness::{BYTES, NANOS, Result, Row};
use crate::random::Random;

/// Regions at once: as many as fit the cache, and as many as don't.
const REGIONS: [u64; 2] = [10, 1_000_000];

/// Below so many regions, memory comes in pages and a time in ticks: then neither is the share of one region.
const ENOUGH: u64 = 10_000;

/// How often one more is created, and one replaced.
const TIMES: u64 = 200_000;

pub(super) const TASK: Task = Task {
    name: "alive",
    metrics: &[
        ("resident a region", BYTES),
        ("create", NANOS),
        ("drop", NANOS),
        ("one more", NANOS),
        ("replace", NANOS),
    ],
    contenders: &[
        Contender { name: ours::Overlapping::NAME, measure: |n| measure(n, with_one::<ours::Overlapping>) },
        Contender { name: "offset, bounded", measure: |n| measure(n, ours::bounded) },
        Contender { name: "offset, sealed", measure: |n| measure(n, ours::sealed) },
        Contender { name: bumpalo::Bump::NAME, measure: |n| measure(n, with_one::<bumpalo::Bump>) },
        Contender { name: bump_scope::Bump::NAME, measure: |n| measure(n, with_one::<bump_scope::Bump>) },
        Contender { name: blink_alloc::Blink::NAME, measure: |n| measure(n, with_one::<blink_alloc::Blink>) },
        Contender {
            name: typed_arena::Arena::<Object>::NAME,
            measure: |n| measure(n, with_one::<typed_arena::Arena<Object>>),
        },
        Contender { name: Boxes::NAME, measure: |n| measure(n, with_one::<Boxes>) },
    ],
};

/// Runs the subject.
///
/// # Errors
///
/// If a process can't be started, or fails.
pub(crate) fn run(options: &Options) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for regions in REGIONS {
        rows.extend(TASK.run(regions, options.rounds)?);
    }
    Ok(rows)
}

/// A region that holds `object`.
fn with_one<A: Arena>(object: Object) -> A {
    let arena = A::new();
    arena.put(object);
    arena
}

fn measure<R>(regions: u64, make: impl Fn(Object) -> R) -> Vec<f64> {
    let before = resident_bytes();
    let mut alive = Vec::with_capacity(regions as usize);
    let start = Stopwatch::start();
    alive.extend((0..regions).map(|number| make([number; 4])));
    let create = start.seconds();
    let resident = resident_bytes().saturating_sub(before);

    let start = Stopwatch::start();
    for number in 0..TIMES {
        drop(make([number; 4]));
    }
    let more = start.seconds();

    let mut random = Random::new(3);
    let start = Stopwatch::start();
    for number in 0..TIMES {
        alive[random.below(regions) as usize] = make([number; 4]);
    }
    let replace = start.seconds();

    let start = Stopwatch::start();
    alive.clear();
    let clear = start.seconds();

    let share = |total: f64| if regions < ENOUGH { f64::NAN } else { total / regions as f64 };
    vec![share(resident as f64), share(create), share(clear), more / TIMES as f64, replace / TIMES as f64]
}

#[cfg(test)]
mod tests {
    #[test]
    fn each_contender_has_its_turn() {
        super::TASK.try_all(10);
    }
}
