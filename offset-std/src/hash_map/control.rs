//! The control bytes of a group: its tags, all compared at once.
//!
//! ```text
//! lane 0 … 13   two bytes each: the tag of the entry in that place, or zero: the place is free
//! last 4 bytes  sixteen counts of two bits: how many entries were put behind this group because it was full, by four bits of their hash;
//!               three is that or more, and stays
//! ```
//!
//! A tag of two bytes hardly ever belongs to another key: one lookup in 2,500 compares a key in vain, with one byte one in twenty. Nothing else about a lookup in
//! a small table costs as much as the branch that is mispredicted then. (Measured: 50 cycles, of 9 in all.)

use std::ptr::NonNull;

use super::size::PLACES;

/// Bytes of control.
pub(super) const CONTROL: usize = 32;
/// Where the counts are.
pub(super) const OVERFLOW: usize = 2 * PLACES;

const _: () = assert!(OVERFLOW + size_of::<u32>() == CONTROL);

/// The control bytes of a group.
#[derive(Clone, Copy)]
pub(super) struct Control {
    tags: imp::Lanes,
    at: NonNull<u8>,
}

/// Places, a bit each.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Places(u32);

impl Control {
    /// # Safety
    ///
    /// As many readable bytes lie at `at`, which is aligned to 16, and nobody writes to them while the result is used.
    #[inline(always)]
    pub(super) unsafe fn load(at: NonNull<u8>) -> Control {
        // SAFETY: the caller's contract.
        Control { tags: unsafe { imp::load(at) }, at }
    }

    /// The places of entries with this tag, which isn't zero.
    #[inline(always)]
    pub(super) fn tagged(self, tag: u16) -> Places {
        Places(imp::equal(self.tags, tag) & ALL)
    }

    /// The counts of overflows.
    #[inline(always)]
    pub(super) fn overflow(self) -> u32 {
        // SAFETY: inside the control bytes, at a multiple of four.
        let at = unsafe { self.at.byte_add(OVERFLOW) };
        // SAFETY: readable, by the contract of `load`.
        unsafe { at.cast::<u32>().read() }
    }

    /// The free places.
    #[inline(always)]
    pub(super) fn free(self) -> Places {
        Places(imp::equal(self.tags, 0) & ALL)
    }

    /// Those that have an entry.
    #[inline(always)]
    pub(super) fn occupied(self) -> Places {
        Places(!imp::equal(self.tags, 0) & ALL)
    }
}

const ALL: u32 = (1 << PLACES) - 1;

impl Places {
    pub(super) const NONE: Places = Places(0);
}

impl Iterator for Places {
    type Item = usize;

    #[inline(always)]
    fn next(&mut self) -> Option<usize> {
        if self.0 == 0 {
            return None;
        }
        let place = self.0.trailing_zeros() as usize;
        self.0 &= self.0 - 1;
        Some(place)
    }
}

#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
mod imp {
    use std::arch::x86_64::{
        __m128i, _mm_cmpeq_epi16, _mm_load_si128, _mm_movemask_epi8, _mm_packs_epi16, _mm_set1_epi16,
    };
    use std::ptr::NonNull;

    pub(super) type Lanes = [__m128i; 2];

    /// # Safety
    ///
    /// As for [`Control::load`](super::Control::load).
    #[inline(always)]
    pub(super) unsafe fn load(at: NonNull<u8>) -> Lanes {
        let at = at.cast::<__m128i>();
        // SAFETY: inside the control bytes.
        let behind = unsafe { at.add(1) };
        // SAFETY: the caller's contract.
        let first = unsafe { _mm_load_si128(at.as_ptr()) };
        // SAFETY: the same.
        let second = unsafe { _mm_load_si128(behind.as_ptr()) };
        [first, second]
    }

