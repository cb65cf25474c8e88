//! `VecMut`: adding elements.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;
use std::slice;

use super::Vec;
use super::slice_mut::{IterMut, SliceMut};
use crate::allocation::{build_in, move_value};
use crate::emplace::{DeepCopy, Emplace};
use crate::error::Result;
use crate::layout::MAX_LEN;
use crate::place::Place;
use crate::region::Writer;
use crate::relocatable::{Plain, Relocatable};

/// Edits a vector. Reads as a slice, and as `&mut [T]` where `T` is plain.
///
/// The methods have std's names and meanings. What adds takes an initialiser; what removes one element gives a [`Popped`](crate::Popped), which still lies in the
/// vector's memory. Every one that allocates has a `try_` form.
///
/// ```
/// let mut image = offset_std::Image::<offset_std::Vec<u64>>::new([2, 1])?;
/// let mut numbers = image.edit();
/// numbers.push(3);
/// numbers[0] += 10; // plain elements are a `&mut [u64]`
/// assert_eq!(numbers, [12, 1, 3]);
/// # Ok::<(), offset_std::Error>(())
/// ```
pub struct VecMut<'r, T> {
    at: NonNull<Vec<T>>,
    pub(super) writer: &'r Writer,
    /// Where pushing goes on.
    pub(super) tail: Tail<T>,
    brand: PhantomData<&'r mut Vec<T>>,
}

/// What a series of pushes needs to know, so that none waits for what the one before has stored: half of the time of a push.
///
/// As long as `room` isn't zero, `next` is the place behind the last element, that many fit there and beyond, and `word` is the vector's length word. Whatever
/// else changes the vector [forgets](Tail::NONE) it.
#[derive(Clone, Copy)]
pub(super) struct Tail<T> {
    pub(super) next: NonNull<T>,
    pub(super) room: u32,
    pub(super) word: u32,
}

impl<T> Tail<T> {
    /// Nothing is known.
    pub(super) const NONE: Self = Tail { next: NonNull::dangling(), room: 0, word: 0 };
}

impl<'r, T: Relocatable> VecMut<'r, T> {
    /// # Safety
    ///
    /// `at` is a valid vector in the region of `writer`, and nothing else reads or writes it for `'r`.
    pub(super) unsafe fn new(at: NonNull<Vec<T>>, writer: &'r Writer) -> Self {
        VecMut { at, writer, tail: Tail::NONE, brand: PhantomData }
    }

    #[inline(always)]
    pub(super) fn at(&self) -> NonNull<Vec<T>> {
        self.at
    }

