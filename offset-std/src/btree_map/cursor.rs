//! Walking over the entries of a tree, from both ends.
//!
//! Leaves aren't linked. A cursor keeps the way down to its leaf, so the next one is found in the node above, which was read a moment ago and lies in the cache; that
//! happens once in up to 31 entries. A link would be a handle that nobody owns: it would have to be validated, kept right by every split and merge, and
//! mended in every copy.

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
            // SAFETY: B1.
            let node = unsafe { Node::<K, V>::new(tree.base, unit) };
            let index = if last { node.count() } else { 0 };
            self.path.set(level, unit, index);
            // SAFETY: B2.
            unit = unsafe { node.child(index) };
        }
        // SAFETY: B1.
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
            // SAFETY: B1.
            let node = unsafe { Node::<K, V>::new(tree.base, unit) };
            if index < node.count() {
                self.path.set(level, unit, index + 1);
                // SAFETY: B2: there is one child more than keys.
                let child = unsafe { node.child(index + 1) };
                // SAFETY: B1: a node of the level below.
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
                // SAFETY: B1.
                let node = unsafe { Node::<K, V>::new(tree.base, unit) };
                // SAFETY: B2.
                let child = unsafe { node.child(index - 1) };
                // SAFETY: B1: a node of the level below.
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
///
/// The front is kept as a leaf, the node above, and the way down to that: so the two innermost loops of a walk touch nothing that the compiler can't hold in registers.
pub(super) struct Entries<K, V> {
    /// Where the entries are. Not there if there are none.
    tree: Option<Tree>,
    leaf: Node<K, V>,
    /// The next entry in the leaf, and the one to stop before.
    index: usize,
    end: usize,
    /// The node above the leaf, which of its children that is, and which is the last. If the root is a leaf, nothing, the first and the first.
    above: Node<K, V>,
    child: usize,
    last: usize,
    /// The way down to the node above.
    path: Path,
    back: Cursor<K, V>,
}

impl<K, V> Clone for Entries<K, V> {
    fn clone(&self) -> Self {
        Entries { back: self.back.clone(), ..*self }
    }
}

impl<K, V> Entries<K, V> {
    /// No entries.
    pub(super) fn none() -> Self {
        let none = Node::none();
        let back = Cursor { leaf: none, unit: 0, index: 0, path: Path::new() };
        Entries { tree: None, leaf: none, index: 0, end: 0, above: none, child: 0, last: 0, path: Path::new(), back }
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
        let Cursor { leaf, index, path, .. } = front;
        let end = if leaf == back.leaf { back.index } else { leaf.count() };
        let (mut above, mut child, mut last) = (Node::none(), 0, 0);
        if tree.height > 0 {
            // SAFETY: the cursor came through all levels.
            let (unit, index) = unsafe { path.step(1) };
            // SAFETY: B1.
            above = unsafe { Node::new(tree.base, unit) };
            (child, last) = (index, above.count());
        }
        Entries { tree: Some(tree), leaf, index, end, above, child, last, path, back }
    }

    /// Where the next entry lies.
    #[inline(always)]
    pub(super) fn next(&mut self) -> Option<(NonNull<K>, NonNull<V>)> {
        if self.index >= self.end && !self.next_leaf() {
            return None;
        }
        let index = self.index;
        self.index += 1;
        Some((self.leaf.key(index), self.leaf.value(index)))
    }

    /// Goes to the next leaf that has entries to give. This one has no more.
    #[inline]
    fn next_leaf(&mut self) -> bool {
        let Some(tree) = self.tree else { return false };
        while self.index >= self.end {
            if self.leaf == self.back.leaf {
                return false;
            }
            if self.child < self.last {
                self.child += 1;
            } else {
                // SAFETY: the contract of `between`.
                let Some((path, above)) = (unsafe { next_above::<K, V>(tree, self.path) }) else { return false };
                (self.path, self.above, self.child, self.last) = (path, above, 0, above.count());
            }
            // SAFETY: B2: an inner node, and one of its children.
            let unit = unsafe { self.above.child(self.child) };
            // SAFETY: B1.
            self.leaf = unsafe { Node::new(tree.base, unit) };
            self.index = 0;
            self.end = if self.leaf == self.back.leaf { self.back.index } else { self.leaf.count() };
            if self.child < self.last {
                // SAFETY: B2, as above.
                let after = unsafe { self.above.child(self.child + 1) };
                // SAFETY: B1.
                unsafe { Node::<K, V>::new(tree.base, after) }.prefetch();
            }
        }
        true
    }

    /// Where the last entry lies.
    #[inline]
    pub(super) fn next_back(&mut self) -> Option<(NonNull<K>, NonNull<V>)> {
        loop {
            let same = self.leaf == self.back.leaf;
            if self.back.index > if same { self.index } else { 0 } {
                self.back.index -= 1;
                if same {
                    self.end = self.back.index;
                }
                return Some((self.back.leaf.key(self.back.index), self.back.leaf.value(self.back.index)));
            }
            // SAFETY: the contract of `between`.
            if same || !self.tree.is_some_and(|tree| unsafe { self.back.leaf_before(tree) }) {
                return None;
            }
            if self.leaf == self.back.leaf {
                self.end = self.back.index;
            }
        }
    }
}

/// The next node of level 1 after the one that a path leads to, with the way to it. Takes the path by value, so that a walk isn't a place in memory to the compiler.
///
/// # Safety
///
/// The path was followed through all levels of this tree but the first, and the tree hasn't been edited since.
#[inline(never)]
unsafe fn next_above<K, V>(tree: Tree, mut path: Path) -> Option<(Path, Node<K, V>)> {
    for level in 2..=tree.height {
        // SAFETY: the caller's contract.
        let (unit, index) = unsafe { path.step(level) };
        // SAFETY: B1.
        let node = unsafe { Node::<K, V>::new(tree.base, unit) };
        if index < node.count() {
            path.set(level, unit, index + 1);
            // SAFETY: B2: there is one child more than keys.
            let mut unit = unsafe { node.child(index + 1) };
            for level in (2..level).rev() {
                path.set(level, unit, 0);
                // SAFETY: B1.
                let node = unsafe { Node::<K, V>::new(tree.base, unit) };
                // SAFETY: B2.
                unit = unsafe { node.child(0) };
            }
            // SAFETY: B1: of level 1, since all levels above were passed.
            return Some((path, unsafe { Node::new(tree.base, unit) }));
        }
    }
    None
}
