//! Counting the smaller ones of up to 31 sorted integers.
//!
//! With AVX2, or AVX-512, all 31 places are compared, whether occupied or not, and the bits of those beyond the count are dropped: a node is a few cache lines, which are
//! fetched at once, and nothing depends on what came before. The answer never exceeds the count, even for integers that aren't sorted.

use std::ptr::NonNull;

use super::node::CAPACITY;

#[cfg(all(target_arch = "x86_64", not(miri)))]
mod avx2;
#[cfg(all(target_arch = "x86_64", not(miri)))]
mod avx512;

/// No vectors.
pub(super) const PLAIN: usize = 0;
/// Vectors of 256 bits: the processor has AVX2 and POPCNT.
#[cfg(all(target_arch = "x86_64", not(miri)))]
pub(super) const AVX2: usize = 256;
/// Vectors of 512 bits: it has AVX-512 F, BW and VL, BMI2 and POPCNT.
#[cfg(all(target_arch = "x86_64", not(miri)))]
pub(super) const AVX512: usize = 512;

/// An integer that keys may be.
#[cfg(all(target_arch = "x86_64", not(miri)))]
pub(super) trait Integer: Copy + Ord + avx2::Compare + avx512::Compare {}
/// An integer that keys may be.
#[cfg(not(all(target_arch = "x86_64", not(miri))))]
pub(super) trait Integer: Copy + Ord {}

macro_rules! integers {
    ($($integer:ty),*) => {$(
        impl Integer for $integer {}
    )*};
}
integers!(u64, i64, u32, i32, u16, i16, u8, i8);

/// Which vectors the processor has: none, those of 256 bits, or those of 512.
#[inline(always)]
pub(super) fn width() -> usize {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    {
        use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

        /// Nobody has asked yet.
        const UNKNOWN: usize = 1;
        /// One word for five questions.
        static WIDTH: AtomicUsize = AtomicUsize::new(UNKNOWN);

        #[cold]
        fn find_out() -> usize {
            let common = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("popcnt");
            let wide = is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512vl")
                && is_x86_feature_detected!("bmi2");
            let width = if common && wide {
                AVX512
            } else if common {
                AVX2
            } else {
                PLAIN
            };
            WIDTH.store(width, Relaxed);
            width
        }

        let width = WIDTH.load(Relaxed);
        if width == UNKNOWN { find_out() } else { width }
    }
    #[cfg(not(all(target_arch = "x86_64", not(miri))))]
    PLAIN
}

/// How many of the first `count` integers at `at` are smaller than `than`; with `OR_EQUAL`, how many aren't greater.
///
/// # Safety
///
/// All 31 places are initialised, and the eight bytes before them; `count` is at most 31, and the processor has vectors of `WIDTH`.
#[inline(always)]
pub(super) unsafe fn count<T: Integer, const WIDTH: usize, const OR_EQUAL: bool>(
    at: NonNull<T>,
    count: usize,
    than: T,
) -> usize {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    if WIDTH == AVX512 {
        // SAFETY: the caller's contract.
        let bits = unsafe { <T as avx512::Compare>::bits::<OR_EQUAL>(at, than) };
        return (bits & ((1 << count) - 1)).count_ones() as usize;
    } else if WIDTH == AVX2 {
        // SAFETY: the caller's contract.
        let bits = unsafe { <T as avx2::Compare>::bits::<OR_EQUAL>(at, than) };
        let counted = ((bits & T::OCCUPIED[count]).count_ones() / T::BITS) as usize;
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// All ways of counting that the processor has, against the plain one.
    fn check<T: Integer + std::fmt::Debug>(places: [T; CAPACITY], occupied: usize, than: T) {
        /// As in a node.
        #[repr(C, align(64))]
        struct Places<T>(u64, [T; CAPACITY]);

        let mut node = Places(u64::MAX, places);
        node.1[..occupied].sort();
        let keys = &node.1[..occupied];
        let smaller = keys.iter().filter(|&&key| key < than).count();
        let not_greater = keys.iter().filter(|&&key| key <= than).count();
        // SAFETY: inside the node.
        let at = unsafe { NonNull::from(&node).byte_add(8) }.cast();
        let expected = (smaller, not_greater);
        // SAFETY: initialised; no vectors.
        assert_eq!(unsafe { both::<T, PLAIN>(at, occupied, than) }, expected);
        #[cfg(all(target_arch = "x86_64", not(miri)))]
        if width() >= AVX2 {
            // SAFETY: initialised, and the processor has AVX2.
            assert_eq!(unsafe { both::<T, AVX2>(at, occupied, than) }, expected);
        }
        #[cfg(all(target_arch = "x86_64", not(miri)))]
        if width() >= AVX512 {
            // SAFETY: initialised, and the processor has AVX-512.
            assert_eq!(unsafe { both::<T, AVX512>(at, occupied, than) }, expected);
        }
    }

    /// How many are smaller, and how many aren't greater.
    ///
    /// # Safety
    ///
    /// As for [`count`].
    unsafe fn both<T: Integer, const WIDTH: usize>(at: NonNull<T>, occupied: usize, than: T) -> (usize, usize) {
        // SAFETY: the caller's contract.
        let smaller = unsafe { count::<T, WIDTH, false>(at, occupied, than) };
        // SAFETY: the caller's contract.
        (smaller, unsafe { count::<T, WIDTH, true>(at, occupied, than) })
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
