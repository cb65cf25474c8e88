//! `HashMapMut`: adding and replacing.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::ptr::NonNull;

use offset_core::raw::{self, Writer};
use offset_core::{Emplace, Place, Popped, Relocatable, Result};

use super::entry::Entry;
use super::iter::{Entries, IterMut, ValuesMut, parts};
use super::size::{Size, tag};
use super::table::{At, Entry as Stored, First, Missing, Table};
use super::{HashMap, allocation, store};
use crate::hash::{Equivalent, StableHash, StableHasher};

/// Edits a map. Reads as a [`HashMap`].
///
/// The methods have std's names and meanings. What adds takes an initialiser, for the key one that is a key itself, so that it is built only where it wasn't there; what removes gives a
/// [`Popped`], which still lies in the map's memory. Every one that allocates has a `try_` form.
///
/// ```
/// use offset_std::{HashMap, Image, String, Vec, prelude::*};
///
/// let mut image = Image::<HashMap<String, Vec<u64>>>::new(Empty)?;
/// let mut lines = image.edit();
/// for (number, word) in "a rose is a rose".split(' ').enumerate() {
///     lines.entry(word).or_insert(Empty).push(number as u64);
/// }
/// assert_eq!(lines["rose"], [1, 4]);
/// drop(lines.remove("is"));
/// assert_eq!(image.len(), 2);
/// # Ok::<(), offset_std::Error>(())
/// ```
pub struct HashMapMut<'r, K, V> {
    at: NonNull<HashMap<K, V>>,
    writer: &'r Writer,
    brand: PhantomData<&'r mut HashMap<K, V>>,
}

/// Where a value lies that was replaced.
struct Replaced<V> {
    at: NonNull<V>,
    /// The first unit of memory of its own; zero in a free place of the table.
    unit: u32,
}

impl<'r, K, V> HashMapMut<'r, K, V> {
    /// # Safety
    ///
    /// `at` is a valid map in the region of `writer`, and nothing else reads or writes it for `'r`.
    #[inline(always)]
    pub(super) unsafe fn new(at: NonNull<HashMap<K, V>>, writer: &'r Writer) -> Self {
        HashMapMut { at, writer, brand: PhantomData }
    }

    #[inline(always)]
    pub(crate) fn writer(&self) -> &'r Writer {
        self.writer
    }

    /// The map, for reading.
    #[inline(always)]
    pub fn as_map(&self) -> &HashMap<K, V> {
        // SAFETY: a valid map, which nobody edits while `self` is borrowed.
        unsafe { self.at.as_ref() }
    }

    /// Gives up editing for reading, for as long as this handle could have lived.
    pub fn freeze(self) -> &'r HashMap<K, V> {
        // SAFETY: a valid map, and nobody edits it for `'r`.
        unsafe { self.at.as_ref() }
    }

    /// The same handle for a shorter time.
    #[inline(always)]
    pub(super) fn reborrow(&mut self) -> HashMapMut<'_, K, V> {
        HashMapMut { at: self.at, writer: self.writer, brand: PhantomData }
    }

    /// The table, if there is one. It is ours alone, until the map gets another.
    #[inline(always)]
    pub(super) fn table(&self) -> Option<Table<K, V>> {
        let unit = self.as_map().table?.unit().get();
        // SAFETY: H2: T1 holds; what changes it goes through this handle.
        Some(unsafe { Table::new(raw::base(self.writer).at(unit), self.as_map().size) })
    }

    #[inline(always)]
    pub(super) fn set_len(&mut self, len: u32) {
        // SAFETY: inside the map.
        let at = unsafe { self.at.byte_add(std::mem::offset_of!(HashMap<K, V>, len)) };
        // SAFETY: a map that is ours alone.
        unsafe { at.cast::<u32>().write(len) };
    }

    #[inline(always)]
    pub(super) fn hash<Q: StableHash + ?Sized>(&self, key: &Q) -> u64 {
        StableHasher::hash_one(key, self.as_map().seed())
    }

    /// Where an entry is; if there is none, where one could be.
    #[inline(always)]
    pub(super) fn search<Q: Equivalent<K> + ?Sized>(&self, hash: u64, key: &Q) -> Result<At, Missing> {
        self.table().ok_or(Missing::NO_TABLE)?.search(hash, move |candidate| key.equivalent(candidate))
    }

    /// The entry at a place of the table, which there is.
    #[inline(always)]
    pub(super) fn entry_at(&self, at: At) -> NonNull<Stored<K, V>> {
        let table = self.table().expect("there is a table, since something is in it");
        table.entry(at)
    }

    /// Frees the table, whose entries have been released or moved, and takes another with as many entries.
    ///
    /// # Safety
    ///
    /// As for [`store`].
    pub(super) unsafe fn take_table(&mut self, unit: u32, len: u32, size: Size) {
        let old = allocation(self.as_map());
        // SAFETY: the caller's contract; the map is ours alone.
        unsafe { store(self.at, unit, len, size) };
        if let Some((unit, units)) = old {
            // SAFETY: it was the table until now.
            unsafe { raw::free(self.writer, unit, units) };
        }
    }
}

