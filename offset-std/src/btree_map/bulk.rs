//! What moves many entries: `append`, `split_off`, `retain`. As everywhere, user code decides first, and entries are moved once it has.

use std::cmp::Ordering;
use std::ptr::NonNull;

use offset_core::raw::{Allocation, Writer, ZeroOnDrop, allocate, move_value, own, release, same_region, slot};
use offset_core::{DeepCopy, Emplace, Empty, ErrorKind, Own, Place, Relocatable, Result};

use super::BTreeMap;
use super::cursor::Cursor;
use super::edit::BTreeMapMut;
use super::key::Comparable;
use super::node::{CAPACITY, MAX_HEIGHT, Node, free_node};

/// Where an entry lies.
type At<K, V> = (NonNull<K>, NonNull<V>);

impl<'r, K: Relocatable, V: Relocatable> BTreeMapMut<'r, K, V> {
    /// Moves all entries of `other` into this map, where they take the place of those with the same keys. O(n + m): both trees become one with full nodes. Between
    /// regions the entries are copied with all that they own.
    ///
    /// # Panics
    ///
    /// Where [`try_append`](BTreeMapMut::try_append) returns an error, with its text. If a comparison panics, both maps are as they were.
    ///
    /// ```
    /// # use offset_std::{BTreeMap, Image, String};
    /// let mut one = Image::<BTreeMap<u64, String>>::new([(1, "a"), (2, "b")])?;
    /// let mut two = Image::<BTreeMap<u64, String>>::new([(2, "B"), (3, "C")])?;
    /// one.edit().append(&mut two.edit());
    /// assert!(one.values().eq(&["a", "B", "C"]));
    /// assert!(two.is_empty());
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[track_caller]
    pub fn append(&mut self, other: &mut BTreeMapMut<'_, K, V>)
    where
        K: Ord,
    {
        self.try_append(other).unwrap_or_else(|error| error.raise());
    }

    /// Moves all entries of `other` into this map, where they take the place of those with the same keys, or leaves both as they are.
    ///
    /// # Errors
    ///
    /// No space, or too many entries.
    pub fn try_append(&mut self, other: &mut BTreeMapMut<'_, K, V>) -> Result<()>
    where
        K: Ord,
    {
        if other.is_empty() {
            return Ok(());
        }
        if !same_region(self.writer(), other.writer()) {
            let mut copy = own::<BTreeMap<K, V>, _>(self.writer(), DeepCopy(other.as_map()))?;
            self.try_append(&mut copy.edit())?;
            other.clear();
            return Ok(());
        }
        if self.is_empty() {
            return self.try_swap_with(other);
        }
        let merged = merge(self, other);
        if merged.kept.len() > u32::MAX as usize {
            return Err(ErrorKind::TooLong { len: merged.kept.len() as u64, max: u64::from(u32::MAX) }.into());
        }
        let nodes = Nodes::build(self.writer(), &merged.kept)?;

        // Nothing fails from here on.
        for (key, value) in merged.replaced {
            // SAFETY: an entry that nobody looks at, and that isn't moved.
            unsafe { release(key, self.writer()) };
            // SAFETY: as above.
            unsafe { release(value, self.writer()) };
        }
        let (root, height) = nodes.fill(&merged.kept);
        self.free_nodes();
        other.free_nodes();
        self.set_root(root, height);
        self.set_len(merged.kept.len() as u32);
        Ok(())
    }

    /// Frees all nodes, whose entries have been moved or released, and leaves no entries.
    fn free_nodes(&mut self) {
        fn free_below<K: Relocatable, V: Relocatable>(map: &BTreeMapMut<'_, K, V>, unit: u32, level: usize) {
            // SAFETY: B1. The depth is that of the tree (B3).
            let node = unsafe { Node::<K, V>::new(map.base(), unit) };
            if level > 0 {
                for index in 0..=node.count() {
                    // SAFETY: B2.
                    free_below(map, unsafe { node.child(index) }, level - 1);
                }
                for index in 0..node.count() {
                    // SAFETY: B2: a separator, which is the node's own.
                    unsafe { release(node.key(index), map.writer()) };
                }
            }
            // SAFETY: nobody refers to it any more.
            unsafe { free_node::<K, V>(map.writer(), unit, level) };
        }
        if !self.is_empty() {
            free_below(self, self.root, self.height as usize);
        }
        self.set_root(0, 0);
        self.set_len(0);
    }

    /// Splits the map in two: the entries from `key` on go to a map of their own, which is returned. O(n), but only nodes are looked at, not entries.
    ///
    /// # Panics
    ///
    /// Where [`try_split_off`](BTreeMapMut::try_split_off) returns an error, with its text.
    ///
    /// ```
    /// # use offset_std::{BTreeMap, Image};
    /// let mut image = Image::<BTreeMap<u64, char>>::new([(1, 'a'), (2, 'b'), (3, 'c')])?;
    /// let mut map = image.edit();
    /// let rest = map.split_off(&2); // an `Own`: it may be emplaced elsewhere, or edited
    /// assert!(map.keys().eq(&[1]));
    /// assert!(rest.keys().eq(&[2, 3]));
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[track_caller]
    pub fn split_off<Q: Comparable<K> + ?Sized>(&mut self, key: &Q) -> Own<'r, BTreeMap<K, V>> {
        self.try_split_off(key).unwrap_or_else(|error| error.raise())
    }

    /// Splits the map in two, or leaves it as it is.
    ///
    /// # Errors
    ///
    /// No space for the nodes on both sides of the split.
    pub fn try_split_off<Q: Comparable<K> + ?Sized>(&mut self, key: &Q) -> Result<Own<'r, BTreeMap<K, V>>> {
        let mut rest = own::<BTreeMap<K, V>, _>(self.writer(), Empty)?;
        self.split_into(key, &mut rest.edit())?;
        Ok(rest)
    }

