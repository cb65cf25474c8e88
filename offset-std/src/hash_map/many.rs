//! Many lookups at once.

use std::fmt;
use std::iter::FusedIterator;
use std::ptr::NonNull;

use super::HashMap;
use super::table::{Entry, Table};
use crate::String;
use crate::fetch::prefetch;
use crate::hash::{Equivalent, StableHash, StableHasher};
use crate::kind::{cast, is_text};

/// How many lookups go from one step to the next together.
const BATCH: usize = 16;
/// The steps: the control bytes are asked for, then the entry, then its text if keys are texts; then the key is compared.
const STEPS: usize = 4;

/// The values of many keys, in order: from [`HashMap::get_many`].
pub struct GetMany<'a, 'q, K, V, Q: ?Sized, I> {
    map: &'a HashMap<K, V>,
    keys: I,
    /// Those that are between two steps, by how many they have taken, from `turn` on: the last are found.
    batches: [Batch<'q, K, V, Q>; STEPS],
    turn: usize,
    /// How many of those that are found have been given out.
    given: usize,
}

/// Lookups that take each step together.
struct Batch<'q, K, V, Q: ?Sized> {
    lookups: [Option<Lookup<'q, K, V, Q>>; BATCH],
    len: usize,
}

struct Lookup<'q, K, V, Q: ?Sized> {
    key: &'q Q,
    hash: u64,
    /// The entry that it may be, and in the end is.
    entry: Option<NonNull<Entry<K, V>>>,
}

impl<K, V> HashMap<K, V> {
    /// The values of many keys, in the order of the keys.
    ///
    /// In a map that is larger than the caches, nearly all of a lookup is waiting for memory. Here as many lookups as fit the processor's queues wait at the same time: the keys are taken ahead, 64 at most. In a small map, one after
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
        let batches = [const { Batch { lookups: [const { None }; BATCH], len: 0 } }; STEPS];
        GetMany { map: self, keys: keys.into_iter(), batches, turn: 0, given: 0 }
    }
}

impl<'a, 'q, K, V, Q, I> GetMany<'a, 'q, K, V, Q, I>
where
    Q: StableHash + Equivalent<K> + ?Sized + 'q,
    I: Iterator<Item = &'q Q>,
{
    /// The lookups that have taken so many steps.
    #[inline(always)]
    fn after(&mut self, steps: usize) -> &mut Batch<'q, K, V, Q> {
        &mut self.batches[(self.turn + steps) % STEPS]
    }

    /// Takes the next step with all lookups: what each step reads was asked for in the one before. Those that were found have been given out.
    #[inline(never)]
    fn step(&mut self, table: Table<K, V>) {
        let seed = self.map.seed();
        self.turn = (self.turn + STEPS - 1) % STEPS;
        self.given = 0;
        let found = self.after(3);
        // Should a comparison panic, none of them has been found.
        let len = std::mem::take(&mut found.len);
        for Lookup { key, hash, entry } in found.lookups[..len].iter_mut().flatten() {
            // SAFETY: T1: an entry is in each place with a tag, and nobody edits it while the map is borrowed.
            if !entry.is_some_and(|entry| key.equivalent(unsafe { &entry.as_ref().key })) {
                *entry = table.find(*hash, |candidate| key.equivalent(candidate));
            }
        }
        found.len = len;
        if is_text::<K>() {
            for entry in self.after(2).under_way().filter_map(|lookup| lookup.entry) {
                // SAFETY: as above.
                let text = cast::<K, String>(unsafe { &entry.as_ref().key });
                prefetch(NonNull::from(text.as_bytes()).cast::<u8>(), 1);
            }
        }
        for lookup in self.after(1).under_way() {
            lookup.entry = table.candidate(lookup.hash);
            if let Some(entry) = lookup.entry {
                prefetch(entry, 1);
            }
        }
        let (keys, first) = (&mut self.keys, &mut self.batches[self.turn]);
        first.len = 0;
        for (lookup, key) in first.lookups.iter_mut().zip(keys) {
            let hash = StableHasher::hash_one(key, seed);
            table.prefetch(hash);
            *lookup = Some(Lookup { key, hash, entry: None });
            first.len += 1;
        }
    }

    /// How many lookups are under way, or found and not given out.
    fn waiting(&self) -> usize {
        self.batches.iter().map(|batch| batch.len).sum::<usize>() - self.given
    }
}

impl<'q, K, V, Q: ?Sized> Batch<'q, K, V, Q> {
    #[inline(always)]
    fn under_way(&mut self) -> impl Iterator<Item = &mut Lookup<'q, K, V, Q>> {
        self.lookups[..self.len].iter_mut().flatten()
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
        while self.given == self.after(STEPS - 1).len {
            self.step(table);
            if self.waiting() == 0 {
                return None;
            }
        }
        let given = self.given;
        self.given += 1;
        let found = self.after(STEPS - 1).lookups[given].as_ref()?.entry;
        // SAFETY: an entry was found there, and nobody edits it while the map is borrowed.
        Some(found.map(|entry| unsafe { &entry.as_ref().value }))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let waiting = self.waiting();
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
