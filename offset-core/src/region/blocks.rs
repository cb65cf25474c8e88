//! The blocks that a writer has of a space: taking the next one, and giving them back.

use super::identity::{Blocks, Identity, Memory, give_back};
use super::rest::Rest;
use super::writer::{Kind, Writer};
use crate::error::{Error, ErrorKind, Result};
use crate::free::Piece;
use crate::handle::UNIT_BYTES;
use crate::poison;
use crate::space::{COMMIT_LIMIT, FIRST_LINES, LAST_LINES, LINE_BYTES, LINE_UNITS, Space};
use crate::sync::Arc;

/// Units at the end of a block that are worth a place on the free lists when the next block isn't behind it.
const WORTH_KEEPING: u32 = 64;

impl Writer {
    /// Another writer of the same region, with blocks of its own. The memory stays until all writers and readers are gone.
    pub(super) fn another(&self) -> Option<Writer> {
        if self.kind != Kind::Overlapping {
            return None;
        }
        let identity = self.identity();
        identity.add_writer();
        let writer = Self::in_space(self.home().enter_again(), Kind::Overlapping, Piece::default());
        let bound = self.peek().map_or(u64::MAX, |rest| rest.bound);
        writer.with_rest(|rest| (rest.identity, rest.bound) = (Some(identity), bound));
        Some(writer)
    }

    /// A writer for a region of its own in the same space; for a region with a slot to itself there is none.
    pub(super) fn neighbour(&self) -> Writer {
        Self::in_space(self.home().enter_again(), Kind::Overlapping, Piece::default())
    }

    /// A writer for a bounded region of so many lines, below a line: in the lowest place that is free.
    pub(super) fn below(space: &Space, line: u32, lines: u32) -> Option<Writer> {
        let first = space.take_below(line, lines)?;
        let mut writer = Self::in_space(space.enter(), Kind::Bounded, first);
        writer.home().count_region(1);
        writer.start_over();
        Some(writer)
    }

    /// The blocks that are in use, and those of writers of the region that are gone.
    pub(super) fn blocks(&self) -> Vec<Piece> {
        let mut blocks = vec![self.first.get()];
        if let Some(rest) = self.peek() {
            blocks.extend(&rest.blocks[..rest.in_use]);
            blocks.extend(rest.identity.iter().flat_map(|identity| identity.blocks()));
        }
        blocks.retain(|block| block.units > 0);
        blocks
    }

    /// Takes the first block, if that is done fast and `units` fit: the way of small regions, and short. Returns whether it did.
    #[inline(never)]
    pub(super) fn begin_fast(&self, units: u32) -> bool {
        // Only a region of blocks that has none begins at zero.
        if self.cursor.get() != 0 || self.peek().is_some() {
            return false;
        }
        debug_assert!(self.kind == Kind::Overlapping && self.first.get().units == 0);
        let Some(block) = self.home().pop_next(units) else { return self.begin_likely(units) };
        self.first.set(block);
        self.begin(block);
        true
    }

    /// The same, while the region before is still there. Apart, so that the other needs no stack.
    #[inline(never)]
    fn begin_likely(&self, units: u32) -> bool {
        let Some(block) = self.home().pop_likely(units) else { return false };
        self.first.set(block);
        self.begin(block);
        true
    }

    /// Takes the first block.
    pub(super) fn take_first(&self, units: u32, align: u32) -> Result<()> {
        let lines = lines_for(units, align)?;
        let block = match self.peek() {
            None => self.home().take_first(lines)?,
            Some(rest) => self.take_first_within(rest.bound, lines)?,
        };
        self.first.set(block);
        self.begin(block);
        Ok(())
    }

    /// Takes a first block of at most `bound` lines.
    #[inline(never)]
    pub(super) fn take_first_within(&self, bound: u64, lines: u32) -> Result<Piece> {
        if u64::from(lines) > bound {
            return Err(self.full(u64::from(lines) * u64::from(LINE_UNITS)));
        }
        let block = self.home().take_first(lines)?;
        let kept = Piece { units: u64::from(block.units).min(bound) as u32, ..block };
        if kept.units < block.units {
            self.home().give_rest(Piece { unit: kept.end(), units: block.units - kept.units });
        }
        Ok(kept)
    }

