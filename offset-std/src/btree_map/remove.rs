//! Removing an entry.
//!
//! Nothing here fails or runs user code, nor needs memory. The entry is moved behind the last one of its leaf, where no count includes it, and stays there for as long as
//! whoever removed it looks at it. If the leaf is small then, what is left in it moves into a neighbour that has room; the leaf, if it isn't needed any more, is freed once the removed entry is gone.

use std::ptr::NonNull;

use offset_core::raw::{move_value, popped, release};
use offset_core::{DeepCopy, Place, Popped, Relocatable};

use super::cursor::Cursor;
use super::edit::BTreeMapMut;
use super::node::{CAPACITY, Node, free_node};

/// A node with fewer entries, or keys, is merged with a neighbour if that has room.
const SMALL: usize = CAPACITY / 3;

/// An entry that no count includes any more.
pub(super) struct Removed<K, V> {
    key: NonNull<K>,
    value: NonNull<V>,
    /// The leaf that it lies in, if that isn't in the tree any more, with its unit.
    leaf: Option<(Node<K, V>, u32)>,
}

/// Why a child goes.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    /// Nothing was left in it.
    Empty,
    /// What was left in it went to a neighbour.
    Merged,
    /// The same, with the separator between the two.
    MergedWithSeparator,
}

impl<'r, K: Relocatable, V: Relocatable> BTreeMapMut<'r, K, V> {
    /// Takes an entry out of the tree.
    ///
    /// # Safety
    ///
    /// `cursor` was made by a search of this map, which hasn't been edited since, and an entry is there.
    pub(super) unsafe fn remove_at(&mut self, cursor: &Cursor<K, V>) -> Removed<K, V> {
        let leaf = cursor.leaf;
        let last = leaf.count() - 1;
        // SAFETY: the leaf is ours, and the entry one of those.
        unsafe { leaf.rotate_entry_up(cursor.index, last) };
        // SAFETY: ours, and beyond the count in a moment.
        unsafe { leaf.zero_prefix(last) };
        // SAFETY: B2, once the leaf is gone should that be zero.
        unsafe { leaf.set_count(last) };
        self.set_len(self.len - 1);
        if cursor.index == 0 && last > 0 {
            // SAFETY: the caller's contract; the leaf has an entry.
            unsafe { self.renew_separator(cursor, leaf.key(0)) };
        }
        // SAFETY: the caller's contract.
        let gone = last < SMALL && unsafe { self.shrink(cursor, last) };
        Removed { key: leaf.key(last), value: leaf.value(last), leaf: gone.then_some((leaf, cursor.unit)) }
    }

    /// Removes an entry and gives its value; the key is released.
    ///
    /// # Safety
    ///
    /// As for [`remove_at`](BTreeMapMut::remove_at).
    pub(super) unsafe fn pop_value<'a>(&mut self, cursor: &Cursor<K, V>) -> Popped<'a, V>
    where
        'r: 'a,
    {
        // SAFETY: the caller's contract.
        let Removed { key, value, leaf } = unsafe { self.remove_at(cursor) };
        // SAFETY: a valid key that nobody counts any more.
        unsafe { release(key, self.writer()) };
        // SAFETY: it is gone.
        unsafe { key.write_bytes(0, 1) };
        let tail = leaf.map_or((0, 0), |(_, unit)| (unit, Node::<K, V>::leaf_units()));
        // SAFETY: a valid value that nobody counts any more; if the leaf is gone, it holds nothing else. The caller keeps the map borrowed.
        unsafe { popped(value, self.writer(), tail) }
    }

