//! What no region and no thread has of a space.
//!
//! ```text
//! line 0  2                                     frontier          touched
//! | header | in use, warm and cold runs between | never used since trimmed, or since ever |
//! ```
//!
//! A run given up is *warm*: its memory is there, perhaps still in cache. Past the warm cap the largest ranges are given back to the system and are *cold*:
//! addresses only. Everything is counted in lines of 64 bytes, and this file touches none of the memory itself.

use std::sync::Arc;

use super::magazine::Magazine;
use super::{COMMIT_LIMIT, Lease};
use crate::error::{ErrorKind, Result};
use crate::free::{FreeLists, Piece, join};
use crate::handle::{MAX_ALIGN, UNIT_BYTES};

/// Bytes in a line, the grain of a space.
pub(crate) const LINE_BYTES: usize = MAX_ALIGN;
/// Units in a line.
pub(crate) const LINE_UNITS: u32 = (LINE_BYTES / UNIT_BYTES) as u32;
/// Lines that the slot's header takes.
const FIRST_LINE: u32 = crate::region::FIRST_UNIT / LINE_UNITS;
/// The grain in which memory goes back to the system: a multiple of every page size but huge ones.
const PAGE_LINES: u32 = ((64 << 10) / LINE_BYTES) as u32;
/// What stays warm unless told otherwise.
const WARM_BYTES: u64 = 64 << 20;

/// The part of a space behind its lock.
pub(crate) struct Depot {
    lease: Lease,
    /// The first line that nobody has.
    frontier: u32,
    /// The first line whose memory the system has, from there to the end.
    touched: u32,
    warm: FreeLists,
    cold: FreeLists,
    /// Bytes that the frontier may reach.
    limit: u64,
    /// Lines that may stay warm.
    cap: u64,
    /// Lines that were given up since memory last went back.
    given: u64,
    /// Those of all threads.
    magazines: Vec<Arc<Magazine>>,
    /// Regions made, less those dropped, by threads that have ended.
    regions: i64,
}

/// What a space has and who has it, in bytes. See [`Space::usage`](crate::Space::usage).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SpaceUsage {
    /// Regions that have memory; of a shared one each writer counts.
    pub regions: u64,
    /// Address space.
    pub reserved: u64,
    /// Bytes that the system was asked for: those in use, and those that were and wait.
    pub committed: u64,
    /// Bytes that regions have.
    pub in_use: u64,
    /// Bytes that wait to be used again, their memory still there.
    pub warm: u64,
    /// Bytes that wait, their memory given back to the system.
    pub cold: u64,
    /// The largest contiguous run that a region could get, up to the limit of the space. What threads keep at hand isn't looked at.
    pub largest_free: u64,
}

impl Depot {
    pub(super) fn new(mut lease: Lease) -> Depot {
        lease.set_huge_pages(false);
        Depot {
            lease,
            frontier: FIRST_LINE,
            touched: FIRST_LINE,
            warm: FreeLists::new(),
            cold: FreeLists::new(),
            limit: COMMIT_LIMIT,
            cap: WARM_BYTES / LINE_BYTES as u64,
            given: 0,
            magazines: Vec::new(),
            regions: 0,
        }
    }

    /// Makes the slot's header usable.
    pub(super) fn commit_header(&mut self) -> Result<()> {
        self.lease.commit(u64::from(FIRST_LINE) * LINE_BYTES as u64, COMMIT_LIMIT)
    }

    /// Takes a run of lines: the one given up last if it fits, then a cold one, then one at the frontier.
    ///
    /// # Errors
    ///
    /// [`Limit`](ErrorKind::Limit) where the space is full, [`NoMemory`](ErrorKind::NoMemory) where the system refuses.
    pub(crate) fn take(&mut self, lines: u32) -> Result<u32> {
        if let Some(line) = self.warm.take(lines, 1) {
            return Ok(line);
        }
        if self.warm.worth_merging(u64::from(self.frontier - FIRST_LINE)) {
            self.merge();
            if let Some(line) = self.warm.take(lines, 1) {
                return Ok(line);
            }
        }
        if let Some(line) = self.cold.take(lines, 1) {
            return Ok(line);
        }
        self.advance(lines).or_else(|full| {
            self.merge();
            self.take_anywhere(lines).ok_or(full)
        })
    }

    /// Takes lines at the frontier.
    fn advance(&mut self, lines: u32) -> Result<u32> {
        let end = u64::from(self.frontier) + u64::from(lines);
        let (needed, limit) = (end * LINE_BYTES as u64, self.limit);
        if needed > limit {
            return Err(ErrorKind::Limit { what: "the limit of the space", needed, limit }.into());
        }
        self.lease.commit(needed, limit)?;
        let line = std::mem::replace(&mut self.frontier, end as u32);
        self.touched = self.touched.max(self.frontier);
        Ok(line)
    }

    /// Takes a run of which a part may be warm and another cold.
    fn take_anywhere(&mut self, lines: u32) -> Option<u32> {
        if let Some(line) = self.warm.take(lines, 1) {
            return Some(line);
        }
        let mut all = self.warm.take_all();
        all.extend(self.cold.take_all());
        for piece in join(all).into_iter().rev() {
            // What is cold in part counts as warm: it may be given back once more.
            self.warm.give(piece);
        }
        self.warm.take(lines, 1)
    }

    /// Grows a run where it lies, if what follows it was given up not long ago, or never used. Returns whether it did.
    pub(super) fn extend(&mut self, end: u32, lines: u32) -> bool {
        self.warm.take_at(end, lines)
            || self.cold.take_at(end, lines)
            || end == self.frontier && self.advance(lines).is_ok()
    }

