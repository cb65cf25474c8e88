//! `Option` of what is never zero, in as many bytes.

use std::ptr::NonNull;

use crate::emplace::{Emplace, Empty, Filled, Slot};
use crate::error::Result;
use crate::region::Writer;
use crate::relocatable::{Facts, Plain, Portable, Relocatable};
use crate::schema::Description;
use crate::trace::Visitor;

/// A plain type that is never zero, so that an `Option` of it takes as many bytes, and may be a field: keys, symbols.
///
/// # Safety
///
/// `Self` is `repr(transparent)` around one of std's `NonZero` integers, all of whose values are values of `Self`. So the language guarantees that
/// `Option<Self>` is that integer or zero. `option_description` describes that.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`Option<{Self}>` can't live in a region",
    note = "write `Maybe<{Self}>`: the layout of `Option` isn't guaranteed but for `Option<Box<T>>`, `Option<NonZero…>` and options of keys"
)]
pub unsafe trait Niche: Plain {
    /// `Option<Self>` as data.
    fn option_description() -> &'static Description;
}

// SAFETY: R1: an integer, by the contract of `Niche`; R3: one leaf, of which all bits are a value; R5: plain data has no handle.
unsafe impl<T: Niche> Relocatable for Option<T> {
    type Mut<'r>
        = &'r mut Option<T>
    where
        Self: 'r;
    type Fields<'r>
        = &'r mut Option<T>
    where
        Self: 'r;
    const FACTS: Facts = Facts::BITS;

    #[inline(always)]
    unsafe fn handle<'r>(at: NonNull<Self>, _: &'r Writer) -> &'r mut Option<T>
    where
        Self: 'r,
    {
        // SAFETY: the caller's contract: valid, and nobody else's for `'r`.
        unsafe { &mut *at.as_ptr() }
    }

    #[inline(always)]
    unsafe fn fields<'r>(at: NonNull<Self>, writer: &'r Writer) -> &'r mut Option<T>
    where
        Self: 'r,
    {
        // SAFETY: the caller's contract.
        unsafe { Self::handle(at, writer) }
    }

    #[inline(always)]
    unsafe fn trace<V: Visitor>(at: NonNull<Self>, visitor: &mut V) -> Result<(), V::Stop> {
        // SAFETY: the caller's contract: readable bytes.
        unsafe { visitor.leaf(at, |_| true, "a number") }
    }

    fn description() -> &'static Description {
        T::option_description()
    }
}

// SAFETY: an integer.
unsafe impl<T: Niche> Plain for Option<T> {}
// SAFETY: no reference.
unsafe impl<T: Niche> Portable for Option<T> {}

impl<T: Niche> Emplace<Option<T>> for Option<T> {
    #[inline(always)]
    fn emplace<'s>(self, slot: Slot<'s, Option<T>>) -> Result<Filled<'s, Option<T>>> {
        Ok(slot.write(self))
    }
}

impl<T: Niche> Emplace<Option<T>> for &Option<T> {
    #[inline(always)]
    fn emplace<'s>(self, slot: Slot<'s, Option<T>>) -> Result<Filled<'s, Option<T>>> {
        Ok(slot.write(*self))
    }
}

impl<T: Niche> Emplace<Option<T>> for Empty {
    #[inline(always)]
    fn emplace<'s>(self, slot: Slot<'s, Option<T>>) -> Result<Filled<'s, Option<T>>> {
        Ok(slot.write(None))
    }
}
