//! The right to allocate into a region.
//!
//! ```text
//! base   start                              cursor            limit
//! | 128  | in use, with free pieces between | zero, committed | not committed
//! ```
//!
//! Memory above the cursor and in free pieces is zero: a file shows nothing of what was there, and a value is built
//! by writing its fields into zeroed memory, so its padding is zero too.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::free::{FreeLists, Piece};
use crate::error::Result;
use crate::handle::{Base, MAX_ALIGN, UNIT_BYTES};
use crate::poison;
use crate::space::{Lease, zero};

/// The first unit that values may use: the slot's header lies before it.
pub(crate) const FIRST_UNIT: u32 = 128 / UNIT_BYTES as u32;

/// The right to allocate into a region, and to edit what lies there.
///
/// Every editing handle carries a reference to one, which is why `push` needs no region argument. You meet it only as the
/// lifetime of those handles.
pub struct Writer {
    base: Base,
    /// The first unit that was never handed out.
    cursor: Cell<u32>,
    /// The end of the committed units that may be used.
    limit: Cell<u32>,
    /// Units in `free`: looked at on every allocation, so kept where that costs one load.
    free_units: Cell<u64>,
    free: RefCell<Option<Box<FreeLists>>>,
    lease: RefCell<Lease>,
    /// Bytes from the start of the slot that the region may reach.
    bound: u64,
    identity: Arc<Identity>,
}

// SAFETY: a writer owns its lease and its lists; what is shared is behind a mutex. It isn't `Sync`: cells.
unsafe impl Send for Writer {}

/// What tells a region from all others, for as long as anybody asks, and what was left behind for it.
pub(crate) struct Identity {
    number: u64,
    orphans: Mutex<Vec<Orphan>>,
    /// Whether there may be some: looked at more often than they come.
    orphaned: AtomicBool,
}

/// A value whose token was dropped where the writer wasn't at hand.
#[derive(Clone, Copy)]
pub(crate) struct Orphan {
    pub(crate) unit: u32,
    /// Releases the value and its memory.
    ///
    /// Safe to call once with the writer of the region and the unit.
    pub(crate) release: unsafe fn(u32, &Writer),
}

/// How much of a region is in use, in bytes.
///
/// ```
/// use offset_std::{Image, Vec};
///
/// let mut image = Image::<Vec<u64>>::new([1, 2, 3])?;
/// assert_eq!(image.usage().allocated, 8 + 3 * 8); // the vector, and its elements
/// image.edit().clear();
/// assert_eq!(image.usage().allocated, 8);
/// # Ok::<(), offset_std::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Bytes that values have, rounded up to units.
    pub allocated: u64,
    /// Bytes that were given up and will be used again.
    pub free: u64,
    /// Bytes that the region may grow to: its limit, or the slot's, without the header.
    pub capacity: u64,
}

impl Writer {
    /// A writer for the region that begins in `lease`, with `cursor` units in use from the start of the slot and `pieces` free among them.
    ///
    /// # Errors
    ///
    /// [`Limit`](crate::ErrorKind::Limit) where `bound` is too small, [`NoMemory`](crate::ErrorKind::NoMemory) where the system refuses.
    pub(crate) fn new(
        mut lease: Lease,
        cursor: u32,
        bound: u64,
        pieces: impl Iterator<Item = Piece>,
    ) -> Result<Writer> {
        static NUMBER: AtomicU64 = AtomicU64::new(1);
        lease.commit(u64::from(cursor) * UNIT_BYTES as u64, bound)?;
        let writer = Writer {
            base: lease.base(),
            cursor: Cell::new(cursor),
            limit: Cell::new(0),
            free_units: Cell::new(0),
            free: RefCell::new(None),
            lease: RefCell::new(lease),
            bound,
            identity: Arc::new(Identity {
                number: NUMBER.fetch_add(1, Ordering::Relaxed),
                orphans: Mutex::new(Vec::new()),
                orphaned: AtomicBool::new(false),
            }),
        };
        writer.refresh_limit();
        pieces.for_each(|piece| writer.give(piece));
        writer.hide(cursor, writer.limit.get() - cursor);
        Ok(writer)
    }

