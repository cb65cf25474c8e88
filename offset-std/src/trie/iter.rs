//! The iterators over a trie.

use std::fmt;
use std::iter::FusedIterator;
use std::marker::PhantomData;

use offset_core::Relocatable;
use offset_core::raw::Writer;

use super::leaf::Leaf;
use super::search::Beginnings;
use super::walk::Walk;

/// The entries of a trie, in the order of their keys.
pub struct Iter<'a, V> {
    walk: Walk,
    left: usize,
    borrow: PhantomData<&'a V>,
}

/// The entries of a trie with keys in a range, or with a prefix, in order.
pub struct Range<'a, V> {
    walk: Walk,
    borrow: PhantomData<&'a V>,
}

/// The keys of a trie, in order.
pub struct Keys<'a, V>(Iter<'a, V>);

/// The values of a trie, in the order of their keys.
pub struct Values<'a, V>(Iter<'a, V>);

/// The entries of a trie whose keys another key begins with, the shortest first.
pub struct CommonPrefixes<'a, 'k, V> {
    beginnings: Option<Beginnings<'k>>,
    borrow: PhantomData<&'a V>,
}

/// The entries of a trie, in the order of their keys, with the editing handles of the values.
pub struct IterMut<'a, V> {
    walk: Walk,
    left: usize,
    writer: &'a Writer,
    borrow: PhantomData<&'a mut V>,
}

/// The entries of a trie with keys in a range, or with a prefix, in order, with the editing handles of the values.
pub struct RangeMut<'a, V> {
    walk: Walk,
    writer: &'a Writer,
    borrow: PhantomData<&'a mut V>,
}

/// The editing handles of the values of a trie, in the order of their keys.
pub struct ValuesMut<'a, V>(IterMut<'a, V>);

impl<V> Iter<'_, V> {
    /// # Safety
    ///
    /// The walk is through a trie that nobody edits for the iterator's lifetime, which has `left` entries. The same goes for those below.
    #[inline]
    pub(super) unsafe fn new(walk: Walk, left: usize) -> Self {
        Iter { walk, left, borrow: PhantomData }
    }
}

impl<V> Range<'_, V> {
    /// # Safety
    ///
    /// As for [`Iter::new`].
    #[inline]
    pub(super) unsafe fn new(walk: Walk) -> Self {
        Range { walk, borrow: PhantomData }
    }
}

impl<'a, V> Keys<'a, V> {
    pub(super) fn new(iter: Iter<'a, V>) -> Self {
        Keys(iter)
    }
}

impl<'a, V> Values<'a, V> {
    pub(super) fn new(iter: Iter<'a, V>) -> Self {
        Values(iter)
    }
}

impl<'k, V> CommonPrefixes<'_, 'k, V> {
    pub(super) fn new(beginnings: Option<Beginnings<'k>>) -> Self {
        CommonPrefixes { beginnings, borrow: PhantomData }
    }
}

impl<'a, V: Relocatable> IterMut<'a, V> {
    /// # Safety
    ///
    /// As for [`Iter::new`], save that the values are the caller's alone for `'a`, in the region of `writer`.
    pub(super) unsafe fn new(walk: Walk, left: usize, writer: &'a Writer) -> Self {
        IterMut { walk, left, writer, borrow: PhantomData }
    }
}

impl<'a, V: Relocatable> RangeMut<'a, V> {
    /// # Safety
    ///
    /// As for [`IterMut::new`].
    pub(super) unsafe fn new(walk: Walk, writer: &'a Writer) -> Self {
        RangeMut { walk, writer, borrow: PhantomData }
    }
}

impl<'a, V: Relocatable> ValuesMut<'a, V> {
    pub(super) fn new(iter: IterMut<'a, V>) -> Self {
        ValuesMut(iter)
    }
}

/// Shows an entry.
///
/// # Safety
///
/// A leaf of a trie that nobody edits for `'a`.
#[inline(always)]
unsafe fn show<'a, V>(leaf: Leaf<V>) -> (&'a [u8], &'a V) {
    // SAFETY: the caller's contract.
    let value = unsafe { leaf.value().as_ref() };
    // SAFETY: as above.
    (unsafe { leaf.key() }, value)
}

/// Shows an entry, to edit its value.
///
/// # Safety
///
/// A leaf of a trie of which only values are edited for `'a`, in the region of `writer`; the value is ours alone, and is given once.
#[inline(always)]
unsafe fn show_mut<'a, V: Relocatable>(leaf: Leaf<V>, writer: &'a Writer) -> (&'a [u8], V::Mut<'a>) {
    // SAFETY: the caller's contract.
    let value = unsafe { V::handle(leaf.value(), writer) };
    // SAFETY: as above; a key is no part of its value.
    (unsafe { leaf.key() }, value)
}

impl<'a, V> Iter<'a, V> {
    #[inline(always)]
    fn give(&mut self, leaf: Leaf<V>) -> (&'a [u8], &'a V) {
        self.left = self.left.saturating_sub(1);
        // SAFETY: the contract of `new`.
        unsafe { show(leaf) }
    }
}

impl<'a, V> Range<'a, V> {
    #[inline(always)]
    fn give(&mut self, leaf: Leaf<V>) -> (&'a [u8], &'a V) {
        // SAFETY: the contract of `new`.
        unsafe { show(leaf) }
    }
}

