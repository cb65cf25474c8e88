//! `BinaryHeapMut`: adding and removing.

use std::fmt;
use std::ops::Deref;

use offset_core::{Emplace, Popped, Relocatable, Result, VecMut};

use super::traits::AsVec;
use super::{BinaryHeap, PeekMut, sift};

/// Edits a heap. Reads as a [`BinaryHeap`].
///
/// The methods have std's names and meanings. What adds takes an initialiser; what removes one element gives a [`Popped`], which still lies in the
/// heap's memory. Every one that allocates has a `try_` form.
///
/// ```
/// use offset_std::{BinaryHeap, Image, String, prelude::*};
///
/// #[derive(Relocatable, PartialEq, Eq, PartialOrd, Ord)]
/// #[repr(C)]
/// pub struct Task {
///     pub urgency: u32,
///     pub name: String,
/// }
///
/// let mut image = Image::<BinaryHeap<Task>>::new(Empty)?;
/// let mut tasks = image.edit();
/// tasks.push(TaskInit { urgency: 1, name: "sweep" });
/// tasks.push(TaskInit { urgency: 3, name: "put out the fire" });
/// tasks.push(TaskInit { urgency: 2, name: "eat" });
/// assert_eq!(tasks.pop().unwrap().name, "put out the fire");
/// *tasks.peek_mut().unwrap().edit().urgency = 0; // no longer the most urgent one
/// assert_eq!(image.peek().unwrap().name, "sweep");
/// # Ok::<(), offset_std::Error>(())
/// ```
pub struct BinaryHeapMut<'r, T>(VecMut<'r, T>);

impl<'r, T: Relocatable> BinaryHeapMut<'r, T> {
    #[inline(always)]
    pub(super) fn new(vec: VecMut<'r, T>) -> Self {
        BinaryHeapMut(vec)
    }

    /// The heap, for reading.
    #[inline]
    pub fn as_heap(&self) -> &BinaryHeap<T> {
        as_heap(self.0.as_vec())
    }

    /// Gives up editing for reading, for as long as this handle could have lived.
    pub fn freeze(self) -> &'r BinaryHeap<T> {
        as_heap(self.0.freeze())
    }

    /// How many elements fit without growing. O(1).
    pub fn capacity(&self) -> usize {
        self.0.capacity()
    }

    /// The elements, for what edits them and sees to their order.
    #[inline]
    pub(super) fn vec(&mut self) -> &mut VecMut<'r, T> {
        &mut self.0
    }

    /// Removes all elements, in any order, giving each to `with`: to look at, or to emplace elsewhere. What `with` drops is released. O(n).
    ///
    /// # Panics
    ///
    /// If `with` panics; the elements that it has not been given are released too.
    pub fn drain<F: FnMut(Popped<'_, T>)>(&mut self, with: F) {
        self.0.drain(.., with);
    }

    /// Releases all elements. O(n).
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Makes room for at least `extra` more elements. O(n) where the heap grows.
    ///
    /// # Panics
    ///
    /// Where [`try_reserve`](BinaryHeapMut::try_reserve) returns an error, with its text.
    #[track_caller]
    pub fn reserve(&mut self, extra: usize) {
        self.0.reserve(extra);
    }

    /// Makes room for at least `extra` more elements.
    ///
    /// # Errors
    ///
    /// No space, or too many elements.
    pub fn try_reserve(&mut self, extra: usize) -> Result<()> {
        self.0.try_reserve(extra)
    }

    /// Makes room for `extra` more elements, and for no more than a unit has room for.
    ///
    /// # Errors
    ///
    /// No space, or too many elements.
    pub fn try_reserve_exact(&mut self, extra: usize) -> Result<()> {
        self.0.try_reserve_exact(extra)
    }

    /// Gives up all that isn't needed for the elements. O(what is given up).
    pub fn shrink_to_fit(&mut self) {
        self.0.shrink_to_fit();
    }

    /// Replaces the whole heap. The new one is built first.
    ///
    /// # Panics
    ///
    /// Where [`try_set`](BinaryHeapMut::try_set) returns an error, with its text.
    #[track_caller]
    pub fn set<I: Emplace<BinaryHeap<T>>>(&mut self, init: I) {
        self.try_set(init).unwrap_or_else(|error| error.raise());
    }

    /// Replaces the whole heap, or leaves it as it is.
    ///
    /// # Errors
    ///
    /// Those of building the new one.
    pub fn try_set<I: Emplace<BinaryHeap<T>>>(&mut self, init: I) -> Result<()> {
        self.0.try_set(AsVec(init))
    }

    /// Swaps the contents of two heaps. O(1) within a region; between regions all elements are copied.
    ///
    /// # Panics
    ///
    /// Where [`try_swap_with`](BinaryHeapMut::try_swap_with) returns an error, with its text.
    #[track_caller]
    pub fn swap_with(&mut self, other: &mut BinaryHeapMut<'_, T>) {
        self.0.swap_with(&mut other.0);
    }

    /// Swaps the contents of two heaps, or leaves both as they are.
    ///
    /// # Errors
    ///
    /// No space, between two regions.
    pub fn try_swap_with(&mut self, other: &mut BinaryHeapMut<'_, T>) -> Result<()> {
        self.0.try_swap_with(&mut other.0)
    }
}

