//! `Vec<T>`: a sequence in 8 bytes.
//!
//! ```text
//! Vec<T>      handle of the first element (0: no buffer) | length, top bit: growable
//!
//! exact       | elements, as many units as they need |
//! growable    | head: capacity, 0 | elements | slack, zero |
//!                                 ^ the handle
//! ```
//!
//! A buffer built from a known length is *exact*: its size follows from the length, so it needs no capacity. Removing elements keeps it exact and
//! gives whole units at its end back, so removing never allocates. Growing re-houses the elements behind a head that says the capacity. The handle names the
//! first element in both, so reading doesn't care.
//!
//! | file | |
//! | --- | --- |
//! | `mod.rs` | the type, reading it, its traversal |
//! | `buffer.rs` | capacity, growing and shrinking: what touches buffers |
//! | `edit.rs`, `remove.rs` | `VecMut`: adding and removing |
//! | `slice_mut.rs` | `SliceMut`: editing elements of a fixed number |
//! | `sort.rs` | sorting and removing by what user code says |
//! | `emplace.rs`, `deserialize.rs` | what a vector is built from |
//! | `read.rs` | the std traits |

use std::marker::PhantomData;
use std::ops::Deref;
use std::ptr::NonNull;
use std::slice;

use crate::handle::{Base, Handle, ZERO_SIZED};
use crate::layout::{MAX_LEN, head_units, units_for};
use crate::region::Writer;
use crate::relocatable::{Facts, Portable, Relocatable};
use crate::schema::{Description, Kind, Owner, type_id};
use crate::trace::{Edge, Visitor};

mod buffer;
#[cfg(feature = "serde")]
mod deserialize;
mod edit;
mod emplace;
mod read;
mod remove;
mod slice_mut;
mod sort;

pub use edit::VecMut;
pub use emplace::{FromIter, from_iter};
pub use slice_mut::{IterMut, SliceMut};

/// A growable sequence. 8 bytes: a handle and a length of up to 2^31 - 1.
///
/// Reads as a slice. It is built from arrays, slices, std's collections, [`from_iter`] and [`Empty`](crate::Empty), and edited through [`VecMut`].
///
/// ```
/// use offset_std::{Image, String, Vec};
///
/// let image = Image::<Vec<String>>::new(["b", "a"])?;
/// assert_eq!(image.len(), 2);
/// assert_eq!(image.iter().map(|name| name.as_str()).min(), Some("a"));
/// # Ok::<(), offset_std::Error>(())
/// ```
#[repr(C)]
pub struct Vec<T> {
    first: Option<Handle<T>>,
    /// The length, and [`GROWABLE`].
    word: u32,
}

const _: () = assert!(size_of::<Vec<u64>>() == 8 && align_of::<Vec<u64>>() == 4);

/// The bit of the length word that says that the buffer has a head.
const GROWABLE: u32 = 1 << 31;

const _: () = assert!(MAX_LEN == GROWABLE - 1);

impl<T> Vec<T> {
    /// How many elements there are.
    #[inline(always)]
    pub const fn len(&self) -> usize {
        (self.word & MAX_LEN) as usize
    }

    /// Whether there are none.
    #[inline]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The elements. O(1).
    #[inline]
    pub fn as_slice(&self) -> &[T] {
        match self.first {
            Some(first) if size_of::<T>() > 0 => {
                // SAFETY: a vector with a handle lies in a slot (H3).
                let base = unsafe { Base::containing(self) };
                let at = base.at::<T>(first.unit().get());
                // SAFETY: H2, H4: as many elements as the length says; nobody edits them while the vector is borrowed.
                unsafe { slice::from_raw_parts(at.as_ptr(), self.len()) }
            }
            // No buffer: the vector may be anywhere, and its length is zero or that of nothing.
            _ => {
                let at = NonNull::<T>::dangling();
                // SAFETY: no bytes are read: there are no elements, or they have no size.
                unsafe { slice::from_raw_parts(at.as_ptr(), self.len()) }
            }
        }
    }
}

impl Vec<u8> {
    /// The bytes as units of eight, the last one filled up with whatever follows them in the buffer.
    #[doc(hidden)]
    #[inline]
    pub fn units(&self) -> &[u64] {
        let units = units_for::<u8>(self.word & MAX_LEN) as usize;
        // SAFETY: a buffer begins at a unit and consists of whole ones; any bits are a `u64`. Without a buffer there are none.
        unsafe { slice::from_raw_parts(self.as_ptr_of_units(), units) }
    }

