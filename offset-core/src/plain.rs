//! Numbers, characters and arrays: what needs no handle.

use std::marker::PhantomData;
use std::num;
use std::ptr::NonNull;

use crate::boxed::{Box, Boxed};
use crate::emplace::{Emplace, Filled, Slot, copies};
use crate::error::Result;
use crate::place::Place;
use crate::region::Writer;
use crate::relocatable::{Facts, Plain, Portable, Relocatable};
use crate::schema::{Description, Kind, Scalar, type_id};
use crate::trace::Visitor;
use crate::trace::release::release_all;
use crate::vec::SliceMut;

/// Implements the traits for a type whose editing handle is `&mut T` and that is built from itself.
macro_rules! plain {
    ($type:ty, $facts:expr, $kind:expr, $name:expr, $expected:literal, $valid:expr) => {
        // SAFETY: R1: a primitive with a specified layout; R3: one leaf, without padding; R5: plain data has no handle.
        unsafe impl Relocatable for $type {
            type Mut<'r>
                = &'r mut $type
            where
                Self: 'r;
            type Fields<'r>
                = &'r mut $type
            where
                Self: 'r;
            const FACTS: Facts = $facts;

            #[inline(always)]
            unsafe fn handle<'r>(at: NonNull<Self>, _: &'r Writer) -> &'r mut $type
            where
                Self: 'r,
            {
                // SAFETY: the caller's contract: valid, and nobody else's for `'r`.
                unsafe { &mut *at.as_ptr() }
            }

            #[inline(always)]
            unsafe fn fields<'r>(at: NonNull<Self>, writer: &'r Writer) -> &'r mut $type
            where
                Self: 'r,
            {
                // SAFETY: the caller's contract.
                unsafe { Self::handle(at, writer) }
            }

            #[inline(always)]
            unsafe fn trace<V: Visitor>(at: NonNull<Self>, visitor: &mut V) -> Result<(), V::Stop> {
                let valid = $valid;
                // SAFETY: the caller's contract: readable bytes.
                unsafe { visitor.leaf(at, valid, $expected) }
            }

            fn description() -> &'static Description {
                const {
                    &Description {
                        name: $name,
                        size: size_of::<$type>(),
                        align: align_of::<$type>(),
                        id: type_id::<$type>,
                        kind: $kind,
                    }
                }
            }
        }

        // SAFETY: no padding, no handle.
        unsafe impl Plain for $type {}
        // SAFETY: no reference.
        unsafe impl Portable for $type {}

        impl Emplace<$type> for $type {
            #[inline(always)]
            fn emplace<'s>(self, slot: Slot<'s, $type>) -> Result<Filled<'s, $type>> {
                Ok(slot.write(self))
            }
        }

        impl Emplace<$type> for &$type {
            #[inline(always)]
            fn emplace<'s>(self, slot: Slot<'s, $type>) -> Result<Filled<'s, $type>> {
                Ok(slot.write(*self))
            }
        }

        impl Emplace<Box<$type>> for $type {
            #[inline]
            fn emplace<'s>(self, slot: Slot<'s, Box<$type>>) -> Result<Filled<'s, Box<$type>>> {
                slot.build(Boxed(self))
            }
        }
    };
}

macro_rules! numbers {
    ($($type:ident $scalar:ident $nonzero:ident,)*) => {$(
        plain!($type, Facts::BITS, Kind::Scalar(Scalar::$scalar), stringify!($type), "a number", |_| true);
        numbers!(@nonzero $type $scalar $nonzero);
    )*};
    (@nonzero $type:ident $scalar:ident float) => {};
    (@nonzero $type:ident $scalar:ident $nonzero:ident) => {
        plain!(num::$nonzero, Facts::LEAF, Kind::Scalar(Scalar::$scalar), stringify!($nonzero), "a number other than zero",
            |at: NonNull<num::$nonzero>| {
                // SAFETY: any bits are a value of the integer.
                unsafe { at.cast::<$type>().read() != 0 }
            });
        plain!(Option<num::$nonzero>, Facts::BITS, Kind::Scalar(Scalar::$scalar), concat!("Option<", stringify!($nonzero), ">"),
            "a number", |_| true);
    };
}

