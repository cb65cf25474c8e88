//! Nodes: which byte leads where.
//!
//! ```text
//! linear   | end u32 | depth u32 | count u16 | bytes u8 × N | tags u8 × N | units u32 × N |     N = 2, 5, 16, 48: 24, 40, 112, 304 bytes
//! full     | end u32 | depth u32 | count u16 |               tags u8 × 256 | units u32 × 256 |   1296 bytes
//! ```
//!
//! All keys below a node begin with the same `depth` bytes. `end` is the leaf of the key that has no more, if there is one; each child is for those keys that go on with one
//! byte. A linear node has its children in the order of their bytes, in the first `count` slots; in a full one, slot *b* is for byte *b*, and a tag of zero says that there is none. What lies beyond is
//! zero.
//!
//! The bytes that are skipped on the way to a node aren't stored: they are in every leaf below. So a node costs the same however long the path is that it ends, and
//! splitting a path, or joining two, moves no bytes.
//!
//! # Invariants
//!
//! - **A1 (edges)** The root's edge, each child's, and `end` of a node lead to a whole node or leaf of the kind that the tag says, which has no other owner. (`end` has no tag: it is a leaf, of a key
//!   of `depth` bytes.)
//! - **A2 (counted)** There are as many children as the count says, in the slots that it says, and at most as many as the node has room for.
//! - **A3 (branching)** A node has at least two edges, one of them to a child. So a tree has fewer nodes than leaves.
//! - **A4 (in order)** Depths grow on the way down; keys below a node have its depth in bytes in common, and go on with the byte of their child. Only finding depends on it.

use std::marker::PhantomData;
use std::mem::offset_of;
use std::ptr::NonNull;
use std::slice;

use offset_core::UNIT_BYTES;
use offset_core::raw::Base;

use super::edge::{Edge, Tag};
use crate::fetch::prefetch;

/// How many children nodes of each size have room for.
const CAPACITIES: [usize; 5] = [2, 5, 16, 48, 256];

/// A node with at most this many children moves to the next smaller size: fewer than that has room for, so that nodes don't go back and forth.
const SHRINKS_AT: [usize; 5] = [0, 2, 4, 12, 40];

/// A size of nodes, counted from the smallest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Size(u8);

impl Size {
    /// The smallest.
    pub(super) const SMALLEST: Size = Size(0);
    /// The largest, which has a slot for each byte.
    const FULL: Size = Size(CAPACITIES.len() as u8 - 1);

    #[inline(always)]
    pub(super) fn from_index(index: u8) -> Option<Size> {
        (index <= Self::FULL.0).then_some(Size(index))
    }

    #[inline(always)]
    pub(super) fn index(self) -> u8 {
        self.0
    }

    /// The size of nodes with that capacity.
    pub(super) const fn of_capacity(capacity: usize) -> Size {
        let mut index = 0;
        while CAPACITIES[index as usize] != capacity {
            index += 1;
        }
        Size(index)
    }

    #[inline(always)]
    fn is_full(self) -> bool {
        self == Self::FULL
    }

    /// How many children it has room for.
    #[inline(always)]
    fn capacity(self) -> usize {
        CAPACITIES[self.0 as usize]
    }

    /// The next larger size, if there is one.
    pub(super) fn larger(self) -> Option<Size> {
        Size::from_index(self.0 + 1)
    }

    /// The next smaller size, if a node of this size with `count` children should move there.
    pub(super) fn smaller_for(self, count: usize) -> Option<Size> {
        (count <= SHRINKS_AT[self.0 as usize]).then(|| Size(self.0 - 1))
    }

    /// Where the tags begin.
    #[inline(always)]
    const fn tags_at(self) -> usize {
        if self.0 == Self::FULL.0 { BYTES } else { BYTES + CAPACITIES[self.0 as usize] }
    }

    /// Where the units begin.
    #[inline(always)]
    const fn units_at(self) -> usize {
        (self.tags_at() + CAPACITIES[self.0 as usize]).next_multiple_of(4)
    }

    /// Units that a node takes.
    pub(super) fn units(self) -> u32 {
        (self.units_at() + 4 * self.capacity()).div_ceil(UNIT_BYTES) as u32
    }
}

/// Where the bytes of a linear node begin.
const BYTES: usize = offset_of!(Linear<(), 2>, bytes);

/// A node with its children in order.
#[repr(C, align(8))]
pub(super) struct Linear<V, const N: usize> {
    pub(super) head: Head,
    pub(super) bytes: [u8; N],
    pub(super) tags: [u8; N],
    pub(super) units: [u32; N],
    below: PhantomData<V>,
}

