//! A region as an allocator for other crates' containers.

use std::alloc::Layout;
use std::ptr::NonNull;

use allocator_api2::alloc::{AllocError, Allocator};

use super::Region;
use crate::handle::{SLOT_BYTES, UNIT_BYTES};

/// The largest alignment that is served: 1 GiB. At 32 GiB only the header of a slot is aligned.
const LARGEST_ALIGN: usize = SLOT_BYTES / 32;

/// Containers that take an allocator, such as hashbrown's, can live in a region: they point with 64-bit addresses, and can't be saved, but are freed with
/// the region and use its blocks.
///
/// ```
/// use offset_std::Region;
///
/// let region = Region::new();
/// let mut squares = hashbrown::HashMap::with_hasher_in(std::hash::RandomState::new(), &region);
/// squares.extend((0..100u64).map(|n| (n, n * n)));
/// assert_eq!(squares[&12], 144);
/// ```
// SAFETY: memory is handed out once, at the alignment asked for, and stays until it is deallocated or the region, which the allocator borrows, is gone or
// reset; a copy of the reference is the same allocator.
unsafe impl Allocator for &Region {
    #[inline]
    fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, AllocError> {
        let Some(units) = units_of(layout) else {
            let nowhere = NonNull::new(std::ptr::without_provenance_mut(layout.align())).ok_or(AllocError)?;
            return Ok(NonNull::slice_from_raw_parts(nowhere, 0));
        };
        let units = units.map_err(|_| AllocError)?;
        if layout.align() > LARGEST_ALIGN {
            return Err(AllocError);
        }
        let unit = self.writer.allocate(units, layout.align(), false).map_err(|_| AllocError)?;
        Ok(self.memory(unit, units))
    }

    #[inline]
    unsafe fn deallocate(&self, at: NonNull<u8>, layout: Layout) {
        if let Some(Ok(units)) = units_of(layout) {
            // SAFETY: the caller's contract: allocated here with this layout, and not used any more.
            unsafe { self.writer.free(self.unit_of(at), units) };
        }
    }

    #[inline]
    unsafe fn grow(&self, at: NonNull<u8>, old: Layout, new: Layout) -> Result<NonNull<[u8]>, AllocError> {
        if let (Some(Ok(had)), Some(Ok(wanted))) = (units_of(old), units_of(new))
            && new.align() <= old.align()
            && (had == wanted || self.writer.grow_in_place(self.unit_of(at), had, wanted, false))
        {
            return Ok(self.memory(self.unit_of(at), wanted));
        }
        let grown = self.allocate(new)?;
        // SAFETY: the old memory is that long, the new one longer, and fresh memory overlaps nothing.
        unsafe { at.copy_to_nonoverlapping(grown.cast(), old.size()) };
        // SAFETY: the caller's contract.
        unsafe { self.deallocate(at, old) };
        Ok(grown)
    }

    #[inline]
    unsafe fn shrink(&self, at: NonNull<u8>, old: Layout, new: Layout) -> Result<NonNull<[u8]>, AllocError> {
        if let (Some(Ok(had)), Some(Ok(wanted))) = (units_of(old), units_of(new))
            && new.align() <= old.align()
        {
            let unit = self.unit_of(at);
            if wanted < had {
                // SAFETY: the caller's contract: the end of memory that was allocated here, not used any more.
                unsafe { self.writer.free(unit + wanted, had - wanted) };
            }
            return Ok(self.memory(unit, wanted));
        }
        let shrunk = self.allocate(new)?;
        // SAFETY: the new memory is that long, the old one longer, and fresh memory overlaps nothing.
        unsafe { at.copy_to_nonoverlapping(shrunk.cast(), new.size()) };
        // SAFETY: the caller's contract.
        unsafe { self.deallocate(at, old) };
        Ok(shrunk)
    }
}

impl Region {
    fn memory(&self, unit: u32, units: u32) -> NonNull<[u8]> {
        NonNull::slice_from_raw_parts(self.writer.base().at(unit), units as usize * UNIT_BYTES)
    }

    /// The unit of memory that this region handed out.
    fn unit_of(&self, at: NonNull<u8>) -> u32 {
        (self.writer.base().byte_of(at) / UNIT_BYTES as u64) as u32
    }
}

/// The units of a layout: none for an empty one, an error for one that no slot has room for.
fn units_of(layout: Layout) -> Option<Result<u32, std::num::TryFromIntError>> {
    (layout.size() > 0).then(|| u32::try_from(layout.size().div_ceil(UNIT_BYTES)))
}
