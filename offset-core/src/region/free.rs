//! Free pieces of a region: pure arithmetic, no memory touched.
//!
//! A piece is a run of units that was given up. Pieces wait on LIFO stacks, one for each size up to [`EXACT`] units and one for
//! each power of two above, so that the piece freed last, still in cache, is taken first. Taking tries the exact size, then splits
//! the next larger one. Nothing is merged when a piece is given up; when nothing fits although much is free, [`merge`](FreeLists::merge)
//! sorts all pieces, joins neighbours, and hands the last one back to the frontier if it touches it.
#![forbid(unsafe_code)]

/// Sizes up to this many units have a stack each.
const EXACT: usize = 63;
/// Stacks for larger sizes: stack `i` has the pieces with `2^(i + 6) <= units < 2^(i + 7)`.
const LARGE: usize = 26;
/// How many pieces of the right power of two are looked at before a larger one is split.
const LOOK: usize = 8;

/// A run of units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) unit: u32,
    pub(crate) units: u32,
}

impl Piece {
    fn end(self) -> u32 {
        self.unit + self.units
    }
}

/// The free pieces of a region, by size.
#[derive(Debug)]
pub(crate) struct FreeLists {
    /// Stack `i` has the first units of the pieces of `i + 1` units.
    exact: [Vec<u32>; EXACT],
    large: [Vec<Piece>; LARGE],
    /// Bit `i`: `exact[i]` isn't empty.
    exact_filled: u64,
    /// Bit `i`: `large[i]` isn't empty.
    large_filled: u32,
    /// Units in all pieces.
    units: u64,
    /// Units given up since pieces were last merged.
    unmerged: u64,
}

impl FreeLists {
    pub(crate) fn new() -> Self {
        FreeLists {
            exact: [const { Vec::new() }; EXACT],
            large: [const { Vec::new() }; LARGE],
            exact_filled: 0,
            large_filled: 0,
            units: 0,
            unmerged: 0,
        }
    }

    /// Units in all free pieces.
    pub(crate) fn units(&self) -> u64 {
        self.units
    }

    /// Adds a piece.
    pub(crate) fn give(&mut self, piece: Piece) {
        self.unmerged += u64::from(piece.units);
        self.insert(piece);
    }

    fn insert(&mut self, piece: Piece) {
        if piece.units == 0 {
            return;
        }
        self.units += u64::from(piece.units);
        let size = piece.units as usize;
        if size <= EXACT {
            self.exact[size - 1].push(piece.unit);
            self.exact_filled |= 1 << (size - 1);
        } else {
            let class = large_class(piece.units);
            self.large[class].push(piece);
            self.large_filled |= 1 << class;
        }
    }

    /// Takes `units` at a multiple of `align` units (a power of two), splitting a larger piece if need be.
    pub(crate) fn take(&mut self, units: u32, align: u32) -> Option<u32> {
        debug_assert!(units > 0);
        // A piece this much longer has an aligned run wherever it begins.
        let roomy = units.checked_add(align - 1)?;
        let piece = match self.take_exact(units, align) {
            Some(unit) => return Some(unit),
            None => self.take_at_least(roomy)?,
        };
        let unit = piece.unit.next_multiple_of(align);
        self.insert(Piece { unit: piece.unit, units: unit - piece.unit });
        self.insert(Piece { unit: unit + units, units: piece.end() - unit - units });
        Some(unit)
    }

    fn take_exact(&mut self, units: u32, align: u32) -> Option<u32> {
        let class = (units as usize).checked_sub(1).filter(|class| *class < EXACT)?;
        let stack = &mut self.exact[class];
        if *stack.last()? % align != 0 {
            return None;
        }
        let unit = stack.pop();
        self.after_taking_exact(class);
        unit
    }

    fn take_at_least(&mut self, units: u32) -> Option<Piece> {
        if units as usize <= EXACT {
            let filled = self.exact_filled >> (units - 1) << (units - 1);
            if filled != 0 {
                let class = filled.trailing_zeros() as usize;
                let unit = self.exact[class].pop()?;
                self.after_taking_exact(class);
                return Some(Piece { unit, units: class as u32 + 1 });
            }
            return self.take_large(0);
        }
        let class = large_class(units);
        let stack = &self.large[class];
        let fits = stack.iter().rev().take(LOOK).position(|piece| piece.units >= units);
        match fits {
            Some(from_top) => Some(self.remove_large(class, stack.len() - 1 - from_top)),
            None => self.take_large(class + 1),
        }
    }

