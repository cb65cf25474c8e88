//! `VecDequeMut`: adding and removing elements at the ends, and editing them.

use std::fmt;
use std::marker::PhantomData;
use std::mem::offset_of;
use std::ops::{Deref, Index, IndexMut, RangeBounds};
use std::ptr::NonNull;

use offset_core::raw::{self, Writer, ZeroOnDrop, ends_of};
use offset_core::{Emplace, Filled, Place, Plain, Popped, Relocatable, Result, SliceMut, Slot};

use super::ring::{Head, Ring};
use super::{IterMut, VecDeque};

/// Edits a deque. Reads as a [`VecDeque`].
///
/// The methods have std's names and meanings. What adds takes an initialiser; what removes one element gives a [`Popped`], which still lies in the
/// deque's memory. Every one that allocates has a `try_` form.
///
/// ```
/// use offset_std::{Image, VecDeque};
///
/// let mut image = Image::<VecDeque<u64>>::new([2, 3])?;
/// let mut queue = image.edit();
/// queue.push_front(1);
/// queue.push_back(4);
/// queue[3] += 10; // plain elements are edited by index
/// assert_eq!(*queue.pop_front().unwrap(), 1);
/// assert_eq!(queue, [2, 3, 14]);
/// # Ok::<(), offset_std::Error>(())
/// ```
pub struct VecDequeMut<'r, T> {
    at: NonNull<VecDeque<T>>,
    writer: &'r Writer,
    brand: PhantomData<&'r mut VecDeque<T>>,
}

impl<'r, T> VecDequeMut<'r, T> {
    /// # Safety
    ///
    /// `at` is a valid deque in the region of `writer`, and nothing else reads or writes it for `'r`.
    #[inline(always)]
    pub(super) unsafe fn new(at: NonNull<VecDeque<T>>, writer: &'r Writer) -> Self {
        VecDequeMut { at, writer, brand: PhantomData }
    }

    #[inline(always)]
    pub(super) fn at(&self) -> NonNull<VecDeque<T>> {
        self.at
    }

    #[inline(always)]
    pub(super) fn writer(&self) -> &'r Writer {
        self.writer
    }

    /// The deque, for reading.
    #[inline(always)]
    pub fn as_deque(&self) -> &VecDeque<T> {
        // SAFETY: a valid deque, which nobody edits while `self` is borrowed.
        unsafe { self.at.as_ref() }
    }

    /// Gives up editing for reading, for as long as this handle could have lived.
    pub fn freeze(self) -> &'r VecDeque<T> {
        // SAFETY: a valid deque, and nobody edits it for `'r`.
        unsafe { self.at.as_ref() }
    }

    /// The unit of place 0, if there is a buffer.
    #[inline(always)]
    pub(super) fn unit(&self) -> Option<u32> {
        self.as_deque().places.map(|places| places.unit().get())
    }

    /// Where the elements lie. They are ours alone.
    #[inline(always)]
    pub(super) fn ring(&self) -> Ring<T> {
        let len = self.as_deque().len;
        let Some(unit) = self.unit() else { return Ring::without_buffer(len) };
        // SAFETY: H2: D1 and D2 hold; what changes that goes through this handle.
        unsafe { Ring::new(raw::base(self.writer), unit, len) }
    }

    #[inline(always)]
    pub(super) fn set_len(&mut self, len: u32) {
        // SAFETY: inside the deque.
        let at = unsafe { self.at.byte_add(offset_of!(VecDeque<T>, len)) };
        // SAFETY: a deque that is ours alone.
        unsafe { at.cast::<u32>().write(len) };
    }

    /// Says which places have elements: `len` from `first` on. Without any, the ring begins at place 0 again.
    #[inline(always)]
    pub(super) fn set_run(&mut self, first: u32, len: u32) {
        if let Some(unit) = self.unit() {
            let capacity = self.ring().capacity();
            // SAFETY: D1: the head is there, and the buffer is ours alone.
            unsafe { raw::base(self.writer).at::<Head>(unit - 1).write([capacity, if len == 0 { 0 } else { first }]) };
        }
        self.set_len(len);
    }
}