    /// Removes an entry and gives both its parts.
    ///
    /// # Safety
    ///
    /// As for [`remove_at`](BTreeMapMut::remove_at).
    pub(super) unsafe fn pop_entry<'a>(&mut self, cursor: &Cursor<K, V>) -> (Popped<'a, K>, Popped<'a, V>)
    where
        'r: 'a,
    {
        // SAFETY: the caller's contract.
        let Removed { mut key, mut value, leaf } = unsafe { self.remove_at(cursor) };
        let mut tails = [(0, 0); 2];
        if let Some((leaf, unit)) = leaf {
            // Each part frees its share of the leaf: the key lies in the first slot then, and the value in the last.
            let index = CAPACITY - 1;
            // SAFETY: the leaf holds nothing but the entry.
            unsafe { key.cast::<u8>().copy_to(leaf.key(0).cast(), size_of::<K>()) };
            // SAFETY: as above.
            unsafe { value.cast::<u8>().copy_to(leaf.value(index).cast(), size_of::<V>()) };
            (key, value) = (leaf.key(0), leaf.value(index));
            // SAFETY: inside the leaf, or at its end.
            let end_of_key = unsafe { key.add(1) }.as_ptr().addr() - leaf.at().as_ptr().addr();
            let units = end_of_key.div_ceil(offset_core::UNIT_BYTES) as u32;
            tails = [(unit, units), (unit + units, Node::<K, V>::leaf_units() - units)];
        }
        // SAFETY: a valid key that nobody counts any more, alone in its share. The caller keeps the map borrowed.
        let key = unsafe { popped(key, self.writer(), tails[0]) };
        // SAFETY: a valid value that nobody counts any more, alone in its share, which begins behind the keys' first slot.
        (key, unsafe { popped(value, self.writer(), tails[1]) })
    }

    /// Merges the leaf of the cursor, with `count` entries left, into a neighbour with room, and so on upwards. Returns whether the leaf is out of the tree; its memory
    /// is left to the caller.
    ///
    /// # Safety
    ///
    /// As for [`remove_at`](BTreeMapMut::remove_at).
    #[inline(never)]
    unsafe fn shrink(&mut self, cursor: &Cursor<K, V>, count: usize) -> bool {
        let (base, leaf) = (self.base(), cursor.leaf);
        if self.height == 0 {
            if count == 0 {
                self.set_root(0, 0);
            }
            return count == 0;
        }
        // SAFETY: the cursor came through all levels of this map.
        let (parent, index) = unsafe { cursor.path.step(1) };
        // SAFETY: B1.
        let parent = unsafe { Node::<K, V>::new(base, parent) };
        let neighbour = |index: usize| {
            // SAFETY: callers stay within the parent's count.
            let unit = unsafe { parent.child(index) };
            // SAFETY: B1.
            unsafe { Node::<K, V>::new(base, unit) }
        };
        let separator = if count == 0 {
            index.saturating_sub(1)
        } else if index > 0 && neighbour(index - 1).count() + count <= CAPACITY {
            let left = neighbour(index - 1);
            let others = left.count();
            // SAFETY: both are ours, and there is room.
            unsafe { leaf.move_entries(0, left, others, count) };
            // SAFETY: B2.
            unsafe { left.set_count(others + count) };
            index - 1
        } else if index < parent.count() && neighbour(index + 1).count() + count <= CAPACITY {
            let right = neighbour(index + 1);
            let others = right.count();
            // SAFETY: there is room.
            unsafe { right.move_entries(0, right, count, others) };
            // SAFETY: both are ours.
            unsafe { leaf.move_entries(0, right, 0, count) };
            // SAFETY: B2.
            unsafe { right.set_count(others + count) };
            index
        } else {
            return false;
        };
        // SAFETY: the leaf's entries are in a neighbour, or there are none.
        unsafe { self.remove_child(cursor, separator, if count == 0 { Fate::Empty } else { Fate::Merged }) };
        true
    }

