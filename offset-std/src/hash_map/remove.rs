//! `HashMapMut`: removing.

use offset_core::raw::{self, Writer};
use offset_core::{Place, Popped, Relocatable};

use super::edit::HashMapMut;
use super::iter::parts;
use super::table::{At, Table};
use crate::hash::{Equivalent, StableHash};

impl<'r, K: Relocatable, V: Relocatable> HashMapMut<'r, K, V> {
    /// Removes an entry and releases its key. O(1): nothing is moved, and nothing is left in its place.
    ///
    /// ```
    /// # use offset_std::{HashMap, Image, String, prelude::*};
    /// let mut image = Image::<HashMap<String, u64>>::new([("a", 1), ("b", 2)])?;
    /// assert_eq!(image.edit().remove("a").unwrap().into_inner(), 1);
    /// assert_eq!(image.len(), 1);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[inline]
    pub fn remove<Q: StableHash + Equivalent<K> + ?Sized>(&mut self, key: &Q) -> Option<Popped<'_, V>> {
        self.remove_entry(key).map(|(_, value)| value)
    }

    /// Removes an entry. O(1).
    ///
    /// ```
    /// # use offset_std::{HashMap, Image, String, prelude::*};
    /// let mut image = Image::<HashMap<String, u64>>::new([("a", 1), ("b", 2)])?;
    /// let mut map = image.edit();
    /// let (key, value) = map.remove_entry("a").unwrap();
    /// assert_eq!((key.as_str(), *value), ("a", 1));
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[inline]
    pub fn remove_entry<Q: StableHash + Equivalent<K> + ?Sized>(
        &mut self,
        key: &Q,
    ) -> Option<(Popped<'_, K>, Popped<'_, V>)> {
        let hash = self.hash(key);
        let at = self.search(hash, key).ok()?;
        Some(self.reborrow().unlink(hash, at))
    }

    /// Stops counting the entry at a place, and gives its parts. No user code runs.
    #[inline]
    pub(super) fn unlink(mut self, hash: u64, at: At) -> (Popped<'r, K>, Popped<'r, V>) {
        let table = self.table().expect("there is a table, since something is in it");
        self.set_len(self.as_map().len - 1);
        // SAFETY: the table is ours alone, and the entry is given away below.
        unsafe { table.vacate(hash, at) };
        // SAFETY: a valid entry that isn't counted any more, in memory that stays for `'r`.
        unsafe { popped(table, at, self.writer()) }
    }

    /// Keeps the entries that `keep` says yes to, and releases the others. O(capacity), with a few bytes of other memory for each entry that goes.
    ///
    /// # Panics
    ///
    /// If `keep`, or a key's hash, panics; no entry has been removed then, and what was edited stays so.
    ///
    /// ```
    /// # use offset_std::{HashMap, Image, prelude::*};
    /// let mut image = Image::<HashMap<u32, u64>>::new([(1, 10), (2, 20), (3, 30)])?;
    /// image.edit().retain(|key, value| {
    ///     **value += 1;
    ///     *key != 2
    /// });
    /// assert_eq!(*image, std::collections::HashMap::from([(1, 11), (3, 31)]));
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn retain<F: FnMut(&K, &mut Place<'_, V>) -> bool>(&mut self, mut keep: F)
    where
        K: StableHash,
    {
        let Some(table) = self.table() else { return };
        let mut gone = Vec::new();
        for index in 0..table.size().groups() {
            for place in table.control(index).occupied() {
                let at = table.at(index, place);
                let (key, value) = parts(table.entry(at));
                // SAFETY: a valid key, which nobody edits meanwhile.
                let key = unsafe { key.as_ref() };
                // SAFETY: a valid value, ours alone.
                if !keep(key, &mut unsafe { Place::new(value, self.writer()) }) {
                    gone.push((self.hash(key), at));
                }
            }
        }
        for (hash, at) in gone {
            drop(self.reborrow().unlink(hash, at));
        }
    }

    /// Releases all entries. The table stays. O(capacity).
    ///
    /// ```
    /// # use offset_std::{HashMap, Image, prelude::*};
    /// let mut image = Image::<HashMap<u32, u64>>::new([(1, 10), (2, 20)])?;
    /// image.edit().clear();
    /// assert!(image.is_empty());
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn clear(&mut self) {
        let Some(table) = self.table() else { return };
        self.set_len(0);
        // SAFETY: valid entries, which aren't read any more.
        unsafe { table.release(self.writer()) };
        let bytes = Table::<K, V>::units(table.size()) as usize * crate::UNIT_BYTES;
        // SAFETY: the whole table, which is ours alone: zero is no entries and no overflows.
        unsafe { table.first().write_bytes(0, bytes) };
    }

    /// Removes all entries, giving each to `with`: to look at, or to emplace elsewhere. What `with` drops is released. The table stays. O(capacity).
    ///
    /// # Panics
    ///
    /// If `with` panics; the entries that it has not been given are released too.
    ///
    /// ```
    /// # use offset_std::{HashMap, Image, String, Vec, prelude::*};
    /// #[derive(Relocatable)]
    /// #[repr(C)]
    /// struct Root {
    ///     map: HashMap<String, u64>,
    ///     names: Vec<String>,
    /// }
    ///
    /// let mut image = Image::<Root>::new(RootInit { map: [("a", 1), ("b", 2)], names: Empty })?;
    /// let mut root = image.edit();
    /// root.map.drain(|name, _| root.names.push(name)); // moved, not copied
    /// root.names.sort();
    /// assert_eq!(image.names, ["a", "b"]);
    /// assert!(image.map.is_empty());
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn drain<F: FnMut(Popped<'_, K>, Popped<'_, V>)>(&mut self, mut with: F) {
        let Some(table) = self.table() else { return };
        // The overflow counts go with the rest.
        let mut rest = ClearOnDrop(self.reborrow());
        for index in 0..table.size().groups() {
            for place in table.control(index).occupied() {
                let at = table.at(index, place);
                let left = rest.0.as_map().len - 1;
                rest.0.set_len(left);
                // SAFETY: the table is ours alone, and the entry is given away below.
                unsafe { table.set_tag(at, 0) };
                // SAFETY: a valid entry that isn't counted any more, in memory that stays for longer than `with` can keep it.
                let (key, value) = unsafe { popped(table, at, rest.0.writer()) };
                with(key, value);
            }
        }
    }
}

/// Releases what is left of a map that is being drained, should user code panic.
struct ClearOnDrop<'a, K: Relocatable, V: Relocatable>(HashMapMut<'a, K, V>);

impl<K: Relocatable, V: Relocatable> Drop for ClearOnDrop<'_, K, V> {
    fn drop(&mut self) {
        self.0.clear();
    }
}

/// The parts of an entry.
///
/// # Safety
///
/// A valid entry in the region of `writer`, that the table doesn't count any more, in memory that stays for `'w`.
unsafe fn popped<'w, K: Relocatable, V: Relocatable>(
    table: Table<K, V>,
    at: At,
    writer: &'w Writer,
) -> (Popped<'w, K>, Popped<'w, V>) {
    let (key, value) = parts(table.entry(at));
    // SAFETY: the caller's contract.
    let key = unsafe { raw::popped(key, writer, (0, 0)) };
    // SAFETY: the same.
    let value = unsafe { raw::popped(value, writer, (0, 0)) };
    (key, value)
}
