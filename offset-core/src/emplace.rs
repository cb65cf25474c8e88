//! Building a value in place.

use core::fmt;
use core::marker::PhantomData;
use core::mem;
use core::ptr::NonNull;

use crate::error::Result;
use crate::region::Writer;
use crate::relocatable::{Plain, Relocatable};
use crate::schema::type_id;
use crate::trace::{copy, release};

/// Something that a `T` can be built from, in place.
///
/// `&str` is one for `String`, arrays, slices and std's collections are for `Vec`, [`from_iter`](crate::from_iter) wraps an iterator, [`DeepCopy`] copies
/// a value from any region, and the derive makes one for each of your structs: `CityInit { name: "Paris", … }`.
///
/// You can implement it in safe code: get the [`Filled`] by handing the slot on to another initialiser.
///
/// ```
/// use offset_std::{Emplace, Error, Filled, Image, Slot, String};
///
/// struct Shouted<'a>(&'a str);
///
/// impl Emplace<String> for Shouted<'_> {
///     fn emplace<'s>(self, slot: Slot<'s, String>) -> Result<Filled<'s, String>, Error> {
///         slot.build(self.0.to_uppercase())
///     }
/// }
///
/// assert_eq!(**Image::<String>::new(Shouted("hear"))?, *"HEAR");
/// # Ok::<(), Error>(())
/// ```
///
/// Every slot has a lifetime of its own, and `emplace` must work for all of them, so the proof that one slot is filled never fits another.
#[diagnostic::on_unimplemented(
    message = "a `{T}` can't be built from `{Self}`",
    label = "not an initialiser of `{T}`",
    note = "a derived type is built from its `…Init`, a `Vec` from an array, a slice, a std collection or `from_iter(…)`, a `String` from `&str`",
    note = "`Box<T>` is built from `Boxed(initialiser of T)`, or from an `…Init` itself; for a bare `None` or `[]` write `Empty`"
)]
pub trait Emplace<T: Relocatable>: Sized {
    /// Builds the value in `slot`.
    ///
    /// # Errors
    ///
    /// Whatever stops it: no space, a value that is too long, or an error of the implementation's own
    /// ([`Error::custom`](crate::Error::custom)). What was built until then has been released.
    fn emplace<'s>(self, slot: Slot<'s, T>) -> Result<Filled<'s, T>>;
}

/// A place in a region where a `T` is to be built: zeroed, and reachable by nobody else.
pub struct Slot<'s, T> {
    at: NonNull<T>,
    writer: &'s Writer,
    brand: PhantomData<fn(&'s T) -> &'s T>,
}

/// The proof that the slot with the same lifetime has been filled. Dropping it releases what the value owns.
#[must_use]
pub struct Filled<'s, T: Relocatable> {
    at: NonNull<T>,
    writer: &'s Writer,
    brand: PhantomData<fn(&'s T) -> &'s T>,
}

impl<'s, T: Relocatable> Slot<'s, T> {
    /// Builds the value from another initialiser.
    ///
    /// # Errors
    ///
    /// Those of `init`.
    #[inline(always)]
    pub fn build<I: Emplace<T>>(self, init: I) -> Result<Filled<'s, T>> {
        init.emplace(self)
    }

    /// Writes a plain value.
    #[inline(always)]
    pub fn write(self, value: T) -> Filled<'s, T>
    where
        T: Plain,
    {
        // SAFETY: the slot is aligned and ours alone; a plain value has no padding that the write could leave uninitialised.
        unsafe { self.at.write(value) };
        // SAFETY: it was just written.
        unsafe { self.assume_filled() }
    }

    /// # Safety
    ///
    /// `at` is aligned, zeroed, in the region of `writer`, and nobody else's for `'s`. The caller zeroes it again unless it gets a `Filled`.
    #[inline(always)]
    pub(crate) unsafe fn new(at: NonNull<T>, writer: &'s Writer) -> Self {
        Slot { at, writer, brand: PhantomData }
    }

    /// Where the value is to be built.
    #[doc(hidden)]
    #[inline(always)]
    pub fn at(&self) -> NonNull<T> {
        self.at
    }

    /// The writer of the region that the slot lies in.
    #[doc(hidden)]
    #[inline(always)]
    pub fn writer(&self) -> &'s Writer {
        self.writer
    }

    /// Builds the part of the value that lies `offset` bytes into it.
    ///
    /// # Safety
    ///
    /// An `F` belongs at `offset`, and no other `Filled` for it is alive.
    #[doc(hidden)]
    #[inline(always)]
    pub unsafe fn field<'f, F: Relocatable, I: Emplace<F>>(&'f self, offset: usize, init: I) -> Result<Filled<'f, F>> {
        // SAFETY: the caller's contract.
        init.emplace(unsafe { self.part(offset) })
    }

    /// The slot of the part of the value that lies `offset` bytes into it.
    ///
    /// # Safety
    ///
    /// An `F` belongs at `offset`, and no other slot or `Filled` for it is alive. It is zeroed, or `F` is plain.
    #[doc(hidden)]
    #[inline(always)]
    pub unsafe fn part<'f, F: Relocatable>(&'f self, offset: usize) -> Slot<'f, F> {
        // SAFETY: `offset` is inside the value, by the caller's contract.
        let at = unsafe { self.at.byte_add(offset) }.cast::<F>();
        // SAFETY: a part of a zeroed slot that is ours alone is one too.
        unsafe { Slot::new(at, self.writer) }
    }

    /// The slot again, zeroed, after a slot of it was given to code that hasn't filled it.
    ///
    /// # Safety
    ///
    /// As for [`new`](Slot::new), but for what the memory holds: no value.
    #[cfg(feature = "serde")]
    pub(crate) unsafe fn anew(at: NonNull<T>, writer: &'s Writer) -> Self {
        // SAFETY: the caller's contract: memory that holds no value.
        unsafe { at.write_bytes(0, 1) };
        // SAFETY: the caller's contract.
        unsafe { Slot::new(at, writer) }
    }

    /// Says that the value is there.
    ///
    /// # Safety
    ///
    /// A valid `T` lies in the slot, its padding still zero.
    #[doc(hidden)]
    #[inline(always)]
    pub unsafe fn assume_filled(self) -> Filled<'s, T> {
        Filled { at: self.at, writer: self.writer, brand: PhantomData }
    }
}

