//! `n` regions come and go: from one object to 10 MiB each, 100 to 10,000 of them at once.
//!
//! The churn has phases. In each, another number of regions is alive, and regions have sizes up to another limit, so that what one phase
//! leaves has to serve the next; within a phase a region drawn at random goes when another comes. Sizes and numbers are
//! uniform in their logarithms, and the same for all contenders.
//!
//! "offset, FIFO" keeps what is dropped waiting, as many bytes as stay warm, and drops what waits longest: so the memory that a region gets is what was given up
//! longest ago, not what was given up last.
//!
//! | metric | what is measured |
//! | --- | --- |
//! | live, peak | the most bytes in objects at once, by count |
//! | resident, peak | the most memory at once, without what the program had before |
//! | resident / live | the ratio of these |
//! | resident, at the end | memory when all regions are dropped |
//! | time | the whole churn |
//! | page faults | in the whole churn |

use std::collections::VecDeque;

use super::isolated::{Contender, Task};
use super::peers::Boxes;
use super::system::{page_faults, peak_resident_bytes, resident_bytes};
use super::{Arena, OBJECT_BYTES, Object, ours, put_all};
use crate::Options;
use crate::clock::Stopwatch;
use crate::harness::{COUNT, MEBIBYTES, Result, Row, SECONDS};
use crate::random::Random;

/// Regions that come and go.
const REGIONS: u64 = 30_000;

/// The same with `--large`: about a minute.
const REGIONS_LARGE: u64 = 300_000;

/// The fewest and the most regions at once.
const ALIVE: (f64, f64) = (100.0, 10_000.0);

/// The bytes of the smallest and the largest region.
const SIZE: (f64, f64) = (OBJECT_BYTES as f64, (10 << 20) as f64);

/// How many live bytes a phase aims at, at most: ten thousand regions of up to 10 MiB would be 8 GiB.
const LIVE: f64 = (1_u64 << 30) as f64;

/// Bytes that a space keeps warm.
const WARM: u64 = 64 << 20;

pub(super) const TASK: Task = Task {
    name: "churn",
    metrics: &[
        ("live, peak", MEBIBYTES),
        ("resident, peak", MEBIBYTES),
        ("resident / live", COUNT),
        ("resident, at the end", MEBIBYTES),
        ("time", SECONDS),
        ("page faults", COUNT),
    ],
    contenders: &[
        Contender { name: ours::Overlapping::NAME, measure: measure::<ours::Overlapping> },
        Contender { name: "offset, FIFO", measure: |n| measure_with::<ours::Overlapping>(n, WARM) },
        Contender { name: bumpalo::Bump::NAME, measure: measure::<bumpalo::Bump> },
        Contender { name: bump_scope::Bump::NAME, measure: measure::<bump_scope::Bump> },
        Contender { name: blink_alloc::Blink::NAME, measure: measure::<blink_alloc::Blink> },
        Contender { name: typed_arena::Arena::<Object>::NAME, measure: measure::<typed_arena::Arena<Object>> },
        Contender { name: Boxes::NAME, measure: measure::<Boxes> },
    ],
};

/// Runs the subject.
///
/// # Errors
///
/// If a process can't be started, or fails.
pub(crate) fn run(options: &Options) -> Result<Vec<Row>> {
    TASK.run(if options.large { REGIONS_LARGE } else { REGIONS }, options.rounds)
}

/// What happens next.
enum Step {
    /// A region with so many objects comes.
    Create(u64),
    /// The region at this index goes, and the last one takes its place.
    Drop(usize),
}

/// Decides what happens, and counts live bytes. It holds what is alive as the number of its objects.
struct Script {
    random: Random,
    /// Regions that are still to come.
    left: u64,
    alive: Vec<u64>,
    live_bytes: u64,
    peak_live_bytes: u64,
    phase: Phase,
}

/// A time in which things stay about the same.
struct Phase {
    /// How many regions are to be alive.
    alive: usize,
    /// The bytes of the largest region.
    largest: f64,
    /// Regions that are still to come before the next phase.
    left: u64,
}

