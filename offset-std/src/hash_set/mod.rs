//! `HashSet<T>`: a [`HashMap`] without values, in 20 bytes.
//!
//! | file | |
//! | --- | --- |
//! | `mod.rs` | the type, reading it, its traversal |
//! | `edit.rs` | `HashSetMut` |
//! | `traits.rs`, `deserialize.rs` | what a set is built from, and the std traits |

use std::fmt;
use std::iter::FusedIterator;
use std::marker::PhantomData;
use std::ptr::NonNull;

use offset_core::raw::{Description, Facts, Kind, Owner, Visitor, Writer, type_id};
use offset_core::{Portable, Relocatable};

use crate::hash::{Equivalent, StableHash};
use crate::hash_map::{HashMap, Keys};

#[cfg(feature = "serde")]
mod deserialize;
mod edit;
mod traits;

pub use edit::HashSetMut;

/// The value of an entry of a set: no bytes.
pub(crate) type Nothing = PhantomData<u8>;

/// A set of values, by their [stable hash](crate::StableHash). 20 bytes, and a table in the region, as a [`HashMap`].
///
/// Reads like `std::collections::HashSet`. It is built from arrays, vectors, [`from_iter`](crate::from_iter), std's sets and [`Empty`](crate::Empty), and edited
/// through [`HashSetMut`].
///
/// ```
/// use offset_std::{HashSet, Image, String};
///
/// let mut image = Image::<HashSet<String>>::new(["red", "green"])?;
/// assert!(image.contains("red") && !image.contains("blue"));
/// assert!(image.edit().insert("blue"));
/// assert_eq!(image.len(), 3);
/// # Ok::<(), offset_std::Error>(())
/// ```
#[repr(transparent)]
pub struct HashSet<T>(HashMap<T, Nothing>);

impl<T> HashSet<T> {
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

    /// How many elements fit without growing.
    #[inline]
    pub fn capacity(&self) -> usize {
        self.0.capacity()
    }

    /// What hashes are computed with.
    #[inline]
    pub const fn seed(&self) -> u64 {
        self.0.seed()
    }

    /// Whether a value is there. O(1).
    #[inline]
    pub fn contains<Q: StableHash + Equivalent<T> + ?Sized>(&self, value: &Q) -> bool {
        self.0.contains_key(value)
    }

    /// The element that equals a value. O(1).
    ///
    /// ```
    /// # use offset_std::{HashSet, Image, String};
    /// let image = Image::<HashSet<String>>::new(["red"])?;
    /// assert_eq!(image.get("red").unwrap(), "red");
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[inline]
    pub fn get<Q: StableHash + Equivalent<T> + ?Sized>(&self, value: &Q) -> Option<&T> {
        self.0.get_key_value(value).map(|(key, _)| key)
    }

    /// Whether many values are there, in the order of the values: see [`HashMap::get_many`].
    ///
    /// ```
    /// # use offset_std::{HashSet, Image, String};
    /// let image = Image::<HashSet<String>>::new(["red"])?;
    /// assert_eq!(image.contains_many(["blue", "red"]).collect::<Vec<_>>(), [false, true]);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn contains_many<'q, Q, I>(&self, values: I) -> impl Iterator<Item = bool>
    where
        Q: StableHash + Equivalent<T> + ?Sized + 'q,
        I: IntoIterator<Item = &'q Q>,
    {
        self.0.get_many(values).map(|found| found.is_some())
    }

    /// All elements, in the order of the table.
    #[inline]
    pub fn iter(&self) -> Iter<'_, T> {
        Iter(self.0.keys())
    }

    /// Whether every element is found: see [`HashMap::is_well_placed`]. O(n).
    pub fn is_well_placed(&self) -> bool
    where
        T: StableHash + Eq,
    {
        self.0.is_well_placed()
    }
}

