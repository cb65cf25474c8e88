//! The entry of one key, whether it is there or not.

use std::fmt;

use offset_core::{Emplace, Place, Popped, Relocatable, Result};

use super::edit::HashMapMut;
use super::iter::parts;
use super::table::{At, Missing};
use crate::hash::StableHash;

/// The entry of a key in a map, from [`HashMapMut::entry`].
///
/// ```
/// use offset_std::hash_map::Entry;
/// use offset_std::{HashMap, Image, String, prelude::*};
///
/// let mut image = Image::<HashMap<String, u64>>::new([("a", 1)])?;
/// let mut map = image.edit();
/// match map.entry("a") {
///     Entry::Occupied(entry) => *entry.into_mut() += 1,
///     Entry::Vacant(entry) => *entry.insert(1) += 0,
/// }
/// *map.entry("b").and_modify(|value| **value *= 2).or_insert(10) += 1;
/// assert_eq!((map["a"], map["b"]), (2, 11));
/// # Ok::<(), offset_std::Error>(())
/// ```
pub enum Entry<'a, Q, K, V> {
    /// The key is there.
    Occupied(OccupiedEntry<'a, K, V>),
    /// It isn't.
    Vacant(VacantEntry<'a, Q, K, V>),
}

/// An entry that is there.
pub struct OccupiedEntry<'a, K, V> {
    map: HashMapMut<'a, K, V>,
    hash: u64,
    at: At,
}

/// An entry that isn't there yet.
pub struct VacantEntry<'a, Q, K, V> {
    map: HashMapMut<'a, K, V>,
    hash: u64,
    missing: Missing,
    key: Q,
}

impl<'a, Q, K, V> Entry<'a, Q, K, V> {
    #[inline]
    pub(super) fn new(map: HashMapMut<'a, K, V>, hash: u64, key: Q, found: Result<At, Missing>) -> Self {
        match found {
            Ok(at) => Entry::Occupied(OccupiedEntry { map, hash, at }),
            Err(missing) => Entry::Vacant(VacantEntry { map, hash, missing, key }),
        }
    }
}

impl<'a, Q: Emplace<K>, K: Relocatable + StableHash + Eq, V: Relocatable> Entry<'a, Q, K, V> {
    /// The editing handle of the value, after building it from `init` if there was none.
    ///
    /// # Panics
    ///
    /// Where [`try_or_insert`](Entry::try_or_insert) returns an error, with its text.
    #[track_caller]
    #[inline]
    pub fn or_insert<I: Emplace<V>>(self, init: I) -> V::Mut<'a> {
        self.try_or_insert(init).unwrap_or_else(|error| error.raise())
    }

    /// The editing handle of the value, after building it from `init` if there was none.
    ///
    /// # Errors
    ///
    /// No space, too many entries, and those of building the key or the value. The map is as it was then.
    #[inline]
    pub fn try_or_insert<I: Emplace<V>>(self, init: I) -> Result<V::Mut<'a>> {
        self.try_or_insert_with(|| init)
    }

    /// The editing handle of the value, after building it from what `init` returns if there was none.
    ///
    /// # Panics
    ///
    /// Where [`try_or_insert_with`](Entry::try_or_insert_with) returns an error, with its text.
    ///
    /// ```
    /// # use offset_std::{HashMap, Image, String, prelude::*};
    /// let mut image = Image::<HashMap<u32, String>>::new(Empty)?;
    /// image.edit().entry(7).or_insert_with(|| format!("number {}", 7)).push('!');
    /// assert_eq!(image[&7], "number 7!");
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[track_caller]
    #[inline]
    pub fn or_insert_with<I: Emplace<V>, F: FnOnce() -> I>(self, init: F) -> V::Mut<'a> {
        self.try_or_insert_with(init).unwrap_or_else(|error| error.raise())
    }

    /// The editing handle of the value, after building it from what `init` returns if there was none.
    ///
    /// # Errors
    ///
    /// As for [`try_or_insert`](Entry::try_or_insert).
    #[inline]
    pub fn try_or_insert_with<I: Emplace<V>, F: FnOnce() -> I>(self, init: F) -> Result<V::Mut<'a>> {
        match self {
            Entry::Occupied(entry) => Ok(entry.into_mut()),
            Entry::Vacant(entry) => entry.try_insert(init()),
        }
    }

    /// Lets `edit` change the value, if there is one.
    #[inline]
    pub fn and_modify<F: FnOnce(&mut Place<'_, V>)>(mut self, edit: F) -> Self {
        if let Entry::Occupied(entry) = &mut self {
            edit(&mut entry.place());
        }
        self
    }
}

