//! Many lookups at once.

use std::fmt;
use std::iter::FusedIterator;
use std::ptr::NonNull;

use super::HashMap;
use super::control::prefetch;
use super::table::Entry;
use super::table::Table;
use crate::String;
use crate::hash::{Equivalent, StableHash, StableHasher};
use crate::kind::{cast, is_text};

/// How many lookups are under way at once: enough that memory is always being waited for, few enough for the first-level cache.
const BATCH: usize = 32;

/// The values of many keys, in order: from [`HashMap::get_many`].
pub struct GetMany<'a, 'q, K, V, Q: ?Sized, I> {
    map: &'a HashMap<K, V>,
    keys: I,
    batch: [Option<(&'q Q, u64)>; BATCH],
    found: [Option<NonNull<Entry<K, V>>>; BATCH],
    next: usize,
    len: usize,
}

impl<K, V> HashMap<K, V> {
    /// The values of many keys, in the order of the keys.
    ///
    /// In a map that is larger than the caches, nearly all of a lookup is waiting for memory. Here 32 lookups wait at the same time. In a small map, one after
    /// another is faster.
    ///
    /// ```
    /// # use offset_std::{HashMap, Image, String};
    /// let image = Image::<HashMap<String, u64>>::new([("a", 1), ("b", 2)])?;
    /// let found: Vec<_> = image.get_many(["b", "c", "a"]).collect();
    /// assert_eq!(found, [Some(&2), None, Some(&1)]);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn get_many<'a, 'q, Q, I>(&'a self, keys: I) -> GetMany<'a, 'q, K, V, Q, I::IntoIter>
    where
        Q: StableHash + Equivalent<K> + ?Sized + 'q,
        I: IntoIterator<Item = &'q Q>,
    {
        GetMany { map: self, keys: keys.into_iter(), batch: [None; BATCH], found: [None; BATCH], next: 0, len: 0 }
    }
}

impl<'a, 'q, K, V, Q, I> GetMany<'a, 'q, K, V, Q, I>
where
    Q: StableHash + Equivalent<K> + ?Sized + 'q,
    I: Iterator<Item = &'q Q>,
{
    /// Looks the next keys up. Each step asks for the memory that the next one reads.
    #[inline(never)]
    fn fill(&mut self, table: Table<K, V>) {
        let seed = self.map.seed();
        self.len = 0;
        for (waiting, key) in self.batch.iter_mut().zip(&mut self.keys) {
            let hash = StableHasher::hash_one(key, seed);
            table.prefetch(hash);
            *waiting = Some((key, hash));
            self.len += 1;
        }
        let batch = &self.batch[..self.len];
        for (_, hash) in batch.iter().flatten() {
            if let Some(entry) = table.candidate(*hash) {
                prefetch(entry.as_ptr().cast());
            }
        }
        if is_text::<K>() {
            for (_, hash) in batch.iter().flatten() {
                if let Some(entry) = table.candidate(*hash) {
                    // SAFETY: T1: an entry is in each place with a tag, and nobody edits it while the map is borrowed.
                    let text = cast::<K, String>(unsafe { &entry.as_ref().key });
                    prefetch(text.as_ptr());
                }
            }
        }
        for (found, waiting) in self.found.iter_mut().zip(batch) {
            *found = waiting.and_then(|(key, hash)| table.find(hash, move |candidate| key.equivalent(candidate)));
        }
        self.next = 0;
    }
}

impl<'a, 'q, K, V, Q, I> Iterator for GetMany<'a, 'q, K, V, Q, I>
where
    Q: StableHash + Equivalent<K> + ?Sized + 'q,
    I: Iterator<Item = &'q Q>,
{
    type Item = Option<&'a V>;

    #[inline]
    fn next(&mut self) -> Option<Option<&'a V>> {
        let Some(table) = self.map.table() else { return self.keys.next().map(|_| None) };
        if self.next == self.len {
            self.fill(table);
            if self.len == 0 {
                return None;
            }
        }
        let found = self.found[self.next];
        self.next += 1;
        // SAFETY: an entry was found there, and nobody edits it while the map is borrowed.
        Some(found.map(|entry| unsafe { &entry.as_ref().value }))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let waiting = self.len - self.next;
        let (least, most) = self.keys.size_hint();
        (least.saturating_add(waiting), most.and_then(|most| most.checked_add(waiting)))
    }
}

impl<'q, K, V, Q, I> ExactSizeIterator for GetMany<'_, 'q, K, V, Q, I>
where
    Q: StableHash + Equivalent<K> + ?Sized + 'q,
    I: ExactSizeIterator<Item = &'q Q>,
{
}

impl<'q, K, V, Q, I> FusedIterator for GetMany<'_, 'q, K, V, Q, I>
where
    Q: StableHash + Equivalent<K> + ?Sized + 'q,
    I: FusedIterator<Item = &'q Q>,
{
}

impl<K, V, Q: ?Sized, I> fmt::Debug for GetMany<'_, '_, K, V, Q, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GetMany").finish_non_exhaustive()
    }
}
