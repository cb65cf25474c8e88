//! The entry of a key in a map, there or not yet.

use std::fmt;

use offset_core::{Emplace, Place, Popped, Relocatable, Result};

use super::cursor::Cursor;
use super::edit::BTreeMapMut;

/// The entry of a key: [`BTreeMapMut::entry`] gives it.
pub enum Entry<'a, Q, K: Relocatable, V: Relocatable> {
    /// The key has an entry.
    Occupied(OccupiedEntry<'a, Q, K, V>),
    /// The key has none.
    Vacant(VacantEntry<'a, Q, K, V>),
}

/// An entry that is there.
pub struct OccupiedEntry<'a, Q, K: Relocatable, V: Relocatable> {
    map: BTreeMapMut<'a, K, V>,
    cursor: Cursor<K, V>,
    sought: Q,
}

/// An entry that isn't there.
pub struct VacantEntry<'a, Q, K: Relocatable, V: Relocatable> {
    map: BTreeMapMut<'a, K, V>,
    cursor: Option<Cursor<K, V>>,
    sought: Q,
}

impl<'a, Q: Emplace<K>, K: Relocatable, V: Relocatable> Entry<'a, Q, K, V> {
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

    /// The editing handle of the value, which is built if it isn't there. On error the map is as it was.
    ///
    /// # Errors
    ///
    /// No space, too many entries, and those of building key and value.
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
    /// # use offset_std::{BTreeMap, Image, String};
    /// let mut image = Image::<BTreeMap<u64, String>>::new([(1, "one")])?;
    /// let mut names = image.edit();
    /// names.entry(1).or_insert_with(|| -> &str { unreachable!() });
    /// names.entry(2).or_insert_with(|| format!("number {}", 2));
    /// assert_eq!(names[&2], "number 2");
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[track_caller]
    pub fn or_insert_with<I: Emplace<V>, F: FnOnce() -> I>(self, value: F) -> V::Mut<'a> {
        self.try_or_insert_with(value).unwrap_or_else(|error| error.raise())
    }

    /// The editing handle of the value, for which `value` makes the initialiser if it isn't there. On error the map is as it was.
    ///
    /// # Errors
    ///
    /// No space, too many entries, and those of building key and value.
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
    /// # use offset_std::{BTreeMap, Image};
    /// let mut image = Image::<BTreeMap<u64, u64>>::new([(1, 10)])?;
    /// let mut map = image.edit();
    /// for key in [1, 2] {
    ///     map.entry(key).and_modify(|value| **value += 1).or_insert(0);
    /// }
    /// assert!(map.values().eq(&[11, 0]));
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[must_use = "the entry is needed to add a value that isn't there"]
    pub fn and_modify<F: FnOnce(&mut Place<'_, V>)>(mut self, edit: F) -> Self {
        if let Entry::Occupied(entry) = &mut self {
            edit(&mut entry.place());
        }
        self
    }

    /// What was sought.
    pub fn sought(&self) -> &Q {
        match self {
            Entry::Occupied(entry) => &entry.sought,
            Entry::Vacant(entry) => &entry.sought,
        }
    }
}

impl<'a, Q, K: Relocatable, V: Relocatable> OccupiedEntry<'a, Q, K, V> {
    /// # Safety
    ///
    /// `cursor` was made by a search of this map, which hasn't been edited since, and an entry is there.
    #[inline(always)]
    pub(super) unsafe fn new(map: BTreeMapMut<'a, K, V>, cursor: Cursor<K, V>, sought: Q) -> Self {
        OccupiedEntry { map, cursor, sought }
    }

    /// The key of the entry.
    pub fn key(&self) -> &K {
        // SAFETY: B2: an entry is there, and nobody edits it while `self` is borrowed.
        unsafe { self.cursor.leaf.key_ref(self.cursor.index) }
    }

    /// The value.
    pub fn get(&self) -> &V {
        // SAFETY: as for the key.
        unsafe { self.cursor.leaf.value(self.cursor.index).as_ref() }
    }

