//! Copies a value with all that it owns.

use std::ptr::NonNull;

use super::{Edge, Ring, Rows, Run, Visitor, next};
use crate::error::{Error, ErrorKind, Refusal, Result};
use crate::handle::{Base, UNIT_BYTES};
use crate::layout::units_for;
use crate::region::Writer;
use crate::relocatable::Relocatable;

/// Copies the value at `from`, and everything it owns, to `to`. Buffers come out exact; padding stays as it is at `to`.
///
/// # Errors
///
/// No space. Everything that was allocated has been freed then, but `to` may hold bytes, for the caller to zero.
///
/// # Safety
///
/// `from` is a valid value that nobody changes meanwhile. `to` is aligned, zeroed, in the region of `writer`, and the caller's alone.
pub(crate) unsafe fn deep_copy<T: Relocatable>(from: NonNull<T>, to: NonNull<T>, writer: &Writer) -> Result<()> {
    let mut copy =
        Copy { writer, run: Target { from: from.cast(), to: to.cast() }, runs: Vec::new(), made: Vec::new() };
    // SAFETY: the caller's contract.
    let done = unsafe { copy.run::<T>(from) };
    if done.is_err() {
        for (unit, units) in copy.made {
            // SAFETY: allocated below, and nobody knows of it.
            unsafe { writer.free(unit, units) };
        }
    }
    done
}

/// The visitor that copies. What it is told of lies at `run.from` or after; its copy lies as far after `run.to`.
pub(crate) struct Copy<'w> {
    writer: &'w Writer,
    run: Target,
    runs: Vec<Run<Self, Target>>,
    /// What to free if it fails: first unit and units.
    made: Vec<(u32, u32)>,
}

/// Where the elements of a run come from and go to.
#[derive(Clone, Copy)]
struct Target {
    from: NonNull<u8>,
    to: NonNull<u8>,
}

impl Copy<'_> {
    /// # Safety
    ///
    /// As for [`deep_copy`].
    unsafe fn run<T: Relocatable>(&mut self, from: NonNull<T>) -> Result<()> {
        // SAFETY: a valid value, by the caller's contract.
        unsafe { T::trace(from, self) }?;
        while let Some((at, step, target, _)) = next(&mut self.runs) {
            self.run = target;
            // SAFETY: an element that a valid value owns.
            unsafe { step(at, self) }?;
        }
        Ok(())
    }

    /// Where the copy of what lies at `at` goes.
    fn target<T>(&self, at: NonNull<T>) -> NonNull<T> {
        let offset = at.as_ptr().addr() - self.run.from.as_ptr().addr();
        // SAFETY: `at` lies in the value or run that begins at `from`, and as many bytes were made at `to`.
        unsafe { self.run.to.byte_add(offset) }.cast()
    }

    /// Allocates units for elements: zeroed, unless those are plain.
    fn allocate<T: Relocatable>(&mut self, units: u32, align: usize) -> Result<u32> {
        self.made.try_reserve(1).map_err(|_| ErrorKind::NoMemory {
            bytes: size_of_val(&*self.made) as u64,
            purpose: "the list of copies",
            cause: Refusal::OutOfMemory,
        })?;
        let unit = self.writer.allocate(units, align, !T::FACTS.plain)?;
        self.made.push((unit, units));
        Ok(unit)
    }

    /// Copies elements, or puts them on the list.
    ///
    /// # Safety
    ///
    /// `count` valid elements lie at `from`, and fresh memory for as many at `to`.
    #[inline(always)]
    unsafe fn elements<T: Relocatable>(&mut self, from: NonNull<T>, to: NonNull<T>, count: u32) {
        if T::FACTS.plain {
            // SAFETY: plain elements have no padding, and a fresh allocation overlaps nothing.
            unsafe { from.copy_to_nonoverlapping(to, count as usize) };
        } else if count > 0 {
            self.runs.push(Run::new(from, count, Target { from: from.cast(), to: to.cast() }));
        }
    }

    /// # Safety
    ///
    /// `bytes` bytes at `at` are initialised and part of what is being copied.
    #[inline(always)]
    unsafe fn copy_bytes<T>(&mut self, at: NonNull<T>, bytes: usize) {
        let to = self.target(at);
        // SAFETY: readable there, writable here, and a fresh allocation never overlaps what existed before.
        unsafe { at.cast::<u8>().copy_to_nonoverlapping(to.cast(), bytes) };
    }
}

