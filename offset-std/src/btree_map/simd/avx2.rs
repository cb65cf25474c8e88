//! Vectors of 256 bits. A comparison gives a mask as wide as what was compared; eight of them are packed to one number.

use std::arch::x86_64::{
    __m256i, _mm256_cmpgt_epi32, _mm256_cmpgt_epi64, _mm256_loadu_si256, _mm256_movemask_epi8, _mm256_packs_epi16,
    _mm256_packs_epi32, _mm256_set1_epi32, _mm256_set1_epi64x, _mm256_xor_si256,
};
use std::ptr::NonNull;

use super::CAPACITY;

/// An integer that is compared so.
pub(in super::super) trait Compare: Sized {
    /// The bits of [`bits`](Compare::bits) that belong to the first 0, 1, … 31 places.
    const OCCUPIED: [u64; CAPACITY + 1];

    /// How many bits a place has.
    const BITS: u32;

    /// Bits for each of the 31 places, in whatever order: set where the integer there is smaller than `than`, or greater if `GREATER`.
    ///
    /// # Safety
    ///
    /// The processor has AVX2. All 31 places are initialised, and the eight bytes before them as well.
    unsafe fn bits<const GREATER: bool>(at: NonNull<Self>, than: Self) -> u64;
}

/// The bit, or the first of two, that a place has after packing.
///
/// Packing takes 16 bytes of one vector, then 16 of the other, twice: bytes of the halves of four vectors end up side by side.
///
/// ```text
/// vector        0         1         2         3            64-bit lanes: two bytes each
/// lanes         0 1 2 3   0 1 2 3   0 1 2 3   0 1 2 3
/// packed        0.0 0.1 1.0 1.1 2.0 2.1 3.0 3.1 | 0.2 0.3 1.2 1.3 2.2 2.3 3.2 3.3
/// ```
const fn bit(vector: usize, lane: usize, lanes: usize) -> usize {
    let (half, bits) = (lanes / 2, 8 / lanes);
    let (upper, within) = (lane / half, lane % half);
    vector / 4 * 32 + upper * 16 + (vector % 4 * half + within) * bits
}

/// Four vectors of masks as the bits of their bytes.
///
/// # Safety
///
/// The processor has AVX2.
#[inline(always)]
unsafe fn pack([a, b, c, d]: [__m256i; 4]) -> u64 {
    // SAFETY: the caller's contract.
    let one = unsafe { _mm256_packs_epi32(a, b) };
    // SAFETY: as above.
    let other = unsafe { _mm256_packs_epi32(c, d) };
    // SAFETY: as above.
    let all = unsafe { _mm256_packs_epi16(one, other) };
    // SAFETY: as above.
    u64::from(unsafe { _mm256_movemask_epi8(all) } as u32)
}

/// `$first` is where vector `v` begins, in places; `$repeated` is how many of its lanes are no place, or one that was in the vector before.
macro_rules! wide {
    ($($integer:ty, $signed:ty, $flip:expr, $lanes:literal, $set:ident, $greater:ident, |$v:ident| $first:expr, $repeated:expr;)*) => {$(
        impl Compare for $integer {
            const OCCUPIED: [u64; CAPACITY + 1] = {
                let mut table = [0; CAPACITY + 1];
                let mut count = 0;
                while count <= CAPACITY {
                    let mut $v = 0usize;
                    while $v < 32 / $lanes {
                        let mut lane: usize = $repeated;
                        while lane < $lanes {
                            let place = $first + lane as isize;
                            if place < count as isize {
                                table[count] |= ((1 << (8 / $lanes)) - 1) << bit($v, lane, $lanes);
                            }
                            lane += 1;
                        }
                        $v += 1;
                    }
                    count += 1;
                }
                table
            };
            const BITS: u32 = 8 / $lanes;

            #[inline(always)]
            unsafe fn bits<const GREATER: bool>(at: NonNull<Self>, than: Self) -> u64 {
                // SAFETY: AVX2, by the caller's contract.
                let flip = unsafe { $set($flip) };
                // SAFETY: as above.
                let than = unsafe { $set(than as $signed ^ $flip) };
                let hits = |$v: usize| {
                    // SAFETY: inside the places, or in the eight bytes before them.
                    let lanes = unsafe { at.offset($first) };
                    // SAFETY: initialised, by the caller's contract.
                    let lanes = unsafe { _mm256_loadu_si256(lanes.as_ptr().cast::<__m256i>()) };
                    // SAFETY: AVX2. Flipping the top bit makes unsigned numbers compare as signed ones.
                    let lanes = unsafe { _mm256_xor_si256(lanes, flip) };
                    // SAFETY: AVX2.
                    unsafe { if GREATER { $greater(lanes, than) } else { $greater(than, lanes) } }
                };
                // SAFETY: AVX2.
                let low = unsafe { pack([hits(0), hits(1), hits(2), hits(3)]) };
                if $lanes == 8 {
                    return low;
                }
                // SAFETY: AVX2.
                let high = unsafe { pack([hits(4), hits(5), hits(6), hits(7)]) };
                low | high << 32
            }
        }
    )*};
}
// Integers of eight bytes are read with the head of their node before them, in whole aligned vectors; of those of four bytes, the last vector begins one place early.
wide! {
    u64, i64, i64::MIN, 4, _mm256_set1_epi64x, _mm256_cmpgt_epi64, |v| v as isize * 4 - 1, if v == 0 { 1 } else { 0 };
    i64, i64, 0, 4, _mm256_set1_epi64x, _mm256_cmpgt_epi64, |v| v as isize * 4 - 1, if v == 0 { 1 } else { 0 };
    u32, i32, i32::MIN, 8, _mm256_set1_epi32, _mm256_cmpgt_epi32, |v| if v == 3 { 23 } else { v as isize * 8 }, if v == 3 { 1 } else { 0 };
    i32, i32, 0, 8, _mm256_set1_epi32, _mm256_cmpgt_epi32, |v| if v == 3 { 23 } else { v as isize * 8 }, if v == 3 { 1 } else { 0 };
}

/// Small integers fit a line: a plain loop is as good.
macro_rules! narrow {
    ($($integer:ty),*) => {$(
        impl Compare for $integer {
            const OCCUPIED: [u64; CAPACITY + 1] = {
                let mut table = [0; CAPACITY + 1];
                let mut count = 0;
                while count <= CAPACITY {
                    table[count] = (1 << count) - 1;
                    count += 1;
                }
                table
            };
            const BITS: u32 = 1;

            #[inline(always)]
            unsafe fn bits<const GREATER: bool>(at: NonNull<Self>, than: Self) -> u64 {
                // SAFETY: the caller's contract.
                let all = unsafe { at.cast::<[$integer; CAPACITY]>().as_ref() };
                let hit = |one: $integer| if GREATER { one > than } else { one < than };
                all.iter().enumerate().fold(0, |bits, (index, one)| bits | u64::from(hit(*one)) << index)
            }
        }
    )*};
}
narrow!(u16, i16, u8, i8);
