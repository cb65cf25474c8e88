//! `HashSetMut`: adding and removing.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use offset_core::{Emplace, Popped, Relocatable, Result};

use super::{HashSet, Nothing};
use crate::hash::{Equivalent, StableHash};
use crate::hash_map::HashMapMut;

/// Edits a set. Reads as a [`HashSet`].
///
/// ```
/// use offset_std::{HashSet, Image, String, prelude::*};
///
/// let mut image = Image::<HashSet<String>>::new(Empty)?;
/// let mut words = image.edit();
/// let new = "a rose is a rose".split(' ').filter(|word| words.insert(*word)).count();
/// assert_eq!(new, 3);
/// assert_eq!(words.take("is").unwrap().as_str(), "is");
/// assert!(words.remove("a") && !words.remove("an"));
/// assert_eq!(image.len(), 1);
/// # Ok::<(), offset_std::Error>(())
/// ```
pub struct HashSetMut<'r, T>(HashMapMut<'r, T, Nothing>);

impl<'r, T> HashSetMut<'r, T> {
    pub(super) fn new(map: HashMapMut<'r, T, Nothing>) -> Self {
        HashSetMut(map)
    }

    /// The map that the set is.
    #[cfg(feature = "serde")]
    pub(super) fn as_map_mut(&mut self) -> &mut HashMapMut<'r, T, Nothing> {
        &mut self.0
    }

    /// The set, for reading.
    #[inline]
    pub fn as_set(&self) -> &HashSet<T> {
        as_set(self.0.as_map())
    }

    /// Gives up editing for reading, for as long as this handle could have lived.
    pub fn freeze(self) -> &'r HashSet<T> {
        as_set(self.0.freeze())
    }
}

/// The set that a map is.
#[inline]
fn as_set<T>(map: &crate::HashMap<T, Nothing>) -> &HashSet<T> {
    // SAFETY: a set is a transparent map, in the same place.
    unsafe { &*std::ptr::from_ref(map).cast::<HashSet<T>>() }
}

impl<T: Relocatable + StableHash + Eq> HashSetMut<'_, T> {
    /// Adds an element, unless it is there. Returns whether it was added. O(1), amortised.
    ///
    /// # Panics
    ///
    /// Where [`try_insert`](HashSetMut::try_insert) returns an error, with its text.
    #[track_caller]
    #[inline]
    pub fn insert<Q: StableHash + Equivalent<T> + Emplace<T>>(&mut self, value: Q) -> bool {
        self.try_insert(value).unwrap_or_else(|error| error.raise())
    }

    /// Adds an element, unless it is there, or leaves the set as it is.
    ///
    /// # Errors
    ///
    /// No space, too many elements, and those of building it.
    #[inline]
    pub fn try_insert<Q: StableHash + Equivalent<T> + Emplace<T>>(&mut self, value: Q) -> Result<bool> {
        match self.0.entry(value) {
            crate::hash_map::Entry::Occupied(_) => Ok(false),
            crate::hash_map::Entry::Vacant(entry) => entry.try_insert(PhantomData).map(|_| true),
        }
    }

    /// Adds all elements that aren't there. O(1) each, amortised.
    ///
    /// # Panics
    ///
    /// Where [`try_insert`](HashSetMut::try_insert) returns an error, with its text; what was added before stays.
    #[track_caller]
    pub fn extend<I: IntoIterator<Item: StableHash + Equivalent<T> + Emplace<T>>>(&mut self, values: I) {
        self.0.extend(values.into_iter().map(|value| (value, PhantomData)));
    }

    /// Adds all elements that aren't there, or leaves the set as it is.
    ///
    /// # Errors
    ///
    /// As for [`try_insert`](HashSetMut::try_insert).
    pub fn try_extend<I: IntoIterator<Item: StableHash + Equivalent<T> + Emplace<T>>>(
        &mut self,
        values: I,
    ) -> Result<()> {
        self.0.try_extend(values.into_iter().map(|value| (value, PhantomData)))
    }

    /// Makes room for at least `extra` more elements. O(n) where the table grows.
    ///
    /// # Panics
    ///
    /// Where [`try_reserve`](HashSetMut::try_reserve) returns an error, with its text.
    #[track_caller]
    pub fn reserve(&mut self, extra: usize) {
        self.0.reserve(extra);
    }

    /// Makes room for at least `extra` more elements, or leaves the set as it is.
    ///
    /// # Errors
    ///
    /// No space, or too many elements.
    pub fn try_reserve(&mut self, extra: usize) -> Result<()> {
        self.0.try_reserve(extra)
    }

    /// Moves the elements into the smallest table that has room for them. O(n).
    ///
    /// # Panics
    ///
    /// Where [`try_shrink_to_fit`](HashSetMut::try_shrink_to_fit) returns an error, with its text.
    #[track_caller]
    pub fn shrink_to_fit(&mut self) {
        self.0.shrink_to_fit();
    }

    /// Moves the elements into the smallest table that has room for them, or leaves the set as it is.
    ///
    /// # Errors
    ///
    /// No space: both tables are there for a while.
    pub fn try_shrink_to_fit(&mut self) -> Result<()> {
        self.0.try_shrink_to_fit()
    }
}

