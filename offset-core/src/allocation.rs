//! Memory in a region that nobody owns yet, and moving bytes into it.

use std::mem;
use std::ptr::{self, NonNull};

use crate::emplace::{Emplace, Slot};
use crate::error::Result;
use crate::handle::{UNIT_BYTES, ZERO_SIZED};
use crate::layout::{units_for, units_in_slot};
use crate::region::Writer;
use crate::relocatable::{Plain, Relocatable};

/// Units that a `T` takes in an allocation of its own.
pub const fn units_of<T>() -> u32 {
    units_for::<T>(1) as u32
}

/// Units that are freed when dropped, unless [kept](Allocation::keep).
#[derive(Debug)]
pub struct Allocation<'w> {
    writer: &'w Writer,
    unit: u32,
    units: u32,
}

impl<'w> Allocation<'w> {
    /// Allocates units for values of `T`: zeroed, unless those are plain, so that building them writes every byte. None need no memory and lie where
    /// zero-sized values do.
    #[inline(always)]
    pub(crate) fn of<T: Relocatable>(writer: &'w Writer, units: u32) -> Result<Self> {
        Self::new(writer, units, align_of::<T>(), !T::FACTS.plain)
    }

    /// Allocates units, zeroed if `clean`.
    #[inline(always)]
    pub(crate) fn new(writer: &'w Writer, units: u32, align: usize, clean: bool) -> Result<Self> {
        let unit = if units == 0 { ZERO_SIZED.get() } else { writer.allocate(units, align, clean)? };
        Ok(Allocation { writer, unit, units })
    }

    /// The first unit.
    #[inline(always)]
    pub fn unit(&self) -> u32 {
        self.unit
    }

    /// The memory, as a `T`.
    #[inline(always)]
    pub fn at<T>(&self) -> NonNull<T> {
        self.writer.base().at(self.unit)
    }

    /// Grows to `units`, if the memory is the last of its region. What is added is zero, unless values of `T` are plain.
    #[cfg(feature = "serde")]
    pub(crate) fn grow_in_place<T: Relocatable>(&mut self, units: u32) -> bool {
        let grown = self.units > 0 && self.writer.grow_in_place(self.unit, self.units, units, !T::FACTS.plain);
        if grown {
            self.units = units;
        }
        grown
    }

    /// Gives the memory to whoever stores the unit.
    #[inline(always)]
    pub fn keep(self) -> u32 {
        let unit = self.unit;
        mem::forget(self);
        unit
    }
}

impl Drop for Allocation<'_> {
    fn drop(&mut self) {
        if self.units > 0 {
            // SAFETY: nobody was given the memory.
            unsafe { self.writer.free(self.unit, self.units) };
        }
    }
}

/// Builds a value in memory of its own. Returns its unit.
#[inline]
pub(crate) fn build<T: Relocatable, I: Emplace<T>>(writer: &Writer, init: I) -> Result<u32> {
    let memory = Allocation::of::<T>(writer, units_of::<T>())?;
    // SAFETY: zeroed, aligned, and nobody else's; freed, and so zeroed, if it isn't filled.
    let slot = unsafe { Slot::new(memory.at::<T>(), writer) };
    init.emplace(slot)?.keep();
    Ok(memory.keep())
}

/// Allocates memory for `count` plain values, for as long as the region lives. It may hold anything.
#[inline]
pub(crate) fn for_plain<T: Plain>(writer: &Writer, count: usize) -> Result<NonNull<T>> {
    let bytes = count as u64 * size_of::<T>() as u64;
    if bytes == 0 {
        return Ok(NonNull::dangling());
    }
    let units = units_in_slot(bytes.div_ceil(UNIT_BYTES as u64))?;
    Ok(writer.base().at(writer.allocate(units, align_of::<T>(), false)?))
}

/// Frees the memory of a boxed value, whose parts have been released or moved out.
///
/// # Safety
///
/// A `T` was built there by [`build`], and nothing refers to it any more.
#[inline]
pub(crate) unsafe fn free<T>(writer: &Writer, unit: u32) {
    if size_of::<T>() > 0 {
        // SAFETY: the caller's contract.
        unsafe { writer.free(unit, units_of::<T>()) };
    }
}

/// Moves a value, padding included, so that what was zero stays zero. The source isn't one any more.
///
/// # Safety
///
/// `from` is a value, `to` is writable, aligned, and doesn't overlap it, and both lie in the same region.
#[inline(always)]
pub unsafe fn move_value<T>(from: NonNull<T>, to: NonNull<T>) {
    // SAFETY: the caller's contract; bytes are copied as bytes.
    unsafe { from.cast::<u8>().copy_to_nonoverlapping(to.cast(), size_of::<T>()) };
}

/// Builds a value in a place of an allocation that has an owner, for that to count.
///
/// # Errors
///
/// Those of the initialiser. The place is zero then.
///
/// # Safety
///
/// `at` is aligned, in the region of `writer`, the caller's alone, and holds no value.
#[inline]
pub unsafe fn build_in<T: Relocatable, I: Emplace<T>>(at: NonNull<T>, writer: &Writer, init: I) -> Result<()> {
    if !T::FACTS.plain {
        // What was removed and leaked, or a file, may have left bytes; a plain value overwrites them all.
        // SAFETY: the caller's contract.
        unsafe { at.write_bytes(0, 1) };
    }
    // SAFETY: the caller's contract.
    let guard = unsafe { ZeroOnDrop::new(at, 1) };
    // SAFETY: zeroed, or all of it will be written; aligned, and nobody else's.
    init.emplace(unsafe { Slot::new(at, writer) })?.keep();
    guard.disarm();
    Ok(())
}

/// Swaps two values, padding included, so that what was zero stays zero.
///
/// # Safety
///
/// Two values in the same region, or one and memory for one, which are the caller's alone.
#[inline(always)]
pub unsafe fn swap_values<T>(one: NonNull<T>, other: NonNull<T>) {
    // SAFETY: the caller's contract; bytes are swapped as bytes.
    unsafe { ptr::swap_nonoverlapping(one.as_ptr().cast::<u8>(), other.as_ptr().cast(), size_of::<T>()) };
}

/// Zeroes the memory of values, unless [disarmed](ZeroOnDrop::disarm): for slots inside an allocation that has an owner.
#[derive(Debug)]
pub struct ZeroOnDrop<T> {
    at: NonNull<T>,
    count: usize,
}

impl<T> ZeroOnDrop<T> {
    /// Watches over `count` values' memory at `at`.
    ///
    /// # Safety
    ///
    /// Until it is dropped or disarmed, `count` values at `at` are writable memory that holds none.
    #[inline(always)]
    pub unsafe fn new(at: NonNull<T>, count: usize) -> Self {
        ZeroOnDrop { at, count }
    }

    /// Leaves them as they are.
    #[inline(always)]
    pub fn disarm(self) {
        mem::forget(self);
    }
}

impl<T> Drop for ZeroOnDrop<T> {
    fn drop(&mut self) {
        // SAFETY: the contract of `new`.
        unsafe { self.at.write_bytes(0, self.count) };
    }
}