    /// Moves the entries from `key` on to `rest`, an empty map in the same region, or leaves both as they are.
    pub(crate) fn split_into<Q: Comparable<K> + ?Sized>(
        &mut self,
        key: &Q,
        rest: &mut BTreeMapMut<'_, K, V>,
    ) -> Result<()> {
        let Some((cursor, _)) = self.find(key) else { return Ok(()) };
        let height = self.height as usize;
        let mut nodes = [const { None }; MAX_HEIGHT + 1];
        for (level, node) in nodes.iter_mut().enumerate().take(height + 1) {
            let units = if level == 0 { Node::<K, V>::leaf_units() } else { Node::<K, V>::inner_units() };
            *node = Some(allocate(self.writer(), u64::from(units), Node::<K, V>::ALIGN)?);
        }

        // Nothing fails from here on.
        let units = nodes.map(|node| node.map_or(0, Allocation::keep));
        // SAFETY: the cursor is at a place of this map, and there is a node for each level.
        unsafe { self.split_along(&cursor, &units) };
        rest.set_root(units[height], height);
        // Nodes without entries go, on either side.
        self.prune(&mut |_| false);
        rest.prune(&mut |_| false);
        Ok(())
    }

    /// Moves what lies from the cursor on to new nodes, one a level. Both sides may have empty leaves then, to be pruned.
    ///
    /// # Safety
    ///
    /// The cursor is at a place of this map. At the first `height + 1` units lie zeroed nodes of ours.
    unsafe fn split_along(&mut self, cursor: &Cursor<K, V>, units: &[u32; MAX_HEIGHT + 1]) {
        let (leaf, index) = (cursor.leaf, cursor.index);
        let moved = leaf.count() - index;
        // SAFETY: a node's worth of memory.
        let right = unsafe { Node::<K, V>::new(self.base(), units[0]) };
        // SAFETY: both are ours.
        unsafe { leaf.move_entries(index, right, 0, moved) };
        // SAFETY: they have been moved.
        unsafe { leaf.zero_entries(index, moved) };
        // SAFETY: B2, once an empty leaf is gone.
        unsafe { leaf.set_count(index) };
        // SAFETY: as above.
        unsafe { right.set_count(moved) };
        for level in 1..=self.height as usize {
            // SAFETY: the cursor came through all levels of this map.
            let (unit, index) = unsafe { cursor.path.step(level) };
            // SAFETY: B1.
            let left = unsafe { Node::<K, V>::new(self.base(), unit) };
            // SAFETY: a node's worth of memory.
            let right = unsafe { Node::<K, V>::new(self.base(), units[level]) };
            let moved = left.count() - index;
            // The separator behind the child that was split now lies between its right half and the next child.
            // SAFETY: both are ours.
            unsafe { left.move_keys(index, right, 0, moved) };
            // SAFETY: they have been moved.
            unsafe { left.zero_keys(index, moved) };
            // SAFETY: both are ours.
            unsafe { left.move_children(index + 1, right, 1, moved) };
            // SAFETY: they have been moved.
            unsafe { left.zero_children(index + 1, moved) };
            // SAFETY: the half below.
            unsafe { right.set_child(0, units[level - 1]) };
            // SAFETY: ours.
            unsafe { right.set_level(level) };
            // SAFETY: B2.
            unsafe { left.set_count(index) };
            // SAFETY: B2.
            unsafe { right.set_count(moved) };
        }
    }