    /// Takes the leaf that the cursor went to out of the node above, with a separator beside it; merges or frees the node if that makes it small, and so on upwards.
    ///
    /// # Safety
    ///
    /// As for [`remove_at`](BTreeMapMut::remove_at); what is below the child has gone elsewhere.
    unsafe fn remove_child(&mut self, cursor: &Cursor<K, V>, separator: usize, fate: Fate) {
        let (base, writer) = (self.base(), self.writer());
        let (mut level, mut separator, mut fate) = (1, separator, fate);
        loop {
            // SAFETY: the cursor came through all levels of this map.
            let (unit, index) = unsafe { cursor.path.step(level) };
            // SAFETY: B1.
            let node = unsafe { Node::<K, V>::new(base, unit) };
            let count = node.count();
            if count == 0 {
                // That was the only child.
                // SAFETY: nothing is below it any more.
                unsafe { free_node::<K, V>(writer, unit, level) };
                if level == self.height as usize {
                    return self.set_root(0, 0);
                }
                level += 1;
                // SAFETY: as above.
                separator = unsafe { cursor.path.step(level) }.1.saturating_sub(1);
                fate = Fate::Empty;
                continue;
            }
            // A separator further up may be a copy of a key that was in the first child: the one before the next child takes its place.
            let first = fate == Fate::Empty && index == 0;
            // SAFETY: the cursor came through all levels of this map.
            let outer = if first { unsafe { self.separator_before(cursor, level + 1) } } else { None };
            if let Some((above, at)) = outer {
                // SAFETY: a valid key that nobody looks at any more.
                unsafe { release(above.key(at), writer) };
                // SAFETY: both are ours; the key is taken out of this node below.
                unsafe { node.move_keys(separator, above, at, 1) };
            } else if fate != Fate::MergedWithSeparator {
                // SAFETY: a valid key that nobody looks at any more.
                unsafe { release(node.key(separator), writer) };
            }
            // SAFETY: within the node.
            unsafe { node.move_keys(separator + 1, node, separator, count - separator - 1) };
            // SAFETY: the last one has been moved.
            unsafe { node.zero_keys(count - 1, 1) };
            // SAFETY: within the node.
            unsafe { node.move_children(index + 1, node, index, count - index) };
            // SAFETY: the last one has been moved.
            unsafe { node.zero_children(count, 1) };
            // SAFETY: B2: one key and one child less.
            unsafe { node.set_count(count - 1) };
            if level == self.height as usize {
                return self.lower_root();
            }
            if count > SMALL {
                return;
            }
            // SAFETY: the cursor came through all levels of this map, and there is one above.
            let Some(merged) = (unsafe { self.merge_inner(cursor, level, node) }) else { return };
            // SAFETY: its keys and children are in a neighbour.
            unsafe { free_node::<K, V>(writer, unit, level) };
            (level, separator, fate) = (level + 1, merged, Fate::MergedWithSeparator);
        }
    }

    /// The separator before everything that the cursor went to below `level`, if there is one: the node that has it, and which key it is.
    ///
    /// # Safety
    ///
    /// The cursor came through all levels of this map.
    unsafe fn separator_before(&self, cursor: &Cursor<K, V>, level: usize) -> Option<(Node<K, V>, usize)> {
        (level..=self.height as usize).find_map(|level| {
            // SAFETY: the caller's contract.
            let (unit, index) = unsafe { cursor.path.step(level) };
            // SAFETY: B1.
            let node = unsafe { Node::<K, V>::new(self.base(), unit) };
            index.checked_sub(1).map(|before| (node, before))
        })
    }

    /// Replaces the separator before the cursor's leaf, which may be a copy of a key that was removed, by one of the key that is the first now, so that nothing of the removed one
    /// stays. (Where there is no memory for that, it does: it separates as well.)
    ///
    /// # Safety
    ///
    /// The cursor came through all levels of this map, and a valid key of its leaf lies at `first`.
    #[inline(never)]
    unsafe fn renew_separator(&mut self, cursor: &Cursor<K, V>, first: NonNull<K>) {
        // SAFETY: the caller's contract.
        if let Some((node, index)) = unsafe { self.separator_before(cursor, 1) } {
            // SAFETY: B2: a key of an inner node and one of a leaf.
            unsafe { self.copy_key(first, node, index) };
        }
    }