    #[inline(always)]
    pub(super) fn writer(&self) -> &'r Writer {
        self.writer
    }

    /// The vector, for reading.
    #[inline(always)]
    pub fn as_vec(&self) -> &Vec<T> {
        // SAFETY: a valid vector, which nobody edits while `self` is borrowed.
        unsafe { self.at.as_ref() }
    }

    /// Gives up editing for reading, for as long as this handle could have lived.
    pub fn freeze(self) -> &'r Vec<T> {
        // SAFETY: a valid vector, and nobody edits it for `'r`.
        unsafe { self.at.as_ref() }
    }

    /// The elements, to be edited but not added to.
    #[inline]
    pub fn as_slice_mut(&mut self) -> SliceMut<'_, T> {
        // SAFETY: as many elements as the length says, ours alone while `self` is borrowed.
        unsafe { SliceMut::new(self.elements(), self.len(), self.writer) }
    }

    /// The same for as long as this handle could have lived.
    #[inline]
    pub fn into_slice_mut(self) -> SliceMut<'r, T> {
        // SAFETY: as many elements as the length says, ours alone for `'r`, and we are gone.
        unsafe { SliceMut::new(self.elements(), self.len(), self.writer) }
    }

    pub(super) fn len_word(&self) -> u32 {
        self.word() & MAX_LEN
    }

    /// Appends an element. O(1), amortised.
    ///
    /// # Panics
    ///
    /// Where [`try_push`](VecMut::try_push) returns an error, with its text.
    #[track_caller]
    #[inline]
    pub fn push<I: Emplace<T>>(&mut self, init: I) {
        self.try_push(init).unwrap_or_else(|error| error.raise());
    }

    /// Appends an element, or leaves the vector as it is.
    ///
    /// # Errors
    ///
    /// No space, too many elements, and those of building the element.
    #[inline]
    pub fn try_push<I: Emplace<T>>(&mut self, init: I) -> Result<()> {
        if self.tail.room == 0 {
            if self.len_word() == self.capacity_word() {
                // SAFETY: our vector, lent for as long as the call takes.
                unsafe { Self::make_room_behind(self.at, self.writer) }?;
            }
            let len = self.len_word();
            self.tail = Tail { next: self.element(len), room: self.capacity_word() - len, word: self.word() };
        }
        let Tail { next, room, word } = self.tail;
        // SAFETY: room behind the last element, which holds no value.
        unsafe { build_in(next, self.writer, init) }?;
        self.write_word(word + 1);
        // SAFETY: inside the buffer, or one past its end.
        let next = unsafe { next.add(1) };
        self.tail = Tail { next, room: room - 1, word: word + 1 };
        Ok(())
    }

    /// Makes room for an element. It doesn't take `self`, which so stays in registers, and returns no more than a word.
    ///
    /// # Safety
    ///
    /// As for [`new`](VecMut::new).
    #[cold]
    #[inline(never)]
    unsafe fn make_room_behind(at: NonNull<Vec<T>>, writer: &'r Writer) -> Result<()> {
        // SAFETY: the caller's contract.
        unsafe { VecMut::new(at, writer) }.make_room(1)
    }

    /// Inserts an element before `index`, moving those behind. O(len - index). The element is built before any other is moved.
    ///
    /// # Panics
    ///
    /// If `index > len`, and where [`try_insert`](VecMut::try_insert) returns an error, with its text.
    #[track_caller]
    pub fn insert<I: Emplace<T>>(&mut self, index: usize, init: I) {
        self.try_insert(index, init).unwrap_or_else(|error| error.raise());
    }

    /// Inserts an element before `index`, or leaves the vector as it is.
    ///
    /// # Errors
    ///
    /// As for [`try_push`](VecMut::try_push).
    ///
    /// # Panics
    ///
    /// If `index > len`.
    #[track_caller]
    pub fn try_insert<I: Emplace<T>>(&mut self, index: usize, init: I) -> Result<()> {
        let len = self.len();
        assert!(index <= len, "insertion index (is {index}) should be <= len (is {len})");
        self.try_push(init)?;
        self.as_slice_mut().rotate_right_from(index, 1);
        Ok(())
    }

    /// Appends an element for each initialiser. O(1) each, amortised.
    ///
    /// # Panics
    ///
    /// Where [`try_extend`](VecMut::try_extend) returns an error, with its text.
    #[track_caller]
    pub fn extend<I: IntoIterator<Item: Emplace<T>>>(&mut self, inits: I) {
        self.try_extend(inits).unwrap_or_else(|error| error.raise());
    }

    /// Appends an element for each initialiser, or leaves the vector as it is.
    ///
    /// # Errors
    ///
    /// As for [`try_push`](VecMut::try_push).
    pub fn try_extend<I: IntoIterator<Item: Emplace<T>>>(&mut self, inits: I) -> Result<()> {
        let inits = inits.into_iter();
        let before = self.len();
        let least = inits.size_hint().0;
        // A hint may lie: it decides how much room there is at first, up to a MiB, and nothing else.
        let _ = self.make_room(least.min((1 << 20) / size_of::<T>().max(1)));
        for init in inits {
            if let Err(error) = self.try_push(init) {
                self.truncate(before);
                return Err(error);
            }
        }
        Ok(())
    }

    /// Appends a copy of each element, with all that it owns. O(what is copied), amortised.
    ///
    /// # Panics
    ///
    /// Where [`try_extend_from_slice`](VecMut::try_extend_from_slice) returns an error, with its text.
    #[track_caller]
    #[inline]
    pub fn extend_from_slice(&mut self, elements: &[T]) {
        self.try_extend_from_slice(elements).unwrap_or_else(|error| error.raise());
    }

    /// Appends a copy of each element, or leaves the vector as it is.
    ///
    /// # Errors
    ///
    /// No space, or too many elements.
    #[inline]
    pub fn try_extend_from_slice(&mut self, elements: &[T]) -> Result<()> {
        if !T::FACTS.plain {
            return self.try_extend(elements.iter().map(DeepCopy));
        }
        self.make_room(elements.len())?;
        let (from, to) = (NonNull::from(elements).cast::<T>(), self.element(self.len_word()));
        // SAFETY: plain elements, room for them here, and slack is nobody's, so they don't overlap.
        unsafe { from.copy_to_nonoverlapping(to, elements.len()) };
        self.set_word(self.word() + elements.len() as u32);
        Ok(())
    }

    /// Moves all elements of `other` to the end of this vector. Within a region that moves bytes, O(len of `other`), amortised; between regions each
    /// element is copied with all that it owns.
    ///
    /// # Panics
    ///
    /// Where [`try_append`](VecMut::try_append) returns an error, with its text.
    ///
    /// ```
    /// # use offset_std::{Image, Vec};
    /// let mut image = Image::<Vec<Vec<u64>>>::new([vec![1], vec![2, 3]])?;
    /// let mut lists = image.edit().into_iter();
    /// lists.next().unwrap().append(&mut lists.next().unwrap());
    /// assert_eq!(image[0], [1, 2, 3]);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[track_caller]
    pub fn append(&mut self, other: &mut VecMut<'_, T>) {
        self.try_append(other).unwrap_or_else(|error| error.raise());
    }

    /// Moves all elements of `other` to the end of this vector, or leaves both as they are.
    ///
    /// # Errors
    ///
    /// No space, or too many elements.
    pub fn try_append(&mut self, other: &mut VecMut<'_, T>) -> Result<()> {
        if !self.writer.same_region(other.writer) {
            self.try_extend(other.iter().map(DeepCopy))?;
            other.clear();
            return Ok(());
        }
        let count = other.len_word();
        self.make_room(count as usize)?;
        let (from, to) = (other.elements(), self.element(self.len_word()));
        let bytes = count as usize * size_of::<T>();
        // SAFETY: `count` elements there, room for them here, in two buffers of one region.
        unsafe { from.cast::<u8>().copy_to_nonoverlapping(to.cast(), bytes) };
        let tail = other.lower_len(0);
        other.vacate(from, count, tail);
        self.set_word(self.word() + count);
        Ok(())
    }

    /// Makes the vector `len` long, appending copies of `init` or releasing elements. O(the difference), amortised.
    ///
    /// # Panics
    ///
    /// Where [`try_resize`](VecMut::try_resize) returns an error, with its text.
    #[track_caller]
    pub fn resize<I: Emplace<T> + Clone>(&mut self, len: usize, init: I) {
        self.try_resize(len, init).unwrap_or_else(|error| error.raise());
    }

    /// Makes the vector `len` long, or leaves it as it is.
    ///
    /// # Errors
    ///
    /// As for [`try_push`](VecMut::try_push).
    pub fn try_resize<I: Emplace<T> + Clone>(&mut self, len: usize, init: I) -> Result<()> {
        let Some(extra) = len.checked_sub(self.len()) else {
            self.truncate(len);
            return Ok(());
        };
        self.make_room(extra)?;
        self.try_extend(std::iter::repeat_n(init, extra))
    }

    /// Makes room for at least `extra` more elements. O(len) where the vector grows.
    ///
    /// # Panics
    ///
    /// Where [`try_reserve`](VecMut::try_reserve) returns an error, with its text.
    #[track_caller]
    pub fn reserve(&mut self, extra: usize) {
        self.try_reserve(extra).unwrap_or_else(|error| error.raise());
    }

    /// Makes room for at least `extra` more elements.
    ///
    /// # Errors
    ///
    /// No space, or too many elements.
    pub fn try_reserve(&mut self, extra: usize) -> Result<()> {
        self.make_room(extra)
    }

    /// Makes room for `extra` more elements, and for no more than a unit has room for.
    ///
    /// # Errors
    ///
    /// No space, or too many elements.
    pub fn try_reserve_exact(&mut self, extra: usize) -> Result<()> {
        self.grow(extra, false)
    }

    /// Replaces the whole vector. The new one is built first.
    ///
    /// # Panics
    ///
    /// Where [`try_set`](VecMut::try_set) returns an error, with its text.
    #[track_caller]
    pub fn set<I: Emplace<Vec<T>>>(&mut self, init: I) {
        self.try_set(init).unwrap_or_else(|error| error.raise());
    }

    /// Replaces the whole vector, or leaves it as it is.
    ///
    /// # Errors
    ///
    /// Those of building the new one.
    pub fn try_set<I: Emplace<Vec<T>>>(&mut self, init: I) -> Result<()> {
        self.as_place().try_set(init)
    }

    /// Swaps the contents of two vectors. O(1) within a region; between regions all elements are copied.
    ///
    /// # Panics
    ///
    /// Where [`try_swap_with`](VecMut::try_swap_with) returns an error, with its text.
    #[track_caller]
    pub fn swap_with(&mut self, other: &mut VecMut<'_, T>) {
        self.try_swap_with(other).unwrap_or_else(|error| error.raise());
    }

    /// Swaps the contents of two vectors, or leaves both as they are.
    ///
    /// # Errors
    ///
    /// No space, between two regions.
    pub fn try_swap_with(&mut self, other: &mut VecMut<'_, T>) -> Result<()> {
        self.as_place().try_swap(&mut other.as_place())
    }

    /// The vector as a value, which whoever has the place may replace.
    fn as_place(&mut self) -> Place<'_, Vec<T>> {
        self.tail = Tail::NONE;
        // SAFETY: the vector is ours alone, and borrowed for as long as the place lives.
        unsafe { Place::new(self.at, self.writer) }
    }

    /// The editing handle of the element at `index`. O(1).
    #[inline]
    pub fn get_mut(&mut self, index: usize) -> Option<T::Mut<'_>> {
        self.as_slice_mut().into_get_mut(index)
    }

    /// The editing handle of the first element.
    #[inline]
    pub fn first_mut(&mut self) -> Option<T::Mut<'_>> {
        self.get_mut(0)
    }

    /// The editing handle of the last element.
    #[inline]
    pub fn last_mut(&mut self) -> Option<T::Mut<'_>> {
        self.get_mut(self.len().wrapping_sub(1))
    }

    /// The editing handles of all elements.
    #[inline]
    pub fn iter_mut(&mut self) -> IterMut<'_, T> {
        self.as_slice_mut().into_iter()
    }

    /// The elements before `mid`, and those from there, to be edited side by side.
    ///
    /// # Panics
    ///
    /// If `mid > len`.
    #[track_caller]
    pub fn split_at_mut(&mut self, mid: usize) -> (SliceMut<'_, T>, SliceMut<'_, T>) {
        self.as_slice_mut().into_split_at(mid)
    }

    /// Swaps two elements. O(1).
    ///
    /// # Panics
    ///
    /// If an index is out of bounds.
    #[track_caller]
    pub fn swap(&mut self, a: usize, b: usize) {
        self.as_slice_mut().swap(a, b);
    }

    /// Reverses the order of the elements. O(len).
    pub fn reverse(&mut self) {
        self.as_slice_mut().reverse_from(0);
    }

    /// Moves the first `mid` elements behind the others. O(len).
    ///
    /// # Panics
    ///
    /// If `mid > len`.
    #[track_caller]
    pub fn rotate_left(&mut self, mid: usize) {
        self.as_slice_mut().rotate_left_from(0, mid);
    }

    /// Moves the last `k` elements before the others. O(len).
    ///
    /// # Panics
    ///
    /// If `k > len`.
    #[track_caller]
    pub fn rotate_right(&mut self, k: usize) {
        self.as_slice_mut().rotate_right_from(0, k);
    }

    /// Moves the value of one element over another, whose value is gone.
    ///
    /// # Safety
    ///
    /// Both are within the buffer and differ; `to` holds no value, and `from` none afterwards.
    pub(super) unsafe fn move_element(&mut self, from: u32, to: u32) {
        // SAFETY: the caller's contract.
        unsafe { move_value(self.element(from), self.element(to)) };
    }
}

impl<T: Relocatable> Deref for VecMut<'_, T> {
    type Target = [T];

    #[inline(always)]
    fn deref(&self) -> &[T] {
        self.as_vec()
    }
}

impl<T: Plain> DerefMut for VecMut<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: as many elements as the length says, ours alone; plain ones may be overwritten at will.
        unsafe { slice::from_raw_parts_mut(self.elements().as_ptr(), self.len()) }
    }
}

impl<'a, 'r, T: Relocatable> IntoIterator for &'a mut VecMut<'r, T> {
    type Item = T::Mut<'a>;
    type IntoIter = IterMut<'a, T>;

    fn into_iter(self) -> IterMut<'a, T> {
        self.iter_mut()
    }
}

impl<'r, T: Relocatable> IntoIterator for VecMut<'r, T> {
    type Item = T::Mut<'r>;
    type IntoIter = IterMut<'r, T>;

    fn into_iter(self) -> IterMut<'r, T> {
        self.into_slice_mut().into_iter()
    }
}

impl<T: Relocatable + fmt::Debug> fmt::Debug for VecMut<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