/// A node with a slot for each byte.
#[repr(C, align(8))]
pub(super) struct Full<V> {
    pub(super) head: Head,
    pub(super) tags: [u8; 256],
    pub(super) units: [u32; 256],
    below: PhantomData<V>,
}

/// What all nodes begin with. Packed by hand: the bytes follow the count at once.
#[repr(C)]
pub(super) struct Head {
    end: [u16; 2],
    depth: [u16; 2],
    count: u16,
}

impl Head {
    /// Where the depth is.
    pub(super) const DEPTH: usize = offset_of!(Head, depth);
    /// Where the number of children is.
    pub(super) const COUNT: usize = offset_of!(Head, count);
}

const _: () = assert!(offset_of!(Head, end) == 0 && Head::DEPTH == 4 && Head::COUNT == 8 && BYTES == 10);

/// The arithmetic of sizes is that of the types.
macro_rules! layouts {
    ($($size:literal: $node:ty, $bytes:literal;)*) => {$(
        const _: () = assert!(size_of::<$node>() == $bytes);
        const _: () = assert!(offset_of!($node, tags) == Size($size).tags_at());
        const _: () = assert!(offset_of!($node, units) == Size($size).units_at());
        const _: () = assert!((Size($size).units_at() + 4 * CAPACITIES[$size]).next_multiple_of(8) == $bytes);
    )*};
}
layouts! {
    0: Linear<(), 2>, 24;
    1: Linear<(), 5>, 40;
    2: Linear<(), 16>, 112;
    3: Linear<(), 48>, 304;
    4: Full<()>, 1296;
}

/// A node in a tree.
///
/// Made for nodes only (A1), and used while they live: so what is counted (A2) can be read.
#[derive(Clone, Copy)]
pub(super) struct Node {
    at: NonNull<u8>,
    size: Size,
}

/// Where an iterator is in a node: before its children stands what ends here.
pub(super) const AT_END: usize = 0;

impl Node {
    /// The node at an address.
    ///
    /// # Safety
    ///
    /// A1: there is one of that size, and it stays for as long as the result is used.
    #[inline(always)]
    pub(super) unsafe fn new(at: NonNull<u8>, size: Size) -> Self {
        Node { at, size }
    }

    #[inline(always)]
    pub(super) fn size(self) -> Size {
        self.size
    }

    #[inline(always)]
    fn byte<T>(self, offset: usize) -> NonNull<T> {
        // SAFETY: callers pass the offset of a part of the node.
        unsafe { self.at.byte_add(offset) }.cast()
    }

    /// The unit of the leaf of the key that ends here, or zero.
    #[inline(always)]
    pub(super) fn end(self) -> u32 {
        // SAFETY: A1: a node has a head.
        unsafe { self.byte::<u32>(0).read() }
    }

    /// How many bytes all keys below have in common.
    #[inline(always)]
    pub(super) fn depth(self) -> usize {
        // SAFETY: A1: a node has a head.
        unsafe { self.byte::<u32>(Head::DEPTH).read() as usize }
    }

    /// How many children there are: at most 256 (A2).
    #[inline(always)]
    pub(super) fn count(self) -> usize {
        // SAFETY: A1: a node has a head.
        let count = unsafe { self.byte::<u16>(Head::COUNT).read() } as usize;
        debug_assert!(count <= self.size.capacity());
        count
    }

    /// How many edges there are, that to the end among them.
    #[inline]
    pub(super) fn edges(self) -> usize {
        self.count() + usize::from(self.end() != 0)
    }

    /// Whether there is no room for another child.
    #[inline]
    pub(super) fn is_crowded(self) -> bool {
        self.count() == self.size.capacity()
    }

    /// The bytes of the children of a linear node.
    #[inline(always)]
    fn bytes<'a>(self) -> &'a [u8] {
        debug_assert!(!self.size.is_full());
        // SAFETY: A2: as many as are counted. They aren't written while the slice is used, here and in the callers, all in this file.
        unsafe { slice::from_raw_parts(self.byte::<u8>(BYTES).as_ptr(), self.count()) }
    }

    /// The codes of the tags of a full node.
    #[inline(always)]
    fn tags<'a>(self) -> &'a [u8; 256] {
        debug_assert!(self.size.is_full());
        // SAFETY: A1: a full node has a tag for each byte. As for `bytes`.
        unsafe { self.byte::<[u8; 256]>(BYTES).as_ref() }
    }

    #[inline(always)]
    fn tag_at(self, slot: usize) -> NonNull<u8> {
        debug_assert!(slot < self.size.capacity());
        self.byte(self.size.tags_at() + slot)
    }

    #[inline(always)]
    fn unit_at(self, slot: usize) -> NonNull<u32> {
        debug_assert!(slot < self.size.capacity());
        self.byte(self.size.units_at() + 4 * slot)
    }

