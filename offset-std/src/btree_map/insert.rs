//! Adding an entry.
//!
//! First everything that can fail or run user code: the nodes that will be needed are allocated, the entry is built, and the separator copied, all in places that no count
//! includes. What was done until then undoes itself if something fails. Then entries are moved, which can't.
//!
//! ```text
//! room in the leaf     | a b d e |c|          built behind the last one, then moved to where it belongs
//! full                 | a b d e f g |        right: | … |c|      built in the last slot of the new leaf
//! ```
//!
//! A separator that goes up is kept likewise: behind the last key of the node that takes it, or in the last slot of the new node beside one that is full (`spot`).

use std::ptr::NonNull;

use offset_core::raw::{Allocation, Base, Writer, ZeroOnDrop, allocate, slot};
use offset_core::{DeepCopy, Emplace, ErrorKind, Filled, Relocatable, Result};

use super::cursor::Cursor;
use super::edit::BTreeMapMut;
use super::node::{CAPACITY, MAX_HEIGHT, Node};

/// Entries that stay in a leaf that is split, and keys in an inner node: the lower half.
const HALF: usize = CAPACITY / 2;

/// New nodes for a split, by level. Freed when dropped.
type Fresh<'w> = [Option<Allocation<'w>>; MAX_HEIGHT + 1];

/// An entry that was built where no count includes it. Released, and zeroed, when dropped.
struct Built<'w, K: Relocatable, V: Relocatable> {
    // In this order: what was built is released before its memory is zeroed.
    key: Filled<'w, K>,
    value: Filled<'w, V>,
    key_memory: ZeroOnDrop<K>,
    value_memory: ZeroOnDrop<V>,
}

impl<K: Relocatable, V: Relocatable> Built<'_, K, V> {
    /// Gives the entry over to the node.
    #[inline(always)]
    fn keep(self) {
        self.key.keep();
        self.value.keep();
        self.key_memory.disarm();
        self.value_memory.disarm();
    }
}

/// Builds a value in a place that holds none.
///
/// # Safety
///
/// `at` is aligned, in the region of `writer`, nobody else's, and holds no value.
#[inline(always)]
unsafe fn build<T: Relocatable, I: Emplace<T>>(
    at: NonNull<T>,
    writer: &Writer,
    init: I,
) -> Result<(ZeroOnDrop<T>, Filled<'_, T>)> {
    if !T::FACTS.plain {
        // What was removed and leaked may have left bytes; a plain value overwrites them all.
        // SAFETY: the caller's contract.
        unsafe { at.write_bytes(0, 1) };
    }
    // SAFETY: the caller's contract.
    let memory = unsafe { ZeroOnDrop::new(at, 1) };
    // SAFETY: the caller's contract; zero, or all of it will be written.
    let slot = unsafe { slot(at, writer) };
    Ok((memory, init.emplace(slot)?))
}

/// Builds an entry in a slot of a leaf that its count doesn't include.
///
/// # Safety
///
/// The leaf is in the region of `writer` and the caller's to change, and holds nothing in that slot.
#[inline(always)]
unsafe fn build_entry<K: Relocatable, V: Relocatable, Q: Emplace<K>, I: Emplace<V>>(
    leaf: Node<K, V>,
    index: usize,
    writer: &Writer,
    key: Q,
    value: I,
) -> Result<Built<'_, K, V>> {
    // Dropped in reverse: what was built is released before its memory is zeroed.
    // SAFETY: the caller's contract.
    let (key_memory, key) = unsafe { build(leaf.key(index), writer, key) }?;
    // SAFETY: the caller's contract.
    let (value_memory, value) = unsafe { build(leaf.value(index), writer, value) }?;
    Ok(Built { key, value, key_memory, value_memory })
}

