//! `TrieMut`: adding entries, removing them, and editing values.

use std::fmt;
use std::marker::PhantomData;
use std::mem::offset_of;
use std::ops::{Deref, RangeBounds};
use std::ptr::NonNull;

use offset_core::raw::{self, Writer, base};
use offset_core::{Emplace, Place, Popped, Relocatable, Result};

use super::Trie;
use super::edge::{Edge, Tag};
use super::entry::{Entry, OccupiedEntry, VacantEntry};
use super::iter::{IterMut, RangeMut, ValuesMut};
use super::leaf::Leaf;
use super::search::{Near, Tree, above, below, nearest};
use super::walk::Walk;

/// Edits a trie. Reads as a [`Trie`].
///
/// The methods have the names and meanings of std's maps. What adds takes a key as bytes and an initialiser; what removes gives a [`Popped`], which still lies in the trie's memory. Every one that allocates has a
/// `try_` form that leaves the trie as it was on error.
///
/// ```
/// use offset_std::{Empty, Image, Trie};
///
/// let mut image = Image::<Trie<u64>>::new(Empty)?;
/// let mut counts = image.edit();
/// for word in "the quick brown fox jumps over the lazy dog".split(' ') {
///     *counts.entry(word).or_insert(0) += 1;
/// }
/// assert_eq!(counts.get("the"), Some(&2));
/// assert_eq!(counts.remove("quick").unwrap(), 1);
/// assert_eq!(counts.remove_prefix("l"), 1);
/// assert_eq!(counts.first_key_value().unwrap().0, b"brown");
/// # Ok::<(), offset_std::Error>(())
/// ```
pub struct TrieMut<'r, V> {
    at: NonNull<Trie<V>>,
    writer: &'r Writer,
    brand: PhantomData<&'r mut Trie<V>>,
}

impl<'r, V: Relocatable> TrieMut<'r, V> {
    /// # Safety
    ///
    /// `at` is a valid trie in the region of `writer`, and nothing else reads or writes it for `'r`.
    #[inline(always)]
    pub(super) unsafe fn new(at: NonNull<Trie<V>>, writer: &'r Writer) -> Self {
        TrieMut { at, writer, brand: PhantomData }
    }

