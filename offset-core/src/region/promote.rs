//! Turning a region of a space into an image: its pages move to a slot of their own.

use std::ptr::NonNull;

use super::{Refused, Region, Writer};
use crate::error::{ErrorKind, Result};
use crate::free::{Piece, join};
use crate::handle::{Base, UNIT_BYTES};
use crate::image::Image;
use crate::own::{Own, Token};
use crate::poison;
use crate::region::FIRST_UNIT;
use crate::relocatable::Portable;
use crate::space::{COMMIT_LIMIT, LINE_UNITS, Lease, move_pages, random_bytes, zero};
use crate::trace::{Extent, validate};

impl Region {
    /// Turns the region into an image, with a value that was built in it as the root: contiguous, alone in its slot, to be edited and grown up to 32 GiB.
    ///
    /// The pages of the region are moved to the new slot, at the same offsets, by changing the page table (`mremap`), and nothing in them changes. Only
    /// pages that it shares with other regions are copied, its own bytes of them. What the root doesn't own is freed, and zeroed. O(pages + what the
    /// root owns); where the system can't move pages they are copied.
    ///
    /// # Errors
    ///
    /// The region again, with [`OtherRegion`](ErrorKind::OtherRegion) if the value lies in another one, [`InUse`](ErrorKind::InUse) while something counted
    /// refers to the region, or [`NoMemory`](ErrorKind::NoMemory). The value is released then.
    ///
    /// ```
    /// use offset_std::{Region, Vec, from_iter};
    ///
    /// let region = Region::new();
    /// let numbers = region.alloc::<Vec<u64>, _>(from_iter(0..1_000_000)).detach();
    /// let mut image = region.promote(numbers).unwrap(); // nothing was copied
    /// image.edit().push(7);
    /// assert_eq!((image.len(), image[999_999]), (1_000_001, 999_999));
    /// ```
    pub fn promote<T: Portable>(mut self, root: Token<T>) -> Result<Image<T>, Refused> {
        let Ok(unit) = root.redeem(&self.writer) else {
            return Err(Refused::new(self, ErrorKind::OtherRegion));
        };
        let promoted = self.check_unused().and_then(|()| {
            // SAFETY: the token had the value to itself, in this region, and nothing else refers to it.
            unsafe { move_out(&self.writer, unit) }
        });
        promoted.map_err(|error| {
            // SAFETY: as above; it is where it was.
            drop(unsafe { Own::<T>::from_unit(unit, &self.writer) });
            Refused::new(self, error)
        })
    }
}

/// Moves the region to a slot of its own. Where that succeeds, what the writer has holds no values any more.
///
/// # Safety
///
/// A `T` lies at `root` in the region of `writer`, whose only writer that is, and nothing refers to the region.
unsafe fn move_out<T: Portable>(writer: &Writer, root: u32) -> Result<Image<T>> {
    // All that can fail comes before the pages are moved.
    let id = u128::from_le_bytes(random_bytes()?);
    let base = writer.base();
    let runs = join(writer.blocks());
    let (Some(first), Some(last)) = (runs.first(), runs.last()) else {
        // Nothing but a zero-sized root.
        let writer = Writer::contiguous(Lease::new()?, FIRST_UNIT, COMMIT_LIMIT, std::iter::empty())?;
        return Ok(Image::promoted(writer, root, id));
    };
    let (first, end) = (first.unit * LINE_UNITS, last.end() * LINE_UNITS);
    for run in &runs {
        poison::show(base.at(run.unit * LINE_UNITS), (run.units * LINE_UNITS) as usize * UNIT_BYTES);
    }
    let extent = Extent { base, first, units: end - first };
    // SAFETY: the root is valid, so everything that is claimed before it is read lies in the blocks of the region, and nobody writes there.
    let claims = unsafe { validate::claim_only::<T>(extent, root) }?;
    let free: Vec<Piece> = claims.unclaimed().collect();
    let gaps = runs.windows(2).map(|pair| (pair[0].end() * LINE_UNITS, pair[1].unit * LINE_UNITS));
    let is_free = |(from, to)| {
        let after = free.partition_point(|piece| piece.unit <= from);
        after > 0 && to <= free[after - 1].end()
    };
    assert!(gaps.into_iter().all(is_free), "a value lies outside of the blocks of its region");
    let mut lease = Lease::new()?;
    lease.commit(u64::from(end) * UNIT_BYTES as u64, COMMIT_LIMIT)?;
    for run in &runs {
        // SAFETY: the run is the region's, and the slot is fresh.
        unsafe { move_run(base, lease.base(), run.unit * LINE_UNITS, run.units * LINE_UNITS) };
    }
    for piece in within(&free, &runs) {
        // SAFETY: nothing refers to it, in a slot that is ours.
        unsafe { zero(lease.base().at(piece.unit), piece.units as usize * UNIT_BYTES) };
    }
    let before = Piece { unit: FIRST_UNIT, units: first - FIRST_UNIT };
    let writer = Writer::contiguous(lease, end, COMMIT_LIMIT, free.into_iter().rev().chain([before]))?;
    Ok(Image::promoted(writer, root, id))
}

