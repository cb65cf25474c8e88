//! The blocks that a thread keeps at hand for its next regions.
//!
//! A thread has one magazine for the process's space and one for the space of its own making that it used last. What a region gives back goes on a stack of
//! its size; the next region takes it from there, still in cache, without a lock. A full stack gives half of its blocks, the oldest, to the depot. The top of
//! the stack that the next region is likely to need lies before all stacks, so that small regions, made and dropped in turn, look nowhere else.
//!
//! Only its thread writes to a magazine. Others read its figures, so its fields are atomics, which are read and written as plain memory is.

use std::cell::{Cell, OnceCell, RefCell};
use std::sync::{Arc, Weak};

use super::LINE_UNITS;
use super::shared::Core;
use crate::error::Result;
use crate::free::Piece;
use crate::sync::atomic::{AtomicI64, AtomicU32, Ordering::Relaxed};

/// Sizes of blocks that are kept: powers of two up to 512 lines, 32 KiB.
const CLASSES: usize = 10;
/// Lines of the largest block of a region, but for what is larger itself.
pub(crate) const LAST_LINES: u32 = 1 << (CLASSES - 1);
/// Lines of the first block of a region, at least: 256 bytes, so that a small region is cheap.
const FIRST_CLASS: u32 = 2;
/// Lines of that block.
pub(crate) const FIRST_LINES: u32 = 1 << FIRST_CLASS;
/// How many blocks of a size are kept on its stack: two in models, so that it is full at times.
const KEPT: usize = if cfg!(loom) { 2 } else { 64 };
/// Times a byte: that byte four times.
const ALL_BYTES: u32 = 0x0101_0101;
/// Lines that are fetched from the depot at once, if more than one block.
const FETCHED_LINES: u32 = if cfg!(loom) { 8 } else { 64 };

/// The blocks that a thread keeps of a space.
#[repr(C)]
pub(crate) struct Magazine {
    /// The block that goes before those on its stack: one of the likely size, or none.
    next: Slot,
    /// Lines of a region's first block: those of the smallest of the last four regions. Zero while there is a remnant.
    likely: AtomicU32,
    /// The sizes of the last four regions that were dropped, a byte each.
    recent: AtomicU32,
    /// Regions that got memory from this thread, less those that gave it back to it, and one more while there is a next block: so neither taking that nor
    /// giving it back has to count.
    regions: AtomicI64,
    /// What sealing left over of a block: the next small region starts there.
    remnant: Slot,
    stacks: [Stack; CLASSES],
}

/// A place for a run of lines.
struct Slot {
    unit: AtomicU32,
    units: AtomicU32,
}

impl Slot {
    fn new() -> Slot {
        Slot { unit: AtomicU32::new(0), units: AtomicU32::new(0) }
    }

    #[inline]
    fn get(&self) -> Piece {
        Piece { unit: self.unit.load(Relaxed), units: self.units.load(Relaxed) }
    }

    #[inline]
    fn set(&self, piece: Piece) {
        self.unit.store(piece.unit, Relaxed);
        self.units.store(piece.units, Relaxed);
    }

    #[inline]
    fn take(&self) -> Piece {
        let piece = self.get();
        self.units.store(0, Relaxed);
        piece
    }
}

struct Stack {
    len: AtomicU32,
    lines: [AtomicU32; KEPT],
}

impl Stack {
    fn new() -> Stack {
        Stack { len: AtomicU32::new(0), lines: std::array::from_fn(|_| AtomicU32::new(0)) }
    }

    #[inline]
    fn pop(&self) -> Option<u32> {
        let len = self.len.load(Relaxed).wrapping_sub(1);
        let line = self.lines.get(len as usize)?.load(Relaxed);
        self.len.store(len, Relaxed);
        Some(line)
    }

    /// Adds a block, unless it is full.
    #[inline]
    fn push(&self, line: u32) -> bool {
        let len = self.len.load(Relaxed);
        let Some(place) = self.lines.get(len as usize) else { return false };
        place.store(line, Relaxed);
        self.len.store(len + 1, Relaxed);
        true
    }

