//! Maps, sets and heaps.
//!
//! A key's hash and order are those of its twin: the key is built first, in memory of its own, asked for its place there, and moved to it. So std's type needs neither, and can't contradict the twin.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet};
use std::hash::{BuildHasher, Hash};

use offset_core::raw::{self, Writer};
use offset_core::{Emplace, Error, Filled, FromIter, Maybe, Own, Relocatable, Result, Slot, from_iter};

use super::{FromStd, Twin, TwinType};
use crate::btree_map::Comparable;
use crate::hash::{StableHash, StableHasher};

/// A key that has been built, and waits for its place.
struct Key<'w, K: Relocatable>(Own<'w, K>);

impl<K: Relocatable + StableHash> StableHash for Key<'_, K> {
    #[inline]
    fn stable_hash(&self, hasher: &mut StableHasher) {
        self.0.stable_hash(hasher);
    }
}

impl<K: Relocatable + PartialEq> PartialEq<K> for Key<'_, K> {
    #[inline]
    fn eq(&self, other: &K) -> bool {
        *self.0 == *other
    }
}

impl<K: Relocatable + Ord> Comparable<K> for Key<'_, K> {
    #[inline]
    fn compare(&self, key: &K) -> Ordering {
        (*self.0).cmp(key)
    }

    fn as_key(&self) -> Option<&K> {
        Some(&self.0)
    }
}

impl<K: Relocatable> Emplace<K> for Key<'_, K> {
    #[inline]
    fn emplace<'s>(self, slot: Slot<'s, K>) -> Result<Filled<'s, K>> {
        slot.build(self.0)
    }
}

/// The items that are built from std's, until one can't be.
struct Items<'a, I, F> {
    std: I,
    build: F,
    failed: &'a mut Option<Error>,
}

impl<I: Iterator, T, F: FnMut(I::Item) -> Result<T>> Iterator for Items<'_, I, F> {
    type Item = T;

    #[inline]
    fn next(&mut self) -> Option<T> {
        let item = self.std.next()?;
        (self.build)(item).map_err(|error| *self.failed = Some(error)).ok()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.std.size_hint()
    }
}

/// Builds a collection from std's items, each made an initialiser by `build`.
fn collect<'s, C: Relocatable, I: Iterator, T, F: FnMut(I::Item) -> Result<T>>(
    std: I,
    build: F,
    slot: Slot<'s, C>,
) -> Result<Filled<'s, C>>
where
    for<'f> FromIter<Items<'f, I, F>>: Emplace<C>,
{
    let mut failed = None;
    let filled = slot.build(from_iter(Items { std, build, failed: &mut failed }))?;
    match failed {
        None => Ok(filled),
        Some(error) => Err(error),
    }
}

/// Builds a key, to be asked for its place.
#[inline]
fn key<'w, S, W: Twin<S>>(std: &S, writer: &'w Writer) -> Result<Key<'w, W::Region>> {
    raw::own(writer, FromStd::<S, W>::new(std)).map(Key)
}

