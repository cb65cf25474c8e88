//! Making memory zero.

use std::ptr::NonNull;

use super::sys;

/// From this size on, pages are given back to the system, which gives zeroed ones when they are touched: what isn't touched costs nothing then.
const BY_THE_SYSTEM: usize = if cfg!(miri) { 1 << 20 } else { 16 << 20 };
/// A multiple of every page size but huge ones.
const PAGE: usize = 64 << 10;

/// Makes bytes zero.
///
/// # Safety
///
/// They lie in a leased slot, committed, and nothing refers to them.
#[inline]
pub(crate) unsafe fn zero(at: NonNull<u8>, len: usize) {
    if len < BY_THE_SYSTEM {
        // SAFETY: the caller's contract.
        unsafe { at.write_bytes(0, len) };
    } else {
        // SAFETY: the caller's contract.
        unsafe { zero_pages(at, len) };
    }
}

/// # Safety
///
/// As for [`zero`]; `len` is more than two pages.
#[cold]
unsafe fn zero_pages(at: NonNull<u8>, len: usize) {
    let before = at.as_ptr().addr().next_multiple_of(PAGE) - at.as_ptr().addr();
    let pages = (len - before) / PAGE * PAGE;
    // SAFETY: inside the range.
    let first = unsafe { at.byte_add(before) };
    // SAFETY: inside the range.
    let after = unsafe { first.byte_add(pages) };
    // SAFETY: inside the range.
    unsafe { at.write_bytes(0, before) };
    // SAFETY: whole pages inside the range.
    if unsafe { sys::discard(first, pages) }.is_err() {
        // SAFETY: inside the range.
        unsafe { first.write_bytes(0, pages) };
    }
    // SAFETY: inside the range.
    unsafe { after.write_bytes(0, len - before - pages) };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::Lease;

    #[test]
    fn zeroes_exactly_what_it_is_told_to() {
        let mut lease = Lease::new().unwrap();
        let all = BY_THE_SYSTEM + 4 * PAGE;
        lease.commit(all as u64, u64::MAX).unwrap();
        let start = lease.base().at::<u8>(0);
        for (from, len) in [(0, all), (8, BY_THE_SYSTEM), (PAGE - 8, BY_THE_SYSTEM + 16), (PAGE, 64)] {
            // SAFETY: committed, ours alone.
            unsafe { start.write_bytes(0xff, all) };
            // SAFETY: inside what is committed.
            let at = unsafe { start.byte_add(from) };
            // SAFETY: committed, ours alone.
            unsafe { zero(at, len) };
            // SAFETY: committed, and initialised above.
            let bytes = unsafe { std::slice::from_raw_parts(start.as_ptr(), all) };
            assert!(bytes[from..from + len].iter().all(|byte| *byte == 0));
            assert_eq!(bytes.iter().filter(|byte| **byte == 0).count(), len);
        }
    }
}
