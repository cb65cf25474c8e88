//! `VecDeque<T>`: a queue with two ends, in 8 bytes.
//!
//! ```text
//! VecDeque    handle of place 0 (0: no buffer) | length
//!
//! buffer      | head: capacity, first | x y z | free, zero | u v w |
//!                                     ^ the handle           ^ place `first`
//! ```
//!
//! A ring of places: the elements begin at place `first` and go on from place 0 behind the last one. Both words that say so lie in the buffer's head, next to place 0, where the ones of a
//! [`Vec`] are: a growable vector is a ring that begins at place 0. So every buffer has a head, and giving elements up at either end writes two words and takes no memory.
//!
//! # The traversal
//!
//! A ring that goes on from place 0 is two runs of elements in one allocation, with free places around them. The traversal knows rings (`Ring` beside `Edge` in
//! `offset-core/src/trace`): the whole allocation is claimed once, and two runs are put on the list. `capacity` and `first` come from the file, so they are compared with the
//! length before anything is claimed. A copy begins at place 0 and has no free place.
//!
//! # User code
//!
//! Initialisers, comparisons and closures run while every element is in its place: an element is built in a free place and counted afterwards; `retain` asks about all elements, then moves;
//! `drain` stops counting an element before it gives it away.
//!
//! | file | |
//! | --- | --- |
//! | `mod.rs` | the type, reading it, its traversal |
//! | `ring.rs` | where elements lie |
//! | `iter.rs`, `read.rs` | the iterators; the std traits |
//! | `edit.rs` | `VecDequeMut`: adding and removing at the ends, and the elements' handles |
//! | `many.rs`, `remove.rs` | adding many; removing what user code says |
//! | `turn.rs` | putting elements into another order |
//! | `buffer.rs` | growing, shrinking, and moving elements together |
//! | `emplace.rs`, `deserialize.rs` | what a deque is built from; a deque from a sequence of a serde format |

use std::cmp::Ordering;
use std::marker::PhantomData;
use std::ops::RangeBounds;
use std::ptr::NonNull;
use std::slice;

use offset_core::raw::{self, Base, Description, Facts, Kind, MAX_LEN, Owner, Visitor, Writer, ends_of, type_id};
use offset_core::{Handle, Portable, Relocatable, Vec};

mod buffer;
#[cfg(feature = "serde")]
mod deserialize;
mod edit;
mod emplace;
mod iter;
mod many;
mod read;
mod remove;
mod ring;
mod turn;

pub use edit::VecDequeMut;
pub use iter::{Iter, IterMut};

use ring::Ring;

/// A queue with two ends. 8 bytes: a handle and a length of up to 2^31 - 1.
///
/// Reads like `std::collections::VecDeque`. It is built from arrays, slices, std's collections, [`from_iter`](crate::from_iter) and [`Empty`](crate::Empty), and edited through
/// [`VecDequeMut`].
///
/// ```
/// use offset_std::{Image, String, VecDeque};
///
/// let mut image = Image::<VecDeque<String>>::new(["b", "c"])?;
/// let mut queue = image.edit();
/// queue.push_front("a");
/// assert_eq!(queue.pop_back().unwrap().as_str(), "c");
/// assert_eq!(*image, ["a", "b"]);
/// # Ok::<(), offset_std::Error>(())
/// ```
#[repr(C)]
pub struct VecDeque<T> {
    places: Option<Handle<T>>,
    len: u32,
}

const _: () = assert!(size_of::<VecDeque<u64>>() == 8 && align_of::<VecDeque<u64>>() == 4);

impl<T> VecDeque<T> {
    /// How many elements there are.
    #[inline(always)]
    pub const fn len(&self) -> usize {
        self.len as usize
    }

    /// Whether there are none.
    #[inline]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many elements fit without growing. O(1).
    #[inline]
    pub fn capacity(&self) -> usize {
        self.ring().capacity() as usize
    }

