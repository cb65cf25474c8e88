//! What a map is built from.
//!
//! Pairs in the order of their keys go to the end of the tree, one after the other, and leave full nodes behind: no search, one comparison each.

use std::cmp::Ordering;
use std::collections;

use offset_core::{Emplace, Empty, Filled, FromIter, Relocatable, Result, Slot};

use super::cursor::Cursor;
use super::key::Comparable;
use super::{BTreeMap, BTreeMapMut};

impl<K: Relocatable, V: Relocatable> BTreeMapMut<'_, K, V> {
    /// Adds an entry for each pair of initialisers, or replaces the value of a key that has one. O(log n) each, less where they come in order.
    ///
    /// # Panics
    ///
    /// Where [`try_extend`](BTreeMapMut::try_extend) returns an error, with its text.
    ///
    /// ```
    /// # use offset_std::{BTreeMap, Image};
    /// let mut image = Image::<BTreeMap<u64, u64>>::new([(1, 1)])?;
    /// image.edit().extend((2..10).map(|n| (n, n * n)));
    /// assert_eq!(image[&9], 81);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[track_caller]
    pub fn extend<Q: Comparable<K> + Emplace<K>, I: Emplace<V>>(&mut self, pairs: impl IntoIterator<Item = (Q, I)>) {
        self.try_extend(pairs).unwrap_or_else(|error| error.raise());
    }

    /// Adds an entry for each pair of initialisers, or replaces the value of a key that has one, until one fails: what was added by then stays. (To add all or none, build a
    /// map and [`try_append`](BTreeMapMut::try_append) it.)
    ///
    /// # Errors
    ///
    /// As for [`try_insert`](BTreeMapMut::try_insert).
    pub fn try_extend<Q: Comparable<K> + Emplace<K>, I: Emplace<V>>(
        &mut self,
        pairs: impl IntoIterator<Item = (Q, I)>,
    ) -> Result<()> {
        let mut extender = Extender::new(self);
        pairs.into_iter().try_for_each(|(key, value)| extender.add(key, value))
    }
}

/// Adds entries that are likely to come in order. It has the map alone, so the place where that ends stays where it is.
pub(crate) struct Extender<'a, 'r, K: Relocatable, V: Relocatable> {
    map: &'a mut BTreeMapMut<'r, K, V>,
    /// Where the map ends, while that is known.
    end: Option<Cursor<K, V>>,
}

impl<'a, 'r, K: Relocatable, V: Relocatable> Extender<'a, 'r, K, V> {
    pub(crate) fn new(map: &'a mut BTreeMapMut<'r, K, V>) -> Self {
        Extender { map, end: None }
    }

    /// Adds an entry, or replaces the value of a key that has one.
    #[inline]
    pub(crate) fn add<Q: Comparable<K> + Emplace<K>, I: Emplace<V>>(&mut self, key: Q, value: I) -> Result<()> {
        let Extender { map, end } = self;
        if end.is_none()
            && let Some(tree) = map.nodes()
        {
            // SAFETY: B1 to B3 hold for a map, which nobody edits meanwhile.
            *end = Some(unsafe { Cursor::last(tree) });
        }
        if let Some(cursor) = end {
            // SAFETY: B2: a leaf has an entry.
            let last = unsafe { cursor.leaf.key_ref(cursor.index - 1) };
            if key.compare(last) == Ordering::Greater {
                // SAFETY: the map hasn't been edited since.
                let (leaf, index) = unsafe { map.insert_at(Some(cursor), key, value) }?;
                cursor.index = index + 1;
                if leaf != cursor.leaf {
                    *end = None;
                }
                return Ok(());
            }
        }
        *end = None;
        map.try_insert(key, value).map(drop)
    }
}

