//! `VecMut`: removing elements.

use std::ops::RangeBounds;

use super::edit::VecMut;
use crate::layout::ends_of;
use crate::place::Popped;
use crate::relocatable::Relocatable;
use crate::trace::release;

impl<T: Relocatable> VecMut<'_, T> {
    /// Removes the last element. O(1).
    #[inline]
    pub fn pop(&mut self) -> Option<Popped<'_, T>> {
        let last = self.len_word().checked_sub(1)?;
        let at = self.element(last);
        let tail = self.lower_len(last);
        // SAFETY: a valid element that isn't counted any more, in memory that stays while `self` is borrowed; the tail held it alone.
        Some(unsafe { Popped::new(at, self.writer, tail) })
    }

    /// Removes the element at `index`, moving those behind it. O(len - index).
    ///
    /// # Panics
    ///
    /// If `index >= len`.
    #[track_caller]
    pub fn remove(&mut self, index: usize) -> Popped<'_, T> {
        let len = self.len();
        assert!(index < len, "removal index (is {index}) should be < len (is {len})");
        self.as_slice_mut().rotate_left_from(index, 1);
        self.pop().expect("an element was just found")
    }

    /// Removes the element at `index`, putting the last one there. O(1).
    ///
    /// # Panics
    ///
    /// If `index >= len`.
    #[track_caller]
    pub fn swap_remove(&mut self, index: usize) -> Popped<'_, T> {
        let len = self.len();
        assert!(index < len, "swap_remove index (is {index}) should be < len (is {len})");
        self.as_slice_mut().swap(index, len - 1);
        self.pop().expect("an element was just found")
    }

    /// Keeps the first `len` elements, and releases the others. O(what is released). Does nothing where there are fewer.
    pub fn truncate(&mut self, len: usize) {
        if len < self.len() {
            self.release_from(len as u32);
        }
    }

    /// Releases all elements. O(what is released).
    pub fn clear(&mut self) {
        self.truncate(0);
    }

    /// Releases the elements from `index`.
    pub(super) fn release_from(&mut self, index: u32) {
        let (at, count) = (self.element(index), self.len_word() - index);
        let tail = self.lower_len(index);
        // SAFETY: valid elements that aren't counted any more.
        unsafe { release::release_all(at, count, self.writer) };
        self.vacate(at, count, tail);
    }

    /// Removes the elements of `range` and releases them. O(len).
    ///
    /// # Panics
    ///
    /// If the range ends before it begins, or after the vector.
    #[track_caller]
    pub fn remove_range<R: RangeBounds<usize>>(&mut self, range: R) {
        let kept = self.move_to_end(range);
        self.truncate(kept);
    }

    /// Removes the elements of `range`, in order, giving each to `with`: to look at, or to emplace elsewhere. What `with` drops is released. O(len).
    ///
    /// # Panics
    ///
    /// If the range ends before it begins, or after the vector. If `with` panics, the elements that it has not been given are released too.
    ///
    /// ```
    /// # use offset_std::{Image, String, Vec};
    /// let mut image = Image::<Vec<Vec<String>>>::new([vec!["a", "b", "c"], vec![]])?;
    /// let mut lists = image.edit().into_iter();
    /// let (mut from, mut to) = (lists.next().unwrap(), lists.next().unwrap());
    /// from.drain(..2, |name| to.push(name)); // moved, not copied
    /// assert_eq!(from, ["c"]);
    /// assert_eq!(to, ["a", "b"]);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[track_caller]
    pub fn drain<R: RangeBounds<usize>, F: FnMut(Popped<'_, T>)>(&mut self, range: R, mut with: F) {
        let kept = self.move_to_end(range);
        // In reverse, so that each is the last one when it is popped.
        self.as_slice_mut().reverse_from(kept);
        let mut rest = TruncateOnDrop { vec: self, len: kept };
        while rest.vec.len() > kept
            && let Some(popped) = rest.vec.pop()
        {
            with(popped);
        }
        rest.len = kept;
    }

    /// Moves the elements of a range behind the others. Returns how many others there are.
    #[track_caller]
    fn move_to_end<R: RangeBounds<usize>>(&mut self, range: R) -> usize {
        let len = self.len();
        let (from, to) = ends_of(&range, len);
        self.as_slice_mut().rotate_left_from(from, to - from);
        len - (to - from)
    }
}

/// Releases what is left of a range being removed, should user code panic.
struct TruncateOnDrop<'v, 'r, T: Relocatable> {
    vec: &'v mut VecMut<'r, T>,
    len: usize,
}

impl<T: Relocatable> Drop for TruncateOnDrop<'_, '_, T> {
    fn drop(&mut self) {
        self.vec.truncate(self.len);
    }
}
