//! The right to allocate into a region.
//!
//! ```text
//!        start                              cursor        limit
//! ...... | in use, with free pieces between | never used  | ......   another block, another region, or not committed
//! ```
//!
//! A contiguous region has a slot to itself. Memory above its cursor and in its free pieces is zero, so that a file shows nothing of what was there. An
//! overlapping or bounded region has blocks of a space, as dirty as whoever had them left them.
//!
//! Either way a value is built by writing its fields into zeroed memory, so that its padding is zero: in blocks what is handed out is zeroed then, unless it
//! is going to be overwritten as a whole.

use std::cell::{Cell, UnsafeCell};
use std::fmt;
use std::mem::ManuallyDrop;

use super::blocks::too_large;
use super::identity::Identity;
use super::rest::Rest;
use crate::error::{Error, Result};
use crate::free::Piece;
use crate::handle::{Base, SLOT_BYTES, UNIT_BYTES};
use crate::poison;
use crate::space::{COMMIT_LIMIT, Home, LAST_LINES, LINE_BYTES, LINE_UNITS, Lease, Space, zero};
use crate::sync::Arc;

/// The first unit that values may use: the slot's header lies before it.
pub(crate) const FIRST_UNIT: u32 = 128 / UNIT_BYTES as u32;

/// The right to allocate into a region, and to edit what lies there.
///
/// Every editing handle carries a reference to one, which is why `push` needs no region argument. You meet it only as the
/// lifetime of those handles.
///
/// It is 40 bytes: a million regions may be alive at once.
pub struct Writer {
    pub(super) base: Base,
    /// The first unit that was never handed out.
    pub(super) cursor: Cell<u32>,
    /// The end of the units that may be used.
    pub(super) limit: Cell<u32>,
    /// The limit as allocating sees it first: zero while a contiguous region has free pieces, which are used before the cursor moves on. In blocks pieces are
    /// looked at when one is full.
    pub(super) open: Cell<u32>,
    /// Units of the first block that were in use at a time, where freeing has lowered the cursor since.
    pub(super) peak: Cell<u16>,
    pub(super) kind: Kind,
    /// Whether the space is counted (S2).
    pub(super) counted: bool,
    /// Lines of the first block, which is the only one of a small region, and of a bounded one.
    pub(super) first: Cell<Piece>,
    /// Taken out when the writer is dropped, if it is there.
    pub(super) rest: UnsafeCell<ManuallyDrop<Option<Box<Rest>>>>,
}

const _: () = assert!(size_of::<Writer>() == 40);

/// Where a region's memory comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A slot of its own.
    Contiguous,
    /// Blocks of a space, as many as are needed.
    Overlapping,
    /// One block of a space.
    Bounded,
}

// SAFETY: a writer owns its memory and its lists; what is shared is behind locks. It isn't `Sync`: cells.
unsafe impl Send for Writer {}

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
    /// Bytes that the region has of its space or slot: what can't be used by another region.
    pub held: u64,
    /// Bytes that the region may grow to: its limit, or the slot's, without the header.
    pub capacity: u64,
}

impl Writer {
    /// A writer for the region that begins in `lease`, with `cursor` units in use from the start of the slot and `pieces` free among them.
    ///
    /// # Errors
    ///
    /// [`Limit`](crate::ErrorKind::Limit) where `bound` is too small, [`NoMemory`](crate::ErrorKind::NoMemory) where the system refuses.
    pub(crate) fn contiguous(
        lease: Lease,
        cursor: u32,
        bound: u64,
        pieces: impl Iterator<Item = Piece>,
    ) -> Result<Writer> {
        let mut rest = Rest::new();
        let base = lease.base();
        (rest.lease, rest.bound) = (Some(lease), bound);
        let writer = Writer {
            base,
            cursor: Cell::new(cursor),
            limit: Cell::new(cursor),
            open: Cell::new(cursor),
            peak: Cell::new(0),
            kind: Kind::Contiguous,
            counted: false,
            first: Cell::new(Piece::default()),
            rest: UnsafeCell::new(ManuallyDrop::new(Some(rest))),
        };
        writer.commit(0, 1)?;
        pieces.for_each(|piece| writer.give(piece));
        Ok(writer)
    }

