//! Removing several elements of a deque, by index or by what user code says.

use std::ops::RangeBounds;

use offset_core::raw::{ends_of, move_value, release, release_all};
use offset_core::{Place, Popped, Relocatable};

use super::edit::VecDequeMut;

impl<T: Relocatable> VecDequeMut<'_, T> {
    /// Keeps the first `len` elements, and releases the others. O(what is released). Does nothing where there are fewer.
    pub fn truncate(&mut self, len: usize) {
        let ring = self.ring();
        if len < ring.len() as usize {
            let len = len as u32;
            self.set_run(ring.first(), len);
            // SAFETY: valid elements that aren't counted any more.
            unsafe { self.vacate(ring.runs(len, ring.len())) };
        }
    }

    /// Releases the first `count` elements, which exist.
    fn release_front(&mut self, count: u32) {
        let ring = self.ring();
        self.set_run(ring.place(count), ring.len() - count);
        // SAFETY: valid elements that aren't counted any more.
        unsafe { self.vacate(ring.runs(0, count)) };
    }

    /// Releases all elements. The buffer stays. O(what is released).
    pub fn clear(&mut self) {
        self.truncate(0);
    }

    /// Releases elements, and zeroes their places.
    ///
    /// # Safety
    ///
    /// Valid elements of the buffer, which isn't said to have them any more.
    unsafe fn vacate(&mut self, runs: [(std::ptr::NonNull<T>, u32); 2]) {
        for (at, count) in runs {
            // SAFETY: the caller's contract.
            unsafe { release_all(at, count, self.writer()) };
            // SAFETY: nothing is there any more, and nobody refers to it.
            unsafe { at.write_bytes(0, count as usize) };
        }
    }

    /// Removes the elements of `range` and releases them. O(min(end, len - start)): the ones on the shorter side are moved.
    ///
    /// # Panics
    ///
    /// If the range ends before it begins, or after the deque.
    #[track_caller]
    pub fn remove_range<R: RangeBounds<usize>>(&mut self, range: R) {
        self.drain(range, |popped| drop(popped));
    }

    /// Removes the elements of `range`, in order, giving each to `with`: to look at, or to emplace elsewhere. What `with` drops is released.
    /// O(min(end, len - start)): the ones on the shorter side are moved.
    ///
    /// # Panics
    ///
    /// If the range ends before it begins, or after the deque. If `with` panics, the elements that it has not been given are released too.
    ///
    /// ```
    /// # use offset_std::{Image, String, Vec, VecDeque, prelude::*};
    /// #[derive(Relocatable)]
    /// #[repr(C)]
    /// struct Root {
    ///     waiting: VecDeque<String>,
    ///     done: Vec<String>,
    /// }
    ///
    /// let mut image = Image::<Root>::new(RootInit { waiting: ["a", "b", "c"], done: Empty })?;
    /// let mut root = image.edit();
    /// root.waiting.drain(..2, |task| root.done.push(task)); // moved, not copied
    /// assert_eq!(image.waiting, ["c"]);
    /// assert_eq!(image.done, ["a", "b"]);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[track_caller]
    pub fn drain<R: RangeBounds<usize>, F: FnMut(Popped<'_, T>)>(&mut self, range: R, mut with: F) {
        let (from, to) = ends_of(&range, self.as_deque().len());
        let at_front = self.move_to_end(from, to);
        let mut rest = RemoveOnDrop { deque: self, left: (to - from) as u32, at_front };
        while let Some(left) = rest.left.checked_sub(1) {
            rest.left = left;
            let popped = if at_front { rest.deque.pop_front() } else { rest.deque.pop_back() };
            with(popped.expect("there are as many elements as the range has"));
        }
    }

    /// Moves the elements of a range to one end of the deque, from which they are popped in order. Returns whether it is the front.
    fn move_to_end(&mut self, from: usize, to: usize) -> bool {
        let len = self.as_deque().len();
        if to <= len - from {
            if from > 0 {
                self.reverse(0, to);
                self.reverse(0, to - from);
                self.reverse(to - from, to);
            }
            return true;
        }
        self.reverse(from, len);
        self.reverse(from, from + (len - to));
        false
    }

    /// Keeps the elements that `keep` says yes to, in order, and releases the others. O(len), with a byte of other memory an element.
    ///
    /// # Panics
    ///
    /// If `keep` panics; no element has been removed then.
    pub fn retain<F: FnMut(&T) -> bool>(&mut self, keep: F) {
        let kept: Vec<bool> = self.as_deque().iter().map(keep).collect();
        self.keep_only(&kept);
    }

    /// The same, with elements that can be edited.
    ///
    /// # Panics
    ///
    /// If `keep` panics; no element has been removed then, and what was edited stays so.
    ///
    /// ```
    /// # use offset_std::{Image, VecDeque};
    /// let mut image = Image::<VecDeque<u64>>::new([1, 2, 3])?;
    /// image.edit().retain_mut(|left| {
    ///     **left -= 1;
    ///     **left > 0
    /// });
    /// assert_eq!(*image, [1, 2]);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn retain_mut<F: FnMut(&mut Place<'_, T>) -> bool>(&mut self, mut keep: F) {
        let kept: Vec<bool> = (0..self.as_deque().len).map(|index| keep(&mut self.place(index))).collect();
        self.keep_only(&kept);
    }

    /// Releases the elements whose flag is false, and moves the others together. No user code runs.
    fn keep_only(&mut self, kept: &[bool]) {
        let Some(first) = kept.iter().position(|keep| !keep) else { return };
        let (ring, mut len) = (self.ring(), first as u32);
        for (index, keep) in (0u32..).zip(kept).skip(first) {
            let element = ring.element(index);
            if *keep {
                // SAFETY: `len < index`, and what was at `len` has been released or moved.
                unsafe { move_value(element, ring.element(len)) };
                len += 1;
            } else {
                // SAFETY: a valid element, which is moved over or zeroed below.
                unsafe { release(element, self.writer()) };
            }
        }
        self.set_run(ring.first(), len);
        for (at, count) in ring.runs(len, ring.len()) {
            // SAFETY: what was there has been released or moved, and isn't counted any more.
            unsafe { at.write_bytes(0, count as usize) };
        }
    }
}

/// Releases what is left of a range being removed, should user code panic.
struct RemoveOnDrop<'d, 'r, T: Relocatable> {
    deque: &'d mut VecDequeMut<'r, T>,
    left: u32,
    at_front: bool,
}

impl<T: Relocatable> Drop for RemoveOnDrop<'_, '_, T> {
    fn drop(&mut self) {
        if self.at_front {
            self.deque.release_front(self.left);
        } else {
            let len = self.deque.as_deque().len();
            self.deque.truncate(len - self.left as usize);
        }
    }
}
