//! Putting the elements of a deque into another order. No user code runs.

use std::mem::MaybeUninit;
use std::slice;

use offset_core::Relocatable;
use offset_core::raw::{move_value, swap_values};

use super::edit::VecDequeMut;

impl<T: Relocatable> VecDequeMut<'_, T> {
    /// Swaps two elements. O(1).
    ///
    /// # Panics
    ///
    /// If an index is out of bounds.
    #[track_caller]
    pub fn swap(&mut self, a: usize, b: usize) {
        let len = self.as_deque().len();
        assert!(a < len && b < len, "swap indices (are {a} and {b}) should be < len (is {len})");
        if a != b {
            let ring = self.ring();
            // SAFETY: two different elements, ours alone.
            unsafe { swap_values(ring.element(a as u32), ring.element(b as u32)) };
        }
    }

    /// Moves the first `mid` elements behind the others. O(min(mid, len - mid)), and O(1) if there is no free place.
    ///
    /// # Panics
    ///
    /// If `mid > len`.
    ///
    /// ```
    /// # use offset_std::{Image, VecDeque};
    /// let mut image = Image::<VecDeque<u64>>::new([1, 2, 3, 4])?;
    /// image.edit().rotate_left(1);
    /// assert_eq!(*image, [2, 3, 4, 1]);
    /// image.edit().rotate_right(2);
    /// assert_eq!(*image, [4, 1, 2, 3]);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[track_caller]
    pub fn rotate_left(&mut self, mid: usize) {
        let len = self.as_deque().len();
        assert!(mid <= len, "mid (is {mid}) should be <= len (is {len})");
        self.turn(mid as u32, (len - mid) as u32);
    }

    /// Moves the last `k` elements before the others. O(min(k, len - k)), and O(1) if there is no free place.
    ///
    /// # Panics
    ///
    /// If `k > len`.
    #[track_caller]
    pub fn rotate_right(&mut self, k: usize) {
        let len = self.as_deque().len();
        assert!(k <= len, "k (is {k}) should be <= len (is {len})");
        self.turn((len - k) as u32, k as u32);
    }

    /// Swaps the first `front` elements and the `back` others.
    fn turn(&mut self, front: u32, back: u32) {
        let ring = self.ring();
        if size_of::<T>() == 0 || front == 0 || back == 0 {
            return;
        }
        if ring.is_full() {
            self.set_run(ring.place(front), ring.len());
        } else if front <= back {
            for _ in 0..front {
                let ring = self.ring();
                self.move_to_free(ring.first(), ring.place(ring.len()));
                self.set_run(ring.place(1), ring.len());
            }
        } else {
            for _ in 0..back {
                let ring = self.ring();
                self.move_to_free(ring.place(ring.len() - 1), ring.place_before());
                self.set_run(ring.place_before(), ring.len());
            }
        }
    }

    /// Moves the element in one place to another, which is free, and zeroes the one that it leaves.
    fn move_to_free(&mut self, from: u32, to: u32) {
        let (from, to) = (self.ring().at(from), self.ring().at(to));
        // SAFETY: an element, and another place of the buffer, both ours alone.
        unsafe { move_value(from, to) };
        // SAFETY: nothing is there any more.
        unsafe { from.write_bytes(0, 1) };
    }

    /// Reverses the order of the elements from `from` to `to`.
    pub(super) fn reverse(&mut self, from: usize, to: usize) {
        let (mut front, mut back) = (from, to);
        while front + 1 < back {
            back -= 1;
            self.swap(front, back);
            front += 1;
        }
    }

    /// Moves the first of the elements from `from` to `to` behind the others.
    pub(super) fn first_behind(&mut self, from: u32, to: u32) {
        let [front, back] = self.turn_runs(from, to, |bytes| bytes.rotate_left(size_of::<T>()));
        if back > 0 {
            // Each run's first is its last now, and belongs where the other one's is.
            self.swap((from + front) as usize - 1, to as usize - 1);
        }
    }

    /// Moves the last of the elements from `from` to `to` before the others.
    pub(super) fn last_before(&mut self, from: u32, to: u32) {
        let [front, back] = self.turn_runs(from, to, |bytes| bytes.rotate_right(size_of::<T>()));
        if back > 0 {
            // Each run's last is its first now, and belongs where the other one's is.
            self.swap(from as usize, (from + front) as usize);
        }
    }

    /// Gives each run of elements to `turn`, as bytes, which keep padding when they are put into another order. Returns how many elements each run has.
    fn turn_runs(&mut self, from: u32, to: u32, turn: impl Fn(&mut [MaybeUninit<u8>])) -> [u32; 2] {
        self.ring().runs(from, to).map(|(at, count)| {
            if count > 0 {
                let bytes = count as usize * size_of::<T>();
                // SAFETY: as many bytes, ours alone; initialised or padding, they may be anything.
                turn(unsafe { slice::from_raw_parts_mut(at.as_ptr().cast(), bytes) });
            }
            count
        })
    }
}