impl<'r, K: Relocatable, V: Relocatable> BTreeMapMut<'r, K, V> {
    /// Adds an entry at a place where it isn't yet; none if there are no entries. Returns where it is then.
    ///
    /// # Errors
    ///
    /// No space, too many entries, and those of the initialisers. The map is as it was.
    ///
    /// # Safety
    ///
    /// `cursor` was made by a search of this map, which hasn't been edited since; there is none only if there are no entries.
    #[inline]
    pub(super) unsafe fn insert_at<Q: Emplace<K>, I: Emplace<V>>(
        &mut self,
        cursor: Option<&Cursor<K, V>>,
        key: Q,
        value: I,
    ) -> Result<(Node<K, V>, usize)> {
        let Some(cursor) = cursor else { return self.insert_first(key, value) };
        let (leaf, index, count) = (cursor.leaf, cursor.index, cursor.leaf.count());
        if self.len == u32::MAX {
            return Err(ErrorKind::TooLong { len: u64::from(u32::MAX) + 1, max: u64::from(u32::MAX) }.into());
        }
        if count == CAPACITY {
            // SAFETY: the caller's contract.
            return unsafe { self.insert_splitting(cursor, key, value) };
        }
        // SAFETY: the leaf is ours, and has room behind its last entry.
        unsafe { build_entry(leaf, count, self.writer(), key, value) }?.keep();
        // SAFETY: B2 again: one more entry, moved to where it belongs.
        unsafe { adopt_entry(leaf, index, count) };
        self.set_len(self.len + 1);
        Ok((leaf, index))
    }

    fn insert_first<Q: Emplace<K>, I: Emplace<V>>(&mut self, key: Q, value: I) -> Result<(Node<K, V>, usize)> {
        let writer = self.writer();
        let memory = allocate(writer, u64::from(Node::<K, V>::leaf_units()), Node::<K, V>::ALIGN)?;
        // SAFETY: a leaf's worth of zeroed memory.
        let leaf = unsafe { Node::<K, V>::new(self.base(), memory.unit()) };
        // SAFETY: it is ours alone.
        unsafe { build_entry(leaf, 0, writer, key, value) }?.keep();
        // SAFETY: B2: one entry.
        unsafe { adopt_entry(leaf, 0, 0) };
        self.set_root(memory.keep(), 0);
        self.set_len(1);
        Ok((leaf, 0))
    }

    /// Adds an entry to a leaf that is full.
    ///
    /// # Safety
    ///
    /// As for [`insert_at`](BTreeMapMut::insert_at).
    #[inline(never)]
    unsafe fn insert_splitting<Q: Emplace<K>, I: Emplace<V>>(
        &mut self,
        cursor: &Cursor<K, V>,
        key: Q,
        value: I,
    ) -> Result<(Node<K, V>, usize)> {
        let (writer, base, height) = (self.writer(), self.base(), self.height as usize);
        let (leaf, index) = (cursor.leaf, cursor.index);
        // SAFETY: the caller's contract.
        let last = index == CAPACITY && unsafe { is_last(cursor, base, height) };
        let fresh = self.allocate_for_split(cursor)?;
        let node = |level: usize| {
            let memory = fresh[level].as_ref().expect("allocated for each node that is split");
            // SAFETY: a node's worth of zeroed memory.
            unsafe { Node::<K, V>::new(base, memory.unit()) }
        };
        let right = node(0);
        // SAFETY: the new leaf is ours alone.
        let built = unsafe { build_entry(right, CAPACITY - 1, writer, key, value) }?;

        // Keys that come one after the other leave full leaves behind; others, two halves.
        let stay = if last { CAPACITY } else { HALF + 1 };
        let first_right = if last { right.key(CAPACITY - 1) } else { leaf.key(stay) };
        // SAFETY: a key of the leaf, or the one just built; neither changes meanwhile.
        let separator = DeepCopy(unsafe { first_right.as_ref() });
        // SAFETY: the cursor came through all levels of this map.
        let spot = unsafe { spot(cursor, &fresh, base, 1, height) };
        // SAFETY: a place that no count includes.
        let (separator_memory, separator) = unsafe { build(spot.0.key(spot.1), writer, separator) }?;

        // Nothing fails from here on.
        built.keep();
        separator.keep();
        separator_memory.disarm();
        // SAFETY: the key was just built there.
        unsafe { spot.0.refresh_prefix(spot.1) };
        // SAFETY: both leaves are ours; the entry is in the last slot of the right one.
        let at = unsafe { split_leaf(leaf, right, stay, index) };
        // SAFETY: the separator is in its spot, and the right leaf is whole.
        unsafe { self.link(cursor, fresh) };
        self.set_len(self.len + 1);
        Ok(at)
    }

