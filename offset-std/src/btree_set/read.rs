//! The iterators over a set, and its std traits.

use std::cmp::Ordering;
use std::collections;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::iter::FusedIterator;

use super::{BTreeSet, BTreeSetMut, Nothing};
use crate::btree_map;

/// The elements of a set, in order.
pub struct Iter<'a, T>(btree_map::Keys<'a, T, Nothing>);

/// The elements of a set in a range, in order.
pub struct Range<'a, T>(btree_map::Range<'a, T, Nothing>);

impl<'a, T> Iter<'a, T> {
    pub(super) fn new(keys: btree_map::Keys<'a, T, Nothing>) -> Self {
        Iter(keys)
    }
}

impl<'a, T> Range<'a, T> {
    pub(super) fn new(entries: btree_map::Range<'a, T, Nothing>) -> Self {
        Range(entries)
    }
}

impl<'a, T> Iterator for Iter<'a, T> {
    type Item = &'a T;

    #[inline]
    fn next(&mut self) -> Option<&'a T> {
        self.0.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl<'a, T> DoubleEndedIterator for Iter<'a, T> {
    #[inline]
    fn next_back(&mut self) -> Option<&'a T> {
        self.0.next_back()
    }
}

impl<T> ExactSizeIterator for Iter<'_, T> {}
impl<T> FusedIterator for Iter<'_, T> {}

impl<'a, T> Iterator for Range<'a, T> {
    type Item = &'a T;

    #[inline]
    fn next(&mut self) -> Option<&'a T> {
        self.0.next().map(|(element, _)| element)
    }
}

impl<'a, T> DoubleEndedIterator for Range<'a, T> {
    #[inline]
    fn next_back(&mut self) -> Option<&'a T> {
        self.0.next_back().map(|(element, _)| element)
    }
}

impl<T> FusedIterator for Range<'_, T> {}

macro_rules! common {
    ($($name:ident)*) => {$(
        impl<T> Clone for $name<'_, T> {
            fn clone(&self) -> Self {
                $name(self.0.clone())
            }
        }

        impl<T: fmt::Debug> fmt::Debug for $name<'_, T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_list().entries(self.clone()).finish()
            }
        }
    )*};
}
common!(Iter Range);

impl<'a, T> IntoIterator for &'a BTreeSet<T> {
    type Item = &'a T;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}

impl<T: fmt::Debug> fmt::Debug for BTreeSet<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self).finish()
    }
}

impl<T: PartialEq> PartialEq for BTreeSet<T> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other)
    }
}

impl<T: Eq> Eq for BTreeSet<T> {}

/// Equality with std's set, on either side, where elements compare.
macro_rules! equal {
    ($($left:ty, $right:ty;)*) => {$(
        impl<T: PartialEq<U>, U> PartialEq<$right> for $left {
            fn eq(&self, other: &$right) -> bool {
                self.len() == other.len() && self.iter().zip(other.iter()).all(|(one, other)| one == other)
            }
        }
    )*};
}
equal! {
    BTreeSet<T>, collections::BTreeSet<U>;
    collections::BTreeSet<T>, BTreeSet<U>;
    BTreeSetMut<'_, T>, BTreeSet<U>;
    BTreeSetMut<'_, T>, collections::BTreeSet<U>;
}

impl<T: PartialOrd> PartialOrd for BTreeSet<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.iter().partial_cmp(other)
    }
}

impl<T: Ord> Ord for BTreeSet<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.iter().cmp(other)
    }
}

impl<T: Hash> Hash for BTreeSet<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.len());
        self.iter().for_each(|element| element.hash(state));
    }
}

#[cfg(feature = "serde")]
impl<T: serde::Serialize> serde::Serialize for BTreeSet<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self)
    }
}
