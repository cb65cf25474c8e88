//! Free pieces: pure arithmetic, no memory touched.
//!
//! A piece is a run of units that was given up: of a region's units, or of a space's lines. Pieces wait on LIFO stacks, one for each size up to [`EXACT`]
//! and one for each power of two above, so that the piece freed last, still in cache, is taken first. Taking tries the exact size, then splits the next
//! larger one. Nothing is merged when a piece is given up; when nothing fits although much is free, [`merge`](FreeLists::merge) sorts all pieces, joins
//! neighbours, and hands the last one back to the frontier if it touches it.
//!
//! All stacks are chains through one table, so that empty lists are small and one allocation serves them all. Merging happens in the table: it takes no memory, for which an
//! allocator that has much to tidy up may need longer than for the rest.
#![forbid(unsafe_code)]

use std::mem;

/// Sizes up to this many units have a stack each.
const EXACT: usize = 64;
/// Stacks for larger sizes: stack `EXACT + i` has the pieces with `2^(i + 6) <= units < 2^(i + 7)`, but for those with a stack each.
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

    /// Units before the first one at a multiple of `align`.
    fn before(self, align: u32) -> u32 {
        self.unit.wrapping_neg() & (align - 1)
    }

    /// Whether there are `units` from there on.
    fn has(self, units: u32, align: u32) -> bool {
        self.units.checked_sub(units).is_some_and(|spare| spare >= self.before(align))
    }

    /// Takes in the next piece, if it begins where this one ends. Returns whether it did.
    fn join(&mut self, next: Piece) -> bool {
        let touches = self.end() == next.unit;
        if touches {
            self.units += next.units;
        }
        touches
    }
}

/// A piece that waits, and the one below it on its stack; or an empty one, and the next node that isn't used.
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
            self.nodes.clear();
            self.forget();
        }
    }

    /// Leaves all stacks empty. The table isn't looked at.
    #[inline]
    fn forget(&mut self) {
        self.tops = [END; EXACT + LARGE];
        (self.filled, self.unused, self.units, self.unmerged) = (0, END, 0, 0);
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
        self.nodes[number as usize - 1] = Node { piece: Piece::default(), below: self.unused };
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
        let class = class_of(units);
        if let Some(unit) = self.take_fitting(class, units, align).or_else(|| self.take_from_top(units, align)) {
            return Some(unit);
        }
        // A piece this much longer has an aligned run wherever it begins.
        let longer = class_of(units.checked_add(align - 1)?);
        if longer > class
            && longer >= EXACT
            && let Some(unit) = self.take_fitting(longer, units, align)
        {
            return Some(unit);
        }
        let enough = if longer < EXACT { longer } else { longer + 1 };
        let filled = self.filled.checked_shr(enough as u32).filter(|filled| *filled != 0)?;
        let piece = self.remove(enough + filled.trailing_zeros() as usize, END)?;
        Some(self.split(piece, units, align))
    }

    /// Takes `units` from a piece of a stack that has them where it lies: of one size from the top one, of several from one of the first.
    fn take_fitting(&mut self, class: usize, units: u32, align: u32) -> Option<u32> {
        let look = if class < EXACT { 1 } else { LOOK };
        let (above, _) = self.stack(class).take(look).find(|(_, piece)| piece.has(units, align))?;
        let piece = self.remove(class, above)?;
        Some(self.split(piece, units, align))
    }

    /// Takes `units` from a piece that has them, and keeps what lies before and behind.
    fn split(&mut self, piece: Piece, units: u32, align: u32) -> u32 {
        let unit = piece.unit + piece.before(align);
        self.insert(Piece { unit: piece.unit, units: unit - piece.unit });
        self.insert(Piece { unit: unit + units, units: piece.end() - unit - units });
        unit
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

    /// Joins neighbouring pieces, in the table itself. Returns where the frontier may fall back to: `frontier`, or the start of the piece that ends there.
    pub(crate) fn merge(&mut self, frontier: u32) -> u32 {
        self.nodes.retain(|node| node.piece.units > 0);
        self.nodes.sort_unstable_by_key(|node| node.piece.unit);
        self.nodes.dedup_by(|next, node| node.piece.join(next.piece));
        let last = self.nodes.pop_if(|last| last.piece.end() == frontier);
        self.forget();
        // From the top down, so that the stacks end with the lowest pieces: a region fills from the bottom.
        for (index, node) in self.nodes.iter_mut().enumerate().rev() {
            let class = class_of(node.piece.units);
            node.below = mem::replace(&mut self.tops[class], index as u32 + 1);
            self.filled |= 1 << class;
            self.units += u64::from(node.piece.units);
        }
        last.map_or(frontier, |last| last.piece.unit)
    }
}

/// Joins neighbours. The result is in order.
pub(crate) fn join(mut pieces: Vec<Piece>) -> Vec<Piece> {
    pieces.sort_unstable_by_key(|piece| piece.unit);
    pieces.dedup_by(|next, piece| piece.join(*next));
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

    #[test]
    fn a_piece_given_up_is_taken_for_the_same_size_and_alignment() {
        let mut free = FreeLists::new();
        for units in [63, 64, 65, 112, 128] {
            for unit in [8, 1024, 2048] {
                free.give(Piece { unit, units });
            }
            for unit in [2048, 1024, 8] {
                assert_eq!(free.take(units, 8), Some(unit), "{units} units");
            }
        }
        free.give(Piece { unit: 1, units: 119 });
        assert_eq!((free.take(113, 8), free.take(112, 8), free.units()), (None, Some(8), 7));
    }

    #[test]
    fn merging_takes_no_memory() {
        let mut free = FreeLists::new();
        for unit in 1..1000 {
            free.give(Piece { unit: unit * 8, units: 4 + unit % 5 });
        }
        for units in 4..8 {
            assert!(free.take(units, 1).is_some());
        }
        let (table, units) = ((free.nodes.as_ptr(), free.nodes.capacity()), free.units());
        assert_eq!(free.merge(u32::MAX), u32::MAX);
        assert_eq!(((free.nodes.as_ptr(), free.nodes.capacity()), free.units()), (table, units));
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
