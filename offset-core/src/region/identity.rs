//! What counted references know of a region.

use super::Writer;
use super::ledger::Ledger;
use crate::free::Piece;
use crate::poison;
use crate::space::{FIRST_LINES, Home, LINE_BYTES, LINE_UNITS, Lease};

/// What tells a region from all others, for as long as anybody asks; what was left behind for it; and, once its writers are gone and readers remain, its
/// memory.
pub(crate) type Identity = Ledger<Orphan, Memory>;

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

impl Identity {
    /// The blocks of writers that are gone.
    pub(super) fn blocks(&self) -> Vec<Piece> {
        let held = self.held();
        let blocks = held.iter().filter_map(|memory| match memory {
            Memory::Slot { .. } => None,
            Memory::Blocks { blocks } => Some(blocks),
        });
        blocks.flat_map(|blocks| blocks.others.iter().chain([&blocks.first])).copied().collect()
    }

    /// Takes the blocks of a sealed region.
    pub(super) fn hold_blocks(&self, blocks: Blocks) {
        self.hold(Memory::Blocks { blocks });
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