impl<'a, V: Relocatable> IterMut<'a, V> {
    fn give(&mut self, leaf: Leaf<V>) -> (&'a [u8], V::Mut<'a>) {
        self.left = self.left.saturating_sub(1);
        // SAFETY: the contract of `new`. A walk gives each leaf once: its ends stop where they meet.
        unsafe { show_mut(leaf, self.writer) }
    }
}

impl<'a, V: Relocatable> RangeMut<'a, V> {
    fn give(&mut self, leaf: Leaf<V>) -> (&'a [u8], V::Mut<'a>) {
        // SAFETY: as for `IterMut`.
        unsafe { show_mut(leaf, self.writer) }
    }
}

impl<'a, V> Iterator for CommonPrefixes<'a, '_, V> {
    type Item = (&'a [u8], &'a V);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let leaf = self.beginnings.as_mut()?.next()?;
        // SAFETY: a leaf of a trie that nobody edits for `'a`.
        Some(unsafe { show(leaf) })
    }
}

impl<V> FusedIterator for CommonPrefixes<'_, '_, V> {}

macro_rules! iterators {
    ($([$($bounds:tt)*] $name:ident, $item:ty, |$this:ident| $next:expr, $next_back:expr;)*) => {$(
        impl<'a, V: $($bounds)*> Iterator for $name<'a, V> {
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

        impl<'a, V: $($bounds)*> DoubleEndedIterator for $name<'a, V> {
            #[inline]
            fn next_back(&mut self) -> Option<$item> {
                let $this = self;
                $next_back
            }
        }

        impl<V: $($bounds)*> FusedIterator for $name<'_, V> {}
    )*};
}

macro_rules! walks {
    ($([$($bounds:tt)*] $name:ident, $item:ty;)*) => {$(
        iterators! {
            [$($bounds)*] $name, $item,
            |this| this.walk.next().map(|leaf| this.give(leaf)),
            this.walk.next_back().map(|leaf| this.give(leaf));
        }
    )*};
}
walks! {
    [] Iter, (&'a [u8], &'a V);
    [] Range, (&'a [u8], &'a V);
    [Relocatable] IterMut, (&'a [u8], V::Mut<'a>);
    [Relocatable] RangeMut, (&'a [u8], V::Mut<'a>);
}

iterators! {
    [] Keys, &'a [u8], |this| this.0.next().map(|(key, _)| key), this.0.next_back().map(|(key, _)| key);
    [] Values, &'a V, |this| this.0.next().map(|(_, value)| value), this.0.next_back().map(|(_, value)| value);
    [Relocatable] ValuesMut, V::Mut<'a>, |this| this.0.next().map(|(_, value)| value), this.0.next_back().map(|(_, value)| value);
}

/// How many are left, for those that know.
macro_rules! lengths {
    ($([$($bounds:tt)*] $name:ident, |$this:ident| $left:expr;)*) => {$(
        impl<V: $($bounds)*> $name<'_, V> {
            fn left(&self) -> (usize, Option<usize>) {
                let $this = self;
                ($left, Some($left))
            }
        }

        impl<V: $($bounds)*> ExactSizeIterator for $name<'_, V> {}
    )*};
}
lengths! {
    [] Iter, |this| this.left;
    [] Keys, |this| this.0.left;
    [] Values, |this| this.0.left;
    [Relocatable] IterMut, |this| this.left;
    [Relocatable] ValuesMut, |this| this.0.left;
}

impl<V> Range<'_, V> {
    fn left(&self) -> (usize, Option<usize>) {
        (0, None)
    }
}

impl<V> RangeMut<'_, V> {
    fn left(&self) -> (usize, Option<usize>) {
        (0, None)
    }
}

impl<V> Clone for Iter<'_, V> {
    fn clone(&self) -> Self {
        Iter { walk: self.walk.clone(), left: self.left, borrow: PhantomData }
    }
}

impl<V> Clone for Range<'_, V> {
    fn clone(&self) -> Self {
        Range { walk: self.walk.clone(), borrow: PhantomData }
    }
}

impl<V> Clone for Keys<'_, V> {
    fn clone(&self) -> Self {
        Keys(self.0.clone())
    }
}

impl<V> Clone for Values<'_, V> {
    fn clone(&self) -> Self {
        Values(self.0.clone())
    }
}

impl<V> Clone for CommonPrefixes<'_, '_, V> {
    fn clone(&self) -> Self {
        CommonPrefixes { beginnings: self.beginnings.clone(), borrow: PhantomData }
    }
}

/// A key as text, with what isn't ASCII escaped.
pub(super) struct Shown<'a>(pub(super) &'a [u8]);

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.escape_ascii())
    }
}

macro_rules! debug {
    ($($name:ident<$($lifetime:lifetime),*>, |$entry:ident| $shown:expr;)*) => {$(
        impl<V: fmt::Debug> fmt::Debug for $name<$($lifetime,)* V> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_list().entries(self.clone().map(|$entry| $shown)).finish()
            }
        }
    )*};
}
debug! {
    Iter<'_>, |entry| (Shown(entry.0), entry.1);
    Range<'_>, |entry| (Shown(entry.0), entry.1);
    Values<'_>, |value| value;
    CommonPrefixes<'_, '_>, |entry| (Shown(entry.0), entry.1);
}

impl<V> fmt::Debug for Keys<'_, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone().map(Shown)).finish()
    }
}

macro_rules! debug_mut {
    ($($name:ident),*) => {$(
        impl<V> fmt::Debug for $name<'_, V> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    )*};
}
debug_mut!(IterMut, RangeMut, ValuesMut);