    /// A writer for a region in a space. It has no memory until something is allocated.
    #[inline(always)]
    pub(crate) fn overlapping(home: Home) -> Writer {
        Self::in_space(home, Kind::Overlapping, Piece::default())
    }

    /// A writer for a region of exactly `bytes` bytes, rounded up to lines, in a space.
    ///
    /// # Errors
    ///
    /// [`Limit`](crate::ErrorKind::Limit) where the space is full, [`NoMemory`](crate::ErrorKind::NoMemory) where the system refuses.
    #[inline]
    pub(crate) fn bounded(space: &Space, bytes: u64) -> Result<Writer> {
        let lines = u32::try_from(bytes.max(1).div_ceil(LINE_BYTES as u64)).map_err(|_| too_large(bytes))?;
        let mut writer = Self::in_space(space.enter(), Kind::Bounded, Piece::default());
        *writer.first.get_mut() = writer.home().take_counted(lines)?;
        writer.start_over();
        Ok(writer)
    }

    #[inline(always)]
    pub(super) fn in_space(home: Home, kind: Kind, first: Piece) -> Writer {
        Writer {
            base: home.base(),
            cursor: Cell::new(0),
            limit: Cell::new(0),
            open: Cell::new(0),
            peak: Cell::new(0),
            kind,
            counted: home.counted(),
            first: Cell::new(first),
            rest: UnsafeCell::new(ManuallyDrop::new(None)),
        }
    }

    /// The space, of a region that is in one.
    #[inline(always)]
    pub(super) fn home(&self) -> Home {
        debug_assert!(self.kind != Kind::Contiguous);
        // SAFETY: S2: entered when the writer was made, and left when it is dropped.
        unsafe { Home::from_parts(self.base, self.counted) }
    }

    /// What offsets in the region are relative to.
    #[inline(always)]
    pub(crate) fn base(&self) -> Base {
        self.base
    }

    /// Whether memory that is handed out must be zeroed first.
    #[inline(always)]
    pub(super) fn is_dirty(&self) -> bool {
        self.kind != Kind::Contiguous
    }

    /// Whether both write to the same region.
    #[inline]
    pub(crate) fn same_region(&self, other: &Writer) -> bool {
        let identity = |writer: &Writer| writer.peek().and_then(|rest| rest.identity.as_ref().map(Arc::as_ptr));
        std::ptr::eq(self, other) || identity(self).is_some_and(|ours| identity(other) == Some(ours))
    }

    /// What counted references know of the region. Made when first asked for.
    pub(crate) fn identity(&self) -> Arc<Identity> {
        self.with_rest(|rest| rest.identity.get_or_insert_default().clone())
    }

    /// Whether that is the identity of this region.
    pub(crate) fn is_of(&self, identity: &Arc<Identity>) -> bool {
        self.peek().and_then(|rest| rest.identity.as_ref()).is_some_and(|ours| Arc::ptr_eq(ours, identity))
    }

    /// The bookkeeping, if there is any.
    #[inline(always)]
    pub(super) fn peek(&self) -> Option<&Rest> {
        // SAFETY: a writer isn't `Sync`, and where several threads may come here, through `&Image`, nobody changes it. Nothing that is called while the
        // reference is alive does.
        unsafe { &*self.rest.get() }.as_deref()
    }

    /// The bookkeeping, if there is any, to be changed or taken.
    #[inline(always)]
    pub(super) fn rest_mut(&mut self) -> &mut Option<Box<Rest>> {
        self.rest.get_mut()
    }

    /// Changes the bookkeeping. `change` runs nothing that knows this writer.
    #[inline]
    pub(super) fn with_rest<R>(&self, change: impl FnOnce(&mut Rest) -> R) -> R {
        // SAFETY: a writer isn't `Sync`, and whoever may change it isn't read by another thread; `change` never comes back here.
        let rest = unsafe { &mut *self.rest.get() };
        change(rest.get_or_insert_with(Rest::new))
    }

    /// Fixes the seeds that are drawn from now on.
    pub(crate) fn fix_seeds(&self, seed: u64) {
        self.with_rest(|rest| rest.seeds = Some(seed));
    }

