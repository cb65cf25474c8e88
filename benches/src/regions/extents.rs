//! Regions of `n` objects, built while many others come and go: what a file with the extents of such a region would take, beside the compact copy that is
//! saved.
//!
//! | metric | what is counted |
//! | --- | --- |
//! | live | bytes of objects |
//! | extents | runs of pages that the objects lie on: mappings in whoever reads the file |
//! | pages | bytes of those pages |
//! | copy | bytes of the file that `Own::save` writes |

use std::collections::BTreeSet;

use offset_std::{Region, Vec as RegionVec, from_iter};

use super::{OBJECT_BYTES, Object};
use crate::Options;
use crate::harness::{BYTES, COUNT, OURS, Recorder, Result, Row, Scratch};
use crate::random::Random;

/// Objects in a region.
const OBJECTS: [u64; 4] = [1, 10, 1000, 100_000];

const PAGE: usize = 4096;

/// Regions that come and go before.
const CHURN: u64 = 20_000;

/// Runs the subject.
///
/// # Errors
///
/// If no file can be written.
pub(crate) fn run(options: &Options) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for objects in OBJECTS {
        let mut recorder = Recorder::new("extents", objects);
        for round in 0..options.rounds {
            measure(objects, round as u64, &mut recorder)?;
        }
        rows.extend(recorder.finish());
    }
    Ok(rows)
}

fn measure(objects: u64, seed: u64, recorder: &mut Recorder) -> Result<()> {
    let mut random = Random::new(seed);
    let mut alive: Vec<Region> = Vec::new();
    // Small ones and some large ones, a thousand at a time; then three of four go.
    for _ in 0..CHURN {
        let region = Region::new();
        let size = 1 << random.below(12);
        for number in 0..size {
            region.alloc_plain([number; 4]);
        }
        if alive.len() < 1000 {
            alive.push(region);
        } else {
            alive[random.below(1000) as usize] = region;
        }
    }
    alive.retain(|_| random.below(4) == 0);

    // One object after another, as a structure is built, while others build theirs.
    let region = Region::new();
    let mut pages = BTreeSet::new();
    for number in 0..objects {
        let object = region.alloc_plain([number; 4]);
        let start = std::ptr::from_ref(object).addr();
        pages.extend([start / PAGE, (start + size_of::<Object>() - 1) / PAGE]);
        if number % 8 == 0 {
            alive.push(Region::new());
            alive[alive.len() - 1].alloc_plain([number; 4]);
        }
    }
    let extents = pages.iter().filter(|&&page| page == 0 || !pages.contains(&(page - 1))).count();

    let copy = Region::new();
    let objects = copy.alloc::<RegionVec<Object>, _>(from_iter((0..objects).map(|number| [number; 4])));
    let file = Scratch::new("extents")?;
    objects.save(file.path())?;
    let saved = std::fs::metadata(file.path())?.len();

    recorder.add(OURS, "live", BYTES, (objects.len() as u64 * OBJECT_BYTES) as f64);
    recorder.add(OURS, "extents", COUNT, extents as f64);
    recorder.add(OURS, "pages", BYTES, (pages.len() * PAGE) as f64);
    recorder.add(OURS, "copy", BYTES, saved as f64);
    Ok(())
}