    /// Takes the piece freed last from the smallest class that is at least `class`.
    fn take_large(&mut self, class: usize) -> Option<Piece> {
        let filled = self.large_filled.checked_shr(class as u32)?;
        if filled == 0 {
            return None;
        }
        let class = class + filled.trailing_zeros() as usize;
        Some(self.remove_large(class, self.large[class].len() - 1))
    }

    fn remove_large(&mut self, class: usize, index: usize) -> Piece {
        let piece = self.large[class].remove(index);
        if self.large[class].is_empty() {
            self.large_filled &= !(1 << class);
        }
        self.units -= u64::from(piece.units);
        piece
    }

    fn after_taking_exact(&mut self, class: usize) {
        if self.exact[class].is_empty() {
            self.exact_filled &= !(1 << class);
        }
        self.units -= class as u64 + 1;
    }

    /// Whether merging promises more than it costs: a quarter of the `used` units are free, and half of those are new since last time.
    pub(crate) fn worth_merging(&self, used: u64) -> bool {
        self.units >= used / 4 && self.unmerged >= self.units / 2
    }

    /// Joins neighbouring pieces. Returns where the frontier may fall back to: `frontier`, or the start of the piece that ends there.
    pub(crate) fn merge(&mut self, frontier: u32) -> u32 {
        let mut pieces = Vec::new();
        for (class, stack) in self.exact.iter_mut().enumerate() {
            pieces.extend(stack.drain(..).map(|unit| Piece { unit, units: class as u32 + 1 }));
        }
        for stack in &mut self.large {
            pieces.append(stack);
        }
        pieces.sort_unstable_by_key(|piece| piece.unit);
        (self.exact_filled, self.large_filled, self.units, self.unmerged) = (0, 0, 0, 0);

        // From the top down, so that the stacks end with the lowest pieces: a region fills from the bottom.
        let mut merged: Vec<Piece> = Vec::new();
        for piece in pieces.into_iter().rev() {
            match merged.last_mut() {
                Some(above) if piece.end() == above.unit => {
                    *above = Piece { unit: piece.unit, units: above.units + piece.units };
                }
                _ => merged.push(piece),
            }
        }
        let mut frontier = frontier;
        for piece in merged {
            if piece.end() == frontier {
                frontier = piece.unit;
            } else {
                self.insert(piece);
            }
        }
        frontier
    }
}

fn large_class(units: u32) -> usize {
    units.ilog2() as usize - 6
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_piece_freed_last_is_taken_first() {
        let mut free = FreeLists::new();
        for unit in [100, 200, 300] {
            free.give(Piece { unit, units: 4 });
        }
        assert_eq!(free.take(4, 1), Some(300));
        assert_eq!(free.take(3, 1), Some(200));
        assert_eq!(free.take(1, 1), Some(203));
        assert_eq!(free.units(), 4);
    }

    #[test]
    fn neighbours_join_and_the_last_falls_back_to_the_frontier() {
        let mut free = FreeLists::new();
        for unit in [16, 24, 20, 40, 44] {
            free.give(Piece { unit, units: 4 });
        }
        assert_eq!(free.take(12, 1), None);
        assert_eq!(free.merge(48), 40);
        assert_eq!(free.units(), 12);
        assert_eq!(free.take(12, 1), Some(16));
        assert_eq!(free.units(), 0);
    }

    proptest! {
        /// Against a map of which units are in use: no unit is handed out twice, none is lost, alignment holds.
        #[test]
        fn never_hands_out_a_unit_twice(ops in prop::collection::vec((1u32..200, 0u32..4, any::<prop::sample::Index>(), any::<bool>()), 1..300)) {
            let mut free = FreeLists::new();
            let mut frontier = 16u32;
            let mut used: Vec<Piece> = Vec::new();
            for (units, align, which, give) in ops {
                if give && !used.is_empty() {
                    free.give(used.swap_remove(which.index(used.len())));
                } else {
                    let align = 1 << align;
                    let unit = free.take(units, align).unwrap_or_else(|| {
                        frontier = free.merge(frontier);
                        let unit = frontier.next_multiple_of(align);
                        free.give(Piece { unit: frontier, units: unit - frontier });
                        frontier = unit + units;
                        unit
                    });
                    prop_assert_eq!(unit % align, 0);
                    used.push(Piece { unit, units });
                }
                let mut all = used.clone();
                all.sort_by_key(|piece| piece.unit);
                prop_assert!(all.windows(2).all(|pair| pair[0].end() <= pair[1].unit));
                let in_use: u64 = used.iter().map(|piece| u64::from(piece.units)).sum();
                prop_assert_eq!(in_use + free.units(), u64::from(frontier - 16));
            }
        }
    }
}
