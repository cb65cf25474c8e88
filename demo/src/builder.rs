//! Fills an index in place: every entry is written once, where it stays.
//!
//! There is neither recursion nor a second copy of the tree. A directory that waits for its turn is a handle to its
//! entry in the region; handles of different entries don't overlap, so any number of them can wait in the walk's own stack.
//!
//! The maps are built when all entries are known, since a map whose length is known takes no more room than it needs.

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::{Duration, Instant};

use offset_std::{Empty, Image, SystemTime, from_iter, prelude::*};

use crate::index::{Counts, Entry, EntryInit, Index, IndexInit, IndexMut, Kind, Step, Troubles};
use crate::walk::{Found, Listing, Walk};

/// An index, and how its building went.
#[derive(Debug)]
pub struct Built {
    /// The index.
    pub image: Image<Index>,
    /// The part of the time that went into the region; the rest went into reading the directories.
    pub filling: Duration,
}

/// Indexes the tree at `root`. `progress` is told how many entries there are, after each directory.
///
/// # Errors
///
/// If `root` can't be read, or there is no memory for the index. What can't be read below `root` is only counted.
pub fn build(root: &Path, mut progress: impl FnMut(u64)) -> Result<Built, Box<dyn Error>> {
    // Absolute, so that the file can be read from elsewhere; and a link to a directory will do.
    let root = &root.canonicalize()?;
    let mut top = Found::at(root)?;
    top.name.clear();
    let mut image = Image::<Index>::new(IndexInit {
        path: root.as_os_str().as_bytes(),
        troubles: Troubles::default(),
        counts: Counts::default(),
        root: described(&top),
        steps: Empty,
        by_name: Empty,
        by_size: Empty,
        by_time: Empty,
    })?;
    let mut known = Known::new();
    let mut filling = Duration::ZERO;

    let IndexMut { root: place, troubles, counts, mut steps, mut by_name, mut by_size, mut by_time, .. } = image.edit();
    let mut walk = Walk::new(root, (0, place))?;
    while let Some(Listing { token: (number, directory), entries: found }) = walk.read_next() {
        let start = Instant::now();
        let mut children = directory.into_fields().children;
        children.try_set(from_iter(found.iter().map(described)))?;
        for ((place, child), found) in (0..).zip(children).zip(found) {
            let number = known.add(Step { directory: number, place }, &found)?;
            if found.kind == Kind::Directory {
                walk.descend(&found, (number, child));
            }
            known.by_name.entry(found.name).or_default().push(number);
        }
        filling += start.elapsed();
        progress(known.counts.entries());
    }
    let start = Instant::now();
    *troubles = walk.troubles();
    *counts = known.counts;
    steps.try_set(known.steps)?;
    by_name.try_set(known.by_name)?;
    by_size.try_set(known.by_size)?;
    by_time.try_set(known.by_time)?;
    filling += start.elapsed();
    drop(walk);
    Ok(Built { image, filling })
}

/// What is known of the entries found so far.
struct Known {
    counts: Counts,
    steps: Vec<Step>,
    by_name: HashMap<Vec<u8>, Vec<u32>>,
    by_size: BTreeMap<u64, Vec<u32>>,
    by_time: BTreeMap<SystemTime, Vec<u32>>,
}

impl Known {
    /// The root, whose number is 0.
    fn new() -> Known {
        Known {
            counts: Counts::default(),
            steps: vec![Step::default()],
            by_name: HashMap::new(),
            by_size: BTreeMap::new(),
            by_time: BTreeMap::new(),
        }
    }

    /// Notes all of an entry but its name. Returns its number.
    fn add(&mut self, step: Step, found: &Found) -> Result<u32, Box<dyn Error>> {
        let number = u32::try_from(self.steps.len()).map_err(|_| "there are more entries than an index can number")?;
        self.steps.push(step);
        self.counts.add(found.kind, found.size);
        if found.kind == Kind::File {
            self.by_size.entry(found.size).or_default().push(number);
            self.by_time.entry(found.modified).or_default().push(number);
        }
        Ok(number)
    }
}

/// The initialiser of an entry without children.
fn described(found: &Found) -> impl Emplace<Entry> {
    EntryInit {
        name: found.name.as_slice(),
        size: found.size,
        modified: found.modified,
        children: Empty,
        kind: found.kind,
    }
}