    /// What offsets in the region are relative to.
    #[inline(always)]
    pub(crate) fn base(&self) -> Base {
        self.base
    }

    /// Whether both write to the same region.
    #[inline]
    pub(crate) fn same_region(&self, other: &Writer) -> bool {
        self.identity.number == other.identity.number
    }

    pub(crate) fn identity(&self) -> &Arc<Identity> {
        &self.identity
    }

    /// The first unit that was never handed out.
    pub(crate) fn cursor(&self) -> u32 {
        self.cursor.get()
    }

    /// How much of the region is in use.
    pub(crate) fn usage(&self) -> Usage {
        let unit = UNIT_BYTES as u64;
        let free = self.free_units.get() * unit;
        Usage {
            allocated: u64::from(self.cursor.get() - FIRST_UNIT) * unit - free,
            free,
            capacity: self.bound.min(crate::space::COMMIT_LIMIT) - u64::from(FIRST_UNIT) * unit,
        }
    }

    /// Allocates `units` zeroed units at a multiple of `align` bytes. O(1), amortised.
    ///
    /// # Errors
    ///
    /// [`Limit`](crate::ErrorKind::Limit) at the end of the region, [`NoMemory`](crate::ErrorKind::NoMemory) where the system refuses.
    #[inline]
    pub(crate) fn allocate(&self, units: u32, align: usize) -> Result<u32> {
        debug_assert!(units > 0 && align <= MAX_ALIGN);
        let align = (align / UNIT_BYTES).max(1) as u32;
        if self.free_units.get() == 0 {
            let unit = align_up(self.cursor.get(), align);
            // No overflow: unit < 2^32, and the limit is below that.
            if u64::from(unit) + u64::from(units) <= u64::from(self.limit.get()) {
                self.bump(unit, units);
                return Ok(unit);
            }
        }
        self.allocate_slowly(units, align)
    }

    /// Hands out `units` at `unit`, at or after the cursor, below the limit.
    #[inline(always)]
    fn bump(&self, unit: u32, units: u32) {
        let skipped = self.cursor.get();
        self.cursor.set(unit + units);
        if skipped != unit {
            self.give(Piece { unit: skipped, units: unit - skipped });
        }
        self.show(unit, units);
    }

    #[inline(never)]
    fn allocate_slowly(&self, units: u32, align: u32) -> Result<u32> {
        let taken = self.take(units, align).or_else(|| {
            self.adopt_orphans();
            self.take(units, align)
        });
        if let Some(unit) = taken {
            self.show(unit, units);
            return Ok(unit);
        }
        let unit = align_up(self.cursor.get(), align);
        self.extend_limit(u64::from(unit) + u64::from(units))?;
        self.bump(unit, units);
        Ok(unit)
    }

    /// Takes from the free pieces, merging them first if that may help.
    fn take(&self, units: u32, align: u32) -> Option<u32> {
        let mut free = self.free.borrow_mut();
        let lists = free.as_mut()?;
        let taken = lists.take(units, align).or_else(|| {
            if !lists.worth_merging(u64::from(self.cursor.get() - FIRST_UNIT)) {
                return None;
            }
            self.cursor.set(lists.merge(self.cursor.get()));
            lists.take(units, align)
        });
        self.free_units.set(lists.units());
        taken
    }

    /// Makes sure that the units below `end` may be used.
    fn extend_limit(&self, end: u64) -> Result<()> {
        if end > u64::from(self.limit.get()) {
            let before = self.limit.get();
            self.lease.borrow_mut().commit(end * UNIT_BYTES as u64, self.bound)?;
            self.refresh_limit();
            self.hide(before, self.limit.get() - before);
        }
        Ok(())
    }