/// Builds an empty map, and adds pairs to it.
fn fill<'s, K: Relocatable, V: Relocatable, Q: Comparable<K> + Emplace<K>, I: Emplace<V>>(
    slot: Slot<'s, BTreeMap<K, V>>,
    pairs: impl Iterator<Item = (Q, I)>,
) -> Result<Filled<'s, BTreeMap<K, V>>> {
    let (at, writer) = (slot.at(), slot.writer());
    let filled = slot.build(Empty)?;
    // SAFETY: a valid map, which `filled` only holds to release it should this fail.
    unsafe { BTreeMapMut::new(at, writer) }.try_extend(pairs)?;
    Ok(filled)
}

impl<K: Relocatable, V: Relocatable> Emplace<BTreeMap<K, V>> for Empty {
    #[inline]
    fn emplace<'s>(self, slot: Slot<'s, BTreeMap<K, V>>) -> Result<Filled<'s, BTreeMap<K, V>>> {
        // SAFETY: zeros are an empty map, and a slot is zeroed.
        Ok(unsafe { slot.assume_filled() })
    }
}

impl<K: Relocatable, V: Relocatable, Q: Comparable<K> + Emplace<K>, I: Emplace<V>, const N: usize>
    Emplace<BTreeMap<K, V>> for [(Q, I); N]
{
    fn emplace<'s>(self, slot: Slot<'s, BTreeMap<K, V>>) -> Result<Filled<'s, BTreeMap<K, V>>> {
        fill(slot, self.into_iter())
    }
}

impl<K: Relocatable, V: Relocatable, Q: Comparable<K> + Emplace<K>, I: Emplace<V>, P: Iterator<Item = (Q, I)>>
    Emplace<BTreeMap<K, V>> for FromIter<P>
{
    fn emplace<'s>(self, slot: Slot<'s, BTreeMap<K, V>>) -> Result<Filled<'s, BTreeMap<K, V>>> {
        fill(slot, self.into_inner())
    }
}

/// Std's collections of pairs.
macro_rules! collections {
    ($([$($generics:tt)*] $from:ty, $item:pat => $pair:expr;)*) => {$(
        impl<K: Relocatable, V: Relocatable, Q: Comparable<K> + Emplace<K>, I: Emplace<V>, $($generics)*>
            Emplace<BTreeMap<K, V>> for $from
        {
            fn emplace<'s>(self, slot: Slot<'s, BTreeMap<K, V>>) -> Result<Filled<'s, BTreeMap<K, V>>> {
                fill(slot, self.into_iter())
            }
        }
        impl<'a, K: Relocatable, V: Relocatable, Q, I, $($generics)*> Emplace<BTreeMap<K, V>> for &'a $from
        where
            &'a Q: Comparable<K> + Emplace<K>,
            &'a I: Emplace<V>,
        {
            fn emplace<'s>(self, slot: Slot<'s, BTreeMap<K, V>>) -> Result<Filled<'s, BTreeMap<K, V>>> {
                fill(slot, self.iter().map(|$item| $pair))
            }
        }
    )*};
}
collections! {
    [] std::vec::Vec<(Q, I)>, (key, value) => (key, value);
    [] collections::BTreeMap<Q, I>, (key, value) => (key, value);
    [H] collections::HashMap<Q, I, H>, (key, value) => (key, value);
}

impl<'a, K: Relocatable, V: Relocatable, Q, I> Emplace<BTreeMap<K, V>> for &'a [(Q, I)]
where
    &'a Q: Comparable<K> + Emplace<K>,
    &'a I: Emplace<V>,
{
    fn emplace<'s>(self, slot: Slot<'s, BTreeMap<K, V>>) -> Result<Filled<'s, BTreeMap<K, V>>> {
        fill(slot, self.iter().map(|(key, value)| (key, value)))
    }
}

impl<'a, K: Relocatable, V: Relocatable, Q, I, const N: usize> Emplace<BTreeMap<K, V>> for &'a [(Q, I); N]
where
    &'a Q: Comparable<K> + Emplace<K>,
    &'a I: Emplace<V>,
{
    fn emplace<'s>(self, slot: Slot<'s, BTreeMap<K, V>>) -> Result<Filled<'s, BTreeMap<K, V>>> {
        slot.build(&self[..])
    }
}
