//! A table: groups in a row. Looking for keys, for free places, and keeping the counts of overflows.
//!
//! A hash leads to a group, and, by steps of a width that depends on the hash too, from there to all others, because there is a prime number of them. An entry is in the
//! first one that wasn't full when it came. Every full group that it passed counts it, in the one of sixteen counts that its hash says; so a lookup ends at the
//! first group whose count is zero, and removing an entry leaves nothing behind but smaller counts.
//!
//! A count has two bits. One that has reached three stays, and an entry that passed a group stays behind it though there may be room again; so in a table that is rather full,
//! and of which as many entries were removed as inserted, many times over, lookups get longer. An insertion that looks at more groups than are ever needed in a fresh table ([`is_long`]) has it
//! rebuilt, with more room if it is more than 7/10 full. Simulated, with 10,000 groups: at 7/8, a fresh table has 7 % of its entries behind another group, and 6 % of lookups of
//! missing keys look at a second one. (With four counts 21 %, with one of eight bits 38 %; with linear steps 1.7 groups more instead of 0.3.) At 7/10 these are 1.6 % and 1 %.

use std::marker::PhantomData;
use std::ptr::NonNull;

use offset_core::Relocatable;
use offset_core::raw::{Writer, release_all};

use super::control::{CONTROL, Control, OVERFLOW, Places, prefetch};
use super::group::{Block, Entry, Group};
use super::size::{BLOCK, FEW, PLACES, SOME, Size, after, class, home, step, tag};

/// Where a table lies, and how large it is.
///
/// # Invariant
///
/// **T1** As many groups as `size` says lie at `first`, in blocks or not, with control bytes and, in the places that these call occupied, valid entries. They stay while the
/// `Table` is used. (Whose they are, and for how long, is up to whoever made it.)
pub(super) struct Table<K, V> {
    first: NonNull<u8>,
    size: Size,
    of: PhantomData<(K, V)>,
}

impl<K, V> Clone for Table<K, V> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}
impl<K, V> Copy for Table<K, V> {}

/// Whether an insertion that looked at so many groups, of so many in the table, has it rebuilt.
///
/// Each further group is looked at by a third at most of those that came so far, so in a fresh table that is 7/8 full hardly any insertion gets there (by extrapolation, one in 10^11); and the
/// larger the table, the fewer may, or building it would end with rebuilding it. (A limit of 13 for all was met by one in a million.)
#[inline]
pub(super) fn is_long(seen: u32, groups: u32) -> bool {
    seen > 13 && seen > 13 + groups.ilog2()
}

/// Bytes of a cache line.
const LINE: usize = 64;

/// A group of a table.
#[derive(Clone, Copy)]
pub(super) struct GroupAt {
    control: NonNull<u8>,
    places: NonNull<u8>,
}

/// A place in a table.
#[derive(Clone, Copy)]
pub(super) struct At {
    index: u32,
    place: u32,
}

/// That a key isn't there.
#[derive(Clone, Copy)]
pub(crate) struct Missing {
    /// How many groups were looked at.
    pub(super) seen: u32,
    /// The first free place in those, for an entry with that hash.
    pub(super) free: Option<At>,
}

impl Missing {
    /// In no table at all.
    pub(super) const NO_TABLE: Missing = Missing { seen: 0, free: None };
}

impl<K, V> Table<K, V> {
    const STRIDE: usize = size_of::<Group<K, V, PLACES>>();
    const PLACES_AT: usize = Group::<K, V, PLACES>::PLACES_AT;

    /// # Safety
    ///
    /// T1 holds for as long as the table is used, and the size isn't that of no table.
    #[inline(always)]
    pub(super) unsafe fn new(first: NonNull<u8>, size: Size) -> Self {
        Table { first, size, of: PhantomData }
    }

    /// Bytes of a table.
    pub(super) fn bytes(size: Size) -> u64 {
        let group = match size.places() {
            FEW => size_of::<Group<K, V, FEW>>(),
            SOME => size_of::<Group<K, V, SOME>>(),
            _ => Self::STRIDE,
        };
        u64::from(size.allocated_groups()) * group as u64
    }

    /// The alignment that a table is allocated with: cache lines, if its groups are whole numbers of them.
    pub(super) fn align() -> usize {
        if Self::STRIDE.is_multiple_of(LINE) { LINE } else { align_of::<Group<K, V, PLACES>>() }
    }

    #[inline(always)]
    pub(super) fn size(self) -> Size {
        self.size
    }

    /// The first byte.
    #[inline(always)]
    pub(super) fn first(self) -> NonNull<u8> {
        self.first
    }

    /// The group at `index`, which exists. (The ones at the end of the last block that aren't used do.)
    #[inline(always)]
    pub(super) fn group(self, index: u32) -> GroupAt {
        if self.size.in_blocks() { self.group_as::<true>(index) } else { self.group_as::<false>(index) }
    }