    /// Keeps the entries for which `keep` returns true, and releases the others. O(n). It is shown them in order, and asked about all before any goes.
    ///
    /// # Panics
    ///
    /// If `keep` panics; all entries are there then.
    ///
    /// ```
    /// # use offset_std::{BTreeMap, Image};
    /// let mut image = Image::<BTreeMap<u64, u64>>::new([(1, 10), (2, 20), (3, 30)])?;
    /// image.edit().retain(|key, value| {
    ///     **value += 1;
    ///     key % 2 == 1
    /// });
    /// assert!(image.iter().eq([(&1, &11), (&3, &31)]));
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn retain<F: FnMut(&K, &mut Place<'_, V>) -> bool>(&mut self, mut keep: F) {
        let mut decisions = Vec::new();
        // SAFETY: only values are edited meanwhile.
        let mut entries = unsafe { self.all() };
        while let Some((key, value)) = entries.next() {
            // SAFETY: B2: a value that is ours alone, and shown for this call only.
            let mut value = unsafe { Place::new(value, self.writer()) };
            // SAFETY: B2: nobody edits keys.
            decisions.push(keep(unsafe { key.as_ref() }, &mut value));
        }
        let writer = self.writer();
        let mut decisions = decisions.into_iter();
        self.prune(&mut |leaf| {
            let (mut kept, mut first_went) = (0, false);
            let count = leaf.count();
            for index in 0..count {
                if decisions.next() == Some(true) {
                    if kept < index {
                        // SAFETY: both within the leaf; what was there has been moved or released.
                        unsafe { leaf.move_entries(index, leaf, kept, 1) };
                    }
                    kept += 1;
                } else {
                    first_went |= index == 0;
                    // SAFETY: a valid entry, which nobody looks at any more.
                    unsafe { release(leaf.key(index), writer) };
                    // SAFETY: as above.
                    unsafe { release(leaf.value(index), writer) };
                }
            }
            // SAFETY: moved or released.
            unsafe { leaf.zero_entries(kept, count - kept) };
            // SAFETY: B2, once an empty leaf is gone.
            unsafe { leaf.set_count(kept) };
            first_went
        });
    }

    /// Lets `thin` take entries out of each leaf, in order, and say whether the first went; then frees leaves that are empty, merges those that fit with the one before, frees
    /// inner nodes without children, and counts the entries that are left.
    fn prune(&mut self, thin: &mut dyn FnMut(Node<K, V>) -> bool) {
        if self.is_empty() {
            return;
        }
        let mut len = 0;
        match self.prune_below(self.root, self.height as usize, thin, &mut len) {
            Pruned::Gone => self.set_root(0, 0),
            Pruned::Left { .. } => self.lower_root(),
        }
        self.set_len(len as u32);
    }

    /// Prunes the node at `unit`. The depth is that of the tree (B3).
    fn prune_below(
        &self,
        unit: u32,
        level: usize,
        thin: &mut dyn FnMut(Node<K, V>) -> bool,
        len: &mut usize,
    ) -> Pruned<K> {
        // SAFETY: B1: callers pass what the tree has, each once.
        let node = unsafe { Node::<K, V>::new(self.base(), unit) };
        if level == 0 {
            let first_went = thin(node);
            *len += node.count();
            if node.count() > 0 {
                return Pruned::Left { first: node.key(0), first_went };
            }
            // SAFETY: nothing is in it; the caller forgets it.
            unsafe { free_node::<K, V>(self.writer(), unit, 0) };
            return Pruned::Gone;
        }
        let (count, mut kept, mut whole) = (node.count(), 0, Pruned::Gone);
        for index in 0..=count {
            // SAFETY: B2.
            let child = unsafe { node.child(index) };
            let pruned = self.prune_below(child, level - 1, thin, len);
            let mut stays = matches!(pruned, Pruned::Left { .. });
            if stays && level == 1 && kept > 0 {
                // SAFETY: B2: a child that was kept.
                let before = unsafe { node.child(kept - 1) };
                // SAFETY: both are leaves of this map.
                stays = !unsafe { self.merge_leaf(before, child) };
            }
            if index > 0 {
                // SAFETY: the key before the child, and a place for one that was moved or released.
                unsafe { self.keep_separator(node, index - 1, (stays && kept > 0).then(|| kept - 1)) };
            }
            let Pruned::Left { first, first_went } = pruned else { continue };
            if !stays {
                continue;
            }
            if kept == 0 {
                whole = Pruned::Left { first, first_went: first_went || index > 0 };
            } else if first_went {
                // SAFETY: B2: the key before the child, and the first of its entries.
                unsafe { self.copy_key(first, node, kept - 1) };
            }
            // SAFETY: inside the node.
            unsafe { node.set_child(kept, child) };
            kept += 1;
        }
        let keys = kept.saturating_sub(1);
        // SAFETY: moved or released.
        unsafe { node.zero_keys(keys, count - keys) };
        // SAFETY: as above.
        unsafe { node.zero_children(kept, count + 1 - kept) };
        // SAFETY: B2, unless there are no children, and the node goes.
        unsafe { node.set_count(keys) };
        if kept == 0 {
            // SAFETY: nothing is below it; the caller forgets it.
            unsafe { free_node::<K, V>(self.writer(), unit, level) };
        }
        whole
    }

