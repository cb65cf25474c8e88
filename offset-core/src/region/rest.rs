//! What a region needs beyond its first block, made when first needed.

use std::cell::Cell;

use super::Identity;
use crate::free::{FreeLists, Piece};
use crate::space::{LAST_LINES, Lease};
use crate::sync::Arc;

/// Lines of a region's second block, at least; each is four times as large as the one before, up to [`LAST_LINES`].
const SECOND_LINES: u32 = 16;

/// Entries in the lists of a spare one, at most.
const SPARE_ENTRIES: usize = 4096;

/// The bookkeeping of a region that has freed something, has more than one block, has a slot of its own, or is referred to by something counted.
#[derive(Debug)]
pub(crate) struct Rest {
    pub(super) free: FreeLists,
    /// Lines of the blocks behind the first, in the order in which they were taken.
    pub(super) blocks: Vec<Piece>,
    /// How many of them are in use; the others wait since a reset.
    pub(super) in_use: usize,
    /// Lines of those in use.
    pub(super) lines: u64,
    /// The slot, if the region has one to itself.
    pub(super) lease: Option<Lease>,
    /// What the region may reach: in bytes from the start of a slot of its own, or in lines of all blocks.
    pub(super) bound: u64,
    /// Made when something counted first refers to the region.
    pub(super) identity: Option<Arc<Identity>>,
    /// What the next seed is made from, if seeds are fixed.
    pub(super) seeds: Option<u64>,
}

thread_local! {
    /// Of the region dropped last, for the next one.
    static SPARE: Cell<Option<Box<Rest>>> = const { Cell::new(None) };
}

impl Rest {
    /// An empty one: that of the region dropped last on this thread, if there is one.
    pub(super) fn new() -> Box<Rest> {
        SPARE.try_with(Cell::take).ok().flatten().unwrap_or_else(|| {
            Box::new(Rest {
                free: FreeLists::new(),
                blocks: Vec::new(),
                in_use: 0,
                lines: 0,
                lease: None,
                bound: u64::MAX,
                identity: None,
                seeds: None,
            })
        })
    }

    /// Keeps it, emptied, for the next region.
    pub(super) fn recycle(mut self: Box<Self>) {
        if self.free.capacity() + self.blocks.capacity() > SPARE_ENTRIES {
            return;
        }
        self.free.clear();
        self.blocks.clear();
        (self.in_use, self.lines, self.bound) = (0, 0, u64::MAX);
        (self.lease, self.identity, self.seeds) = (None, None, None);
        let _ = SPARE.try_with(|spare| spare.set(Some(self)));
    }

    /// The next block that waits since a reset and has `lines` lines.
    pub(super) fn waiting(&mut self, lines: u32) -> Option<Piece> {
        let after = self.blocks[self.in_use..].iter().position(|block| block.units >= lines)?;
        self.use_next(self.in_use + after)
    }

    /// Makes a block that waits the one in use.
    fn use_next(&mut self, index: usize) -> Option<Piece> {
        self.blocks.swap(self.in_use, index);
        let block = self.blocks[self.in_use];
        self.in_use += 1;
        self.lines += u64::from(block.units);
        Some(block)
    }

    /// Takes the blocks that wait off the list.
    pub(super) fn drop_waiting(&mut self) -> Vec<Piece> {
        self.blocks.split_off(self.in_use)
    }

    /// Lines that the region may still take.
    pub(super) fn left(&self, first: Piece) -> u64 {
        if self.bound == u64::MAX {
            return self.bound;
        }
        self.bound.saturating_sub(u64::from(first.units) + self.lines + self.waiting_lines())
    }

    /// Lines of the blocks that wait.
    pub(super) fn waiting_lines(&self) -> u64 {
        self.blocks[self.in_use..].iter().map(|block| u64::from(block.units)).sum()
    }

    /// Takes the blocks that wait and are larger than usual off the list: they were for needs that have grown since.
    pub(super) fn drop_large(&mut self) -> Vec<Piece> {
        self.blocks.extract_if(self.in_use.., |block| block.units > LAST_LINES).collect()
    }

    /// Lines of the block to take next, where `lines` are needed.
    pub(super) fn next_lines(&self, first: Piece, lines: u32) -> u32 {
        if lines > LAST_LINES {
            return lines;
        }
        let last = self.blocks[..self.in_use].last().unwrap_or(&first).units.min(LAST_LINES);
        let grown = (last.next_power_of_two() * 4).clamp(SECOND_LINES, LAST_LINES);
        grown.max(lines.next_power_of_two())
    }

    /// Adds a block that was just taken.
    pub(super) fn push(&mut self, block: Piece) {
        self.blocks.push(block);
        self.use_next(self.blocks.len() - 1);
    }
}
