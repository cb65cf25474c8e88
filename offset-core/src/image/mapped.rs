//! A region file mapped read-only, and read where it lies.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::path::Path;
use std::ptr::NonNull;
use std::slice;

use super::header::HEADER_BYTES;
use super::source::Source;
use crate::error::{Error, Result};
use crate::region::FIRST_UNIT;
use crate::relocatable::Portable;
use crate::space::{COMMIT_LIMIT, Mapping};
use crate::trace::validate;

/// A region file mapped read-only: its root works at once, and its pages are shared with every process that maps it.
///
/// It reads as `&T`, from any thread where `T` may. To edit a file, [load](crate::Image::load) it.
///
/// ```
/// # use offset_std::{Image, Mapped, Vec};
/// # let path = std::env::temp_dir().join(format!("mapped-{}.region", std::process::id()));
/// Image::<Vec<u64>>::new([3, 5, 8])?.save(&path)?;
///
/// // SAFETY: nobody writes to the file.
/// let numbers = unsafe { Mapped::<Vec<u64>>::map(&path)? };
/// assert_eq!(numbers.iter().sum::<u64>(), 16);
/// # std::fs::remove_file(&path).unwrap();
/// # Ok::<(), offset_std::Error>(())
/// ```
pub struct Mapped<T> {
    /// Keeps the mapping.
    _mapping: Mapping,
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
    ///
    /// ```
    /// # use offset_std::{ErrorKind, Image, Mapped, String, Vec};
    /// # let path = std::env::temp_dir().join(format!("mapped-map-{}.region", std::process::id()));
    /// Image::<Vec<u64>>::new([3, 5, 8])?.save(&path)?;
    ///
    /// // SAFETY: nobody writes to the file.
    /// let error = unsafe { Mapped::<String>::map(&path) }.unwrap_err();
    /// assert!(matches!(error.kind(), ErrorKind::Fingerprint { .. }));
    /// # std::fs::remove_file(&path).unwrap();
    /// # Ok::<(), offset_std::Error>(())
    /// ```
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
    ///
    /// ```
    /// # use offset_std::{Image, Mapped, String};
    /// # let path = std::env::temp_dir().join(format!("mapped-unchecked-{}.region", std::process::id()));
    /// Image::<String>::new("ours")?.save(&path)?;
    ///
    /// // SAFETY: we have just written the file, and nobody else writes to it.
    /// let text = unsafe { Mapped::<String>::map_unchecked(&path)? };
    /// assert_eq!(*text, *"ours");
    /// # std::fs::remove_file(&path).unwrap();
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub unsafe fn map_unchecked(path: impl AsRef<Path>) -> Result<Mapped<T>> {
        let path = path.as_ref();
        // SAFETY: the caller's contract.
        unsafe { Self::open(path, false) }.map_err(|error| error.in_file(path))
    }

    /// # Safety
    ///
    /// As for [`map`](Mapped::map), or, without validation, [`map_unchecked`](Mapped::map_unchecked).
    unsafe fn open(path: &Path, validated: bool) -> Result<Mapped<T>> {
        let source = Source::open(path)?;
        if !(HEADER_BYTES as u64..=COMMIT_LIMIT).contains(&source.len) {
            source.read_header::<T>()?;
            return Err(Error::malformed(format!("its {} bytes don't fit a slot", source.len)));
        }
        // SAFETY: the length has been checked, and nobody changes the file by the caller's contract.
        let mapping = unsafe { Mapping::new(source.len, &source.file) }?;
        // SAFETY: the first bytes of the file, mapped while this function runs.
        let header =
            source.accept::<T>(unsafe { slice::from_raw_parts(mapping.base().at(0).as_ptr(), HEADER_BYTES) })?;
        if validated {
            let at = mapping.base().at::<u8>(FIRST_UNIT);
            // SAFETY: the file is as long as its header says.
            source.check(&header, unsafe { slice::from_raw_parts(at.as_ptr(), header.body_len as usize) })?;
            // SAFETY: the bytes are mapped, and nobody changes them by the caller's contract.
            unsafe { validate::validate::<T>(header.extent(mapping.base()), header.root) }?;
        }
        let root = mapping.base().at(header.root);
        Ok(Mapped { _mapping: mapping, root, id: header.id, owns: PhantomData })
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