    /// Moves the key at `index` of an inner node to another place, or releases it if there is none.
    ///
    /// # Safety
    ///
    /// A valid key of a node that is ours. At another place than its own, the key has been moved or released.
    unsafe fn keep_separator(&self, node: Node<K, V>, index: usize, to: Option<usize>) {
        match to {
            // SAFETY: the caller's contract.
            Some(to) if to != index => unsafe { node.move_keys(index, node, to, 1) },
            Some(_) => {}
            // SAFETY: nobody looks at it any more.
            None => unsafe { release(node.key(index), self.writer()) },
        }
    }

    /// Moves the entries of a leaf to the one before, if they fit, and frees it. Returns whether they did.
    ///
    /// # Safety
    ///
    /// Two leaves of this map, neighbours, of which the caller forgets the second then.
    unsafe fn merge_leaf(&self, left: u32, right: u32) -> bool {
        let unit = right;
        // SAFETY: B1.
        let left = unsafe { Node::<K, V>::new(self.base(), left) };
        // SAFETY: B1.
        let right = unsafe { Node::<K, V>::new(self.base(), right) };
        let (one, other) = (left.count(), right.count());
        if one + other > CAPACITY {
            return false;
        }
        // SAFETY: there is room.
        unsafe { right.move_entries(0, left, one, other) };
        // SAFETY: B2.
        unsafe { left.set_count(one + other) };
        // SAFETY: its entries have been moved.
        unsafe { free_node::<K, V>(self.writer(), unit, 0) };
        true
    }
}

/// What is left of a node.
enum Pruned<K> {
    /// Nothing: it has been freed.
    Gone,
    /// Something, with the first key below it, which may be another than before.
    Left { first: NonNull<K>, first_went: bool },
}

/// The entries of two maps, in order.
struct Merged<K, V> {
    kept: Vec<At<K, V>>,
    /// Entries of the first map whose keys are in the second, too.
    replaced: Vec<At<K, V>>,
}

/// Compares the keys of two maps. Whatever the order says, each entry is named once.
fn merge<K: Ord, V>(one: &BTreeMap<K, V>, other: &BTreeMap<K, V>) -> Merged<K, V> {
    let mut merged = Merged { kept: Vec::new(), replaced: Vec::new() };
    // SAFETY: neither is edited while the entries are walked.
    let mut one = unsafe { one.all() };
    // SAFETY: as above.
    let mut other = unsafe { other.all() };
    let (mut next_one, mut next_other) = (one.next(), other.next());
    loop {
        let order = match (&next_one, &next_other) {
            (Some((a, _)), Some((b, _))) => {
                // SAFETY: B2: an entry of a map that nobody edits.
                let a = unsafe { a.as_ref() };
                // SAFETY: as above.
                a.cmp(unsafe { b.as_ref() })
            }
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return merged,
        };
        if order != Ordering::Greater {
            let list = if order == Ordering::Less { &mut merged.kept } else { &mut merged.replaced };
            list.extend(next_one);
            next_one = one.next();
        }
        if order != Ordering::Less {
            merged.kept.extend(next_other);
            next_other = other.next();
        }
    }
}

