//! A file mapped at the start of a slot.

use std::fs::File;
use std::ptr::NonNull;

use super::sys;
use crate::error::Error;
use crate::handle::Base;

/// The first bytes of a file, read-only, at the start of a slot, until dropped.
#[derive(Debug)]
pub(crate) struct Mapping {
    start: NonNull<u8>,
    base: Base,
    len: usize,
}

// SAFETY: a mapping is the only owner of its addresses; what lies there is governed by the type that holds it.
unsafe impl Send for Mapping {}
// SAFETY: `&Mapping` only reads the addresses and the length.
unsafe impl Sync for Mapping {}

impl Mapping {
    /// Maps the first `len` bytes of `file`.
    ///
    /// # Errors
    ///
    /// [`NoMemory`](crate::ErrorKind::NoMemory) or [`Io`](crate::ErrorKind::Io) where the system refuses.
    ///
    /// # Safety
    ///
    /// `len` is at most [`COMMIT_LIMIT`](super::COMMIT_LIMIT), and nobody changes the file while the mapping lives.
    pub(crate) unsafe fn new(len: u64, file: &File) -> Result<Mapping, Error> {
        let len = len as usize;
        // SAFETY: the caller's contract.
        let start = unsafe { sys::map_file(len, file) }?;
        // SAFETY: H1: the start of a slot, of which as much is mapped as is ever referred to, until this mapping is dropped.
        let base = unsafe { Base::new(start) };
        Ok(Mapping { start, base, len })
    }

    /// What offsets in the file are relative to.
    pub(crate) fn base(&self) -> Base {
        self.base
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: nothing refers to the file's bytes once their mapping goes: values borrow from what holds it.
        unsafe { sys::unmap(self.start, self.len) };
    }
}
