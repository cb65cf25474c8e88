//! The entry of a key in a trie, there or not yet.

use std::fmt;

use offset_core::{Emplace, Place, Popped, Relocatable, Result};

use super::edit::TrieMut;
use super::iter::Shown;
use super::leaf::Leaf;
use super::search::Near;

/// The entry of a key: [`TrieMut::entry`] gives it.
pub enum Entry<'a, 'k, V: Relocatable> {
    /// The key has an entry.
    Occupied(OccupiedEntry<'a, V>),
    /// The key has none.
    Vacant(VacantEntry<'a, 'k, V>),
}

/// An entry that is there.
pub struct OccupiedEntry<'a, V: Relocatable> {
    trie: TrieMut<'a, V>,
    leaf: Leaf<V>,
}

/// An entry that isn't there.
pub struct VacantEntry<'a, 'k, V: Relocatable> {
    trie: TrieMut<'a, V>,
    near: Option<Near<V>>,
    key: &'k [u8],
}

impl<'a, V: Relocatable> Entry<'a, '_, V> {
    /// The editing handle of the value, which is built if it isn't there.
    ///
    /// # Panics
    ///
    /// Where [`try_or_insert`](Entry::try_or_insert) returns an error, with its text.
    #[track_caller]
    #[inline]
    pub fn or_insert<I: Emplace<V>>(self, value: I) -> V::Mut<'a> {
        self.try_or_insert(value).unwrap_or_else(|error| error.raise())
    }

    /// The editing handle of the value, which is built if it isn't there. On error the trie is as it was.
    ///
    /// # Errors
    ///
    /// As for [`TrieMut::try_insert`].
    #[inline]
    pub fn try_or_insert<I: Emplace<V>>(self, value: I) -> Result<V::Mut<'a>> {
        self.try_or_insert_with(|| value)
    }

    /// The editing handle of the value, for which `value` makes the initialiser if it isn't there.
    ///
    /// # Panics
    ///
    /// Where [`try_or_insert_with`](Entry::try_or_insert_with) returns an error, with its text.
    ///
    /// ```
    /// # use offset_std::{Image, String, Trie};
    /// let mut image = Image::<Trie<String>>::new([("1", "one")])?;
    /// let mut names = image.edit();
    /// names.entry("1").or_insert_with(|| -> &str { unreachable!() });
    /// names.entry("2").or_insert_with(|| format!("number {}", 2));
    /// assert_eq!(names["2"], "number 2");
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[track_caller]
    pub fn or_insert_with<I: Emplace<V>, F: FnOnce() -> I>(self, value: F) -> V::Mut<'a> {
        self.try_or_insert_with(value).unwrap_or_else(|error| error.raise())
    }

    /// The editing handle of the value, for which `value` makes the initialiser if it isn't there. On error the trie is as it was.
    ///
    /// # Errors
    ///
    /// As for [`TrieMut::try_insert`].
    #[inline]
    pub fn try_or_insert_with<I: Emplace<V>, F: FnOnce() -> I>(self, value: F) -> Result<V::Mut<'a>> {
        match self {
            Entry::Occupied(entry) => Ok(entry.into_mut()),
            Entry::Vacant(entry) => entry.try_insert(value()),
        }
    }

    /// Shows the value to `edit`, if it is there.
    ///
    /// ```
    /// # use offset_std::{Image, Trie};
    /// let mut image = Image::<Trie<u64>>::new([("a", 10)])?;
    /// let mut trie = image.edit();
    /// for key in ["a", "b"] {
    ///     trie.entry(key).and_modify(|value| **value += 1).or_insert(0);
    /// }
    /// assert!(trie.values().eq(&[11, 0]));
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[must_use = "the entry is needed to add a value that isn't there"]
    pub fn and_modify<F: FnOnce(&mut Place<'_, V>)>(mut self, edit: F) -> Self {
        if let Entry::Occupied(entry) = &mut self {
            edit(&mut entry.place());
        }
        self
    }

    /// The key.
    pub fn key(&self) -> &[u8] {
        match self {
            Entry::Occupied(entry) => entry.key(),
            Entry::Vacant(entry) => entry.key,
        }
    }
}

impl<'a, V: Relocatable> OccupiedEntry<'a, V> {
    /// # Safety
    ///
    /// The leaf is one of this trie, which hasn't been edited since it was found.
    #[inline(always)]
    pub(super) unsafe fn new(trie: TrieMut<'a, V>, leaf: Leaf<V>) -> Self {
        OccupiedEntry { trie, leaf }
    }

    /// The key of the entry.
    pub fn key(&self) -> &[u8] {
        // SAFETY: the leaf stays in the trie while `self` is borrowed.
        unsafe { self.leaf.key() }
    }