    /// Takes the `count` oldest blocks out.
    fn take_oldest(&self, count: usize) -> Vec<u32> {
        let blocks: Vec<u32> =
            self.lines[..self.len.load(Relaxed) as usize].iter().map(|line| line.load(Relaxed)).collect();
        let (oldest, others) = blocks.split_at(count.min(blocks.len()));
        for (place, line) in self.lines.iter().zip(others) {
            place.store(*line, Relaxed);
        }
        self.len.store(others.len() as u32, Relaxed);
        oldest.to_vec()
    }
}

impl Magazine {
    pub(crate) fn new() -> Magazine {
        Magazine {
            next: Slot::new(),
            likely: AtomicU32::new(FIRST_LINES),
            recent: AtomicU32::new(FIRST_CLASS * ALL_BYTES),
            regions: AtomicI64::new(0),
            remnant: Slot::new(),
            stacks: std::array::from_fn(|_| Stack::new()),
        }
    }

    pub(super) fn regions(&self) -> i64 {
        self.regions.load(Relaxed) - i64::from(self.next.get().units > 0)
    }

    /// Lines of all blocks.
    pub(super) fn lines(&self) -> u64 {
        let stacks = self.stacks.iter().enumerate().map(|(class, stack)| u64::from(stack.len.load(Relaxed)) << class);
        stacks.sum::<u64>() + u64::from(self.next.get().units) + u64::from(self.remnant.get().units)
    }

    #[inline]
    pub(super) fn count_region(&self, by: i64) {
        self.regions.store(self.regions.load(Relaxed) + by, Relaxed);
    }

    /// The next block, for a region that has none and needs `units` units of it.
    #[inline(always)]
    fn pop_next(&self, units: u32) -> Option<Piece> {
        let next = self.next.get();
        if next.units * LINE_UNITS < units {
            return None;
        }
        self.next.units.store(0, Relaxed);
        Some(next)
    }

    /// The same, or one of the likely size from its stack.
    fn pop_likely(&self, units: u32) -> Option<Piece> {
        if let Some(next) = self.pop_next(units) {
            return Some(next);
        }
        let likely = self.likely.load(Relaxed);
        if likely * LINE_UNITS < units || self.next.get().units > 0 {
            return None;
        }
        let unit = self.stacks[likely.trailing_zeros() as usize].pop()?;
        self.count_region(1);
        Some(Piece { unit, units: likely })
    }

    fn take_next(&self) -> Piece {
        let next = self.next.take();
        if next.units > 0 {
            self.count_region(-1);
        }
        next
    }

    /// Puts the next block, if there is one, on its stack, if there is room. Returns whether there is no next block now.
    fn stow(&self) -> bool {
        let next = self.next.get();
        let stowed = next.units == 0 || self.stacks[next.units.trailing_zeros() as usize].push(next.unit);
        if stowed {
            self.take_next();
        }
        stowed
    }

    /// Puts a block, of one of the sizes that are kept, on top of its stack, if there is room.
    #[inline]
    fn push(&self, piece: Piece) -> bool {
        (piece.units != self.next.get().units || self.stow())
            && self.stacks[piece.units.trailing_zeros() as usize].push(piece.unit)
    }

    /// Takes a block for a region that has none.
    #[inline(never)]
    pub(crate) fn take_first(&self, lines: u32, core: &Core) -> Result<Piece> {
        let remnant = self.remnant.take();
        let class = self.smallest().max(class_of(lines));
        self.foresee();
        let taken = if remnant.units >= lines && class <= FIRST_CLASS {
            let units = remnant.units.min(1 << class.max(FIRST_CLASS));
            self.set_remnant(Piece { unit: remnant.unit + units, units: remnant.units - units });
            Piece { unit: remnant.unit, units }
        } else {
            if remnant.units > 0 {
                core.depot().give([remnant]);
            }
            self.take(class, core)?
        };
        self.count_region(1);
        Ok(taken)
    }

    /// Takes a block of `1 << class` lines.
    #[inline]
    pub(crate) fn take(&self, class: u32, core: &Core) -> Result<Piece> {
        if self.next.get().units == 1 << class {
            return Ok(self.take_next());
        }
        match self.stacks[class as usize].pop() {
            Some(unit) => Ok(Piece { unit, units: 1 << class }),
            None => self.fetch(class, core),
        }
    }