    /// The same where it is known whether groups are in blocks.
    #[inline(always)]
    fn group_as<const BLOCKS: bool>(self, index: u32) -> GroupAt {
        debug_assert!(index < self.size.allocated_groups() && BLOCKS == self.size.in_blocks());
        let (within, entries) = (index as usize % BLOCK as usize, PLACES * size_of::<Entry<K, V>>());
        // Both from where the group would be if groups weren't in blocks, which takes the fewest steps.
        let (control, places) = if BLOCKS {
            let behind = (Self::PLACES_AT * BLOCK as usize) as isize;
            // Before where the group would be, for the last ones of a block whose groups end with padding.
            (within * (Self::STRIDE - CONTROL), behind - (within * (Self::STRIDE - entries)) as isize)
        } else {
            (0, Self::PLACES_AT as isize)
        };
        // SAFETY: T1: there are so many groups.
        let group = unsafe { self.first.byte_add(index as usize * Self::STRIDE) };
        // SAFETY: T1: the control bytes of the groups of a block are one after another, at its start.
        let control = unsafe { group.byte_sub(control) };
        // SAFETY: T1: and so are their places, behind them.
        let places = unsafe { group.byte_offset(places) };
        GroupAt { control, places }
    }

    /// The control bytes of a group.
    #[inline(always)]
    pub(super) fn control(self, group: GroupAt) -> Control {
        // SAFETY: T1; they are aligned to 16, as groups and blocks are.
        unsafe { Control::load(group.control) }
    }

    /// The places of a group that have entries.
    #[inline(always)]
    pub(super) fn occupied(self, group: GroupAt) -> Places {
        self.control(group).occupied(self.size.places())
    }

    /// The entry at a place, whether there is one or not.
    #[inline(always)]
    pub(super) fn entry_in(self, group: GroupAt, place: usize) -> NonNull<Entry<K, V>> {
        // SAFETY: T1: a place of the group.
        unsafe { group.places.byte_add(place * size_of::<Entry<K, V>>()) }.cast()
    }

    #[inline(always)]
    pub(super) fn entry(self, at: At) -> NonNull<Entry<K, V>> {
        self.entry_in(self.group(at.index), at.place as usize)
    }

    /// A place by its number, which exists.
    #[inline(always)]
    pub(super) fn at(self, index: u32, place: usize) -> At {
        debug_assert!(index < self.size.groups());
        At { index, place: place as u32 }
    }

    /// Asks for the control bytes with which a lookup begins.
    #[inline(always)]
    pub(super) fn prefetch(self, hash: u64) {
        prefetch(self.group(home(hash, self.size.groups())).control.as_ptr());
    }

    /// The first entry of that group that may have this hash.
    #[inline(always)]
    pub(super) fn candidate(self, hash: u64) -> Option<NonNull<Entry<K, V>>> {
        let group = self.group(home(hash, self.size.groups()));
        Some(self.entry_in(group, self.control(group).tagged(tag(hash)).next()?))
    }

    /// Looks for an entry by its hash. `is` is asked about keys; it may be user code, and lie. Ends after each group at the latest.
    #[inline(always)]
    pub(super) fn find(self, hash: u64, is: impl Fn(&K) -> bool + Copy) -> Option<NonNull<Entry<K, V>>> {
        // What is known for all of a lookup needn't be asked at each step.
        if self.size.in_blocks() { self.find_as::<true>(hash, is) } else { self.find_as::<false>(hash, is) }
    }

    #[inline(always)]
    fn find_as<const BLOCKS: bool>(self, hash: u64, is: impl Fn(&K) -> bool + Copy) -> Option<NonNull<Entry<K, V>>> {
        let index = home(hash, self.size.groups());
        let group = self.group_as::<BLOCKS>(index);
        let control = self.control(group);
        for place in control.tagged(tag(hash)) {
            let entry = self.entry_in(group, place);
            // SAFETY: T1: an entry is in each place with a tag, and nobody edits it while it is being looked for.
            if is(unsafe { &entry.as_ref().key }) {
                return Some(entry);
            }
        }
        if !overflowed(control, hash) {
            return None;
        }
        self.find_on(index, hash, is)
    }

    /// Goes on behind the first group. Kept apart, so that what only this needs isn't computed before.
    #[cold]
    #[inline(never)]
    fn find_on(self, index: u32, hash: u64, is: impl Fn(&K) -> bool) -> Option<NonNull<Entry<K, V>>> {
        let groups = self.size.groups();
        // The home group has been looked at, and says that there is more.
        self.search_from(after(index, step(hash, groups), groups), 1, hash, is).ok().map(|at| self.entry(at))
    }

    /// Looks for the place of an entry; if there is none, says where one could be.
    #[inline]
    pub(super) fn search(self, hash: u64, is: impl Fn(&K) -> bool) -> Result<At, Missing> {
        self.search_from(home(hash, self.size.groups()), 0, hash, is)
    }

