//! One bit a unit: which units of a region have an owner.
#![forbid(unsafe_code)]

use crate::region::Piece;

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

    /// Claims a run of units for one owner. `false`, and nothing claimed for good, if one lies outside or has an owner.
    #[must_use]
    pub(crate) fn claim(&mut self, unit: u64, units: u64) -> bool {
        let Some(from) = unit.checked_sub(u64::from(self.first)) else { return false };
        let Some(to) = from.checked_add(units).filter(|to| *to <= u64::from(self.units)) else { return false };
        // Both fit: they are at most `self.units`.
        self.claim_within(from as u32, to as u32)
    }

    fn claim_within(&mut self, mut from: u32, to: u32) -> bool {
        while from < to {
            let (word, bit) = ((from / WORD) as usize, from % WORD);
            let run = (to - from).min(WORD - bit);
            let mask = (u64::MAX >> (WORD - run)) << bit;
            if self.words[word] & mask != 0 {
                return false;
            }
            self.words[word] |= mask;
            from += run;
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
            claims in prop::collection::vec((0u64..320, 0u64..90), 0..12),
        ) {
            let mut bitmap = Bitmap::new(16, units).unwrap();
            let mut flags = vec![false; units as usize];
            for (from, len) in claims {
                let range = from as usize..(from + len) as usize;
                let free = range.end <= flags.len() && flags[range.clone()].iter().all(|used| !used);
                prop_assert_eq!(bitmap.claim(from + 16, len), free || len == 0 && range.end <= flags.len());
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
        assert!(!bitmap.claim(u64::MAX, 2));
        assert!(bitmap.claim(16, 100));
    }
}