    fn place(&mut self) -> Place<'_, V> {
        // SAFETY: B2: the value of an entry that is ours alone, and borrowed for as long as the place lives.
        unsafe { Place::new(self.cursor.leaf.value(self.cursor.index), self.map.writer()) }
    }

    /// The editing handle of the value.
    pub fn get_mut(&mut self) -> V::Mut<'_> {
        // SAFETY: as for `place`.
        unsafe { V::handle(self.cursor.leaf.value(self.cursor.index), self.map.writer()) }
    }

    /// The editing handle of the value, for as long as the map is borrowed.
    #[inline]
    pub fn into_mut(self) -> V::Mut<'a> {
        // SAFETY: B2: the value of an entry that is ours alone for `'a`, and we are gone.
        unsafe { V::handle(self.cursor.leaf.value(self.cursor.index), self.map.writer()) }
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
        // SAFETY: the value of an entry of the map, which stays borrowed.
        unsafe { self.map.replace(&self.cursor, value) }
    }

    /// Removes the entry and gives its value; the key is released.
    ///
    /// ```
    /// # use offset_std::{BTreeMap, Image, String, btree_map::Entry};
    /// let mut image = Image::<BTreeMap<u64, String>>::new([(1, "one")])?;
    /// if let Entry::Occupied(entry) = image.edit().entry(1) {
    ///     assert_eq!(entry.remove().as_str(), "one");
    /// }
    /// assert!(image.is_empty());
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn remove(mut self) -> Popped<'a, V> {
        // SAFETY: the entry is there, and the map, which stays borrowed for `'a`, hasn't been edited since.
        unsafe { self.map.pop_value(&self.cursor) }
    }

    /// Removes the entry and gives its key and its value.
    pub fn remove_entry(mut self) -> (Popped<'a, K>, Popped<'a, V>) {
        // SAFETY: as for `remove`.
        unsafe { self.map.pop_entry(&self.cursor) }
    }
}

impl<'a, Q: Emplace<K>, K: Relocatable, V: Relocatable> VacantEntry<'a, Q, K, V> {
    /// # Safety
    ///
    /// `cursor` was made by a search of this map, which hasn't been edited since; there is none only if there are no entries.
    #[inline(always)]
    pub(super) unsafe fn new(map: BTreeMapMut<'a, K, V>, cursor: Option<Cursor<K, V>>, sought: Q) -> Self {
        VacantEntry { map, cursor, sought }
    }

    /// The initialiser of the key.
    pub fn key(&self) -> &Q {
        &self.sought
    }

    /// The initialiser of the key.
    pub fn into_key(self) -> Q {
        self.sought
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

    /// Adds the entry, and gives the editing handle of its value; on error the map is as it was.
    ///
    /// # Errors
    ///
    /// No space, too many entries, and those of building key and value.
    #[inline]
    pub fn try_insert<I: Emplace<V>>(self, value: I) -> Result<V::Mut<'a>> {
        let VacantEntry { mut map, cursor, sought } = self;
        // SAFETY: the map hasn't been edited since the search.
        let (leaf, index) = unsafe { map.insert_at(cursor.as_ref(), sought, value) }?;
        // SAFETY: B2: the value of an entry that is ours alone for `'a`.
        Ok(unsafe { V::handle(leaf.value(index), map.writer()) })
    }
}

impl<Q: fmt::Debug, K: Relocatable + fmt::Debug, V: Relocatable + fmt::Debug> fmt::Debug for Entry<'_, Q, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Entry::Occupied(entry) => entry.fmt(f),
            Entry::Vacant(entry) => entry.fmt(f),
        }
    }
}

impl<Q, K: Relocatable + fmt::Debug, V: Relocatable + fmt::Debug> fmt::Debug for OccupiedEntry<'_, Q, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OccupiedEntry").field("key", self.key()).field("value", self.get()).finish()
    }
}

impl<Q: fmt::Debug, K: Relocatable, V: Relocatable> fmt::Debug for VacantEntry<'_, Q, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("VacantEntry").field(&self.sought).finish()
    }
}