    /// Takes a block from the depot, and more of small ones.
    #[cold]
    fn fetch(&self, class: u32, core: &Core) -> Result<Piece> {
        let mut depot = core.depot();
        let first = depot.take(1 << class)?;
        // No more than there is room for.
        let others = (1..FETCHED_LINES >> class).take(KEPT);
        let others: Vec<u32> = others.map_while(|_| depot.take(1 << class).ok()).collect();
        drop(depot);
        // Taken from the lowest on.
        for line in others.into_iter().rev() {
            self.stacks[class as usize].push(line);
        }
        Ok(Piece { unit: first, units: 1 << class })
    }

    /// Takes a block back.
    #[inline]
    pub(crate) fn give(&self, piece: Piece, core: &Core) {
        if !is_kept(piece) || !self.push(piece) {
            self.give_slowly(piece, core);
        }
    }

    #[cold]
    fn give_slowly(&self, piece: Piece, core: &Core) {
        if is_kept(piece) {
            let oldest = self.stacks[piece.units.trailing_zeros() as usize].take_oldest(KEPT / 2);
            core.depot().give(oldest.into_iter().map(|unit| Piece { unit, units: piece.units }));
            if self.push(piece) {
                return;
            }
        }
        core.depot().give([piece]);
    }

    /// Takes the rest of a block that was sealed back.
    pub(crate) fn give_rest(&self, piece: Piece, core: &Core) {
        let old = self.remnant.take();
        let joined = Piece { unit: piece.unit, units: piece.units + old.units };
        let (piece, old) = if piece.end() == old.unit { (joined, Piece::default()) } else { (piece, old) };
        let kept = Piece { unit: piece.unit, units: piece.units.min(LAST_LINES) };
        self.set_remnant(kept);
        if old.units > 0 || kept.units < piece.units {
            core.depot().give([old, Piece { unit: kept.end(), units: piece.units - kept.units }]);
        }
    }

    fn set_remnant(&self, piece: Piece) {
        self.remnant.set(piece);
        self.foresee();
    }

    /// Notes that a region is gone, for the next one of which a first block of `lines` lines would have been right.
    pub(crate) fn forget_region(&self, lines: u32) {
        self.count_region(-1);
        self.note_lines(self.recent.load(Relaxed), lines);
    }

    /// Notes the size of a region, in units.
    #[inline(never)]
    fn note_size(&self, recent: u32, units: u32) {
        self.note_lines(recent, units.div_ceil(LINE_UNITS).max(FIRST_LINES));
    }

    fn note_lines(&self, recent: u32, lines: u32) {
        let class = class_of(lines.clamp(1, LAST_LINES));
        if recent != class * ALL_BYTES {
            self.recent.store(recent << 8 | class, Relaxed);
            self.foresee();
        }
    }

    /// Works out the size of the next region's first block. A remnant goes before blocks on the stacks, unless regions are smaller than any block.
    fn foresee(&self) {
        let smallest = self.smallest();
        let from_remnant = self.remnant.get().units > 0 && smallest >= FIRST_CLASS;
        let likely = if from_remnant { 0 } else { 1 << smallest };
        if self.likely.load(Relaxed) != likely && self.stow() {
            self.likely.store(likely, Relaxed);
        }
    }

    /// The size of the smallest of the last four regions that were dropped.
    fn smallest(&self) -> u32 {
        self.recent.load(Relaxed).to_le_bytes().into_iter().min().map_or(FIRST_CLASS, u32::from)
    }

    /// Takes the only block of a region, of which it used `units` units at most at a time, back as the next one, if there is none and it has the likely size.
    /// Returns whether it did.
    #[inline(always)]
    fn push_next(&self, piece: Piece, units: u32) -> bool {
        let takes = piece.units == self.likely.load(Relaxed) && self.next.units.load(Relaxed) == 0;
        if takes {
            self.next.set(piece);
            let recent = self.recent.load(Relaxed);
            if recent != FIRST_CLASS * ALL_BYTES || units > FIRST_LINES * LINE_UNITS {
                self.note_size(recent, units);
            }
        }
        takes
    }

    /// The same, or on its stack if there is room.
    pub(crate) fn push_last(&self, piece: Piece, units: u32) -> bool {
        if self.push_next(piece, units) {
            return true;
        }
        let fits = is_kept(piece) && self.push(piece);
        if fits {
            self.count_region(-1);
            self.note_size(self.recent.load(Relaxed), units);
        }
        fits
    }

