//! Iterators over a map.

use std::fmt;
use std::iter::FusedIterator;
use std::marker::PhantomData;
use std::ptr::NonNull;

use offset_core::Relocatable;
use offset_core::raw::Writer;

use super::HashMap;
use super::control::Places;
use super::table::{At, Entry, Table};

/// The entries of a table, one after another.
pub(super) struct Entries<K, V> {
    table: Option<Table<K, V>>,
    /// The next group.
    next: u32,
    places: Places,
    left: u32,
}

impl<K, V> Entries<K, V> {
    /// `table` is that of a map of this length, or none. T1 holds for as long as the iterator is used.
    #[inline]
    pub(super) fn new(table: Option<Table<K, V>>, len: u32) -> Self {
        Entries { table, next: 0, places: Places::NONE, left: len }
    }

    /// The place of the next entry.
    #[inline]
    pub(super) fn next_at(&mut self) -> Option<At> {
        self.advance().map(|(table, place)| table.at(self.next - 1, place))
    }

    #[inline]
    pub(super) fn next(&mut self) -> Option<NonNull<Entry<K, V>>> {
        self.advance().map(|(table, place)| table.entry_in(self.next - 1, place))
    }

    /// The next place of the group before `next`.
    #[inline(always)]
    fn advance(&mut self) -> Option<(Table<K, V>, usize)> {
        // A table that has no more is known by the length, so that the groups after the last entry aren't looked at.
        self.left = self.left.checked_sub(1)?;
        let table = self.table?;
        loop {
            if let Some(place) = self.places.next() {
                return Some((table, place));
            }
            if self.next == table.size().groups() {
                return None;
            }
            self.places = table.control(self.next).occupied();
            self.next += 1;
        }
    }

    fn left(&self) -> usize {
        self.left as usize
    }
}

impl<K, V> Clone for Entries<K, V> {
    fn clone(&self) -> Self {
        Entries { ..*self }
    }
}

macro_rules! iterator {
    ($(#[$doc:meta])* $name:ident: $item:ty, $entry:ident => $get:expr) => {
        $(#[$doc])*
        pub struct $name<'a, K, V> {
            entries: Entries<K, V>,
            map: PhantomData<&'a HashMap<K, V>>,
        }

        // SAFETY: it gives `&K` and `&V`.
        unsafe impl<K: Sync, V: Sync> Send for $name<'_, K, V> {}
        // SAFETY: the same.
        unsafe impl<K: Sync, V: Sync> Sync for $name<'_, K, V> {}

        impl<'a, K, V> Iterator for $name<'a, K, V> {
            type Item = $item;

            #[inline]
            fn next(&mut self) -> Option<$item> {
                // SAFETY: a valid entry, which nobody edits while the map is borrowed.
                let $entry: &'a Entry<K, V> = unsafe { self.entries.next()?.as_ref() };
                Some($get)
            }

            #[inline]
            fn size_hint(&self) -> (usize, Option<usize>) {
                (self.entries.left(), Some(self.entries.left()))
            }
        }

        impl<K, V> ExactSizeIterator for $name<'_, K, V> {}
        impl<K, V> FusedIterator for $name<'_, K, V> {}

        impl<K, V> Clone for $name<'_, K, V> {
            fn clone(&self) -> Self {
                $name { entries: self.entries.clone(), map: PhantomData }
            }
        }
    };
}

iterator!(
    /// The entries of a [`HashMap`].
    Iter: (&'a K, &'a V), entry => (&entry.key, &entry.value)
);
iterator!(
    /// The keys of a [`HashMap`].
    Keys: &'a K, entry => &entry.key
);
iterator!(
    /// The values of a [`HashMap`].
    Values: &'a V, entry => &entry.value
);

impl<'a, K, V> Iter<'a, K, V> {
    pub(super) fn new(map: &'a HashMap<K, V>) -> Self {
        Iter { entries: Entries::new(map.table(), map.len), map: PhantomData }
    }
}

impl<'a, K, V> Keys<'a, K, V> {
    pub(super) fn new(entries: Iter<'a, K, V>) -> Self {
        Keys { entries: entries.entries, map: PhantomData }
    }
}

impl<'a, K, V> Values<'a, K, V> {
    pub(super) fn new(entries: Iter<'a, K, V>) -> Self {
        Values { entries: entries.entries, map: PhantomData }
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for Iter<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

impl<K: fmt::Debug, V> fmt::Debug for Keys<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

impl<K, V: fmt::Debug> fmt::Debug for Values<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

/// The keys of a [`HashMap`] and the editing handles of their values.
pub struct IterMut<'r, K, V> {
    entries: Entries<K, V>,
    writer: &'r Writer,
    brand: PhantomData<&'r mut HashMap<K, V>>,
}

impl<'r, K, V> IterMut<'r, K, V> {
    /// # Safety
    ///
    /// The entries are in the region of `writer`, and nothing else reads their values or writes any of them for `'r`.
    pub(super) unsafe fn new(entries: Entries<K, V>, writer: &'r Writer) -> Self {
        IterMut { entries, writer, brand: PhantomData }
    }
}

impl<'r, K: Relocatable, V: Relocatable> Iterator for IterMut<'r, K, V> {
    type Item = (&'r K, V::Mut<'r>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let (key, value) = parts(self.entries.next()?);
        // SAFETY: a valid key, which nobody edits for `'r`.
        let key = unsafe { key.as_ref() };
        // SAFETY: a valid value, ours alone for `'r`, and handed out once.
        Some((key, unsafe { V::handle(value, self.writer) }))
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.entries.left(), Some(self.entries.left()))
    }
}

impl<K: Relocatable, V: Relocatable> ExactSizeIterator for IterMut<'_, K, V> {}
impl<K: Relocatable, V: Relocatable> FusedIterator for IterMut<'_, K, V> {}

impl<K, V> fmt::Debug for IterMut<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IterMut").field("left", &self.entries.left()).finish_non_exhaustive()
    }
}

/// Where the key and the value of an entry are.
#[inline(always)]
pub(super) fn parts<K, V>(entry: NonNull<Entry<K, V>>) -> (NonNull<K>, NonNull<V>) {
    // SAFETY: the offset is inside the entry.
    let key = unsafe { entry.byte_add(std::mem::offset_of!(Entry<K, V>, key)) }.cast();
    // SAFETY: the same.
    let value = unsafe { entry.byte_add(std::mem::offset_of!(Entry<K, V>, value)) }.cast();
    (key, value)
}

/// The editing handles of the values of a [`HashMap`].
#[derive(Debug)]
pub struct ValuesMut<'r, K, V>(pub(super) IterMut<'r, K, V>);

impl<'r, K: Relocatable, V: Relocatable> Iterator for ValuesMut<'r, K, V> {
    type Item = V::Mut<'r>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        Some(self.0.next()?.1)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl<K: Relocatable, V: Relocatable> ExactSizeIterator for ValuesMut<'_, K, V> {}
impl<K: Relocatable, V: Relocatable> FusedIterator for ValuesMut<'_, K, V> {}
