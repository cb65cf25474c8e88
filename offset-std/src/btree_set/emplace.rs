//! What a set is built from.

use std::collections;

use offset_core::{Emplace, Empty, Filled, FromIter, Relocatable, Result, Slot};

use super::BTreeSet;
use crate::btree_map::Comparable;

/// Builds an empty set, and adds elements to it.
fn fill<'s, T: Relocatable, Q: Comparable<T> + Emplace<T>>(
    slot: Slot<'s, BTreeSet<T>>,
    elements: impl Iterator<Item = Q>,
) -> Result<Filled<'s, BTreeSet<T>>> {
    let (at, writer) = (slot.at(), slot.writer());
    let filled = slot.build(Empty)?;
    // SAFETY: a valid set, which `filled` only holds to release it should this fail.
    unsafe { BTreeSet::handle(at, writer) }.try_extend(elements)?;
    Ok(filled)
}

impl<T: Relocatable> Emplace<BTreeSet<T>> for Empty {
    #[inline]
    fn emplace<'s>(self, slot: Slot<'s, BTreeSet<T>>) -> Result<Filled<'s, BTreeSet<T>>> {
        // SAFETY: zeros are an empty set, and a slot is zeroed.
        Ok(unsafe { slot.assume_filled() })
    }
}

impl<T: Relocatable, I: Iterator<Item: Comparable<T> + Emplace<T>>> Emplace<BTreeSet<T>> for FromIter<I> {
    fn emplace<'s>(self, slot: Slot<'s, BTreeSet<T>>) -> Result<Filled<'s, BTreeSet<T>>> {
        fill(slot, self.into_inner())
    }
}

/// Collections of elements.
macro_rules! collections {
    ($([$($generics:tt)*] $from:ty;)*) => {$(
        impl<T: Relocatable, Q: Comparable<T> + Emplace<T>, $($generics)*> Emplace<BTreeSet<T>> for $from {
            fn emplace<'s>(self, slot: Slot<'s, BTreeSet<T>>) -> Result<Filled<'s, BTreeSet<T>>> {
                fill(slot, self.into_iter())
            }
        }
        impl<'a, T: Relocatable, Q, $($generics)*> Emplace<BTreeSet<T>> for &'a $from
        where
            &'a Q: Comparable<T> + Emplace<T>,
        {
            fn emplace<'s>(self, slot: Slot<'s, BTreeSet<T>>) -> Result<Filled<'s, BTreeSet<T>>> {
                fill(slot, self.iter())
            }
        }
    )*};
}
collections! {
    [const N: usize] [Q; N];
    [] std::vec::Vec<Q>;
    [] collections::BTreeSet<Q>;
    [H] collections::HashSet<Q, H>;
}

impl<'a, T: Relocatable, Q> Emplace<BTreeSet<T>> for &'a [Q]
where
    &'a Q: Comparable<T> + Emplace<T>,
{
    fn emplace<'s>(self, slot: Slot<'s, BTreeSet<T>>) -> Result<Filled<'s, BTreeSet<T>>> {
        fill(slot, self.iter())
    }
}
