//! A space: a slot that many regions share, handing out blocks.

use std::fmt;
use std::sync::{Arc, OnceLock, PoisonError, Weak};

use super::Lease;
use super::depot::{Depot, SpaceUsage};
use super::magazine::{self, LAST_LINES, Owner};
use crate::error::Result;
use crate::free::Piece;
use crate::handle::Base;
use crate::region::Relocate;
use crate::sync::{Mutex, MutexGuard};

/// 32 GiB of address space that regions share. Cloning it gives another reference to the same space.
///
/// Blocks that a region gives back are what the next region gets, still in cache: first from what its thread keeps at hand, then from the space, under a
/// lock. Regions of one space can refer to one another with 4 bytes. A program that makes no space uses [`Space::global`], and so does [`Region::new`].
///
/// When a space is full, allocating in it is an error that says so ([`Limit`](crate::ErrorKind::Limit)); other spaces aren't touched, so it is for
/// the program to make another one and go on there.
///
/// A space that a program made goes when the last reference to it and the last region in it are gone; the one of the process stays.
///
/// ```
/// use offset_std::{Region, Space};
///
/// let space = Space::new()?;
/// space.set_limit(1 << 20);
/// let region = Region::new_in(&space);
/// assert_eq!(*region.alloc_plain(7u64), 7);
/// assert_eq!(space.usage().regions, 1);
/// # Ok::<(), offset_std::Error>(())
/// ```
///
/// [`Region::new`]: crate::Region::new
#[derive(Clone)]
pub struct Space(Held);

/// How a space is held. The one of the process isn't counted: regions in it are made and dropped by the million.
#[derive(Clone)]
enum Held {
    Global(&'static Core),
    Counted(Arc<Core>),
}

/// A space itself.
pub(crate) struct Core {
    base: Base,
    depot: Mutex<Depot>,
    /// Regions that may be moved, and some that are gone.
    movables: Mutex<Vec<Weak<dyn Relocate>>>,
    /// Itself, unless it is the one of the process.
    counted: Option<Weak<Core>>,
}

static GLOBAL: OnceLock<Core> = OnceLock::new();

impl Space {
    /// Makes a space.
    ///
    /// # Errors
    ///
    /// [`NoMemory`](crate::ErrorKind::NoMemory) where the system refuses.
    pub fn new() -> Result<Space> {
        let lease = Lease::new()?;
        let core = Arc::new_cyclic(|core| Core::new(lease, Some(core.clone())));
        Core::introduce(&core)?;
        Ok(Space(Held::Counted(core)))
    }

    /// The space of the process, made when first asked for. Cheap.
    ///
    /// # Errors
    ///
    /// [`NoMemory`](crate::ErrorKind::NoMemory) where the system refuses it. The next call asks again.
    #[inline]
    pub fn global() -> Result<Space> {
        Ok(Space(Held::Global(Core::global()?)))
    }

    #[inline]
    fn core(&self) -> &Core {
        match &self.0 {
            Held::Global(core) => core,
            Held::Counted(core) => core,
        }
    }

    /// The space as a region knows it. It counts as a reference until [left](Home::leave).
    #[inline]
    pub(crate) fn enter(&self) -> Home {
        let core = self.core();
        if let Held::Counted(core) = &self.0 {
            std::mem::forget(core.clone());
        }
        Home { base: core.base, counted: core.counted.is_some() }
    }

    /// Limits how far the space grows: to `bytes` from its start, 32 GiB less a page unless set. A limit below what it has grown to keeps it from growing; what it has is used on, and
    /// [`trim`](Space::trim) gives back what nobody uses.
    pub fn set_limit(&self, bytes: u64) {
        self.core().depot().set_limit(bytes);
    }

    /// How many bytes that nobody uses keep their memory, 64 MiB unless set: past that the largest ranges, from the end of the space on, go back to the
    /// system, until half of it is left.
    pub fn set_warm_cap(&self, bytes: u64) {
        self.core().depot().set_warm_cap(bytes);
    }

    /// Asks the system for huge pages, or no more, where the space grows from now on. It doesn't unless told to: what goes back to the system in ranges of 64 KiB
    /// would come back in pages of 2 MiB.
    pub fn set_huge_pages(&self, huge: bool) {
        self.core().depot().set_huge_pages(huge);
    }

    /// Gives the memory of what nobody uses back to the system, in ranges of 64 KiB and more. Returns how many bytes.
    ///
    /// That is all but what other threads keep at hand: at most 4 MiB each. O(free runs).
    ///
    /// ```
    /// # use offset_std::{Region, Space};
    /// let space = Space::new()?;
    /// drop(Region::new_in(&space).alloc_slice(&[1u8; 1 << 20]));
    /// assert!(space.trim() >= (1 << 20) - (64 << 10));
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn trim(&self) -> u64 {
        self.flush();
        self.core().depot().trim(0)
    }

    /// Gives what this thread keeps at hand back.
    pub(crate) fn flush(&self) {
        magazine::with(self.core(), |magazine| magazine.empty(self.core()));
    }

