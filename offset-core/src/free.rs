//! Free pieces: pure arithmetic, no memory touched.
//!
//! A piece is a run of units that was given up: of a region's units, or of a space's lines. Pieces wait on LIFO stacks, one for each size up to [`EXACT`]
//! and one for each power of two above, so that the piece freed last, still in cache, is taken first. Taking tries the exact size, then splits the next
//! larger one. Nothing is merged when a piece is given up; when nothing fits although much is free, [`merge`](FreeLists::merge) sorts all pieces, joins
//! neighbours, and hands the last one back to the frontier if it touches it.
//!
//! All stacks are chains through one table, so that empty lists are small and one allocation serves them all.
#![forbid(unsafe_code)]

/// Sizes up to this many units have a stack each.
const EXACT: usize = 63;
/// Stacks for larger sizes: stack `EXACT + i` has the pieces with `2^(i + 6) <= units < 2^(i + 7)`.
const LARGE: usize = 26;
/// How many pieces of the right power of two are looked at before a larger one is split.
const LOOK: usize = 8;
/// The end of a chain.
const END: u32 = 0;

/// A run of units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) unit: u32,
    pub(crate) units: u32,
}

impl Piece {
    pub(crate) fn end(self) -> u32 {
        self.unit + self.units
    }
}

/// A piece that waits, and the one below it on its stack.
#[derive(Clone, Copy, Debug)]
struct Node {
    piece: Piece,
    below: u32,
}

/// Free pieces, by size.
#[derive(Debug)]
pub(crate) struct FreeLists {
    /// The node on top of each stack, counted from one.
    tops: [u32; EXACT + LARGE],
    /// Bit `i`: stack `i` isn't empty.
    filled: u128,
    nodes: Vec<Node>,
    /// The chain of nodes that hold no piece.
    unused: u32,
    /// Units in all pieces.
    units: u64,
    /// Units given up since pieces were last merged.
    unmerged: u64,
}

impl FreeLists {
    pub(crate) const fn new() -> Self {
        FreeLists { tops: [END; EXACT + LARGE], filled: 0, nodes: Vec::new(), unused: END, units: 0, unmerged: 0 }
    }

    /// Units in all free pieces.
    #[inline]
    pub(crate) fn units(&self) -> u64 {
        self.units
    }

    /// Pieces that the table has room for.
    pub(crate) fn capacity(&self) -> usize {
        self.nodes.capacity()
    }

    /// Forgets all pieces, and keeps the table.
    #[inline]
    pub(crate) fn clear(&mut self) {
        if !self.nodes.is_empty() {
            self.tops = [END; EXACT + LARGE];
            self.nodes.clear();
            (self.filled, self.unused, self.units, self.unmerged) = (0, END, 0, 0);
        }
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
        let class = class_of(piece.units);
        let node = Node { piece, below: self.tops[class] };
        self.tops[class] = match self.unused {
            END => {
                self.nodes.push(node);
                self.nodes.len() as u32
            }
            unused => {
                let place = &mut self.nodes[unused as usize - 1];
                self.unused = place.below;
                *place = node;
                unused
            }
        };
        self.filled |= 1 << class;
        self.units += u64::from(piece.units);
    }

    fn node(&self, number: u32) -> Option<Node> {
        self.nodes.get((number as usize).checked_sub(1)?).copied()
    }

