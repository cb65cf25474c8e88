//! Counting the smaller ones of up to 31 sorted integers.
//!
//! With AVX2 all 31 places are compared, whether occupied or not, and the bits of those beyond the count are dropped: a node is a few cache lines, which are
//! fetched at once, and nothing depends on what came before. The answer never exceeds the count, even for integers that aren't sorted.

use std::ptr::NonNull;

use super::node::CAPACITY;

/// An integer that keys may be.
pub(super) trait Integer: Copy + Ord {
    /// One bit for each of the 31 places: set where the integer there is smaller than `than`, or greater if `GREATER`.
    ///
    /// # Safety
    ///
    /// The processor has AVX2. All 31 places are initialised.
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    unsafe fn bits<const GREATER: bool>(at: NonNull<Self>, than: Self) -> u32;
}

/// How many of the first `count` integers at `at` are smaller than `than`; with `OR_EQUAL`, how many aren't greater.
///
/// # Safety
///
/// All 31 places are initialised, `count` is at most 31, and with `SIMD` the processor has AVX2.
#[inline(always)]
pub(super) unsafe fn count<T: Integer, const SIMD: bool, const OR_EQUAL: bool>(
    at: NonNull<T>,
    count: usize,
    than: T,
) -> usize {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    if SIMD {
        let occupied = (1u32 << count) - 1;
        // SAFETY: the caller's contract.
        let bits = unsafe { T::bits::<OR_EQUAL>(at, than) };
        let counted = (bits & occupied).count_ones() as usize;
        return if OR_EQUAL { count - counted } else { counted };
    }
    // SAFETY: the caller's contract.
    let keys = unsafe { std::slice::from_raw_parts(at.as_ptr(), count.min(CAPACITY)) };
    let counts = |key: T| if OR_EQUAL { key <= than } else { key < than };
    let (mut from, mut len) = (0, keys.len());
    while len > 1 {
        let half = len / 2;
        // Compiled to a conditional move: which half it is can't be predicted.
        from += if counts(keys[from + half - 1]) { half } else { 0 };
        len -= half;
    }
    from + usize::from(len == 1 && counts(keys[from]))
}

#[cfg(all(target_arch = "x86_64", not(miri)))]
mod avx2 {
    use std::arch::x86_64::{
        __m256i, _mm256_castsi256_pd, _mm256_castsi256_ps, _mm256_cmpgt_epi32, _mm256_cmpgt_epi64, _mm256_loadu_si256,
        _mm256_movemask_pd, _mm256_movemask_ps, _mm256_set1_epi32, _mm256_set1_epi64x, _mm256_xor_si256,
    };

    use super::{CAPACITY, Integer, NonNull};