/// Maps: the std type, its stand-in, the twin, and what their keys must be. Equal if the entries are, whatever the order is.
macro_rules! maps {
    ($(
        [$($generics:tt)*] $std:ty, $stand_in:ty as $twin:ident
        where [$($key:tt)*] [$($std_key:tt)*] [$($bounds:tt)*]
    )*) => {$(
        impl<$($generics)* K, V, J: TwinType<K>, W: TwinType<V>> TwinType<$std> for $stand_in {
            type Region = crate::$twin<J::Region, W::Region>;
            type Optional = Maybe<crate::$twin<J::Region, W::Region>>;
        }

        impl<$($generics)* K: $($std_key)*, V, J: Twin<K, Region: $($key)*>, W: Twin<V>> Twin<$std> for $stand_in
        where
            $($bounds)*
        {
            fn emplace<'s>(std: &$std, slot: Slot<'s, Self::Region>) -> Result<Filled<'s, Self::Region>> {
                let writer = slot.writer();
                let build = |(std, value)| Ok((key::<K, J>(std, writer)?, FromStd::<V, W>::new(value)));
                collect(std.iter(), build, slot)
            }

            fn to_std(twin: &Self::Region) -> Result<$std> {
                twin.iter().map(|(key, value)| Ok((J::to_std(key)?, W::to_std(value)?))).collect()
            }

            fn equals(std: &$std, twin: &Self::Region) -> bool {
                let equal = |(key, value): (&J::Region, _)| {
                    J::to_std(key).is_ok_and(|key| std.get(&key).is_some_and(|std| W::equals(std, value)))
                };
                std.len() == twin.len() && twin.iter().all(equal)
            }
        }
    )*};
}
maps! {
    [H, G,] HashMap<K, V, H>, HashMap<J, W, G> as HashMap
        where [StableHash + Eq] [Hash + Eq] [H: BuildHasher + Default]
    [] BTreeMap<K, V>, BTreeMap<J, W> as BTreeMap
        where [Ord] [Ord] []
}

/// The same for sets.
macro_rules! sets {
    ($(
        [$($generics:tt)*] $std:ty, $stand_in:ty as $twin:ident
        where [$($key:tt)*] [$($std_key:tt)*] [$($bounds:tt)*]
    )*) => {$(
        impl<$($generics)* T, J: TwinType<T>> TwinType<$std> for $stand_in {
            type Region = crate::$twin<J::Region>;
            type Optional = Maybe<crate::$twin<J::Region>>;
        }

        impl<$($generics)* T: $($std_key)*, J: Twin<T, Region: $($key)*>> Twin<$std> for $stand_in
        where
            $($bounds)*
        {
            fn emplace<'s>(std: &$std, slot: Slot<'s, Self::Region>) -> Result<Filled<'s, Self::Region>> {
                let writer = slot.writer();
                collect(std.iter(), |std| key::<T, J>(std, writer), slot)
            }

            fn to_std(twin: &Self::Region) -> Result<$std> {
                twin.iter().map(J::to_std).collect()
            }

            fn equals(std: &$std, twin: &Self::Region) -> bool {
                let contains = |value| J::to_std(value).is_ok_and(|value| std.contains(&value));
                std.len() == twin.len() && twin.iter().all(contains)
            }
        }
    )*};
}
sets! {
    [H, G,] HashSet<T, H>, HashSet<J, G> as HashSet
        where [StableHash + Eq] [Hash + Eq] [H: BuildHasher + Default]
    [] BTreeSet<T>, BTreeSet<J> as BTreeSet
        where [Ord] [Ord] []
}

impl<S, W: TwinType<S>> TwinType<BinaryHeap<S>> for BinaryHeap<W> {
    type Region = crate::BinaryHeap<W::Region>;
    type Optional = Maybe<crate::BinaryHeap<W::Region>>;
}

/// Equal if the elements are, whatever their places are.
impl<S: Ord, W: Twin<S, Region: Ord>> Twin<BinaryHeap<S>> for BinaryHeap<W> {
    fn emplace<'s>(std: &BinaryHeap<S>, slot: Slot<'s, Self::Region>) -> Result<Filled<'s, Self::Region>> {
        slot.build(from_iter(std.iter().map(FromStd::<S, W>::new)))
    }

    fn to_std(twin: &Self::Region) -> Result<BinaryHeap<S>> {
        W::to_vec(twin.as_slice()).map(BinaryHeap::from)
    }

    fn equals(std: &BinaryHeap<S>, twin: &Self::Region) -> bool {
        let Ok(mut twins) = W::to_vec(twin.as_slice()) else { return false };
        let mut std: Vec<&S> = std.iter().collect();
        twins.sort_unstable();
        std.sort_unstable();
        std.into_iter().eq(&twins)
    }
}
