//! `SliceMut`: editing a fixed number of elements.

use std::fmt;
use std::iter::FusedIterator;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;
use std::slice;

use crate::allocation::swap_values;
use crate::emplace::Emplace;
use crate::error::Result;
use crate::place::Place;
use crate::region::Writer;
use crate::relocatable::{Plain, Relocatable};

/// Edits the elements of a vector, an array, or a part of one, without adding or removing any. Reads as a slice, and as `&mut [T]` where
/// `T` is plain.
///
/// ```
/// use offset_std::{Image, String, Vec};
///
/// let mut image = Image::<Vec<String>>::new(["a", "b", "c"])?;
/// let mut names = image.edit();
/// let (mut front, mut back) = names.split_at_mut(1);
/// front.set(0, &back[1]); // reads one half while it edits the other
/// back.reverse();
/// assert_eq!(*image, ["c", "c", "b"]);
/// # Ok::<(), offset_std::Error>(())
/// ```
pub struct SliceMut<'r, T> {
    at: NonNull<T>,
    len: usize,
    writer: &'r Writer,
    brand: PhantomData<&'r mut [T]>,
}

impl<'r, T: Relocatable> SliceMut<'r, T> {
    /// # Safety
    ///
    /// `len` valid elements at `at` in the region of `writer`, which nothing else reads or writes for `'r`.
    pub(crate) unsafe fn new(at: NonNull<T>, len: usize, writer: &'r Writer) -> Self {
        SliceMut { at, len, writer, brand: PhantomData }
    }

    /// Where element `index` lies. `index` is at most the length.
    #[inline(always)]
    fn element(&self, index: usize) -> NonNull<T> {
        debug_assert!(index <= self.len);
        // SAFETY: inside the slice, or one past its end.
        unsafe { self.at.add(index) }
    }

    /// The editing handle of the element at `index`. O(1).
    #[inline]
    pub fn get_mut(&mut self, index: usize) -> Option<T::Mut<'_>> {
        // SAFETY: a valid element, ours alone, and borrowed for as long as the handle lives.
        (index < self.len).then(|| unsafe { T::handle(self.element(index), self.writer) })
    }

    /// The editing handle of the element at `index`, for as long as this one could have lived.
    #[inline]
    pub fn into_get_mut(self, index: usize) -> Option<T::Mut<'r>> {
        // SAFETY: a valid element, ours alone for `'r`, and we are gone.
        (index < self.len).then(|| unsafe { T::handle(self.element(index), self.writer) })
    }

    /// The element at `index` as a place.
    #[inline]
    pub(super) fn place(&mut self, index: usize) -> Place<'_, T> {
        assert!(index < self.len);
        // SAFETY: a valid element, ours alone, and borrowed for as long as the place lives.
        unsafe { Place::new(self.element(index), self.writer) }
    }

    /// The same for as long as this handle could have lived.
    #[doc(hidden)]
    #[inline]
    pub fn into_place(self, index: usize) -> Place<'r, T> {
        assert!(index < self.len);
        // SAFETY: a valid element, ours alone for `'r`, and we are gone.
        unsafe { Place::new(self.element(index), self.writer) }
    }

    /// Replaces the element at `index`.
    ///
    /// # Panics
    ///
    /// If `index >= len`, and where [`try_set`](SliceMut::try_set) returns an error, with its text.
    #[track_caller]
    pub fn set<I: Emplace<T>>(&mut self, index: usize, init: I) {
        self.try_set(index, init).unwrap_or_else(|error| error.raise());
    }

    /// Replaces the element at `index`, or leaves it as it is.
    ///
    /// # Errors
    ///
    /// Those of building the new value.
    ///
    /// # Panics
    ///
    /// If `index >= len`.
    #[track_caller]
    pub fn try_set<I: Emplace<T>>(&mut self, index: usize, init: I) -> Result<()> {
        self.place(index).try_set(init)
    }

    /// The elements before `mid`, and those from there, to be edited side by side.
    ///
    /// # Panics
    ///
    /// If `mid > len`.
    #[track_caller]
    pub fn into_split_at(self, mid: usize) -> (SliceMut<'r, T>, SliceMut<'r, T>) {
        assert!(mid <= self.len, "mid (is {mid}) should be <= len (is {})", self.len);
        let second = self.element(mid);
        // SAFETY: the first `mid` elements, ours alone for `'r`, and we are gone.
        let front = unsafe { SliceMut::new(self.at, mid, self.writer) };
        // SAFETY: the other elements, which don't overlap those.
        let back = unsafe { SliceMut::new(second, self.len - mid, self.writer) };
        (front, back)
    }

    /// The same, while this handle is borrowed.
    ///
    /// # Panics
    ///
    /// If `mid > len`.
    #[track_caller]
    pub fn split_at_mut(&mut self, mid: usize) -> (SliceMut<'_, T>, SliceMut<'_, T>) {
        self.reborrow().into_split_at(mid)
    }

    fn reborrow(&mut self) -> SliceMut<'_, T> {
        SliceMut { at: self.at, len: self.len, writer: self.writer, brand: PhantomData }
    }

    /// The editing handles of all elements.
    #[inline]
    pub fn iter_mut(&mut self) -> IterMut<'_, T> {
        self.reborrow().into_iter()
    }

    /// Swaps two elements. O(1).
    ///
    /// # Panics
    ///
    /// If an index is out of bounds.
    #[track_caller]
    pub fn swap(&mut self, a: usize, b: usize) {
        let len = self.len;
        assert!(a < len && b < len, "swap indices (are {a} and {b}) should be < len (is {len})");
        if a != b {
            // SAFETY: two different elements, ours alone.
            unsafe { swap_values(self.element(a), self.element(b)) };
        }
    }

    /// The elements from `index` as bytes, which keep padding when they are put into another order.
    pub(super) fn bytes_from(&mut self, index: usize) -> &mut [MaybeUninit<u8>] {
        let bytes = (self.len - index) * size_of::<T>();
        // SAFETY: as many bytes, ours alone; initialised or padding, they may be anything.
        unsafe { slice::from_raw_parts_mut(self.element(index).as_ptr().cast(), bytes) }
    }

    /// Reverses the order of the elements from `index`.
    pub(super) fn reverse_from(&mut self, index: usize) {
        let (mut front, mut back) = (index, self.len);
        while front + 1 < back {
            back -= 1;
            self.swap(front, back);
            front += 1;
        }
    }

    /// Moves the first `mid` of the elements from `index` behind the others.
    #[track_caller]
    pub(super) fn rotate_left_from(&mut self, index: usize, mid: usize) {
        assert!(mid <= self.len - index, "mid (is {mid}) should be <= len (is {})", self.len - index);
        self.bytes_from(index).rotate_left(mid * size_of::<T>());
    }

    /// Moves the last `k` of the elements from `index` before the others.
    #[track_caller]
    pub(super) fn rotate_right_from(&mut self, index: usize, k: usize) {
        assert!(k <= self.len - index, "k (is {k}) should be <= len (is {})", self.len - index);
        self.bytes_from(index).rotate_right(k * size_of::<T>());
    }

    /// Reverses the order of the elements. O(len).
    pub fn reverse(&mut self) {
        self.reverse_from(0);
    }

    /// Moves the first `mid` elements behind the others. O(len).
    ///
    /// # Panics
    ///
    /// If `mid > len`.
    #[track_caller]
    pub fn rotate_left(&mut self, mid: usize) {
        self.rotate_left_from(0, mid);
    }

    /// Moves the last `k` elements before the others. O(len).
    ///
    /// # Panics
    ///
    /// If `k > len`.
    #[track_caller]
    pub fn rotate_right(&mut self, k: usize) {
        self.rotate_right_from(0, k);
    }
}