impl<'r, T: Relocatable + Ord> BinaryHeapMut<'r, T> {
    /// Adds an element. O(log n), amortised; O(1) on average, if elements come in no order.
    ///
    /// # Panics
    ///
    /// If a comparison panics, and where [`try_push`](BinaryHeapMut::try_push) returns an error, with its text. The heap is as before then.
    #[track_caller]
    #[inline]
    pub fn push<I: Emplace<T>>(&mut self, init: I) {
        self.try_push(init).unwrap_or_else(|error| error.raise());
    }

    /// Adds an element, or leaves the heap as it is.
    ///
    /// # Errors
    ///
    /// No space, too many elements, and those of building the element.
    ///
    /// # Panics
    ///
    /// If a comparison panics; the heap is as before then.
    pub fn try_push<I: Emplace<T>>(&mut self, init: I) -> Result<()> {
        let before = self.0.len();
        self.0.try_push(init)?;
        self.admit(before);
        Ok(())
    }

    /// Moves the elements from `first` on up to where they belong. If a comparison panics, those that aren't there yet are released.
    fn admit(&mut self, first: usize) {
        let mut added = TruncateOnDrop { vec: &mut self.0, len: first };
        while added.len < added.vec.len() {
            let place = sift::place_above(added.vec, added.len);
            sift::lift(&mut added.vec.as_slice_mut(), added.len, place);
            added.len += 1;
        }
    }

