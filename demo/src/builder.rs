//! Fills an index in place: every entry is written once, where it stays.
//!
//! There is neither recursion nor a second copy of the tree. A directory that waits for its turn is a handle to its
//! entry in the region; handles of different entries don't overlap, so any number of them can wait in the walk's own stack.

use std::error::Error;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::{Duration, Instant};

use offset_std::{Empty, Image, from_iter, prelude::*};

use crate::index::{Entry, EntryInit, Index, IndexInit, IndexMut, Kind, Troubles};
use crate::walk::{Found, Listing, Walk};

/// An index, and how its building went.
#[derive(Debug)]
pub struct Built {
    /// The index.
    pub image: Image<Index>,
    /// How many entries it has, the root not counted.
    pub entries: u64,
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
        root: described(&top),
    })?;
    let mut entries = 0;
    let mut filling = Duration::ZERO;

    let IndexMut { root: place, troubles, .. } = image.edit();
    let mut walk = Walk::new(root, place)?;
    while let Some(Listing { token: directory, entries: found }) = walk.read_next() {
        let start = Instant::now();
        let mut children = directory.into_fields().children;
        children.try_set(from_iter(found.iter().map(described)))?;
        for (child, found) in children.into_iter().zip(&found) {
            if found.kind == Kind::Directory {
                walk.descend(found, child);
            }
        }
        filling += start.elapsed();
        entries += found.len() as u64;
        progress(entries);
    }
    *troubles = walk.troubles();
    drop(walk);
    Ok(Built { image, entries, filling })
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
