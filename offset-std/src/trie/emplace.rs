//! What a trie is built from.

use std::collections;

use offset_core::{Emplace, Empty, Filled, FromIter, Relocatable, Result, Slot};

use super::{Trie, TrieMut};

impl<V: Relocatable> TrieMut<'_, V> {
    /// Adds an entry for each key and initialiser, or replaces the value of a key that has one. O(length of the keys).
    ///
    /// # Panics
    ///
    /// Where [`try_extend`](TrieMut::try_extend) returns an error, with its text.
    ///
    /// ```
    /// # use offset_std::{Image, Trie};
    /// let mut image = Image::<Trie<u64>>::new([("1", 1)])?;
    /// image.edit().extend((2..10u64).map(|n| (n.to_string(), n * n)));
    /// assert_eq!(image["9"], 81);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[track_caller]
    pub fn extend<Q: AsRef<[u8]>, I: Emplace<V>>(&mut self, pairs: impl IntoIterator<Item = (Q, I)>) {
        self.try_extend(pairs).unwrap_or_else(|error| error.raise());
    }

    /// Adds an entry for each key and initialiser, or replaces the value of a key that has one, until one fails: what was added by then stays.
    ///
    /// # Errors
    ///
    /// As for [`try_insert`](TrieMut::try_insert).
    pub fn try_extend<Q: AsRef<[u8]>, I: Emplace<V>>(&mut self, pairs: impl IntoIterator<Item = (Q, I)>) -> Result<()> {
        pairs.into_iter().try_for_each(|(key, value)| self.try_insert(&key, value).map(drop))
    }
}

/// Builds an empty trie, and adds pairs to it.
fn fill<'s, V: Relocatable, Q: AsRef<[u8]>, I: Emplace<V>>(
    slot: Slot<'s, Trie<V>>,
    pairs: impl Iterator<Item = (Q, I)>,
) -> Result<Filled<'s, Trie<V>>> {
    let (at, writer) = (slot.at(), slot.writer());
    let filled = slot.build(Empty)?;
    // SAFETY: a valid trie, which `filled` only holds to release it should this fail.
    unsafe { TrieMut::new(at, writer) }.try_extend(pairs)?;
    Ok(filled)
}

impl<V: Relocatable> Emplace<Trie<V>> for Empty {
    #[inline]
    fn emplace<'s>(self, slot: Slot<'s, Trie<V>>) -> Result<Filled<'s, Trie<V>>> {
        // SAFETY: zeros are an empty trie, and a slot is zeroed.
        Ok(unsafe { slot.assume_filled() })
    }
}

impl<V: Relocatable, Q: AsRef<[u8]>, I: Emplace<V>, P: Iterator<Item = (Q, I)>> Emplace<Trie<V>> for FromIter<P> {
    fn emplace<'s>(self, slot: Slot<'s, Trie<V>>) -> Result<Filled<'s, Trie<V>>> {
        fill(slot, self.into_inner())
    }
}

/// Collections of pairs, by value and by reference.
macro_rules! collections {
    ($([$($generics:tt)*] $from:ty, $item:pat => $pair:expr;)*) => {$(
        impl<V: Relocatable, Q: AsRef<[u8]>, I: Emplace<V>, $($generics)*> Emplace<Trie<V>> for $from {
            fn emplace<'s>(self, slot: Slot<'s, Trie<V>>) -> Result<Filled<'s, Trie<V>>> {
                fill(slot, self.into_iter())
            }
        }
        impl<'a, V: Relocatable, Q: AsRef<[u8]>, I, $($generics)*> Emplace<Trie<V>> for &'a $from
        where
            &'a I: Emplace<V>,
        {
            fn emplace<'s>(self, slot: Slot<'s, Trie<V>>) -> Result<Filled<'s, Trie<V>>> {
                fill(slot, self.iter().map(|$item| $pair))
            }
        }
    )*};
}
collections! {
    [const N: usize] [(Q, I); N], (key, value) => (key, value);
    [] Vec<(Q, I)>, (key, value) => (key, value);
    [] collections::BTreeMap<Q, I>, (key, value) => (key, value);
    [H] collections::HashMap<Q, I, H>, (key, value) => (key, value);
}

impl<'a, V: Relocatable, Q: AsRef<[u8]>, I> Emplace<Trie<V>> for &'a [(Q, I)]
where
    &'a I: Emplace<V>,
{
    fn emplace<'s>(self, slot: Slot<'s, Trie<V>>) -> Result<Filled<'s, Trie<V>>> {
        fill(slot, self.iter().map(|(key, value)| (key, value)))
    }
}