numbers! {
    u8 U8 NonZeroU8,
    u16 U16 NonZeroU16,
    u32 U32 NonZeroU32,
    u64 U64 NonZeroU64,
    u128 U128 NonZeroU128,
    i8 I8 NonZeroI8,
    i16 I16 NonZeroI16,
    i32 I32 NonZeroI32,
    i64 I64 NonZeroI64,
    i128 I128 NonZeroI128,
    f32 F32 float,
    f64 F64 float,
}

plain!(
    bool,
    Facts::LEAF,
    Kind::Scalar(Scalar::Bool),
    "bool",
    "a bool (0 or 1)",
    // SAFETY: any byte is a `u8`.
    |at: NonNull<bool>| unsafe { at.cast::<u8>().read() } <= 1
);
plain!(
    char,
    Facts::LEAF,
    Kind::Scalar(Scalar::Char),
    "char",
    "a Unicode scalar value",
    // SAFETY: any four bytes are a `u32`.
    |at: NonNull<char>| char::from_u32(unsafe { at.cast::<u32>().read() }).is_some()
);

// SAFETY: R1: an array is its elements in a row; R3: each reports itself; R5: a place, and handles of its elements, which don't overlap.
unsafe impl<T: Relocatable, const N: usize> Relocatable for [T; N] {
    type Mut<'r>
        = Place<'r, [T; N]>
    where
        Self: 'r;
    type Fields<'r>
        = SliceMut<'r, T>
    where
        Self: 'r;
    const FACTS: Facts = T::FACTS;

    #[inline(always)]
    unsafe fn handle<'r>(at: NonNull<Self>, writer: &'r Writer) -> Place<'r, [T; N]>
    where
        Self: 'r,
    {
        // SAFETY: the caller's contract.
        unsafe { Place::new(at, writer) }
    }

    #[inline(always)]
    unsafe fn fields<'r>(at: NonNull<Self>, writer: &'r Writer) -> SliceMut<'r, T>
    where
        Self: 'r,
    {
        // SAFETY: the caller's contract: `N` valid elements that are nobody else's.
        unsafe { SliceMut::new(at.cast(), N, writer) }
    }

    #[inline]
    unsafe fn trace<V: Visitor>(at: NonNull<Self>, visitor: &mut V) -> Result<(), V::Stop> {
        if T::FACTS.any_bits && T::FACTS.plain {
            // SAFETY: the caller's contract; there is no padding.
            return unsafe { visitor.leaf(at, |_| true, "plain data") };
        }
        for index in 0..N {
            // SAFETY: inside the array.
            let element = unsafe { at.cast::<T>().add(index) };
            // SAFETY: the caller's contract.
            unsafe { T::trace(element, visitor) }?;
        }
        Ok(())
    }

    fn description() -> &'static Description {
        const {
            &Description {
                name: "array",
                size: size_of::<Self>(),
                align: align_of::<Self>(),
                id: type_id::<Self>,
                kind: Kind::Array { element: T::description, count: N },
            }
        }
    }
}

// SAFETY: elements in a row, without padding between them.
unsafe impl<T: Plain, const N: usize> Plain for [T; N] {}
// SAFETY: no more references than its elements have.
unsafe impl<T: Portable, const N: usize> Portable for [T; N] {}

impl<T: Relocatable, I: Emplace<T>, const N: usize> Emplace<[T; N]> for [I; N] {
    #[inline]
    fn emplace<'s>(self, slot: Slot<'s, [T; N]>) -> Result<Filled<'s, [T; N]>> {
        match copy_elements(slot, &self) {
            Ok(filled) => Ok(filled),
            Err(slot) => build_elements(slot, self.into_iter()),
        }
    }
}

impl<'a, T: Relocatable, S, const N: usize> Emplace<[T; N]> for &'a [S; N]
where
    &'a S: Emplace<T>,
{
    #[inline]
    fn emplace<'s>(self, slot: Slot<'s, [T; N]>) -> Result<Filled<'s, [T; N]>> {
        match copy_elements(slot, self) {
            Ok(filled) => Ok(filled),
            Err(slot) => build_elements(slot, self.iter()),
        }
    }
}