    /// The same, and joins what is free.
    pub(crate) fn gather(&self) {
        self.flush();
        self.core().depot().merge();
    }

    /// Takes the lowest run of lines that ends at or before a line.
    pub(crate) fn take_below(&self, line: u32, lines: u32) -> Option<Piece> {
        self.core().depot().take_below(line, lines)
    }

    /// Whether nobody has what lies right before a line.
    pub(crate) fn has_room_before(&self, line: u32) -> bool {
        self.core().depot().has_room_before(line)
    }

    /// Notes a region that may be moved.
    pub(crate) fn add_movable(&self, movable: Weak<dyn Relocate>) {
        let mut movables = self.core().movables.lock().unwrap_or_else(PoisonError::into_inner);
        if movables.len() == movables.capacity() {
            movables.retain(|one| one.strong_count() > 0);
        }
        movables.push(movable);
    }

    /// The regions that may be moved.
    pub(crate) fn movables(&self) -> Vec<Arc<dyn Relocate>> {
        let mut movables = self.core().movables.lock().unwrap_or_else(PoisonError::into_inner);
        movables.retain(|one| one.strong_count() > 0);
        movables.iter().filter_map(Weak::upgrade).collect()
    }

    /// What the space has, and who has it. O(threads + free runs of the largest size), under the lock of the space.
    pub fn usage(&self) -> SpaceUsage {
        self.core().depot().usage()
    }
}

/// A space as a region knows it: by its slot, and without a pointer to the bookkeeping.
///
/// - **S1** The first word of the slot of a space, but the one of the process, points at its [`Core`], as long as that lives.
/// - **S2** A `Home` comes from [`Space::enter`], which counts a reference to the core, and isn't used after [`leave`](Home::leave), which takes it away.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Home {
    base: Base,
    counted: bool,
}

impl Home {
    /// The space of the process, as a region knows it.
    ///
    /// # Errors
    ///
    /// As for [`Space::global`].
    #[inline(always)]
    pub(crate) fn global() -> Result<Home> {
        Ok(Home { base: Core::global()?.base, counted: false })
    }

    /// The same once more, to be left once more.
    pub(crate) fn enter_again(self) -> Home {
        if self.counted {
            // SAFETY: S1, S2: a pointer from `Arc`, which is counted while we are in it.
            unsafe { Arc::increment_strong_count(self.counted_core()) };
        }
        self
    }

    /// # Safety
    ///
    /// S2: a home with these parts has been entered, and not yet left.
    #[inline(always)]
    pub(crate) unsafe fn from_parts(base: Base, counted: bool) -> Home {
        Home { base, counted }
    }

    #[inline(always)]
    pub(crate) fn base(self) -> Base {
        self.base
    }

    #[inline(always)]
    pub(crate) fn counted(self) -> bool {
        self.counted
    }

    #[inline(always)]
    fn core<'a>(self) -> &'a Core {
        if !self.counted {
            return GLOBAL.get().expect("it has been entered, so it is there");
        }
        // SAFETY: S2: the core is counted until we leave.
        unsafe { &*self.counted_core() }
    }

    /// The core of a counted space, as a pointer that may change the count.
    fn counted_core(self) -> *const Core {
        debug_assert!(self.counted);
        let word = self.base.at::<*const Core>(0);
        // SAFETY: S1: it is there, and never changes.
        unsafe { word.read() }
    }

    /// Takes a block of `units` units or more for a region that has none, if that is done fast: in the space of the process, with one of the likely size at
    /// hand.
    #[inline(always)]
    pub(crate) fn pop_next(self, units: u32) -> Option<Piece> {
        if self.counted { None } else { magazine::pop_next(units) }
    }

    /// The same, where that one is in use.
    pub(crate) fn pop_likely(self, units: u32) -> Option<Piece> {
        if self.counted { None } else { magazine::pop_likely(units) }
    }

    /// Takes a block for a region that has none, of `lines` or more.
    ///
    /// # Errors
    ///
    /// The space is full, or the system refuses.
    pub(crate) fn take_first(self, lines: u32) -> Result<Piece> {
        let core = self.core();
        self.take_with(|| {
            if lines <= LAST_LINES
                && let Some(taken) = magazine::with(core, |magazine| magazine.take_first(lines, core))
            {
                return taken;
            }
            let piece = Piece { unit: core.depot().take(lines)?, units: lines };
            self.count_region(1);
            Ok(piece)
        })
    }

    /// Takes blocks; where the space is full, once more after giving back what this thread keeps at hand.
    fn take_with(self, take: impl Fn() -> Result<Piece>) -> Result<Piece> {
        let core = self.core();
        take().or_else(|full| {
            magazine::with(core, |magazine| magazine.empty(core)).ok_or(full)?;
            take()
        })
    }

    /// Takes exactly `lines`.
    ///
    /// # Errors
    ///
    /// As for [`take_first`](Home::take_first).
    pub(crate) fn take(self, lines: u32) -> Result<Piece> {
        let core = self.core();
        self.take_with(|| {
            if lines.is_power_of_two()
                && lines <= LAST_LINES
                && let Some(taken) = magazine::with(core, |magazine| magazine.take(lines.ilog2(), core))
            {
                return taken;
            }
            Ok(Piece { unit: core.depot().take(lines)?, units: lines })
        })
    }

