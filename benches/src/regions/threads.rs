//! Two threads build at the same time, `n` objects of 32 bytes each: in one region, or in a region each.
//!
//! | metric | what is timed |
//! | --- | --- |
//! | one region | an object of a thread, when both build in the same region |
//! | two regions | the same when each builds in its own |
//! | one / two | the ratio of these |
//!
//! A time is from when both are ready until the slower one is done; creating and dropping regions isn't part of it.

use std::hint::black_box;
use std::sync::Barrier;
use std::thread;
use std::time::Instant;

use blink_alloc::{Blink, SyncBlinkAlloc};

use super::isolated::{Contender, Task};
use super::peers::Boxes;
use super::{Arena, Object, ours, put_all};
use crate::Options;
use crate::harness::{COUNT, NANOS, Result, Row, median};

/// Objects of a thread: 8 MiB.
const OBJECTS: u64 = 1 << 18;

/// How often it is done in a turn. The first only warms up.
const TIMES: usize = 15;

pub(super) const TASK: Task = Task {
    name: "threads",
    metrics: &[("one region", NANOS), ("two regions", NANOS), ("one / two", COUNT)],
    contenders: &[
        Contender {
            name: ours::Overlapping::NAME,
            measure: |n| measure(n, Some(ours::two_writers), own::<ours::Overlapping>),
        },
        Contender { name: bumpalo::Bump::NAME, measure: |n| measure(n, None, own::<bumpalo::Bump>) },
        Contender { name: bump_scope::Bump::NAME, measure: |n| measure(n, None, own::<bump_scope::Bump>) },
        Contender { name: Blink::NAME, measure: |n| measure(n, Some(blink), own::<Blink>) },
        Contender {
            name: typed_arena::Arena::<Object>::NAME,
            measure: |n| measure(n, None, own::<typed_arena::Arena<Object>>),
        },
        Contender { name: Boxes::NAME, measure: |n| measure(n, None, own::<Boxes>) },
    ],
};

/// Runs the subject.
///
/// # Errors
///
/// If a process can't be started, or fails.
pub(crate) fn run(options: &Options) -> Result<Vec<Row>> {
    TASK.run(OBJECTS, options.rounds)
}

/// `shared` and `own` build once and return the seconds it took.
fn measure(objects: u64, shared: Option<fn(u64) -> f64>, own: fn(u64) -> f64) -> Vec<f64> {
    let (mut one, mut two) = (Vec::new(), Vec::new());
    for time in 0..=TIMES {
        let sample = (shared.map(|shared| shared(objects)), own(objects));
        if time > 0 {
            one.extend(sample.0);
            two.push(sample.1);
        }
    }
    let one = if one.is_empty() { f64::NAN } else { median(one) };
    let two = median(two);
    vec![one / objects as f64, two / objects as f64, one / two]
}

/// In two threads at the same time: `work` with what `prepare` made in that thread, which is dropped when both are done.
///
/// Only `work` is timed, from the first start to the last end.
pub(super) fn race<T>(prepare: impl Fn() -> T + Sync, work: impl Fn(&T) + Sync) -> f64 {
    let barrier = Barrier::new(2);
    let thread = || {
        let with = prepare();
        barrier.wait();
        let start = Instant::now();
        work(&with);
        let end = Instant::now();
        barrier.wait();
        (start, end)
    };
    let times = thread::scope(|scope| {
        [scope.spawn(thread), scope.spawn(thread)].map(|thread| thread.join().expect("no contender panics"))
    });
    times[0].1.max(times[1].1).duration_since(times[0].0.min(times[1].0)).as_secs_f64()
}

fn own<A: Arena>(objects: u64) -> f64 {
    race(A::new, |arena| put_all(arena, objects))
}

fn blink(objects: u64) -> f64 {
    let shared = SyncBlinkAlloc::new();
    race(
        || Blink::new_in(shared.local()),
        |arena| {
            for number in 0..objects {
                black_box(arena.put([number; 4]));
            }
        },
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn each_contender_has_its_turn() {
        super::TASK.try_all(100);
    }
}