impl<'r, K: Relocatable + StableHash + Eq, V: Relocatable> HashMapMut<'r, K, V> {
    /// Gives a key a value, and returns the one that it had. The key that was there stays. O(1), amortised.
    ///
    /// # Panics
    ///
    /// Where [`try_insert`](HashMapMut::try_insert) returns an error, with its text.
    ///
    /// ```
    /// # use offset_std::{HashMap, Image, String, prelude::*};
    /// let mut image = Image::<HashMap<String, String>>::new(Empty)?;
    /// let mut capitals = image.edit();
    /// assert!(capitals.insert("France", "Vichy").is_none());
    /// let before = capitals.insert("France", "Paris");
    /// assert_eq!(before.unwrap().as_str(), "Vichy");
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[track_caller]
    #[inline]
    pub fn insert<Q, I>(&mut self, key: Q, init: I) -> Option<Popped<'_, V>>
    where
        Q: StableHash + Equivalent<K> + Emplace<K>,
        I: Emplace<V>,
    {
        match self.put(key, init) {
            // SAFETY: it was replaced just now.
            Ok(old) => old.map(|old| unsafe { self.taken_out(old) }),
            Err(error) => error.raise(),
        }
    }

    /// Gives a key a value, or leaves the map as it is.
    ///
    /// # Errors
    ///
    /// No space, too many entries, and those of building the key or the value.
    #[inline]
    pub fn try_insert<Q, I>(&mut self, key: Q, init: I) -> Result<Option<Popped<'_, V>>>
    where
        Q: StableHash + Equivalent<K> + Emplace<K>,
        I: Emplace<V>,
    {
        // SAFETY: it was replaced just now.
        Ok(self.put(key, init)?.map(|old| unsafe { self.taken_out(old) }))
    }

    /// Gives a key a value. Where there was one, says where it is now: most calls return none, and a `Popped` takes longer to pass on than a short search.
    #[inline]
    fn put<Q, I>(&mut self, key: Q, init: I) -> Result<Option<Replaced<V>>>
    where
        Q: StableHash + Equivalent<K> + Emplace<K>,
        I: Emplace<V>,
    {
        let hash = self.hash(&key);
        let Some(table) = self.table() else { return self.put_further(hash, key, init) };
        match table.first_of(hash, |candidate| key.equivalent(candidate)) {
            First::Found(at) => self.put_in(at, init).map(Some),
            First::Vacant(at) if self.as_map().len < self.as_map().size.capacity() => {
                self.fill(table, at, key, init)?;
                // SAFETY: an entry is there now. The initialisers couldn't reach the map: this handle has it alone.
                unsafe { table.set_tag(at, tag(hash)) };
                self.set_len(self.as_map().len + 1);
                Ok(None)
            }
            _ => self.put_further(hash, key, init),
        }
    }

