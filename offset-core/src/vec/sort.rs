//! Sorting, and removing by what user code says.
//!
//! User code is run first, on elements that lie where they belong; what it decided is carried out afterwards, by moves alone. So a comparator
//! that panics changes nothing, one that lies leaves every element present exactly once, and none ever sees a copy of an element outside its
//! region.

use std::cmp::Ordering;
use std::mem::MaybeUninit;

use super::edit::VecMut;
use super::slice_mut::SliceMut;
use crate::place::Place;
use crate::relocatable::Relocatable;
use crate::trace::release;

macro_rules! sorts {
    ($($call:tt)*) => {
        /// Sorts the elements, keeping equal ones in order. O(n log n), with 4 bytes of other memory an element for the order, and
        /// what std takes to sort that.
        ///
        /// # Panics
        ///
        /// If the comparison panics; the order is as before then.
        pub fn sort(&mut self)
        where
            T: Ord,
        {
            self.sort_by(T::cmp);
        }

        /// Sorts the elements by a key, keeping equal ones in order. O(n log n), and as many calls of `key`.
        ///
        /// # Panics
        ///
        /// If the key function or the comparison panics; the order is as before then.
        ///
        /// ```
        /// # use offset_std::{Image, String, Vec};
        /// let mut image = Image::<Vec<String>>::new(["ccc", "a", "bb"])?;
        /// image.edit().sort_by_key(|name| name.len());
        /// assert_eq!(*image, ["a", "bb", "ccc"]);
        /// # Ok::<(), offset_std::Error>(())
        /// ```
        pub fn sort_by_key<K: Ord, F: FnMut(&T) -> K>(&mut self, mut key: F) {
            self.sort_by(|a, b| key(a).cmp(&key(b)));
        }

        /// Sorts the elements by a comparison, keeping equal ones in order. O(n log n).
        ///
        /// # Panics
        ///
        /// If the comparison panics; the order is as before then.
        pub fn sort_by<F: FnMut(&T, &T) -> Ordering>(&mut self, compare: F) {
            self $($call)* .sort_elements(compare, |order, compare| order.sort_by(|a, b| compare(*a, *b)));
        }

        /// Sorts the elements, without keeping equal ones in order. O(n log n), with 4 bytes of other memory an element.
        ///
        /// # Panics
        ///
        /// If the comparison panics; the order is as before then.
        pub fn sort_unstable(&mut self)
        where
            T: Ord,
        {
            self.sort_unstable_by(T::cmp);
        }

        /// Sorts the elements by a key, without keeping equal ones in order. O(n log n), and as many calls of `key`.
        ///
        /// # Panics
        ///
        /// If the key function or the comparison panics; the order is as before then.
        pub fn sort_unstable_by_key<K: Ord, F: FnMut(&T) -> K>(&mut self, mut key: F) {
            self.sort_unstable_by(|a, b| key(a).cmp(&key(b)));
        }

        /// Sorts the elements by a comparison, without keeping equal ones in order. O(n log n).
        ///
        /// # Panics
        ///
        /// If the comparison panics; the order is as before then.
        pub fn sort_unstable_by<F: FnMut(&T, &T) -> Ordering>(&mut self, compare: F) {
            self $($call)* .sort_elements(compare, |order, compare| order.sort_unstable_by(|a, b| compare(*a, *b)));
        }
    };
}

impl<T: Relocatable> SliceMut<'_, T> {
    sorts!();

    /// Sorts by permutation: `sort` orders the indices, then the elements are moved to where theirs went.
    fn sort_elements<F: FnMut(&T, &T) -> Ordering>(
        &mut self,
        mut compare: F,
        sort: impl FnOnce(&mut [u32], &mut dyn FnMut(u32, u32) -> Ordering),
    ) {
        let elements: &[T] = self;
        // Sequences have fewer than 2^32 elements.
        let mut order: Vec<u32> = (0..elements.len() as u32).collect();
        sort(&mut order, &mut |a, b| compare(&elements[a as usize], &elements[b as usize]));
        self.permute(&mut order);
    }

    /// Moves element `order[i]` to `i`, for all `i`. `order` is a permutation, and is used up.
    fn permute(&mut self, order: &mut [u32]) {
        let size = size_of::<T>();
        if size == 0 {
            return;
        }
        let bytes = self.bytes_from(0);
        let mut held = vec![MaybeUninit::<u8>::uninit(); size];
        for start in 0..order.len() {
            if order[start] as usize == start {
                continue;
            }
            held.copy_from_slice(&bytes[start * size..][..size]);
            let mut to = start;
            loop {
                let from = order[to] as usize;
                order[to] = to as u32;
                if from == start {
                    break;
                }
                bytes.copy_within(from * size..(from + 1) * size, to * size);
                to = from;
            }
            bytes[to * size..][..size].copy_from_slice(&held);
        }
    }
}