    /// Gives everything to the depot.
    pub(crate) fn empty(&self, core: &Core) {
        let mut pieces = vec![self.take_next(), self.remnant.take()];
        self.foresee();
        for (class, stack) in self.stacks.iter().enumerate() {
            pieces.extend(stack.take_oldest(KEPT).into_iter().map(|unit| Piece { unit, units: 1 << class }));
        }
        core.depot().give(pieces);
    }
}

/// Whether blocks of that size are kept.
#[inline]
fn is_kept(piece: Piece) -> bool {
    piece.units.is_power_of_two() && piece.units <= LAST_LINES
}

/// The class of the smallest block that has `lines` lines.
#[inline]
fn class_of(lines: u32) -> u32 {
    debug_assert!(lines > 0 && lines <= LAST_LINES);
    u32::BITS - (lines - 1).leading_zeros()
}

/// The magazines of a thread.
struct Mine {
    global: OnceCell<Kept>,
    other: RefCell<Option<Kept>>,
}

thread_local! {
    static MINE: Mine = const { Mine { global: OnceCell::new(), other: RefCell::new(None) } };
    /// Where the magazine of the process's space is: null unless `MINE` keeps one. It needs no destructor, so looking at it takes one instruction.
    static HOT: Cell<*const Magazine> = const { Cell::new(std::ptr::null()) };
}

/// A magazine, which goes back when the thread ends or turns to another space.
struct Kept {
    magazine: Arc<Magazine>,
    space: Owner,
}

/// The space of a magazine, which doesn't keep it.
pub(super) enum Owner {
    Global(&'static Core),
    Counted(Weak<Core>),
}

/// Hands the magazine that this thread has for a space to `use_it`: `None`, and it isn't called, in a thread that is ending.
#[inline]
pub(super) fn with<R>(core: &Core, use_it: impl FnOnce(&Magazine) -> R) -> Option<R> {
    let used = MINE.try_with(|mine| {
        if core.is_global() {
            let kept = mine.global.get_or_init(|| Kept::new(core));
            HOT.set(Arc::as_ptr(&kept.magazine));
            return use_it(&kept.magazine);
        }
        let mut other = mine.other.borrow_mut();
        if !other.as_ref().is_some_and(|kept| kept.is_of(core)) {
            // The old one goes back first: its space may be the last to be held by it.
            drop(other.take());
        }
        use_it(&other.get_or_insert_with(|| Kept::new(core)).magazine)
    });
    used.ok()
}

/// The magazine of this thread for the space of the process, if it is there already.
#[inline(always)]
fn hot<'a>() -> Option<&'a Magazine> {
    // SAFETY: null, or the magazine that this thread keeps. It isn't given further than to the functions below.
    unsafe { HOT.get().as_ref() }
}

/// Takes the next block for a region of the process's space that has none. The way of small regions, and short.
#[inline(always)]
pub(super) fn pop_next(units: u32) -> Option<Piece> {
    hot()?.pop_next(units)
}

/// The same, or another block of the likely size that is at hand.
pub(super) fn pop_likely(units: u32) -> Option<Piece> {
    hot()?.pop_likely(units)
}

/// Takes the only block of a region of the process's space back, of which it used `units` at most at a time, as the next one.
#[inline(always)]
pub(super) fn push_next(piece: Piece, units: u32) -> bool {
    hot().is_some_and(|magazine| magazine.push_next(piece, units))
}

/// The same, or wherever there is room at hand.
pub(super) fn push_last(piece: Piece, units: u32) -> bool {
    hot().is_some_and(|magazine| magazine.push_last(piece, units))
}

impl Kept {
    #[cold]
    fn new(core: &Core) -> Kept {
        let magazine = Arc::new(Magazine::new());
        core.depot().register(&magazine);
        Kept { magazine, space: core.owner() }
    }

    #[inline]
    fn is_of(&self, core: &Core) -> bool {
        // A weak reference keeps the address from being another space's.
        matches!(&self.space, Owner::Counted(of) if std::ptr::eq(of.as_ptr(), core))
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let give_back = |core: &Core| {
            self.magazine.empty(core);
            core.depot().retire(&self.magazine);
        };
        match &self.space {
            Owner::Global(core) => {
                HOT.set(std::ptr::null());
                give_back(core);
            }
            Owner::Counted(core) => {
                if let Some(core) = core.upgrade() {
                    give_back(&core);
                }
            }
        }
    }
}