    /// Compares lanes a vector at a time; the last vector overlaps the one before it, so as not to leave the array.
    macro_rules! wide {
        ($($integer:ty, $signed:ty, $flip:expr, $lanes:literal, $set:ident, $greater:ident, $cast:ident, $mask:ident;)*) => {$(
            impl Integer for $integer {
                #[inline(always)]
                unsafe fn bits<const GREATER: bool>(at: NonNull<Self>, than: Self) -> u32 {
                    // SAFETY: AVX2, by the caller's contract.
                    let flip = unsafe { $set($flip) };
                    // SAFETY: as above.
                    let than = unsafe { $set(than as $signed ^ $flip) };
                    let mut bits = 0;
                    let mut vector = 0;
                    while vector * $lanes < CAPACITY {
                        let first = (vector * $lanes).min(CAPACITY - $lanes);
                        // SAFETY: inside the array.
                        let lanes = unsafe { at.add(first) };
                        // SAFETY: initialised, by the caller's contract.
                        let lanes = unsafe { _mm256_loadu_si256(lanes.as_ptr().cast::<__m256i>()) };
                        // SAFETY: AVX2. Flipping the top bit makes unsigned numbers compare as signed ones.
                        let lanes = unsafe { _mm256_xor_si256(lanes, flip) };
                        // SAFETY: AVX2.
                        let hits = unsafe { if GREATER { $greater(lanes, than) } else { $greater(than, lanes) } };
                        // SAFETY: AVX.
                        let hits = unsafe { $cast(hits) };
                        // SAFETY: AVX.
                        let hits = unsafe { $mask(hits) } as u32;
                        bits |= hits << first;
                        vector += 1;
                    }
                    bits
                }
            }
        )*};
    }
    wide! {
        u64, i64, i64::MIN, 4, _mm256_set1_epi64x, _mm256_cmpgt_epi64, _mm256_castsi256_pd, _mm256_movemask_pd;
        i64, i64, 0, 4, _mm256_set1_epi64x, _mm256_cmpgt_epi64, _mm256_castsi256_pd, _mm256_movemask_pd;
        u32, i32, i32::MIN, 8, _mm256_set1_epi32, _mm256_cmpgt_epi32, _mm256_castsi256_ps, _mm256_movemask_ps;
        i32, i32, 0, 8, _mm256_set1_epi32, _mm256_cmpgt_epi32, _mm256_castsi256_ps, _mm256_movemask_ps;
    }

    /// Small integers fit a line: a plain loop is as good.
    macro_rules! narrow {
        ($($integer:ty),*) => {$(
            impl Integer for $integer {
                #[inline(always)]
                unsafe fn bits<const GREATER: bool>(at: NonNull<Self>, than: Self) -> u32 {
                    // SAFETY: the caller's contract.
                    let all = unsafe { at.cast::<[$integer; CAPACITY]>().as_ref() };
                    let hit = |one: $integer| if GREATER { one > than } else { one < than };
                    all.iter().enumerate().fold(0, |bits, (index, one)| bits | u32::from(hit(*one)) << index)
                }
            }
        )*};
    }
    narrow!(u16, i16, u8, i8);
}

#[cfg(not(all(target_arch = "x86_64", not(miri))))]
mod portable {
    macro_rules! integers {
        ($($integer:ty),*) => {$(
            impl super::Integer for $integer {}
        )*};
    }
    integers!(u64, i64, u32, i32, u16, i16, u8, i8);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Both ways of counting, against the plain one.
    fn check<T: Integer + std::fmt::Debug>(mut places: [T; CAPACITY], occupied: usize, than: T) {
        places[..occupied].sort();
        let keys = &places[..occupied];
        let smaller = keys.iter().filter(|&&key| key < than).count();
        let not_greater = keys.iter().filter(|&&key| key <= than).count();
        let at = NonNull::from(&places).cast();
        // SAFETY: initialised.
        assert_eq!(unsafe { count::<T, false, false>(at, occupied, than) }, smaller);
        // SAFETY: initialised.
        assert_eq!(unsafe { count::<T, false, true>(at, occupied, than) }, not_greater);
        #[cfg(all(target_arch = "x86_64", not(miri)))]
        if is_x86_feature_detected!("avx2") {
            // SAFETY: initialised, and AVX2 is there.
            assert_eq!(unsafe { count::<T, true, false>(at, occupied, than) }, smaller);
            // SAFETY: initialised, and AVX2 is there.
            assert_eq!(unsafe { count::<T, true, true>(at, occupied, than) }, not_greater);
        }
    }

    macro_rules! counts {
        ($($integer:ident),*) => {$(
            proptest! {
                #[test]
                fn $integer(places: [$integer; CAPACITY], occupied in 0..=CAPACITY, than: $integer, one in 0..CAPACITY) {
                    check(places, occupied, than);
                    check(places, occupied, places[one]);
                    check(places, occupied, $integer::MIN);
                    check(places, occupied, $integer::MAX);
                }
            }
        )*};
    }
    counts!(u64, i64, u32, i32, u16, i16, u8, i8);
}
