//! A region file mapped read-only, and read where it lies.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::path::Path;
use std::ptr::NonNull;
use std::slice;

use super::source::Source;
use crate::error::Result;
use crate::region::FIRST_UNIT;
use crate::relocatable::Portable;
use crate::space::Lease;
use crate::trace::validate;

/// A region file mapped read-only: its root works at once, and its pages are shared with every process that maps it.
///
/// It reads as `&T`, from any thread where `T` may. To edit a file, [load](crate::Image::load) it.
pub struct Mapped<T> {
    /// Keeps the mapping.
    _lease: Lease,
    root: NonNull<T>,
    id: u128,
    owns: PhantomData<T>,
}

// SAFETY: a mapping that nobody writes, which holds `T`s.
unsafe impl<T: Send> Send for Mapped<T> {}
// SAFETY: as above.
unsafe impl<T: Sync> Sync for Mapped<T> {}

impl<T: Portable> Mapped<T> {
    /// Maps a file and validates it. O(size of the file).
    ///
    /// # Errors
    ///
    /// As for [`Image::load`](crate::Image::load).
    ///
    /// # Safety
    ///
    /// Nobody writes to the file, or makes it shorter, while it is mapped. ([`Image::save`](crate::Image::save) is no danger: it puts a new file in its
    /// place.)
    pub unsafe fn map(path: impl AsRef<Path>) -> Result<Mapped<T>> {
        let path = path.as_ref();
        // SAFETY: the caller's contract.
        unsafe { Self::open(path, true) }.map_err(|error| error.in_file(path))
    }

    /// Maps a file without validating it: header and fingerprint are checked, its bytes are trusted. O(1).
    ///
    /// # Errors
    ///
    /// [`Io`](crate::ErrorKind::Io), what the header says, and [`Fingerprint`](crate::ErrorKind::Fingerprint).
    ///
    /// # Safety
    ///
    /// As for [`map`](Mapped::map), and the file was written by [`Image::save`](crate::Image::save) and not changed since.
    pub unsafe fn map_unchecked(path: impl AsRef<Path>) -> Result<Mapped<T>> {
        let path = path.as_ref();
        // SAFETY: the caller's contract.
        unsafe { Self::open(path, false) }.map_err(|error| error.in_file(path))
    }

    /// # Safety
    ///
    /// As for [`map`](Mapped::map), or, without validation, [`map_unchecked`](Mapped::map_unchecked).
    unsafe fn open(path: &Path, validated: bool) -> Result<Mapped<T>> {
        let source = Source::open::<T>(path)?;
        let mut lease = Lease::new()?;
        // SAFETY: the slot is fresh, the header has been checked against it, and nobody changes the file by the caller's contract.
        unsafe { lease.map_file(source.header.schema_at(), &source.file) }?;
        if validated {
            let at = lease.base().at::<u8>(FIRST_UNIT);
            // SAFETY: mapped above; the file is as long as its header says.
            source.check(unsafe { slice::from_raw_parts(at.as_ptr(), source.header.body_len as usize) })?;
            // SAFETY: the bytes are mapped, and nobody changes them by the caller's contract.
            unsafe { validate::validate::<T>(source.extent(lease.base()), source.header.root) }?;
        }
        let root = lease.base().at(source.header.root);
        Ok(Mapped { _lease: lease, root, id: source.header.id, owns: PhantomData })
    }
}

impl<T> Mapped<T> {
    /// The identifier of the image that was saved.
    pub fn id(&self) -> u128 {
        self.id
    }
}

impl<T: Portable> Deref for Mapped<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: the root is valid, and nobody changes it while it is mapped.
        unsafe { self.root.as_ref() }
    }
}

impl<T: Portable + fmt::Debug> fmt::Debug for Mapped<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
