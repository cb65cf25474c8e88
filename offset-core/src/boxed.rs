//! `Box<T>`: a value elsewhere in the region, by a 4-byte handle.

use std::borrow::Borrow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::num::NonZeroU32;
use std::ops::Deref;
use std::ptr::NonNull;

use crate::allocation;
use crate::emplace::{DeepCopy, Emplace, Filled, Slot};
use crate::error::Result;
use crate::handle::{Base, Handle, ZERO_SIZED};
use crate::place::{Place, Popped};
use crate::region::Writer;
use crate::relocatable::{Facts, Portable, Relocatable};
use crate::schema::{Description, Kind, Owner};
use crate::trace::{Edge, Visitor};

/// An owned value elsewhere in the same region. 4 bytes, and so is `Option<Box<T>>`.
///
/// Reads like `std::boxed::Box`. It is built from [`Boxed`], from a derived `…Init`, or from an [`Own`](crate::Own), and edited through [`BoxMut`].
///
/// ```
/// use offset_std::{Box, Image, Vec};
///
/// let image = Image::<Vec<Box<u64>>>::new([3, 5])?;
/// assert_eq!(*image[0] + *image[1], 8);
/// # Ok::<(), offset_std::Error>(())
/// ```
#[repr(transparent)]
pub struct Box<T>(Handle<T>);

const _: () = assert!(size_of::<Box<u64>>() == 4 && size_of::<Option<Box<u64>>>() == 4);

impl<T: Relocatable> Box<T> {
    /// Stores the handle of the value at `unit`.
    ///
    /// # Safety
    ///
    /// A valid `T` in an allocation of its own lies there, in the region of the slot, and nothing else refers to it.
    pub(crate) unsafe fn fill<'s>(slot: Slot<'s, Box<T>>, unit: u32) -> Filled<'s, Box<T>> {
        // SAFETY: H2, H4 by the caller's contract.
        let handle = unsafe { Handle::<T>::from_unit(unit) };
        // SAFETY: the slot is four writable bytes; a unit that holds a value isn't zero, so the handle is there.
        unsafe { slot.at().cast().write(handle) };
        // SAFETY: just written.
        unsafe { slot.assume_filled() }
    }

    pub(crate) fn unit(&self) -> NonZeroU32 {
        self.0.unit()
    }
}

/// Reports the allocation of a box whose handle is stored at `at`.
///
/// # Safety
///
/// As for [`Relocatable::trace`]; the handle isn't zero.
#[inline(always)]
pub(crate) unsafe fn trace_box<T: Relocatable, V: Visitor>(at: NonNull<u32>, visitor: &mut V) -> Result<(), V::Stop> {
    // SAFETY: the caller's contract.
    let unit = unsafe { at.read() };
    if size_of::<T>() == 0 {
        // SAFETY: the caller's contract.
        unsafe { visitor.leaf(at, |_| unit == ZERO_SIZED.get(), "the handle of a zero-sized value") }?;
    }
    let units = u64::from(allocation::units_of::<T>());
    let edge = Edge { at, unit, head_units: 0, units, count: 1, exact: None, of: std::marker::PhantomData::<T> };
    // SAFETY: that is what the box owns.
    unsafe { visitor.owned(edge) }
}

// SAFETY: R1, R2: a transparent u32; R3: `trace_box` reports it; R5: `BoxMut` gives the value only.
unsafe impl<T: Relocatable> Relocatable for Box<T> {
    type Mut<'r>
        = BoxMut<'r, T>
    where
        Self: 'r;
    type Fields<'r>
        = BoxMut<'r, T>
    where
        Self: 'r;
    const FACTS: Facts = Facts::OWNER;

    #[inline(always)]
    unsafe fn handle<'r>(at: NonNull<Self>, writer: &'r Writer) -> BoxMut<'r, T>
    where
        Self: 'r,
    {
        // SAFETY: the caller's contract: a valid box.
        let unit = unsafe { at.as_ref() }.unit();
        let value = writer.base().at(unit.get());
        // SAFETY: H2: the box owns that value, and is itself nobody else's.
        BoxMut(unsafe { Place::new(value, writer) })
    }

    #[inline(always)]
    unsafe fn fields<'r>(at: NonNull<Self>, writer: &'r Writer) -> BoxMut<'r, T>
    where
        Self: 'r,
    {
        // SAFETY: the caller's contract.
        unsafe { Self::handle(at, writer) }
    }

    #[inline(always)]
    unsafe fn trace<V: Visitor>(at: NonNull<Self>, visitor: &mut V) -> Result<(), V::Stop> {
        // SAFETY: the caller's contract; only validation meets a zero, which lies outside every region.
        unsafe { trace_box::<T, V>(at.cast(), visitor) }
    }

    fn description() -> &'static Description {
        const {
            &Description {
                name: "Box",
                size: 4,
                align: 4,
                id: crate::schema::type_id::<Self>,
                kind: Kind::Owner { layout: Owner::Box, parts: &[T::description] },
            }
        }
    }
}