    /// Replaces a key of an inner node by a copy of another key, if there is memory for it.
    ///
    /// # Safety
    ///
    /// Both are valid keys of this map.
    pub(super) unsafe fn copy_key(&self, from: NonNull<K>, node: Node<K, V>, index: usize) {
        if K::FACTS.plain {
            // SAFETY: a plain key, and room for one.
            return unsafe { move_value(from, node.key(index)) };
        }
        // SAFETY: a valid key that nobody else looks at.
        let mut separator = unsafe { Place::new(node.key(index), self.writer()) };
        // SAFETY: a valid key, which isn't edited.
        let done = separator.try_set(DeepCopy(unsafe { from.as_ref() }));
        if done.is_ok() {
            // SAFETY: just written.
            unsafe { node.refresh_prefix(index) };
        }
    }

    /// Moves the keys and children of a node into a neighbour, with the separator between the two, if that has room. Returns which separator of the node above that was; it is
    /// left for the caller to take out.
    ///
    /// # Safety
    ///
    /// The cursor came to the node at `level`, which isn't the root's.
    unsafe fn merge_inner(&mut self, cursor: &Cursor<K, V>, level: usize, node: Node<K, V>) -> Option<usize> {
        let base = self.base();
        // SAFETY: the caller's contract.
        let (parent, index) = unsafe { cursor.path.step(level + 1) };
        // SAFETY: B1.
        let parent = unsafe { Node::<K, V>::new(base, parent) };
        let neighbour = |index: usize| {
            // SAFETY: callers stay within the parent's count.
            let unit = unsafe { parent.child(index) };
            // SAFETY: B1.
            unsafe { Node::<K, V>::new(base, unit) }
        };
        let count = node.count();
        if index > 0 && neighbour(index - 1).count() + count < CAPACITY {
            let left = neighbour(index - 1);
            let others = left.count();
            // SAFETY: there is room for the separator and the keys.
            unsafe { parent.move_keys(index - 1, left, others, 1) };
            // SAFETY: as above.
            unsafe { node.move_keys(0, left, others + 1, count) };
            // SAFETY: there is one child more than keys in each.
            unsafe { node.move_children(0, left, others + 1, count + 1) };
            // SAFETY: B2.
            unsafe { left.set_count(others + 1 + count) };
            return Some(index - 1);
        }
        if index < parent.count() && neighbour(index + 1).count() + count < CAPACITY {
            let right = neighbour(index + 1);
            let others = right.count();
            // SAFETY: there is room for the separator and the keys.
            unsafe { right.move_keys(0, right, count + 1, others) };
            // SAFETY: there is one child more than keys in each.
            unsafe { right.move_children(0, right, count + 1, others + 1) };
            // SAFETY: room was made.
            unsafe { parent.move_keys(index, right, count, 1) };
            // SAFETY: as above.
            unsafe { node.move_keys(0, right, 0, count) };
            // SAFETY: as above.
            unsafe { node.move_children(0, right, 0, count + 1) };
            // SAFETY: B2.
            unsafe { right.set_count(others + 1 + count) };
            return Some(index);
        }
        None
    }

    /// Takes roots with a single child away.
    pub(super) fn lower_root(&mut self) {
        while self.height > 0 {
            let (unit, level) = (self.root, self.height as usize);
            // SAFETY: B1.
            let root = unsafe { Node::<K, V>::new(self.base(), unit) };
            if root.count() > 0 {
                return;
            }
            // SAFETY: B2: there is one child.
            let child = unsafe { root.child(0) };
            self.set_root(child, level - 1);
            // SAFETY: nobody refers to it any more.
            unsafe { free_node::<K, V>(self.writer(), unit, level) };
        }
    }
}