    /// The same, if the first group isn't enough.
    #[inline(never)]
    fn put_further<Q, I>(&mut self, hash: u64, key: Q, init: I) -> Result<Option<Replaced<V>>>
    where
        Q: StableHash + Equivalent<K> + Emplace<K>,
        I: Emplace<V>,
    {
        match self.search(hash, &key) {
            Ok(at) => self.put_in(at, init).map(Some),
            Err(missing) => self.build(hash, missing, key, init).map(|_| None),
        }
    }

    /// The entry of a key, to look at it, change it, or make one. Nothing is built before it is needed. O(1).
    ///
    /// ```
    /// # use offset_std::{HashMap, Image, String, prelude::*};
    /// let mut image = Image::<HashMap<String, u64>>::new(Empty)?;
    /// let mut counts = image.edit();
    /// for word in ["a", "b", "a"] {
    ///     *counts.entry(word).or_insert(0) += 1;
    /// }
    /// assert_eq!(counts["a"], 2);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[inline]
    pub fn entry<Q: StableHash + Equivalent<K> + Emplace<K>>(&mut self, key: Q) -> Entry<'_, Q, K, V> {
        let hash = self.hash(&key);
        let found = self.search(hash, &key);
        Entry::new(self.reborrow(), hash, key, found)
    }

    /// Builds an entry whose key was sought just now, and isn't there. Returns where it is.
    #[inline]
    pub(super) fn build<Q: Emplace<K>, I: Emplace<V>>(
        &mut self,
        hash: u64,
        missing: Missing,
        key: Q,
        init: I,
    ) -> Result<At> {
        let hash_of = self.hash_of();
        self.build_by(hash, missing, key, init, hash_of)
    }

    /// Makes room for so many more entries, at least doubling the table so that inserting is O(1), amortised.
    #[inline]
    pub(super) fn make_room(&mut self, extra: usize) -> Result<()> {
        let hash_of = self.hash_of();
        self.make_room_by(extra, hash_of)
    }

    /// What asks a key for its hash.
    #[inline]
    fn hash_of(&self) -> impl Fn(&K) -> u64 + Copy + use<K, V> {
        let seed = self.as_map().seed();
        move |key| StableHasher::hash_one(key, seed)
    }

    /// Makes room for at least `extra` more entries. O(n) where the table grows.
    ///
    /// # Panics
    ///
    /// Where [`try_reserve`](HashMapMut::try_reserve) returns an error, with its text.
    ///
    /// ```
    /// # use offset_std::{HashMap, Image, prelude::*};
    /// let mut image = Image::<HashMap<u64, u64>>::new(Empty)?;
    /// image.edit().reserve(100);
    /// assert!(image.capacity() >= 100);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[track_caller]
    pub fn reserve(&mut self, extra: usize) {
        self.try_reserve(extra).unwrap_or_else(|error| error.raise());
    }

    /// Makes room for at least `extra` more entries, or leaves the map as it is.
    ///
    /// # Errors
    ///
    /// No space, or too many entries.
    pub fn try_reserve(&mut self, extra: usize) -> Result<()> {
        self.make_room(extra)
    }

    /// Makes room for `extra` more entries and no group more, so that the table is as full with them as it may be: 7/8, or 45/64 if it is small.
    ///
    /// # Errors
    ///
    /// No space, or too many entries.
    pub fn try_reserve_exact(&mut self, extra: usize) -> Result<()> {
        let hash_of = self.hash_of();
        self.reserve_exact_by(extra, hash_of)
    }

    /// Moves the entries into the smallest table that has room for them. O(n).
    ///
    /// # Panics
    ///
    /// Where [`try_shrink_to_fit`](HashMapMut::try_shrink_to_fit) returns an error, with its text.
    ///
    /// ```
    /// # use offset_std::{HashMap, Image, prelude::*};
    /// let mut image = Image::<HashMap<u64, u64>>::new(from_iter((0..100).map(|n| (n, n))))?;
    /// let mut map = image.edit();
    /// map.retain(|key, _| *key < 3);
    /// map.shrink_to_fit();
    /// assert_eq!(image.capacity(), 3);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[track_caller]
    pub fn shrink_to_fit(&mut self) {
        self.try_shrink_to_fit().unwrap_or_else(|error| error.raise());
    }

    /// Moves the entries into the smallest table that has room for them, or leaves the map as it is. An empty map gives its table up, for which nothing is allocated.
    ///
    /// # Errors
    ///
    /// No space: both tables are there for a while.
    pub fn try_shrink_to_fit(&mut self) -> Result<()> {
        let hash_of = self.hash_of();
        self.shrink_by(hash_of)
    }
}