    /// The slot of the child for a byte, if there is one.
    #[inline(always)]
    pub(super) fn find(self, byte: u8) -> Option<usize> {
        match self.size.0 {
            0 | 1 => {
                // SAFETY: A1: the smallest node has 24 bytes. They are aligned to 8.
                let word = unsafe { self.byte::<u64>(Head::COUNT).read() };
                super::find::in_word(u64::from_le(word), byte)
            }
            2 | 3 => {
                // SAFETY: A1: a node of either size has bytes in whole groups of 16, and chunks below stay within what is counted.
                let chunk = |index: usize| unsafe { self.byte::<[u8; 16]>(BYTES + 16 * index).as_ref() };
                super::find::in_chunks(chunk, self.count(), byte)
            }
            _ => (self.tags()[byte as usize] != 0).then_some(byte as usize),
        }
    }

    /// The edge to the child in a slot.
    ///
    /// # Safety
    ///
    /// A2: there is one.
    #[inline(always)]
    pub(super) unsafe fn child(self, slot: usize) -> Edge {
        // SAFETY: A2, by the caller's contract.
        let code = unsafe { self.tag_at(slot).read() };
        // SAFETY: as above.
        let unit = unsafe { self.unit_at(slot).read() };
        Edge { unit, tag: Tag::from_code(code) }
    }

    /// The edge to the leaf of the key that ends here.
    #[inline(always)]
    pub(super) fn end_edge(self) -> Option<Edge> {
        let unit = self.end();
        (unit != 0).then(|| Edge { unit, tag: Tag::of_leaf(self.depth()) })
    }

    /// The edge that a key follows: to the child for its next byte, or to the end.
    #[inline(always)]
    pub(super) fn follow(self, key: &[u8]) -> Option<Edge> {
        let depth = self.depth();
        match key.get(depth) {
            // SAFETY: found there.
            Some(&byte) => self.find(byte).map(|slot| unsafe { self.child(slot) }),
            None if key.len() == depth => self.end_edge(),
            None => None,
        }
    }

    /// The byte that a slot is for.
    #[inline]
    pub(super) fn byte_of(self, slot: usize) -> u8 {
        if self.size.is_full() { slot as u8 } else { self.bytes()[slot] }
    }

    /// The first place from `place` on that has an edge. Place 0 is the end's, and those after it are the slots'.
    #[inline(always)]
    pub(super) fn place_from(self, place: usize) -> Option<usize> {
        if place == AT_END && self.end() != 0 {
            return Some(AT_END);
        }
        let slot = place.max(1) - 1;
        if self.size.is_full() {
            let found = self.tags().get(slot..)?.iter().position(|&code| code != 0);
            return found.map(|further| slot + further + 1);
        }
        (slot < self.count()).then_some(slot + 1)
    }

    /// The last place before `place` that has an edge.
    #[inline]
    pub(super) fn place_before(self, place: usize) -> Option<usize> {
        let slots = place.saturating_sub(1);
        let slot = if self.size.is_full() {
            self.tags()[..slots.min(256)].iter().rposition(|&code| code != 0)
        } else {
            slots.min(self.count()).checked_sub(1)
        };
        match slot {
            Some(slot) => Some(slot + 1),
            None => (place > AT_END && self.end() != 0).then_some(AT_END),
        }
    }

    /// Fetches the start of what the edge behind a place of a linear node leads to: a walk reads that next, or soon.
    #[inline(always)]
    pub(super) fn prefetch_behind(self, base: Base, place: usize) {
        if !self.size.is_full() && place < self.count() {
            // SAFETY: A2: there is a child in that slot.
            let next = unsafe { self.child(place) };
            prefetch(base.at::<u8>(next.unit), 1);
        }
    }

    /// The first place of children for bytes that aren't smaller than one.
    #[inline]
    pub(super) fn place_of(self, byte: u8) -> usize {
        1 + if self.size.is_full() { byte as usize } else { self.bytes().partition_point(|&other| other < byte) }
    }

    /// The edge in a place.
    ///
    /// # Safety
    ///
    /// There is one.
    #[inline(always)]
    pub(super) unsafe fn edge_in(self, place: usize) -> Edge {
        match place.checked_sub(1) {
            // SAFETY: the caller's contract.
            Some(slot) => unsafe { self.child(slot) },
            None => Edge { unit: self.end(), tag: Tag::of_leaf(self.depth()) },
        }
    }

    /// All edges, in order.
    pub(super) fn iter(self) -> impl Iterator<Item = Edge> {
        let mut place = self.place_from(AT_END);
        std::iter::from_fn(move || {
            let here = place?;
            place = self.place_from(here + 1);
            // SAFETY: it was just found.
            Some(unsafe { self.edge_in(here) })
        })
    }

