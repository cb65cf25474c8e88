//! The arithmetic of layouts.
#![forbid(unsafe_code)]

use std::ops::{Bound, RangeBounds};

use crate::handle::UNIT_BYTES;

/// Where the C layout puts a field of alignment `align` after bytes that end at `end_of_previous`.
#[doc(hidden)]
pub const fn c_offset(end_of_previous: usize, align: usize) -> usize {
    end_of_previous.next_multiple_of(align)
}

/// Units before the elements of a growable buffer: one for the capacity, or as many as keep the elements aligned.
pub(crate) const fn head_units(align: usize) -> u32 {
    if align <= UNIT_BYTES { 1 } else { (align / UNIT_BYTES) as u32 }
}

/// Units that `count` elements take.
pub(crate) const fn units_for<T>(count: u32) -> u64 {
    const { assert!(size_of::<T>() <= MAX_BYTES, "a value of 2 GiB or more can't live in a region") };
    // count < 2^32 and size < 2^32: no overflow.
    (count as u64 * size_of::<T>() as u64).div_ceil(UNIT_BYTES as u64)
}

/// The largest size of a type.
const MAX_BYTES: usize = 1 << 31;

/// The ends of a range of the indices up to `len`.
///
/// # Panics
///
/// If it ends before it begins, or after `len`.
#[doc(hidden)]
#[track_caller]
pub fn ends_of<R: RangeBounds<usize>>(range: &R, len: usize) -> (usize, usize) {
    let from = match range.start_bound() {
        Bound::Included(from) => Some(*from),
        Bound::Excluded(before) => before.checked_add(1),
        Bound::Unbounded => Some(0),
    };
    let to = match range.end_bound() {
        Bound::Included(last) => last.checked_add(1),
        Bound::Excluded(to) => Some(*to),
        Bound::Unbounded => Some(len),
    };
    match (from, to) {
        (Some(from), Some(to)) if from <= to && to <= len => (from, to),
        _ => panic!("range {:?} to {:?} is no part of 0..{len}", range.start_bound(), range.end_bound()),
    }
}
