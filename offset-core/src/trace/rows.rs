//! Rows of places, of which some have elements: what a hash table owns.

use core::marker::PhantomData;
use core::ptr::NonNull;

use crate::handle::{Base, UNIT_BYTES};

/// Marks of a row, whether it has as many places or fewer.
const MARKS: usize = 16;
const MARKS_BYTES: u64 = size_of::<[u16; MARKS]>() as u64;
/// Bytes of a cache line.
const LINE: usize = 64;

/// An allocation of places in rows that a value owns, of which those that are marked have elements.
///
/// ```text
///      unit                                                                        unit + units
///      | marks of row 0 | marks of row 1 | … | gap | places of row 0 | places of row 1 | … |
/// ```
///
/// The marks of a row are sixteen numbers of 16 bits, one for each of its places, and zero for a free one. Those of more places than it has are the owner's. The gap aligns the places.
///
/// A copy has the same rows, and its elements in the same places.
#[derive(Debug)]
pub struct Rows<T> {
    /// Where the handle is stored.
    pub at: NonNull<u32>,
    /// The handle: the unit of the first mark.
    pub unit: u32,
    /// How many rows there are: not zero.
    pub rows: u32,
    /// How many places a row has: one to sixteen.
    pub places: u32,
    /// How many places are marked, of all: validation counts.
    pub count: u32,
    /// The type of the elements.
    pub of: PhantomData<T>,
}

/// What begins as rows do, and is aligned like them.
#[repr(C, align(16))]
struct Start<T> {
    marks: [u16; MARKS],
    places: [T; 0],
}

impl<T> Rows<T> {
    /// The alignment that rows need.
    pub(super) const NEEDED: usize = align_of::<Start<T>>();

    /// The alignment that so many rows are allocated with: that of cache lines, if there are several.
    #[doc(hidden)]
    pub const fn align(rows: u32) -> usize {
        if rows > 1 && Self::NEEDED < LINE { LINE } else { Self::NEEDED }
    }

    /// Bytes before the first place of so many rows.
    #[doc(hidden)]
    #[inline(always)]
    pub const fn places_at(rows: u32) -> u64 {
        (rows as u64 * MARKS_BYTES).next_multiple_of(align_of::<T>() as u64)
    }

    /// Units of so many rows with so many places each; `None` if that doesn't fit 64 bits.
    #[doc(hidden)]
    pub const fn units_of(rows: u32, places: u32) -> Option<u64> {
        // rows × places < 2^37
        match (rows as u64 * places as u64).checked_mul(size_of::<T>() as u64) {
            Some(bytes) => match bytes.checked_add(Self::places_at(rows)) {
                Some(bytes) => Some(bytes.div_ceil(UNIT_BYTES as u64)),
                None => None,
            },
            None => None,
        }
    }

    /// Units of the allocation; `None` if there can't be so many.
    pub(super) fn units(&self) -> Option<u64> {
        Self::units_of(self.rows, self.places)
    }

    /// All marks, of the first place at first.
    pub(super) fn marks(&self, base: Base) -> Marks {
        Marks { next: base.at(self.unit), places: self.places, before: 0, marked: 0 }
    }

    /// Where the first place is, which is the end of the allocation where elements have no size.
    pub(super) fn first_place(&self, base: Base) -> NonNull<T> {
        // Marks are whole units.
        base.at(self.unit.wrapping_add((Self::places_at(self.rows) / UNIT_BYTES as u64) as u32))
    }

    /// The places that are marked.
    ///
    /// # Safety
    ///
    /// The allocation is there, and as many places are marked as `count` says, while the result is used.
    #[inline(always)]
    pub(super) unsafe fn elements(&self, base: Base) -> impl Iterator<Item = NonNull<T>> + use<T> {
        let (first, mut marks) = (self.first_place(base), self.marks(base));
        (0..self.count).map(move |_| {
            // SAFETY: the caller's contract.
            let place = unsafe { marks.next() };
            // SAFETY: a place of the rows.
            unsafe { first.add(place) }
        })
    }

    /// How many places are marked.
    ///
    /// # Safety
    ///
    /// The marks are readable.
    pub(super) unsafe fn marked(&self, base: Base) -> u64 {
        let first = base.at::<[u16; MARKS]>(self.unit);
        let rows = (0..self.rows as usize).map(|row| {
            // SAFETY: there are so many rows.
            let marks = unsafe { first.add(row) };
            // SAFETY: readable, by the caller's contract.
            u64::from(marked_of(unsafe { marks.read() }, self.places).count_ones())
        });
        rows.sum()
    }
}

/// The places of a row that are marked, a bit each.
#[inline(always)]
fn marked_of(marks: [u16; MARKS], places: u32) -> u32 {
    let marked = (0..).zip(marks).map(|(place, mark)| u32::from(mark != 0) << place).sum::<u32>();
    marked & ((1 << places) - 1)
}

/// Walks over the places that are marked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Marks {
    /// The marks of the next row.
    next: NonNull<[u16; MARKS]>,
    places: u32,
    /// How many places the rows before the next one have.
    before: usize,
    /// Those of the last row that are left, a bit each.
    marked: u32,
}

impl Marks {
    /// The number of the next place that is marked.
    ///
    /// # Safety
    ///
    /// There is one more, and the marks are readable.
    #[inline(always)]
    pub(super) unsafe fn next(&mut self) -> usize {
        while self.marked == 0 {
            // SAFETY: readable, by the caller's contract: there is a marked place ahead.
            self.marked = marked_of(unsafe { self.next.read() }, self.places);
            self.before += self.places as usize;
            // SAFETY: the row exists, so this is where the next one begins, or the places do.
            self.next = unsafe { self.next.add(1) };
        }
        let place = self.marked.trailing_zeros() as usize;
        self.marked &= self.marked - 1;
        self.before - self.places as usize + place
    }
}