impl<'r, K: Relocatable, V: Relocatable> HashMapMut<'r, K, V> {
    /// Units of a value in memory of its own.
    const UNITS: u32 = size_of::<V>().div_ceil(crate::UNIT_BYTES) as u32;

    /// Replaces the value at a place.
    pub(super) fn replace<I: Emplace<V>>(&mut self, at: At, init: I) -> Result<Popped<'_, V>> {
        let old = self.put_in(at, init)?;
        // SAFETY: it was replaced just now.
        Ok(unsafe { self.taken_out(old) })
    }

    /// The value that was replaced.
    ///
    /// # Safety
    ///
    /// [`put_in`](HashMapMut::put_in) returned it, nobody has asked for it since, and the map hasn't been edited.
    #[inline(always)]
    unsafe fn taken_out(&mut self, old: Replaced<V>) -> Popped<'_, V> {
        let own = if old.unit == 0 { (0, 0) } else { (old.unit, Self::UNITS) };
        // SAFETY: the caller's contract: a value alone in its memory, which the map doesn't count.
        unsafe { raw::popped(old.at, self.writer, own) }
    }

    /// Replaces the value at a place by one that is built in a free place of its group, or if there is none in memory of its own; there the old one is afterwards.
    fn put_in<I: Emplace<V>>(&mut self, at: At, init: I) -> Result<Replaced<V>> {
        let (_, old) = parts(self.entry_at(at));
        let is_full = self.as_map().len == self.as_map().size.capacity();
        if let Some(free) = self.table().filter(|_| !is_full).and_then(|table| table.free_beside(at)) {
            let (_, new) = parts(self.entry_at(free));
            // SAFETY: a free place of a table that is ours alone holds no value.
            unsafe { raw::build_in(new, self.writer, init) }?;
            // SAFETY: two values of this region, ours alone: initialisers have returned.
            unsafe { raw::swap_values(old, new) };
            return Ok(Replaced { at: new, unit: 0 });
        }
        let memory = raw::allocate(self.writer, u64::from(Self::UNITS), align_of::<V>())?;
        let new = memory.at::<V>();
        // SAFETY: zeroed, aligned, and nobody else's; freed, and so zeroed, if it isn't filled.
        init.emplace(unsafe { raw::slot(new, self.writer) })?.keep();
        // SAFETY: as above.
        unsafe { raw::swap_values(old, new) };
        Ok(Replaced { at: new, unit: memory.keep() })
    }

    /// The editing handle of the value of a key. O(1).
    ///
    /// ```
    /// # use offset_std::{HashMap, Image, String, prelude::*};
    /// let mut image = Image::<HashMap<u32, String>>::new([(1, "one")])?;
    /// image.edit().get_mut(&1).unwrap().push('!');
    /// assert_eq!(image[&1], "one!");
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[inline]
    pub fn get_mut<Q: StableHash + Equivalent<K> + ?Sized>(&mut self, key: &Q) -> Option<V::Mut<'_>> {
        self.reborrow().into_get_mut(key)
    }

    /// The editing handle of the value of a key, for as long as this one could have lived. O(1).
    #[inline]
    pub fn into_get_mut<Q: StableHash + Equivalent<K> + ?Sized>(self, key: &Q) -> Option<V::Mut<'r>> {
        let (table, hash) = (self.table()?, self.hash(key));
        let (_, value) = parts(table.find(hash, move |candidate| key.equivalent(candidate))?);
        // SAFETY: a valid value, ours alone for `'r`, and we are gone.
        Some(unsafe { V::handle(value, self.writer) })
    }

    /// All keys, and the editing handles of their values.
    ///
    /// ```
    /// # use offset_std::{HashMap, Image, prelude::*};
    /// let mut image = Image::<HashMap<u32, u64>>::new([(1, 10), (2, 20)])?;
    /// for (key, value) in image.edit().iter_mut() {
    ///     *value += u64::from(*key);
    /// }
    /// assert_eq!((image[&1], image[&2]), (11, 22));
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[inline]
    pub fn iter_mut(&mut self) -> IterMut<'_, K, V> {
        self.reborrow().into_iter()
    }

    /// The editing handles of all values.
    ///
    /// ```
    /// # use offset_std::{HashMap, Image, prelude::*};
    /// let mut image = Image::<HashMap<u32, u64>>::new([(1, 10), (2, 20)])?;
    /// image.edit().values_mut().for_each(|value| *value += 1);
    /// assert_eq!(image.values().sum::<u64>(), 32);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[inline]
    pub fn values_mut(&mut self) -> ValuesMut<'_, K, V> {
        ValuesMut(self.iter_mut())
    }

    /// Replaces the whole map, seed included. The new one is built first.
    ///
    /// # Panics
    ///
    /// Where [`try_set`](HashMapMut::try_set) returns an error, with its text.
    #[track_caller]
    pub fn set<I: Emplace<HashMap<K, V>>>(&mut self, init: I) {
        self.try_set(init).unwrap_or_else(|error| error.raise());
    }

    /// Replaces the whole map, or leaves it as it is.
    ///
    /// # Errors
    ///
    /// Those of building the new one.
    pub fn try_set<I: Emplace<HashMap<K, V>>>(&mut self, init: I) -> Result<()> {
        self.as_place().try_set(init)
    }

    /// Swaps the contents of two maps. O(1) within a region; between regions all entries are copied.
    ///
    /// # Panics
    ///
    /// Where [`try_swap_with`](HashMapMut::try_swap_with) returns an error, with its text.
    #[track_caller]
    pub fn swap_with(&mut self, other: &mut HashMapMut<'_, K, V>) {
        self.try_swap_with(other).unwrap_or_else(|error| error.raise());
    }

    /// Swaps the contents of two maps, or leaves both as they are.
    ///
    /// # Errors
    ///
    /// No space, between two regions.
    pub fn try_swap_with(&mut self, other: &mut HashMapMut<'_, K, V>) -> Result<()> {
        self.as_place().try_swap(&mut other.as_place())
    }

    pub(super) fn as_place(&mut self) -> Place<'_, HashMap<K, V>> {
        // SAFETY: the map is ours alone, and borrowed for as long as the place lives.
        unsafe { Place::new(self.at, self.writer) }
    }
}

impl<'r, K: Relocatable, V: Relocatable> IntoIterator for HashMapMut<'r, K, V> {
    type Item = (&'r K, V::Mut<'r>);
    type IntoIter = IterMut<'r, K, V>;

    fn into_iter(self) -> IterMut<'r, K, V> {
        let entries = Entries::new(self.table(), self.as_map().len);
        // SAFETY: the map is ours alone for `'r`, and we are gone.
        unsafe { IterMut::new(entries, self.writer) }
    }
}

impl<'a, K: Relocatable, V: Relocatable> IntoIterator for &'a mut HashMapMut<'_, K, V> {
    type Item = (&'a K, V::Mut<'a>);
    type IntoIter = IterMut<'a, K, V>;

    fn into_iter(self) -> IterMut<'a, K, V> {
        self.iter_mut()
    }
}

impl<K, V> Deref for HashMapMut<'_, K, V> {
    type Target = HashMap<K, V>;

    #[inline(always)]
    fn deref(&self) -> &HashMap<K, V> {
        self.as_map()
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for HashMapMut<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_map().fmt(f)
    }
}
