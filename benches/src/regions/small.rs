//! A region is created, gets `n` objects of 32 bytes, and is dropped.
//!
//! | metric | what is timed |
//! | --- | --- |
//! | create, fill, drop | a region, from nothing to nothing |

use super::peers::Boxes;
use super::{Arena, Object, ours};
use crate::Options;
use crate::clock::Stopwatch;
use crate::harness::{NANOS, Recorder, Result, Row};

/// Objects in a region.
const OBJECTS: [u64; 4] = [1, 10, 100, 1000];

/// Objects in a sample, about: enough for some milliseconds.
const SAMPLE: u64 = 1_000_000;

/// Samples of each contender in a round.
const SAMPLES: usize = 5;

/// Runs the subject.
///
/// # Errors
///
/// None.
pub(crate) fn run(options: &Options) -> Result<Vec<Row>> {
    Ok(OBJECTS.into_iter().flat_map(|objects| run_at(objects, SAMPLE, options.rounds)).collect())
}

fn run_at(objects: u64, sample: u64, rounds: usize) -> Vec<Row> {
    let mut recorder = Recorder::new("small", objects);
    // A region costs about as much as ten objects.
    let regions = sample / (objects + 9);
    for round in 0..=rounds {
        for _ in 0..SAMPLES {
            turn::<ours::Overlapping>(objects, regions, &mut recorder);
            turn::<bumpalo::Bump>(objects, regions, &mut recorder);
            turn::<bump_scope::Bump>(objects, regions, &mut recorder);
            turn::<blink_alloc::Blink>(objects, regions, &mut recorder);
            turn::<typed_arena::Arena<Object>>(objects, regions, &mut recorder);
            turn::<Boxes>(objects, regions, &mut recorder);
        }
        if round == 0 {
            recorder.forget();
        }
    }
    recorder.finish()
}

#[inline(never)]
fn turn<A: Arena>(objects: u64, regions: u64, recorder: &mut Recorder) {
    let start = Stopwatch::start();
    for _ in 0..regions {
        let arena = A::new();
        // In line, so that the region is a variable of the function that fills it, as it is in most programs.
        for number in 0..objects {
            arena.put([number; 4]);
        }
    }
    recorder.add(A::NAME, "create, fill, drop", NANOS, start.seconds() / regions as f64);
}

#[cfg(test)]
mod tests {
    #[test]
    fn each_contender_has_its_turn() {
        assert!(!super::run_at(10, 100, 1).is_empty());
    }
}
