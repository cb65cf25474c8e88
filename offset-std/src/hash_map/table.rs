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

use offset_core::raw::{Rows, Writer, release_each};

use super::control::{CONTROL, Control, OVERFLOW, Places};
use super::size::{PLACES, Size, after, class, home, step, tag};
use crate::Relocatable;
use crate::fetch::prefetch;

/// A key with its value.
#[allow(dead_code, reason = "what the derive makes for it isn't needed")]
#[derive(Relocatable)]
#[repr(C)]
pub(super) struct Entry<K, V> {
    pub(super) key: K,
    pub(super) value: V,
}

/// Where a table lies, and how large it is.
///
/// # Invariant
///
/// **T1** The control bytes and places of as many groups as `size` says lie at `first`, with valid entries in the places that are occupied, and no tags for places that there aren't. They stay while the
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
    /// The first free place in those, for an entry with that hash, if the table isn't full.
    pub(super) free: Option<At>,
}

/// What the first group that is looked at says of a key.
pub(super) enum First {
    /// It is there.
    Found(At),
    /// It isn't in the table, and its entry goes there, if the table isn't full.
    Vacant(At),
    /// Other groups have to be looked at.
    Unknown,
}

impl Missing {
    /// In no table at all.
    pub(super) const NO_TABLE: Missing = Missing { seen: 0, free: None };
}

impl<K, V> Table<K, V> {
    /// # Safety
    ///
    /// T1 holds for as long as the table is used, and the size isn't that of no table.
    #[inline(always)]
    pub(super) unsafe fn new(first: NonNull<u8>, size: Size) -> Self {
        Table { first, size, of: PhantomData }
    }

    /// Units of a table.
    pub(super) fn units(size: Size) -> u64 {
        // Fewer than 2^32 places, and an entry has less than 2^32 bytes.
        Rows::<Entry<K, V>>::units_of(size.groups(), size.places() as u32).unwrap_or(u64::MAX)
    }