    /// Goes on at the start of a block.
    #[inline(always)]
    pub(super) fn begin(&self, block: Piece) {
        self.cursor.set(block.unit * LINE_UNITS);
        self.set_end(block.end() * LINE_UNITS);
        self.hide(self.cursor.get(), block.units * LINE_UNITS);
    }

    /// Sets the limit of a region in blocks.
    #[inline(always)]
    fn set_end(&self, end: u32) {
        self.limit.set(end);
        self.open.set(end);
    }

    /// Goes on in another block, in which `units` fit.
    pub(super) fn next_block(&self, units: u32, align: u32) -> Result<()> {
        let needed = lines_for(units, align)?;
        let (cursor, limit, home, first) = (self.cursor.get(), self.limit.get(), self.home(), self.first.get());
        let block = self.with_rest(|rest| {
            if let Some(block) = rest.waiting(needed) {
                return Ok(block);
            }
            if needed > LAST_LINES {
                home.give(rest.drop_large().into_iter());
            }
            let mut left = rest.left(first);
            if u64::from(needed) > left {
                // Those that wait are too small.
                home.give(rest.drop_waiting().into_iter());
                left = rest.left(first);
            }
            if u64::from(needed) > left {
                return Err(None);
            }
            let lines = rest.next_lines(first, needed).min(u32::try_from(left).unwrap_or(u32::MAX));
            // Should the list of blocks not grow, the program ends, before a block is taken.
            rest.blocks.reserve(1);
            let taken = home.take(lines);
            let block = if lines > needed { taken.or_else(|_| home.take(needed)) } else { taken };
            let block = block.map_err(Some)?;
            rest.push(block);
            Ok(block)
        });
        let block = block.map_err(|error| error.unwrap_or_else(|| self.full(u64::from(units))))?;
        if block.unit * LINE_UNITS == limit {
            // It continues the one before.
            self.begin(block);
            self.cursor.set(cursor);
            return Ok(());
        }
        if limit - cursor >= WORTH_KEEPING {
            self.give(Piece { unit: cursor, units: limit - cursor });
        }
        self.begin(block);
        Ok(())
    }

    /// Makes the block in use longer, if nobody has what lies behind it.
    pub(super) fn grow_block(&self, units: u32) -> bool {
        let limit = self.limit.get();
        let lines = (units - (limit - self.cursor.get())).div_ceil(LINE_UNITS);
        let (home, mut first) = (self.home(), self.first.get());
        let grown = self.with_rest(|rest| {
            if u64::from(lines) > rest.left(first) {
                return false;
            }
            let block = match rest.in_use.checked_sub(1) {
                Some(last) => &mut rest.blocks[last],
                None => &mut first,
            };
            if block.end() * LINE_UNITS != limit || !home.extend(block.end(), lines) {
                return false;
            }
            block.units += lines;
            if rest.in_use > 0 {
                rest.lines += u64::from(lines);
            }
            true
        });
        if grown {
            self.first.set(first);
            self.set_end(limit + lines * LINE_UNITS);
            self.hide(limit, lines * LINE_UNITS);
        }
        grown
    }

    /// The error at the limit of a region in a space.
    #[cold]
    pub(super) fn full(&self, units: u64) -> Error {
        let what = if self.kind == Kind::Bounded { "the bound of the region" } else { "the limit of the region" };
        let needed = (self.used() + units) * UNIT_BYTES as u64;
        ErrorKind::Limit { what, needed, limit: self.capacity() }.into()
    }

    /// Forgets all that was allocated in blocks, and keeps the blocks.
    pub(super) fn start_over(&mut self) {
        let base = self.base;
        if let Some(rest) = self.rest_mut() {
            rest.free.clear();
            (rest.in_use, rest.lines) = (0, 0);
            for block in &rest.blocks {
                poison::hide(base.at(block.unit * LINE_UNITS), block.units as usize * LINE_BYTES);
            }
            // What was left behind is gone with the rest.
            if let Some(identity) = &rest.identity {
                identity.forget();
            }
        }
        let first = self.first.get();
        self.begin(first);
    }

