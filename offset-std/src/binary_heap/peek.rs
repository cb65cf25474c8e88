//! `PeekMut`: editing the greatest element.

use std::fmt;
use std::ops::{Deref, DerefMut};

use offset_core::{Emplace, Place, Plain, Popped, Relocatable, Result};

use super::edit::BinaryHeapMut;

/// The exclusive right to edit the greatest element of a heap. Reads as `&T`. When it is dropped after an edit, the element is moved to where it belongs now.
///
/// If the comparison panics then, or if the guard is forgotten, the element stays where it is, and the heap may be out of order: elements may be popped in another one, until
/// [`restore`](BinaryHeapMut::restore) puts it right.
pub struct PeekMut<'a, 'r, T: Relocatable + Ord> {
    /// The heap, which isn't empty, until it is popped from.
    heap: Option<&'a mut BinaryHeapMut<'r, T>>,
    edited: bool,
}

impl<'a, 'r, T: Relocatable + Ord> PeekMut<'a, 'r, T> {
    pub(super) fn new(heap: &'a mut BinaryHeapMut<'r, T>) -> Self {
        PeekMut { heap: Some(heap), edited: false }
    }

    /// The heap, which is there: only [`pop`](PeekMut::pop) takes it, and the guard with it.
    fn heap_mut(&mut self) -> &mut BinaryHeapMut<'r, T> {
        self.heap.as_mut().expect("a guard that was popped is gone")
    }

    fn first(&mut self) -> Place<'_, T> {
        self.heap_mut().vec().as_slice_mut().into_place(0)
    }

    /// The element as a place, which can be [set](Place::set) and [edited](Place::edit).
    #[inline]
    pub fn place(&mut self) -> Place<'_, T> {
        self.edited = true;
        self.first()
    }

    /// The handles of the element's fields, as [`Place::edit`] gives them.
    #[inline]
    pub fn edit(&mut self) -> T::Fields<'_> {
        self.place().into_fields()
    }

    /// Replaces the element. The new one is built first.
    ///
    /// # Panics
    ///
    /// Where [`try_set`](PeekMut::try_set) returns an error, with its text.
    ///
    /// ```
    /// # use offset_std::{BinaryHeap, Image, String};
    /// let mut image = Image::<BinaryHeap<String>>::new(["a", "c", "b"])?;
    /// image.edit().peek_mut().unwrap().set("aa");
    /// assert_eq!(image.to_sorted_vec(), ["a", "aa", "b"]);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[track_caller]
    pub fn set<I: Emplace<T>>(&mut self, init: I) {
        self.try_set(init).unwrap_or_else(|error| error.raise());
    }

    /// Replaces the element, or leaves it as it is.
    ///
    /// # Errors
    ///
    /// Those of building the new one.
    pub fn try_set<I: Emplace<T>>(&mut self, init: I) -> Result<()> {
        // Until it has been replaced, there is nothing to compare, should an initialiser panic.
        self.first().try_set(init)?;
        self.edited = true;
        Ok(())
    }

    /// Removes the element, whatever it is now. O(log n).
    ///
    /// # Panics
    ///
    /// If a comparison panics; the element stays where it is then.
    ///
    /// ```
    /// # use offset_std::{BinaryHeap, Image};
    /// let mut image = Image::<BinaryHeap<u64>>::new([5, 7, 6])?;
    /// let mut heap = image.edit();
    /// if let Some(greatest) = heap.peek_mut()
    ///     && *greatest > 6
    /// {
    ///     assert_eq!(*greatest.pop(), 7);
    /// }
    /// assert_eq!(image.peek(), Some(&6));
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn pop(mut self) -> Popped<'a, T> {
        let heap = self.heap.take().expect("a guard that was popped is gone");
        heap.pop().expect("there is a greatest element")
    }
}

impl<T: Relocatable + Ord> Deref for PeekMut<'_, '_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        let heap = self.heap.as_ref().expect("a guard that was popped is gone");
        &heap.as_heap().as_slice()[0]
    }
}

impl<T: Plain + Ord> DerefMut for PeekMut<'_, '_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        self.edited = true;
        &mut self.heap_mut().vec()[0]
    }
}

impl<T: Relocatable + Ord> Drop for PeekMut<'_, '_, T> {
    fn drop(&mut self) {
        if self.edited
            && let Some(heap) = &mut self.heap
        {
            heap.sink_first();
        }
    }
}

impl<T: Relocatable + Ord + fmt::Debug> fmt::Debug for PeekMut<'_, '_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