impl<'r, T: Relocatable> VecDequeMut<'r, T> {
    /// Appends an element at the back. O(1), amortised.
    ///
    /// # Panics
    ///
    /// Where [`try_push_back`](VecDequeMut::try_push_back) returns an error, with its text.
    #[track_caller]
    #[inline]
    pub fn push_back<I: Emplace<T>>(&mut self, init: I) {
        self.try_push_back(init).unwrap_or_else(|error| error.raise());
    }

    /// Appends an element at the back, or leaves the deque as it is.
    ///
    /// # Errors
    ///
    /// No space, too many elements, and those of building the element.
    #[inline]
    pub fn try_push_back<I: Emplace<T>>(&mut self, init: I) -> Result<()> {
        self.make_room(1)?;
        let ring = self.ring();
        self.build(ring.element(ring.len()), init)?;
        self.set_len(ring.len() + 1);
        Ok(())
    }

    /// Puts an element before the first one. O(1), amortised.
    ///
    /// # Panics
    ///
    /// Where [`try_push_front`](VecDequeMut::try_push_front) returns an error, with its text.
    #[track_caller]
    #[inline]
    pub fn push_front<I: Emplace<T>>(&mut self, init: I) {
        self.try_push_front(init).unwrap_or_else(|error| error.raise());
    }

    /// Puts an element before the first one, or leaves the deque as it is.
    ///
    /// # Errors
    ///
    /// As for [`try_push_back`](VecDequeMut::try_push_back).
    #[inline]
    pub fn try_push_front<I: Emplace<T>>(&mut self, init: I) -> Result<()> {
        self.make_room(1)?;
        let ring = self.ring();
        let place = ring.place_before();
        self.build(ring.at(place), init)?;
        self.set_run(place, ring.len() + 1);
        Ok(())
    }

    /// Builds an element in a free place, without counting it.
    #[inline]
    fn build<I: Emplace<T>>(&mut self, at: NonNull<T>, init: I) -> Result<()> {
        self.build_if_any(at, |slot| init.emplace(slot).map(Some)).map(drop)
    }

