//! `Seat<T>`: a place for one value after another, and how many there were.
//!
//! ```text
//! seat   | generation | next | padding up to the alignment of T | value, or zero |
//! ```
//!
//! A generation is odd while a value is there, and goes up by one whenever one comes or goes. So a key, which has the generation that its value was given, fits that value alone. The last
//! even one is [`RETIRED`]: nothing takes such a seat any more, since generations would begin again.

use std::mem::{MaybeUninit, offset_of};
use std::ptr::NonNull;

use offset_core::raw::{Description, Facts, Field, Kind, Visitor, Writer, type_id};
use offset_core::{Emplace, Filled, Place, Result, Slot};

use crate::Relocatable;

/// The generation of the first value of a seat.
pub(super) const FIRST: u32 = 1;

/// The generation of a seat that is out of use.
pub(super) const RETIRED: u32 = u32::MAX - 1;

/// What is known of a seat.
#[allow(dead_code, reason = "what the derive makes for it isn't needed")]
#[derive(Relocatable, Clone, Copy, PartialEq, Eq, Debug)]
#[relocatable(plain)]
#[repr(C)]
pub(super) struct State {
    pub(super) generation: u32,
    /// For a free seat the next one on the list, counted from 1, or 0. Else 0.
    pub(super) next: u32,
}

impl State {
    /// Whether a value is there.
    #[inline(always)]
    pub(super) fn is_occupied(self) -> bool {
        self.generation % 2 == 1
    }

    /// Whether a value may come.
    #[inline(always)]
    pub(super) fn is_free(self) -> bool {
        !self.is_occupied() && self.generation < RETIRED
    }

    /// Whether the value with this generation is there.
    #[inline(always)]
    pub(super) fn has(self, generation: u32) -> bool {
        self.generation == generation && self.is_occupied()
    }

    /// The generation once the value is gone.
    #[inline(always)]
    pub(super) fn vacated(self) -> u32 {
        // An arena has no generation above `RETIRED`, but that isn't relied upon.
        self.generation.saturating_add(1).min(RETIRED)
    }
}

/// A place for a value.
#[repr(C)]
pub(super) struct Seat<T> {
    pub(super) state: State,
    value: MaybeUninit<T>,
}

impl<T> Seat<T> {
    /// The value that is there, if it has this generation.
    #[inline(always)]
    pub(super) fn get(&self, generation: u32) -> Option<&T> {
        // SAFETY: G1: an occupied seat holds a value.
        self.state.has(generation).then(|| unsafe { self.value.assume_init_ref() })
    }

    /// The value that is there, if one is.
    #[inline(always)]
    pub(super) fn occupant(&self) -> Option<&T> {
        self.get(self.state.generation)
    }
}

/// Where the state of a seat is.
#[inline(always)]
pub(super) fn state_of<T>(seat: NonNull<Seat<T>>) -> NonNull<State> {
    // SAFETY: the offset is inside the seat.
    unsafe { seat.byte_add(offset_of!(Seat<T>, state)) }.cast()
}

/// Where the value of a seat is, or would be.
#[inline(always)]
pub(super) fn value_of<T>(seat: NonNull<Seat<T>>) -> NonNull<T> {
    // SAFETY: the offset is inside the seat.
    unsafe { seat.byte_add(offset_of!(Seat<T>, value)) }.cast()
}

/// The initialiser of a seat with a value.
pub(super) struct Taken<I> {
    pub(super) generation: u32,
    pub(super) init: I,
}

impl<T: Relocatable, I: Emplace<T>> Emplace<Seat<T>> for Taken<I> {
    #[inline]
    fn emplace<'s>(self, slot: Slot<'s, Seat<T>>) -> Result<Filled<'s, Seat<T>>> {
        // SAFETY: the value belongs there.
        unsafe { slot.field::<T, I>(offset_of!(Seat<T>, value), self.init) }?.keep();
        // All of it: the memory of plain seats may hold anything before.
        // SAFETY: a part of the slot, which is writable.
        unsafe { state_of(slot.at()).write(State { generation: self.generation, next: 0 }) };
        // SAFETY: an odd generation, and a value.
        Ok(unsafe { slot.assume_filled() })
    }
}

// SAFETY: R1, R2: `repr(C)`; R3: the state, and a value where that says so; R4: padding is what the sizes don't add up to, and any state is one; R5: a place of the
// whole, which no user meets.
unsafe impl<T: Relocatable> Relocatable for Seat<T> {
    type Mut<'r>
        = Place<'r, Self>
    where
        Self: 'r;
    type Fields<'r>
        = Place<'r, Self>
    where
        Self: 'r;
    const FACTS: Facts = T::FACTS.packed(size_of::<State>() + size_of::<T>() == size_of::<Self>()).not_copied();

    #[inline(always)]
    unsafe fn handle<'r>(at: NonNull<Self>, writer: &'r Writer) -> Place<'r, Self>
    where
        Self: 'r,
    {
        // SAFETY: the caller's contract.
        unsafe { Place::new(at, writer) }
    }

    #[inline(always)]
    unsafe fn fields<'r>(at: NonNull<Self>, writer: &'r Writer) -> Place<'r, Self>
    where
        Self: 'r,
    {
        // SAFETY: the caller's contract.
        unsafe { Place::new(at, writer) }
    }

    #[inline]
    unsafe fn trace<V: Visitor>(at: NonNull<Self>, visitor: &mut V) -> Result<(), V::Stop> {
        let state = state_of(at);
        // SAFETY: the state is at the start.
        unsafe { State::trace(state, visitor) }?;
        // SAFETY: two words, of which any bits are a value.
        if unsafe { state.read() }.is_occupied() {
            // SAFETY: the caller's contract, for a part of the value.
            unsafe { T::trace(value_of(at), visitor) }?;
        }
        Ok(())
    }

    fn description() -> &'static Description {
        const {
            &Description {
                name: "Seat",
                size: size_of::<Self>(),
                align: align_of::<Self>(),
                id: type_id::<Self>,
                kind: Kind::Struct(&[
                    Field { name: "state", offset: offset_of!(Self, state), part: State::description },
                    Field { name: "value", offset: offset_of!(Self, value), part: T::description },
                ]),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generations_end_and_never_begin_again() {
        let state = |generation| State { generation, next: 0 };
        assert!(state(0).is_free() && state(1).is_occupied() && state(2).is_free());
        assert_eq!(state(1).vacated(), 2);
        assert!(state(RETIRED - 2).is_free() && state(RETIRED - 1).is_occupied());
        assert_eq!(state(RETIRED - 1).vacated(), RETIRED);
        assert!(!state(RETIRED).is_free() && !state(RETIRED).is_occupied());
        assert_eq!(state(u32::MAX).vacated(), RETIRED);
        assert!(state(5).has(5) && !state(4).has(4) && !state(5).has(3));
    }
}