    fn refresh_limit(&self) {
        let bytes = self.lease.borrow().frontier().min(self.bound);
        self.limit.set((bytes / UNIT_BYTES as u64) as u32);
    }

    /// Grows an allocation where it lies, if it is the last one. Returns whether it did.
    #[inline]
    pub(crate) fn grow_in_place(&self, unit: u32, units: u32, wanted: u32) -> bool {
        let end = u64::from(unit) + u64::from(wanted);
        if unit + units != self.cursor.get() || self.extend_limit(end).is_err() {
            return false;
        }
        self.cursor.set(unit + wanted);
        self.show(unit + units, wanted - units);
        true
    }

    /// Gives units up. They are zeroed, and will be used again.
    ///
    /// # Safety
    ///
    /// They belong to one allocation of this region, and nothing refers to them any more.
    #[inline]
    pub(crate) unsafe fn free(&self, unit: u32, units: u32) {
        let at = self.base.at::<u8>(unit);
        // SAFETY: they are committed, and nothing refers to them.
        unsafe { zero(at, units as usize * UNIT_BYTES) };
        // SAFETY: the caller's contract; they are zero now.
        unsafe { self.free_zeroed(unit, units) };
    }

    /// Gives up units that are zero: ones that were allocated and never written.
    ///
    /// # Safety
    ///
    /// As for [`free`](Writer::free), and they are zero.
    #[inline]
    pub(crate) unsafe fn free_zeroed(&self, unit: u32, units: u32) {
        self.hide(unit, units);
        if unit + units == self.cursor.get() {
            self.cursor.set(unit);
        } else if units > 0 {
            self.give(Piece { unit, units });
        }
    }

    fn give(&self, piece: Piece) {
        let mut free = self.free.borrow_mut();
        let lists = free.get_or_insert_with(|| Box::new(FreeLists::new()));
        lists.give(piece);
        self.free_units.set(lists.units());
    }

    /// Marks units that hold no value.
    #[inline(always)]
    fn hide(&self, unit: u32, units: u32) {
        poison::hide(self.base.at(unit), units as usize * UNIT_BYTES);
    }

    /// Marks units that are handed out.
    #[inline(always)]
    fn show(&self, unit: u32, units: u32) {
        poison::show(self.base.at(unit), units as usize * UNIT_BYTES);
    }

    /// Releases what dropped tokens left behind.
    #[inline]
    pub(crate) fn adopt_orphans(&self) {
        if self.has_orphans() {
            self.release_orphans();
        }
    }

    /// Whether dropped tokens left something behind.
    pub(crate) fn has_orphans(&self) -> bool {
        self.identity.orphaned.load(Ordering::Acquire)
    }

    #[cold]
    fn release_orphans(&self) {
        let orphans = {
            let mut orphans = self.identity.orphans.lock().unwrap_or_else(PoisonError::into_inner);
            self.identity.orphaned.store(false, Ordering::Relaxed);
            std::mem::take(&mut *orphans)
        };
        for orphan in orphans {
            // SAFETY: it was left for this region, and is taken off the list once.
            unsafe { (orphan.release)(orphan.unit, self) };
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // The next region in this slot starts unmarked.
        self.show(0, self.limit.get());
    }
}

/// The next multiple of a power of two. Units in a slot end well below 2^32, so nothing overflows.
#[inline(always)]
fn align_up(unit: u32, align: u32) -> u32 {
    (unit + (align - 1)) & !(align - 1)
}

impl Identity {
    /// Leaves a value for the writer to release.
    pub(crate) fn leave(&self, orphan: Orphan) {
        let mut orphans = self.orphans.lock().unwrap_or_else(PoisonError::into_inner);
        orphans.push(orphan);
        self.orphaned.store(true, Ordering::Release);
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").field("region", &self.identity.number).field("usage", &self.usage()).finish()
    }
}
