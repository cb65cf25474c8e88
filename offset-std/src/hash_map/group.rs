//! `Group` and `Block`: control bytes and the places for entries, as they lie in memory.
//!
//! ```text
//! group   | control, 32 bytes | padding up to the alignment of an entry | place 0 | place 1 | … | place N - 1 | padding |
//! block   | control of 16 groups, one after another | padding, 16 times that of a group | 14 places of the first group | … | of the last | padding |
//! ```
//!
//! A block is as large as 16 groups. In a small table, control bytes lie beside their entries, and the first two entries of 16 bytes in the same cache line. In a larger one, there would be so many cache
//! lines of which control bytes fill half that they didn't fit the cache, so those of 16 groups lie side by side. (Measured with a million entries: misses take half the
//! time. Sharing a line between two groups isn't enough: processors fetch the next line as well.) A place without an entry is zero, as padding is.

use std::mem::{MaybeUninit, offset_of};
use std::ptr::NonNull;

use crate::{Place, Relocatable};
use offset_core::raw::{Description, Facts, Field, Kind, Visitor, Writer, type_id};

use super::control::{CONTROL, Control};
use super::size::{BLOCK, PLACES};

/// A key with its value.
#[allow(dead_code, reason = "what the derive makes for it isn't needed")]
#[derive(Relocatable)]
#[repr(C)]
pub(super) struct Entry<K, V> {
    pub(super) key: K,
    pub(super) value: V,
}

/// Entries that are looked at together.
#[repr(C, align(16))]
pub(crate) struct Group<K, V, const N: usize> {
    control: [u8; CONTROL],
    places: [MaybeUninit<Entry<K, V>>; N],
}

impl<K, V, const N: usize> Group<K, V, N> {
    /// Bytes before the first place. The same for all `N`.
    pub(super) const PLACES_AT: usize = offset_of!(Self, places);
}

// SAFETY: R1, R2: `repr(C)`, aligned to 16 or as its entries; R3: the control bytes and the entries that they speak of; R4: padding is what the sizes
// don't add up to, and any control bytes are some; R5: a place of the whole, which no user meets.
unsafe impl<K: Relocatable, V: Relocatable, const N: usize> Relocatable for Group<K, V, N> {
    type Mut<'r>
        = Place<'r, Self>
    where
        Self: 'r;
    type Fields<'r>
        = Place<'r, Self>
    where
        Self: 'r;
    const FACTS: Facts =
        Entry::<K, V>::FACTS.packed(CONTROL + N * size_of::<Entry<K, V>>() == size_of::<Self>()).not_copied();

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

    #[inline]
    unsafe fn trace<X: Visitor>(at: NonNull<Self>, visitor: &mut X) -> Result<(), X::Stop> {
        // SAFETY: the control bytes are at the start.
        unsafe { visitor.leaf(at.cast::<[u8; CONTROL]>(), |_| true, "control bytes") }?;
        // SAFETY: readable, and aligned as the group is.
        let control = unsafe { Control::load(at.cast()) };
        for place in control.occupied(N) {
            // SAFETY: inside the group.
            let entry = unsafe { at.byte_add(Self::PLACES_AT + place * size_of::<Entry<K, V>>()) };
            // SAFETY: the caller's contract, for a part of the value.
            unsafe { Entry::trace(entry.cast::<Entry<K, V>>(), visitor) }?;
        }
        Ok(())
    }

    fn description() -> &'static Description {
        const {
            &Description {
                name: "Group",
                size: size_of::<Self>(),
                align: align_of::<Self>(),
                id: type_id::<Self>,
                kind: Kind::Struct(&[
                    Field { name: "control", offset: 0, part: <[u8; CONTROL]>::description },
                    Field { name: "places", offset: Self::PLACES_AT, part: <[Entry<K, V>; N]>::description },
                ]),
            }
        }
    }
}

/// Sixteen groups, their control bytes first.
#[repr(C)]
pub(crate) struct Block<K, V>([MaybeUninit<Group<K, V, PLACES>>; BLOCK as usize]);

impl<K, V> Block<K, V> {
    /// Bytes before the first place.
    const PLACES_AT: usize = Group::<K, V, PLACES>::PLACES_AT * BLOCK as usize;
}

// SAFETY: R1, R2: as large and aligned as so many groups; R3: the control bytes and the entries that they speak of; R4: padding as groups have it; R5: as for groups.
unsafe impl<K: Relocatable, V: Relocatable> Relocatable for Block<K, V> {
    type Mut<'r>
        = Place<'r, Self>
    where
        Self: 'r;
    type Fields<'r>
        = Place<'r, Self>
    where
        Self: 'r;
    const FACTS: Facts = Group::<K, V, PLACES>::FACTS;

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

    #[inline]
    unsafe fn trace<X: Visitor>(at: NonNull<Self>, visitor: &mut X) -> Result<(), X::Stop> {
        // SAFETY: the control bytes are at the start.
        unsafe { visitor.leaf(at.cast::<[[u8; CONTROL]; BLOCK as usize]>(), |_| true, "control bytes") }?;
        for group in 0..BLOCK as usize {
            // SAFETY: inside the block.
            let control = unsafe { at.byte_add(group * CONTROL) };
            // SAFETY: readable, and aligned as the block is, which is at least to 16.
            let control = unsafe { Control::load(control.cast()) };
            for place in control.occupied(PLACES) {
                let offset = Self::PLACES_AT + (group * PLACES + place) * size_of::<Entry<K, V>>();
                // SAFETY: inside the block.
                let entry = unsafe { at.byte_add(offset) };
                // SAFETY: the caller's contract, for a part of the value.
                unsafe { Entry::trace(entry.cast::<Entry<K, V>>(), visitor) }?;
            }
        }
        Ok(())
    }

    fn description() -> &'static Description {
        const {
            &Description {
                name: "Block",
                size: size_of::<Self>(),
                align: align_of::<Self>(),
                id: type_id::<Self>,
                kind: Kind::Struct(&[
                    Field { name: "control", offset: 0, part: <[[u8; CONTROL]; BLOCK as usize]>::description },
                    Field {
                        name: "places",
                        offset: Self::PLACES_AT,
                        part: <[[Entry<K, V>; PLACES]; BLOCK as usize]>::description,
                    },
                ]),
            }
        }
    }
}