/// Copies elements that are their own initialisers; gives the slot back if they aren't.
#[inline]
fn copy_elements<'s, T: Relocatable, S, const N: usize>(
    slot: Slot<'s, [T; N]>,
    from: &[S; N],
) -> Result<Filled<'s, [T; N]>, Slot<'s, [T; N]>> {
    if !copies::<T, S>() {
        return Err(slot);
    }
    // SAFETY: `S` is `T`, which is plain, and the slot has room for as many.
    unsafe { NonNull::from(from).cast::<T>().copy_to_nonoverlapping(slot.at().cast(), N) };
    // SAFETY: all elements are there.
    Ok(unsafe { slot.assume_filled() })
}

/// Builds each element from an initialiser, of which there are as many.
#[inline]
fn build_elements<'s, T: Relocatable, I: Emplace<T>, const N: usize>(
    slot: Slot<'s, [T; N]>,
    inits: impl Iterator<Item = I>,
) -> Result<Filled<'s, [T; N]>> {
    let mut built = Built::<T>::none(slot.at().cast(), slot.writer());
    for init in inits {
        // SAFETY: element `count` belongs there, once: both callers give `N` initialisers.
        unsafe { slot.field::<T, I>(built.count as usize * size_of::<T>(), init) }?.keep();
        built.count += 1;
    }
    std::mem::forget(built);
    // SAFETY: all elements are there.
    Ok(unsafe { slot.assume_filled() })
}

/// Elements that have been built, to be released should a later one fail.
pub(crate) struct Built<'w, T: Relocatable> {
    at: NonNull<T>,
    /// Only elements that have been built are counted.
    pub(crate) count: u32,
    writer: &'w Writer,
}

impl<'w, T: Relocatable> Built<'w, T> {
    /// None of the elements that begin at `at`.
    pub(crate) fn none(at: NonNull<T>, writer: &'w Writer) -> Self {
        Built { at, count: 0, writer }
    }
}

impl<T: Relocatable> Drop for Built<'_, T> {
    fn drop(&mut self) {
        // SAFETY: so many elements are there, and nobody was given them.
        unsafe { release_all(self.at, self.count, self.writer) };
    }
}

// SAFETY: R1: zero-sized; nothing to report; R5: nothing to reach.
unsafe impl<T: Relocatable> Relocatable for PhantomData<T> {
    type Mut<'r>
        = Place<'r, Self>
    where
        Self: 'r;
    type Fields<'r>
        = Place<'r, Self>
    where
        Self: 'r;
    const FACTS: Facts = Facts::BITS;

    unsafe fn handle<'r>(at: NonNull<Self>, writer: &'r Writer) -> Place<'r, Self>
    where
        Self: 'r,
    {
        // SAFETY: the caller's contract.
        unsafe { Place::new(at, writer) }
    }

    unsafe fn fields<'r>(at: NonNull<Self>, writer: &'r Writer) -> Place<'r, Self>
    where
        Self: 'r,
    {
        // SAFETY: the caller's contract.
        unsafe { Place::new(at, writer) }
    }

    unsafe fn trace<V: Visitor>(_: NonNull<Self>, _: &mut V) -> Result<(), V::Stop> {
        Ok(())
    }

    fn description() -> &'static Description {
        const { &Description { name: "PhantomData", size: 0, align: 1, id: type_id::<Self>, kind: Kind::Struct(&[]) } }
    }
}

// SAFETY: zero-sized.
unsafe impl<T: Plain> Plain for PhantomData<T> {}
// SAFETY: no value of `T` is there.
unsafe impl<T: Portable> Portable for PhantomData<T> {}

impl<T: Relocatable> Emplace<PhantomData<T>> for PhantomData<T> {
    fn emplace<'s>(self, slot: Slot<'s, PhantomData<T>>) -> Result<Filled<'s, PhantomData<T>>> {
        // SAFETY: zero-sized.
        Ok(unsafe { slot.assume_filled() })
    }
}