    /// Allocates a node beside each one that a full leaf makes split, and a root if all of them do.
    fn allocate_for_split(&self, cursor: &Cursor<K, V>) -> Result<Fresh<'r>> {
        let (writer, height) = (self.writer(), self.height as usize);
        let mut fresh = Fresh::default();
        if height == MAX_HEIGHT {
            // Somebody made up a tree so high. That its root needn't be split isn't worth finding out.
            let len = u64::from(self.len);
            return Err(ErrorKind::TooLong { len: len + 1, max: len }.into());
        }
        fresh[0] = Some(allocate(writer, u64::from(Node::<K, V>::leaf_units()), Node::<K, V>::ALIGN)?);
        for (level, fresh) in fresh.iter_mut().enumerate().skip(1) {
            if level <= height {
                // SAFETY: the cursor came through all levels of this map.
                let (unit, _) = unsafe { cursor.path.step(level) };
                // SAFETY: B1.
                if unsafe { Node::<K, V>::new(self.base(), unit) }.count() < CAPACITY {
                    break;
                }
            }
            *fresh = Some(allocate(writer, u64::from(Node::<K, V>::inner_units()), Node::<K, V>::ALIGN)?);
            if level > height {
                break;
            }
        }
        Ok(fresh)
    }

    /// Hangs the new nodes into the tree, from the leaf up.
    ///
    /// # Safety
    ///
    /// The leaf was split, the new one lies in `fresh[0]`, and its separator in its spot.
    unsafe fn link(&mut self, cursor: &Cursor<K, V>, fresh: Fresh<'_>) {
        let (base, height) = (self.base(), self.height as usize);
        let mut right = 0;
        for level in 0..=height + 1 {
            let new = fresh[level].as_ref().map(Allocation::unit);
            if level == 0 {
                right = new.expect("there is a new leaf");
                continue;
            }
            if level > height {
                let root = new.expect("the root was split");
                // SAFETY: a node's worth of memory, ours alone, with the separator at index 0.
                let node = unsafe { Node::<K, V>::new(base, root) };
                // SAFETY: as above.
                unsafe { node.set_level(level) };
                // SAFETY: as above.
                unsafe { node.set_child(0, self.root) };
                // SAFETY: as above.
                unsafe { node.set_child(1, right) };
                // SAFETY: B2: one key, two children.
                unsafe { node.set_count(1) };
                self.set_root(root, level);
                break;
            }
            // SAFETY: the cursor came through all levels of this map.
            let (unit, index) = unsafe { cursor.path.step(level) };
            // SAFETY: B1.
            let node = unsafe { Node::<K, V>::new(base, unit) };
            let Some(new) = new else {
                // SAFETY: the node has room, and the separator is behind its last key.
                unsafe { adopt_child(node, index, right) };
                break;
            };
            // SAFETY: a node's worth of memory, ours alone.
            let beside = unsafe { Node::<K, V>::new(base, new) };
            // SAFETY: the cursor came through all levels of this map.
            let spot = unsafe { spot(cursor, &fresh, base, level + 1, height) };
            // SAFETY: the node is full, and the separator in the last slot of the new one.
            unsafe { split_inner(node, beside, index, right, level, spot) };
            right = new;
        }
        fresh.into_iter().flatten().for_each(|memory| {
            memory.keep();
        });
    }
}