impl<T> Deref for SliceMut<'_, T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        // SAFETY: as many valid elements, which nobody edits while `self` is borrowed.
        unsafe { slice::from_raw_parts(self.at.as_ptr(), self.len) }
    }
}

impl<T: Plain> DerefMut for SliceMut<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: as many valid elements, ours alone; plain ones may be overwritten at will.
        unsafe { slice::from_raw_parts_mut(self.at.as_ptr(), self.len) }
    }
}

impl<'r, T: Relocatable> IntoIterator for SliceMut<'r, T> {
    type Item = T::Mut<'r>;
    type IntoIter = IterMut<'r, T>;

    fn into_iter(self) -> IterMut<'r, T> {
        IterMut { at: self.at, left: self.len, writer: self.writer, brand: PhantomData }
    }
}

impl<T: fmt::Debug> fmt::Debug for SliceMut<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// The editing handles of the elements of a [`SliceMut`] or a [`VecMut`](super::VecMut).
pub struct IterMut<'r, T> {
    at: NonNull<T>,
    left: usize,
    writer: &'r Writer,
    brand: PhantomData<&'r mut [T]>,
}

impl<'r, T: Relocatable> Iterator for IterMut<'r, T> {
    type Item = T::Mut<'r>;

    #[inline]
    fn next(&mut self) -> Option<T::Mut<'r>> {
        self.left = self.left.checked_sub(1)?;
        let at = self.at;
        // SAFETY: the next element, or the end.
        self.at = unsafe { at.add(1) };
        // SAFETY: a valid element, ours alone for `'r`, and handed out once.
        Some(unsafe { T::handle(at, self.writer) })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<T: Relocatable> DoubleEndedIterator for IterMut<'_, T> {
    #[inline]
    fn next_back(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        // SAFETY: the last element that is left.
        let at = unsafe { self.at.add(self.left) };
        // SAFETY: a valid element, ours alone for `'r`, and handed out once.
        Some(unsafe { T::handle(at, self.writer) })
    }
}

impl<T: Relocatable> ExactSizeIterator for IterMut<'_, T> {}
impl<T: Relocatable> FusedIterator for IterMut<'_, T> {}

impl<T> fmt::Debug for IterMut<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IterMut").field("left", &self.left).finish_non_exhaustive()
    }
}