    /// Where the elements lie.
    #[inline(always)]
    fn ring(&self) -> Ring<T> {
        let Some(places) = self.places else { return Ring::without_buffer(self.len) };
        // SAFETY: a deque with a handle lies in a slot (H3).
        let base = unsafe { Base::containing(self) };
        // SAFETY: H2: D1 and D2 hold as long as nobody edits the deque, which is borrowed.
        unsafe { Ring::new(base, places.unit().get(), self.len) }
    }

    /// The element at `index`, counted from the front. O(1).
    #[inline]
    pub fn get(&self, index: usize) -> Option<&T> {
        if index >= self.len() {
            return None;
        }
        // SAFETY: D2: a valid element, which nobody edits while the deque is borrowed.
        Some(unsafe { self.ring().element(index as u32).as_ref() })
    }

    /// The first element.
    #[inline]
    pub fn front(&self) -> Option<&T> {
        self.get(0)
    }

    /// The last element.
    #[inline]
    pub fn back(&self) -> Option<&T> {
        self.get(self.len().wrapping_sub(1))
    }

    /// The elements as two slices, of which the second goes on where the first ends. O(1).
    ///
    /// ```
    /// # use offset_std::{Image, VecDeque};
    /// let mut image = Image::<VecDeque<u64>>::new([2, 3])?;
    /// image.edit().push_front(1);
    /// let (front, back) = image.as_slices();
    /// assert_eq!([front, back].concat(), [1, 2, 3]);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[inline]
    pub fn as_slices(&self) -> (&[T], &[T]) {
        self.slices(0, self.len)
    }

    /// The elements from `from` to `to`, which are in order and at most the length.
    #[inline(always)]
    fn slices(&self, from: u32, to: u32) -> (&[T], &[T]) {
        let [(front, count), (back, rest)] = self.ring().runs(from, to);
        // SAFETY: D2: valid elements in a row, which nobody edits while the deque is borrowed.
        let front = unsafe { slice::from_raw_parts(front.as_ptr(), count as usize) };
        // SAFETY: as above.
        (front, unsafe { slice::from_raw_parts(back.as_ptr(), rest as usize) })
    }

    /// The elements from front to back.
    #[inline]
    pub fn iter(&self) -> Iter<'_, T> {
        Iter::new(self.as_slices())
    }

    /// The elements of a range of indices, from front to back. O(1).
    ///
    /// # Panics
    ///
    /// If the range ends before it begins, or after the deque.
    ///
    /// ```
    /// # use offset_std::{Image, VecDeque};
    /// let image = Image::<VecDeque<u64>>::new([1, 2, 3, 4])?;
    /// assert_eq!(image.range(1..3).rev().collect::<Vec<_>>(), [&3, &2]);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[track_caller]
    pub fn range<R: RangeBounds<usize>>(&self, range: R) -> Iter<'_, T> {
        let (from, to) = ends_of(&range, self.len());
        Iter::new(self.slices(from as u32, to as u32))
    }

    /// Whether an element equals a value. O(n).
    pub fn contains<U: ?Sized>(&self, value: &U) -> bool
    where
        T: PartialEq<U>,
    {
        self.iter().any(|element| *element == *value)
    }

    /// Looks for a value in a sorted deque: the index of one that equals it, or where it could be inserted. O(log n).
    ///
    /// # Errors
    ///
    /// If there is none.
    pub fn binary_search(&self, value: &T) -> Result<usize, usize>
    where
        T: Ord,
    {
        self.binary_search_by(|element| element.cmp(value))
    }

    /// The same by a comparison of an element with what is looked for. O(log n).
    ///
    /// # Errors
    ///
    /// If there is none.
    ///
    /// ```
    /// # use offset_std::{Image, String, VecDeque};
    /// let image = Image::<VecDeque<String>>::new(["ant", "bee", "cat"])?;
    /// assert_eq!(image.binary_search_by(|name| name.as_str().cmp("bee")), Ok(1));
    /// assert_eq!(image.binary_search_by_key(&2, |name| name.len()), Err(0));
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn binary_search_by<'a, F: FnMut(&'a T) -> Ordering>(&'a self, mut compare: F) -> Result<usize, usize> {
        let (front, back) = self.as_slices();
        match back.first().map(&mut compare) {
            Some(Ordering::Equal) => Ok(front.len()),
            Some(Ordering::Less) => {
                let found = back.binary_search_by(compare);
                found.map(|index| index + front.len()).map_err(|index| index + front.len())
            }
            _ => front.binary_search_by(compare),
        }
    }

    /// The same by a key. O(log n).
    ///
    /// # Errors
    ///
    /// If there is none.
    pub fn binary_search_by_key<'a, K: Ord, F: FnMut(&'a T) -> K>(
        &'a self,
        key: &K,
        mut of: F,
    ) -> Result<usize, usize> {
        self.binary_search_by(|element| of(element).cmp(key))
    }

    /// The index of the first element that isn't `before`, where those that are come first. O(log n).
    pub fn partition_point<F: FnMut(&T) -> bool>(&self, mut before: F) -> usize {
        let (front, back) = self.as_slices();
        if back.first().is_some_and(&mut before) {
            front.len() + back.partition_point(before)
        } else {
            front.partition_point(before)
        }
    }
}

