//! Adding several elements to a deque, and what concerns the whole of it.

use std::ptr::NonNull;

use offset_core::raw::same_region;
use offset_core::{DeepCopy, Emplace, Place, Relocatable, Result};

use super::VecDeque;
use super::edit::VecDequeMut;

impl<T: Relocatable> VecDequeMut<'_, T> {
    /// Appends an element at the back for each initialiser. O(1) each, amortised.
    ///
    /// # Panics
    ///
    /// Where [`try_extend`](VecDequeMut::try_extend) returns an error, with its text.
    #[track_caller]
    pub fn extend<I: IntoIterator<Item: Emplace<T>>>(&mut self, inits: I) {
        self.try_extend(inits).unwrap_or_else(|error| error.raise());
    }

    /// Appends an element at the back for each initialiser, or leaves the deque as it is.
    ///
    /// # Errors
    ///
    /// As for [`try_push_back`](VecDequeMut::try_push_back).
    pub fn try_extend<I: IntoIterator<Item: Emplace<T>>>(&mut self, inits: I) -> Result<()> {
        let inits = inits.into_iter();
        let before = self.as_deque().len();
        let least = inits.size_hint().0;
        // A hint may lie: it decides how much room there is at first, up to a MiB, and nothing else.
        let _ = self.make_room(least.min((1 << 20) / size_of::<T>().max(1)));
        for init in inits {
            if let Err(error) = self.try_push_back(init) {
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
    /// Where [`try_extend_from_slice`](VecDequeMut::try_extend_from_slice) returns an error, with its text.
    #[track_caller]
    pub fn extend_from_slice(&mut self, elements: &[T]) {
        self.try_extend_from_slice(elements).unwrap_or_else(|error| error.raise());
    }

    /// Appends a copy of each element, or leaves the deque as it is.
    ///
    /// # Errors
    ///
    /// No space, or too many elements.
    pub fn try_extend_from_slice(&mut self, elements: &[T]) -> Result<()> {
        if !T::FACTS.plain {
            return self.try_extend(elements.iter().map(DeepCopy));
        }
        self.make_room(elements.len())?;
        // SAFETY: plain elements, which are there as well afterwards; there is room, and free places are nobody's.
        unsafe { self.push_bytes(NonNull::from(elements).cast(), elements.len() as u32) };
        Ok(())
    }

    /// Appends elements that lie in a row elsewhere, as bytes.
    ///
    /// # Safety
    ///
    /// There is room. `count` valid elements lie at `from`, outside the buffer, in the same region or plain; they aren't used as values any more unless they are plain.
    unsafe fn push_bytes(&mut self, from: NonNull<T>, count: u32) {
        let ring = self.ring();
        let mut from = from.cast::<u8>();
        for (to, count) in ring.runs(ring.len(), ring.len() + count) {
            let bytes = count as usize * size_of::<T>();
            // SAFETY: as many elements there, free places here, and bytes are copied as bytes.
            unsafe { from.copy_to_nonoverlapping(to.cast(), bytes) };
            // SAFETY: inside the elements, or their end.
            from = unsafe { from.add(bytes) };
        }
        self.set_len(ring.len() + count);
    }

    /// Moves all elements of `other` to the back of this deque. Within a region that moves bytes, O(len of `other`), amortised; between regions each
    /// element is copied with all that it owns.
    ///
    /// # Panics
    ///
    /// Where [`try_append`](VecDequeMut::try_append) returns an error, with its text.
    ///
    /// ```
    /// # use offset_std::{Image, String, VecDeque};
    /// let mut one = Image::<VecDeque<String>>::new(["a"])?;
    /// let mut other = Image::<VecDeque<String>>::new(["b", "c"])?;
    /// one.edit().append(&mut other.edit());
    /// assert_eq!(*one, ["a", "b", "c"]);
    /// assert!(other.is_empty());
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[track_caller]
    pub fn append(&mut self, other: &mut VecDequeMut<'_, T>) {
        self.try_append(other).unwrap_or_else(|error| error.raise());
    }

    /// Moves all elements of `other` to the back of this deque, or leaves both as they are.
    ///
    /// # Errors
    ///
    /// No space, or too many elements.
    pub fn try_append(&mut self, other: &mut VecDequeMut<'_, T>) -> Result<()> {
        if !same_region(self.writer(), other.writer()) {
            self.try_extend(other.as_deque().iter().map(DeepCopy))?;
            other.clear();
            return Ok(());
        }
        let ring = other.ring();
        self.make_room(ring.len() as usize)?;
        other.set_run(0, 0);
        for (from, count) in ring.runs(0, ring.len()) {
            // SAFETY: there is room for all; elements of another deque of the region, which doesn't count them any more.
            unsafe { self.push_bytes(from, count) };
            // SAFETY: nothing is there any more.
            unsafe { from.write_bytes(0, count as usize) };
        }
        Ok(())
    }

    /// Makes the deque `len` long, appending copies of `init` at the back or releasing elements there. O(the difference), amortised.
    ///
    /// # Panics
    ///
    /// Where [`try_resize`](VecDequeMut::try_resize) returns an error, with its text.
    #[track_caller]
    pub fn resize<I: Emplace<T> + Clone>(&mut self, len: usize, init: I) {
        self.try_resize(len, init).unwrap_or_else(|error| error.raise());
    }

    /// Makes the deque `len` long, or leaves it as it is.
    ///
    /// # Errors
    ///
    /// As for [`try_push_back`](VecDequeMut::try_push_back).
    pub fn try_resize<I: Emplace<T> + Clone>(&mut self, len: usize, init: I) -> Result<()> {
        let Some(extra) = len.checked_sub(self.as_deque().len()) else {
            self.truncate(len);
            return Ok(());
        };
        self.make_room(extra)?;
        self.try_extend(std::iter::repeat_n(init, extra))
    }

    /// Makes room for at least `extra` more elements. O(len) where the deque grows.
    ///
    /// # Panics
    ///
    /// Where [`try_reserve`](VecDequeMut::try_reserve) returns an error, with its text.
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

    /// Replaces the whole deque. The new one is built first.
    ///
    /// # Panics
    ///
    /// Where [`try_set`](VecDequeMut::try_set) returns an error, with its text.
    #[track_caller]
    pub fn set<I: Emplace<VecDeque<T>>>(&mut self, init: I) {
        self.try_set(init).unwrap_or_else(|error| error.raise());
    }

    /// Replaces the whole deque, or leaves it as it is.
    ///
    /// # Errors
    ///
    /// Those of building the new one.
    pub fn try_set<I: Emplace<VecDeque<T>>>(&mut self, init: I) -> Result<()> {
        self.as_place().try_set(init)
    }

    /// Swaps the contents of two deques. O(1) within a region; between regions all elements are copied.
    ///
    /// # Panics
    ///
    /// Where [`try_swap_with`](VecDequeMut::try_swap_with) returns an error, with its text.
    #[track_caller]
    pub fn swap_with(&mut self, other: &mut VecDequeMut<'_, T>) {
        self.try_swap_with(other).unwrap_or_else(|error| error.raise());
    }

    /// Swaps the contents of two deques, or leaves both as they are.
    ///
    /// # Errors
    ///
    /// No space, between two regions.
    pub fn try_swap_with(&mut self, other: &mut VecDequeMut<'_, T>) -> Result<()> {
        self.as_place().try_swap(&mut other.as_place())
    }

    fn as_place(&mut self) -> Place<'_, VecDeque<T>> {
        // SAFETY: the deque is ours alone, and borrowed for as long as the place lives.
        unsafe { Place::new(self.at(), self.writer()) }
    }
}