    /// Takes runs back, the one to be taken next last.
    pub(super) fn give(&mut self, pieces: impl IntoIterator<Item = Piece>) {
        for piece in pieces {
            self.warm.give(piece);
            self.given += u64::from(piece.units);
        }
        // Not each time where little can go back, because what is in use lies between.
        if self.warm.units() > self.cap && self.given > (self.cap / 2).max(self.warm.units() / 8) {
            self.trim(self.cap / 2);
        }
    }

    /// Takes the lowest run that ends at or before a line, at the frontier if need be.
    pub(super) fn take_below(&mut self, line: u32, lines: u32) -> Option<Piece> {
        let lowest = |lists: &FreeLists| lists.lowest(lines).filter(|unit| unit.saturating_add(lines) <= line);
        let lists = match (lowest(&self.warm), lowest(&self.cold)) {
            (None, None) if u64::from(self.frontier) + u64::from(lines) <= u64::from(line) => {
                return self.advance(lines).ok().map(|unit| Piece { unit, units: lines });
            }
            (None, None) => return None,
            (Some(warm), cold) if cold.is_none_or(|cold| warm < cold) => &mut self.warm,
            _ => &mut self.cold,
        };
        lists.take_lowest(lines).map(|unit| Piece { unit, units: lines })
    }

    /// Whether a free run ends at a line.
    pub(super) fn has_room_before(&self, line: u32) -> bool {
        self.warm.any(|piece| piece.end() == line) || self.cold.any(|piece| piece.end() == line)
    }

    pub(super) fn merge(&mut self) {
        self.frontier = self.warm.merge(self.frontier);
        self.frontier = self.cold.merge(self.frontier);
    }

    /// Gives memory back to the system until at most `keep` lines are warm: from the end of the space on, in ranges of 64 KiB and more. Returns the bytes.
    pub(super) fn trim(&mut self, keep: u64) -> u64 {
        self.merge();
        let mut given =
            u64::from(self.discard(Piece { unit: self.frontier, units: self.touched - self.frontier }).units);
        self.touched = self.touched.min(self.frontier.next_multiple_of(PAGE_LINES));
        let pieces = join(self.warm.take_all());
        let mut warm: u64 = pieces.iter().map(|piece| u64::from(piece.units)).sum();
        for piece in pieces.into_iter().rev() {
            let cold = if warm > keep { self.discard(piece) } else { Piece { unit: piece.end(), units: 0 } };
            warm -= u64::from(cold.units);
            given += u64::from(cold.units);
            self.warm.give(Piece { unit: cold.end(), units: piece.end() - cold.end() });
            self.warm.give(Piece { unit: piece.unit, units: cold.unit - piece.unit });
            self.cold.give(cold);
        }
        self.given = 0;
        given * LINE_BYTES as u64
    }

    /// Gives the memory of the whole pages in a free run back. Returns which lines they are: none where the system refuses.
    fn discard(&self, piece: Piece) -> Piece {
        let unit = piece.unit.next_multiple_of(PAGE_LINES);
        let end = piece.end() / PAGE_LINES * PAGE_LINES;
        let bytes = |lines: u32| u64::from(lines) * LINE_BYTES as u64;
        // SAFETY: whole pages of a run that nobody has, below what was once the frontier.
        if unit < end && unsafe { self.lease.discard(bytes(unit), bytes(end - unit)) } {
            return Piece { unit, units: end - unit };
        }
        Piece { unit: piece.end(), units: 0 }
    }

    pub(super) fn set_huge_pages(&mut self, huge: bool) {
        self.lease.set_huge_pages(huge);
    }

    pub(crate) fn set_limit(&mut self, bytes: u64) {
        self.limit = bytes.min(COMMIT_LIMIT);
    }

    pub(super) fn set_warm_cap(&mut self, bytes: u64) {
        self.cap = bytes / LINE_BYTES as u64;
        if self.warm.units() > self.cap {
            self.trim(self.cap);
        }
    }

    /// Counts a thread's magazine from now on.
    pub(crate) fn register(&mut self, magazine: &Arc<Magazine>) {
        self.magazines.push(magazine.clone());
    }

    /// Counts it no more; its blocks have been given back.
    pub(crate) fn retire(&mut self, magazine: &Arc<Magazine>) {
        self.magazines.retain(|other| !Arc::ptr_eq(magazine, other));
        self.regions += magazine.regions();
    }

    /// Counts a region of a thread that has no magazine any more.
    pub(super) fn count_region(&mut self, by: i64) {
        self.regions += by;
    }

    pub(crate) fn usage(&self) -> SpaceUsage {
        let bytes = |lines: u64| lines * LINE_BYTES as u64;
        let kept: u64 = self.magazines.iter().map(|magazine| magazine.lines()).sum();
        let regions: i64 = self.magazines.iter().map(|magazine| magazine.regions()).sum();
        let (warm, cold) = (self.warm.units() + kept, self.cold.units());
        let used = u64::from(self.frontier - FIRST_LINE);
        let touched = u64::from(self.touched.max(self.frontier) - FIRST_LINE);
        let behind = self.limit.saturating_sub(bytes(u64::from(self.frontier)));
        SpaceUsage {
            regions: u64::try_from(self.regions + regions).unwrap_or(0),
            reserved: crate::handle::SLOT_BYTES as u64,
            committed: bytes(touched),
            // Blocks move between threads and regions while this is added up.
            in_use: bytes(used.saturating_sub(warm + cold)),
            warm: bytes(warm + touched - used),
            cold: bytes(cold),
            largest_free: bytes(u64::from(self.warm.largest().max(self.cold.largest()))).max(behind),
        }
    }
}