    /// Takes exactly `lines` for a region that has none.
    ///
    /// # Errors
    ///
    /// As for [`take_first`](Home::take_first).
    pub(crate) fn take_counted(self, lines: u32) -> Result<Piece> {
        let piece = self.take(lines)?;
        self.count_region(1);
        Ok(piece)
    }

    /// Makes a block that ends at line `end` longer, if nobody has what follows. Returns whether it did.
    pub(crate) fn extend(self, end: u32, lines: u32) -> bool {
        self.core().depot().extend(end, lines)
    }

    /// Gives blocks back, the one to be taken next last.
    pub(crate) fn give(self, pieces: impl Iterator<Item = Piece> + Clone) {
        let core = self.core();
        let given = magazine::with(core, |magazine| pieces.clone().for_each(|piece| magazine.give(piece, core)));
        if given.is_none() {
            core.depot().give(pieces);
        }
    }

    /// Gives the only block of a region back that had `units` units in use at most at a time, if that is done fast: in the space of the process, with room at
    /// hand. Returns whether it was.
    #[inline(always)]
    pub(crate) fn give_next(self, piece: Piece, units: u32) -> bool {
        !self.counted && magazine::push_next(piece, units)
    }

    /// The same, where another block lies there.
    pub(crate) fn give_only(self, piece: Piece, units: u32) -> bool {
        !self.counted && magazine::push_last(piece, units)
    }

    /// Gives the last block of a region back that had `lines` lines in use, and forgets the region.
    #[inline(never)]
    pub(crate) fn give_last(self, piece: Piece, lines: u32) {
        let core = self.core();
        let given = magazine::with(core, |magazine| {
            magazine.give(piece, core);
            magazine.forget_region(lines);
        });
        if given.is_none() {
            core.depot().give([piece]);
            core.depot().count_region(-1);
        }
    }

    /// Gives the end of a block back: the next region begins there.
    pub(crate) fn give_rest(self, piece: Piece) {
        let core = self.core();
        if magazine::with(core, |magazine| magazine.give_rest(piece, core)).is_none() {
            core.depot().give([piece]);
        }
    }

    /// Counts a region that took its memory with [`take`](Home::take).
    pub(crate) fn count_region(self, by: i64) {
        let core = self.core();
        if magazine::with(core, |magazine| magazine.count_region(by)).is_none() {
            core.depot().count_region(by);
        }
    }

    /// The space.
    pub(crate) fn space(self) -> Space {
        let core = self.core();
        match (&core.counted, GLOBAL.get()) {
            (Some(weak), _) => Space(Held::Counted(weak.upgrade().expect("it is counted until we leave"))),
            (None, Some(core)) => Space(Held::Global(core)),
            (None, None) => unreachable!("a space that isn't counted is the one of the process"),
        }
    }

    /// Takes the reference to the space away.
    #[inline]
    pub(crate) fn leave(self) {
        if self.counted {
            // SAFETY: S1, S2: a pointer from `Arc`; `enter` counted this reference, and it isn't used any more.
            unsafe { Arc::decrement_strong_count(self.counted_core()) };
        }
    }
}

impl Core {
    #[inline(always)]
    fn global() -> Result<&'static Core> {
        match GLOBAL.get() {
            Some(core) => Ok(core),
            None => Self::make_global(),
        }
    }

    #[cold]
    fn make_global() -> Result<&'static Core> {
        // Should two threads make one, the second goes back.
        let core = Core::new(Lease::new()?, None);
        Ok(GLOBAL.get_or_init(|| core))
    }

    /// A space that nobody shares yet.
    #[cfg(all(test, loom))]
    pub(crate) fn alone() -> Result<Core> {
        Ok(Core::new(Lease::new()?, None))
    }

    fn new(lease: Lease, counted: Option<Weak<Core>>) -> Core {
        Core { base: lease.base(), depot: Mutex::new(Depot::new(lease)), movables: Mutex::new(Vec::new()), counted }
    }

    /// Writes down where it is (S1), in the header of its slot: a pointer that may change the count.
    fn introduce(core: &Arc<Core>) -> Result<()> {
        core.depot().commit_header()?;
        let word = core.base.at::<*const Core>(0);
        // SAFETY: the header is committed, and belongs to the space.
        unsafe { word.write(Arc::as_ptr(core)) };
        Ok(())
    }

    #[inline]
    pub(super) fn is_global(&self) -> bool {
        self.counted.is_none()
    }

    pub(crate) fn depot(&self) -> MutexGuard<'_, Depot> {
        self.depot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn owner(&self) -> Owner {
        match (&self.counted, GLOBAL.get()) {
            (Some(weak), _) => Owner::Counted(weak.clone()),
            (None, Some(core)) => Owner::Global(core),
            (None, None) => unreachable!("a space that isn't counted is the one of the process"),
        }
    }
}

impl fmt::Debug for Space {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Space").field("usage", &self.usage()).finish_non_exhaustive()
    }
}
