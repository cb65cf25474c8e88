//! The blocks that a thread keeps at hand for its next regions.
//!
//! A thread has one magazine for the process's space and one for the space of its own making that it used last. What a region gives back goes on a stack of
//! its size; the next region takes it from there, still in cache, without a lock. A full stack gives half of its blocks, the oldest, to the depot.
//!
//! Only its thread writes to a magazine. Others read its figures, so its fields are atomics, which are read and written as plain memory is.

use std::cell::{Cell, OnceCell, RefCell};
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Weak};

use super::shared::Core;
use crate::error::Result;
use crate::free::Piece;

/// Sizes of blocks that are kept: powers of two up to 512 lines, 32 KiB.
const CLASSES: usize = 10;
/// Lines of the largest block of a region, but for what is larger itself.
pub(crate) const LAST_LINES: u32 = 1 << (CLASSES - 1);
/// Lines of the first block of a region, at least: 256 bytes, so that a small region is cheap.
const FIRST_CLASS: u32 = 2;
/// Lines of that block.
pub(crate) const FIRST_LINES: u32 = 1 << FIRST_CLASS;
/// How many blocks of a size are kept.
const KEPT: usize = 64;
/// What is no class: a number larger than all.
const NO_CLASS: u32 = 0xff;
/// Times a byte: that byte four times.
const ALL_BYTES: u32 = 0x0101_0101;
/// Lines that are fetched from the depot at once, if more than one block.
const FETCHED_LINES: u32 = 64;

/// The blocks that a thread keeps of a space.
pub(super) struct Magazine {
    stacks: [Stack; CLASSES],
    /// What sealing left over of a block: the next small region starts there. First line and lines.
    remnant: [AtomicU32; 2],
    /// Regions that got memory from this thread, less those that gave it back to it.
    regions: AtomicI64,
    /// The sizes of the last four regions that were dropped, a byte each.
    recent: AtomicU32,
    /// The size of a region's first block: the smallest of those. [`NO_CLASS`] while there is a remnant.
    likely: AtomicU32,
}

struct Stack {
    len: AtomicU32,
    lines: [AtomicU32; KEPT],
}

