//! Parameters of calls, drawn from a seed.

use std::ops::{Bound, Range};

/// A stream of random numbers that is the same for the same seed.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The stream of a seed.
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    /// Any number.
    pub fn bits(&mut self) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// A number less than `end`, which isn't zero.
    pub fn below(&mut self, end: usize) -> usize {
        ((u128::from(self.bits()) * end as u128) >> 64) as usize
    }

    /// Whether the one case in so many happens.
    pub fn one_in(&mut self, cases: usize) -> bool {
        self.below(cases) == 0
    }

    /// An index of an element, if there is one.
    pub fn index(&mut self, len: usize) -> Option<usize> {
        let index = self.below(len.max(1));
        (len > 0).then_some(index)
    }

    /// A range inside of `0..len`.
    pub fn range(&mut self, len: usize) -> Range<usize> {
        let (one, other) = (self.below(len + 1), self.below(len + 1));
        one.min(other)..one.max(other)
    }

    /// A bound, which may be missing.
    pub fn bound<T>(&mut self, at: impl FnOnce(&mut Random) -> T) -> Bound<T> {
        match self.below(5) {
            0 => Bound::Unbounded,
            1 | 2 => Bound::Included(at(self)),
            _ => Bound::Excluded(at(self)),
        }
    }

    /// How many: few mostly, seldom many.
    pub fn count(&mut self) -> usize {
        let most = match self.below(40) {
            0 => 600,
            1..4 => 80,
            _ => 12,
        };
        self.below(most)
    }

    /// A few of something, seldom many.
    pub fn many<T>(&mut self, mut make: impl FnMut(&mut Random) -> T) -> Vec<T> {
        (0..self.count()).map(|_| make(self)).collect()
    }

    /// An answer for each of a sequence of questions.
    pub fn answers(&mut self) -> impl FnMut() -> bool + use<> {
        let bits = self.bits();
        let mut next = 0..;
        move || bits >> (next.next().unwrap_or(0u32) % 64) & 1 == 1
    }

    /// A text: short ones that come again, ones that begin alike, ones of any characters.
    pub fn text(&mut self) -> String {
        let (parts, most): (&[&str], _) = match self.below(4) {
            0 => (&["a", "b", "c"], 3),
            1 => (&["\0", "a", "prefix", "\u{ff}"], 6),
            2 => (&["a", "ä", "ß", "€", "漢", "😀", " ", "Z"], 12),
            _ => (&["word ", "another ", "x", "1", "."], 9),
        };
        (0..self.below(most)).map(|_| parts[self.below(parts.len())]).collect()
    }
}
