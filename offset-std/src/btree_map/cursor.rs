//! Walking over the entries of a tree, from both ends.
//!
//! Leaves aren't linked. A cursor keeps the way down to its leaf, so the next one is found in the node above, which was read a moment ago and lies in the cache; that
//! happens once in up to 31 entries. A link would be a handle that nobody owns: it would have to be validated, kept right by every split and merge, and
//! mended in every copy.

use std::marker::PhantomData;
use std::ptr::NonNull;

use super::node::Node;
use super::search::{Path, Spot, Tree};

/// A spot in a leaf, with the way down to it.
pub(super) struct Cursor<K, V> {
    pub(super) leaf: Node<K, V>,
    pub(super) unit: u32,
    pub(super) index: usize,
    pub(super) path: Path,
}

impl<K, V> Clone for Cursor<K, V> {
    fn clone(&self) -> Self {
        Cursor { leaf: self.leaf, unit: self.unit, index: self.index, path: self.path }
    }
}

impl<K, V> Cursor<K, V> {
    #[inline(always)]
    pub(super) fn at(spot: Spot<K, V>, path: Path) -> Self {
        Cursor { leaf: spot.leaf, unit: spot.unit, index: spot.index, path }
    }

    /// Before the first entry of a tree.
    ///
    /// # Safety
    ///
    /// The tree is a live one of these types, and isn't edited while the cursor is used. The same goes for all that follow.
    #[inline]
    pub(super) unsafe fn first(tree: Tree) -> Self {
        let mut cursor = Cursor { leaf: Node::none(), unit: 0, index: 0, path: Path::new() };
        // SAFETY: the caller's contract.
        unsafe { cursor.descend(tree, tree.height, tree.root, false) };
        cursor
    }

    /// Behind the last entry of a tree.
    ///
    /// # Safety
    ///
    /// As for [`first`](Cursor::first).
    #[inline]
    pub(super) unsafe fn last(tree: Tree) -> Self {
        let mut cursor = Cursor { leaf: Node::none(), unit: 0, index: 0, path: Path::new() };
        // SAFETY: the caller's contract.
        unsafe { cursor.descend(tree, tree.height, tree.root, true) };
        cursor
    }

    /// Goes to the first or to the last leaf below the node at `unit`, to its beginning or its end.
    ///
    /// # Safety
    ///
    /// As for [`first`](Cursor::first); a node of `level` is there.
    #[inline]
    unsafe fn descend(&mut self, tree: Tree, level: usize, unit: u32, last: bool) {
        let mut unit = unit;
        for level in (1..=level).rev() {
            // SAFETY: T1.
            let node = unsafe { Node::<K, V>::new(tree.base, unit) };
            let index = if last { node.count() } else { 0 };
            self.path.set(level, unit, index);
            // SAFETY: T2.
            unit = unsafe { node.child(index) };
        }
        // SAFETY: T1.
        self.leaf = unsafe { Node::new(tree.base, unit) };
        self.unit = unit;
        self.index = if last { self.leaf.count() } else { 0 };
    }

    /// Goes to the beginning of the next leaf. Returns whether there is one.
    ///
    /// # Safety
    ///
    /// As for [`first`](Cursor::first).
    #[inline(never)]
    pub(super) unsafe fn next_leaf(&mut self, tree: Tree) -> bool {
        for level in 1..=tree.height {
            // SAFETY: the cursor came through all levels.
            let (unit, index) = unsafe { self.path.step(level) };
            // SAFETY: T1.
            let node = unsafe { Node::<K, V>::new(tree.base, unit) };
            if index < node.count() {
                self.path.set(level, unit, index + 1);
                // SAFETY: T2: there is one child more than keys.
                let child = unsafe { node.child(index + 1) };
                // SAFETY: T1: a node of the level below.
                unsafe { self.descend(tree, level - 1, child, false) };
                return true;
            }
        }
        false
    }