// SAFETY: it owns a `T` and refers to nothing else.
unsafe impl<T: Portable> Portable for Box<T> {}

impl<T> Deref for Box<T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: a box always has a live handle, so it lies in a slot (H3).
        let base = unsafe { Base::containing(self) };
        let at = base.at::<T>(self.0.unit().get());
        // SAFETY: H2, H4; nobody edits the value while its box is borrowed.
        unsafe { at.as_ref() }
    }
}

/// Edits a boxed value. Reads as `&T`.
///
/// ```
/// use offset_std::{Box, Boxed, Image, String};
///
/// let mut image = Image::<Box<String>>::new(Boxed("one"))?;
/// image.edit().get_mut().push('!');
/// assert_eq!(image.as_str(), "one!");
/// image.edit().set("two");
/// assert_eq!(image.as_str(), "two");
/// # Ok::<(), offset_std::Error>(())
/// ```
pub struct BoxMut<'r, T>(Place<'r, T>);

impl<'r, T: Relocatable> BoxMut<'r, T> {
    /// The editing handle of the value.
    #[inline]
    pub fn get_mut(&mut self) -> T::Mut<'_> {
        // SAFETY: the value is ours alone, and borrowed for as long as the handle lives.
        unsafe { T::handle(self.0.at(), self.0.writer()) }
    }

    /// The editing handle of the value, for as long as this one could have lived: what walks down a list or a tree.
    #[inline]
    pub fn into_mut(self) -> T::Mut<'r> {
        // SAFETY: the value is ours alone for `'r`, and we are gone.
        unsafe { T::handle(self.0.at(), self.0.writer()) }
    }

    /// The handles of the value's fields.
    #[inline]
    pub fn edit(&mut self) -> T::Fields<'_> {
        self.0.edit()
    }

    /// Replaces the value in the box.
    ///
    /// # Panics
    ///
    /// Where [`try_set`](BoxMut::try_set) returns an error, with its text.
    #[track_caller]
    pub fn set<I: Emplace<T>>(&mut self, init: I) {
        self.0.set(init);
    }

    /// Replaces the value in the box, or leaves it as it is.
    ///
    /// # Errors
    ///
    /// Those of building the new value.
    pub fn try_set<I: Emplace<T>>(&mut self, init: I) -> Result<()> {
        self.0.try_set(init)
    }

    /// The value as a place.
    #[inline]
    pub fn into_place(self) -> Place<'r, T> {
        self.0
    }
}

impl<T> Deref for BoxMut<'_, T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: fmt::Debug> fmt::Debug for BoxMut<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// The initialiser of a `Box<T>` from one of `T`.
///
/// ```
/// use offset_std::{Box, Boxed, Image, String, Vec};
///
/// let names = ["Ada", "Grace"].map(Boxed);
/// let image = Image::<Vec<Box<String>>>::new(names)?;
/// assert_eq!(*image[1], *"Grace");
/// # Ok::<(), offset_std::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Boxed<I>(pub I);

impl<T: Relocatable, I: Emplace<T>> Emplace<Box<T>> for Boxed<I> {
    #[inline]
    fn emplace<'s>(self, slot: Slot<'s, Box<T>>) -> Result<Filled<'s, Box<T>>> {
        let unit = allocation::build(slot.writer(), self.0)?;
        // SAFETY: just built there.
        Ok(unsafe { Box::fill(slot, unit) })
    }
}

macro_rules! boxed_too {
    ($($from:ty),*) => {$(
        impl<T: Relocatable> Emplace<Box<T>> for $from {
            fn emplace<'s>(self, slot: Slot<'s, Box<T>>) -> Result<Filled<'s, Box<T>>> {
                slot.build(Boxed(self))
            }
        }
    )*};
}
boxed_too!(DeepCopy<'_, T>, Popped<'_, T>);

impl<T: fmt::Debug> fmt::Debug for Box<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: fmt::Display> fmt::Display for Box<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: PartialEq> PartialEq for Box<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: PartialEq> PartialEq<T> for Box<T> {
    fn eq(&self, other: &T) -> bool {
        **self == *other
    }
}

impl<T: Eq> Eq for Box<T> {}

impl<T: PartialOrd> PartialOrd for Box<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        (**self).partial_cmp(&**other)
    }
}

impl<T: Ord> Ord for Box<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (**self).cmp(&**other)
    }
}

impl<T: Hash> Hash for Box<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl<T> AsRef<T> for Box<T> {
    fn as_ref(&self) -> &T {
        self
    }
}

impl<T> Borrow<T> for Box<T> {
    fn borrow(&self) -> &T {
        self
    }
}

#[cfg(feature = "serde")]
impl<T: serde::Serialize> serde::Serialize for Box<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).serialize(serializer)
    }
}
