//! Frees what a value owns.

use std::convert::Infallible;
use std::ptr::NonNull;

use super::{Edge, Ring, Rows, Run, Visitor, next};
use crate::region::Writer;
use crate::relocatable::Relocatable;

/// Frees everything that the value at `at` owns, but not the value's own bytes, which the caller overwrites or frees.
///
/// # Safety
///
/// A valid value in the region of `writer`, which nobody refers to or uses as a value any more.
#[inline]
pub unsafe fn release<T: Relocatable>(at: NonNull<T>, writer: &Writer) {
    if T::FACTS.owns {
        // SAFETY: the caller's contract.
        unsafe { release_each(std::iter::once(at), writer) };
    }
}

/// The same for `count` values in a row.
///
/// # Safety
///
/// As for [`release`], for each.
#[inline]
pub unsafe fn release_all<T: Relocatable>(at: NonNull<T>, count: u32, writer: &Writer) {
    if T::FACTS.owns && count > 0 {
        // SAFETY: `count` values in a row.
        let values = (0..count as usize).map(|index| unsafe { at.add(index) });
        // SAFETY: the caller's contract.
        unsafe { release_each(values, writer) };
    }
}

/// The same for values wherever they are.
///
/// # Safety
///
/// As for [`release`], for each, when it comes.
pub unsafe fn release_each<T: Relocatable>(values: impl Iterator<Item = NonNull<T>>, writer: &Writer) {
    if !T::FACTS.owns {
        return;
    }
    let mut release = Release { writer, runs: Vec::new() };
    for at in values {
        // SAFETY: valid, by the caller's contract.
        let Ok(()) = unsafe { T::trace(at, &mut release) };
        release.run();
    }
}

/// The visitor that frees.
pub(crate) struct Release<'w> {
    writer: &'w Writer,
    runs: Vec<Run<Self, Piece>>,
}

/// The allocation that the elements of a run lie in, to be freed after the last; no units, if other elements in it come later.
#[derive(Clone, Copy)]
struct Piece {
    unit: u32,
    units: u32,
}

impl Release<'_> {
    /// Whether elements are put on the list, because what they own owns more.
    const fn wait<T: Relocatable>() -> bool {
        T::FACTS.owns && !T::FACTS.shallow
    }

    /// Releases what elements own that needn't be put on the list.
    ///
    /// # Safety
    ///
    /// `count` elements of an allocation whose owner is being released.
    #[inline(always)]
    unsafe fn elements<T: Relocatable>(&mut self, at: NonNull<T>, count: u32) -> Result<(), Infallible> {
        for index in 0..if T::FACTS.owns { count as usize } else { 0 } {
            // SAFETY: an element of the allocation.
            let at = unsafe { at.add(index) };
            // SAFETY: H2: the handle of a valid value in this region; nothing before has freed it.
            unsafe { T::trace(at, self) }?;
        }
        Ok(())
    }

    fn run(&mut self) {
        while let Some((at, step, piece, last)) = next(&mut self.runs) {
            // SAFETY: an element of an allocation that a valid value owned; nothing before it has freed it.
            let Ok(()) = unsafe { step(at, self) };
            if last && piece.units > 0 {
                // SAFETY: the owner is being released, and all elements have been visited.
                unsafe { self.writer.free(piece.unit, piece.units) };
            }
        }
    }
}

impl Visitor for Release<'_> {
    type Stop = Infallible;

    #[inline(always)]
    unsafe fn leaf<T: Relocatable>(
        &mut self,
        _: NonNull<T>,
        _: impl FnOnce(NonNull<T>) -> bool,
        _: &'static str,
    ) -> Result<(), Infallible> {
        Ok(())
    }

    #[inline(always)]
    unsafe fn tag<R: Relocatable + Copy>(
        &mut self,
        at: NonNull<R>,
        _: impl FnOnce(R) -> bool,
    ) -> Result<R, Infallible> {
        // SAFETY: the caller's contract: a valid value, so its tag can be read.
        Ok(unsafe { at.read() })
    }

    #[inline]
    unsafe fn owned<T: Relocatable>(&mut self, edge: Edge<T>) -> Result<(), Infallible> {
        if edge.units == 0 {
            return Ok(()); // zero-sized: nothing was allocated
        }
        let piece = Piece { unit: edge.unit - edge.head_units, units: edge.units as u32 };
        let at = self.writer.base().at::<T>(edge.unit);
        if Self::wait::<T>() && edge.count > 0 {
            self.runs.push(Run::new(at, edge.count, piece));
        } else {
            // SAFETY: the elements of what is being released.
            unsafe { self.elements(at, edge.count) }?;
            // SAFETY: its owner is being released, and all elements have been visited.
            unsafe { self.writer.free(piece.unit, piece.units) };
        }
        Ok(())
    }

    unsafe fn ring<T: Relocatable>(&mut self, ring: Ring<T>) -> Result<(), Infallible> {
        let (unit, units) = ring.allocation().expect("a valid handle leads to an allocation");
        let piece = Piece { unit, units: units as u32 };
        let ((first, places), (front, back)) = (ring.starts(self.writer.base()), ring.runs());
        if Self::wait::<T>() && ring.count > 0 {
            // The list is worked off from its end, so what is put there first is visited last.
            self.runs.push(Run::new(first, front, piece));
            if back > 0 {
                self.runs.push(Run::new(places, back, Piece { unit, units: 0 }));
            }
            return Ok(());
        }
        // SAFETY: the elements of what is being released.
        unsafe { self.elements(first, front) }?;
        // SAFETY: as above.
        unsafe { self.elements(places, back) }?;
        // SAFETY: its owner is being released, and all elements have been visited.
        unsafe { self.writer.free(piece.unit, piece.units) };
        Ok(())
    }

    unsafe fn rows<T: Relocatable>(&mut self, rows: Rows<T>) -> Result<(), Infallible> {
        let (base, units) = (self.writer.base(), rows.units().expect("a valid handle leads to an allocation"));
        let piece = Piece { unit: rows.unit, units: units as u32 };
        if Self::wait::<T>() && rows.count > 0 {
            self.runs.push(Run::of_rows(&rows, base, piece));
            return Ok(());
        }
        if T::FACTS.owns {
            // SAFETY: rows of a valid value, which are freed below.
            for at in unsafe { rows.elements(base) } {
                // SAFETY: H2: an element of a valid value in this region; nothing before has freed it.
                unsafe { T::trace(at, self) }?;
            }
        }
        // SAFETY: the owner is being released, and all elements have been visited.
        unsafe { self.writer.free(piece.unit, piece.units) };
        Ok(())
    }

    #[inline(always)]
    unsafe fn reference(&mut self, _: NonNull<u32>) -> Result<(), Infallible> {
        Ok(())
    }

    #[inline(always)]
    unsafe fn head(&mut self, _: NonNull<u32>, unit: u32) -> Result<[u32; 2], Infallible> {
        let head = self.writer.base().at::<[u32; 2]>(unit - 1);
        // SAFETY: it belongs to a valid value.
        Ok(unsafe { head.read() })
    }

    #[inline(always)]
    unsafe fn require<T>(
        &mut self,
        _: NonNull<T>,
        _: impl FnOnce(&T) -> Result<(), &'static str>,
    ) -> Result<(), Infallible> {
        Ok(())
    }

    #[inline(always)]
    unsafe fn deferred<T: Relocatable>(&mut self, _: NonNull<T>, _: fn(&T) -> Result<(), String>) {}
}
