//! `BTreeMapMut`: adding entries, removing them, and editing values.

use std::fmt;
use std::marker::PhantomData;
use std::mem::offset_of;
use std::ops::{Deref, RangeBounds};
use std::ptr::NonNull;

use offset_core::raw::{self, Base, Writer, base, merge_free, popped, release, swap_values};
use offset_core::{Emplace, Place, Popped, Relocatable, Result};

use super::BTreeMap;
use super::cursor::Cursor;
use super::entry::{Entry, OccupiedEntry, VacantEntry};
use super::iter::{IterMut, RangeMut, ValuesMut};
use super::key::Comparable;
use super::node::CAPACITY;
use super::search::{Aim, Path, Tree, find};

/// Edits a map. Reads as a [`BTreeMap`].
///
/// The methods have std's names and meanings. What adds takes initialisers; what removes gives a [`Popped`], which still lies in the map's memory. Every one that allocates
/// has a `try_` form that leaves the map as it was on error.
///
/// ```
/// use offset_std::{BTreeMap, Empty, Image, String};
///
/// let mut image = Image::<BTreeMap<String, u64>>::new(Empty)?;
/// let mut counts = image.edit();
/// for word in "the quick brown fox jumps over the lazy dog".split(' ') {
///     *counts.entry(word).or_insert(0) += 1;
/// }
/// assert_eq!(counts.get("the"), Some(&2));
/// assert_eq!(counts.remove("quick").unwrap(), 1);
/// assert_eq!(counts.first_key_value().unwrap().0, "brown");
/// # Ok::<(), offset_std::Error>(())
/// ```
pub struct BTreeMapMut<'r, K, V> {
    at: NonNull<BTreeMap<K, V>>,
    writer: &'r Writer,
    brand: PhantomData<&'r mut BTreeMap<K, V>>,
}

impl<'r, K: Relocatable, V: Relocatable> BTreeMapMut<'r, K, V> {
    /// # Safety
    ///
    /// `at` is a valid map in the region of `writer`, and nothing else reads or writes it for `'r`.
    #[inline(always)]
    pub(super) unsafe fn new(at: NonNull<BTreeMap<K, V>>, writer: &'r Writer) -> Self {
        BTreeMapMut { at, writer, brand: PhantomData }
    }