impl<'a, K: Relocatable, V: Relocatable> OccupiedEntry<'a, K, V> {
    /// The key that is in the map.
    #[inline]
    pub fn key(&self) -> &K {
        let (key, _) = parts(self.map.entry_at(self.at));
        // SAFETY: a valid key, which nobody edits while the entry is borrowed.
        unsafe { key.as_ref() }
    }

    /// The value.
    #[inline]
    pub fn get(&self) -> &V {
        let (_, value) = parts(self.map.entry_at(self.at));
        // SAFETY: a valid value, which nobody edits while the entry is borrowed.
        unsafe { value.as_ref() }
    }

    /// The value's editing handle.
    #[inline]
    pub fn get_mut(&mut self) -> V::Mut<'_> {
        let (_, value) = parts(self.map.entry_at(self.at));
        // SAFETY: a valid value, ours alone while the entry is borrowed.
        unsafe { V::handle(value, self.map.writer()) }
    }

    /// The value's editing handle, for as long as the map is borrowed.
    #[inline]
    pub fn into_mut(self) -> V::Mut<'a> {
        let (_, value) = parts(self.map.entry_at(self.at));
        // SAFETY: a valid value, ours alone for as long, and we are gone.
        unsafe { V::handle(value, self.map.writer()) }
    }

    /// The value as a place.
    #[inline]
    pub fn place(&mut self) -> Place<'_, V> {
        let (_, value) = parts(self.map.entry_at(self.at));
        // SAFETY: a valid value, ours alone while the entry is borrowed.
        unsafe { Place::new(value, self.map.writer()) }
    }

    /// Replaces the value, and returns the one that was there.
    ///
    /// # Panics
    ///
    /// Where [`try_insert`](OccupiedEntry::try_insert) returns an error, with its text.
    #[track_caller]
    pub fn insert<I: Emplace<V>>(&mut self, init: I) -> Popped<'_, V> {
        self.try_insert(init).unwrap_or_else(|error| error.raise())
    }

    /// Replaces the value, or leaves it as it is.
    ///
    /// # Errors
    ///
    /// Those of building the new one.
    pub fn try_insert<I: Emplace<V>>(&mut self, init: I) -> Result<Popped<'_, V>> {
        self.map.replace(self.at, init)
    }

    /// Removes the entry, and releases its key. O(1).
    ///
    /// ```
    /// # use offset_std::hash_map::Entry;
    /// # use offset_std::{HashMap, Image, String, prelude::*};
    /// let mut image = Image::<HashMap<String, u64>>::new([("a", 1)])?;
    /// if let Entry::Occupied(entry) = image.edit().entry("a") {
    ///     assert_eq!(*entry.remove(), 1);
    /// }
    /// assert!(image.is_empty());
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn remove(self) -> Popped<'a, V> {
        self.remove_entry().1
    }

    /// Removes the entry. O(1).
    pub fn remove_entry(self) -> (Popped<'a, K>, Popped<'a, V>) {
        self.map.unlink(self.hash, self.at)
    }
}

impl<'a, Q, K, V> VacantEntry<'a, Q, K, V> {
    /// What the key would be built from.
    #[inline]
    pub fn key(&self) -> &Q {
        &self.key
    }

    /// The same, without the entry.
    #[inline]
    pub fn into_key(self) -> Q {
        self.key
    }
}

impl<'a, Q: Emplace<K>, K: Relocatable + StableHash + Eq, V: Relocatable> VacantEntry<'a, Q, K, V> {
    /// Builds the entry, and gives the editing handle of its value.
    ///
    /// # Panics
    ///
    /// Where [`try_insert`](VacantEntry::try_insert) returns an error, with its text.
    #[track_caller]
    #[inline]
    pub fn insert<I: Emplace<V>>(self, init: I) -> V::Mut<'a> {
        self.try_insert(init).unwrap_or_else(|error| error.raise())
    }

    /// Builds the entry, or leaves the map as it is.
    ///
    /// # Errors
    ///
    /// No space, too many entries, and those of building the key or the value.
    #[inline]
    pub fn try_insert<I: Emplace<V>>(mut self, init: I) -> Result<V::Mut<'a>> {
        let at = self.map.build(self.hash, self.missing, self.key, init)?;
        let (_, value) = parts(self.map.entry_at(at));
        // SAFETY: just built, and ours alone for as long as the map is borrowed.
        Ok(unsafe { V::handle(value, self.map.writer()) })
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

impl<K: Relocatable + fmt::Debug, V: Relocatable + fmt::Debug> fmt::Debug for OccupiedEntry<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OccupiedEntry").field("key", self.key()).field("value", self.get()).finish_non_exhaustive()
    }
}

impl<Q: fmt::Debug, K, V> fmt::Debug for VacantEntry<'_, Q, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("VacantEntry").field(&self.key).finish()
    }
}
