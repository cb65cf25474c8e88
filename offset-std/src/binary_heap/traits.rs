//! What a heap is built from, and the std traits.

use std::collections::{BTreeSet, BinaryHeap as StdHeap, LinkedList, VecDeque as StdDeque};
use std::fmt;
use std::slice;

use offset_core::{Emplace, Empty, Filled, FromIter, Own, Popped, Relocatable, Result, Slot, Vec};

use super::{BinaryHeap, sift};

/// The vector that the initialiser of a heap builds.
pub(super) struct AsVec<I>(pub(super) I);

impl<T: Relocatable, I: Emplace<BinaryHeap<T>>> Emplace<Vec<T>> for AsVec<I> {
    fn emplace<'s>(self, slot: Slot<'s, Vec<T>>) -> Result<Filled<'s, Vec<T>>> {
        // SAFETY: a heap is a transparent vector.
        unsafe { slot.field::<BinaryHeap<T>, I>(0, self.0) }?.keep();
        // SAFETY: it is there.
        Ok(unsafe { slot.assume_filled() })
    }
}

/// Lets `build` build the vector that a heap is, and puts that in order.
pub(super) fn build_with<'s, T: Relocatable + Ord, E>(
    slot: Slot<'s, BinaryHeap<T>>,
    build: impl for<'v> FnOnce(Slot<'v, Vec<T>>) -> Result<Filled<'v, Vec<T>>, E>,
) -> Result<Filled<'s, BinaryHeap<T>>, E> {
    let (at, writer) = (slot.at().cast::<Vec<T>>(), slot.writer());
    // SAFETY: a heap is one vector, and the only one at offset 0.
    let filled = build(unsafe { slot.part::<Vec<T>>(0) })?;
    // SAFETY: a valid vector, which `filled` only holds to release it should a comparison panic.
    let mut vec = unsafe { Vec::handle(at, writer) };
    sift::rebuild(&mut vec.as_slice_mut());
    filled.keep();
    // SAFETY: it is there.
    Ok(unsafe { slot.assume_filled() })
}

impl<T: Relocatable> Emplace<BinaryHeap<T>> for Empty {
    fn emplace<'s>(self, slot: Slot<'s, BinaryHeap<T>>) -> Result<Filled<'s, BinaryHeap<T>>> {
        // SAFETY: an empty vector is an empty heap, the only one at offset 0.
        unsafe { slot.field::<Vec<T>, Empty>(0, self) }?.keep();
        // SAFETY: it is there.
        Ok(unsafe { slot.assume_filled() })
    }
}

/// Whatever builds a vector, by name.
macro_rules! from {
    ($([$($generics:tt)*] $from:ty,)*) => {$(
        impl<$($generics)* T: Relocatable + Ord> Emplace<BinaryHeap<T>> for $from
        where
            $from: Emplace<Vec<T>>,
        {
            fn emplace<'s>(self, slot: Slot<'s, BinaryHeap<T>>) -> Result<Filled<'s, BinaryHeap<T>>> {
                build_with(slot, |vec| vec.build(self))
            }
        }
    )*};
}
from! {
    [I, const N: usize,] [I; N],
    [I,] std::vec::Vec<I>,
    ['a, S,] &'a [S],
    ['a, S, const N: usize,] &'a [S; N],
    ['a, S,] &'a std::vec::Vec<S>,
    ['a, S,] &'a std::boxed::Box<[S]>,
    [I,] StdHeap<I>,
    ['a, I,] &'a StdHeap<I>,
    [I,] StdDeque<I>,
    ['a, I,] &'a StdDeque<I>,
    [I,] LinkedList<I>,
    ['a, I,] &'a LinkedList<I>,
    [I,] BTreeSet<I>,
    ['a, I,] &'a BTreeSet<I>,
    [I,] FromIter<I>,
    ['a,] Popped<'a, Vec<T>>,
    ['a,] Own<'a, Vec<T>>,
}

impl<T: fmt::Debug> fmt::Debug for BinaryHeap<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_slice().fmt(f)
    }
}

impl<'a, T> IntoIterator for &'a BinaryHeap<T> {
    type Item = &'a T;
    type IntoIter = slice::Iter<'a, T>;

    fn into_iter(self) -> slice::Iter<'a, T> {
        self.iter()
    }
}

#[cfg(feature = "serde")]
impl<T: serde::Serialize> serde::Serialize for BinaryHeap<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_slice().serialize(serializer)
    }
}