    /// Removes the greatest element. O(log n).
    ///
    /// # Panics
    ///
    /// If a comparison panics; the heap is as before then.
    #[inline]
    pub fn pop(&mut self) -> Option<Popped<'_, T>> {
        let last = self.0.len().checked_sub(1)?;
        if last > 0 {
            let place = sift::place_for_last(&self.0);
            let mut elements = self.0.as_slice_mut();
            elements.swap(0, last);
            sift::sink(&mut elements, 0, place);
        }
        self.0.pop()
    }

    /// The greatest element, to be edited: the heap is put in order when the guard is dropped. O(1), and O(log n) when it is dropped after an edit.
    ///
    /// ```
    /// # use offset_std::{BinaryHeap, Image};
    /// let mut image = Image::<BinaryHeap<u64>>::new([5, 7, 6])?;
    /// *image.edit().peek_mut().unwrap() -= 3;
    /// assert_eq!(image.to_sorted_vec(), [&4, &5, &6]);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn peek_mut(&mut self) -> Option<PeekMut<'_, 'r, T>> {
        (!self.0.is_empty()).then(|| PeekMut::new(self))
    }

    /// Moves the first element down to where it belongs.
    pub(super) fn sink_first(&mut self) {
        let place = sift::place_below(&self.0, 0);
        sift::sink(&mut self.0.as_slice_mut(), 0, place);
    }

    /// Puts the elements in heap order, whatever theirs is. O(n).
    ///
    /// There is no need to, unless a comparison panicked or lied before, a [`PeekMut`] was forgotten, or the heap comes from a file that isn't trusted.
    ///
    /// # Panics
    ///
    /// If a comparison panics; all elements are there, in some order.
    pub fn restore(&mut self) {
        sift::rebuild(&mut self.0.as_slice_mut());
    }

    /// Sorts the elements, the greatest first, which is a heap too. O(n log n), with 4 bytes of other memory an element.
    ///
    /// # Panics
    ///
    /// If a comparison panics, or is found to lie; the order is as before then.
    pub fn sort(&mut self) {
        self.0.sort_unstable_by(|one, other| other.cmp(one));
    }

    /// Sorts the elements, the greatest first, and gives them for reading, for as long as this handle could have lived. O(n log n). The heap stays one.
    ///
    /// # Panics
    ///
    /// As for [`sort`](BinaryHeapMut::sort).
    ///
    /// ```
    /// # use offset_std::{BinaryHeap, Image};
    /// let mut image = Image::<BinaryHeap<u64>>::new([5, 7, 6])?;
    /// assert_eq!(image.edit().into_sorted(), [7, 6, 5]);
    /// assert!(image.is_heap());
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn into_sorted(mut self) -> &'r [T] {
        self.sort();
        self.0.freeze().as_slice()
    }

    /// Adds an element for each initialiser. O(log n) each, amortised; O(1) on average, if they come in no order.
    ///
    /// # Panics
    ///
    /// As for [`try_extend`](BinaryHeapMut::try_extend), and where that returns an error, with its text.
    #[track_caller]
    pub fn extend<I: IntoIterator<Item: Emplace<T>>>(&mut self, inits: I) {
        self.try_extend(inits).unwrap_or_else(|error| error.raise());
    }

    /// Adds an element for each initialiser, or leaves the heap as it is.
    ///
    /// # Errors
    ///
    /// As for [`try_push`](BinaryHeapMut::try_push).
    ///
    /// # Panics
    ///
    /// If the iterator or an initialiser panics; the heap is as before then. If a comparison does; the heap has a part of the new elements then.
    pub fn try_extend<I: IntoIterator<Item: Emplace<T>>>(&mut self, inits: I) -> Result<()> {
        let before = self.0.len();
        let mut added = TruncateOnDrop { vec: &mut self.0, len: before };
        added.vec.try_extend(inits)?;
        added.len = added.vec.len();
        drop(added);
        self.admit(before);
        Ok(())
    }

    /// Moves all elements of `other` into this heap. O(n). Between regions each element is copied with all that it owns.
    ///
    /// # Panics
    ///
    /// As for [`try_append`](BinaryHeapMut::try_append), and where that returns an error, with its text.
    ///
    /// ```
    /// # use offset_std::{BinaryHeap, Image};
    /// let mut one = Image::<BinaryHeap<u64>>::new([1, 4])?;
    /// let mut other = Image::<BinaryHeap<u64>>::new([2, 3])?;
    /// one.edit().append(&mut other.edit());
    /// assert_eq!(one.to_sorted_vec(), [&1, &2, &3, &4]);
    /// assert!(other.is_empty());
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[track_caller]
    pub fn append(&mut self, other: &mut BinaryHeapMut<'_, T>) {
        self.try_append(other).unwrap_or_else(|error| error.raise());
    }

    /// Moves all elements of `other` into this heap, or leaves both as they are.
    ///
    /// # Errors
    ///
    /// No space, or too many elements.
    ///
    /// # Panics
    ///
    /// If a comparison panics; all elements are in this heap then, in some order.
    pub fn try_append(&mut self, other: &mut BinaryHeapMut<'_, T>) -> Result<()> {
        let before = self.0.len();
        self.0.try_append(&mut other.0)?;
        if sift::rebuilds(before, self.0.len()) {
            self.restore();
            return Ok(());
        }
        for index in before..self.0.len() {
            let place = sift::place_above(&self.0, index);
            sift::lift(&mut self.0.as_slice_mut(), index, place);
        }
        Ok(())
    }

    /// Keeps the elements that `keep` says yes to, and releases the others. O(n), with a byte of other memory an element.
    ///
    /// # Panics
    ///
    /// If `keep` panics; no element has been removed then. If a comparison does; the others are gone then, and those that are kept are in some order.
    pub fn retain<F: FnMut(&T) -> bool>(&mut self, keep: F) {
        let before = self.0.len();
        self.0.retain(keep);
        if self.0.len() < before {
            self.restore();
        }
    }
}

/// The heap that a vector is.
#[inline]
fn as_heap<T>(vec: &crate::Vec<T>) -> &BinaryHeap<T> {
    // SAFETY: a heap is a transparent vector, in the same place.
    unsafe { &*std::ptr::from_ref(vec).cast::<BinaryHeap<T>>() }
}

/// Releases the elements from an index on, should user code panic or fail.
struct TruncateOnDrop<'h, 'r, T: Relocatable> {
    vec: &'h mut VecMut<'r, T>,
    len: usize,
}

impl<T: Relocatable> Drop for TruncateOnDrop<'_, '_, T> {
    fn drop(&mut self) {
        self.vec.truncate(self.len);
    }
}

impl<T: Relocatable> Deref for BinaryHeapMut<'_, T> {
    type Target = BinaryHeap<T>;

    #[inline]
    fn deref(&self) -> &BinaryHeap<T> {
        self.as_heap()
    }
}

impl<T: Relocatable + fmt::Debug> fmt::Debug for BinaryHeapMut<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_heap().fmt(f)
    }
}
