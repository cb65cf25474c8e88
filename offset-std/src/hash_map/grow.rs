//! `HashMapMut`: building entries and giving the table another size, for whoever knows how keys hash: a map asks the keys, an
//! [`Interner`](crate::Interner), whose keys are numbers, its texts.

use offset_core::raw::{self, ZeroOnDrop};
use offset_core::{Emplace, Error, ErrorKind, Relocatable};

use super::HashMap;
use super::edit::HashMapMut;
use super::iter::parts;
use super::size::Size;
use super::table::{At, Entry as Stored, Missing, Table, is_long};

impl<K, V> HashMap<K, V> {
    /// The key with this hash that `is` says yes to.
    #[inline]
    pub(crate) fn find_by(&self, hash: u64, is: impl Fn(&K) -> bool + Copy) -> Option<&K> {
        let entry = self.table()?.find(hash, is)?;
        // SAFETY: a valid entry, which nobody edits while the map is borrowed.
        Some(unsafe { &entry.as_ref().key })
    }
}

impl<K: Relocatable, V: Relocatable> HashMapMut<'_, K, V> {
    /// Builds an entry whose key was sought just now, and isn't there. Returns where it is.
    #[inline]
    pub(super) fn build_by<Q: Emplace<K>, I: Emplace<V>>(
        &mut self,
        hash: u64,
        missing: Missing,
        key: Q,
        init: I,
        hash_of: impl Fn(&K) -> u64,
    ) -> Result<At, Error> {
        let Missing { seen, mut free } = missing;
        if self.as_map().len == self.as_map().size.capacity() {
            self.grow(1, hash_of)?;
            free = None;
        } else if is_long(seen, self.as_map().size.groups()) {
            self.relax(hash_of);
            free = None;
        }
        let table = self.table().expect("there is room");
        // What the search saw is still so, unless the table is another one now: this handle has the map alone.
        let at = free.unwrap_or_else(|| table.vacancy(hash));
        self.fill(table, at, key, init)?;
        // SAFETY: an entry is there now.
        unsafe { table.occupy(hash, at) };
        self.set_len(self.as_map().len + 1);
        Ok(at)
    }

    /// Builds an entry in a free place of the map's table, for the caller to count.
    #[inline(always)]
    pub(super) fn fill<Q: Emplace<K>, I: Emplace<V>>(
        &mut self,
        table: Table<K, V>,
        at: At,
        key: Q,
        init: I,
    ) -> Result<(), Error> {
        let entry = table.entry(at);
        if !Stored::<K, V>::FACTS.plain {
            // A leaked `Popped`, or a file, may have left bytes; plain entries overwrite them all.
            // SAFETY: a free place of a table that is ours alone.
            unsafe { entry.write_bytes(0, 1) };
        }
        // SAFETY: the place holds no value.
        let guard = unsafe { ZeroOnDrop::new(entry, 1) };
        let (key_at, value_at) = parts(entry);
        // SAFETY: zeroed, aligned, and nobody else's.
        let key = key.emplace(unsafe { raw::slot(key_at, self.writer()) })?;
        // SAFETY: the same.
        let value = init.emplace(unsafe { raw::slot(value_at, self.writer()) })?;
        key.keep();
        value.keep();
        guard.disarm();
        Ok(())
    }

    /// Makes room for so many more entries, at least doubling the table so that inserting is O(1), amortised.
    #[inline]
    pub(super) fn make_room_by(&mut self, extra: usize, hash_of: impl Fn(&K) -> u64) -> Result<(), Error> {
        let map = self.as_map();
        if (extra as u64).saturating_add(map.len.into()) <= u64::from(map.size.capacity()) {
            return Ok(());
        }
        self.grow(extra, hash_of)
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, extra: usize, hash_of: impl Fn(&K) -> u64) -> Result<(), Error> {
        let map = self.as_map();
        let wanted = (extra as u64).saturating_add(map.len.into());
        self.rehouse(map.size.grown(wanted), wanted, hash_of)
    }

    /// Moves the entries into a fresh table, in which lookups are as short as they can be. Without room for it the old one will do.
    #[cold]
    #[inline(never)]
    fn relax(&mut self, hash_of: impl Fn(&K) -> u64) {
        let (len, size) = (u64::from(self.as_map().len), self.as_map().size);
        let _ = self.rehouse(Some(size.relaxed(len)), len, hash_of);
    }

    /// Moves the entries into a table of another size, which has room for them. All hashes are asked for before the map is changed.
    fn rehouse(&mut self, size: Option<Size>, wanted: u64, hash_of: impl Fn(&K) -> u64) -> Result<(), Error> {
        let Some(size) = size else {
            return Err(ErrorKind::TooLong { len: wanted, max: u64::from(u32::MAX) }.into());
        };
        let memory = raw::allocate(self.writer(), Table::<K, V>::units(size), Table::<K, V>::align(size))?;
        // SAFETY: T1: zeroed memory of that many units, which are groups without entries.
        let table = unsafe { Table::<K, V>::new(memory.at(), size) };
        let len = self.as_map().len;
        let move_over = |from| {
            let (key, _) = parts(from);
            // User code. It sees the key where it belongs; if it panics, the copies are forgotten.
            // SAFETY: a valid key, which nobody edits meanwhile.
            let hash = hash_of(unsafe { key.as_ref() });
            let at = table.vacancy(hash);
            // SAFETY: both lie in this region, in two tables. The copy isn't a value before the map takes the new table.
            unsafe { raw::move_value(from, table.entry(at)) };
            // SAFETY: the new table is ours alone.
            unsafe { table.occupy(hash, at) };
        };
        if let Some(old) = self.table() {
            old.scattered(move_over);
        }
        let unit = memory.keep();
        // SAFETY: all entries are in the new table, and the old one's aren't values any more.
        unsafe { self.take_table(unit, len, size) };
        Ok(())
    }

    /// Makes room for `extra` more entries and no group more.
    pub(crate) fn reserve_exact_by(&mut self, extra: usize, hash_of: impl Fn(&K) -> u64) -> Result<(), Error> {
        let wanted = (extra as u64).saturating_add(self.as_map().len.into());
        if wanted <= u64::from(self.as_map().size.capacity()) {
            return Ok(());
        }
        self.rehouse(Size::for_len(wanted), wanted, hash_of)
    }

    /// Moves the entries into the smallest table that has room for them, or leaves the map as it is.
    pub(crate) fn shrink_by(&mut self, hash_of: impl Fn(&K) -> u64) -> Result<(), Error> {
        let (len, size) = (self.as_map().len, self.as_map().size);
        let fitting = Size::for_len(u64::from(len));
        if len == 0 {
            // SAFETY: no entries, and no table.
            unsafe { self.take_table(0, 0, Size::NONE) };
        } else if fitting.is_some_and(|fitting| fitting.capacity() < size.capacity()) {
            self.rehouse(fitting, u64::from(len), hash_of)?;
        }
        Ok(())
    }

    /// The key with this hash that `is` says yes to; if there is none, what [`add_by`](HashMapMut::add_by) wants to know of the search.
    #[inline]
    pub(crate) fn search_by(&self, hash: u64, is: impl Fn(&K) -> bool + Copy) -> Result<&K, Missing> {
        let at = self.table().ok_or(Missing::NO_TABLE)?.search(hash, is)?;
        // SAFETY: a valid entry, which nobody edits while the handle is borrowed.
        Ok(unsafe { &self.entry_at(at).as_ref().key })
    }

    /// Adds an entry whose key was sought just now, and isn't there.
    #[inline]
    pub(crate) fn add_by<Q: Emplace<K>, I: Emplace<V>>(
        &mut self,
        hash: u64,
        missing: Missing,
        key: Q,
        init: I,
        hash_of: impl Fn(&K) -> u64,
    ) -> Result<(), Error> {
        self.build_by(hash, missing, key, init, hash_of).map(drop)
    }

    /// Removes the entry whose key has this hash and that `is` says yes to.
    pub(crate) fn remove_by(&mut self, hash: u64, is: impl Fn(&K) -> bool + Copy) {
        if let Some(Ok(at)) = self.table().map(|table| table.search(hash, is)) {
            drop(self.reborrow().unlink(hash, at));
        }
    }
}
