//! Which type a generic one is: the compiler knows, and drops what is for others.

use offset_core::raw::type_id;

use crate::String;

/// Whether two types are one, lifetimes aside.
#[inline(always)]
pub(crate) fn is<A, B>() -> bool {
    size_of::<A>() == size_of::<B>() && align_of::<A>() == align_of::<B>() && type_id::<A>() == type_id::<B>()
}

/// Whether it is [`String`].
#[inline(always)]
pub(crate) fn is_text<K>() -> bool {
    is::<K, String>()
}

/// A value as what it is.
#[inline(always)]
pub(crate) fn cast<A, B>(from: &A) -> &B {
    assert!(is::<A, B>());
    // SAFETY: they are the same type.
    unsafe { std::mem::transmute::<&A, &B>(from) }
}
