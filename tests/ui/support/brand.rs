//! A type with a lifetime, covariant as far as it goes.

use std::marker::PhantomData;
use std::ptr::NonNull;

use offset_std::__private::{Description, Facts, Kind, Place, Visitor, Writer, type_id};
use offset_std::Relocatable;

#[derive(Clone, Copy)]
#[repr(C)]
pub struct Brand<'p>(pub PhantomData<&'p ()>);

// SAFETY: a type without size: there is nothing to describe or to trace.
unsafe impl<'p> Relocatable for Brand<'p> {
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
        const { &Description { name: "Brand", size: 0, align: 1, id: type_id::<Self>, kind: Kind::Struct(&[]) } }
    }
}
