//! Regions that can't grow any more: a root, and counted references to it.

use std::fmt;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::ops::Deref;
use std::path::Path;
use std::ptr::NonNull;

use super::identity::{Blocks, Identity, give_back};
use super::references::References;
use super::{Region, Writer};
use crate::emplace::DeepCopy;
use crate::error::{Error, ErrorKind, Result};
use crate::free::Piece;
use crate::handle::Base;
use crate::image::Image;
use crate::layout::units_for;
use crate::own::{Own, Token};
use crate::relocatable::Portable;
use crate::space::{Home, Space};
use crate::sync::Arc;

/// A sealed region with a root: it can't grow, so it takes no more than its values do, and any number of threads may read it.
///
/// Cloning it counts one more reference, O(1); the last one gives the memory back. Sealing gives the unused end of the region's last block back at once, and
/// the next region starts there. It costs 16 bytes, and 24 in the region itself.
///
/// ```
/// use offset_std::{Region, Sealed, String, Vec};
///
/// let words: Sealed<Vec<String>> = Region::build(|region| {
///     let mut words = region.alloc::<Vec<String>, _>(["one", "two"]);
///     words.edit().push("three");
///     words
/// });
/// let same = words.clone();
/// let longest = std::thread::spawn(move || same.iter().map(|word| word.len()).max()).join().unwrap();
/// assert_eq!((longest, words[2].as_str()), (Some(5), "three"));
/// ```
pub struct Sealed<T> {
    root: NonNull<T>,
    header: NonNull<Header>,
    owns: PhantomData<T>,
}

// SAFETY: nobody writes to a sealed region but the atomic count; any thread may drop the last reference, which runs no user code.
unsafe impl<T: Send + Sync> Send for Sealed<T> {}
// SAFETY: as above.
unsafe impl<T: Send + Sync> Sync for Sealed<T> {}

/// What the references to a sealed region share. It lies in the region, or in a box where a bounded region is full.
struct Header {
    references: References,
    counted: bool,
    boxed: bool,
    /// The first block, in lines.
    first: Piece,
    others: Option<Box<Others>>,
}

/// What a sealed region has beyond its first block.
enum Others {
    Blocks(Vec<Piece>),
    /// It was shared before: others may still read it. These are its own blocks.
    Shared {
        _identity: Arc<Identity>,
        blocks: Vec<Piece>,
    },
}

#[cfg(not(loom))]
const _: () = assert!(size_of::<Header>() == 24);

/// A region that refused to be sealed or turned into an image, and why.
///
/// ```
/// use offset_std::{ErrorKind, Region};
///
/// let region = Region::new();
/// let second = region.writer()?;
/// let root = region.alloc::<u64, _>(7u64).detach();
/// let refused = region.seal(root).unwrap_err();
/// assert!(matches!(refused.error().kind(), ErrorKind::InUse { references: 1 }));
/// drop(second);
///
/// let region = refused.into_region();
/// let root = region.alloc::<u64, _>(8u64).detach();
/// assert_eq!(*region.seal(root).unwrap(), 8);
/// # Ok::<(), offset_std::Error>(())
/// ```
#[derive(Debug)]
pub struct Refused {
    region: Region,
    error: Error,
}

impl Refused {
    pub(super) fn new(region: Region, error: impl Into<Error>) -> Refused {
        Refused { region, error: error.into() }
    }

    /// Why.
    pub fn error(&self) -> &Error {
        &self.error
    }