    /// Goes to the end of the leaf before. Returns whether there is one.
    ///
    /// # Safety
    ///
    /// As for [`first`](Cursor::first).
    #[inline(never)]
    pub(super) unsafe fn leaf_before(&mut self, tree: Tree) -> bool {
        for level in 1..=tree.height {
            // SAFETY: the cursor came through all levels.
            let (unit, index) = unsafe { self.path.step(level) };
            if index > 0 {
                self.path.set(level, unit, index - 1);
                // SAFETY: T1.
                let node = unsafe { Node::<K, V>::new(tree.base, unit) };
                // SAFETY: T2.
                let child = unsafe { node.child(index - 1) };
                // SAFETY: T1: a node of the level below.
                unsafe { self.descend(tree, level - 1, child, true) };
                return true;
            }
        }
        false
    }

    /// Whether this comes after `other`.
    ///
    /// # Safety
    ///
    /// Both are in the same tree, of this height.
    unsafe fn is_after(&self, other: &Self, height: usize) -> bool {
        for level in (1..=height).rev() {
            // SAFETY: both came through all levels.
            let (_, one) = unsafe { self.path.step(level) };
            // SAFETY: as above.
            let (_, another) = unsafe { other.path.step(level) };
            if one != another {
                return one > another;
            }
        }
        self.index > other.index
    }
}

/// The entries between two cursors, each given once, from either end.
pub(super) struct Entries<K, V> {
    /// Where the entries are. Not there if there are none.
    tree: Option<Tree>,
    front: Cursor<K, V>,
    /// Where the entries end in the leaf of `front`.
    front_end: usize,
    back: Cursor<K, V>,
    entries: PhantomData<(K, V)>,
}

impl<K, V> Clone for Entries<K, V> {
    fn clone(&self) -> Self {
        Entries {
            tree: self.tree,
            front: self.front.clone(),
            front_end: self.front_end,
            back: self.back.clone(),
            entries: PhantomData,
        }
    }
}

impl<K, V> Entries<K, V> {
    /// No entries.
    pub(super) fn none() -> Self {
        let nowhere = Cursor { leaf: Node::none(), unit: 0, index: 0, path: Path::new() };
        Entries { tree: None, front: nowhere.clone(), front_end: 0, back: nowhere, entries: PhantomData }
    }

    /// The entries from one cursor to another; none if they are the wrong way round.
    ///
    /// # Safety
    ///
    /// Both are in this tree, which is live and isn't edited while the result is used, save for its values.
    #[inline]
    pub(super) unsafe fn between(tree: Tree, front: Cursor<K, V>, back: Cursor<K, V>) -> Self {
        // SAFETY: the caller's contract.
        if unsafe { front.is_after(&back, tree.height) } {
            return Entries::none();
        }
        let front_end = if front.leaf == back.leaf { back.index } else { front.leaf.count() };
        Entries { tree: Some(tree), front, front_end, back, entries: PhantomData }
    }

    /// Where the next entry lies.
    #[inline(always)]
    pub(super) fn next(&mut self) -> Option<(NonNull<K>, NonNull<V>)> {
        if self.front.index >= self.front_end && !self.next_leaf() {
            return None;
        }
        let index = self.front.index;
        self.front.index += 1;
        Some((self.front.leaf.key(index), self.front.leaf.value(index)))
    }

    /// Goes to the next leaf that has entries to give. The one of `front` has no more.
    #[inline]
    fn next_leaf(&mut self) -> bool {
        let Some(tree) = self.tree else { return false };
        while self.front.index >= self.front_end {
            // SAFETY: the contract of `between`.
            if self.front.leaf == self.back.leaf || !unsafe { self.front.next_leaf(tree) } {
                return false;
            }
            self.front_end = if self.front.leaf == self.back.leaf { self.back.index } else { self.front.leaf.count() };
        }
        true
    }

    /// Where the last entry lies.
    #[inline]
    pub(super) fn next_back(&mut self) -> Option<(NonNull<K>, NonNull<V>)> {
        loop {
            let same = self.front.leaf == self.back.leaf;
            if self.back.index > if same { self.front.index } else { 0 } {
                self.back.index -= 1;
                if same {
                    self.front_end = self.back.index;
                }
                return Some((self.back.leaf.key(self.back.index), self.back.leaf.value(self.back.index)));
            }
            // SAFETY: the contract of `between`.
            if same || !self.tree.is_some_and(|tree| unsafe { self.back.leaf_before(tree) }) {
                return None;
            }
            if self.front.leaf == self.back.leaf {
                self.front_end = self.back.index;
            }
        }
    }
}
