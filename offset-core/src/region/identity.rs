//! What counted references know of a region.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::Writer;
use crate::free::Piece;
use crate::poison;
use crate::space::{FIRST_LINES, Home, LINE_BYTES, LINE_UNITS, Lease};

/// What tells a region from all others, for as long as anybody asks; what was left behind for it; and, once its writers are gone and readers remain, its
/// memory.
#[derive(Debug)]
pub(crate) struct Identity {
    writers: AtomicUsize,
    orphans: Mutex<Vec<Orphan>>,
    /// Whether there may be some: looked at more often than they come.
    orphaned: AtomicBool,
    /// Whether what refers to the region reads it, so that its memory stays until the last reference goes.
    kept: AtomicBool,
    memory: Mutex<Vec<Memory>>,
}

/// A value whose token was dropped where the writer wasn't at hand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Orphan {
    pub(crate) unit: u32,
    /// Releases the value and its memory.
    ///
    /// Safe to call once with a writer of the region and the unit.
    pub(crate) release: unsafe fn(u32, &Writer),
}

/// The memory that a writer had, given back when dropped.
#[derive(Debug)]
pub(crate) enum Memory {
    /// A slot.
    Slot { _lease: Lease },
    /// Blocks of a space.
    Blocks { blocks: Blocks },
}

/// Blocks of a space, given back when dropped.
#[derive(Debug)]
pub(crate) struct Blocks {
    pub(super) home: Home,
    /// Where there is one.
    pub(super) first: Piece,
    pub(super) others: Vec<Piece>,
}

impl Default for Identity {
    fn default() -> Self {
        Identity {
            writers: AtomicUsize::new(1),
            orphans: Mutex::default(),
            orphaned: AtomicBool::new(false),
            kept: AtomicBool::new(false),
            memory: Mutex::default(),
        }
    }
}

impl Identity {
    /// Counts another writer.
    pub(super) fn add_writer(&self) {
        self.keep();
        self.writers.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts one less.
    pub(super) fn remove_writer(&self) {
        self.writers.fetch_sub(1, Ordering::Release);
    }

    /// Writers that are alive.
    pub(super) fn writers(&self) -> usize {
        self.writers.load(Ordering::Acquire)
    }

    /// Forgets what was left behind, and gives the memory of writers that are gone back: the region starts over, and nothing refers to it.
    pub(super) fn forget(&self) {
        self.take_orphans();
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Leaves a value for a writer to release.
    pub(crate) fn leave(&self, orphan: Orphan) {
        let mut orphans = self.orphans.lock().unwrap_or_else(PoisonError::into_inner);
        orphans.push(orphan);
        self.orphaned.store(true, Ordering::Release);
    }

    /// Whether something was left behind.
    #[inline]
    pub(super) fn has_orphans(&self) -> bool {
        self.orphaned.load(Ordering::Acquire)
    }

    /// Takes what was left behind.
    pub(super) fn take_orphans(&self) -> Vec<Orphan> {
        let mut orphans = self.orphans.lock().unwrap_or_else(PoisonError::into_inner);
        self.orphaned.store(false, Ordering::Relaxed);
        std::mem::take(&mut *orphans)
    }

    /// Keeps the memory of the region until the last reference goes.
    pub(crate) fn keep(&self) {
        self.kept.store(true, Ordering::Release);
    }

    pub(super) fn is_kept(&self) -> bool {
        self.kept.load(Ordering::Acquire)
    }

    /// The blocks of writers that are gone.
    pub(super) fn blocks(&self) -> Vec<Piece> {
        let memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let blocks = memory.iter().filter_map(|memory| match memory {
            Memory::Slot { .. } => None,
            Memory::Blocks { blocks } => Some(blocks),
        });
        blocks.flat_map(|blocks| blocks.others.iter().chain([&blocks.first])).copied().collect()
    }

    /// Takes the blocks of a sealed region.
    pub(super) fn hold_blocks(&self, blocks: Blocks) {
        self.hold(Memory::Blocks { blocks });
    }

    /// Takes the memory of a writer that is gone.
    pub(super) fn hold(&self, memory: Memory) {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
    }
}

impl Drop for Blocks {
    fn drop(&mut self) {
        give_back(self.home, self.first, &self.others, FIRST_LINES);
    }
}

/// Gives the blocks of a region back, and its reference to the space.
///
/// The largest go first, so that the one taken next is the smallest, which was used first and will be again.
///
/// `least` is what the first block of the next region should have at least, in lines.
pub(super) fn give_back(home: Home, first: Piece, others: &[Piece], least: u32) {
    let hide = |block: &Piece| {
        poison::hide(home.base().at(block.unit * LINE_UNITS), block.units as usize * LINE_BYTES);
    };
    others.iter().chain([&first]).for_each(hide);
    if !others.is_empty() {
        home.give(others.iter().rev().copied());
    }
    if first.units > 0 {
        let lines = others.iter().fold(first.units, |lines, block| lines.saturating_add(block.units));
        home.give_last(first, lines.max(least));
    }
    home.leave();
}