impl Visitor for Copy<'_> {
    type Stop = Error;

    #[inline(always)]
    unsafe fn leaf<T: Relocatable>(
        &mut self,
        at: NonNull<T>,
        _: impl FnOnce(NonNull<T>) -> bool,
        _: &'static str,
    ) -> Result<()> {
        debug_assert!(T::FACTS.plain);
        // SAFETY: a leaf is all plain bytes.
        unsafe { self.copy_bytes(at, size_of::<T>()) };
        Ok(())
    }

    #[inline(always)]
    unsafe fn tag<R: Relocatable + core::marker::Copy>(
        &mut self,
        at: NonNull<R>,
        _: impl FnOnce(R) -> bool,
    ) -> Result<R> {
        // SAFETY: a tag is plain bytes.
        unsafe { self.copy_bytes(at, size_of::<R>()) };
        // SAFETY: the value is valid.
        Ok(unsafe { at.read() })
    }

    unsafe fn owned<T: Relocatable>(&mut self, edge: Edge<T>) -> Result<()> {
        if size_of::<T>() == 0 {
            // SAFETY: the words are parts of what is being copied.
            unsafe { self.copy_bytes(edge.at, size_of::<u32>()) };
            if let Some((word, _)) = edge.exact {
                // SAFETY: as above.
                unsafe { self.copy_bytes(word, size_of::<u32>()) };
            }
            return Ok(());
        }
        let bytes = edge.count as usize * size_of::<T>();
        // SAFETY: `edge.at` stores a live handle, so it lies in a slot (H3).
        let base = unsafe { Base::containing(edge.at.as_ptr()) };
        let from = base.at::<T>(edge.unit);
        let unit = if bytes == 0 {
            0
        } else {
            let unit = self.allocate::<T>(bytes.div_ceil(UNIT_BYTES) as u32, align_of::<T>())?;
            let to = self.writer.base().at::<T>(unit);
            // SAFETY: the elements of a valid value, and fresh memory for as many.
            unsafe { self.elements(from, to, edge.count) };
            unit
        };
        // SAFETY: the handle is a part of what is being copied, so there is room for its copy.
        unsafe { self.target(edge.at).write(unit) };
        if let Some((word, exact)) = edge.exact {
            // SAFETY: so is the word.
            unsafe { self.target(word).write(exact) };
        }
        Ok(())
    }

    unsafe fn ring<T: Relocatable>(&mut self, ring: Ring<T>) -> Result<()> {
        // SAFETY: `ring.at` stores a live handle, so it lies in a slot (H3).
        let base = unsafe { Base::containing(ring.at.as_ptr()) };
        let mut unit = 0;
        if ring.count > 0 {
            // The original has at least as many places, so the units of the copy are a number that there is.
            let units = Ring::<T>::HEAD_UNITS + units_for::<T>(ring.count) as u32;
            unit = self.allocate::<T>(units, align_of::<T>())?;
            unit += Ring::<T>::HEAD_UNITS;
            let head = self.writer.base().at::<[u32; 2]>(unit - 1);
            // SAFETY: the head of what was just allocated.
            unsafe { head.write([ring.count, 0]) };
            let ((first, places), (front, back)) = (ring.starts(base), ring.runs());
            let to = self.writer.base().at::<T>(unit);
            // SAFETY: the elements of a valid value, and fresh memory for as many.
            unsafe { self.elements(first, to, front) };
            // SAFETY: inside what was just allocated, or its end.
            let to = unsafe { to.add(front as usize) };
            // SAFETY: the other elements, and memory for those.
            unsafe { self.elements(places, to, back) };
        }
        // SAFETY: the handle is a part of what is being copied, so there is room for its copy.
        unsafe { self.target(ring.at).write(unit) };
        Ok(())
    }

    unsafe fn rows<T: Relocatable>(&mut self, rows: Rows<T>) -> Result<()> {
        // SAFETY: `rows.at` stores a live handle, so it lies in a slot (H3).
        let base = unsafe { Base::containing(rows.at.as_ptr()) };
        let units = rows.units().expect("a valid handle leads to an allocation") as u32;
        let unit = self.allocate::<T>(units, Rows::<T>::align(rows.rows))?;
        let copy = Rows { unit, ..rows };
        let (from, to) = (base.at::<u8>(rows.unit), self.writer.base().at::<u8>(unit));
        // What isn't plain is copied element by element, so that its padding stays zero.
        let bytes = if T::FACTS.plain { units as usize * UNIT_BYTES } else { Rows::<T>::places_at(rows.rows) as usize };
        // SAFETY: units of a valid value, and a fresh allocation of as many, which overlaps nothing.
        unsafe { from.copy_to_nonoverlapping(to, bytes) };
        // SAFETY: the handle is a part of what is being copied, so there is room for its copy.
        unsafe { self.target(rows.at).write(unit) };
        if T::FACTS.plain || rows.count == 0 {
            return Ok(());
        }
        let to = copy.first_place(self.writer.base()).cast();
        let target = Target { from: rows.first_place(base).cast(), to };
        if !T::FACTS.shallow {
            self.runs.push(Run::of_rows(&rows, base, target));
            return Ok(());
        }
        let around = std::mem::replace(&mut self.run, target);
        // SAFETY: rows of a valid value, which nobody changes meanwhile.
        for at in unsafe { rows.elements(base) } {
            // SAFETY: an element that a valid value owns.
            unsafe { T::trace(at, self) }?;
        }
        self.run = around;
        Ok(())
    }

    #[inline(always)]
    unsafe fn reference(&mut self, at: NonNull<u32>) -> Result<()> {
        // SAFETY: `at` stores a live handle, so it lies in a slot (H3).
        if unsafe { Base::containing(at.as_ptr()) } != self.writer.base() {
            return Err(ErrorKind::OtherSpace.into());
        }
        // SAFETY: a part of what is being copied.
        unsafe { self.copy_bytes(at, size_of::<u32>()) };
        Ok(())
    }

    #[inline(always)]
    unsafe fn head(&mut self, near: NonNull<u32>, unit: u32) -> Result<[u32; 2]> {
        // SAFETY: `near` stores a live handle (H3).
        let base = unsafe { Base::containing(near.as_ptr()) };
        let head = base.at::<[u32; 2]>(unit - 1);
        // SAFETY: it belongs to a valid value.
        Ok(unsafe { head.read() })
    }

    #[inline(always)]
    unsafe fn require<T>(&mut self, _: NonNull<T>, _: impl FnOnce(&T) -> Result<(), &'static str>) -> Result<()> {
        Ok(())
    }

    #[inline(always)]
    unsafe fn deferred<T: Relocatable>(&mut self, _: NonNull<T>, _: fn(&T) -> Result<(), String>) {}
}