impl Phase {
    fn new(random: &mut Random) -> Phase {
        let alive = log_uniform(random, ALIVE);
        let mean = |largest: f64| (largest - SIZE.0) / (largest / SIZE.0).ln();
        let mut largest = SIZE.1;
        while alive * mean(largest) > LIVE {
            largest *= 0.9;
        }
        // Long enough that nearly all from before are gone at the end.
        Phase { alive: alive as usize, largest, left: 3 * alive as u64 }
    }
}

impl Script {
    fn new(regions: u64) -> Script {
        let mut random = Random::new(4);
        let phase = Phase::new(&mut random);
        Script { random, left: regions, alive: Vec::new(), live_bytes: 0, peak_live_bytes: 0, phase }
    }

    fn create(&mut self) -> Step {
        let bytes = log_uniform(&mut self.random, (SIZE.0, self.phase.largest));
        let objects = bytes as u64 / OBJECT_BYTES;
        (self.left, self.phase.left) = (self.left - 1, self.phase.left.saturating_sub(1));
        self.alive.push(objects);
        self.live_bytes += objects * OBJECT_BYTES;
        self.peak_live_bytes = self.peak_live_bytes.max(self.live_bytes);
        Step::Create(objects)
    }

    fn drop_any(&mut self) -> Step {
        let index = self.random.below(self.alive.len() as u64) as usize;
        self.live_bytes -= self.alive.swap_remove(index) * OBJECT_BYTES;
        Step::Drop(index)
    }
}

impl Iterator for Script {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        if self.phase.left == 0 {
            self.phase = Phase::new(&mut self.random);
        }
        match self.left {
            0 if self.alive.is_empty() => None,
            0 => Some(self.drop_any()),
            _ if self.alive.len() < self.phase.alive => Some(self.create()),
            _ => Some(self.drop_any()),
        }
    }
}

/// A number whose logarithm is uniform.
fn log_uniform(random: &mut Random, (least, most): (f64, f64)) -> f64 {
    let uniform = random.below(1 << 32) as f64 / (1_u64 << 32) as f64;
    least * (most / least).powf(uniform)
}

fn measure<A: Arena>(regions: u64) -> Vec<f64> {
    measure_with::<A>(regions, 0)
}

/// With so many bytes of arenas that wait to be dropped.
fn measure_with<A: Arena>(regions: u64, wait: u64) -> Vec<f64> {
    let mut script = Script::new(regions);
    let mut alive: Vec<(A, u64)> = Vec::with_capacity(ALIVE.1 as usize);
    let (mut waiting, mut waiting_bytes) = (VecDeque::new(), 0);
    let (resident, faults, start) = (resident_bytes(), page_faults(), Stopwatch::start());
    for step in script.by_ref() {
        match step {
            Step::Create(objects) => {
                let arena = A::new();
                put_all(&arena, objects);
                alive.push((arena, objects * OBJECT_BYTES));
            }
            Step::Drop(index) => {
                let (arena, bytes) = alive.swap_remove(index);
                waiting_bytes += bytes;
                waiting.push_back((arena, bytes));
                while waiting_bytes > wait {
                    waiting_bytes -= waiting.pop_front().map_or(0, |(_, bytes): (A, u64)| bytes);
                }
            }
        }
    }
    waiting.clear();
    let (time, faults) = (start.seconds(), page_faults() - faults);
    let peak = peak_resident_bytes().saturating_sub(resident) as f64;
    let end = resident_bytes().saturating_sub(resident) as f64;
    let live = script.peak_live_bytes as f64;
    vec![live, peak, peak / live, end, time, faults as f64]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_contender_has_its_turn() {
        TASK.try_all(20);
    }

    #[test]
    fn the_script_keeps_to_its_limits_and_ends_with_nothing() {
        let mut script = Script::new(30_000);
        let (mut steps, mut most) = (0, 0);
        while script.next().is_some() {
            steps += 1;
            most = most.max(script.alive.len());
            assert!(script.alive.iter().all(|&objects| objects > 0));
        }
        assert_eq!(steps, 60_000);
        assert!((1000..=10_000).contains(&most));
        assert!(script.live_bytes == 0 && script.peak_live_bytes < 3 << 30);
    }
}
