//! Vectors of up to 512 bits, with comparisons that give a bit a lane: half the steps of AVX2.

use std::arch::x86_64::{
    _mm256_cmple_epi8_mask, _mm256_cmple_epu8_mask, _mm256_cmplt_epi8_mask, _mm256_cmplt_epu8_mask, _mm256_loadu_si256,
    _mm256_set1_epi8, _mm512_cmple_epi16_mask, _mm512_cmple_epi32_mask, _mm512_cmple_epi64_mask,
    _mm512_cmple_epu16_mask, _mm512_cmple_epu32_mask, _mm512_cmple_epu64_mask, _mm512_cmplt_epi16_mask,
    _mm512_cmplt_epi32_mask, _mm512_cmplt_epi64_mask, _mm512_cmplt_epu16_mask, _mm512_cmplt_epu32_mask,
    _mm512_cmplt_epu64_mask, _mm512_loadu_si512, _mm512_set1_epi16, _mm512_set1_epi32, _mm512_set1_epi64,
};
use std::ptr::NonNull;

/// An integer that is compared so.
pub(in super::super) trait Compare: Sized {
    /// A bit for each of the 31 places, in order from the lowest: set where the integer there is smaller than `than`, or not greater if `OR_EQUAL`.
    ///
    /// # Safety
    ///
    /// The processor has AVX-512 F, BW and VL. All 31 places are initialised, and the eight bytes before them as well.
    unsafe fn bits<const OR_EQUAL: bool>(at: NonNull<Self>, than: Self) -> u32;
}

/// The last bytes of the head are read as a place before the first, so that 32 of them are whole vectors, and aligned ones if they have eight bytes.
macro_rules! compare {
    ($($integer:ty, $signed:ty, $lanes:literal, $load:ident, $set:ident, $less:ident, $less_or_equal:ident;)*) => {$(
        impl Compare for $integer {
            #[inline(always)]
            unsafe fn bits<const OR_EQUAL: bool>(at: NonNull<Self>, than: Self) -> u32 {
                // SAFETY: AVX-512, by the caller's contract.
                let than = unsafe { $set(than as $signed) };
                let mut bits = 0;
                for vector in 0..32 / $lanes {
                    // SAFETY: inside the places, or in the eight bytes before them.
                    let lanes = unsafe { at.offset(vector as isize * $lanes - 1) };
                    // SAFETY: initialised, by the caller's contract.
                    let lanes = unsafe { $load(lanes.as_ptr().cast()) };
                    // SAFETY: AVX-512.
                    let hits = unsafe { if OR_EQUAL { $less_or_equal(lanes, than) } else { $less(lanes, than) } };
                    bits |= u32::from(hits) << (vector * $lanes);
                }
                bits >> 1
            }
        }
    )*};
}
compare! {
    u64, i64, 8, _mm512_loadu_si512, _mm512_set1_epi64, _mm512_cmplt_epu64_mask, _mm512_cmple_epu64_mask;
    i64, i64, 8, _mm512_loadu_si512, _mm512_set1_epi64, _mm512_cmplt_epi64_mask, _mm512_cmple_epi64_mask;
    u32, i32, 16, _mm512_loadu_si512, _mm512_set1_epi32, _mm512_cmplt_epu32_mask, _mm512_cmple_epu32_mask;
    i32, i32, 16, _mm512_loadu_si512, _mm512_set1_epi32, _mm512_cmplt_epi32_mask, _mm512_cmple_epi32_mask;
    u16, i16, 32, _mm512_loadu_si512, _mm512_set1_epi16, _mm512_cmplt_epu16_mask, _mm512_cmple_epu16_mask;
    i16, i16, 32, _mm512_loadu_si512, _mm512_set1_epi16, _mm512_cmplt_epi16_mask, _mm512_cmple_epi16_mask;
    u8, i8, 32, _mm256_loadu_si256, _mm256_set1_epi8, _mm256_cmplt_epu8_mask, _mm256_cmple_epu8_mask;
    i8, i8, 32, _mm256_loadu_si256, _mm256_set1_epi8, _mm256_cmplt_epi8_mask, _mm256_cmple_epi8_mask;
}