    /// Gives back what was never used of the blocks: the end of the last one, and those that wait since a reset.
    pub(super) fn give_tail(&mut self) {
        let (home, limit, used) = (self.home(), self.limit.get() / LINE_UNITS, self.cursor.get().div_ceil(LINE_UNITS));
        let mut last = self.first.get();
        if let Some(rest) = self.rest_mut() {
            home.give(rest.drop_waiting().into_iter());
            last = *rest.blocks.last().unwrap_or(&last);
        }
        if last.units == 0 || last.end() != limit {
            return;
        }
        // One line stays, as the sign that the region has memory.
        let kept = Piece { units: used.max(last.unit + 1) - last.unit, ..last };
        if kept.units < last.units {
            self.set_end(kept.end() * LINE_UNITS);
            home.give_rest(Piece { unit: kept.end(), units: last.units - kept.units });
        }
        match self.rest_mut().as_mut().and_then(|rest| rest.blocks.last_mut()) {
            Some(last) => *last = kept,
            None => self.first.set(kept),
        }
    }

    /// Gives up writing: the blocks, without what was never used of them, and the identity if counted references read the region.
    pub(super) fn into_blocks(mut self) -> (Blocks, Option<Arc<Identity>>) {
        debug_assert!(self.is_dirty());
        self.give_tail();
        let (home, first) = (self.home(), self.first.get());
        let (mut others, mut identity) = (Vec::new(), None);
        if let Some(mut rest) = self.rest_mut().take() {
            (others, identity) =
                (std::mem::take(&mut rest.blocks), rest.identity.take().filter(|identity| identity.is_kept()));
            rest.recycle();
        }
        std::mem::forget(self);
        (Blocks { home, first, others }, identity)
    }

    /// The block of a region that has a single one and no bookkeeping, and how many units of it were in use at most at a time.
    #[inline(always)]
    fn only_block(&mut self) -> Option<(Piece, u32)> {
        let first = self.first.get();
        if !self.is_dirty() || self.rest_mut().is_some() || first.units == 0 {
            return None;
        }
        self.hide(first.unit * LINE_UNITS, first.units * LINE_UNITS);
        Some((first, (self.cursor.get() - first.unit * LINE_UNITS).max(u32::from(self.peak.get()))))
    }

    #[inline(never)]
    fn leave(&mut self) {
        if !self.only_block().is_some_and(|(block, used)| self.home().give_only(block, used)) {
            self.leave_slowly();
        }
    }

    /// Gives the memory back, or to those who still read it.
    #[inline(never)]
    fn leave_slowly(&mut self) {
        let Some(mut rest) = self.rest_mut().take() else {
            return give_back(self.home(), self.first.get(), &[], FIRST_LINES);
        };
        let has_memory = self.first.get().units > 0 || rest.lease.is_some();
        match rest.identity.take().filter(|identity| identity.remove_writer() && has_memory) {
            Some(identity) => identity.hold(match rest.lease.take() {
                Some(lease) => Memory::Slot { _lease: lease },
                None => {
                    *self.rest_mut() = Some(rest);
                    self.give_tail();
                    rest = self.rest_mut().take().unwrap_or_else(Rest::new);
                    let others = std::mem::take(&mut rest.blocks);
                    Memory::Blocks { blocks: Blocks { home: self.home(), first: self.first.get(), others } }
                }
            }),
            None if self.is_dirty() => give_back(self.home(), self.first.get(), &rest.blocks, FIRST_LINES),
            None => {}
        }
        rest.recycle();
    }
}

impl Drop for Writer {
    #[inline]
    fn drop(&mut self) {
        // The way of small regions, and short.
        if !self.only_block().is_some_and(|(block, used)| self.home().give_next(block, used)) {
            self.leave();
        }
    }
}

/// Lines of a block in which `units` at a multiple of `align` units fit.
#[inline]
fn lines_for(units: u32, align: u32) -> Result<u32> {
    let units = u64::from(units) + u64::from(align.saturating_sub(LINE_UNITS));
    u32::try_from(units.div_ceil(u64::from(LINE_UNITS))).map_err(|_| too_large(units * UNIT_BYTES as u64))
}

#[cold]
pub(super) fn too_large(needed: u64) -> Error {
    ErrorKind::Limit { what: "the size of a slot", needed, limit: COMMIT_LIMIT }.into()
}
