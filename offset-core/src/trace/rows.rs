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
        Marks { at: base.at(self.unit), places: self.places, row: 0, column: 0 }
    }

    /// Where the first place is.
    pub(super) fn first_place(&self, base: Base) -> NonNull<T> {
        // SAFETY: inside the allocation, or its end where elements have no size.
        unsafe { base.at::<u8>(self.unit).byte_add(Self::places_at(self.rows) as usize) }.cast()
    }

    /// How many places are marked.
    ///
    /// # Safety
    ///
    /// The marks are readable.
    pub(super) unsafe fn marked(&self, base: Base) -> u64 {
        let marks = base.at::<[u16; MARKS]>(self.unit);
        let mut count = 0;
        for row in 0..self.rows as usize {
            // SAFETY: there are so many rows.
            let marks = unsafe { marks.add(row) };
            // SAFETY: readable, by the caller's contract.
            let marks = unsafe { marks.read() };
            count += marks[..self.places as usize].iter().filter(|mark| **mark != 0).count() as u64;
        }
        count
    }
}

/// Walks over the places that are marked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Marks {
    /// The marks of the first row.
    at: NonNull<[u16; MARKS]>,
    places: u32,
    /// The place to look at next.
    row: u32,
    column: u32,
}

impl Marks {
    /// The number of the next place that is marked.
    ///
    /// # Safety
    ///
    /// There is one more, and the marks are readable.
    pub(super) unsafe fn next(&mut self) -> usize {
        loop {
            let (row, column) = (self.row as usize, self.column as usize);
            self.column += 1;
            if self.column == self.places {
                (self.row, self.column) = (self.row + 1, 0);
            }
            // SAFETY: there is a marked place ahead, so the row exists.
            let marks = unsafe { self.at.add(row) }.cast::<u16>();
            // SAFETY: a row has sixteen marks.
            let mark = unsafe { marks.add(column) };
            // SAFETY: readable, by the caller's contract.
            if unsafe { mark.read() } != 0 {
                return row * self.places as usize + column;
            }
        }
    }
}