    /// The alignment that a table is allocated with.
    pub(super) fn align(size: Size) -> usize {
        Rows::<Entry<K, V>>::align(size.groups())
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

    /// Where the control bytes of the group at `index` are, which exists.
    #[inline(always)]
    fn control_at(self, index: u32) -> NonNull<u8> {
        debug_assert!(index < self.size.groups());
        // SAFETY: T1: there are so many groups.
        unsafe { self.first.byte_add(index as usize * CONTROL) }
    }

    /// The control bytes of a group.
    #[inline(always)]
    pub(super) fn control(self, index: u32) -> Control {
        // SAFETY: T1; they are aligned to 16, as tables are.
        unsafe { Control::load(self.control_at(index)) }
    }

    /// Whether a group has tags for no more places than it has.
    pub(super) fn is_within(self, index: u32) -> bool {
        self.control(index).occupied().all(|place| place < self.size.places())
    }

    /// The entry at a place of a group, whether there is one or not.
    #[inline(always)]
    pub(super) fn entry_in(self, index: u32, place: usize) -> NonNull<Entry<K, V>> {
        let places = Rows::<Entry<K, V>>::places_at(self.size.groups()) as usize;
        // SAFETY: T1: the places lie behind the control bytes.
        let places = unsafe { self.first.byte_add(places) }.cast::<Entry<K, V>>();
        // SAFETY: T1: those of each group behind those of the one before. Where groups have fewer, there is only one.
        let group = unsafe { places.add(index as usize * PLACES) };
        // SAFETY: T1: a place of the group.
        unsafe { group.add(place) }
    }

    #[inline(always)]
    pub(super) fn entry(self, at: At) -> NonNull<Entry<K, V>> {
        self.entry_in(at.index, at.place as usize)
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
        prefetch(self.control_at(home(hash, self.size.groups())), CONTROL);
    }

    /// The first entry of that group that may have this hash.
    #[inline(always)]
    pub(super) fn candidate(self, hash: u64) -> Option<NonNull<Entry<K, V>>> {
        let index = home(hash, self.size.groups());
        Some(self.entry_in(index, self.control(index).tagged(tag(hash)).next()?))
    }

    /// Looks for an entry by its hash. `is` is asked about keys; it may be user code, and lie. Ends after each group at the latest.
    #[inline(always)]
    pub(super) fn find(self, hash: u64, is: impl Fn(&K) -> bool + Copy) -> Option<NonNull<Entry<K, V>>> {
        let index = home(hash, self.size.groups());
        let control = self.control(index);
        if let Some(place) = self.among(index, control, hash, is) {
            return Some(self.entry_in(index, place));
        }
        if !overflowed(control, hash) {
            return None;
        }
        self.find_on(index, hash, is)
    }

    /// The place of an entry in a group with these control bytes.
    #[allow(clippy::manual_find, reason = "with `find`, lookups of texts take a third longer")]
    #[inline(always)]
    fn among(self, index: u32, control: Control, hash: u64, is: impl Fn(&K) -> bool) -> Option<usize> {
        for place in control.tagged(tag(hash)) {
            // SAFETY: T1: an entry is in each place with a tag, and nobody edits it while it is being looked for.
            if is(unsafe { &self.entry_in(index, place).as_ref().key }) {
                return Some(place);
            }
        }
        None
    }

    /// Goes on behind the first group. Kept apart, so that what only this needs isn't computed before; but where the compiler sees it, so that it knows that nothing is written, and keeps
    /// what it has read of the map from one lookup to the next.
    #[cold]
    #[inline]
    fn find_on(self, index: u32, hash: u64, is: impl Fn(&K) -> bool) -> Option<NonNull<Entry<K, V>>> {
        let groups = self.size.groups();
        // The home group has been looked at, and says that there is more.
        self.search_from(after(index, step(hash, groups), groups), 1, hash, is).ok().map(|at| self.entry(at))
    }

    /// Looks for the place of an entry, or for one, in the first group.
    #[inline(always)]
    pub(super) fn first_of(self, hash: u64, is: impl Fn(&K) -> bool) -> First {
        let index = home(hash, self.size.groups());
        let control = self.control(index);
        if let Some(place) = self.among(index, control, hash, is) {
            return First::Found(At { index, place: place as u32 });
        }
        match free(control, index) {
            Some(at) if !overflowed(control, hash) => First::Vacant(at),
            _ => First::Unknown,
        }
    }

    /// Looks for the place of an entry; if there is none, says where one could be.
    #[inline]
    pub(super) fn search(self, hash: u64, is: impl Fn(&K) -> bool) -> Result<At, Missing> {
        self.search_from(home(hash, self.size.groups()), 0, hash, is)
    }

    /// The same from the group at `index`, of those that the hash leads to, of which so many have been seen.
    #[inline(always)]
    fn search_from(self, mut index: u32, mut seen: u32, hash: u64, is: impl Fn(&K) -> bool) -> Result<At, Missing> {
        let groups = self.size.groups();
        let mut found = None;
        loop {
            let control = self.control(index);
            if let Some(place) = self.among(index, control, hash, &is) {
                return Ok(At { index, place: place as u32 });
            }
            seen += 1;
            found = found.or_else(|| free(control, index));
            if !overflowed(control, hash) || seen >= groups {
                return Err(Missing { seen, free: found });
            }
            index = after(index, step(hash, groups), groups);
        }
    }

    /// A free place of the group of another, if the table isn't full.
    #[inline(always)]
    pub(super) fn free_beside(self, at: At) -> Option<At> {
        free(self.control(at.index), at.index)
    }

    /// Calls `with` with each entry, by turns from each of a few groups. Another table has what is in one group in few groups, too, since hashes are scaled; and a processor that has just written
    /// a tag waits before it can read the tags around it.
    #[inline(always)]
    pub(super) fn scattered(self, mut with: impl FnMut(NonNull<Entry<K, V>>)) {
        const TOGETHER: usize = 8;
        for first in (0..self.size.groups()).step_by(TOGETHER) {
            let indices = first..self.size.groups().min(first + TOGETHER as u32);
            let mut places = [Places::NONE; TOGETHER];
            for (index, places) in indices.clone().zip(&mut places) {
                *places = self.control(index).occupied();
            }
            while places.iter().any(|places| *places != Places::NONE) {
                for (index, places) in indices.clone().zip(&mut places) {
                    if let Some(place) = places.next() {
                        with(self.entry_in(index, place));
                    }
                }
            }
        }
    }

    /// A free place for an entry with this hash, which [`occupy`](Table::occupy) takes. The table isn't full.
    #[inline(always)]
    pub(super) fn vacancy(self, hash: u64) -> At {
        let groups = self.size.groups();
        let mut index = home(hash, groups);
        for _ in 0..groups {
            if let Some(at) = free(self.control(index), index) {
                return at;
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
            let at = unsafe { self.control_at(passed).byte_add(OVERFLOW) }.cast::<u32>();
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
        let lane = unsafe { self.control_at(at.index).cast::<u16>().add(at.place as usize) };
        // SAFETY: T1, and the caller's contract.
        unsafe { lane.write(tag) };
    }
}

/// The first free place of a group. If it is the only one of its table, and isn't full, that is one that it has: there are no tags behind its places.
#[inline(always)]
fn free(control: Control, index: u32) -> Option<At> {
    Some(At { index, place: control.free().next()? as u32 })
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
        let groups = 0..self.size.groups();
        let entries =
            groups.flat_map(|index| self.control(index).occupied().map(move |place| self.entry_in(index, place)));
        // SAFETY: T1, and the caller's contract.
        unsafe { release_each(entries, writer) };
    }
}