    fn as_ptr_of_units(&self) -> *const u64 {
        match self.first {
            // SAFETY: a vector with a handle lies in a slot (H3).
            Some(first) => unsafe { Base::containing(self) }.at::<u64>(first.unit().get()).as_ptr(),
            None => NonNull::dangling().as_ptr(),
        }
    }
}

impl<T> Deref for Vec<T> {
    type Target = [T];

    #[inline(always)]
    fn deref(&self) -> &[T] {
        self.as_slice()
    }
}

// SAFETY: R1: two words; R3: `trace`; R5: `VecMut` gives elements only, each once.
unsafe impl<T: Relocatable> Relocatable for Vec<T> {
    type Mut<'r>
        = VecMut<'r, T>
    where
        Self: 'r;
    type Fields<'r>
        = VecMut<'r, T>
    where
        Self: 'r;
    const FACTS: Facts = Facts::OWNER;

    #[inline(always)]
    unsafe fn handle<'r>(at: NonNull<Self>, writer: &'r Writer) -> VecMut<'r, T>
    where
        Self: 'r,
    {
        // SAFETY: the caller's contract.
        unsafe { VecMut::new(at, writer) }
    }

    #[inline(always)]
    unsafe fn fields<'r>(at: NonNull<Self>, writer: &'r Writer) -> VecMut<'r, T>
    where
        Self: 'r,
    {
        // SAFETY: the caller's contract.
        unsafe { VecMut::new(at, writer) }
    }

    #[inline]
    unsafe fn trace<V: Visitor>(at: NonNull<Self>, visitor: &mut V) -> Result<(), V::Stop> {
        // The words one by one: they needn't be a `Vec` yet.
        let handle = at.cast::<u32>();
        // SAFETY: eight readable bytes.
        let unit = unsafe { handle.read() };
        // SAFETY: as above.
        let word_at = unsafe { handle.add(1) };
        // SAFETY: as above.
        let word = unsafe { word_at.read() };
        let count = word & MAX_LEN;
        let mut edge = Edge {
            at: handle,
            unit,
            head_units: 0,
            units: 0,
            count,
            exact: Some((word_at, count)),
            of: PhantomData::<T>,
        };
        if size_of::<T>() == 0 {
            // SAFETY: a readable word.
            unsafe { visitor.leaf(handle, |_| unit == 0 && word <= MAX_LEN, "a vector of zero-sized elements") }?;
            // SAFETY: a word of plain data.
            unsafe { visitor.leaf(word_at, |_| true, "a length") }?;
            edge.unit = ZERO_SIZED.get();
            // SAFETY: it owns no memory.
            return unsafe { visitor.owned(edge) };
        }
        if unit == 0 {
            // SAFETY: a readable word.
            return unsafe { visitor.leaf(word_at, |_| word == 0, "the length of an empty vector") };
        }
        if word & GROWABLE == 0 {
            // SAFETY: a readable word.
            unsafe { visitor.leaf(word_at, |_| count > 0, "the length of an exact buffer") }?;
            edge.units = units_for::<T>(count);
        } else {
            // SAFETY: `handle` stores the handle.
            let [capacity, rest] = unsafe { visitor.head(handle, unit) }?;
            let is_head = |_: &u32| if rest == 0 { Ok(()) } else { Err("the head of its buffer isn't one") };
            // SAFETY: a readable word.
            unsafe { visitor.require(handle, is_head) }?;
            // SAFETY: as above.
            unsafe {
                visitor.leaf(word_at, |_| (count..=MAX_LEN).contains(&capacity), "a length within the capacity")
            }?;
            edge.head_units = head_units(align_of::<T>());
            edge.units = u64::from(edge.head_units) + units_for::<T>(capacity);
        }
        // SAFETY: that is what the vector owns.
        unsafe { visitor.owned(edge) }
    }

    fn description() -> &'static Description {
        const {
            &Description {
                name: "Vec",
                size: size_of::<Self>(),
                align: align_of::<Self>(),
                id: type_id::<Self>,
                kind: Kind::Owner { layout: Owner::Vec, parts: &[T::description] },
            }
        }
    }
}

// SAFETY: it owns elements and refers to nothing else.
unsafe impl<T: Portable> Portable for Vec<T> {}
