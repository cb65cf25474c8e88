//! `HashMapMut`: adding many entries.

use std::marker::PhantomData;

use offset_core::raw::{self, Writer};
use offset_core::{Emplace, Relocatable, Result};

use super::HashMap;
use super::edit::HashMapMut;
use super::emplace::Build;
use super::iter::{Entries, parts};
use super::size::Size;
use crate::hash::{Equivalent, StableHash};

impl<K: Relocatable + StableHash + Eq, V: Relocatable> HashMapMut<'_, K, V> {
    /// Inserts an entry for each pair of initialisers; a key that is there gets the new value. O(1) each, amortised.
    ///
    /// # Panics
    ///
    /// Where [`try_extend`](HashMapMut::try_extend) returns an error, with its text.
    ///
    /// ```
    /// # use offset_std::{HashMap, Image, String, prelude::*};
    /// let mut image = Image::<HashMap<String, u64>>::new([("a", 1)])?;
    /// image.edit().extend([("a", 2), ("b", 3)]);
    /// assert_eq!((image["a"], image["b"]), (2, 3));
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[track_caller]
    pub fn extend<Q, I, P>(&mut self, pairs: P)
    where
        P: IntoIterator<Item = (Q, I)>,
        Q: StableHash + Equivalent<K> + Emplace<K>,
        I: Emplace<V>,
    {
        self.try_extend(pairs).unwrap_or_else(|error| error.raise());
    }

    /// Inserts an entry for each pair of initialisers, or leaves the map as it is: they are built in a map of their own first, and then moved. O(1) each, amortised.
    ///
    /// # Errors
    ///
    /// As for [`try_insert`](HashMapMut::try_insert).
    pub fn try_extend<Q, I, P>(&mut self, pairs: P) -> Result<()>
    where
        P: IntoIterator<Item = (Q, I)>,
        Q: StableHash + Equivalent<K> + Emplace<K>,
        I: Emplace<V>,
    {
        let mut aside = Aside::new(self.writer(), self.as_map().seed())?;
        let mut new = aside.edit();
        for (key, init) in pairs {
            new.try_insert(key, init)?;
        }
        // More than are needed, where keys are there already; but nothing can fail any more once something has been moved.
        self.make_room(new.as_map().len())?;
        let mut found = Vec::new();
        let mut entries = Entries::new(new.table(), new.as_map().len);
        while let Some(entry) = entries.next() {
            // SAFETY: a valid key, which nobody edits meanwhile.
            let key = unsafe { &entry.as_ref().key };
            let hash = self.hash(key);
            found.push((hash, self.search(hash, key).ok()));
        }
        let (table, mut entries) = (self.table(), Entries::new(new.table(), new.as_map().len));
        for (hash, at) in found {
            let (Some(to), Some(from), Some(from_at)) = (table, new.table(), entries.next_at()) else { break };
            let entry = from.entry(from_at);
            match at {
                // SAFETY: two entries of this region. The old value goes with the map aside.
                Some(at) => unsafe { raw::swap_values(parts(entry).1, parts(to.entry(at)).1) },
                None => {
                    let at = to.vacancy(hash);
                    // SAFETY: an entry of this region, and a free place.
                    unsafe { raw::move_value(entry, to.entry(at)) };
                    // SAFETY: the map aside is ours alone; its entry isn't one any more.
                    unsafe { from.set_tag(from_at, 0) };
                    // SAFETY: the table is ours alone, and an entry is there now.
                    unsafe { to.occupy(hash, at) };
                    self.set_len(self.as_map().len + 1);
                }
            }
        }
        Ok(())
    }
}

/// A map that nothing refers to, released when dropped.
struct Aside<'w, K: Relocatable, V: Relocatable> {
    memory: raw::Allocation<'w>,
    writer: &'w Writer,
    of: PhantomData<(K, V)>,
}

impl<'w, K: Relocatable, V: Relocatable> Aside<'w, K, V> {
    fn new(writer: &'w Writer, seed: u64) -> Result<Self> {
        let units = size_of::<HashMap<K, V>>().div_ceil(crate::UNIT_BYTES) as u64;
        let memory = raw::allocate(writer, units, align_of::<HashMap<K, V>>())?;
        // SAFETY: zeroed, aligned, and nobody else's.
        let slot = unsafe { raw::slot(memory.at::<HashMap<K, V>>(), writer) };
        Build::new(slot, seed).finish().keep();
        Ok(Aside { memory, writer, of: PhantomData })
    }

    fn edit(&mut self) -> HashMapMut<'_, K, V> {
        // SAFETY: a valid map, which nobody else knows of. It is edited through one handle at a time.
        unsafe { HashMapMut::new(self.memory.at(), self.writer) }
    }
}

impl<K: Relocatable, V: Relocatable> Drop for Aside<'_, K, V> {
    fn drop(&mut self) {
        let mut map = self.edit();
        if let Some(table) = map.table() {
            // SAFETY: the entries that haven't been moved are valid, and nobody refers to them.
            unsafe { table.release(map.writer()) };
        }
        // SAFETY: no entries, and no table.
        unsafe { map.take_table(0, 0, Size::NONE) };
    }
}
