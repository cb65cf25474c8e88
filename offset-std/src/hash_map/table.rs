//! A table: groups in a row. Looking for keys, for free places, and keeping the counts of overflows.
//!
//! A hash leads to a group. An entry is there, or, if that one was full when it came, in the first group behind it that wasn't (around the end of the table).
//! Every full group that it passed counts it, so a lookup ends at the first group that counts none, and removing an entry leaves nothing behind but
//! smaller counts. A count that has reached 255 stays.

use std::marker::PhantomData;
use std::ptr::NonNull;

use offset_core::Relocatable;
use offset_core::raw::{Writer, release_all};

use super::control::{Control, OVERFLOW, Places, prefetch};
use super::group::{Entry, Group};
use super::size::{FEW, PLACES, SOME, Size, after, home, preferred, tag};

/// Where a table lies, and how large it is.
///
/// # Invariant
///
/// **T1** As many groups as `size` says lie at `first`, with control bytes and, in the places that these call occupied, valid entries. They stay while the
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

/// A place in a table.
#[derive(Clone, Copy)]
pub(super) struct At {
    index: u32,
    group: NonNull<u8>,
    place: usize,
}

impl<K, V> Table<K, V> {
    const STRIDE: usize = size_of::<Group<K, V, PLACES>>();

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
        u64::from(size.groups()) * group as u64
    }

    /// The alignment that a table is allocated with: cache lines, if its groups are whole numbers of them.
    pub(super) fn align() -> usize {
        if Self::STRIDE.is_multiple_of(64) { 64 } else { align_of::<Group<K, V, PLACES>>() }
    }

    #[inline(always)]
    pub(super) fn size(self) -> Size {
        self.size
    }

    /// The group at `index`, which exists.
    #[inline(always)]
    pub(super) fn group(self, index: u32) -> NonNull<u8> {
        debug_assert!(index < self.size.groups());
        // SAFETY: T1: there are so many.
        unsafe { self.first.byte_add(index as usize * Self::STRIDE) }
    }

    /// The control bytes of a group.
    #[inline(always)]
    fn control(self, group: NonNull<u8>) -> Control {
        // SAFETY: T1: a group begins with them, and is aligned to 16.
        unsafe { Control::load(group) }
    }

    /// The places of a group that have entries.
    #[inline(always)]
    pub(super) fn occupied(self, group: NonNull<u8>) -> Places {
        self.control(group).occupied(self.size.places())
    }

    /// The entry at a place, whether there is one or not.
    #[inline(always)]
    pub(super) fn entry_in(self, group: NonNull<u8>, place: usize) -> NonNull<Entry<K, V>> {
        let offset = Group::<K, V, PLACES>::PLACES_AT + place * size_of::<Entry<K, V>>();
        // SAFETY: T1: a place of the group.
        unsafe { group.byte_add(offset) }.cast()
    }

    #[inline(always)]
    pub(super) fn entry(self, at: At) -> NonNull<Entry<K, V>> {
        self.entry_in(at.group, at.place)
    }

    /// A place by its number, which exists.
    #[inline(always)]
    pub(super) fn at(self, index: u32, place: usize) -> At {
        At { index, group: self.group(index), place }
    }

    /// Asks for the first cache line of the group that a hash leads to.
    #[inline(always)]
    pub(super) fn prefetch(self, hash: u64) {
        prefetch(self.group(home(hash, self.size.groups())));
    }

    /// Asks for the entries of that group that may have this hash.
    #[inline(always)]
    pub(super) fn prefetch_entry(self, hash: u64) {
        let group = self.group(home(hash, self.size.groups()));
        if let Some(place) = self.control(group).tagged(tag(hash)).next() {
            prefetch(self.entry_in(group, place).cast());
        }
    }

    /// Looks for an entry by its hash. `is` is asked about keys; it may be user code, and lie. Ends after each group at the latest.
    #[inline(always)]
    pub(super) fn find(self, hash: u64, mut is: impl FnMut(&K) -> bool) -> Option<At> {
        let groups = self.size.groups();
        let tag = tag(hash);
        let mut index = home(hash, groups);
        let mut left = groups;
        loop {
            let group = self.group(index);
            for place in self.control(group).tagged(tag) {
                let at = At { index, group, place };
                // SAFETY: T1: an entry is in each place with a tag, and nobody edits it while it is being looked for.
                if is(unsafe { &self.entry(at).as_ref().key }) {
                    return Some(at);
                }
            }
            left -= 1;
            if self.overflow(group) == 0 || left == 0 {
                return None;
            }
            index = after(index, groups);
        }
    }

    /// How many entries were put behind a group.
    #[inline(always)]
    fn overflow(self, group: NonNull<u8>) -> u8 {
        // SAFETY: the last control byte.
        let at = unsafe { group.byte_add(OVERFLOW) };
        // SAFETY: T1.
        unsafe { at.read() }
    }

    /// A free place for an entry with this hash, which [`occupy`](Table::occupy) takes. There is one unless the table is full.
    #[inline(always)]
    pub(super) fn vacancy(self, hash: u64) -> At {
        let (groups, places) = (self.size.groups(), self.size.places());
        let mut index = home(hash, groups);
        for _ in 0..groups {
            let group = self.group(index);
            let free = self.control(group).free(places);
            if free.any() {
                return At { index, group, place: free.from(preferred(hash, places)) };
            }
            index = after(index, groups);
        }
        unreachable!("the length of a map says that its table has room, and validation has counted its entries")
    }

    /// Calls `count` with the overflow counts of the groups that an entry with this hash passed on its way to the group at `index`.
    #[inline(always)]
    fn passed(self, hash: u64, index: u32, count: impl Fn(u8) -> u8) {
        let groups = self.size.groups();
        let mut passed = home(hash, groups);
        // The hash may be another one than that which led here: it is user code that says so.
        while passed != index {
            // SAFETY: the last control byte.
            let at = unsafe { self.group(passed).byte_add(OVERFLOW) };
            // SAFETY: T1, and whoever changes a table has it alone.
            let before = unsafe { at.read() };
            // SAFETY: as above.
            unsafe { at.write(count(before)) };
            passed = after(passed, groups);
        }
    }

    /// Counts the entry at a place that was free.
    ///
    /// # Safety
    ///
    /// The table is the caller's alone, and an entry is there.
    #[inline(always)]
    pub(super) unsafe fn occupy(self, hash: u64, at: At) {
        self.passed(hash, at.index, |count| count.saturating_add(1));
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
        self.passed(hash, at.index, |count| if count == u8::MAX { count } else { count.saturating_sub(1) });
        // SAFETY: the caller's contract.
        unsafe { self.set_tag(at, 0) };
    }

    /// # Safety
    ///
    /// The table is the caller's alone, who sees to the entry.
    #[inline(always)]
    pub(super) unsafe fn set_tag(self, at: At, tag: u8) {
        // SAFETY: a control byte.
        let byte = unsafe { at.group.byte_add(at.place) };
        // SAFETY: T1, and the caller's contract.
        unsafe { byte.write(tag) };
    }
}

impl<K: Relocatable, V: Relocatable> Table<K, V> {
    /// Releases what all entries own.
    ///
    /// # Safety
    ///
    /// They are valid values in the region of `writer`, which nobody refers to or uses as values any more.
    pub(super) unsafe fn release(self, writer: &Writer) {
        let (first, groups) = (self.first, self.size.groups());
        // SAFETY: the caller's contract; T1.
        match self.size.places() {
            // SAFETY: the same.
            FEW => unsafe { release_all(first.cast::<Group<K, V, FEW>>(), groups, writer) },
            // SAFETY: the same.
            SOME => unsafe { release_all(first.cast::<Group<K, V, SOME>>(), groups, writer) },
            // SAFETY: the same.
            _ => unsafe { release_all(first.cast::<Group<K, V, PLACES>>(), groups, writer) },
        }
    }
}