    /// The pieces of a stack, the one given up last first, each with the number of the node above it.
    fn stack(&self, class: usize) -> impl Iterator<Item = (u32, Piece)> + '_ {
        let (mut above, mut at) = (END, self.tops[class]);
        std::iter::from_fn(move || {
            let node = self.node(at)?;
            let found = (above, node.piece);
            (above, at) = (at, node.below);
            Some(found)
        })
    }

    /// Takes the piece below node `above` off a stack; the top one for [`END`].
    fn remove(&mut self, class: usize, above: u32) -> Option<Piece> {
        let number = if above == END { self.tops[class] } else { self.node(above)?.below };
        let Node { piece, below } = self.node(number)?;
        if above == END {
            self.tops[class] = below;
            if below == END {
                self.filled &= !(1 << class);
            }
        } else {
            self.nodes[above as usize - 1].below = below;
        }
        self.nodes[number as usize - 1].below = self.unused;
        self.unused = number;
        self.units -= u64::from(piece.units);
        Some(piece)
    }

    /// Takes `units` at a multiple of `align` units (a power of two), splitting a larger piece if need be.
    pub(crate) fn take(&mut self, units: u32, align: u32) -> Option<u32> {
        debug_assert!(units > 0);
        if self.filled == 0 {
            return None;
        }
        let exact = class_of(units);
        if exact < EXACT && self.stack(exact).next().is_some_and(|(_, top)| top.unit.is_multiple_of(align)) {
            return self.remove(exact, END).map(|piece| piece.unit);
        }
        if let Some(unit) = self.take_from_top(units, align) {
            return Some(unit);
        }
        // A piece this much longer has an aligned run wherever it begins.
        let piece = self.take_at_least(units.checked_add(align - 1)?)?;
        let unit = piece.unit.next_multiple_of(align);
        self.insert(Piece { unit: piece.unit, units: unit - piece.unit });
        self.insert(Piece { unit: unit + units, units: piece.end() - unit - units });
        Some(unit)
    }

    /// Takes `units` from the start of a larger piece on top of its stack, if what is left of that belongs there too.
    fn take_from_top(&mut self, units: u32, align: u32) -> Option<u32> {
        let larger = self.filled.checked_shr(class_of(units) as u32 + 1).filter(|filled| *filled != 0)?;
        let class = class_of(units) + 1 + larger.trailing_zeros() as usize;
        let node = self.nodes.get_mut((self.tops[class] as usize).checked_sub(1)?)?;
        let Piece { unit, units: had } = node.piece;
        let left = had.checked_sub(units)?;
        if !unit.is_multiple_of(align) || class < EXACT || class_of(left) != class {
            return None;
        }
        node.piece = Piece { unit: unit + units, units: left };
        self.units -= u64::from(units);
        Some(unit)
    }

    fn take_at_least(&mut self, units: u32) -> Option<Piece> {
        let mut class = class_of(units);
        if class >= EXACT {
            let fits = self.stack(class).take(LOOK).find(|(_, piece)| piece.units >= units);
            if let Some((above, _)) = fits {
                return self.remove(class, above);
            }
            class += 1;
        }
        let filled = self.filled.checked_shr(class as u32).filter(|filled| *filled != 0)?;
        self.remove(class + filled.trailing_zeros() as usize, END)
    }

    /// Whether merging promises more than it costs: a quarter of the `used` units are free, and half of those are new since last time.
    pub(crate) fn worth_merging(&self, used: u64) -> bool {
        self.units >= used / 4 && self.unmerged >= self.units / 2
    }

    /// The units of the largest piece.
    pub(crate) fn largest(&self) -> u32 {
        let Some(class) = self.filled.checked_ilog2() else { return 0 };
        self.stack(class as usize).map(|(_, piece)| piece.units).max().unwrap_or(0)
    }

    /// Takes `units` that begin at `unit`, if the piece there was given up not long ago: the first few of each stack are looked at. Returns whether it did.
    pub(crate) fn take_at(&mut self, unit: u32, units: u32) -> bool {
        let filled = (class_of(units)..EXACT + LARGE).filter(|class| self.filled >> class & 1 == 1);
        let mut recent = filled.flat_map(|class| self.stack(class).take(LOOK).map(move |found| (class, found)));
        let Some((class, (above, piece))) = recent.find(|(_, (_, piece))| piece.unit == unit && piece.units >= units)
        else {
            return false;
        };
        drop(recent);
        self.remove(class, above);
        self.insert(Piece { unit: unit + units, units: piece.units - units });
        true
    }

    /// Where the lowest piece of `units` units or more begins. O(pieces).
    pub(crate) fn lowest(&self, units: u32) -> Option<u32> {
        self.find_lowest(units).map(|(_, _, unit)| unit)
    }

    /// Takes `units` from the start of that piece.
    pub(crate) fn take_lowest(&mut self, units: u32) -> Option<u32> {
        let (class, above, _) = self.find_lowest(units)?;
        let piece = self.remove(class, above)?;
        self.insert(Piece { unit: piece.unit + units, units: piece.units - units });
        Some(piece.unit)
    }

    /// The lowest piece of `units` units or more: its class, the node above it, and where it begins.
    fn find_lowest(&self, units: u32) -> Option<(usize, u32, u32)> {
        let classes = class_of(units)..EXACT + LARGE;
        let large_enough = classes.flat_map(|class| self.stack(class).map(move |(above, piece)| (class, above, piece)));
        let lowest = large_enough.filter(|(_, _, piece)| piece.units >= units).min_by_key(|(_, _, piece)| piece.unit);
        lowest.map(|(class, above, piece)| (class, above, piece.unit))
    }

    /// Whether a piece is like that. O(pieces).
    pub(crate) fn any(&self, is_like: impl Fn(Piece) -> bool) -> bool {
        (0..EXACT + LARGE).any(|class| self.stack(class).any(|(_, piece)| is_like(piece)))
    }

    /// Takes all pieces, in no order.
    pub(crate) fn take_all(&mut self) -> Vec<Piece> {
        let mut pieces = Vec::new();
        while let Some(class) = self.filled.checked_ilog2() {
            pieces.extend(self.remove(class as usize, END));
        }
        self.clear();
        pieces
    }

    /// Joins neighbouring pieces. Returns where the frontier may fall back to: `frontier`, or the start of the piece that ends there.
    pub(crate) fn merge(&mut self, frontier: u32) -> u32 {
        let merged = join(self.take_all());
        let mut frontier = frontier;
        // From the top down, so that the stacks end with the lowest pieces: a region fills from the bottom.
        for piece in merged.into_iter().rev() {
            if piece.end() == frontier {
                frontier = piece.unit;
            } else {
                self.insert(piece);
            }
        }
        frontier
    }
}

/// Joins neighbours. The result is in order.
pub(crate) fn join(mut pieces: Vec<Piece>) -> Vec<Piece> {
    pieces.sort_unstable_by_key(|piece| piece.unit);
    pieces.dedup_by(|next, piece| {
        let touches = piece.end() == next.unit;
        if touches {
            piece.units += next.units;
        }
        touches
    });
    pieces
}

fn class_of(units: u32) -> usize {
    if units as usize <= EXACT { units as usize - 1 } else { EXACT + units.ilog2() as usize - 6 }
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