    /// Lets `build` build an element in a free place, if there is one, without counting it. Returns whether there is.
    #[inline]
    fn build_if_any<E>(
        &mut self,
        at: NonNull<T>,
        build: impl for<'s> FnOnce(Slot<'s, T>) -> Result<Option<Filled<'s, T>>, E>,
    ) -> Result<bool, E> {
        if !T::FACTS.plain {
            // A popped element that was leaked may have left bytes; a plain one overwrites them all.
            // SAFETY: a free place of a buffer that is ours alone.
            unsafe { at.write_bytes(0, 1) };
        }
        // SAFETY: a free place holds no value.
        let guard = unsafe { ZeroOnDrop::new(at, 1) };
        // SAFETY: zeroed, aligned, and nobody else's.
        let Some(filled) = build(unsafe { raw::slot(at, self.writer) })? else { return Ok(false) };
        filled.keep();
        guard.disarm();
        Ok(true)
    }

    /// Lets `build` build another element at the back, if there is one. There is room for it.
    #[cfg(feature = "serde")]
    #[inline]
    pub(super) fn push_if_any<E>(
        &mut self,
        build: impl for<'s> FnOnce(Slot<'s, T>) -> Result<Option<Filled<'s, T>>, E>,
    ) -> Result<bool, E> {
        let ring = self.ring();
        debug_assert!(ring.len() < ring.capacity());
        let built = self.build_if_any(ring.element(ring.len()), build)?;
        self.set_len(ring.len() + u32::from(built));
        Ok(built)
    }

    /// Removes the last element. O(1).
    #[inline]
    pub fn pop_back(&mut self) -> Option<Popped<'_, T>> {
        let ring = self.ring();
        let last = ring.len().checked_sub(1)?;
        self.set_run(ring.first(), last);
        // SAFETY: a valid element that isn't counted any more, in memory that stays while `self` is borrowed.
        Some(unsafe { raw::popped(ring.element(last), self.writer, (0, 0)) })
    }

    /// Removes the first element. O(1).
    ///
    /// ```
    /// # use offset_std::{Image, String, VecDeque};
    /// let mut image = Image::<VecDeque<String>>::new(["first", "second"])?;
    /// assert_eq!(image.edit().pop_front().unwrap().as_str(), "first");
    /// assert_eq!(*image, ["second"]);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[inline]
    pub fn pop_front(&mut self) -> Option<Popped<'_, T>> {
        let ring = self.ring();
        let left = ring.len().checked_sub(1)?;
        self.set_run(ring.place(1), left);
        // SAFETY: a valid element that isn't counted any more, in memory that stays while `self` is borrowed.
        Some(unsafe { raw::popped(ring.element(0), self.writer, (0, 0)) })
    }

    /// Inserts an element before `index`, moving those between it and the nearer end. O(min(index, len - index)). The element is built before any other is moved.
    ///
    /// # Panics
    ///
    /// If `index > len`, and where [`try_insert`](VecDequeMut::try_insert) returns an error, with its text.
    #[track_caller]
    pub fn insert<I: Emplace<T>>(&mut self, index: usize, init: I) {
        self.try_insert(index, init).unwrap_or_else(|error| error.raise());
    }

    /// Inserts an element before `index`, or leaves the deque as it is.
    ///
    /// # Errors
    ///
    /// As for [`try_push_back`](VecDequeMut::try_push_back).
    ///
    /// # Panics
    ///
    /// If `index > len`.
    #[track_caller]
    pub fn try_insert<I: Emplace<T>>(&mut self, index: usize, init: I) -> Result<()> {
        let len = self.as_deque().len();
        assert!(index <= len, "insertion index (is {index}) should be <= len (is {len})");
        if index < len - index {
            self.try_push_front(init)?;
            self.first_behind(0, index as u32 + 1);
        } else {
            self.try_push_back(init)?;
            self.last_before(index as u32, len as u32 + 1);
        }
        Ok(())
    }

    /// Removes the element at `index`, moving those between it and the nearer end. O(min(index, len - index)).
    ///
    /// ```
    /// # use offset_std::{Image, String, VecDeque};
    /// let mut image = Image::<VecDeque<String>>::new(["a", "b", "c"])?;
    /// let mut queue = image.edit();
    /// assert_eq!(queue.remove(1).unwrap().as_str(), "b");
    /// assert!(queue.remove(2).is_none());
    /// assert_eq!(*image, ["a", "c"]);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn remove(&mut self, index: usize) -> Option<Popped<'_, T>> {
        let len = self.as_deque().len();
        if index >= len {
            None
        } else if index < len - index {
            self.last_before(0, index as u32 + 1);
            self.pop_front()
        } else {
            self.first_behind(index as u32, len as u32);
            self.pop_back()
        }
    }

    /// Removes the element at `index`, putting the first one there. O(1).
    pub fn swap_remove_front(&mut self, index: usize) -> Option<Popped<'_, T>> {
        if index >= self.as_deque().len() {
            return None;
        }
        self.swap(index, 0);
        self.pop_front()
    }

    /// Removes the element at `index`, putting the last one there. O(1).
    pub fn swap_remove_back(&mut self, index: usize) -> Option<Popped<'_, T>> {
        let len = self.as_deque().len();
        if index >= len {
            return None;
        }
        self.swap(index, len - 1);
        self.pop_back()
    }

    /// The element at `index`, which exists, as a place.
    #[inline]
    pub(super) fn place(&mut self, index: u32) -> Place<'_, T> {
        debug_assert!(index < self.as_deque().len);
        // SAFETY: a valid element, ours alone, and borrowed for as long as the place lives.
        unsafe { Place::new(self.ring().element(index), self.writer) }
    }

    /// The editing handle of the element at `index`. O(1).
    #[inline]
    pub fn get_mut(&mut self, index: usize) -> Option<T::Mut<'_>> {
        if index >= self.as_deque().len() {
            return None;
        }
        // SAFETY: a valid element, ours alone, and borrowed for as long as the handle lives.
        Some(unsafe { T::handle(self.ring().element(index as u32), self.writer) })
    }

    /// The editing handle of the first element.
    #[inline]
    pub fn front_mut(&mut self) -> Option<T::Mut<'_>> {
        self.get_mut(0)
    }

    /// The editing handle of the last element.
    #[inline]
    pub fn back_mut(&mut self) -> Option<T::Mut<'_>> {
        self.get_mut(self.as_deque().len().wrapping_sub(1))
    }

    /// The elements as two slices to be edited, of which the second goes on where the first ends. O(1).
    #[inline]
    pub fn as_mut_slices(&mut self) -> (SliceMut<'_, T>, SliceMut<'_, T>) {
        let len = self.as_deque().len;
        self.reborrow().into_slices(0, len)
    }

    /// The same handle for a shorter time.
    fn reborrow(&mut self) -> VecDequeMut<'_, T> {
        VecDequeMut { at: self.at, writer: self.writer, brand: PhantomData }
    }

    /// The elements from `from` to `to`, which are in order and at most the length.
    #[inline]
    fn into_slices(self, from: u32, to: u32) -> (SliceMut<'r, T>, SliceMut<'r, T>) {
        let [(front, count), (back, rest)] = self.ring().runs(from, to);
        // SAFETY: D2: valid elements, ours alone for `'r`, and we are gone.
        let front = unsafe { raw::slice_mut(front, count as usize, self.writer) };
        // SAFETY: others than those.
        (front, unsafe { raw::slice_mut(back, rest as usize, self.writer) })
    }

    /// The editing handles of all elements.
    #[inline]
    pub fn iter_mut(&mut self) -> IterMut<'_, T> {
        IterMut::new(self.as_mut_slices())
    }

    /// The editing handles of the elements of a range of indices. O(1).
    ///
    /// # Panics
    ///
    /// If the range ends before it begins, or after the deque.
    ///
    /// ```
    /// # use offset_std::{Image, VecDeque};
    /// let mut image = Image::<VecDeque<u64>>::new([1, 2, 3])?;
    /// image.edit().range_mut(1..).for_each(|number| *number *= 10);
    /// assert_eq!(*image, [1, 20, 30]);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[track_caller]
    pub fn range_mut<R: RangeBounds<usize>>(&mut self, range: R) -> IterMut<'_, T> {
        let (from, to) = ends_of(&range, self.as_deque().len());
        IterMut::new(self.reborrow().into_slices(from as u32, to as u32))
    }
}

