//! What a deque is built from.

use std::collections::{BTreeSet, LinkedList, VecDeque as StdDeque};
use std::slice;

use offset_core::raw::copies;
use offset_core::{Emplace, Empty, Filled, FromIter, Relocatable, Result, Slot};

use super::VecDeque;
use super::edit::VecDequeMut;

/// Builds an empty deque, and lets `fill` append to it.
fn build<'s, T: Relocatable>(
    slot: Slot<'s, VecDeque<T>>,
    fill: impl FnOnce(&mut VecDequeMut<'_, T>) -> Result<()>,
) -> Result<Filled<'s, VecDeque<T>>> {
    let (at, writer) = (slot.at(), slot.writer());
    let filled = slot.build(Empty)?;
    // SAFETY: a valid deque, which `filled` only holds to release it should this fail.
    fill(&mut unsafe { VecDequeMut::new(at, writer) })?;
    Ok(filled)
}

/// Builds a deque of a known length.
fn build_exact<'s, T: Relocatable, I: Emplace<T>>(
    slot: Slot<'s, VecDeque<T>>,
    inits: impl ExactSizeIterator<Item = I>,
) -> Result<Filled<'s, VecDeque<T>>> {
    build(slot, |deque| {
        deque.try_reserve_exact(inits.len())?;
        deque.try_extend(inits)
    })
}

/// Values that are their own initialisers, as what they initialise; `None` if they aren't.
fn as_elements<T: Relocatable, S>(values: &[S]) -> Option<&[T]> {
    // SAFETY: `S` is `T`, but for lifetimes, and plain.
    copies::<T, S>().then(|| unsafe { slice::from_raw_parts(values.as_ptr().cast::<T>(), values.len()) })
}

/// Builds a deque of values that are copied as they are.
fn build_copied<'s, T: Relocatable>(slot: Slot<'s, VecDeque<T>>, elements: &[T]) -> Result<Filled<'s, VecDeque<T>>> {
    build(slot, |deque| {
        deque.try_reserve_exact(elements.len())?;
        deque.try_extend_from_slice(elements)
    })
}

impl<T: Relocatable> Emplace<VecDeque<T>> for Empty {
    #[inline]
    fn emplace<'s>(self, slot: Slot<'s, VecDeque<T>>) -> Result<Filled<'s, VecDeque<T>>> {
        // SAFETY: two zero words are an empty deque, and a slot is zeroed.
        Ok(unsafe { slot.assume_filled() })
    }
}

impl<T: Relocatable, I: Emplace<T>, const N: usize> Emplace<VecDeque<T>> for [I; N] {
    fn emplace<'s>(self, slot: Slot<'s, VecDeque<T>>) -> Result<Filled<'s, VecDeque<T>>> {
        match as_elements(&self) {
            Some(elements) => build_copied(slot, elements),
            None => build_exact(slot, self.into_iter()),
        }
    }
}

impl<T: Relocatable, I: Emplace<T>> Emplace<VecDeque<T>> for std::vec::Vec<I> {
    fn emplace<'s>(self, slot: Slot<'s, VecDeque<T>>) -> Result<Filled<'s, VecDeque<T>>> {
        match as_elements(&self) {
            Some(elements) => build_copied(slot, elements),
            None => build_exact(slot, self.into_iter()),
        }
    }
}

impl<'a, T: Relocatable, S> Emplace<VecDeque<T>> for &'a [S]
where
    &'a S: Emplace<T>,
{
    fn emplace<'s>(self, slot: Slot<'s, VecDeque<T>>) -> Result<Filled<'s, VecDeque<T>>> {
        match as_elements(self) {
            Some(elements) => build_copied(slot, elements),
            None => build_exact(slot, self.iter()),
        }
    }
}

/// What gives a slice when borrowed.
macro_rules! as_slices {
    ($([$($generics:tt)*] $from:ty,)*) => {$(
        impl<'a, T: Relocatable, S, $($generics)*> Emplace<VecDeque<T>> for $from
        where
            &'a S: Emplace<T>,
        {
            fn emplace<'s>(self, slot: Slot<'s, VecDeque<T>>) -> Result<Filled<'s, VecDeque<T>>> {
                let slice: &'a [S] = self;
                slot.build(slice)
            }
        }
    )*};
}
as_slices! {
    [const N: usize] &'a [S; N],
    [] &'a std::vec::Vec<S>,
    [] &'a std::boxed::Box<[S]>,
}

/// Collections with an iterator that knows its length.
macro_rules! collections {
    ($($from:ident,)*) => {$(
        impl<T: Relocatable, I: Emplace<T>> Emplace<VecDeque<T>> for $from<I> {
            fn emplace<'s>(self, slot: Slot<'s, VecDeque<T>>) -> Result<Filled<'s, VecDeque<T>>> {
                build_exact(slot, self.into_iter())
            }
        }
        impl<'a, T: Relocatable, I> Emplace<VecDeque<T>> for &'a $from<I>
        where
            &'a I: Emplace<T>,
        {
            fn emplace<'s>(self, slot: Slot<'s, VecDeque<T>>) -> Result<Filled<'s, VecDeque<T>>> {
                build_exact(slot, self.iter())
            }
        }
    )*};
}
collections! {
    StdDeque,
    LinkedList,
    BTreeSet,
}

impl<T: Relocatable, I: Iterator<Item: Emplace<T>>> Emplace<VecDeque<T>> for FromIter<I> {
    fn emplace<'s>(self, slot: Slot<'s, VecDeque<T>>) -> Result<Filled<'s, VecDeque<T>>> {
        let inits = self.into_inner();
        build(slot, |deque| {
            // A hint may lie: where it asks for too much, begin with nothing and grow.
            let _ = deque.try_reserve_exact(inits.size_hint().0);
            deque.try_extend(inits)
        })
    }
}
