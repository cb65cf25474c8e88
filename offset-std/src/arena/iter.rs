//! Iterators over an arena.

use std::fmt;
use std::iter::{Enumerate, FusedIterator};
use std::slice;

use offset_core::Relocatable;

use super::seat::{Seat, State, state_of, value_of};
use super::{Arena, Key};

/// The key of a value in the seat at `index`, if there is one.
#[inline(always)]
fn key_at<T>(index: usize, state: State) -> Option<Key<T>> {
    state.is_occupied().then(|| Key::new(index as u32, state.generation))
}

/// The keys and values of an [`Arena`].
pub struct Iter<'a, T> {
    seats: Enumerate<slice::Iter<'a, Seat<T>>>,
    left: usize,
}

impl<'a, T> Iter<'a, T> {
    pub(super) fn new(arena: &'a Arena<T>) -> Self {
        Iter { seats: arena.seats.iter().enumerate(), left: arena.len() }
    }
}

/// What a seat has for an iterator.
#[inline(always)]
fn entry<T>((index, seat): (usize, &Seat<T>)) -> Option<(Key<T>, &T)> {
    Some((key_at(index, seat.state)?, seat.occupant()?))
}

impl<'a, T> Iterator for Iter<'a, T> {
    type Item = (Key<T>, &'a T);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        // Free seats after the last value aren't looked at.
        self.left = self.left.checked_sub(1)?;
        self.seats.find_map(entry)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<T> DoubleEndedIterator for Iter<'_, T> {
    #[inline]
    fn next_back(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        self.seats.by_ref().rev().find_map(entry)
    }
}

impl<T> Clone for Iter<'_, T> {
    fn clone(&self) -> Self {
        Iter { seats: self.seats.clone(), left: self.left }
    }
}

impl<T: fmt::Debug> fmt::Debug for Iter<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.clone()).finish()
    }
}

/// The keys of an [`Arena`] and the editing handles of their values.
pub struct IterMut<'r, T: Relocatable> {
    seats: Enumerate<crate::IterMut<'r, Seat<T>>>,
    left: usize,
}

impl<'r, T: Relocatable> IterMut<'r, T> {
    /// All seats of an arena with `len` values.
    pub(super) fn new(seats: crate::IterMut<'r, Seat<T>>, len: usize) -> Self {
        IterMut { seats: seats.enumerate(), left: len }
    }
}

/// What a seat has for an iterator that edits.
#[inline(always)]
fn entry_mut<'r, T: Relocatable>((index, seat): (usize, crate::Place<'r, Seat<T>>)) -> Option<(Key<T>, T::Mut<'r>)> {
    let (at, writer) = (seat.at(), seat.writer());
    // SAFETY: the place is ours, so its state can be read.
    let key = key_at(index, unsafe { state_of(at).read() })?;
    // SAFETY: G1: a valid value, ours alone for `'r`, since the place was; the place is gone.
    Some((key, unsafe { T::handle(value_of(at), writer) }))
}

impl<'r, T: Relocatable> Iterator for IterMut<'r, T> {
    type Item = (Key<T>, T::Mut<'r>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        self.seats.find_map(entry_mut)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<T: Relocatable> DoubleEndedIterator for IterMut<'_, T> {
    #[inline]
    fn next_back(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        self.seats.by_ref().rev().find_map(entry_mut)
    }
}

impl<T: Relocatable> fmt::Debug for IterMut<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IterMut").field("left", &self.left).finish_non_exhaustive()
    }
}

/// The keys of an [`Arena`].
pub struct Keys<'a, T>(pub(super) Iter<'a, T>);

/// The values of an [`Arena`].
pub struct Values<'a, T>(pub(super) Iter<'a, T>);

/// The editing handles of the values of an [`Arena`].
#[derive(Debug)]
pub struct ValuesMut<'r, T: Relocatable>(pub(super) IterMut<'r, T>);

/// An iterator over a part of what another one gives.
macro_rules! parts {
    ($([$life:lifetime $($bound:ident)?] $name:ident: $item:ty, $part:tt;)*) => {$(
        impl<$life, T $(: $bound)?> Iterator for $name<$life, T> {
            type Item = $item;

            #[inline]
            fn next(&mut self) -> Option<$item> {
                self.0.next().map(|entry| entry.$part)
            }

            #[inline]
            fn size_hint(&self) -> (usize, Option<usize>) {
                self.0.size_hint()
            }
        }

        impl<T $(: $bound)?> DoubleEndedIterator for $name<'_, T> {
            #[inline]
            fn next_back(&mut self) -> Option<Self::Item> {
                self.0.next_back().map(|entry| entry.$part)
            }
        }

        impl<T $(: $bound)?> ExactSizeIterator for $name<'_, T> {}
        impl<T $(: $bound)?> FusedIterator for $name<'_, T> {}
    )*};
}
parts! {
    ['a] Keys: Key<T>, 0;
    ['a] Values: &'a T, 1;
    ['r Relocatable] ValuesMut: T::Mut<'r>, 1;
}

impl<T> Clone for Keys<'_, T> {
    fn clone(&self) -> Self {
        Keys(self.0.clone())
    }
}

impl<T> Clone for Values<'_, T> {
    fn clone(&self) -> Self {
        Values(self.0.clone())
    }
}

impl<T> fmt::Debug for Keys<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

impl<T: fmt::Debug> fmt::Debug for Values<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

impl<T> ExactSizeIterator for Iter<'_, T> {}
impl<T> FusedIterator for Iter<'_, T> {}
impl<T: Relocatable> ExactSizeIterator for IterMut<'_, T> {}
impl<T: Relocatable> FusedIterator for IterMut<'_, T> {}
