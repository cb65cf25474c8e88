//! Finding a byte among those of a node.

/// Finds a byte among up to six, which follow their number in a word: the lowest 16 bits are how many there are.
#[inline(always)]
pub(super) fn in_word(word: u64, byte: u8) -> Option<usize> {
    const LOW: u64 = 0x0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080;
    let (count, bytes) = (word & 0xffff, word >> 16);
    // A byte is zero here where it is the one sought. The lowest high bit that is set then is that of the first zero; borrows may set others above it.
    let differs = bytes ^ (LOW * u64::from(byte));
    let zero = differs.wrapping_sub(LOW) & !differs & HIGH;
    let index = zero.trailing_zeros() / 8;
    (u64::from(index) < count).then_some(index as usize)
}

/// Finds a byte among `count`, in chunks of 16.
#[inline(always)]
pub(super) fn in_chunks<'a>(chunk: impl Fn(usize) -> &'a [u8; 16], count: usize, byte: u8) -> Option<usize> {
    for index in 0..count.div_ceil(16) {
        let found = matches(chunk(index), byte).trailing_zeros() as usize;
        if found < 16 {
            // What lies beyond the count isn't looked for, and comes last.
            let slot = index * 16 + found;
            return (slot < count).then_some(slot);
        }
    }
    None
}

/// A bit for each of the bytes that is the one sought.
#[inline(always)]
#[cfg(all(target_arch = "x86_64", not(miri)))]
fn matches(chunk: &[u8; 16], byte: u8) -> u32 {
    use std::arch::x86_64::{_mm_cmpeq_epi8, _mm_loadu_si128, _mm_movemask_epi8, _mm_set1_epi8};
    // SAFETY: sixteen readable bytes; the load wants no alignment, and every x86-64 processor has SSE2.
    let bytes = unsafe { _mm_loadu_si128(chunk.as_ptr().cast()) };
    // SAFETY: SSE2 is there.
    let sought = unsafe { _mm_set1_epi8(byte as i8) };
    // SAFETY: as above.
    let equal = unsafe { _mm_cmpeq_epi8(bytes, sought) };
    // SAFETY: as above.
    (unsafe { _mm_movemask_epi8(equal) }) as u32
}

#[inline(always)]
#[cfg(not(all(target_arch = "x86_64", not(miri))))]
fn matches(chunk: &[u8; 16], byte: u8) -> u32 {
    portable(chunk, byte)
}

/// The same for any processor.
#[inline(always)]
#[cfg(any(test, not(all(target_arch = "x86_64", not(miri)))))]
fn portable(chunk: &[u8; 16], byte: u8) -> u32 {
    chunk.iter().enumerate().fold(0, |all, (index, &other)| all | u32::from(other == byte) << index)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn words_and_chunks_find_what_a_loop_finds(bytes: [u8; 48], byte: u8, few in 0usize..=6, many in 0usize..=48) {
            // Few values, so that there are hits.
            for spread in [u8::MAX, 7] {
                let (bytes, byte) = (bytes.map(|byte| byte & spread), byte & spread);
                let expected = |count: usize| bytes[..count].iter().position(|&other| other == byte);
                let mut word = [0; 8];
                word[0] = few as u8;
                word[2..].copy_from_slice(&bytes[..6]);
                prop_assert_eq!(in_word(u64::from_le_bytes(word), byte), expected(few));
                let chunk = |index: usize| bytes[16 * index..].first_chunk().unwrap();
                prop_assert_eq!(in_chunks(chunk, many, byte), expected(many));
                for index in 0..3 {
                    prop_assert_eq!(matches(chunk(index), byte), portable(chunk(index), byte));
                }
            }
        }
    }
}