    /// The first edge.
    #[inline]
    pub(super) fn first(self) -> Edge {
        let place = self.place_from(AT_END).expect("a node has edges (A3)");
        // SAFETY: it was just found.
        unsafe { self.edge_in(place) }
    }
}

/// Changing nodes. The caller of each has the tree to itself, and restores A1 to A4 before anybody else looks.
impl Node {
    /// # Safety
    ///
    /// The node is the caller's to change.
    #[inline]
    pub(super) unsafe fn set_end(self, unit: u32) {
        // SAFETY: A1: a node has a head.
        unsafe { self.byte::<u32>(0).write(unit) };
    }

    /// # Safety
    ///
    /// The node is the caller's to change.
    #[inline]
    pub(super) unsafe fn set_depth(self, depth: usize) {
        // SAFETY: A1: a node has a head.
        unsafe { self.byte::<u32>(Head::DEPTH).write(depth as u32) };
    }

    #[inline]
    unsafe fn set_count(self, count: usize) {
        debug_assert!(count <= self.size.capacity());
        // SAFETY: A1: a node has a head.
        unsafe { self.byte::<u16>(Head::COUNT).write(count as u16) };
    }

    /// Replaces the edge in a slot.
    ///
    /// # Safety
    ///
    /// The node is the caller's to change, and the slot within its capacity.
    #[inline]
    pub(super) unsafe fn set_child(self, slot: usize, edge: Edge) {
        // SAFETY: the caller's contract.
        unsafe { self.tag_at(slot).write(edge.tag.code()) };
        // SAFETY: as above.
        unsafe { self.unit_at(slot).write(edge.unit) };
    }

    /// Adds a child for a byte.
    ///
    /// # Safety
    ///
    /// The node is the caller's to change, has room, and no child for that byte.
    #[inline]
    pub(super) unsafe fn add(self, byte: u8, edge: Edge) {
        let count = self.count();
        let slot = self.place_of(byte) - 1;
        if !self.size.is_full() {
            // SAFETY: there is room for one more.
            unsafe { self.move_slots(slot, slot + 1, count - slot) };
            // SAFETY: inside the node.
            unsafe { self.byte::<u8>(BYTES + slot).write(byte) };
        }
        // SAFETY: the caller's contract.
        unsafe { self.set_child(slot, edge) };
        // SAFETY: A2: one more.
        unsafe { self.set_count(count + 1) };
    }

    /// Takes the child in a slot out. What it led to is the caller's.
    ///
    /// # Safety
    ///
    /// The node is the caller's to change, and there is one.
    pub(super) unsafe fn take(self, slot: usize) {
        let last = self.count() - 1;
        let mut vacant = slot;
        if !self.size.is_full() {
            // SAFETY: what lies behind the slot.
            unsafe { self.move_slots(slot + 1, slot, last - slot) };
            // SAFETY: inside the node.
            unsafe { self.byte::<u8>(BYTES + last).write(0) };
            vacant = last;
        }
        // SAFETY: inside the node; what was there has been moved or is the caller's.
        unsafe { self.set_child(vacant, Edge { unit: 0, tag: Tag::NONE }) };
        // SAFETY: A2: one less.
        unsafe { self.set_count(last) };
    }

    /// Moves the children in `count` slots of a linear node, with their bytes.
    ///
    /// # Safety
    ///
    /// The node is the caller's to change, and both ranges lie within its capacity.
    unsafe fn move_slots(self, from: usize, to: usize, count: usize) {
        if count == 0 {
            return;
        }
        // SAFETY: within the node, by the caller's contract.
        unsafe { self.byte::<u8>(BYTES + from).copy_to(self.byte(BYTES + to), count) };
        // SAFETY: as above.
        unsafe { self.tag_at(from).copy_to(self.tag_at(to), count) };
        // SAFETY: as above.
        unsafe { self.unit_at(from).copy_to(self.unit_at(to), count) };
    }

    /// Copies all edges, and the depth, to an empty node.
    ///
    /// # Safety
    ///
    /// That is the caller's to change, and has room for all children.
    pub(super) unsafe fn copy_to(self, to: Node) {
        // SAFETY: the caller's contract.
        unsafe { to.set_depth(self.depth()) };
        // SAFETY: as above.
        unsafe { to.set_end(self.end()) };
        let mut place = self.place_from(AT_END + 1);
        while let Some(here) = place {
            // SAFETY: it was just found.
            let edge = unsafe { self.edge_in(here) };
            // SAFETY: the caller's contract; bytes differ.
            unsafe { to.add(self.byte_of(here - 1), edge) };
            place = self.place_from(here + 1);
        }
    }
}