impl<T: Relocatable> VecMut<'_, T> {
    sorts!(.as_slice_mut());

    /// Keeps the elements that `keep` says yes to, in order, and releases the others. O(len), with a byte of other memory an element.
    ///
    /// # Panics
    ///
    /// If `keep` panics; no element has been removed then.
    pub fn retain<F: FnMut(&T) -> bool>(&mut self, mut keep: F) {
        let kept: Vec<bool> = self.iter().map(&mut keep).collect();
        self.keep_only(&kept);
    }

    /// The same, with elements that can be edited.
    ///
    /// # Panics
    ///
    /// If `keep` panics; no element has been removed then, and what was edited stays so.
    ///
    /// ```
    /// # use offset_std::{Image, Vec};
    /// let mut image = Image::<Vec<u64>>::new([1, 2, 3])?;
    /// image.edit().retain_mut(|left| {
    ///     **left -= 1;
    ///     **left > 0
    /// });
    /// assert_eq!(*image, [1, 2]);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn retain_mut<F: FnMut(&mut Place<'_, T>) -> bool>(&mut self, mut keep: F) {
        let mut elements = self.as_slice_mut();
        let kept: Vec<bool> = (0..elements.len()).map(|index| keep(&mut elements.place(index))).collect();
        self.keep_only(&kept);
    }

    /// Removes elements that equal the one kept before them. O(len), with a byte of other memory an element.
    ///
    /// # Panics
    ///
    /// If the comparison panics; no element has been removed then.
    pub fn dedup(&mut self)
    where
        T: PartialEq,
    {
        self.dedup_with(|elements, a, b| elements[a] == elements[b]);
    }

    /// Removes elements whose key equals that of the one kept before them. O(len).
    ///
    /// # Panics
    ///
    /// If the key function or the comparison panics; no element has been removed then.
    pub fn dedup_by_key<K: PartialEq, F: FnMut(&T) -> K>(&mut self, mut key: F) {
        self.dedup_with(|elements, a, b| key(&elements[a]) == key(&elements[b]));
    }

    /// Removes elements that are the same as the one kept before them: `same(element, kept)`, as in std. O(len).
    ///
    /// # Panics
    ///
    /// If `same` panics; no element has been removed then.
    pub fn dedup_by<F: FnMut(&mut Place<'_, T>, &mut Place<'_, T>) -> bool>(&mut self, mut same: F) {
        self.dedup_with(|elements, a, b| {
            // `b` was kept before `a`, so the two are apart.
            let (mut front, mut back) = elements.split_at_mut(a);
            same(&mut back.place(0), &mut front.place(b))
        });
    }

    fn dedup_with(&mut self, mut same: impl FnMut(&mut SliceMut<'_, T>, usize, usize) -> bool) {
        let mut elements = self.as_slice_mut();
        let mut kept = vec![true; elements.len()];
        let mut last = 0;
        for (index, keep) in kept.iter_mut().enumerate().skip(1) {
            if same(&mut elements, index, last) {
                *keep = false;
            } else {
                last = index;
            }
        }
        self.keep_only(&kept);
    }

    /// Releases the elements whose flag is false, and moves the others together. No user code runs.
    fn keep_only(&mut self, kept: &[bool]) {
        let Some(first) = kept.iter().position(|keep| !keep) else { return };
        let mut len = first as u32;
        for (index, keep) in (0u32..).zip(kept).skip(first) {
            if *keep {
                // SAFETY: `len < index`, and what was at `len` has been released or moved.
                unsafe { self.move_element(index, len) };
                len += 1;
            } else {
                // SAFETY: a valid element, which is moved over or vacated below.
                unsafe { release::release(self.element(index), self.writer()) };
            }
        }
        let (at, count) = (self.element(len), kept.len() as u32 - len);
        let tail = self.lower_len(len);
        self.vacate(at, count, tail);
    }
}
