//! `Ref<'p, T>`: a 4-byte reference to a frozen value.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::ops::Deref;
use std::ptr::NonNull;

use crate::emplace::{Emplace, Filled, Slot};
use crate::error::{ErrorKind, Result};
use crate::handle::{Base, Handle};
use crate::place::Place;
use crate::region::Writer;
use crate::relocatable::{Facts, Relocatable};
use crate::schema::{Description, Kind, Scalar, type_id};
use crate::trace::Visitor;

/// A reference, in 4 bytes, to a frozen value of this region, or of another region of the same space that outlives `'p`.
///
/// It is built from a `&'p T`. So a child region points into its parent, and graphs within a region are plain. What holds one isn't
/// [`Portable`](crate::Portable): it can't be the root of an image, or be sealed, saved or relocated.
///
/// Building one is an error, [`OtherSpace`](ErrorKind::OtherSpace), if the value doesn't lie in the space of the region, or not on a unit of 8 bytes: an
/// element of a vector of bytes, say.
///
/// ```
/// use offset_std::{Ref, Region, String, Vec, prelude::*};
///
/// #[derive(Relocatable)]
/// #[repr(C)]
/// struct Visit<'p> {
///     city: Ref<'p, String>,
///     days: u32,
/// }
///
/// let cities = Region::new();
/// let rome = cities.alloc::<String, _>("Rome").freeze();
/// {
///     let trip = cities.child(); // a scope
///     let visits = trip.alloc::<Vec<Visit>, _>([VisitInit { city: rome, days: 3 }, VisitInit { city: rome, days: 4 }]);
///     assert_eq!(visits.iter().map(|visit| visit.days).sum::<u32>(), 7);
///     assert_eq!(visits[1].city.as_str(), "Rome");
/// }
/// ```
#[repr(transparent)]
pub struct Ref<'p, T> {
    handle: Handle<T>,
    lives: PhantomData<&'p T>,
}

const _: () = assert!(size_of::<Ref<'static, u64>>() == 4 && size_of::<Option<Ref<'static, u64>>>() == 4);

impl<'p, T> Ref<'p, T> {
    /// The reference that it was built from, which may outlive the `Ref`.
    #[inline]
    pub fn get(&self) -> &'p T {
        // SAFETY: H3: a live reference lies in its slot, which is that of the value: that was checked when it was built, and when it was copied.
        let base = unsafe { Base::containing(std::ptr::from_ref(self)) };
        let at = base.at::<T>(self.handle.unit().get());
        // SAFETY: it was built from a `&'p T`.
        unsafe { at.as_ref() }
    }
}

impl<T> Deref for Ref<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        self.get()
    }
}

impl<'p, T: Relocatable> Emplace<Ref<'p, T>> for &'p T {
    #[inline]
    fn emplace<'s>(self, slot: Slot<'s, Ref<'p, T>>) -> Result<Filled<'s, Ref<'p, T>>> {
        let at = NonNull::from(self);
        let base = slot.writer().base();
        let unit = base.unit_of(at).ok_or(ErrorKind::OtherSpace)?;
        // SAFETY: H4: the value lies on a unit, and is aligned; H2: it lies there for `'p`.
        let handle = unsafe { Handle::<T>::from_unit(unit) };
        let handle = handle.ok_or(ErrorKind::OtherSpace)?;
        // SAFETY: the slot is four writable bytes.
        unsafe { slot.at().write(Ref { handle, lives: PhantomData }) };
        // SAFETY: it was just written.
        Ok(unsafe { slot.assume_filled() })
    }
}

// SAFETY: R1: a handle; R2: no drop, no interior mutability; R3: reported as what it is; R5: the place of a value without parts.
unsafe impl<T: Relocatable> Relocatable for Ref<'_, T> {
    type Mut<'r>
        = Place<'r, Self>
    where
        Self: 'r;
    type Fields<'r>
        = Place<'r, Self>
    where
        Self: 'r;
    const FACTS: Facts = Facts { any_bits: false, plain: false, copied: false, ..Facts::BITS };

    #[inline]
    unsafe fn handle<'r>(at: NonNull<Self>, writer: &'r Writer) -> Place<'r, Self>
    where
        Self: 'r,
    {
        // SAFETY: the caller's contract.
        unsafe { Place::new(at, writer) }
    }

    #[inline]
    unsafe fn fields<'r>(at: NonNull<Self>, writer: &'r Writer) -> Place<'r, Self>
    where
        Self: 'r,
    {
        // SAFETY: the caller's contract.
        unsafe { Place::new(at, writer) }
    }

    #[inline]
    unsafe fn trace<V: Visitor>(at: NonNull<Self>, visitor: &mut V) -> Result<(), V::Stop> {
        // SAFETY: the caller's contract.
        unsafe { visitor.reference(at.cast()) }
    }

    fn description() -> &'static Description {
        const {
            &Description {
                name: "Ref",
                size: size_of::<Self>(),
                align: align_of::<Self>(),
                id: type_id::<Self>,
                kind: Kind::Scalar(Scalar::U32),
            }
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Ref<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: PartialEq> PartialEq for Ref<'_, T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: Eq> Eq for Ref<'_, T> {}

impl<T: PartialOrd> PartialOrd for Ref<'_, T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        (**self).partial_cmp(&**other)
    }
}

impl<T: Ord> Ord for Ref<'_, T> {
    fn cmp(&self, other: &Self) -> Ordering {
        (**self).cmp(&**other)
    }
}

impl<T: Hash> Hash for Ref<'_, T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}