    /// The value.
    pub fn get(&self) -> &V {
        // SAFETY: A1: the value of a leaf that is there, and nobody edits it while `self` is borrowed.
        unsafe { self.leaf.value().as_ref() }
    }

    fn place(&mut self) -> Place<'_, V> {
        // SAFETY: A1: a value that is ours alone, and borrowed for as long as the place lives.
        unsafe { Place::new(self.leaf.value(), self.trie.writer()) }
    }

    /// The editing handle of the value.
    pub fn get_mut(&mut self) -> V::Mut<'_> {
        // SAFETY: as for `place`.
        unsafe { V::handle(self.leaf.value(), self.trie.writer()) }
    }

    /// The editing handle of the value, for as long as the trie is borrowed.
    #[inline]
    pub fn into_mut(self) -> V::Mut<'a> {
        // SAFETY: A1: a value that is ours alone for `'a`, and we are gone.
        unsafe { V::handle(self.leaf.value(), self.trie.writer()) }
    }

    /// Replaces the value, and gives the old one.
    ///
    /// # Panics
    ///
    /// Where [`try_insert`](OccupiedEntry::try_insert) returns an error, with its text.
    #[track_caller]
    pub fn insert<I: Emplace<V>>(&mut self, value: I) -> Popped<'_, V> {
        self.try_insert(value).unwrap_or_else(|error| error.raise())
    }

    /// Replaces the value, and gives the old one, or leaves it as it is.
    ///
    /// # Errors
    ///
    /// No space, and those of building the value.
    pub fn try_insert<I: Emplace<V>>(&mut self, value: I) -> Result<Popped<'_, V>> {
        // SAFETY: a leaf of the trie, which stays borrowed.
        unsafe { self.trie.replace(self.leaf, value) }
    }

    /// Removes the entry and gives its value. O(length of the key).
    ///
    /// ```
    /// # use offset_std::{Image, String, Trie, trie::Entry};
    /// let mut image = Image::<Trie<String>>::new([("1", "one")])?;
    /// if let Entry::Occupied(entry) = image.edit().entry("1") {
    ///     assert_eq!(entry.remove().as_str(), "one");
    /// }
    /// assert!(image.is_empty());
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn remove(self) -> Popped<'a, V> {
        // SAFETY: the leaf, which stays in the trie while its key is looked for, is there.
        unsafe { self.trie.pop_leaf(self.leaf) }.expect("the entry is there")
    }
}

impl<'a, V: Relocatable> VacantEntry<'a, '_, V> {
    /// The key.
    pub fn key(&self) -> &[u8] {
        self.key
    }

    /// Adds the entry, and gives the editing handle of its value.
    ///
    /// # Panics
    ///
    /// Where [`try_insert`](VacantEntry::try_insert) returns an error, with its text.
    #[track_caller]
    pub fn insert<I: Emplace<V>>(self, value: I) -> V::Mut<'a> {
        self.try_insert(value).unwrap_or_else(|error| error.raise())
    }

    /// Adds the entry, and gives the editing handle of its value; on error the trie is as it was.
    ///
    /// # Errors
    ///
    /// As for [`TrieMut::try_insert`].
    #[inline]
    pub fn try_insert<I: Emplace<V>>(self, value: I) -> Result<V::Mut<'a>> {
        let VacantEntry { mut trie, near, key } = self;
        // SAFETY: the trie hasn't been edited since the search.
        let at = unsafe { trie.add(near, key, value) }?;
        // SAFETY: A1: a value that is ours alone for `'a`.
        Ok(unsafe { V::handle(at, trie.writer()) })
    }
}

impl<'a, 'k, V: Relocatable> VacantEntry<'a, 'k, V> {
    /// # Safety
    ///
    /// `near` was found for this key in this trie, which hasn't been edited since; there is none only if there are no entries.
    #[inline(always)]
    pub(super) unsafe fn new(trie: TrieMut<'a, V>, near: Option<Near<V>>, key: &'k [u8]) -> Self {
        VacantEntry { trie, near, key }
    }
}

impl<V: Relocatable + fmt::Debug> fmt::Debug for Entry<'_, '_, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Entry::Occupied(entry) => entry.fmt(f),
            Entry::Vacant(entry) => entry.fmt(f),
        }
    }
}

impl<V: Relocatable + fmt::Debug> fmt::Debug for OccupiedEntry<'_, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OccupiedEntry").field("key", &Shown(self.key())).field("value", self.get()).finish()
    }
}

impl<V: Relocatable> fmt::Debug for VacantEntry<'_, '_, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("VacantEntry").field(&Shown(self.key)).finish()
    }
}
