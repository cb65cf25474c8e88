//! One bit a unit: which units of a region have an owner.
#![forbid(unsafe_code)]

use crate::free::Piece;

/// The units of a region that have been claimed.
#[derive(Debug)]
pub(crate) struct Bitmap {
    /// Units from the start of the slot to the first one that has a bit.
    first: u32,
    /// How many have.
    units: u32,
    words: Vec<u64>,
}

const WORD: u32 = u64::BITS;

impl Bitmap {
    /// All of `units` from `first` unclaimed; `None` if there is no memory for that.
    pub(crate) fn new(first: u32, units: u32) -> Option<Bitmap> {
        let words = units.div_ceil(WORD) as usize;
        let mut bitmap = Bitmap { first, units, words: Vec::new() };
        bitmap.words.try_reserve_exact(words).ok()?;
        bitmap.words.resize(words, 0);
        Some(bitmap)
    }

    /// Claims a run of units, one at least, for one owner. `false`, and nothing claimed for good, if one lies outside or has an owner.
    #[must_use]
    #[inline]
    pub(crate) fn claim(&mut self, unit: u32, units: u64) -> bool {
        // Before the first unit, the difference wraps to more than there are.
        let from = unit.wrapping_sub(self.first);
        let room = u64::from(self.units).wrapping_sub(u64::from(from));
        if from >= self.units || units > room || units == 0 {
            return false;
        }
        let (bit, units) = (from % WORD, units as u32);
        if units > WORD - bit {
            return self.claim_words(from, from + units);
        }
        self.claim_in_word(from, units)
    }

    /// Claims units whose bits lie in one word.
    #[inline]
    fn claim_in_word(&mut self, from: u32, units: u32) -> bool {
        let mask = (u64::MAX >> (WORD - units)) << (from % WORD);
        let word = &mut self.words[(from / WORD) as usize];
        let free = *word & mask == 0;
        *word |= mask;
        free
    }

    #[inline(never)]
    fn claim_words(&mut self, mut from: u32, to: u32) -> bool {
        while from < to {
            let units = (to - from).min(WORD - from % WORD);
            if !self.claim_in_word(from, units) {
                return false;
            }
            from += units;
        }
        true
    }

    /// The runs of units without an owner, in order.
    pub(crate) fn unclaimed(&self) -> impl Iterator<Item = Piece> + '_ {
        let mut at = 0;
        std::iter::from_fn(move || {
            let from = self.find(at, false)?;
            at = self.find(from, true).unwrap_or(self.units);
            Some(Piece { unit: self.first + from, units: at - from })
        })
    }

    /// The first unit at or after `from` that is, or isn't, claimed.
    fn find(&self, mut from: u32, claimed: bool) -> Option<u32> {
        while from < self.units {
            let word = self.words[(from / WORD) as usize];
            let wanted = if claimed { word } else { !word };
            let rest = wanted >> (from % WORD);
            if rest != 0 {
                let found = from + rest.trailing_zeros();
                return (found < self.units).then_some(found);
            }
            from = (from / WORD + 1) * WORD;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn claims_like_a_vector_of_flags(
            units in 1u32..300,
            claims in prop::collection::vec((0u32..320, 1u64..90), 0..12),
        ) {
            let mut bitmap = Bitmap::new(16, units).unwrap();
            let mut flags = vec![false; units as usize];
            for (from, len) in claims {
                let range = from as usize..from as usize + len as usize;
                let free = range.end <= flags.len() && flags[range.clone()].iter().all(|used| !used);
                prop_assert_eq!(bitmap.claim(from + 16, len), free);
                if !free {
                    break;
                }
                flags[range].fill(true);
                let expected: Vec<usize> = (0..flags.len()).filter(|unit| !flags[*unit]).collect();
                let found: Vec<usize> = bitmap
                    .unclaimed()
                    .flat_map(|piece| (piece.unit - 16) as usize..(piece.unit - 16 + piece.units) as usize)
                    .collect();
                prop_assert_eq!(found, expected);
            }
        }
    }

    #[test]
    fn refuses_what_lies_before_after_or_wraps() {
        let mut bitmap = Bitmap::new(16, 100).unwrap();
        assert!(!bitmap.claim(15, 1));
        assert!(!bitmap.claim(116, 1));
        assert!(!bitmap.claim(16, u64::MAX));
        assert!(!bitmap.claim(u32::MAX, 2));
        assert!(!bitmap.claim(20, 0));
        assert!(bitmap.claim(16, 100));
    }
}