    /// A number that differs each time, and is the same in the next program that makes the same calls. None if seeds are to be random.
    pub(crate) fn next_seed(&self) -> Option<u64> {
        let seed = self.peek()?.seeds?;
        self.with_rest(|rest| rest.seeds = Some(seed.wrapping_add(1)));
        Some(seed)
    }

    /// The first unit that was never handed out.
    pub(crate) fn cursor(&self) -> u32 {
        self.cursor.get()
    }

    /// How much of the region is in use.
    pub(crate) fn usage(&self) -> Usage {
        let free = self.peek().map_or(0, |rest| rest.free.units());
        let bytes = |units: u64| units * UNIT_BYTES as u64;
        Usage {
            allocated: bytes(self.used().saturating_sub(free)),
            free: bytes(free),
            held: bytes(self.held() + self.peek().map_or(0, Rest::waiting_lines) * u64::from(LINE_UNITS)),
            capacity: self.capacity(),
        }
    }

    /// Units that the region has and that aren't waiting since a reset.
    fn held(&self) -> u64 {
        let lines = u64::from(self.first.get().units) + self.peek().map_or(0, |rest| rest.lines);
        match self.kind {
            Kind::Contiguous => u64::from(self.limit.get() - FIRST_UNIT),
            _ => lines * u64::from(LINE_UNITS),
        }
    }

    /// Units that have been handed out, free pieces among them. Of several writers one may free what another handed out, so these are estimates then.
    pub(super) fn used(&self) -> u64 {
        self.held().saturating_sub(u64::from(self.limit.get() - self.cursor.get()))
    }

    pub(super) fn capacity(&self) -> u64 {
        let bound = self.peek().map_or(u64::MAX, |rest| rest.bound);
        let all = COMMIT_LIMIT - u64::from(FIRST_UNIT) * UNIT_BYTES as u64;
        match self.kind {
            Kind::Contiguous => bound.min(COMMIT_LIMIT) - u64::from(FIRST_UNIT) * UNIT_BYTES as u64,
            Kind::Overlapping => bound.saturating_mul(LINE_BYTES as u64).min(all),
            Kind::Bounded => u64::from(self.first.get().units) * LINE_BYTES as u64,
        }
    }

    /// Limits a region in a space to `bytes`, rounded down to lines.
    pub(super) fn set_limit(&self, bytes: u64) {
        self.with_rest(|rest| rest.bound = bytes / LINE_BYTES as u64);
    }

    /// Allocates `units` units at a multiple of `align` bytes: zeroed if `clean`, which what is going to be overwritten as a whole needn't be. O(1),
    /// amortised.
    ///
    /// # Errors
    ///
    /// [`Limit`](crate::ErrorKind::Limit) at the end of the region, [`NoMemory`](crate::ErrorKind::NoMemory) where the system refuses.
    #[inline(always)]
    pub(crate) fn allocate(&self, units: u32, align: usize, clean: bool) -> Result<u32> {
        debug_assert!(units > 0 && align.is_power_of_two() && align < SLOT_BYTES);
        let align = (align / UNIT_BYTES).max(1) as u32;
        if !self.fits(units, align, self.open.get()) && (align > LINE_UNITS || !self.begin_fast(units)) {
            return self.allocate_slowly(units, align, clean);
        }
        Ok(self.bump(units, align, clean))
    }

    /// Whether that many units fit between the cursor and a limit.
    #[inline(always)]
    fn fits(&self, units: u32, align: u32, limit: u32) -> bool {
        let unit = (u64::from(self.cursor.get()) + u64::from(align - 1)) & !u64::from(align - 1);
        unit + u64::from(units) <= u64::from(limit)
    }

    /// Hands out units that fit.
    #[inline(always)]
    fn bump(&self, units: u32, align: u32, clean: bool) -> u32 {
        let skipped = self.cursor.get();
        // No overflow: the limit is below 2^32, and they fit.
        let unit = (skipped + (align - 1)) & !(align - 1);
        self.cursor.set(unit + units);
        if skipped != unit {
            self.skip(skipped, unit - skipped);
        }
        self.hand_out(unit, units, clean);
        unit
    }