    /// A bit for each lane: whether it is `tag`.
    #[inline(always)]
    pub(super) fn equal(lanes: Lanes, tag: u16) -> u32 {
        // SAFETY: every x86-64 processor has SSE2.
        let wanted = unsafe { _mm_set1_epi16(tag as i16) };
        // SAFETY: the same.
        let same = lanes.map(|lanes| unsafe { _mm_cmpeq_epi16(lanes, wanted) });
        // SAFETY: the same. All ones and zero are the same in fewer bits.
        let bytes = unsafe { _mm_packs_epi16(same[0], same[1]) };
        // SAFETY: the same.
        unsafe { _mm_movemask_epi8(bytes) as u32 }
    }
}

#[cfg(not(all(target_arch = "x86_64", target_feature = "sse2")))]
use portable as imp;

/// The same without vector instructions.
#[cfg(any(test, not(all(target_arch = "x86_64", target_feature = "sse2"))))]
mod portable {
    use std::ptr::NonNull;

    pub(super) type Lanes = [u64; 4];

    /// # Safety
    ///
    /// As for [`Control::load`](super::Control::load).
    #[inline(always)]
    pub(super) unsafe fn load(at: NonNull<u8>) -> Lanes {
        // SAFETY: the caller's contract.
        unsafe { at.cast::<Lanes>().read() }
    }

    /// A bit for each lane: whether it is `tag`.
    #[inline(always)]
    pub(super) fn equal(lanes: Lanes, tag: u16) -> u32 {
        let wanted = ONES * u64::from(tag);
        let [a, b, c, d] = lanes.map(|word| zeros(word ^ wanted));
        a | b << 4 | c << 8 | d << 12
    }

    const ONES: u64 = 0x0001_0001_0001_0001;
    const LOW: u64 = 0x7fff_7fff_7fff_7fff;

    /// A bit for each lane of `word`: whether it is zero.
    #[inline(always)]
    fn zeros(word: u64) -> u32 {
        // The top bit of each lane, exactly: adding to fifteen bits never carries into the next lane.
        let zero = !(((word & LOW) + LOW) | word | LOW) >> 15;
        // Gathers bit 0 of each lane: bit 16k goes to bit 48 + k, and no two products meet.
        (zero.wrapping_mul(1 << 48 | 1 << 33 | 1 << 18 | 1 << 3) >> 48) as u32 & 15
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[repr(align(16))]
    struct Aligned([u16; CONTROL / 2]);

    fn naive(lanes: &[u16], tag: u16) -> u32 {
        lanes.iter().enumerate().map(|(index, found)| u32::from(*found == tag) << index).sum()
    }

    proptest! {
        #[test]
        fn vectors_words_and_lanes_agree(lanes: [u16; CONTROL / 2], mask: [bool; CONTROL / 2], tag: u16) {
            for tag in [tag, 0, 1, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff] {
                let mut lanes = Aligned(lanes);
                for (at, equal) in lanes.0.iter_mut().zip(mask) {
                    if equal {
                        *at = tag;
                    }
                }
                let at = NonNull::from(&lanes.0).cast::<u8>();
                // SAFETY: thirty-two aligned bytes.
                let vectors = unsafe { imp::load(at) };
                // SAFETY: as above.
                let words = unsafe { portable::load(at) };
                // SAFETY: as above.
                let control = unsafe { Control::load(at) };
                let expected = naive(&lanes.0, tag);
                prop_assert_eq!(imp::equal(vectors, tag), expected);
                prop_assert_eq!(portable::equal(words, tag), expected);
                prop_assert_eq!(control.overflow(), u32::from(lanes.0[14]) | u32::from(lanes.0[15]) << 16);
                prop_assert_eq!(control.tagged(tag).0, naive(&lanes.0[..PLACES], tag));
                prop_assert_eq!(control.free().0, naive(&lanes.0[..PLACES], 0));
                prop_assert_eq!(control.occupied().count() + control.free().count(), PLACES);
            }
        }
    }

    #[test]
    fn places_are_taken_in_order() {
        assert_eq!(Places(0b1001_0100).collect::<Vec<_>>(), [2, 4, 7]);
        assert_eq!({ Places::NONE }.next(), None);
    }
}
