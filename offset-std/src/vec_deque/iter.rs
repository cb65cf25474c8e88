//! Iterators over a deque.

use std::fmt;
use std::iter::FusedIterator;
use std::mem;
use std::slice;

use offset_core::{IterMut as SliceIterMut, Relocatable, SliceMut};

/// The elements of a [`VecDeque`](super::VecDeque), from front to back.
pub struct Iter<'a, T> {
    front: slice::Iter<'a, T>,
    back: slice::Iter<'a, T>,
}

impl<'a, T> Iter<'a, T> {
    #[inline]
    pub(super) fn new((front, back): (&'a [T], &'a [T])) -> Self {
        Iter { front: front.iter(), back: back.iter() }
    }
}

impl<T> Clone for Iter<'_, T> {
    fn clone(&self) -> Self {
        Iter { front: self.front.clone(), back: self.back.clone() }
    }
}

/// The editing handles of the elements of a [`VecDeque`](super::VecDeque), from front to back.
pub struct IterMut<'r, T> {
    front: SliceIterMut<'r, T>,
    back: SliceIterMut<'r, T>,
}

impl<'r, T: Relocatable> IterMut<'r, T> {
    #[inline]
    pub(super) fn new((front, back): (SliceMut<'r, T>, SliceMut<'r, T>)) -> Self {
        IterMut { front: front.into_iter(), back: back.into_iter() }
    }
}

macro_rules! iterator {
    ($name:ident<$lifetime:lifetime, T $(: $bound:ident)?>: $item:ty) => {
        impl<$lifetime, T $(: $bound)?> Iterator for $name<$lifetime, T> {
            type Item = $item;

            #[inline]
            fn next(&mut self) -> Option<$item> {
                self.front.next().or_else(|| {
                    // What is at an end is looked for in one run only, once the other one is empty.
                    mem::swap(&mut self.front, &mut self.back);
                    self.front.next()
                })
            }

            #[inline]
            fn size_hint(&self) -> (usize, Option<usize>) {
                let left = self.front.len() + self.back.len();
                (left, Some(left))
            }

            #[inline]
            fn fold<B, F: FnMut(B, $item) -> B>(self, init: B, mut with: F) -> B {
                let all = self.front.fold(init, &mut with);
                self.back.fold(all, with)
            }
        }

        impl<$lifetime, T $(: $bound)?> DoubleEndedIterator for $name<$lifetime, T> {
            #[inline]
            fn next_back(&mut self) -> Option<$item> {
                self.back.next_back().or_else(|| {
                    mem::swap(&mut self.front, &mut self.back);
                    self.back.next_back()
                })
            }
        }

        impl<T $(: $bound)?> ExactSizeIterator for $name<'_, T> {}
        impl<T $(: $bound)?> FusedIterator for $name<'_, T> {}
    };
}

iterator!(Iter<'a, T>: &'a T);
iterator!(IterMut<'r, T: Relocatable>: T::Mut<'r>);

impl<T: fmt::Debug> fmt::Debug for Iter<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

impl<T: Relocatable> fmt::Debug for IterMut<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IterMut").field("left", &self.len()).finish_non_exhaustive()
    }
}
