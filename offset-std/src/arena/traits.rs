//! What an arena is built from, and the std traits.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Index;

use offset_core::{Emplace, Empty, Filled, FromIter, Relocatable, Result, Slot, Vec, from_iter};

use super::seat::{FIRST, Seat, Taken};
use super::{Arena, Counts, Iter, Key, counts_of, seats_of};
use crate::hash::{StableHash, StableHasher};

/// Builds an arena whose seats are taken one after another.
fn build<'s, T: Relocatable, I: Emplace<T>>(
    slot: Slot<'s, Arena<T>>,
    inits: impl Iterator<Item = I>,
) -> Result<Filled<'s, Arena<T>>> {
    let seats = from_iter(inits.map(|init| Taken { generation: FIRST, init }));
    // SAFETY: the seats belong there.
    unsafe { slot.field::<Vec<Seat<T>>, _>(std::mem::offset_of!(Arena<T>, seats), seats) }?.keep();
    // SAFETY: a valid vector, in a slot that is ours alone.
    let len = unsafe { seats_of(slot.at()).as_ref() }.len() as u32;
    // SAFETY: a part of the slot.
    unsafe { counts_of(slot.at()).write(Counts { len, free: 0, retired: 0, fresh: FIRST - 1 }) };
    // SAFETY: G1, G2: all seats are taken.
    Ok(unsafe { slot.assume_filled() })
}

macro_rules! sequences {
    ($([$($generics:tt)*] $from:ty where [$($bounds:tt)*] $inits:ident => $iterator:expr;)*) => {$(
        impl<$($generics)* T: Relocatable> Emplace<Arena<T>> for $from
        where
            $($bounds)*
        {
            fn emplace<'s>(self, slot: Slot<'s, Arena<T>>) -> Result<Filled<'s, Arena<T>>> {
                let $inits = self;
                build(slot, $iterator)
            }
        }
    )*};
}
sequences! {
    [I, const N: usize,] [I; N] where [I: Emplace<T>] inits => inits.into_iter();
    [I,] std::vec::Vec<I> where [I: Emplace<T>] inits => inits.into_iter();
    [P,] FromIter<P> where [P: Iterator<Item: Emplace<T>>] inits => inits.into_inner();
    ['a, S,] &'a [S] where [&'a S: Emplace<T>] inits => inits.iter();
    ['a, S,] &'a std::vec::Vec<S> where [&'a S: Emplace<T>] inits => inits.iter();
    ['a, S, const N: usize,] &'a [S; N] where [&'a S: Emplace<T>] inits => inits.iter();
}

impl<T: Relocatable> Emplace<Arena<T>> for Empty {
    fn emplace<'s>(self, slot: Slot<'s, Arena<T>>) -> Result<Filled<'s, Arena<T>>> {
        // SAFETY: an arena without seats is all zero, and a slot is zeroed.
        Ok(unsafe { slot.assume_filled() })
    }
}

impl<T: fmt::Debug> fmt::Debug for Arena<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter().fmt(f)
    }
}

impl<T> Index<Key<T>> for Arena<T> {
    type Output = T;

    /// The value with this key.
    ///
    /// # Panics
    ///
    /// If it isn't there.
    #[inline]
    #[track_caller]
    fn index(&self, key: Key<T>) -> &T {
        self.get(key).expect("no value in the arena has this key")
    }
}

impl<'a, T> IntoIterator for &'a Arena<T> {
    type Item = (Key<T>, &'a T);
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}

/// Equal arenas have the same values with the same keys.
impl<T: PartialEq> PartialEq for Arena<T> {
    fn eq(&self, other: &Arena<T>) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl<T: Eq> Eq for Arena<T> {}

impl<T: Hash> Hash for Arena<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.len());
        self.iter().for_each(|entry| entry.hash(state));
    }
}

impl<T: StableHash> StableHash for Arena<T> {
    fn stable_hash(&self, hasher: &mut StableHasher) {
        hasher.write_u64(self.len() as u64);
        self.iter().for_each(|entry| entry.stable_hash(hasher));
    }
}

/// As a map from keys to values.
#[cfg(feature = "serde")]
impl<T: serde::Serialize> serde::Serialize for Arena<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self)
    }
}