    /// The region, as it was.
    pub fn into_region(self) -> Region {
        self.region
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for Refused {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error.source()
    }
}

impl Region {
    /// Builds a value in a region of its own in the space of the process, and seals it.
    ///
    /// # Panics
    ///
    /// Where [`try_build`](Region::try_build) returns an error, with its text.
    #[track_caller]
    pub fn build<T: Portable, F: for<'r> FnOnce(&'r Region) -> Own<'r, T>>(build: F) -> Sealed<T> {
        Self::try_build(|region| Ok(build(region))).unwrap_or_else(|error| error.raise())
    }

    /// Builds a value in a region of its own in the space of the process, and seals it.
    ///
    /// # Errors
    ///
    /// Those of `build`; no space; [`OtherRegion`](ErrorKind::OtherRegion) if the value lies in another region.
    pub fn try_build<T, F>(build: F) -> Result<Sealed<T>>
    where
        T: Portable,
        F: for<'r> FnOnce(&'r Region) -> Result<Own<'r, T>>,
    {
        Self::try_build_in(&Space::global()?, build)
    }

    /// The same in a space.
    ///
    /// # Errors
    ///
    /// As for [`try_build`](Region::try_build).
    pub fn try_build_in<T, F>(space: &Space, build: F) -> Result<Sealed<T>>
    where
        T: Portable,
        F: for<'r> FnOnce(&'r Region) -> Result<Own<'r, T>>,
    {
        let region = Region::new_in(space);
        let root = build(&region)?;
        // A region that was leaked, or lives long, gives values of any lifetime.
        let unit = root.unit_in(&region.writer).map_err(|_| ErrorKind::OtherRegion)?;
        // SAFETY: nothing else could reach the value, and it lies in this region.
        unsafe { region.seal_at(unit) }.map_err(|refused| refused.error)
    }

    /// Seals the region, with a value that was built in it as the root. O(1).
    ///
    /// # Errors
    ///
    /// The region again, with [`OtherRegion`](ErrorKind::OtherRegion) if the value lies in another one, [`InUse`](ErrorKind::InUse) while there are other
    /// writers of it, or [`NoMemory`](ErrorKind::NoMemory).
    pub fn seal<T: Portable>(self, root: Token<T>) -> Result<Sealed<T>, Refused> {
        match root.redeem(&self.writer) {
            // SAFETY: the token had the value to itself, in this region.
            Ok(unit) => unsafe { self.seal_at(unit) },
            Err(_) => Err(Refused::new(self, ErrorKind::OtherRegion)),
        }
    }

    /// # Safety
    ///
    /// A `T` which nothing else can reach lies at `unit`, in an allocation of its own in this region. It is released if that is refused.
    unsafe fn seal_at<T: Portable>(self, unit: u32) -> Result<Sealed<T>, Refused> {
        let header = match self.place_header() {
            Ok(header) => header,
            Err(error) => {
                // SAFETY: the caller's contract.
                drop(unsafe { Own::<T>::from_unit(unit, &self.writer) });
                return Err(Refused::new(self, error));
            }
        };
        let root = self.writer.base().at(unit);
        // SAFETY: both lie in the region.
        Ok(unsafe { Sealed::new(root, header, self.into_writer()) })
    }

    /// Memory for the header, in the region if there is room.
    fn place_header(&self) -> Result<Option<NonNull<Header>>> {
        if let Some(references) = self.writer.other_writers() {
            return Err(ErrorKind::InUse { references }.into());
        }
        let units = const { units_for::<Header>(1) as u32 };
        match self.writer.allocate(units, align_of::<Header>(), false) {
            Ok(unit) => Ok(Some(self.writer.base().at(unit))),
            // A bounded region may be full, and its space too.
            Err(error) if matches!(error.kind(), ErrorKind::Limit { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl<T: Portable> Sealed<T> {
    /// # Safety
    ///
    /// A valid `T` that nothing else can reach lies at `root`, and memory for a header at `header`, in the region of `writer`.
    unsafe fn new(root: NonNull<T>, header: Option<NonNull<Header>>, writer: Writer) -> Sealed<T> {
        let (blocks, identity) = writer.into_blocks();
        // What is given back by hand, at the end, isn't given back here.
        let mut blocks = ManuallyDrop::new(blocks);
        let others = std::mem::take(&mut blocks.others);
        let others = match identity {
            Some(identity) => Some(Box::new(Others::Shared { _identity: identity, blocks: others })),
            None if others.is_empty() => None,
            None => Some(Box::new(Others::Blocks(others))),
        };
        let contents = Header {
            references: References::one(),
            counted: blocks.home.counted(),
            boxed: header.is_none(),
            first: blocks.first,
            others,
        };
        let header = match header {
            Some(header) => {
                // SAFETY: memory of the region that was allocated for it.
                unsafe { header.write(contents) };
                header
            }
            None => NonNull::from(Box::leak(Box::new(contents))),
        };
        Sealed { root, header, owns: PhantomData }
    }

    /// Writes a compact copy of the root and all it owns to a file that [`Image::load`] and [`Mapped::map`](crate::Mapped::map) read.
    ///
    /// # Errors
    ///
    /// No memory for the copy, and those of [`Image::save`].
    ///
    /// ```
    /// # use offset_std::{Image, Region, Vec};
    /// # let path = std::env::temp_dir().join(format!("sealed-save-{}.region", std::process::id()));
    /// let numbers = Region::build(|region| region.alloc::<Vec<u64>, _>([1, 2, 3]));
    /// numbers.save(&path)?;
    /// assert_eq!(*Image::<Vec<u64>>::load(&path)?, *numbers);
    /// # std::fs::remove_file(&path).unwrap();
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        Image::<T>::new(DeepCopy(&**self))?.save(path)
    }
}

impl<T> Sealed<T> {
    fn header(&self) -> &Header {
        // SAFETY: it is there until the last reference is dropped, and is only read.
        unsafe { self.header.as_ref() }
    }

    /// The space that the region lies in.
    pub(super) fn space(&self) -> Space {
        self.home().space()
    }

    fn home(&self) -> Home {
        // SAFETY: the root lies in a slot.
        let base = unsafe { Base::containing(self.root.as_ptr()) };
        // SAFETY: S2: entered by the writer, which was forgotten.
        unsafe { Home::from_parts(base, self.header().counted) }
    }

    /// The line that it begins at.
    pub(super) fn line(&self) -> u32 {
        self.header().first.unit
    }

    /// Lines that it takes.
    pub(super) fn lines(&self) -> u64 {
        let others = match self.header().others.as_deref() {
            None => &[][..],
            Some(Others::Blocks(blocks) | Others::Shared { blocks, .. }) => blocks,
        };
        others.iter().chain([&self.header().first]).map(|block| u64::from(block.units)).sum()
    }

    /// Whether it is one block.
    pub(super) fn is_whole(&self) -> bool {
        self.header().others.is_none()
    }

    /// Whether this is the only counted reference to the region.
    pub(super) fn is_alone(&self) -> bool {
        Self::references(self) == 1 && !matches!(self.header().others.as_deref(), Some(Others::Shared { .. }))
    }

    /// References to the region, this one included.
    pub fn references(this: &Self) -> usize {
        this.header().references.count() as usize
    }
}

impl<T> Clone for Sealed<T> {
    fn clone(&self) -> Self {
        self.header().references.add();
        Sealed { root: self.root, header: self.header, owns: PhantomData }
    }
}

impl<T> Deref for Sealed<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: the root is valid, and nobody edits it any more.
        unsafe { self.root.as_ref() }
    }
}

impl<T> Drop for Sealed<T> {
    #[inline]
    fn drop(&mut self) {
        if self.header().references.remove() {
            self.give_back();
        }
    }
}

impl<T> Sealed<T> {
    #[inline(never)]
    fn give_back(&mut self) {
        let home = self.home();
        let header = if self.header().boxed {
            // SAFETY: it was made by `Box`, and this is the last reference.
            *unsafe { Box::from_raw(self.header.as_ptr()) }
        } else {
            // SAFETY: this is the last reference, and the memory isn't read as a header again.
            unsafe { self.header.read() }
        };
        let give = |others| Blocks { home, first: header.first, others };
        match header.others.map(|others| *others) {
            None => give_back(home, header.first, &[], 1),
            Some(Others::Blocks(blocks)) => drop(give(blocks)),
            // Those who still read the region keep it.
            Some(Others::Shared { _identity: identity, blocks }) => identity.hold_blocks(give(blocks)),
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Sealed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
