//! The iterators over a map.

use std::fmt;
use std::iter::FusedIterator;
use std::marker::PhantomData;
use std::ptr::NonNull;

use offset_core::Relocatable;
use offset_core::raw::Writer;

use super::cursor::Entries;

/// The entries of a map, in the order of their keys.
pub struct Iter<'a, K, V> {
    entries: Entries<K, V>,
    left: usize,
    borrow: PhantomData<(&'a K, &'a V)>,
}

/// The entries of a map with keys in a range, in order.
pub struct Range<'a, K, V> {
    entries: Entries<K, V>,
    borrow: PhantomData<(&'a K, &'a V)>,
}

/// The keys of a map, in order.
pub struct Keys<'a, K, V>(Iter<'a, K, V>);

/// The values of a map, in the order of their keys.
pub struct Values<'a, K, V>(Iter<'a, K, V>);

/// The entries of a map, in the order of their keys, with the editing handles of the values.
pub struct IterMut<'a, K, V> {
    entries: Entries<K, V>,
    left: usize,
    writer: &'a Writer,
    borrow: PhantomData<(&'a K, &'a mut V)>,
}

/// The entries of a map with keys in a range, in order, with the editing handles of the values.
pub struct RangeMut<'a, K, V> {
    entries: Entries<K, V>,
    writer: &'a Writer,
    borrow: PhantomData<(&'a K, &'a mut V)>,
}

/// The editing handles of the values of a map, in the order of their keys.
pub struct ValuesMut<'a, K, V>(IterMut<'a, K, V>);

// SAFETY: as a pair of references to keys and to values: entries are read only, and the borrow keeps them.
unsafe impl<K: Sync, V: Sync> Send for Iter<'_, K, V> {}
// SAFETY: as above.
unsafe impl<K: Sync, V: Sync> Sync for Iter<'_, K, V> {}
// SAFETY: as above.
unsafe impl<K: Sync, V: Sync> Send for Range<'_, K, V> {}
// SAFETY: as above.
unsafe impl<K: Sync, V: Sync> Sync for Range<'_, K, V> {}

impl<K, V> Iter<'_, K, V> {
    #[inline]
    pub(super) fn new(entries: Entries<K, V>, left: usize) -> Self {
        Iter { entries, left, borrow: PhantomData }
    }
}

impl<K, V> Range<'_, K, V> {
    #[inline]
    pub(super) fn new(entries: Entries<K, V>) -> Self {
        Range { entries, borrow: PhantomData }
    }
}

impl<'a, K, V> Keys<'a, K, V> {
    pub(super) fn new(iter: Iter<'a, K, V>) -> Self {
        Keys(iter)
    }
}

impl<'a, K, V> Values<'a, K, V> {
    pub(super) fn new(iter: Iter<'a, K, V>) -> Self {
        Values(iter)
    }
}

impl<'a, K: Relocatable, V: Relocatable> IterMut<'a, K, V> {
    /// # Safety
    ///
    /// The values are the caller's alone for `'a`, in the region of `writer`.
    pub(super) unsafe fn new(entries: Entries<K, V>, left: usize, writer: &'a Writer) -> Self {
        IterMut { entries, left, writer, borrow: PhantomData }
    }
}

impl<'a, K: Relocatable, V: Relocatable> RangeMut<'a, K, V> {
    /// # Safety
    ///
    /// The values are the caller's alone for `'a`, in the region of `writer`.
    pub(super) unsafe fn new(entries: Entries<K, V>, writer: &'a Writer) -> Self {
        RangeMut { entries, writer, borrow: PhantomData }
    }
}

impl<'a, K: Relocatable, V: Relocatable> ValuesMut<'a, K, V> {
    pub(super) fn new(iter: IterMut<'a, K, V>) -> Self {
        ValuesMut(iter)
    }
}

type At<K, V> = (NonNull<K>, NonNull<V>);

impl<'a, K, V> Iter<'a, K, V> {
    #[inline(always)]
    fn give(&mut self, (key, value): At<K, V>) -> (&'a K, &'a V) {
        self.left = self.left.saturating_sub(1);
        // SAFETY: B2: an entry of a map that nobody edits for `'a`.
        let key = unsafe { key.as_ref() };
        // SAFETY: as above.
        (key, unsafe { value.as_ref() })
    }
}

impl<'a, K, V> Range<'a, K, V> {
    #[inline(always)]
    fn give(&mut self, (key, value): At<K, V>) -> (&'a K, &'a V) {
        // SAFETY: B2: an entry of a map that nobody edits for `'a`.
        let key = unsafe { key.as_ref() };
        // SAFETY: as above.
        (key, unsafe { value.as_ref() })
    }
}

impl<'a, K: Relocatable, V: Relocatable> IterMut<'a, K, V> {
    fn give(&mut self, (key, value): At<K, V>) -> (&'a K, V::Mut<'a>) {
        self.left = self.left.saturating_sub(1);
        // SAFETY: B2: a key of a map of which only values are edited for `'a`.
        let key = unsafe { key.as_ref() };
        // SAFETY: the contract of `new`: the value is ours, and is given once.
        (key, unsafe { V::handle(value, self.writer) })
    }
}

