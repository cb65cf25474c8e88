//! `#[derive(Relocatable)]` on types with lifetime and const parameters, and what it says about their layout.

#![allow(clippy::multiple_bound_locations, reason = "bounds are taken over from both places")]

use std::marker::PhantomData;
use std::ptr::NonNull;

use offset_std::__private::{Description, Facts, Kind, Place, Visitor, Writer};
use offset_std::{Maybe, Relocatable, Vec};

/// A type with a lifetime, which isn't `Portable`.
#[derive(Clone, Copy)]
#[repr(C)]
struct Brand<'p>(PhantomData<&'p ()>);

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
        <PhantomData<u8> as Relocatable>::description()
    }
}

#[derive(Relocatable)]
#[repr(C, u8)]
enum Tagged<'a, T: 'a, const N: usize>
where
    T: Clone,
{
    Wide(u64, u8),
    Array(u8, [T; N]),
    Phantom(PhantomData<T>),
    Borrowed(Lifetimes<'a>),
}

#[derive(Relocatable)]
#[repr(C)]
struct Lifetimes<'r> {
    number: u8,
    brand: Brand<'r>,
    mentions: Maybe<Mentions<'r>>,
}

#[derive(Relocatable)]
#[repr(C)]
struct Mentions<'s> {
    number: u32,
    brand: Brand<'s>,
    list: [Vec<Mentions<'s>>; 1],
}

#[test]
fn lifetimes_and_const_parameters() {
    let Description { size, align, kind: Kind::Enum { variants, .. }, .. } =
        <Tagged<'static, u32, 3> as Relocatable>::description()
    else {
        panic!("it is an enum")
    };
    assert_eq!((*size, *align), (size_of::<Tagged<'static, u32, 3>>(), 8));
    let offsets =
        |variant: usize| variants[variant].fields.iter().map(|field| field.offset).collect::<std::vec::Vec<_>>();
    assert_eq!([offsets(0), offsets(1), offsets(2)], [vec![8, 16], vec![8, 12], vec![8]]);
    assert_eq!(
        variants.iter().map(|variant| variant.name).collect::<std::vec::Vec<_>>(),
        ["Wide", "Array", "Phantom", "Borrowed"]
    );
}