impl<T: Relocatable> Filled<'_, T> {
    /// Gives the value over to whoever owns the memory of the slot.
    #[doc(hidden)]
    #[inline(always)]
    pub fn keep(self) {
        mem::forget(self);
    }
}

impl<T: Relocatable> Drop for Filled<'_, T> {
    fn drop(&mut self) {
        // SAFETY: the value is valid and nobody else's; the owner of the slot's memory zeroes it.
        unsafe { release::release(self.at, self.writer) };
    }
}

impl<T> fmt::Debug for Slot<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot").finish_non_exhaustive()
    }
}

impl<T: Relocatable> fmt::Debug for Filled<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Filled").finish_non_exhaustive()
    }
}

/// Whether an `I` is a `T` whose only initialiser of its own type copies it, so that many can be copied at once.
#[doc(hidden)]
#[inline]
pub fn copies<T: Relocatable, I>() -> bool {
    // Types that differ at most in lifetimes.
    T::FACTS.copied && size_of::<I>() == size_of::<T>() && type_id::<I>() == type_id::<T>()
}

/// The initialiser of everything that can be empty: a vector, a string, no value.
///
/// `None` and `[]` would do where the type of what isn't there can be inferred, which is seldom.
///
/// ```
/// use offset_std::{Empty, Image, String, Vec};
///
/// let image = Image::<[Vec<String>; 2]>::new([Empty, Empty])?;
/// assert!(image[0].is_empty() && image[1].is_empty());
/// # Ok::<(), offset_std::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Empty;

/// Copies a value, with everything it owns, from any region or from the stack.
///
/// O(what is copied). Padding isn't copied, and buffers come out exact: without head and slack.
///
/// ```
/// use offset_std::{DeepCopy, Image, String, Vec};
///
/// let one = Image::<Vec<String>>::new(["a", "b"])?;
/// let two = Image::<Vec<String>>::new(DeepCopy(&*one))?;
/// drop(one);
/// assert_eq!(*two, ["a", "b"]);
/// # Ok::<(), offset_std::Error>(())
/// ```
#[derive(Debug)]
pub struct DeepCopy<'a, T>(pub &'a T);

impl<T> Clone for DeepCopy<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for DeepCopy<'_, T> {}

impl<T: PartialEq> PartialEq<T> for DeepCopy<'_, T> {
    fn eq(&self, other: &T) -> bool {
        *self.0 == *other
    }
}

impl<T: Relocatable> Emplace<T> for DeepCopy<'_, T> {
    fn emplace<'s>(self, slot: Slot<'s, T>) -> Result<Filled<'s, T>> {
        // SAFETY: the source is a valid value, read only while the borrow lasts; the slot is zeroed and ours alone.
        unsafe { copy::deep_copy(NonNull::from(self.0), slot.at, slot.writer) }?;
        // SAFETY: the copy is whole.
        Ok(unsafe { slot.assume_filled() })
    }
}