    /// The same from the group at `index`, of those that the hash leads to, of which so many have been seen.
    #[inline(always)]
    fn search_from(self, mut index: u32, mut seen: u32, hash: u64, is: impl Fn(&K) -> bool) -> Result<At, Missing> {
        let (groups, places) = (self.size.groups(), self.size.places());
        let mut free = None;
        loop {
            let group = self.group(index);
            let control = self.control(group);
            for place in control.tagged(tag(hash)) {
                // SAFETY: as for `find`.
                if is(unsafe { &self.entry_in(group, place).as_ref().key }) {
                    return Ok(At { index, place: place as u32 });
                }
            }
            seen += 1;
            free = free.or_else(|| Some(At { index, place: control.free(places).next()? as u32 }));
            if !overflowed(control, hash) || seen >= groups {
                return Err(Missing { seen, free });
            }
            index = after(index, step(hash, groups), groups);
        }
    }

    /// A free place for an entry with this hash, which [`occupy`](Table::occupy) takes. There is one unless the table is full.
    #[inline(always)]
    pub(super) fn vacancy(self, hash: u64) -> At {
        let (groups, places) = (self.size.groups(), self.size.places());
        let mut index = home(hash, groups);
        for _ in 0..groups {
            let group = self.group(index);
            if let Some(place) = self.control(group).free(places).next() {
                return At { index, place: place as u32 };
            }
            index = after(index, step(hash, groups), groups);
        }
        unreachable!("the length of a map says that its table has room, and validation has counted its entries")
    }

    /// Calls `count` with the counts of the groups that an entry with this hash passed on its way to the group at `index`.
    #[inline(always)]
    fn passed(self, hash: u64, index: u32, count: impl Fn(u32) -> u32) {
        let groups = self.size.groups();
        let mut passed = home(hash, groups);
        // The hash may be another one than that which led here: it is user code that says so.
        while passed != index {
            // SAFETY: the last control bytes.
            let at = unsafe { self.group(passed).control.byte_add(OVERFLOW) }.cast::<u32>();
            // SAFETY: T1, and whoever changes a table has it alone.
            let before = unsafe { at.read() };
            let shift = class(hash);
            let after_it = before & !(3 << shift) | count((before >> shift) & 3) << shift;
            // SAFETY: as above.
            unsafe { at.write(after_it) };
            passed = after(passed, step(hash, groups), groups);
        }
    }

    /// Counts the entry at a place that was free.
    ///
    /// # Safety
    ///
    /// The table is the caller's alone, and an entry is there.
    #[inline(always)]
    pub(super) unsafe fn occupy(self, hash: u64, at: At) {
        self.passed(hash, at.index, |count| (count + 1).min(3));
        // SAFETY: the caller's contract.
        unsafe { self.set_tag(at, tag(hash)) };
    }

    /// Stops counting the entry at a place.
    ///
    /// # Safety
    ///
    /// The table is the caller's alone. The entry is the caller's afterwards, who zeroes it.
    #[inline(always)]
    pub(super) unsafe fn vacate(self, hash: u64, at: At) {
        // A count that has stopped counting stays; one that never counted this entry, because its hash is another one now, stays at zero.
        self.passed(hash, at.index, |count| if count == 3 { 3 } else { count.saturating_sub(1) });
        // SAFETY: the caller's contract.
        unsafe { self.set_tag(at, 0) };
    }

    /// # Safety
    ///
    /// The table is the caller's alone, who sees to the entry.
    #[inline(always)]
    pub(super) unsafe fn set_tag(self, at: At, tag: u16) {
        // SAFETY: control bytes.
        let lane = unsafe { self.group(at.index).control.cast::<u16>().add(at.place as usize) };
        // SAFETY: T1, and the caller's contract.
        unsafe { lane.write(tag) };
    }
}

/// Whether entries with this hash were put behind a group.
#[inline(always)]
fn overflowed(control: Control, hash: u64) -> bool {
    (control.overflow() >> class(hash)) & 3 != 0
}

impl<K: Relocatable, V: Relocatable> Table<K, V> {
    /// Releases what all entries own.
    ///
    /// # Safety
    ///
    /// They are valid values in the region of `writer`, which nobody refers to or uses as values any more.
    pub(super) unsafe fn release(self, writer: &Writer) {
        let (first, groups) = (self.first, self.size.allocated_groups());
        match self.size.places() {
            // SAFETY: T1, and the caller's contract.
            FEW => unsafe { release_all(first.cast::<Group<K, V, FEW>>(), groups, writer) },
            // SAFETY: the same.
            SOME => unsafe { release_all(first.cast::<Group<K, V, SOME>>(), groups, writer) },
            // SAFETY: the same.
            _ if !self.size.in_blocks() => unsafe { release_all(first.cast::<Group<K, V, PLACES>>(), groups, writer) },
            // SAFETY: the same.
            _ => unsafe { release_all(first.cast::<Block<K, V>>(), groups / BLOCK, writer) },
        }
    }
}
