//! `BinaryHeap<T>`: a priority queue in 8 bytes.
//!
//! ```text
//! BinaryHeap  a Vec                       of the same words, with the same buffers
//!
//! elements    | a | b | c | d | e | f |   no element is greater than its parent: that of index i is at (i - 1) / 2
//! ```
//!
//! # User code
//!
//! `Ord` is user code: it panics, and lies. An element that is held outside its slot while others are compared ("a hole") would be seen with handles that lead nowhere, and be lost, or be there twice,
//! when a comparison panics. So here **comparing comes first, where all elements lie**: the way that an element takes up or down is found, by comparing it with those on it, and then it is
//! moved there by swaps, which ask nobody. `push` and `pop` leave the heap as it was if a comparison panics; what moves many elements leaves each of them there once, in some order.
//!
//! An order that lies gives a heap in another order. Indices come from the length alone.
//!
//! # Files
//!
//! Loading doesn't check the order, even of numbers. Nothing depends on it but which element comes first, and a heap that isn't in order is easily made in safe code: by forgetting the guard of
//! [`peek_mut`](BinaryHeapMut::peek_mut), or with a comparison that panicked while many were added. A file that its own program wrote must load. Who doesn't trust a file to that degree asks
//! [`is_heap`](BinaryHeap::is_heap), from `#[relocatable(validate = …)]` for instance, or puts the heap in order again with [`restore`](BinaryHeapMut::restore).
//!
//! | file | |
//! | --- | --- |
//! | `mod.rs` | the type, reading it, its traversal |
//! | `sift.rs` | where an element belongs, and moving it there |
//! | `edit.rs` | `BinaryHeapMut` |
//! | `peek.rs` | `PeekMut`: editing the greatest element |
//! | `traits.rs` | what a heap is built from, and the std traits |
//! | `deserialize.rs` | a heap from a sequence of a serde format |

use std::ptr::NonNull;
use std::slice;

use offset_core::raw::{Description, Facts, Kind, Owner, Visitor, Writer, type_id};
use offset_core::{Portable, Relocatable, Vec};

#[cfg(feature = "serde")]
mod deserialize;
mod edit;
mod peek;
mod sift;
mod traits;

pub use edit::BinaryHeapMut;
pub use peek::PeekMut;

/// A priority queue, the greatest element first. 8 bytes, as a [`Vec`].
///
/// Reads like `std::collections::BinaryHeap`. It is built from arrays, slices, std's collections, [`from_iter`](crate::from_iter), [`Empty`](crate::Empty), and a
/// [`Vec`] that was removed from its place, in O(n), and edited through [`BinaryHeapMut`].
///
/// ```
/// use offset_std::{BinaryHeap, Image};
///
/// let mut image = Image::<BinaryHeap<u64>>::new([3, 1, 4, 1, 5])?;
/// assert_eq!(image.peek(), Some(&5));
/// let mut heap = image.edit();
/// heap.push(9);
/// assert_eq!(*heap.pop().unwrap(), 9);
/// assert_eq!(image.to_sorted_vec(), [&1, &1, &3, &4, &5]);
/// # Ok::<(), offset_std::Error>(())
/// ```
#[repr(transparent)]
pub struct BinaryHeap<T>(Vec<T>);

impl<T> BinaryHeap<T> {
    /// How many elements there are.
    #[inline]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[inline]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The greatest element. O(1).
    #[inline]
    pub fn peek(&self) -> Option<&T> {
        self.as_slice().first()
    }

    /// The elements in the order of the heap: the greatest first, and no element before its parent.
    #[inline]
    pub fn as_slice(&self) -> &[T] {
        self.0.as_slice()
    }

    /// The elements in the order of the heap.
    #[inline]
    pub fn iter(&self) -> slice::Iter<'_, T> {
        self.as_slice().iter()
    }
}

impl<T: Ord> BinaryHeap<T> {
    /// The elements in ascending order. O(n log n), with 8 bytes of other memory an element.
    ///
    /// # Panics
    ///
    /// If the comparison panics, or is found to lie.
    pub fn to_sorted_vec(&self) -> std::vec::Vec<&T> {
        let mut sorted: std::vec::Vec<&T> = self.iter().collect();
        sorted.sort_unstable();
        sorted
    }

    /// Whether no element is greater than its parent. O(n).
    ///
    /// It is so between two calls, unless a comparison panicked or lied, or a [`PeekMut`] was forgotten; loading doesn't check it.
    ///
    /// ```
    /// # use offset_std::{BinaryHeap, Image};
    /// let mut image = Image::<BinaryHeap<u64>>::new([1, 2, 3])?;
    /// assert!(image.is_heap());
    /// let mut heap = image.edit();
    /// let mut greatest = heap.peek_mut().unwrap();
    /// *greatest = 0;
    /// std::mem::forget(greatest);
    /// assert!(!image.is_heap());
    /// image.edit().restore();
    /// assert_eq!(image.peek(), Some(&2));
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn is_heap(&self) -> bool {
        let elements = self.as_slice();
        (1..elements.len()).all(|index| !sift::is_greater(elements, index, sift::parent(index)))
    }
}

// SAFETY: R1: a transparent vector; R3: what that reports; R5: `BinaryHeapMut` gives the greatest element only.
unsafe impl<T: Relocatable> Relocatable for BinaryHeap<T> {
    type Mut<'r>
        = BinaryHeapMut<'r, T>
    where
        Self: 'r;
    type Fields<'r>
        = BinaryHeapMut<'r, T>
    where
        Self: 'r;
    const FACTS: Facts = Facts::OWNER;

    #[inline(always)]
    unsafe fn handle<'r>(at: NonNull<Self>, writer: &'r Writer) -> BinaryHeapMut<'r, T>
    where
        Self: 'r,
    {
        // SAFETY: the caller's contract; the heap is that vector.
        BinaryHeapMut::new(unsafe { Vec::handle(at.cast(), writer) })
    }

    #[inline(always)]
    unsafe fn fields<'r>(at: NonNull<Self>, writer: &'r Writer) -> BinaryHeapMut<'r, T>
    where
        Self: 'r,
    {
        // SAFETY: the caller's contract.
        unsafe { Self::handle(at, writer) }
    }

    #[inline]
    unsafe fn trace<V: Visitor>(at: NonNull<Self>, visitor: &mut V) -> Result<(), V::Stop> {
        // SAFETY: the caller's contract; the heap is that vector.
        unsafe { Vec::trace(at.cast::<Vec<T>>(), visitor) }
    }

    fn description() -> &'static Description {
        const {
            &Description {
                name: "BinaryHeap",
                size: size_of::<Self>(),
                align: align_of::<Self>(),
                id: type_id::<Self>,
                kind: Kind::Owner { layout: Owner::BinaryHeap, parts: &[T::description] },
            }
        }
    }
}

// SAFETY: it owns elements and refers to nothing else.
unsafe impl<T: Portable> Portable for BinaryHeap<T> {}