    /// Gives up units that alignment leaves out. In a block they aren't worth bookkeeping that isn't there yet.
    fn skip(&self, unit: u32, units: u32) {
        if self.peek().is_some() {
            self.give(Piece { unit, units });
        }
    }

    /// Makes units usable, and zero if `clean`.
    #[inline(always)]
    fn hand_out(&self, unit: u32, units: u32, clean: bool) {
        self.show(unit, units);
        if clean && self.is_dirty() {
            // SAFETY: they are the region's, committed, and nothing refers to them.
            unsafe { zero(self.base.at(unit), units as usize * UNIT_BYTES) };
        }
    }

    #[cold]
    #[inline(never)]
    fn allocate_slowly(&self, units: u32, align: u32, clean: bool) -> Result<u32> {
        if self.kind == Kind::Overlapping && self.first.get().units == 0 {
            self.take_first(units, align)?;
            return Ok(self.bump(units, align, clean));
        }
        self.allocate_further(units, align, clean)
    }

    /// With a block that may be full.
    #[inline(never)]
    fn allocate_further(&self, units: u32, align: u32, clean: bool) -> Result<u32> {
        let taken = self.take(units, align).or_else(|| {
            self.adopt_orphans();
            self.take(units, align)
        });
        if let Some(unit) = taken {
            self.hand_out(unit, units, clean);
            return Ok(unit);
        }
        if !self.fits(units, align, self.limit.get()) {
            match self.kind {
                Kind::Contiguous => self.commit(units, align)?,
                Kind::Overlapping => self.next_block(units, align)?,
                Kind::Bounded => return Err(self.full(u64::from(units))),
            }
        }
        Ok(self.bump(units, align, clean))
    }

    /// Takes from the free pieces, merging them first if that may help.
    fn take(&self, units: u32, align: u32) -> Option<u32> {
        self.peek().filter(|rest| rest.free.units() >= u64::from(units))?;
        let used = self.used();
        self.with_rest(|rest| {
            let taken = rest.free.take(units, align).or_else(|| {
                if !rest.free.worth_merging(used) {
                    return None;
                }
                self.merge_all(rest);
                rest.free.take(units, align)
            });
            self.note_waiting(rest);
            taken
        })
    }

    /// Joins free pieces if many were given up since that was done last, so that what is built next lies in a row. It takes no memory.
    pub(crate) fn merge(&self) {
        let used = self.used();
        if self.peek().is_some_and(|rest| rest.free.units() > 0 && rest.free.worth_merging(used)) {
            self.with_rest(|rest| {
                self.merge_all(rest);
                self.note_waiting(rest);
            });
        }
    }

    /// Joins free pieces. The last one, if it ends where the region does, is room there again.
    fn merge_all(&self, rest: &mut Rest) {
        self.note_peak();
        self.cursor.set(rest.free.merge(self.cursor.get()));
    }

    /// Notes whether free pieces wait.
    #[inline]
    fn note_waiting(&self, rest: &Rest) {
        if !self.is_dirty() {
            self.open.set(if rest.free.units() > 0 { 0 } else { self.limit.get() });
        }
    }

    /// Commits memory of the slot, so that `units` fit behind the cursor.
    fn commit(&self, units: u32, align: u32) -> Result<()> {
        let end = u64::from(self.cursor.get()).next_multiple_of(u64::from(align)) + u64::from(units);
        let before = self.limit.get();
        self.with_rest(|rest| {
            let bound = rest.bound;
            let lease = rest.lease.as_mut().expect("a contiguous region has a slot");
            lease.commit(end * UNIT_BYTES as u64, bound)?;
            self.limit.set((lease.frontier().min(bound) / UNIT_BYTES as u64) as u32);
            self.note_waiting(rest);
            Ok::<(), Error>(())
        })?;
        self.hide(before, self.limit.get() - before);
        Ok(())
    }

    /// Grows an allocation where it lies, if it is the last one. Returns whether it did. What is added is zero if `clean`.
    #[inline]
    pub(crate) fn grow_in_place(&self, unit: u32, units: u32, wanted: u32, clean: bool) -> bool {
        if unit + units != self.cursor.get()
            || !self.fits(wanted - units, 1, self.limit.get()) && !self.grow_limit(wanted, wanted - units)
        {
            return false;
        }
        self.cursor.set(unit + wanted);
        self.hand_out(unit + units, wanted - units, clean);
        true
    }