impl<T> Deref for VecDequeMut<'_, T> {
    type Target = VecDeque<T>;

    #[inline(always)]
    fn deref(&self) -> &VecDeque<T> {
        self.as_deque()
    }
}

impl<T> Index<usize> for VecDequeMut<'_, T> {
    type Output = T;

    #[inline]
    #[track_caller]
    fn index(&self, index: usize) -> &T {
        &self.as_deque()[index]
    }
}

impl<T: Plain> IndexMut<usize> for VecDequeMut<'_, T> {
    #[inline]
    #[track_caller]
    fn index_mut(&mut self, index: usize) -> &mut T {
        let len = self.as_deque().len();
        assert!(index < len, "index out of bounds: the len is {len} but the index is {index}");
        let mut element = self.ring().element(index as u32);
        // SAFETY: a valid element, ours alone; a plain one may be overwritten at will.
        unsafe { element.as_mut() }
    }
}

impl<'a, 'r, T: Relocatable> IntoIterator for &'a mut VecDequeMut<'r, T> {
    type Item = T::Mut<'a>;
    type IntoIter = IterMut<'a, T>;

    fn into_iter(self) -> IterMut<'a, T> {
        self.iter_mut()
    }
}

impl<'r, T: Relocatable> IntoIterator for VecDequeMut<'r, T> {
    type Item = T::Mut<'r>;
    type IntoIter = IterMut<'r, T>;

    fn into_iter(self) -> IterMut<'r, T> {
        let len = self.as_deque().len;
        IterMut::new(self.into_slices(0, len))
    }
}

impl<T: fmt::Debug> fmt::Debug for VecDequeMut<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_deque().fmt(f)
    }
}
