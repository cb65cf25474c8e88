//! The lease of a slot: who has it may commit memory in it, along one frontier.

use std::ptr::NonNull;
use std::sync::{Mutex, PoisonError};

use super::sys;
use crate::error::{Error, ErrorKind};
use crate::handle::{Base, SLOT_BYTES};
use crate::poison;

/// Bytes of a slot that can be committed: all but the last 64 KiB (a page of the largest kind), so that a reference past the end of a
/// value never touches the next slot.
pub(crate) const COMMIT_LIMIT: u64 = SLOT_BYTES as u64 - (64 << 10);

/// The smallest step of the frontier.
const FIRST_STEP: u64 = 64 << 10;
/// The largest step, unless more is needed at once.
const LAST_STEP: u64 = 64 << 20;
/// Where huge pages begin, and their size.
const HUGE: u64 = 2 << 20;

/// Reserved slots that wait for a region, most recently used last.
static IDLE: Mutex<Vec<Idle>> = Mutex::new(Vec::new());
/// How many may wait; the others go back to the system.
const IDLE_LIMIT: usize = 16;

/// An empty slot: reserved, wholly inaccessible.
struct Idle(NonNull<u8>);

// SAFETY: it is an address that nobody else uses.
unsafe impl Send for Idle {}

/// A slot that is ours until dropped.
///
/// ```text
/// start                     frontier                                       start + 32 GiB
/// | committed: read, write  | reserved: inaccessible           | 64 KiB that never are |
/// ```
#[derive(Debug)]
pub(crate) struct Lease {
    start: NonNull<u8>,
    base: Base,
    /// Bytes from the start that are accessible.
    frontier: u64,
    /// Whether to ask for huge pages.
    huge: bool,
}

// SAFETY: a lease is the only owner of its slot; what lies there is governed by the types that hold the lease.
unsafe impl Send for Lease {}
// SAFETY: `&Lease` only reads the two addresses and the frontier.
unsafe impl Sync for Lease {}

impl Lease {
    /// Takes an idle slot, or reserves one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NoMemory`] where the system refuses.
    pub(crate) fn new() -> Result<Lease, Error> {
        let idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let start = match idle {
            Some(Idle(start)) => start,
            None => sys::reserve()?,
        };
        // SAFETY: H1: the slot is reserved and aligned, and lives until this lease is dropped.
        let base = unsafe { Base::new(start) };
        Ok(Lease { start, base, frontier: 0, huge: true })
    }

    /// What offsets in the slot are relative to.
    pub(crate) fn base(&self) -> Base {
        self.base
    }

    /// Asks for huge pages from now on, or no more.
    pub(crate) fn set_huge_pages(&mut self, huge: bool) {
        self.huge = huge;
    }

    /// Bytes from the start that are accessible.
    pub(crate) fn frontier(&self) -> u64 {
        self.frontier
    }

    /// Moves the frontier to at least `needed` bytes, further in growing steps but not past `limit`. Fresh memory is zero.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Limit`] past the end of the slot, [`ErrorKind::NoMemory`] where the system refuses.
    pub(crate) fn commit(&mut self, needed: u64, limit: u64) -> Result<(), Error> {
        let limit = limit.min(COMMIT_LIMIT);
        if needed > limit {
            return Err(ErrorKind::Limit { what: "the limit of the region", needed, limit }.into());
        }
        if needed <= self.frontier {
            return Ok(());
        }
        let step = self.frontier.clamp(FIRST_STEP, LAST_STEP);
        let wanted = needed.max(self.frontier + step).next_multiple_of(if needed < HUGE { FIRST_STEP } else { HUGE });
        let wanted = wanted.min(COMMIT_LIMIT);
        // SAFETY: frontier < wanted <= COMMIT_LIMIT: the rest of a slot that is ours.
        unsafe { self.extend(wanted) }.or_else(|refused| {
            let exact = needed.next_multiple_of(FIRST_STEP).min(COMMIT_LIMIT);
            // The step is ours to choose; what is needed isn't.
            // SAFETY: as above.
            if exact < wanted { unsafe { self.extend(exact) } } else { Err(refused) }
        })
    }

    /// Gives the memory of `len` bytes, `from` bytes into the slot, back to the system, which gives zeroed memory when they are touched. Returns whether it
    /// did.
    ///
    /// # Safety
    ///
    /// They are whole pages below the frontier, and nothing refers to them.
    pub(crate) unsafe fn discard(&self, from: u64, len: u64) -> bool {
        // SAFETY: inside the slot.
        let at = unsafe { self.start.byte_add(from as usize) };
        // SAFETY: the caller's contract.
        unsafe { sys::discard(at, len as usize) }.is_ok()
    }

    /// # Safety
    ///
    /// `frontier < to <= COMMIT_LIMIT`.
    unsafe fn extend(&mut self, to: u64) -> Result<(), Error> {
        // SAFETY: the frontier is inside the slot.
        let from = unsafe { self.start.byte_add(self.frontier as usize) };
        let len = (to - self.frontier) as usize;
        // SAFETY: the range is inside the slot that we lease.
        unsafe { sys::commit(from, len) }?;
        if to > HUGE && self.huge {
            // SAFETY: the same range.
            unsafe { sys::advise_huge(from, len) };
        }
        self.frontier = to;
        Ok(())
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        // Whoever has the slot next starts unmarked.
        poison::show(self.start, self.frontier as usize);
        let used = (self.frontier as usize).next_multiple_of(FIRST_STEP as usize);
        // SAFETY: nothing refers to the slot once its lease goes: values borrow from what holds the lease.
        let empty = used == 0 || unsafe { sys::decommit(self.start, used) }.is_ok();
        let mut idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner);
        if empty && idle.len() < IDLE_LIMIT {
            idle.push(Idle(self.start));
        } else {
            // SAFETY: as above.
            unsafe { sys::unmap(self.start, SLOT_BYTES) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_is_reused_and_comes_back_zeroed() {
        let mut lease = Lease::new().unwrap();
        lease.commit(4096, u64::MAX).unwrap();
        let first = lease.base().at::<u64>(16);
        // SAFETY: committed, aligned, ours.
        unsafe { first.write(7) };
        drop(lease);
        for _ in 0..2 * IDLE_LIMIT {
            let mut lease = Lease::new().unwrap();
            lease.commit(4096, u64::MAX).unwrap();
            let first = lease.base().at::<u64>(16);
            // SAFETY: committed, aligned, ours.
            assert_eq!(unsafe { first.read() }, 0);
        }
    }

    #[test]
    fn the_frontier_stops_at_the_limit() {
        let mut lease = Lease::new().unwrap();
        let error = lease.commit(1 << 20, 1 << 16).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Limit { needed: 0x10_0000, limit: 0x1_0000, .. }), "{error}");
        let error = lease.commit(COMMIT_LIMIT + 1, u64::MAX).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Limit { limit: COMMIT_LIMIT, .. }), "{error}");
        assert_eq!(lease.frontier(), 0);
    }
}