    #[inline(always)]
    pub(crate) fn writer(&self) -> &'r Writer {
        self.writer
    }

    #[inline(always)]
    pub(super) fn base(&self) -> Base {
        base(self.writer)
    }

    /// The nodes, if there are any.
    #[inline(always)]
    pub(super) fn nodes(&self) -> Option<Tree> {
        (self.root != 0).then(|| Tree { base: self.base(), root: self.root, height: self.height as usize })
    }

    #[inline(always)]
    fn set_word(&mut self, offset: usize, word: u32) {
        // SAFETY: callers pass the offset of a word of the map.
        let at = unsafe { self.at.byte_add(offset) };
        // SAFETY: a map that is ours alone.
        unsafe { at.cast::<u32>().write(word) };
    }

    #[inline(always)]
    pub(super) fn set_len(&mut self, len: u32) {
        self.set_word(offset_of!(BTreeMap<K, V>, len), len);
    }

    /// Makes the node at `unit`, of level `height`, the root; for zero, there is none.
    pub(super) fn set_root(&mut self, unit: u32, height: usize) {
        self.set_word(offset_of!(BTreeMap<K, V>, root), unit);
        self.set_word(offset_of!(BTreeMap<K, V>, height), height as u32);
    }

    /// The map, for reading.
    #[inline(always)]
    pub fn as_map(&self) -> &BTreeMap<K, V> {
        // SAFETY: a valid map, which nobody edits while `self` is borrowed.
        unsafe { self.at.as_ref() }
    }

    /// Gives up editing for reading, for as long as this handle could have lived.
    pub fn freeze(self) -> &'r BTreeMap<K, V> {
        // SAFETY: a valid map, and nobody edits it for `'r`.
        unsafe { self.at.as_ref() }
    }

    /// The map as a place.
    pub(crate) fn as_place(&mut self) -> Place<'_, BTreeMap<K, V>> {
        // SAFETY: the map is ours alone, and borrowed for as long as the place lives.
        unsafe { Place::new(self.at, self.writer) }
    }

    /// Finds the place of a key, and whether its entry is there; none if there are no entries.
    #[inline(always)]
    pub(super) fn find<Q: Comparable<K> + ?Sized>(&self, key: &Q) -> Option<(Cursor<K, V>, bool)> {
        let mut path = Path::new();
        // SAFETY: B1 to B3 hold for a map, which nobody edits while it is borrowed.
        let spot = unsafe { find(self.nodes()?, key, Aim::Before, &mut path) };
        let found = spot.found;
        Some((Cursor::at(spot, path), found))
    }

    /// The place of a key that has an entry.
    #[inline(always)]
    fn find_entry<Q: Comparable<K> + ?Sized>(&self, key: &Q) -> Option<Cursor<K, V>> {
        let (cursor, found) = self.find(key)?;
        found.then_some(cursor)
    }

    /// The editing handle of a value.
    ///
    /// # Safety
    ///
    /// `at` is the value of an entry, which is borrowed for `'a` and not given out otherwise.
    #[inline(always)]
    unsafe fn value<'a>(&self, at: NonNull<V>) -> V::Mut<'a>
    where
        'r: 'a,
    {
        // SAFETY: the caller's contract: a valid value that is ours alone.
        unsafe { V::handle(at, self.writer) }
    }

    /// The editing handle of the value of a key. O(log n).
    ///
    /// ```
    /// # use offset_std::{BTreeMap, Image, String};
    /// let mut image = Image::<BTreeMap<u64, String>>::new([(7, "seven")])?;
    /// image.edit().get_mut(&7).unwrap().push('!');
    /// assert_eq!(image[&7], "seven!");
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[inline]
    pub fn get_mut<Q: Comparable<K> + ?Sized>(&mut self, key: &Q) -> Option<V::Mut<'_>> {
        let at = self.find_entry(key)?;
        // SAFETY: the map is borrowed for as long as the handle lives.
        Some(unsafe { self.value(at.leaf.value(at.index)) })
    }

    /// Adds an entry, or replaces the value of a key that has one. Returns the value that was replaced. O(log n).
    ///
    /// The key is built only if it isn't there.
    ///
    /// # Panics
    ///
    /// Where [`try_insert`](BTreeMapMut::try_insert) returns an error, with its text.
    ///
    /// ```
    /// # use offset_std::{BTreeMap, Empty, Image, String};
    /// let mut image = Image::<BTreeMap<String, String>>::new(Empty)?;
    /// let mut map = image.edit();
    /// assert!(map.insert("capital", "Bonn").is_none());
    /// assert_eq!(map.insert("capital", "Berlin").unwrap().as_str(), "Bonn");
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[track_caller]
    #[inline]
    pub fn insert<Q: Comparable<K> + Emplace<K>, I: Emplace<V>>(&mut self, key: Q, value: I) -> Option<Popped<'_, V>> {
        self.try_insert(key, value).unwrap_or_else(|error| error.raise())
    }

    /// Adds an entry, or replaces the value of a key that has one, or leaves the map as it is.
    ///
    /// # Errors
    ///
    /// No space, too many entries, and those of building key and value.
    #[inline]
    pub fn try_insert<Q: Comparable<K> + Emplace<K>, I: Emplace<V>>(
        &mut self,
        key: Q,
        value: I,
    ) -> Result<Option<Popped<'_, V>>> {
        let cursor = match self.find(&key) {
            Some((cursor, true)) => {
                // SAFETY: the value of an entry of this map.
                return unsafe { self.replace(&cursor, value) }.map(Some);
            }
            found => found.map(|(cursor, _)| cursor),
        };
        // SAFETY: the map hasn't been edited since.
        unsafe { self.insert_at(cursor.as_ref(), key, value) }?;
        Ok(None)
    }

    /// Puts another value in place of that of an entry, and gives that. The new one is built first: behind the last entry of the leaf, if there is room, and else in memory of its own. There the
    /// old one is afterwards.
    ///
    /// # Errors
    ///
    /// No space, and those of the initialiser.
    ///
    /// # Safety
    ///
    /// The cursor is at an entry of this map, which is borrowed for `'a`.
    pub(super) unsafe fn replace<'a, I: Emplace<V>>(&mut self, cursor: &Cursor<K, V>, value: I) -> Result<Popped<'a, V>>
    where
        'r: 'a,
    {
        let (old, count) = (cursor.leaf.value(cursor.index), cursor.leaf.count());
        if count == CAPACITY {
            // SAFETY: B2: a value of this map, which is ours alone.
            return unsafe { raw::replace(old, self.writer, value) };
        }
        let new = cursor.leaf.value(count);
        // SAFETY: B2: behind the last entry is no value.
        unsafe { raw::build_in(new, self.writer, value) }?;
        // SAFETY: two values of this region, ours alone: initialisers have returned.
        unsafe { swap_values(old, new) };
        // SAFETY: a valid value that no count includes, in a leaf that stays for `'a`.
        Ok(unsafe { popped(new, self.writer, (0, 0)) })
    }

    /// The entry of a key, to be looked at, edited, added or removed, with one search. O(log n).
    ///
    /// ```
    /// # use offset_std::{BTreeMap, Empty, Image, String, Vec};
    /// let mut image = Image::<BTreeMap<char, Vec<String>>>::new(Empty)?;
    /// let mut by_letter = image.edit();
    /// for word in ["ant", "bee", "ape"] {
    ///     by_letter.entry(word.chars().next().unwrap()).or_insert(Empty).push(word);
    /// }
    /// assert_eq!(image[&'a'], ["ant", "ape"]);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[inline]
    pub fn entry<Q: Comparable<K> + Emplace<K>>(&mut self, key: Q) -> Entry<'_, Q, K, V> {
        let found = self.find(&key);
        let map = self.reborrow();
        match found {
            // SAFETY: the entry is there, and the map hasn't been edited since.
            Some((cursor, true)) => Entry::Occupied(unsafe { OccupiedEntry::new(map, cursor, key) }),
            // SAFETY: the map hasn't been edited since.
            found => Entry::Vacant(unsafe { VacantEntry::new(map, found.map(|(cursor, _)| cursor), key) }),
        }
    }

    /// The same handle, for as long as this one is borrowed.
    #[inline(always)]
    pub(super) fn reborrow(&mut self) -> BTreeMapMut<'_, K, V> {
        BTreeMapMut { at: self.at, writer: self.writer, brand: PhantomData }
    }

    /// Removes an entry and gives its value; the key is released. O(log n).
    #[inline]
    pub fn remove<Q: Comparable<K> + ?Sized>(&mut self, key: &Q) -> Option<Popped<'_, V>> {
        let cursor = self.find_entry(key)?;
        // SAFETY: the entry is there, and the map hasn't been edited since; it stays borrowed.
        Some(unsafe { self.pop_value(&cursor) })
    }

    /// Removes an entry and gives its key and its value. O(log n).
    ///
    /// ```
    /// # use offset_std::{BTreeMap, Image, String};
    /// let mut image = Image::<BTreeMap<String, u32>>::new([("one", 1), ("two", 2)])?;
    /// let mut map = image.edit();
    /// let (key, value) = map.remove_entry("one").unwrap();
    /// assert_eq!((key.as_str(), *value), ("one", 1));
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn remove_entry<Q: Comparable<K> + ?Sized>(&mut self, key: &Q) -> Option<(Popped<'_, K>, Popped<'_, V>)> {
        let cursor = self.find_entry(key)?;
        // SAFETY: the entry is there, and the map hasn't been edited since; it stays borrowed.
        Some(unsafe { self.pop_entry(&cursor) })
    }

    /// Removes the entry with the smallest key. O(log n).
    ///
    /// ```
    /// # use offset_std::{BTreeMap, Image};
    /// let mut queue = Image::<BTreeMap<u64, char>>::new([(3, 'c'), (1, 'a'), (2, 'b')])?;
    /// let mut queue = queue.edit();
    /// let mut order = std::string::String::new();
    /// while let Some((_, letter)) = queue.pop_first() {
    ///     order.push(*letter);
    /// }
    /// assert_eq!(order, "abc");
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn pop_first(&mut self) -> Option<(Popped<'_, K>, Popped<'_, V>)> {
        // SAFETY: B1 to B3 hold for a map, which nobody edits meanwhile.
        let cursor = unsafe { Cursor::first(self.nodes()?) };
        // SAFETY: B2: a leaf has an entry; the map stays borrowed.
        Some(unsafe { self.pop_entry(&cursor) })
    }

    /// Removes the entry with the largest key. O(log n).
    pub fn pop_last(&mut self) -> Option<(Popped<'_, K>, Popped<'_, V>)> {
        // SAFETY: B1 to B3 hold for a map, which nobody edits meanwhile.
        let mut cursor = unsafe { Cursor::last(self.nodes()?) };
        cursor.index -= 1;
        // SAFETY: B2: a leaf has an entry; the map stays borrowed.
        Some(unsafe { self.pop_entry(&cursor) })
    }

    /// The entry with the smallest key, to be looked at, edited or removed. O(log n).
    ///
    /// ```
    /// # use offset_std::{BTreeMap, Image, prelude::*};
    /// let mut image = Image::<BTreeMap<u64, u64>>::new([(1, 1), (2, 5)])?;
    /// let mut left = image.edit();
    /// // One step of whoever comes first, who goes when there are none left.
    /// let mut first = left.first_entry().unwrap();
    /// *first.get_mut() -= 1;
    /// if *first.get() == 0 {
    ///     drop(first.remove());
    /// }
    /// assert_eq!(*left, std::collections::BTreeMap::from([(2, 5)]));
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn first_entry(&mut self) -> Option<OccupiedEntry<'_, (), K, V>> {
        // SAFETY: B1 to B3 hold for a map, which nobody edits meanwhile.
        let cursor = unsafe { Cursor::first(self.nodes()?) };
        // SAFETY: B2: a leaf has an entry.
        Some(unsafe { OccupiedEntry::new(self.reborrow(), cursor, ()) })
    }

    /// The entry with the largest key, to be looked at, edited or removed. O(log n).
    pub fn last_entry(&mut self) -> Option<OccupiedEntry<'_, (), K, V>> {
        // SAFETY: B1 to B3 hold for a map, which nobody edits meanwhile.
        let mut cursor = unsafe { Cursor::last(self.nodes()?) };
        cursor.index -= 1;
        // SAFETY: B2: a leaf has an entry.
        Some(unsafe { OccupiedEntry::new(self.reborrow(), cursor, ()) })
    }

    /// The entry with the smallest key and the editing handle of its value. O(log n).
    pub fn first_mut(&mut self) -> Option<(&K, V::Mut<'_>)> {
        self.iter_mut().next()
    }

    /// The entry with the largest key and the editing handle of its value. O(log n).
    pub fn last_mut(&mut self) -> Option<(&K, V::Mut<'_>)> {
        self.iter_mut().next_back()
    }

    /// The entries in the order of their keys, with the editing handles of the values.
    pub fn iter_mut(&mut self) -> IterMut<'_, K, V> {
        self.reborrow().into_iter()
    }

    /// The editing handles of the values, in the order of their keys.
    ///
    /// ```
    /// # use offset_std::{BTreeMap, Image};
    /// let mut image = Image::<BTreeMap<u64, u64>>::new([(1, 10), (2, 20)])?;
    /// for value in image.edit().values_mut() {
    ///     *value += 1;
    /// }
    /// assert_eq!(image[&2], 21);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn values_mut(&mut self) -> ValuesMut<'_, K, V> {
        ValuesMut::new(self.iter_mut())
    }

    /// The entries with keys in a range, in order, with the editing handles of the values. O(log n) for the ends.
    ///
    /// ```
    /// # use offset_std::{BTreeMap, Image};
    /// let mut image = Image::<BTreeMap<u64, u64>>::new([(1, 10), (2, 20), (3, 30)])?;
    /// for (key, value) in image.edit().range_mut(2..) {
    ///     *value += key;
    /// }
    /// assert!(image.values().eq(&[10, 22, 33]));
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn range_mut<Q: Comparable<K> + ?Sized, R: RangeBounds<Q>>(&mut self, range: R) -> RangeMut<'_, K, V> {
        // SAFETY: only values are edited while the map is borrowed.
        let entries = unsafe { self.between(&range) };
        // SAFETY: the values are ours alone, and borrowed for as long as the iterator lives.
        unsafe { RangeMut::new(entries, self.writer) }
    }

    /// Removes all entries and releases them. O(n).
    pub fn clear(&mut self) {
        let many = self.height > 0;
        // SAFETY: nobody refers to what is in the map.
        unsafe { release(self.at, self.writer) };
        self.set_root(0, 0);
        self.set_len(0);
        if many {
            // Taken one by one, nodes of a map that grew in random order lie all over its memory: of ten million entries, building in order took 14 ns each then, not 4.
            merge_free(self.writer);
        }
    }

    /// Replaces the whole map. The new one is built first.
    ///
    /// # Panics
    ///
    /// Where [`try_set`](BTreeMapMut::try_set) returns an error, with its text.
    #[track_caller]
    pub fn set<I: Emplace<BTreeMap<K, V>>>(&mut self, init: I) {
        self.try_set(init).unwrap_or_else(|error| error.raise());
    }

    /// Replaces the whole map, or leaves it as it is.
    ///
    /// # Errors
    ///
    /// Those of building the new one.
    pub fn try_set<I: Emplace<BTreeMap<K, V>>>(&mut self, init: I) -> Result<()> {
        self.as_place().try_set(init)
    }

    /// Swaps the contents of two maps. O(1) within a region; between regions all entries are copied.
    ///
    /// # Panics
    ///
    /// Where [`try_swap_with`](BTreeMapMut::try_swap_with) returns an error, with its text.
    #[track_caller]
    pub fn swap_with(&mut self, other: &mut BTreeMapMut<'_, K, V>) {
        self.try_swap_with(other).unwrap_or_else(|error| error.raise());
    }

    /// Swaps the contents of two maps, or leaves both as they are.
    ///
    /// # Errors
    ///
    /// No space, between two regions.
    pub fn try_swap_with(&mut self, other: &mut BTreeMapMut<'_, K, V>) -> Result<()> {
        self.as_place().try_swap(&mut other.as_place())
    }
}

impl<K, V> Deref for BTreeMapMut<'_, K, V> {
    type Target = BTreeMap<K, V>;

    #[inline(always)]
    fn deref(&self) -> &BTreeMap<K, V> {
        // SAFETY: a valid map, which nobody edits while `self` is borrowed.
        unsafe { self.at.as_ref() }
    }
}

impl<'r, K: Relocatable, V: Relocatable> IntoIterator for BTreeMapMut<'r, K, V> {
    type Item = (&'r K, V::Mut<'r>);
    type IntoIter = IterMut<'r, K, V>;

    fn into_iter(self) -> IterMut<'r, K, V> {
        // SAFETY: only values are edited for `'r`, since we are gone.
        let entries = unsafe { self.all() };
        // SAFETY: the values are ours alone for `'r`.
        unsafe { IterMut::new(entries, self.len(), self.writer) }
    }
}

impl<'a, 'r, K: Relocatable, V: Relocatable> IntoIterator for &'a mut BTreeMapMut<'r, K, V> {
    type Item = (&'a K, V::Mut<'a>);
    type IntoIter = IterMut<'a, K, V>;

    fn into_iter(self) -> IterMut<'a, K, V> {
        self.iter_mut()
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for BTreeMapMut<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
