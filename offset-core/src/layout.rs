//! The arithmetic of layouts.
#![forbid(unsafe_code)]

use std::ops::{Bound, RangeBounds};

use crate::error::{Error, ErrorKind, Result};
use crate::handle::UNIT_BYTES;
use crate::space::COMMIT_LIMIT;

/// The largest length of a sequence.
#[doc(hidden)]
pub const MAX_LEN: u32 = (1 << 31) - 1;

/// Where the C layout puts a field of alignment `align` after bytes that end at `end_of_previous`.
#[doc(hidden)]
pub const fn c_offset(end_of_previous: usize, align: usize) -> usize {
    end_of_previous.next_multiple_of(align)
}

/// Units before the elements of a growable buffer: one for the capacity, or as many as keep the elements aligned.
#[doc(hidden)]
pub const fn head_units(align: usize) -> u32 {
    if align <= UNIT_BYTES { 1 } else { (align / UNIT_BYTES) as u32 }
}

/// Units that `count` elements take.
#[doc(hidden)]
pub const fn units_for<T>(count: u32) -> u64 {
    const { assert!(size_of::<T>() <= MAX_BYTES, "a value of 2 GiB or more can't live in a region") };
    // count < 2^32 and size < 2^32: no overflow.
    (count as u64 * size_of::<T>() as u64).div_ceil(UNIT_BYTES as u64)
}

/// The largest size of a type.
const MAX_BYTES: usize = 1 << 31;

/// What a buffer with a head grows to first: 64 bytes with the head, four elements of more than 16 bytes, or one of more than 256.
const fn first_capacity<T>() -> u32 {
    match size_of::<T>() {
        0 => 0,
        size @ 1..=16 => (56 / size) as u32,
        17..=256 => 4,
        _ => 1,
    }
}

/// The capacity, and the units with the head, that a buffer with room for `capacity` elements grows to where `extra` are added to `len`: at least twice as many if
/// `generously`, so that adding is O(1), amortised. `None` if there is room.
///
/// # Errors
///
/// More elements than [`MAX_LEN`], or more units than a slot has.
#[doc(hidden)]
pub fn grown<T>(len: u32, capacity: u32, extra: usize, generously: bool) -> Result<Option<(u32, u32)>> {
    let wanted = u64::from(len).saturating_add(extra as u64);
    if wanted > u64::from(MAX_LEN) {
        return Err(ErrorKind::TooLong { len: wanted, max: u64::from(MAX_LEN) }.into());
    }
    if size_of::<T>() == 0 || wanted <= u64::from(capacity) {
        return Ok(None);
    }
    let generous = (u64::from(capacity) * 2).max(u64::from(first_capacity::<T>())).min(u64::from(MAX_LEN));
    let needed = if generously { wanted.max(generous) } else { wanted } as u32;
    let (head, elements) = (head_units(align_of::<T>()), units_for::<T>(needed));
    let units = units_in_slot(u64::from(head) + elements)?;
    // The last unit may hold a few more.
    let capacity = (elements * UNIT_BYTES as u64 / size_of::<T>() as u64).min(u64::from(MAX_LEN)) as u32;
    Ok(Some((capacity, units)))
}

/// So many units, if a slot has them.
///
/// # Errors
///
/// If it hasn't.
#[inline]
pub(crate) fn units_in_slot(units: u64) -> Result<u32> {
    /// Out of the way of allocations, which this is inlined in.
    #[cold]
    fn too_many(units: u64) -> Error {
        let needed = units.saturating_mul(UNIT_BYTES as u64);
        ErrorKind::Limit { what: "the size of a slot", needed, limit: COMMIT_LIMIT }.into()
    }
    u32::try_from(units).map_err(|_| too_many(units))
}

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