    #[inline(always)]
    pub(super) fn writer(&self) -> &'r Writer {
        self.writer
    }

    /// The tree, if there are entries.
    #[inline(always)]
    fn nodes(&self) -> Option<Tree> {
        (self.root != 0).then(|| Tree { base: base(self.writer), root: self.root_edge() })
    }

    #[inline(always)]
    fn set_word(&mut self, offset: usize, word: u32) {
        // SAFETY: callers pass the offset of a word of the trie.
        let at = unsafe { self.at.byte_add(offset) };
        // SAFETY: a trie that is ours alone.
        unsafe { at.cast::<u32>().write(word) };
    }

    #[inline(always)]
    pub(super) fn set_len(&mut self, len: usize) {
        self.set_word(offset_of!(Trie<V>, len), len as u32);
    }

    #[inline(always)]
    pub(super) fn set_root(&mut self, edge: Edge) {
        self.set_word(offset_of!(Trie<V>, root), edge.unit);
        self.set_word(offset_of!(Trie<V>, tag), u32::from(edge.tag.code()));
    }

    /// The trie, for reading.
    #[inline(always)]
    pub fn as_trie(&self) -> &Trie<V> {
        // SAFETY: a valid trie, which nobody edits while `self` is borrowed.
        unsafe { self.at.as_ref() }
    }

    /// Gives up editing for reading, for as long as this handle could have lived.
    pub fn freeze(self) -> &'r Trie<V> {
        // SAFETY: a valid trie, and nobody edits it for `'r`.
        unsafe { self.at.as_ref() }
    }

    /// The trie as a place.
    fn as_place(&mut self) -> Place<'_, Trie<V>> {
        // SAFETY: the trie is ours alone, and borrowed for as long as the place lives.
        unsafe { Place::new(self.at, self.writer) }
    }

    /// The same handle, for as long as this one is borrowed.
    #[inline(always)]
    fn reborrow(&mut self) -> TrieMut<'_, V> {
        TrieMut { at: self.at, writer: self.writer, brand: PhantomData }
    }

    #[inline(always)]
    fn nearest(&self, key: &[u8]) -> Option<Near<V>> {
        Some(nearest(self.nodes()?, key))
    }

    /// The editing handle of the value of a key. O(length of the key).
    ///
    /// ```
    /// # use offset_std::{Image, String, Trie};
    /// let mut image = Image::<Trie<String>>::new([("7", "seven")])?;
    /// image.edit().get_mut("7").unwrap().push('!');
    /// assert_eq!(image["7"], "seven!");
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[inline]
    pub fn get_mut<Q: AsRef<[u8]> + ?Sized>(&mut self, key: &Q) -> Option<V::Mut<'_>> {
        let leaf = self.find(key.as_ref())?;
        // SAFETY: a value of the trie, which is borrowed for as long as the handle lives.
        Some(unsafe { V::handle(leaf.value(), self.writer) })
    }

    /// The entry with the longest key that `key` begins with, with the editing handle of its value. O(length of `key`).
    pub fn longest_prefix_mut<Q: AsRef<[u8]> + ?Sized>(&mut self, key: &Q) -> Option<(&[u8], V::Mut<'_>)> {
        let leaf = self.find_longest(key.as_ref())?;
        // SAFETY: a value of the trie, which is borrowed for as long as the handle lives.
        let value = unsafe { V::handle(leaf.value(), self.writer) };
        // SAFETY: the leaf stays in the trie, which is borrowed; a key is no part of its value.
        Some((unsafe { leaf.key() }, value))
    }

    /// Adds an entry, or replaces the value of a key that has one. Returns the value that was replaced. O(length of the key).
    ///
    /// # Panics
    ///
    /// Where [`try_insert`](TrieMut::try_insert) returns an error, with its text.
    ///
    /// ```
    /// # use offset_std::{Empty, Image, String, Trie};
    /// let mut image = Image::<Trie<String>>::new(Empty)?;
    /// let mut trie = image.edit();
    /// assert!(trie.insert("capital", "Bonn").is_none());
    /// assert_eq!(trie.insert("capital", "Berlin").unwrap().as_str(), "Bonn");
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[track_caller]
    #[inline]
    pub fn insert<Q: AsRef<[u8]> + ?Sized, I: Emplace<V>>(&mut self, key: &Q, value: I) -> Option<Popped<'_, V>> {
        self.try_insert(key, value).unwrap_or_else(|error| error.raise())
    }

    /// Adds an entry, or replaces the value of a key that has one, or leaves the trie as it is.
    ///
    /// # Errors
    ///
    /// No space, too many entries, a key of 2 GiB or more, and those of building the value.
    #[inline]
    pub fn try_insert<Q: AsRef<[u8]> + ?Sized, I: Emplace<V>>(
        &mut self,
        key: &Q,
        value: I,
    ) -> Result<Option<Popped<'_, V>>> {
        // Asked once: what it is then is the key.
        let key = key.as_ref();
        let near = self.nearest(key);
        if let Some(Near { leaf, found: true, .. }) = near {
            // SAFETY: a value of this trie, which stays borrowed.
            return unsafe { self.replace(leaf, value) }.map(Some);
        }
        // SAFETY: the trie hasn't been edited since.
        unsafe { self.add(near, key, value) }?;
        Ok(None)
    }

    /// Puts another value in place of one, and gives that. The new one is built first.
    ///
    /// # Errors
    ///
    /// No space, and those of the initialiser.
    ///
    /// # Safety
    ///
    /// The leaf is one of this trie, which is borrowed for `'a`.
    pub(super) unsafe fn replace<'a, I: Emplace<V>>(&mut self, leaf: Leaf<V>, value: I) -> Result<Popped<'a, V>>
    where
        'r: 'a,
    {
        // SAFETY: the caller's contract.
        unsafe { raw::replace(leaf.value(), self.writer, value) }
    }

    /// The entry of a key, to be looked at, edited, added or removed. O(length of the key).
    ///
    /// ```
    /// # use offset_std::{Empty, Image, String, Trie, Vec};
    /// let mut image = Image::<Trie<Vec<String>>>::new(Empty)?;
    /// let mut by_letter = image.edit();
    /// for word in ["ant", "bee", "ape"] {
    ///     by_letter.entry(&word[..1]).or_insert(Empty).push(word);
    /// }
    /// assert_eq!(image["a"], ["ant", "ape"]);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[inline]
    pub fn entry<'k, Q: AsRef<[u8]> + ?Sized>(&mut self, key: &'k Q) -> Entry<'_, 'k, V> {
        let key = key.as_ref();
        let near = self.nearest(key);
        let trie = self.reborrow();
        match near {
            // SAFETY: the leaf is there, and the trie hasn't been edited since.
            Some(Near { leaf, found: true, .. }) => Entry::Occupied(unsafe { OccupiedEntry::new(trie, leaf) }),
            // SAFETY: the trie hasn't been edited since.
            near => Entry::Vacant(unsafe { VacantEntry::new(trie, near, key) }),
        }
    }

    /// Removes an entry and gives its value. O(length of the key).
    #[inline]
    pub fn remove<Q: AsRef<[u8]> + ?Sized>(&mut self, key: &Q) -> Option<Popped<'_, V>> {
        let found = above::<V>(self.nodes()?, key.as_ref())?;
        // SAFETY: just found; the trie stays borrowed.
        Some(unsafe { self.pop(&found) })
    }

    /// Removes the entry of a leaf.
    ///
    /// # Safety
    ///
    /// It is one of this trie.
    pub(super) unsafe fn pop_leaf(mut self, leaf: Leaf<V>) -> Option<Popped<'r, V>> {
        // SAFETY: the leaf is there until its value is dropped, and nobody looks at the key any more then.
        let found = above::<V>(self.nodes()?, unsafe { leaf.key() })?;
        // SAFETY: just found; the trie stays borrowed for `'r`.
        Some(unsafe { self.pop(&found) })
    }

    /// Removes all entries with keys that begin with `prefix`, and releases them. Returns how many they were. O(length of `prefix`) to find them.
    ///
    /// ```
    /// # use offset_std::{Image, Trie};
    /// let mut image = Image::<Trie<u32>>::new([("car", 1), ("care", 2), ("cat", 3)])?;
    /// assert_eq!(image.edit().remove_prefix("car"), 2);
    /// assert!(image.keys().eq([b"cat"]));
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn remove_prefix<Q: AsRef<[u8]> + ?Sized>(&mut self, prefix: &Q) -> usize {
        let Some(tree) = self.nodes() else { return 0 };
        let Some(found) = below::<V>(tree, prefix.as_ref()) else { return 0 };
        // SAFETY: just found.
        unsafe { self.detach(&found) };
        // SAFETY: it isn't in the tree any more.
        let count = unsafe { self.release_below(found.edge) };
        self.set_len(self.len() - count);
        count
    }

    /// Removes the entry with the smallest key. Gives the key, as a copy, and the value. O(length of the key).
    ///
    /// ```
    /// # use offset_std::{Image, Trie};
    /// let mut image = Image::<Trie<u32>>::new([("c", 3), ("a", 1), ("b", 2)])?;
    /// let mut trie = image.edit();
    /// let mut order = std::vec::Vec::new();
    /// while let Some((key, _)) = trie.pop_first() {
    ///     order.extend(key);
    /// }
    /// assert_eq!(order, b"abc");
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn pop_first(&mut self) -> Option<(Vec<u8>, Popped<'_, V>)> {
        self.pop_shown(|trie| trie.first_key_value().map(|(key, _)| key))
    }

    /// Removes the entry with the largest key. Gives the key, as a copy, and the value. O(length of the key).
    pub fn pop_last(&mut self) -> Option<(Vec<u8>, Popped<'_, V>)> {
        self.pop_shown(|trie| trie.last_key_value().map(|(key, _)| key))
    }

    fn pop_shown(&mut self, which: fn(&Trie<V>) -> Option<&[u8]>) -> Option<(Vec<u8>, Popped<'_, V>)> {
        let key = which(self)?.to_vec();
        let value = self.remove(&key)?;
        Some((key, value))
    }

    /// The entry with the smallest key and the editing handle of its value. O(length of the key).
    pub fn first_mut(&mut self) -> Option<(&[u8], V::Mut<'_>)> {
        self.iter_mut().next()
    }

    /// The entry with the largest key and the editing handle of its value. O(length of the key).
    pub fn last_mut(&mut self) -> Option<(&[u8], V::Mut<'_>)> {
        self.iter_mut().next_back()
    }

    /// The entries in the order of their keys, with the editing handles of the values.
    pub fn iter_mut(&mut self) -> IterMut<'_, V> {
        self.reborrow().into_iter()
    }

    /// The editing handles of the values, in the order of their keys.
    ///
    /// ```
    /// # use offset_std::{Image, Trie};
    /// let mut image = Image::<Trie<u64>>::new([("a", 10), ("b", 20)])?;
    /// for value in image.edit().values_mut() {
    ///     *value += 1;
    /// }
    /// assert_eq!(image["b"], 21);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn values_mut(&mut self) -> ValuesMut<'_, V> {
        ValuesMut::new(self.iter_mut())
    }

    /// The entries with keys in a range, in order, with the editing handles of the values. O(length of the keys) for the ends.
    pub fn range_mut<Q: AsRef<[u8]>, R: RangeBounds<Q>>(&mut self, range: R) -> RangeMut<'_, V> {
        let walk = self.walk_between(&range);
        // SAFETY: the values are ours alone, and the trie is borrowed for as long as the iterator lives.
        unsafe { RangeMut::new(walk, self.writer) }
    }

    /// The entries with keys that begin with `prefix`, in order, with the editing handles of the values. O(length of `prefix`) to find them.
    ///
    /// ```
    /// # use offset_std::{Image, Trie};
    /// let mut image = Image::<Trie<u64>>::new([("a1", 10), ("a2", 20), ("b", 30)])?;
    /// for (_, value) in image.edit().prefix_mut("a") {
    ///     *value += 1;
    /// }
    /// assert!(image.values().eq(&[11, 21, 30]));
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn prefix_mut<Q: AsRef<[u8]> + ?Sized>(&mut self, prefix: &Q) -> RangeMut<'_, V> {
        let walk = self.walk_below(prefix.as_ref());
        // SAFETY: the values are ours alone, and the trie is borrowed for as long as the iterator lives.
        unsafe { RangeMut::new(walk, self.writer) }
    }

    /// Keeps the entries of which `keep` says so, and releases the others. O(n). All are asked about, in order, before any goes.
    ///
    /// ```
    /// # use offset_std::{Image, Trie};
    /// let mut image = Image::<Trie<u64>>::new([("a", 1), ("b", 2), ("c", 3)])?;
    /// image.edit().retain(|key, value| {
    ///     **value *= 10;
    ///     key != b"b"
    /// });
    /// assert!(image.values().eq(&[10, 30]));
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn retain<F: FnMut(&[u8], &mut Place<'_, V>) -> bool>(&mut self, mut keep: F) {
        let mut gone = Vec::new();
        let mut walk = Walk::all(self.nodes());
        while let Some(leaf) = walk.next::<V>() {
            // SAFETY: A1: a value that is ours alone, and borrowed for as long as the place lives.
            let mut place = unsafe { Place::new(leaf.value(), self.writer) };
            // SAFETY: the leaf stays in the trie meanwhile.
            if !keep(unsafe { leaf.key() }, &mut place) {
                gone.push(leaf);
            }
        }
        for leaf in gone {
            // SAFETY: a leaf of this trie: only others have gone.
            drop(unsafe { self.reborrow().pop_leaf(leaf) });
        }
    }

    /// Removes all entries and releases them. O(n).
    pub fn clear(&mut self) {
        // SAFETY: nobody refers to what is in the trie.
        unsafe { offset_core::raw::release(self.at, self.writer) };
        self.set_root(Edge { unit: 0, tag: Tag::NONE });
        self.set_len(0);
    }

    /// Replaces the whole trie. The new one is built first.
    ///
    /// # Panics
    ///
    /// Where [`try_set`](TrieMut::try_set) returns an error, with its text.
    #[track_caller]
    pub fn set<I: Emplace<Trie<V>>>(&mut self, init: I) {
        self.try_set(init).unwrap_or_else(|error| error.raise());
    }

    /// Replaces the whole trie, or leaves it as it is.
    ///
    /// # Errors
    ///
    /// Those of building the new one.
    pub fn try_set<I: Emplace<Trie<V>>>(&mut self, init: I) -> Result<()> {
        self.as_place().try_set(init)
    }

    /// Swaps the contents of two tries. O(1) within a region; between regions all entries are copied.
    ///
    /// # Panics
    ///
    /// Where [`try_swap_with`](TrieMut::try_swap_with) returns an error, with its text.
    #[track_caller]
    pub fn swap_with(&mut self, other: &mut TrieMut<'_, V>) {
        self.try_swap_with(other).unwrap_or_else(|error| error.raise());
    }

    /// Swaps the contents of two tries, or leaves both as they are.
    ///
    /// # Errors
    ///
    /// No space, between two regions.
    pub fn try_swap_with(&mut self, other: &mut TrieMut<'_, V>) -> Result<()> {
        self.as_place().try_swap(&mut other.as_place())
    }
}

impl<V> Deref for TrieMut<'_, V> {
    type Target = Trie<V>;

    #[inline(always)]
    fn deref(&self) -> &Trie<V> {
        // SAFETY: a valid trie, which nobody edits while `self` is borrowed.
        unsafe { self.at.as_ref() }
    }
}

impl<'r, V: Relocatable> IntoIterator for TrieMut<'r, V> {
    type Item = (&'r [u8], V::Mut<'r>);
    type IntoIter = IterMut<'r, V>;

    fn into_iter(self) -> IterMut<'r, V> {
        // SAFETY: only values are edited for `'r`, since we are gone, and they are ours alone.
        unsafe { IterMut::new(Walk::all(self.nodes()), self.len(), self.writer) }
    }
}

impl<'a, 'r, V: Relocatable> IntoIterator for &'a mut TrieMut<'r, V> {
    type Item = (&'a [u8], V::Mut<'a>);
    type IntoIter = IterMut<'a, V>;

    fn into_iter(self) -> IterMut<'a, V> {
        self.iter_mut()
    }
}

impl<V: fmt::Debug> fmt::Debug for TrieMut<'_, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