    /// Makes room for `units` right behind the cursor, for an allocation that will have `wanted`.
    #[cold]
    fn grow_limit(&self, wanted: u32, units: u32) -> bool {
        match self.kind {
            Kind::Contiguous => self.commit(units, 1).is_ok(),
            Kind::Overlapping if wanted > LAST_LINES * LINE_UNITS => self.grow_block(units),
            _ => false,
        }
    }

    /// Gives units up. They will be used again.
    ///
    /// # Safety
    ///
    /// They belong to one allocation of this region, and nothing refers to them any more.
    #[inline]
    pub(crate) unsafe fn free(&self, unit: u32, units: u32) {
        if !self.is_dirty() {
            // SAFETY: they are committed, and nothing refers to them.
            unsafe { zero(self.base.at(unit), units as usize * UNIT_BYTES) };
        }
        // SAFETY: the caller's contract; they are zero now where that matters.
        unsafe { self.free_untouched(unit, units) };
    }

    /// Gives up units that were allocated and never written.
    ///
    /// # Safety
    ///
    /// As for [`free`](Writer::free), and they are as they were handed out.
    #[inline]
    pub(crate) unsafe fn free_untouched(&self, unit: u32, units: u32) {
        self.hide(unit, units);
        if unit + units == self.cursor.get() {
            self.note_peak();
            self.cursor.set(unit);
        } else if units > 0 {
            self.give(Piece { unit, units });
        }
    }

    /// Notes how much of the first block was in use, for the next region on this thread.
    #[inline]
    fn note_peak(&self) {
        if self.kind == Kind::Overlapping {
            let used = self.cursor.get().wrapping_sub(self.first.get().unit * LINE_UNITS);
            let most = self.first.get().units.min(LAST_LINES) * LINE_UNITS;
            self.peak.set(self.peak.get().max(used.min(most) as u16));
        }
    }

    pub(super) fn give(&self, piece: Piece) {
        self.with_rest(|rest| {
            rest.free.give(piece);
            self.note_waiting(rest);
        });
    }

    /// Marks units that hold no value.
    #[inline(always)]
    pub(super) fn hide(&self, unit: u32, units: u32) {
        poison::hide(self.base.at(unit), units as usize * UNIT_BYTES);
    }

    /// Marks units that are handed out.
    #[inline(always)]
    fn show(&self, unit: u32, units: u32) {
        poison::show(self.base.at(unit), units as usize * UNIT_BYTES);
    }

    /// How many other writers the region has, if any.
    pub(super) fn other_writers(&self) -> Option<usize> {
        let writers = self.peek()?.identity.as_ref()?.writers() - 1;
        (writers > 0).then_some(writers)
    }

    /// Makes sure that this writer is all that refers to the region; otherwise returns how many others do.
    pub(super) fn check_alone(&mut self) -> Result<(), usize> {
        let Some(identity) = self.rest_mut().as_mut().and_then(|rest| rest.identity.as_mut()) else {
            return Ok(());
        };
        // What others read, they have read: finding that they are gone acquires.
        match Arc::get_mut(identity) {
            Some(_) => Ok(()),
            None => Err((Arc::strong_count(identity) - 1).max(1)),
        }
    }

    /// Releases what dropped tokens left behind.
    #[inline]
    pub(crate) fn adopt_orphans(&self) {
        if self.has_orphans() {
            self.release_orphans();
        }
    }

    /// Whether dropped tokens left something behind.
    #[inline]
    pub(crate) fn has_orphans(&self) -> bool {
        self.peek().and_then(|rest| rest.identity.as_ref()).is_some_and(|identity| identity.has_orphans())
    }

    #[cold]
    fn release_orphans(&self) {
        for orphan in self.identity().take_orphans() {
            // SAFETY: it was left for this region, and is taken off the list once.
            unsafe { (orphan.release)(orphan.unit, self) };
        }
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").field("kind", &self.kind).field("usage", &self.usage()).finish_non_exhaustive()
    }
}
