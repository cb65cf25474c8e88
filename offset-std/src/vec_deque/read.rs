//! The std traits of a deque.

use std::cmp::Ordering;
use std::collections::VecDeque as StdDeque;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Index;

use offset_core::{Relocatable, Vec};

use super::{Iter, VecDeque, VecDequeMut};
use crate::hash::{StableHash, StableHasher};

impl<T: fmt::Debug> fmt::Debug for VecDeque<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self).finish()
    }
}

impl<T: Eq> Eq for VecDeque<T> {}

impl<T: PartialOrd> PartialOrd for VecDeque<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.iter().partial_cmp(other)
    }
}

impl<T: Ord> Ord for VecDeque<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.iter().cmp(other)
    }
}

/// As std's: the length, then each element.
impl<T: Hash> Hash for VecDeque<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.len());
        self.iter().for_each(|element| element.hash(state));
    }
}

/// The length, then each element: where in its ring an element lies makes no difference.
impl<T: StableHash> StableHash for VecDeque<T> {
    fn stable_hash(&self, hasher: &mut StableHasher) {
        hasher.write_u64(self.len() as u64);
        self.iter().for_each(|element| element.stable_hash(hasher));
    }
}

impl<T> Index<usize> for VecDeque<T> {
    type Output = T;

    #[inline]
    #[track_caller]
    fn index(&self, index: usize) -> &T {
        let len = self.len();
        self.get(index).unwrap_or_else(|| panic!("index out of bounds: the len is {len} but the index is {index}"))
    }
}

impl<'a, T> IntoIterator for &'a VecDeque<T> {
    type Item = &'a T;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}

/// Equality with everything that is a sequence of comparable elements.
macro_rules! equal {
    ($([$($generics:tt)*] $left:ty, $right:ty;)*) => {$(
        impl<T: PartialEq<U>, U, $($generics)*> PartialEq<$right> for $left {
            fn eq(&self, other: &$right) -> bool {
                self.len() == other.len() && self.iter().eq(other.iter())
            }
        }
    )*};
}
equal! {
    [] VecDeque<T>, VecDeque<U>;
    [] VecDeque<T>, Vec<U>;
    [] VecDeque<T>, [U];
    [] VecDeque<T>, &[U];
    [] VecDeque<T>, &mut [U];
    [const N: usize] VecDeque<T>, [U; N];
    [const N: usize] VecDeque<T>, &[U; N];
    [] VecDeque<T>, StdDeque<U>;
    [] VecDeque<T>, std::vec::Vec<U>;
    [] StdDeque<T>, VecDeque<U>;
    [] std::vec::Vec<T>, VecDeque<U>;
    [] Vec<T>, VecDeque<U>;
}

/// The same for the editing handle.
macro_rules! equal_handle {
    ($([$($generics:tt)*] $right:ty;)*) => {$(
        impl<T: Relocatable + PartialEq<U>, U, $($generics)*> PartialEq<$right> for VecDequeMut<'_, T> {
            fn eq(&self, other: &$right) -> bool {
                self.as_deque() == other
            }
        }
    )*};
}
equal_handle! {
    [] VecDeque<U>;
    [] [U];
    [] &[U];
    [const N: usize] [U; N];
    [] StdDeque<U>;
    [] std::vec::Vec<U>;
}

#[cfg(feature = "serde")]
impl<T: serde::Serialize> serde::Serialize for VecDeque<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self)
    }
}