/// Where the separator that goes up to `level` waits: behind the last key of the node there, or in the last slot of the new node beside it; in a new root, at the first.
///
/// # Safety
///
/// The cursor came through all `height` levels of a live tree.
unsafe fn spot<K: Relocatable, V: Relocatable>(
    cursor: &Cursor<K, V>,
    fresh: &Fresh<'_>,
    base: Base,
    level: usize,
    height: usize,
) -> (Node<K, V>, usize) {
    if let Some(memory) = &fresh[level] {
        // SAFETY: a node's worth of zeroed memory.
        let node = unsafe { Node::new(base, memory.unit()) };
        return (node, if level > height { 0 } else { CAPACITY - 1 });
    }
    // SAFETY: the caller's contract.
    let (unit, _) = unsafe { cursor.path.step(level) };
    // SAFETY: B1.
    let node = unsafe { Node::<K, V>::new(base, unit) };
    (node, node.count())
}

/// Whether the cursor is at the end of the whole tree.
///
/// # Safety
///
/// It came through all `height` levels of a live tree, and is at the end of its leaf.
unsafe fn is_last<K, V>(cursor: &Cursor<K, V>, base: Base, height: usize) -> bool {
    (1..=height).all(|level| {
        // SAFETY: the caller's contract.
        let (unit, index) = unsafe { cursor.path.step(level) };
        // SAFETY: B1.
        index == unsafe { Node::<K, V>::new(base, unit) }.count()
    })
}

/// Counts an entry that lies behind the last of `count`, and moves it to `index`.
///
/// # Safety
///
/// The leaf is the caller's to change, and a whole entry lies there.
#[inline(always)]
unsafe fn adopt_entry<K: Relocatable, V: Relocatable>(leaf: Node<K, V>, index: usize, count: usize) {
    // SAFETY: the caller's contract.
    unsafe { leaf.refresh_prefix(count) };
    if index < count {
        // SAFETY: the caller's contract.
        unsafe { leaf.rotate_entry_down(count, index) };
    }
    // SAFETY: B2: one more entry.
    unsafe { leaf.set_count(count + 1) };
}

/// Moves the entries behind the first `stay` of a full leaf to an empty one, and the entry that waits in the last slot of that to `index`, counted from the
/// beginning of the full one. Returns where it is then.
///
/// # Safety
///
/// Both are the caller's to change.
unsafe fn split_leaf<K: Relocatable, V: Relocatable>(
    left: Node<K, V>,
    right: Node<K, V>,
    stay: usize,
    index: usize,
) -> (Node<K, V>, usize) {
    let moved = CAPACITY - stay;
    // SAFETY: the caller's contract. At most half of the entries are moved, so the last slot isn't overwritten.
    unsafe { left.move_entries(stay, right, 0, moved) };
    // SAFETY: they have been moved.
    unsafe { left.zero_entries(stay, moved) };
    // SAFETY: a whole entry waits there.
    unsafe { right.refresh_prefix(CAPACITY - 1) };
    // Keys between the two halves go left, so that the separator stays the first key of the right one.
    let (leaf, at, counts) = if index <= stay && moved > 0 {
        (left, index, (stay + 1, moved))
    } else {
        (right, index - stay, (stay, moved + 1))
    };
    let others = if leaf == left { stay } else { moved };
    // SAFETY: there is room for one more behind the others. (In the right leaf that may be where it waits already.)
    unsafe { right.move_entries(CAPACITY - 1, leaf, others, 1) };
    if leaf == left || others < CAPACITY - 1 {
        // SAFETY: it has been moved.
        unsafe { right.zero_entries(CAPACITY - 1, 1) };
    }
    // SAFETY: the entry is behind the others.
    unsafe { leaf.rotate_entry_down(others, at) };
    // SAFETY: B2.
    unsafe { left.set_count(counts.0) };
    // SAFETY: B2.
    unsafe { right.set_count(counts.1) };
    (leaf, at)
}

