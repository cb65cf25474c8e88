//! The control bytes of a group, sixteen at once.
//!
//! ```text
//! byte 0 … 14   the tag of the entry in that place, or zero: the place is free
//! byte 15       four counts of two bits: how many entries were put behind this group because it was full, by two bits of their hash;
//!               three is that or more, and stays
//! ```

use std::ptr::NonNull;

use super::size::PLACES;

/// Bytes of control.
pub(super) const CONTROL: usize = 16;
/// The byte that has the counts.
pub(super) const OVERFLOW: usize = PLACES;

/// The control bytes of a group, as they were when they were loaded.
#[derive(Clone, Copy)]
pub(super) struct Control(imp::Bytes);

/// Places, a bit each.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Places(u32);

impl Control {
    /// # Safety
    ///
    /// Sixteen readable bytes lie at `at`, which is aligned to as many.
    #[inline(always)]
    pub(super) unsafe fn load(at: NonNull<u8>) -> Control {
        // SAFETY: the caller's contract.
        Control(unsafe { imp::load(at) })
    }

    /// The places of entries with this tag, which isn't zero.
    #[inline(always)]
    pub(super) fn tagged(self, tag: u8) -> Places {
        Places(imp::equal(self.0, tag) & ALL)
    }

    /// The counts of overflows.
    #[inline(always)]
    pub(super) fn overflow(self) -> u8 {
        imp::last(self.0)
    }

    /// The free ones of the first `places` places.
    #[inline(always)]
    pub(super) fn free(self, places: usize) -> Places {
        Places(imp::equal(self.0, 0) & first(places))
    }

    /// Those of the first `places` places that have an entry.
    #[inline(always)]
    pub(super) fn occupied(self, places: usize) -> Places {
        Places(!imp::equal(self.0, 0) & first(places))
    }
}

const ALL: u32 = first(PLACES);

#[inline(always)]
const fn first(places: usize) -> u32 {
    (1 << places) - 1
}

impl Places {
    pub(super) const NONE: Places = Places(0);

    #[inline(always)]
    pub(super) fn any(self) -> bool {
        self.0 != 0
    }

    #[inline(always)]
    pub(super) fn count(self) -> u32 {
        self.0.count_ones()
    }

    /// The first place at or after `from`; the first of all if there is none.
    #[inline(always)]
    pub(super) fn from(self, from: usize) -> usize {
        let behind = self.0 & (u32::MAX << from);
        (if behind == 0 { self.0 } else { behind }).trailing_zeros() as usize
    }
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

/// Asks for the cache line at `at`, wherever that is.
#[inline(always)]
pub(super) fn prefetch(at: *const u8) {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a hint, for any address.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(at.cast()) };
    }
    let _ = at;
}

#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
mod imp {
    use std::arch::x86_64::{
        __m128i, _mm_cmpeq_epi8, _mm_extract_epi16, _mm_load_si128, _mm_movemask_epi8, _mm_set1_epi8,
    };
    use std::ptr::NonNull;

    pub(super) type Bytes = __m128i;

    /// # Safety
    ///
    /// As for [`Control::load`](super::Control::load).
    #[inline(always)]
    pub(super) unsafe fn load(at: NonNull<u8>) -> Bytes {
        // SAFETY: the caller's contract.
        unsafe { _mm_load_si128(at.as_ptr().cast()) }
    }

    /// A bit for each byte: whether it is `byte`.
    #[inline(always)]
    pub(super) fn equal(bytes: Bytes, byte: u8) -> u32 {
        // SAFETY: every x86-64 processor has SSE2.
        let wanted = unsafe { _mm_set1_epi8(byte as i8) };
        // SAFETY: the same.
        let same = unsafe { _mm_cmpeq_epi8(bytes, wanted) };
        // SAFETY: the same.
        unsafe { _mm_movemask_epi8(same) as u32 }
    }

    /// The last byte.
    #[inline(always)]
    pub(super) fn last(bytes: Bytes) -> u8 {
        // SAFETY: every x86-64 processor has SSE2.
        let word = unsafe { _mm_extract_epi16::<7>(bytes) };
        (word >> 8) as u8
    }
}

#[cfg(not(all(target_arch = "x86_64", target_feature = "sse2")))]
use portable as imp;

/// The same without vector instructions.
#[cfg(any(test, not(all(target_arch = "x86_64", target_feature = "sse2"))))]
mod portable {
    use std::ptr::NonNull;

    pub(super) type Bytes = [u64; 2];

    /// # Safety
    ///
    /// As for [`Control::load`](super::Control::load).
    #[inline(always)]
    pub(super) unsafe fn load(at: NonNull<u8>) -> Bytes {
        // SAFETY: the caller's contract.
        unsafe { at.cast::<Bytes>().read() }
    }

    /// A bit for each byte: whether it is `byte`.
    #[inline(always)]
    pub(super) fn equal(bytes: Bytes, byte: u8) -> u32 {
        let wanted = ONES * u64::from(byte);
        zeros(bytes[0] ^ wanted) | (zeros(bytes[1] ^ wanted) << 8)
    }

    /// The last byte.
    #[inline(always)]
    pub(super) fn last(bytes: Bytes) -> u8 {
        (bytes[1] >> 56) as u8
    }

    const ONES: u64 = 0x0101_0101_0101_0101;
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;

    /// A bit for each byte of `word`: whether it is zero.
    #[inline(always)]
    fn zeros(word: u64) -> u32 {
        // The top bit of each byte, exactly: adding to seven bits never carries into the next byte.
        let zero = !(((word & LOW) + LOW) | word | LOW) >> 7;
        // Gathers bit 0 of each byte in the top byte: bit 8k goes to bit 56 + k, and no two products meet.
        (zero.wrapping_mul(0x0102_0408_1020_4080) >> 56) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[repr(align(16))]
    struct Aligned([u8; CONTROL]);

    fn naive(bytes: &[u8], byte: u8) -> u32 {
        bytes.iter().enumerate().map(|(index, found)| u32::from(*found == byte) << index).sum()
    }

    proptest! {
        #[test]
        fn vectors_words_and_bytes_agree(bytes: [u8; CONTROL], mask: [bool; CONTROL], byte: u8) {
            for byte in [byte, 0, 1, 0x7f, 0x80, 0xff] {
                let mut bytes = Aligned(bytes);
                for (at, equal) in bytes.0.iter_mut().zip(mask) {
                    if equal {
                        *at = byte;
                    }
                }
                let at = NonNull::from(&bytes.0).cast::<u8>();
                // SAFETY: sixteen aligned bytes.
                let vector = unsafe { imp::load(at) };
                // SAFETY: as above.
                let words = unsafe { portable::load(at) };
                let expected = naive(&bytes.0, byte);
                prop_assert_eq!(imp::equal(vector, byte), expected);
                prop_assert_eq!(portable::equal(words, byte), expected);
                prop_assert_eq!((imp::last(vector), portable::last(words)), (bytes.0[15], bytes.0[15]));
                let control = Control(vector);
                prop_assert_eq!(control.free(7).0, naive(&bytes.0[..7], 0));
                prop_assert_eq!(control.occupied(15).count() + control.free(15).count(), 15);
            }
        }
    }

    #[test]
    fn places_are_taken_in_order_from_anywhere() {
        let places = Places(0b1001_0100);
        assert_eq!(places.collect::<Vec<_>>(), [2, 4, 7]);
        assert_eq!([0, 2, 3, 5, 8, 14].map(|from| places.from(from)), [2, 2, 4, 7, 2, 2]);
        assert!(!Places::NONE.any());
    }
}
