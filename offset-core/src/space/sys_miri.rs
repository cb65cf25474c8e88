//! The same for Miri, which has no `mmap` at fixed addresses: a slot is one allocation of [`SLOT_BYTES`], which is 16 MiB there.

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::ptr::NonNull;
use std::slice;

use crate::error::{Error, ErrorKind, Refusal};
use crate::handle::SLOT_BYTES;

const LAYOUT: Layout = match Layout::from_size_align(SLOT_BYTES, SLOT_BYTES) {
    Ok(layout) => layout,
    Err(_) => panic!("a slot's size is a power of two"),
};

pub(super) fn reserve() -> Result<NonNull<u8>, Error> {
    // SAFETY: the layout has a size.
    NonNull::new(unsafe { alloc_zeroed(LAYOUT) }).ok_or_else(|| {
        let purpose = "reserving a slot of address space";
        ErrorKind::NoMemory { bytes: SLOT_BYTES as u64, purpose, cause: Refusal::OutOfMemory }.into()
    })
}

/// # Safety
///
/// None: the whole slot is memory.
pub(super) unsafe fn commit(_: NonNull<u8>, _: usize) -> Result<(), Error> {
    Ok(())
}

/// # Safety
///
/// None.
pub(super) unsafe fn advise_huge(_: NonNull<u8>, _: usize) {}

/// # Safety
///
/// The range lies in a slot that the caller leases, and nothing refers to it any more.
pub(super) unsafe fn decommit(at: NonNull<u8>, len: usize) -> Result<(), Error> {
    // SAFETY: the caller's contract.
    unsafe { at.write_bytes(0, len) };
    Ok(())
}

/// # Safety
///
/// The range lies in a slot that the caller leases, and nothing refers to it.
pub(super) unsafe fn discard(at: NonNull<u8>, len: usize) -> Result<(), Error> {
    // SAFETY: the caller's contract.
    unsafe { decommit(at, len) }
}

/// # Safety
///
/// None: nothing is moved.
pub(crate) unsafe fn move_pages(_: NonNull<u8>, _: usize, _: NonNull<u8>) -> bool {
    false
}

/// # Safety
///
/// The caller has the slot from [`reserve`] or [`map_file`], and nothing refers to it any more.
pub(super) unsafe fn unmap(start: NonNull<u8>, _: usize) {
    // SAFETY: allocated by `reserve`.
    unsafe { dealloc(start.as_ptr(), LAYOUT) };
}

/// # Safety
///
/// None: the file is read.
pub(super) unsafe fn map_file(len: usize, file: &File) -> Result<NonNull<u8>, Error> {
    let start = reserve()?;
    // SAFETY: the slot is fresh, and longer than any file that is mapped.
    let bytes = unsafe { slice::from_raw_parts_mut(start.as_ptr(), len) };
    file.read_exact_at(bytes, 0).map_err(|error: io::Error| Error::io("reading the file", error))?;
    Ok(start)
}