/// Counts a key that lies behind the last one of an inner node, with the child behind it, and moves them to `index`.
///
/// # Safety
///
/// The node is the caller's to change and has room.
unsafe fn adopt_child<K: Relocatable, V: Relocatable>(node: Node<K, V>, index: usize, child: u32) {
    let count = node.count();
    // SAFETY: the caller's contract: a key lies behind the last one.
    unsafe { node.rotate_key_down(count, index) };
    // SAFETY: room for one more.
    unsafe { node.move_children(index + 1, node, index + 2, count - index) };
    // SAFETY: as above.
    unsafe { node.set_child(index + 1, child) };
    // SAFETY: B2: one more key, one more child.
    unsafe { node.set_count(count + 1) };
}

/// Moves the upper half of a full inner node to an empty one beside it, adds the key that waits in the last slot of that, with the child behind it, at `index`, and moves the key
/// in the middle to `spot`.
///
/// # Safety
///
/// Both nodes are the caller's to change, and the spot holds no key.
unsafe fn split_inner<K: Relocatable, V: Relocatable>(
    left: Node<K, V>,
    right: Node<K, V>,
    index: usize,
    child: u32,
    level: usize,
    spot: (Node<K, V>, usize),
) {
    let wait = CAPACITY - 1;
    // As in leaves: a node at the end stays full but for one.
    let stay = if index == CAPACITY { CAPACITY - 1 } else { HALF };
    // SAFETY: the new node is the caller's.
    unsafe { right.set_level(level) };
    if index == stay {
        // The waiting key is the one in the middle; its child is the first on the right.
        let moved = CAPACITY - stay;
        // SAFETY: the caller's contract; what waits is moved before it could be overwritten.
        unsafe { right.move_keys(wait, spot.0, spot.1, 1) };
        // SAFETY: it has been moved.
        unsafe { right.zero_keys(wait, 1) };
        // SAFETY: within both.
        unsafe { left.move_keys(stay, right, 0, moved) };
        // SAFETY: they have been moved.
        unsafe { left.zero_keys(stay, moved) };
        // SAFETY: within both.
        unsafe { left.move_children(stay + 1, right, 1, moved) };
        // SAFETY: they have been moved.
        unsafe { left.zero_children(stay + 1, moved) };
        // SAFETY: inside the node.
        unsafe { right.set_child(0, child) };
        // SAFETY: B2.
        unsafe { left.set_count(stay) };
        // SAFETY: B2.
        unsafe { right.set_count(moved) };
        return;
    }
    // The key in the middle goes up; what waits goes left or right of it.
    let middle = if index < stay { stay - 1 } else { stay };
    let moved = CAPACITY - middle - 1;
    // SAFETY: the spot is another node's.
    unsafe { left.move_keys(middle, spot.0, spot.1, 1) };
    // SAFETY: within both; fewer than reach the last slot.
    unsafe { left.move_keys(middle + 1, right, 0, moved) };
    // SAFETY: they have been moved.
    unsafe { left.zero_keys(middle, moved + 1) };
    // SAFETY: within both.
    unsafe { left.move_children(middle + 1, right, 0, moved + 1) };
    // SAFETY: they have been moved.
    unsafe { left.zero_children(middle + 1, moved + 1) };
    // SAFETY: B2: `middle` keys and a child more stay.
    unsafe { left.set_count(middle) };
    // SAFETY: B2.
    unsafe { right.set_count(moved) };
    let (node, at) = if index < stay { (left, index) } else { (right, index - middle - 1) };
    // SAFETY: there is room behind the last key of either.
    unsafe { right.move_keys(wait, node, node.count(), 1) };
    // SAFETY: it has been moved, and both halves end before the last slot.
    unsafe { right.zero_keys(wait, 1) };
    // SAFETY: the key lies behind the last one.
    unsafe { adopt_child(node, at, child) };
}