impl<'a, K: Relocatable, V: Relocatable> RangeMut<'a, K, V> {
    fn give(&mut self, (key, value): At<K, V>) -> (&'a K, V::Mut<'a>) {
        // SAFETY: B2: a key of a map of which only values are edited for `'a`.
        let key = unsafe { key.as_ref() };
        // SAFETY: the contract of `new`: the value is ours, and is given once.
        (key, unsafe { V::handle(value, self.writer) })
    }
}

macro_rules! iterators {
    ($([$($bounds:tt)*] $name:ident, $item:ty, |$this:ident| $next:expr, $next_back:expr;)*) => {$(
        impl<'a, K: $($bounds)*, V: $($bounds)*> Iterator for $name<'a, K, V> {
            type Item = $item;

            #[inline]
            fn next(&mut self) -> Option<$item> {
                let $this = self;
                $next
            }

            fn size_hint(&self) -> (usize, Option<usize>) {
                self.left()
            }
        }

        impl<'a, K: $($bounds)*, V: $($bounds)*> DoubleEndedIterator for $name<'a, K, V> {
            #[inline]
            fn next_back(&mut self) -> Option<$item> {
                let $this = self;
                $next_back
            }
        }

        impl<K: $($bounds)*, V: $($bounds)*> FusedIterator for $name<'_, K, V> {}
    )*};
}

macro_rules! walks {
    ($([$($bounds:tt)*] $name:ident, $item:ty;)*) => {$(
        iterators! {
            [$($bounds)*] $name, $item,
            |this| this.entries.next().map(|at| this.give(at)),
            this.entries.next_back().map(|at| this.give(at));
        }
    )*};
}
walks! {
    [] Iter, (&'a K, &'a V);
    [] Range, (&'a K, &'a V);
    [Relocatable] IterMut, (&'a K, V::Mut<'a>);
    [Relocatable] RangeMut, (&'a K, V::Mut<'a>);
}

iterators! {
    [] Keys, &'a K, |this| this.0.next().map(|(key, _)| key), this.0.next_back().map(|(key, _)| key);
    [] Values, &'a V, |this| this.0.next().map(|(_, value)| value), this.0.next_back().map(|(_, value)| value);
    [Relocatable] ValuesMut, V::Mut<'a>, |this| this.0.next().map(|(_, value)| value), this.0.next_back().map(|(_, value)| value);
}

/// How many are left, for those that know.
macro_rules! lengths {
    ($([$($bounds:tt)*] $name:ident, |$this:ident| $left:expr;)*) => {$(
        impl<K: $($bounds)*, V: $($bounds)*> $name<'_, K, V> {
            fn left(&self) -> (usize, Option<usize>) {
                let $this = self;
                ($left, Some($left))
            }
        }

        impl<K: $($bounds)*, V: $($bounds)*> ExactSizeIterator for $name<'_, K, V> {}
    )*};
}
lengths! {
    [] Iter, |this| this.left;
    [] Keys, |this| this.0.left;
    [] Values, |this| this.0.left;
    [Relocatable] IterMut, |this| this.left;
    [Relocatable] ValuesMut, |this| this.0.left;
}

impl<K, V> Range<'_, K, V> {
    fn left(&self) -> (usize, Option<usize>) {
        (0, None)
    }
}

impl<K, V> RangeMut<'_, K, V> {
    fn left(&self) -> (usize, Option<usize>) {
        (0, None)
    }
}

impl<K, V> Clone for Iter<'_, K, V> {
    fn clone(&self) -> Self {
        Iter { entries: self.entries.clone(), left: self.left, borrow: PhantomData }
    }
}

impl<K, V> Clone for Range<'_, K, V> {
    fn clone(&self) -> Self {
        Range { entries: self.entries.clone(), borrow: PhantomData }
    }
}

impl<K, V> Clone for Keys<'_, K, V> {
    fn clone(&self) -> Self {
        Keys(self.0.clone())
    }
}

impl<K, V> Clone for Values<'_, K, V> {
    fn clone(&self) -> Self {
        Values(self.0.clone())
    }
}

macro_rules! debug {
    ($([$($bounds:tt)*] $name:ident;)*) => {$(
        impl<K, V> fmt::Debug for $name<'_, K, V> where $($bounds)* {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_list().entries(self.clone()).finish()
            }
        }
    )*};
}
debug! {
    [K: fmt::Debug, V: fmt::Debug] Iter;
    [K: fmt::Debug, V: fmt::Debug] Range;
    [K: fmt::Debug] Keys;
    [V: fmt::Debug] Values;
}

macro_rules! opaque {
    ($($name:ident)*) => {$(
        impl<K, V> fmt::Debug for $name<'_, K, V> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    )*};
}
opaque!(IterMut RangeMut ValuesMut);
