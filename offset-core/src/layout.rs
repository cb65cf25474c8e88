//! The arithmetic of layouts.
#![forbid(unsafe_code)]

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

/// Units that `count` elements of `size` bytes take.
pub(crate) const fn units_for(count: u32, size: usize) -> u64 {
    // count < 2^32 and size < 2^32: no overflow.
    (count as u64 * size as u64).div_ceil(UNIT_BYTES as u64)
}
