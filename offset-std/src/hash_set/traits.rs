//! What a set is built from, and the std traits.

use std::fmt;
use std::hash::{BuildHasher, Hash};
use std::marker::PhantomData;

use offset_core::{Emplace, Empty, Filled, FromIter, Relocatable, Result, Slot, from_iter};

use super::{HashSet, Iter, Nothing};
use crate::hash::{ByRef, Equivalent, StableHash};
use crate::hash_map::{HashMap, Pairs, Seeded};

/// The map that the initialiser of a set builds.
pub(super) struct AsMap<I>(pub(super) I);

impl<T: Relocatable, I: Emplace<HashSet<T>>> Emplace<HashMap<T, Nothing>> for AsMap<I> {
    fn emplace<'s>(self, slot: Slot<'s, HashMap<T, Nothing>>) -> Result<Filled<'s, HashMap<T, Nothing>>> {
        // SAFETY: a set is a transparent map.
        unsafe { slot.field::<HashSet<T>, I>(0, self.0) }?.keep();
        // SAFETY: it is there.
        Ok(unsafe { slot.assume_filled() })
    }
}

/// Builds a set as the map that it is.
fn emplace<'s, T: Relocatable, I: Emplace<HashMap<T, Nothing>>>(
    slot: Slot<'s, HashSet<T>>,
    init: I,
) -> Result<Filled<'s, HashSet<T>>> {
    // SAFETY: a set is one map, and the only one at offset 0.
    unsafe { slot.field::<HashMap<T, Nothing>, I>(0, init) }?.keep();
    // SAFETY: it is there.
    Ok(unsafe { slot.assume_filled() })
}

/// Values to build a [`HashSet`] from: what [`Seeded`] can give a seed. Implemented for what builds a set.
pub trait Values<T>: Sized {
    /// The entries of the map that the set is.
    #[doc(hidden)]
    fn into_pairs(self) -> impl Pairs<T, Nothing>;
}

impl<T: Relocatable, I: Values<T>> Emplace<HashSet<T>> for Seeded<I> {
    fn emplace<'s>(self, slot: Slot<'s, HashSet<T>>) -> Result<Filled<'s, HashSet<T>>> {
        emplace(slot, Seeded(self.0, self.1.into_pairs()))
    }
}

impl<T: Relocatable> Values<T> for Empty {
    fn into_pairs(self) -> impl Pairs<T, Nothing> {
        self
    }
}

impl<T: Relocatable> Emplace<HashSet<T>> for Empty {
    fn emplace<'s>(self, slot: Slot<'s, HashSet<T>>) -> Result<Filled<'s, HashSet<T>>> {
        emplace(slot, self)
    }
}

macro_rules! values {
    ($([$($generics:tt)*] $from:ty where [$($bounds:tt)*] each $each:expr;)*) => {$(
        impl<$($generics)* T: Relocatable + StableHash + Eq> Values<T> for $from
        where
            $($bounds)*
        {
            fn into_pairs(self) -> impl Pairs<T, Nothing> {
                from_iter(self.into_iter().map(|value| ($each(value), PhantomData::<u8>)))
            }
        }

        impl<$($generics)* T: Relocatable + StableHash + Eq> Emplace<HashSet<T>> for $from
        where
            $($bounds)*
        {
            fn emplace<'s>(self, slot: Slot<'s, HashSet<T>>) -> Result<Filled<'s, HashSet<T>>> {
                emplace(slot, from_iter(self.into_iter().map(|value| ($each(value), PhantomData::<u8>))))
            }
        }
    )*};
}
values! {
    [Q, const N: usize,] [Q; N] where [Q: StableHash + Equivalent<T> + Emplace<T>] each std::convert::identity;
    [Q,] std::vec::Vec<Q> where [Q: StableHash + Equivalent<T> + Emplace<T>] each std::convert::identity;
    [Q, S: BuildHasher,] std::collections::HashSet<Q, S> where [Q: StableHash + Equivalent<T> + Emplace<T>] each std::convert::identity;
    [Q,] std::collections::BTreeSet<Q> where [Q: StableHash + Equivalent<T> + Emplace<T>] each std::convert::identity;
    ['a, Q, S: BuildHasher,] &'a std::collections::HashSet<Q, S> where [Q: StableHash + Equivalent<T>, &'a Q: Emplace<T>] each ByRef;
    ['a, Q,] &'a std::collections::BTreeSet<Q> where [Q: StableHash + Equivalent<T>, &'a Q: Emplace<T>] each ByRef;
    ['a, Q,] &'a [Q] where [Q: StableHash + Equivalent<T>, &'a Q: Emplace<T>] each ByRef;
}

impl<T: Relocatable + StableHash + Eq, I> Values<T> for FromIter<I>
where
    I: Iterator<Item: StableHash + Equivalent<T> + Emplace<T>>,
{
    fn into_pairs(self) -> impl Pairs<T, Nothing> {
        from_iter(self.into_inner().map(|value| (value, PhantomData::<u8>)))
    }
}

impl<T: Relocatable + StableHash + Eq, I> Emplace<HashSet<T>> for FromIter<I>
where
    I: Iterator<Item: StableHash + Equivalent<T> + Emplace<T>>,
{
    fn emplace<'s>(self, slot: Slot<'s, HashSet<T>>) -> Result<Filled<'s, HashSet<T>>> {
        emplace(slot, from_iter(self.into_inner().map(|value| (value, PhantomData::<u8>))))
    }
}

impl<T: fmt::Debug> fmt::Debug for HashSet<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self).finish()
    }
}

impl<'a, T> IntoIterator for &'a HashSet<T> {
    type Item = &'a T;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}

impl<T: StableHash + Eq> PartialEq for HashSet<T> {
    fn eq(&self, other: &HashSet<T>) -> bool {
        self.len() == other.len() && self.is_subset(other)
    }
}

impl<T: StableHash + Eq> Eq for HashSet<T> {}

impl<T, Q, S> PartialEq<std::collections::HashSet<Q, S>> for HashSet<T>
where
    Q: StableHash + Equivalent<T> + Eq + Hash,
    S: BuildHasher,
{
    fn eq(&self, other: &std::collections::HashSet<Q, S>) -> bool {
        self.len() == other.len() && other.iter().all(|value| self.contains(value))
    }
}

impl<T, Q, S> PartialEq<HashSet<T>> for std::collections::HashSet<Q, S>
where
    Q: StableHash + Equivalent<T> + Eq + Hash,
    S: BuildHasher,
{
    fn eq(&self, other: &HashSet<T>) -> bool {
        other == self
    }
}

#[cfg(feature = "serde")]
impl<T: serde::Serialize> serde::Serialize for HashSet<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self)
    }
}