impl Stack {
    const fn new() -> Stack {
        Stack { len: AtomicU32::new(0), lines: [const { AtomicU32::new(0) }; KEPT] }
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
    fn new() -> Magazine {
        Magazine {
            stacks: [const { Stack::new() }; CLASSES],
            remnant: [const { AtomicU32::new(0) }; 2],
            regions: AtomicI64::new(0),
            recent: AtomicU32::new(FIRST_CLASS * ALL_BYTES),
            likely: AtomicU32::new(FIRST_CLASS),
        }
    }

    pub(super) fn regions(&self) -> i64 {
        self.regions.load(Relaxed)
    }

    /// Lines of all blocks.
    pub(super) fn lines(&self) -> u64 {
        let stacks = self.stacks.iter().enumerate().map(|(class, stack)| u64::from(stack.len.load(Relaxed)) << class);
        stacks.sum::<u64>() + u64::from(self.remnant[1].load(Relaxed))
    }

    #[inline]
    pub(super) fn count_region(&self, by: i64) {
        self.regions.store(self.regions.load(Relaxed) + by, Relaxed);
    }

    /// A block for a region that has none, if one of the likely size is at hand and has `lines` lines.
    #[inline]
    fn pop_first(&self, lines: u32) -> Option<Piece> {
        let class = self.likely.load(Relaxed);
        let unit = self.stacks.get(class as usize).filter(|_| lines <= 1 << class)?.pop()?;
        self.count_region(1);
        Some(Piece { unit, units: 1 << class })
    }

    /// Takes a block for a region that has none.
    #[inline(never)]
    pub(super) fn take_first(&self, lines: u32, core: &Core) -> Result<Piece> {
        let remnant = self.take_remnant();
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

    fn take_remnant(&self) -> Piece {
        let [unit, units] = &self.remnant;
        let remnant = Piece { unit: unit.load(Relaxed), units: units.load(Relaxed) };
        units.store(0, Relaxed);
        remnant
    }

    /// Takes a block of `1 << class` lines.
    #[inline]
    pub(super) fn take(&self, class: u32, core: &Core) -> Result<Piece> {
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
        let others: Vec<u32> = (1..FETCHED_LINES >> class).map_while(|_| depot.take(1 << class).ok()).collect();
        drop(depot);
        // Taken from the lowest on.
        for line in others.into_iter().rev() {
            self.stacks[class as usize].push(line);
        }
        Ok(Piece { unit: first, units: 1 << class })
    }

    /// Takes a block back.
    #[inline]
    pub(super) fn give(&self, piece: Piece, core: &Core) {
        if piece.units.is_power_of_two() && piece.units <= LAST_LINES {
            let stack = &self.stacks[piece.units.ilog2() as usize];
            if stack.push(piece.unit) {
                return;
            }
        }
        self.give_slowly(piece, core);
    }

    #[cold]
    fn give_slowly(&self, piece: Piece, core: &Core) {
        if piece.units.is_power_of_two() && piece.units <= LAST_LINES {
            let stack = &self.stacks[piece.units.ilog2() as usize];
            let oldest = stack.take_oldest(KEPT / 2);
            core.depot().give(oldest.into_iter().map(|unit| Piece { unit, units: piece.units }));
            stack.push(piece.unit);
        } else {
            core.depot().give([piece]);
        }
    }

    /// Takes the rest of a block that was sealed back.
    pub(super) fn give_rest(&self, piece: Piece, core: &Core) {
        let old = self.take_remnant();
        let joined = Piece { unit: piece.unit, units: piece.units + old.units };
        let (piece, old) = if piece.end() == old.unit { (joined, Piece::default()) } else { (piece, old) };
        let kept = Piece { unit: piece.unit, units: piece.units.min(LAST_LINES) };
        self.set_remnant(kept);
        if old.units > 0 || kept.units < piece.units {
            core.depot().give([old, Piece { unit: kept.end(), units: piece.units - kept.units }]);
        }
    }

    fn set_remnant(&self, piece: Piece) {
        let [unit, units] = &self.remnant;
        unit.store(piece.unit, Relaxed);
        units.store(piece.units, Relaxed);
        self.foresee();
    }

    /// Notes that a region is gone, for the next one of which a first block of `lines` lines would have been right.
    #[inline]
    pub(super) fn forget_region(&self, lines: u32) {
        self.count_region(-1);
        let recent = self.recent.load(Relaxed);
        if recent != FIRST_CLASS * ALL_BYTES || lines != FIRST_LINES {
            self.note_size(recent, lines);
        }
    }

    /// Notes the size of a region.
    #[inline(never)]
    fn note_size(&self, recent: u32, lines: u32) {
        let class = class_of(lines.clamp(1, LAST_LINES));
        if recent != class * ALL_BYTES {
            self.recent.store(recent << 8 | class, Relaxed);
            self.foresee();
        }
    }

    /// Works out the size of the next region's first block. A remnant goes before blocks on the stacks, unless regions are smaller than any block.
    fn foresee(&self) {
        let smallest = self.smallest();
        let from_remnant = self.remnant[1].load(Relaxed) > 0 && smallest >= FIRST_CLASS;
        self.likely.store(if from_remnant { NO_CLASS } else { smallest }, Relaxed);
    }

    /// The size of the smallest of the last four regions that were dropped.
    fn smallest(&self) -> u32 {
        self.recent.load(Relaxed).to_le_bytes().into_iter().min().map_or(FIRST_CLASS, u32::from)
    }

    /// Takes the only block of a region back, of which it used `lines`, if there is room at hand. Returns whether there is.
    #[inline]
    fn push_last(&self, piece: Piece, lines: u32) -> bool {
        let class = piece.units.trailing_zeros();
        let fits =
            piece.units == 1 << class && self.stacks.get(class as usize).is_some_and(|stack| stack.push(piece.unit));
        if fits {
            self.forget_region(lines.max(FIRST_LINES));
        }
        fits
    }

    /// Gives everything to the depot.
    pub(super) fn empty(&self, core: &Core) {
        let mut pieces = vec![self.take_remnant()];
        self.foresee();
        for (class, stack) in self.stacks.iter().enumerate() {
            pieces.extend(stack.take_oldest(KEPT).into_iter().map(|unit| Piece { unit, units: 1 << class }));
        }
        core.depot().give(pieces);
    }
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

/// Takes a block for a region of the process's space that has none, if one of the likely size is at hand. The way of small regions, and short.
#[inline]
pub(super) fn pop_first(lines: u32) -> Option<Piece> {
    // SAFETY: null, or the magazine that this thread keeps.
    unsafe { HOT.get().as_ref() }?.pop_first(lines)
}

/// Takes the only block of a region of the process's space back, of which it used `lines`, if there is room at hand.
#[inline]
pub(super) fn push_last(piece: Piece, lines: u32) -> bool {
    // SAFETY: null, or the magazine that this thread keeps.
    unsafe { HOT.get().as_ref() }.is_some_and(|magazine| magazine.push_last(piece, lines))
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
