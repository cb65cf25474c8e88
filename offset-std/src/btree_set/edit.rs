//! `BTreeSetMut`: adding elements and removing them.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::ptr::NonNull;

use offset_core::raw::Writer;
use offset_core::{Emplace, Empty, Own, Place, Popped, Relocatable, Result};

use super::{BTreeSet, Nothing};
use crate::btree_map::{BTreeMapMut, Comparable};

/// Edits a set. Reads as a [`BTreeSet`].
///
/// ```
/// use offset_std::{BTreeSet, Empty, Image, String};
///
/// let mut image = Image::<BTreeSet<String>>::new(Empty)?;
/// let mut words = image.edit();
/// assert!(words.insert("one"));
/// assert!(!words.insert("one"));
/// assert_eq!(words.take("one").unwrap().as_str(), "one");
/// assert!(words.is_empty());
/// # Ok::<(), offset_std::Error>(())
/// ```
pub struct BTreeSetMut<'r, T>(BTreeMapMut<'r, T, Nothing>);

impl<'r, T: Relocatable> BTreeSetMut<'r, T> {
    #[inline(always)]
    pub(super) fn new(map: BTreeMapMut<'r, T, Nothing>) -> Self {
        BTreeSetMut(map)
    }

    /// The map that the set is.
    #[cfg(feature = "serde")]
    pub(super) fn as_map_mut(&mut self) -> &mut BTreeMapMut<'r, T, Nothing> {
        &mut self.0
    }

    /// Gives up editing for reading, for as long as this handle could have lived.
    pub fn freeze(self) -> &'r BTreeSet<T> {
        as_set(self.0.freeze())
    }

    /// Adds an element that isn't there yet. Returns whether it wasn't. O(log n).
    ///
    /// # Panics
    ///
    /// Where [`try_insert`](BTreeSetMut::try_insert) returns an error, with its text.
    #[track_caller]
    pub fn insert<Q: Comparable<T> + Emplace<T>>(&mut self, element: Q) -> bool {
        self.try_insert(element).unwrap_or_else(|error| error.raise())
    }

    /// Adds an element that isn't there yet, or leaves the set as it is. Returns whether it wasn't.
    ///
    /// # Errors
    ///
    /// No space, too many elements, and those of building it.
    pub fn try_insert<Q: Comparable<T> + Emplace<T>>(&mut self, element: Q) -> Result<bool> {
        let before = self.0.len();
        self.0.entry(element).try_or_insert(PhantomData)?;
        Ok(self.0.len() > before)
    }

    /// Removes an element and releases it. Returns whether it was there. O(log n).
    pub fn remove<Q: Comparable<T> + ?Sized>(&mut self, element: &Q) -> bool {
        self.0.remove(element).is_some()
    }

    /// Removes an element and gives it. O(log n).
    pub fn take<Q: Comparable<T> + ?Sized>(&mut self, element: &Q) -> Option<Popped<'_, T>> {
        self.0.remove_entry(element).map(|(element, _)| element)
    }

    /// Removes the smallest element. O(log n).
    pub fn pop_first(&mut self) -> Option<Popped<'_, T>> {
        self.0.pop_first().map(|(element, _)| element)
    }

    /// Removes the largest element. O(log n).
    pub fn pop_last(&mut self) -> Option<Popped<'_, T>> {
        self.0.pop_last().map(|(element, _)| element)
    }

    /// Adds an element for each initialiser. O(log n) each, less where they come in order.
    ///
    /// # Panics
    ///
    /// Where [`try_extend`](BTreeSetMut::try_extend) returns an error, with its text.
    #[track_caller]
    pub fn extend<Q: Comparable<T> + Emplace<T>>(&mut self, elements: impl IntoIterator<Item = Q>) {
        self.try_extend(elements).unwrap_or_else(|error| error.raise());
    }

    /// Adds an element for each initialiser, until one fails: what was added by then stays.
    ///
    /// # Errors
    ///
    /// As for [`try_insert`](BTreeSetMut::try_insert).
    pub fn try_extend<Q: Comparable<T> + Emplace<T>>(&mut self, elements: impl IntoIterator<Item = Q>) -> Result<()> {
        self.0.try_extend(elements.into_iter().map(|element| (element, PhantomData)))
    }

    /// Moves all elements of `other` into this set. O(n + m). Between regions they are copied with all that they own.
    ///
    /// # Panics
    ///
    /// Where [`try_append`](BTreeSetMut::try_append) returns an error, with its text.
    #[track_caller]
    pub fn append(&mut self, other: &mut BTreeSetMut<'_, T>)
    where
        T: Ord,
    {
        self.0.append(&mut other.0);
    }

    /// Moves all elements of `other` into this set, or leaves both as they are.
    ///
    /// # Errors
    ///
    /// No space, or too many elements.
    pub fn try_append(&mut self, other: &mut BTreeSetMut<'_, T>) -> Result<()>
    where
        T: Ord,
    {
        self.0.try_append(&mut other.0)
    }

    /// Splits the set in two: the elements from `element` on go to a set of their own, which is returned. O(n), but only nodes are looked at, not elements.
    ///
    /// # Panics
    ///
    /// Where [`try_split_off`](BTreeSetMut::try_split_off) returns an error, with its text.
    ///
    /// ```
    /// # use offset_std::{BTreeSet, Image};
    /// let mut image = Image::<BTreeSet<u64>>::new([1, 2, 3])?;
    /// let mut set = image.edit();
    /// let rest = set.split_off(&2);
    /// assert!(set.iter().eq(&[1]) && rest.iter().eq(&[2, 3]));
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[track_caller]
    pub fn split_off<Q: Comparable<T> + ?Sized>(&mut self, element: &Q) -> Own<'r, BTreeSet<T>> {
        self.try_split_off(element).unwrap_or_else(|error| error.raise())
    }

    /// Splits the set in two, or leaves it as it is.
    ///
    /// # Errors
    ///
    /// No space for the nodes on both sides of the split.
    pub fn try_split_off<Q: Comparable<T> + ?Sized>(&mut self, element: &Q) -> Result<Own<'r, BTreeSet<T>>> {
        let mut own = offset_core::raw::own::<BTreeSet<T>, _>(self.0.writer(), Empty)?;
        self.0.split_into(element, &mut own.edit().0)?;
        Ok(own)
    }

    /// Keeps the elements for which `keep` returns true, and releases the others. O(n). It is asked about all before any goes.
    pub fn retain<F: FnMut(&T) -> bool>(&mut self, mut keep: F) {
        self.0.retain(|element, _| keep(element));
    }

    /// Removes all elements and releases them. O(n).
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Replaces the whole set. The new one is built first.
    ///
    /// # Panics
    ///
    /// Where [`try_set`](BTreeSetMut::try_set) returns an error, with its text.
    #[track_caller]
    pub fn set<I: Emplace<BTreeSet<T>>>(&mut self, init: I) {
        self.try_set(init).unwrap_or_else(|error| error.raise());
    }

    /// Replaces the whole set, or leaves it as it is.
    ///
    /// # Errors
    ///
    /// Those of building the new one.
    pub fn try_set<I: Emplace<BTreeSet<T>>>(&mut self, init: I) -> Result<()> {
        self.as_place().try_set(init)
    }

    /// Swaps the contents of two sets. O(1) within a region; between regions all elements are copied.
    ///
    /// # Panics
    ///
    /// Where there is no space, between two regions.
    #[track_caller]
    pub fn swap_with(&mut self, other: &mut BTreeSetMut<'_, T>) {
        self.0.swap_with(&mut other.0);
    }

    /// Swaps the contents of two sets, or leaves both as they are.
    ///
    /// # Errors
    ///
    /// No space, between two regions.
    pub fn try_swap_with(&mut self, other: &mut BTreeSetMut<'_, T>) -> Result<()> {
        self.0.try_swap_with(&mut other.0)
    }

    fn as_place(&mut self) -> Place<'_, BTreeSet<T>> {
        let place = self.0.as_place();
        let (at, writer): (NonNull<BTreeSet<T>>, &Writer) = (place.at().cast(), place.writer());
        // SAFETY: a set is that map, which is ours alone, and borrowed for as long as the place lives.
        unsafe { Place::new(at, writer) }
    }
}

/// The set that a map is.
fn as_set<T>(map: &crate::BTreeMap<T, Nothing>) -> &BTreeSet<T> {
    // SAFETY: a set is a transparent map.
    unsafe { NonNull::from(map).cast().as_ref() }
}

impl<T> Deref for BTreeSetMut<'_, T> {
    type Target = BTreeSet<T>;

    fn deref(&self) -> &BTreeSet<T> {
        as_set(&self.0)
    }
}

impl<T: fmt::Debug> fmt::Debug for BTreeSetMut<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