impl<T: Relocatable> HashSetMut<'_, T> {
    /// Removes an element and releases it. Returns whether it was there. O(1).
    #[inline]
    pub fn remove<Q: StableHash + Equivalent<T> + ?Sized>(&mut self, value: &Q) -> bool {
        self.0.remove(value).is_some()
    }

    /// Removes an element. O(1).
    #[inline]
    pub fn take<Q: StableHash + Equivalent<T> + ?Sized>(&mut self, value: &Q) -> Option<Popped<'_, T>> {
        self.0.remove_entry(value).map(|(value, _)| value)
    }

    /// Keeps the elements that `keep` says yes to, and releases the others. O(capacity).
    ///
    /// # Panics
    ///
    /// If `keep`, or an element's hash, panics; no element has been removed then.
    pub fn retain<F: FnMut(&T) -> bool>(&mut self, mut keep: F)
    where
        T: StableHash,
    {
        self.0.retain(|value, _| keep(value));
    }

    /// Removes all elements, giving each to `with`. What `with` drops is released. O(capacity).
    ///
    /// # Panics
    ///
    /// If `with` panics; the elements that it has not been given are released too.
    pub fn drain<F: FnMut(Popped<'_, T>)>(&mut self, mut with: F) {
        self.0.drain(|value, _| with(value));
    }

    /// Releases all elements. The table stays. O(capacity).
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Replaces the whole set, seed included. The new one is built first.
    ///
    /// # Panics
    ///
    /// Where [`try_set`](HashSetMut::try_set) returns an error, with its text.
    #[track_caller]
    pub fn set<I: Emplace<HashSet<T>>>(&mut self, init: I) {
        self.try_set(init).unwrap_or_else(|error| error.raise());
    }

    /// Replaces the whole set, or leaves it as it is.
    ///
    /// # Errors
    ///
    /// Those of building the new one.
    pub fn try_set<I: Emplace<HashSet<T>>>(&mut self, init: I) -> Result<()> {
        self.0.try_set(super::traits::AsMap(init))
    }

    /// Swaps the contents of two sets. O(1) within a region; between regions all elements are copied.
    ///
    /// # Panics
    ///
    /// Where [`try_swap_with`](HashSetMut::try_swap_with) returns an error, with its text.
    #[track_caller]
    pub fn swap_with(&mut self, other: &mut HashSetMut<'_, T>) {
        self.0.swap_with(&mut other.0);
    }

    /// Swaps the contents of two sets, or leaves both as they are.
    ///
    /// # Errors
    ///
    /// No space, between two regions.
    pub fn try_swap_with(&mut self, other: &mut HashSetMut<'_, T>) -> Result<()> {
        self.0.try_swap_with(&mut other.0)
    }
}

impl<T> Deref for HashSetMut<'_, T> {
    type Target = HashSet<T>;

    #[inline]
    fn deref(&self) -> &HashSet<T> {
        self.as_set()
    }
}

impl<T: fmt::Debug> fmt::Debug for HashSetMut<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_set().fmt(f)
    }
}
