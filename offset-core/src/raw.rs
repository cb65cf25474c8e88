//! What the derive and `offset-std` build on. Not for use by hand: nothing here is stable.

use std::ptr::NonNull;

use crate::emplace::{Emplace, Slot};
use crate::error::Result;
use crate::layout::units_in_slot;
use crate::own::Own;
use crate::place::Popped;
use crate::relocatable::Relocatable;
use crate::vec::SliceMut;

#[cfg(feature = "serde")]
pub use crate::deserialize::{aside, cautious, derived};

pub use crate::allocation::{Allocation, ZeroOnDrop, build_in, move_value, swap_values, units_of};
pub use crate::emplace::copies;
pub use crate::handle::{Base, Handle};
pub use crate::layout::{MAX_LEN, c_offset, ends_of, grown, head_units, units_for};
pub use crate::niche::Niche;
pub use crate::region::Writer;
pub use crate::relocatable::Facts;
pub use crate::schema::{Description, Field, Kind, Owner, Part, Scalar, Variant, type_id};
pub use crate::trace::release::{release, release_all, release_each};
pub use crate::trace::{Edge, Ring, Rows, Visitor};

/// What offsets in the region of `writer` are relative to.
#[inline(always)]
pub fn base(writer: &Writer) -> Base {
    writer.base()
}

/// Whether both write to the same region.
#[inline]
pub fn same_region(one: &Writer, other: &Writer) -> bool {
    one.same_region(other)
}

/// Allocates zeroed units; none need no memory.
///
/// # Errors
///
/// No space, or more than a slot has.
pub fn allocate(writer: &Writer, units: u64, align: usize) -> Result<Allocation<'_>> {
    Allocation::new(writer, units_in_slot(units)?, align, true)
}

/// Allocates units for values of `T`: zeroed, unless those are plain, so that building them writes every byte.
///
/// # Errors
///
/// No space.
pub fn allocate_for<T: Relocatable>(writer: &Writer, units: u32) -> Result<Allocation<'_>> {
    Allocation::of::<T>(writer, units)
}

/// Grows an allocation for values of `T` where it lies, if it is the last one of its region. Returns whether it did. What is added is as
/// [`allocate_for`] gives it.
pub fn grow_in_place<T: Relocatable>(writer: &Writer, unit: u32, units: u32, wanted: u32) -> bool {
    writer.grow_in_place(unit, units, wanted, !T::FACTS.plain)
}

/// The editing handle of elements in a row.
///
/// # Safety
///
/// `len` valid elements at `at` in the region of `writer`, which nothing else reads or writes for `'r`.
pub unsafe fn slice_mut<T: Relocatable>(at: NonNull<T>, len: usize, writer: &Writer) -> SliceMut<'_, T> {
    // SAFETY: the caller's contract.
    unsafe { SliceMut::new(at, len, writer) }
}

/// Builds a value in memory of its own.
///
/// # Errors
///
/// Those of building it.
pub fn own<T: Relocatable, I: Emplace<T>>(writer: &Writer, init: I) -> Result<Own<'_, T>> {
    Own::build(writer, init)
}

/// Gives units up. They are zeroed, and will be used again.
///
/// # Safety
///
/// They belong to one allocation of the region of `writer`, and nothing refers to them any more.
#[inline]
pub unsafe fn free(writer: &Writer, unit: u32, units: u32) {
    // SAFETY: the caller's contract.
    unsafe { writer.free(unit, units) };
}

/// Joins what was given up, where that is much: for a container that has given up many pieces at once and is about to be filled again. What is allocated then lies in a row.
pub fn merge_free(writer: &Writer) {
    writer.merge();
}

/// Makes a handle to the `T` at `unit`, or none for zero.
///
/// # Safety
///
/// H2 and H4 must hold for as long as the handle is stored in a value that is read.
#[inline(always)]
pub unsafe fn handle<T>(unit: u32) -> Option<Handle<T>> {
    // SAFETY: the caller's contract.
    unsafe { Handle::from_unit(unit) }
}

/// Makes a slot of zeroed memory.
///
/// # Safety
///
/// `at` is aligned, zeroed, in the region of `writer`, and nobody else's for `'s`. The caller zeroes it again unless it gets a `Filled`.
#[inline(always)]
pub unsafe fn slot<T: Relocatable>(at: NonNull<T>, writer: &Writer) -> Slot<'_, T> {
    // SAFETY: the caller's contract.
    unsafe { Slot::new(at, writer) }
}

/// Makes the handle of a value that no container counts as its own any more.
///
/// # Safety
///
/// `at` is a valid `T` in the region of `writer`, in memory that stays for `'a`. `tail` names units (first and how many, or none) that nobody else
/// will give up, and that hold nothing but this value.
#[inline(always)]
pub unsafe fn popped<T: Relocatable>(at: NonNull<T>, writer: &Writer, tail: (u32, u32)) -> Popped<'_, T> {
    // SAFETY: the caller's contract.
    unsafe { Popped::new(at, writer, tail) }
}

/// Puts another value in place of one, and gives that. The new one is built first, in memory of its own, where the old one is afterwards.
///
/// # Errors
///
/// No space, and those of the initialiser. The old value stays then.
///
/// # Safety
///
/// `at` is a valid `T` in the region of `writer` that is the caller's alone, and nobody reads or edits what owns it for `'a`.
pub unsafe fn replace<'a, T: Relocatable, I: Emplace<T>>(
    at: NonNull<T>,
    writer: &'a Writer,
    init: I,
) -> Result<Popped<'a, T>> {
    let units = units_of::<T>();
    let memory = Allocation::of::<T>(writer, units)?;
    let new = memory.at::<T>();
    // SAFETY: zeroed, aligned, and nobody else's; freed, and so zeroed, if it isn't filled.
    init.emplace(unsafe { slot(new, writer) })?.keep();
    // SAFETY: two values of this region, ours alone: initialisers have returned.
    unsafe { swap_values(at, new) };
    let unit = memory.keep();
    // SAFETY: a valid value that nobody counts any more, alone in its memory.
    Ok(unsafe { popped(new, writer, (unit, units)) })
}

/// What to make the next seed in the region of `writer` from, where [`ImageOptions::seed`](crate::ImageOptions::seed) has fixed seeds: another number each time.
pub fn next_seed(writer: &Writer) -> Option<u64> {
    writer.next_seed()
}

/// A random number from the system.
///
/// # Errors
///
/// If the system has none.
pub fn random() -> Result<u64> {
    Ok(u64::from_le_bytes(crate::space::random_bytes()?))
}
