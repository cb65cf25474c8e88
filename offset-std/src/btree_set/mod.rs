//! `BTreeSet<T>`: an ordered set in 12 bytes, which is a [`BTreeMap`] whose values have no size.
//!
//! | file | |
//! | --- | --- |
//! | `mod.rs` | the type, reading it, its traversal |
//! | `edit.rs` | `BTreeSetMut` |
//! | `emplace.rs`, `deserialize.rs` | what a set is built from |
//! | `read.rs` | the iterators and the std traits |

use std::marker::PhantomData;
use std::ops::RangeBounds;
use std::ptr::NonNull;

use offset_core::raw::{Description, Facts, Field, Kind, Visitor, Writer, type_id};
use offset_core::{Portable, Relocatable};

use crate::btree_map::{BTreeMap, Comparable};

#[cfg(feature = "serde")]
mod deserialize;
mod edit;
mod emplace;
mod read;

pub use edit::BTreeSetMut;
pub use read::{Iter, Range};

/// What a set's map has for values: nothing.
type Nothing = PhantomData<u8>;

/// An ordered set. 12 bytes: a handle, a length, and the height of the tree.
///
/// Reads like `std::collections::BTreeSet`, and is edited through [`BTreeSetMut`]. It is built from arrays, std's sets, [`from_iter`](crate::from_iter) and
/// [`Empty`](crate::Empty). Looking up, adding and removing take O(log n).
///
/// ```
/// use offset_std::{BTreeSet, Image, String};
///
/// let image = Image::<BTreeSet<String>>::new(["pear", "apple", "plum"])?;
/// assert!(image.contains("plum"));
/// assert_eq!(image.first().unwrap(), "apple");
/// assert_eq!(image.range("b"..).map(|fruit| fruit.as_str()).collect::<Vec<_>>(), ["pear", "plum"]);
/// # Ok::<(), offset_std::Error>(())
/// ```
#[repr(transparent)]
pub struct BTreeSet<T>(BTreeMap<T, Nothing>);

const _: () = assert!(size_of::<BTreeSet<u64>>() == 12);

impl<T> BTreeSet<T> {
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

    /// Whether an element is there. O(log n).
    #[inline]
    pub fn contains<Q: Comparable<T> + ?Sized>(&self, element: &Q) -> bool {
        self.0.contains_key(element)
    }

    /// The element that compares equal. O(log n).
    #[inline]
    pub fn get<Q: Comparable<T> + ?Sized>(&self, element: &Q) -> Option<&T> {
        self.0.get_key_value(element).map(|(element, _)| element)
    }

    /// The smallest element. O(log n).
    pub fn first(&self) -> Option<&T> {
        self.iter().next()
    }

    /// The largest element. O(log n).
    pub fn last(&self) -> Option<&T> {
        self.iter().next_back()
    }

    /// The elements in order.
    ///
    /// ```
    /// # use offset_std::{BTreeSet, Image};
    /// let image = Image::<BTreeSet<u64>>::new([3, 1, 2, 1])?;
    /// assert_eq!(image.iter().rev().copied().collect::<Vec<_>>(), [3, 2, 1]);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn iter(&self) -> Iter<'_, T> {
        Iter::new(self.0.keys())
    }

    /// The elements in a range, in order. O(log n) for the ends. There are none if the range ends before it begins.
    pub fn range<Q: Comparable<T> + ?Sized, R: RangeBounds<Q>>(&self, range: R) -> Range<'_, T> {
        Range::new(self.0.range(range))
    }

    /// Whether no element is in both. O(n + m).
    pub fn is_disjoint(&self, other: &BTreeSet<T>) -> bool
    where
        T: Ord,
    {
        self.iter().all(|element| !other.contains(element))
    }

    /// Whether all elements are in `other`, too. O(n log m).
    ///
    /// ```
    /// # use offset_std::{BTreeSet, Image};
    /// let some = Image::<BTreeSet<u64>>::new([1, 3])?;
    /// let more = Image::<BTreeSet<u64>>::new([1, 2, 3])?;
    /// assert!(some.is_subset(&more) && !more.is_subset(&some));
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn is_subset(&self, other: &BTreeSet<T>) -> bool
    where
        T: Ord,
    {
        self.len() <= other.len() && self.iter().all(|element| other.contains(element))
    }
}

// SAFETY: R1: a transparent map; R3: it reports itself; R5: `BTreeSetMut` gives no handle to an element.
unsafe impl<T: Relocatable> Relocatable for BTreeSet<T> {
    type Mut<'r>
        = BTreeSetMut<'r, T>
    where
        Self: 'r;
    type Fields<'r>
        = BTreeSetMut<'r, T>
    where
        Self: 'r;
    const FACTS: Facts = BTreeMap::<T, Nothing>::FACTS;

    #[inline(always)]
    unsafe fn handle<'r>(at: NonNull<Self>, writer: &'r Writer) -> BTreeSetMut<'r, T>
    where
        Self: 'r,
    {
        // SAFETY: the caller's contract; the set is that map.
        BTreeSetMut::new(unsafe { BTreeMap::handle(at.cast(), writer) })
    }

    #[inline(always)]
    unsafe fn fields<'r>(at: NonNull<Self>, writer: &'r Writer) -> BTreeSetMut<'r, T>
    where
        Self: 'r,
    {
        // SAFETY: the caller's contract.
        unsafe { Self::handle(at, writer) }
    }

    #[inline]
    unsafe fn trace<V: Visitor>(at: NonNull<Self>, visitor: &mut V) -> Result<(), V::Stop> {
        // SAFETY: the caller's contract; the set is that map.
        unsafe { BTreeMap::<T, Nothing>::trace(at.cast(), visitor) }
    }

    fn description() -> &'static Description {
        const {
            &Description {
                name: "BTreeSet",
                size: size_of::<Self>(),
                align: align_of::<Self>(),
                id: type_id::<Self>,
                kind: Kind::Struct(&[Field { name: "elements", offset: 0, part: BTreeMap::<T, Nothing>::description }]),
            }
        }
    }
}

// SAFETY: it owns elements and refers to nothing else.
unsafe impl<T: Portable> Portable for BTreeSet<T> {}