/// A tree for a known number of entries, without them: full leaves, and inner nodes with their separators. Freed when dropped.
struct Nodes<'w, K: Relocatable, V: Relocatable> {
    writer: &'w Writer,
    /// The units of the nodes, by level.
    levels: Vec<Vec<u32>>,
    entries: std::marker::PhantomData<(K, V)>,
}

impl<'w, K: Relocatable, V: Relocatable> Nodes<'w, K, V> {
    /// Allocates nodes for `entries`, and copies those keys that separate leaves.
    fn build(writer: &'w Writer, entries: &[At<K, V>]) -> Result<Self> {
        let mut nodes = Nodes { writer, levels: vec![Vec::new()], entries: std::marker::PhantomData };
        for _ in 0..entries.len().div_ceil(CAPACITY) {
            nodes.allocate(0)?;
        }
        // How many entries are below a full node of the level.
        let mut below = CAPACITY;
        for level in 1.. {
            let children = nodes.levels[level - 1].len();
            if children == 1 {
                break;
            }
            nodes.levels.push(Vec::new());
            for child in 0..children {
                let index = child % (CAPACITY + 1);
                let node = if index == 0 { nodes.allocate(level)? } else { nodes.last(level) };
                if index > 0 {
                    // SAFETY: an entry of a map that nobody edits meanwhile.
                    let separator = DeepCopy(unsafe { entries[child * below].0.as_ref() });
                    // SAFETY: inside the node, and zero.
                    let memory = unsafe { ZeroOnDrop::new(node.key(index - 1), 1) };
                    // SAFETY: as above.
                    separator.emplace(unsafe { slot(node.key(index - 1), writer) })?.keep();
                    memory.disarm();
                    // SAFETY: just built.
                    unsafe { node.refresh_prefix(index - 1) };
                    // SAFETY: the node is ours. (It has a child fewer than keys until the next line.)
                    unsafe { node.set_count(index) };
                }
                // SAFETY: inside the node.
                unsafe { node.set_child(index, nodes.levels[level - 1][child]) };
            }
            below *= CAPACITY + 1;
        }
        Ok(nodes)
    }

    fn allocate(&mut self, level: usize) -> Result<Node<K, V>> {
        let units = if level == 0 { Node::<K, V>::leaf_units() } else { Node::<K, V>::inner_units() };
        let memory = allocate(self.writer, u64::from(units), Node::<K, V>::ALIGN)?;
        self.levels[level].push(memory.keep());
        let node = self.last(level);
        // SAFETY: ours, and zeroed.
        unsafe { node.set_level(level) };
        Ok(node)
    }

    fn last(&self, level: usize) -> Node<K, V> {
        let unit = *self.levels[level].last().expect("a node was just allocated");
        // SAFETY: a node's worth of memory.
        unsafe { Node::new(offset_core::raw::base(self.writer), unit) }
    }

    /// Moves the entries in, and gives the unit and level of the root.
    fn fill(mut self, entries: &[At<K, V>]) -> (u32, usize) {
        let levels = std::mem::take(&mut self.levels);
        for (&unit, entries) in levels[0].iter().zip(entries.chunks(CAPACITY)) {
            // SAFETY: a node's worth of memory.
            let leaf = unsafe { Node::<K, V>::new(offset_core::raw::base(self.writer), unit) };
            for (index, (key, value)) in entries.iter().enumerate() {
                // SAFETY: an entry in this region, moved to other memory; nobody uses it there any more.
                unsafe { move_value(*key, leaf.key(index)) };
                // SAFETY: as above.
                unsafe { move_value(*value, leaf.value(index)) };
                // SAFETY: just moved there.
                unsafe { leaf.refresh_prefix(index) };
            }
            // SAFETY: B2.
            unsafe { leaf.set_count(entries.len()) };
        }
        let root = levels.last().and_then(|level| level.first());
        (*root.expect("there are entries"), levels.len() - 1)
    }
}

impl<K: Relocatable, V: Relocatable> Drop for Nodes<'_, K, V> {
    fn drop(&mut self) {
        for (level, units) in self.levels.iter().enumerate() {
            for &unit in units {
                // SAFETY: allocated above.
                let node = unsafe { Node::<K, V>::new(offset_core::raw::base(self.writer), unit) };
                for index in 0..if level > 0 { node.count() } else { 0 } {
                    // SAFETY: a separator that was built.
                    unsafe { release(node.key(index), self.writer) };
                }
                // SAFETY: nobody was given it.
                unsafe { free_node::<K, V>(self.writer, unit, level) };
            }
        }
    }
}