impl<T: StableHash + Eq> HashSet<T> {
    /// Whether no element is in both. O(the smaller one).
    ///
    /// ```
    /// # use offset_std::{HashSet, Image};
    /// let one = Image::<HashSet<u64>>::new([1, 2, 3])?;
    /// let other = Image::<HashSet<u64>>::new([2, 3, 4])?;
    /// assert!(!one.is_disjoint(&other) && !one.is_subset(&other));
    /// assert_eq!(one.intersection(&other).sum::<u64>(), 5);
    /// assert_eq!(one.difference(&other).sum::<u64>(), 1);
    /// assert_eq!(one.symmetric_difference(&other).sum::<u64>(), 5);
    /// assert_eq!(one.union(&other).sum::<u64>(), 10);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn is_disjoint(&self, other: &HashSet<T>) -> bool {
        self.intersection(other).next().is_none()
    }

    /// Whether all elements are in the other set. O(n).
    pub fn is_subset(&self, other: &HashSet<T>) -> bool {
        self.len() <= other.len() && self.iter().all(|value| other.contains(value))
    }

    /// Whether all elements of the other set are in this one. O(n).
    pub fn is_superset(&self, other: &HashSet<T>) -> bool {
        other.is_subset(self)
    }

    /// The elements that are in both.
    pub fn intersection<'a>(&'a self, other: &'a HashSet<T>) -> impl Iterator<Item = &'a T> {
        let (few, many) = if self.len() <= other.len() { (self, other) } else { (other, self) };
        few.iter().filter(|value| many.contains(*value))
    }

    /// The elements that aren't in the other set.
    pub fn difference<'a>(&'a self, other: &'a HashSet<T>) -> impl Iterator<Item = &'a T> {
        self.iter().filter(|value| !other.contains(*value))
    }

    /// The elements that are in one of the two only.
    pub fn symmetric_difference<'a>(&'a self, other: &'a HashSet<T>) -> impl Iterator<Item = &'a T> {
        self.difference(other).chain(other.difference(self))
    }

    /// The elements of both, each once.
    pub fn union<'a>(&'a self, other: &'a HashSet<T>) -> impl Iterator<Item = &'a T> {
        self.iter().chain(other.difference(self))
    }
}

/// The elements of a [`HashSet`].
#[derive(Clone)]
pub struct Iter<'a, T>(Keys<'a, T, Nothing>);

impl<'a, T> Iterator for Iter<'a, T> {
    type Item = &'a T;

    #[inline]
    fn next(&mut self) -> Option<&'a T> {
        self.0.next()
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl<T> ExactSizeIterator for Iter<'_, T> {}
impl<T> FusedIterator for Iter<'_, T> {}

impl<T: fmt::Debug> fmt::Debug for Iter<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

// SAFETY: R1: a transparent map; R3: what that reports; R5: `HashSetMut` gives elements for reading.
unsafe impl<T: Relocatable> Relocatable for HashSet<T> {
    type Mut<'r>
        = HashSetMut<'r, T>
    where
        Self: 'r;
    type Fields<'r>
        = HashSetMut<'r, T>
    where
        Self: 'r;
    const FACTS: Facts = Facts::OWNER;

    #[inline(always)]
    unsafe fn handle<'r>(at: NonNull<Self>, writer: &'r Writer) -> HashSetMut<'r, T>
    where
        Self: 'r,
    {
        // SAFETY: the caller's contract; the set is that map.
        HashSetMut::new(unsafe { HashMap::handle(at.cast(), writer) })
    }

    #[inline(always)]
    unsafe fn fields<'r>(at: NonNull<Self>, writer: &'r Writer) -> HashSetMut<'r, T>
    where
        Self: 'r,
    {
        // SAFETY: the caller's contract.
        unsafe { Self::handle(at, writer) }
    }

    unsafe fn trace<X: Visitor>(at: NonNull<Self>, visitor: &mut X) -> Result<(), X::Stop> {
        // SAFETY: the caller's contract; the set is that map.
        unsafe { HashMap::trace(at.cast::<HashMap<T, Nothing>>(), visitor) }
    }

    fn description() -> &'static Description {
        const {
            &Description {
                name: "HashSet",
                size: size_of::<Self>(),
                align: align_of::<Self>(),
                id: type_id::<Self>,
                kind: Kind::Owner { layout: Owner::HashSet, parts: &[T::description] },
            }
        }
    }
}

// SAFETY: it owns elements, and refers to nothing else.
unsafe impl<T: Portable> Portable for HashSet<T> {}