// SAFETY: R1: two words; R3: `trace`; R5: `VecDequeMut` gives elements only, each once.
unsafe impl<T: Relocatable> Relocatable for VecDeque<T> {
    type Mut<'r>
        = VecDequeMut<'r, T>
    where
        Self: 'r;
    type Fields<'r>
        = VecDequeMut<'r, T>
    where
        Self: 'r;
    const FACTS: Facts = Facts::OWNER;

    #[inline(always)]
    unsafe fn handle<'r>(at: NonNull<Self>, writer: &'r Writer) -> VecDequeMut<'r, T>
    where
        Self: 'r,
    {
        // SAFETY: the caller's contract.
        unsafe { VecDequeMut::new(at, writer) }
    }

    #[inline(always)]
    unsafe fn fields<'r>(at: NonNull<Self>, writer: &'r Writer) -> VecDequeMut<'r, T>
    where
        Self: 'r,
    {
        // SAFETY: the caller's contract.
        unsafe { VecDequeMut::new(at, writer) }
    }

    #[inline]
    unsafe fn trace<V: Visitor>(at: NonNull<Self>, visitor: &mut V) -> Result<(), V::Stop> {
        if size_of::<T>() == 0 {
            // Without a buffer the words are those of a vector.
            // SAFETY: the caller's contract.
            return unsafe { Vec::trace(at.cast::<Vec<T>>(), visitor) };
        }
        // The words one by one: they needn't be a deque yet.
        let handle = at.cast::<u32>();
        // SAFETY: eight readable bytes.
        let unit = unsafe { handle.read() };
        // SAFETY: as above.
        let len_at = unsafe { handle.add(1) };
        // SAFETY: as above.
        let count = unsafe { len_at.read() };
        if unit == 0 {
            // SAFETY: a readable word.
            return unsafe { visitor.leaf(len_at, |_| count == 0, "the length of an empty deque") };
        }
        // SAFETY: `handle` stores the handle.
        let [capacity, first] = unsafe { visitor.head(handle, unit) }?;
        let valid = capacity <= MAX_LEN && first < capacity && count <= capacity;
        // SAFETY: a readable word.
        unsafe { visitor.leaf(len_at, |_| valid, "the length of a deque, within a ring of places") }?;
        // SAFETY: that is what the deque owns.
        unsafe { visitor.ring(raw::Ring { at: handle, unit, capacity, first, count, of: PhantomData::<T> }) }
    }

    fn description() -> &'static Description {
        const {
            &Description {
                name: "VecDeque",
                size: size_of::<Self>(),
                align: align_of::<Self>(),
                id: type_id::<Self>,
                kind: Kind::Owner { layout: Owner::VecDeque, parts: &[T::description] },
            }
        }
    }
}

// SAFETY: it owns elements and refers to nothing else.
unsafe impl<T: Portable> Portable for VecDeque<T> {}