/// Moves units from one slot to another, to the same offsets: whole pages by the page table, what is left by copying.
///
/// # Safety
///
/// They are committed in both, the caller's alone, and nothing refers to them.
unsafe fn move_run(from: Base, to: Base, unit: u32, units: u32) {
    let len = units as usize * UNIT_BYTES;
    let (from, to) = (from.at::<u8>(unit), to.at::<u8>(unit));
    let page = rustix::param::page_size();
    // The two lie at the same place of their pages.
    let before = (from.as_ptr().addr().next_multiple_of(page) - from.as_ptr().addr()).min(len);
    let pages = (len - before) / page * page;
    // SAFETY: inside the run.
    let first = unsafe { from.byte_add(before) };
    // SAFETY: inside the run.
    let first_to = unsafe { to.byte_add(before) };
    // SAFETY: whole pages of the run.
    let moved = pages > 0 && unsafe { move_pages(first, pages, first_to) };
    let copy = |at: usize, len: usize| {
        // SAFETY: inside the run, in two slots.
        unsafe { copy_bytes(from, to, at, len) };
    };
    copy(0, before);
    if !moved {
        copy(before, pages);
    }
    copy(before + pages, len - before - pages);
}

/// # Safety
///
/// `len` bytes, `at` bytes behind both, are readable there and writable here, and don't overlap.
unsafe fn copy_bytes(from: NonNull<u8>, to: NonNull<u8>, at: usize, len: usize) {
    // SAFETY: the caller's contract.
    let from = unsafe { from.byte_add(at) };
    // SAFETY: the caller's contract.
    let to = unsafe { to.byte_add(at) };
    // SAFETY: the caller's contract.
    unsafe { from.copy_to_nonoverlapping(to, len) };
}

/// The parts of some pieces, in units, that lie in runs of lines. Both are in order.
fn within<'a>(pieces: &'a [Piece], runs: &'a [Piece]) -> impl Iterator<Item = Piece> + 'a {
    runs.iter().flat_map(move |run| {
        let (from, to) = (run.unit * LINE_UNITS, run.end() * LINE_UNITS);
        let after = pieces.partition_point(move |piece| piece.end() <= from);
        pieces[after..].iter().take_while(move |piece| piece.unit < to).map(move |piece| {
            let unit = piece.unit.max(from);
            Piece { unit, units: piece.end().min(to) - unit }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_within_runs_are_found() {
        let piece = |unit, units| Piece { unit, units };
        let pieces = [piece(4, 20), piece(30, 4), piece(60, 100)];
        let runs = [piece(1, 1), piece(2, 2), piece(9, 1), piece(30, 2)];
        let found: Vec<Piece> = within(&pieces, &runs).collect();
        assert_eq!(found, [piece(8, 8), piece(16, 8), piece(30, 2), piece(72, 8)]);
    }
}
