//! Regions that share a space.

use std::fmt;

use super::Writer;
use crate::emplace::Emplace;
use crate::error::{ErrorKind, Result};
use crate::own::{Own, Token};
use crate::region::Usage;
use crate::relocatable::{Plain, Relocatable};
use crate::space::{Home, Space};
use crate::vec::{FromIter, Vec};

/// A region of a shared [`Space`]: values are allocated into it, and it is dropped, or [reset](Region::reset), as a whole.
///
/// It is a chain of blocks, interleaved with those of other regions. Making one costs nothing but a reference to its space; the first allocation takes a block,
/// of 256 bytes unless the regions that were dropped last on this thread were larger, and later ones larger blocks up to 32 KiB. What is given back is what
/// the next region gets, still in cache. Nothing is dropped one by one: what can live in a region has no destructor.
///
/// A scope is a region of its own that is dropped at its end.
///
/// ```
/// use offset_std::{Region, String, Vec, from_iter};
///
/// let region = Region::new();
/// let mut words = region.alloc::<Vec<String>, _>(["one", "two"]);
/// words.edit().push("three");
/// let squares = region.alloc::<Vec<u64>, _>(from_iter((0..100).map(|n| n * n))).freeze();
/// assert_eq!((words.len(), squares[9]), (3, 81));
/// ```
pub struct Region {
    pub(crate) writer: Writer,
}

impl Region {
    /// A region in the space of the process.
    ///
    /// # Panics
    ///
    /// Where [`try_new`](Region::try_new) returns an error, with its text.
    #[track_caller]
    #[inline]
    pub fn new() -> Region {
        // Without a `Result<Region>` on the way, whose parts would be copied once more: half of the time of a region with one object.
        match Home::global() {
            Ok(home) => Region { writer: Writer::overlapping(home) },
            Err(error) => error.raise(),
        }
    }

    /// A region in the space of the process.
    ///
    /// # Errors
    ///
    /// [`NoMemory`](ErrorKind::NoMemory) where the system refused that space. That is asked for once.
    #[inline]
    pub fn try_new() -> Result<Region> {
        Ok(Region { writer: Writer::overlapping(Home::global()?) })
    }

    /// A region in a space. Allocating in it fails with [`Limit`](ErrorKind::Limit) when the space is full.
    #[inline]
    pub fn new_in(space: &Space) -> Region {
        Region { writer: Writer::overlapping(space.enter()) }
    }

    /// A region in a space that may have `bytes` bytes in all its blocks, rounded down to 64.
    ///
    /// ```
    /// use offset_std::{ErrorKind, Region, Space, Vec, from_iter};
    ///
    /// let region = Region::limited_in(&Space::global()?, 4096);
    /// let error = region.try_alloc::<Vec<u64>, _>(from_iter(0..1000)).unwrap_err();
    /// assert!(matches!(error.kind(), ErrorKind::Limit { limit: 4096, .. }));
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn limited_in(space: &Space, bytes: u64) -> Region {
        let region = Self::new_in(space);
        region.writer.set_limit(bytes);
        region
    }

    /// A contiguous region in the space of the process that takes exactly `bytes`, rounded up to 64, and never more.
    ///
    /// # Panics
    ///
    /// Where [`try_bounded`](Region::try_bounded) returns an error, with its text.
    ///
    /// ```
    /// use offset_std::{ErrorKind, Region};
    ///
    /// let region = Region::bounded(64);
    /// let numbers = region.alloc_slice(&[1u64, 2, 3, 4, 5, 6, 7, 8]);
    /// numbers[0] = 9;
    /// let error = region.try_alloc_plain(0u8).unwrap_err();
    /// assert!(matches!(error.kind(), ErrorKind::Limit { what: "the bound of the region", needed: 72, limit: 64 }));
    /// ```
    #[track_caller]
    pub fn bounded(bytes: u64) -> Region {
        Self::try_bounded(bytes).unwrap_or_else(|error| error.raise())
    }

    /// A contiguous region in the space of the process that takes exactly `bytes`, rounded up to 64, and never more.
    ///
    /// # Errors
    ///
    /// [`Limit`](ErrorKind::Limit) where the space is full, [`NoMemory`](ErrorKind::NoMemory) where the system refuses.
    pub fn try_bounded(bytes: u64) -> Result<Region> {
        Self::try_bounded_in(&Space::global()?, bytes)
    }

    /// The same in a space.
    ///
    /// # Panics
    ///
    /// Where [`try_bounded_in`](Region::try_bounded_in) returns an error, with its text.
    #[track_caller]
    pub fn bounded_in(space: &Space, bytes: u64) -> Region {
        Self::try_bounded_in(space, bytes).unwrap_or_else(|error| error.raise())
    }

    /// The same in a space.
    ///
    /// # Errors
    ///
    /// As for [`try_bounded`](Region::try_bounded).
    pub fn try_bounded_in(space: &Space, bytes: u64) -> Result<Region> {
        Ok(Region { writer: Writer::bounded(space, bytes)? })
    }

    /// Builds a value that nothing else can reach.
    ///
    /// # Panics
    ///
    /// Where [`try_alloc`](Region::try_alloc) returns an error, with its text.
    #[track_caller]
    #[inline]
    pub fn alloc<T: Relocatable, I: Emplace<T>>(&self, init: I) -> Own<'_, T> {
        self.try_alloc(init).unwrap_or_else(|error| error.raise())
    }

    /// Builds a value that nothing else can reach.
    ///
    /// # Errors
    ///
    /// No space, and those of building the value.
    #[inline]
    pub fn try_alloc<T: Relocatable, I: Emplace<T>>(&self, init: I) -> Result<Own<'_, T>> {
        self.writer.adopt_orphans();
        Own::build(&self.writer, init)
    }

    /// Puts a plain value into the region, for as long as the region is borrowed.
    ///
    /// # Panics
    ///
    /// If there is no space.
    #[track_caller]
    #[inline]
    pub fn alloc_plain<T: Plain>(&self, value: T) -> &mut T {
        self.try_alloc_plain(value).unwrap_or_else(|error| error.raise())
    }

    /// Puts a plain value into the region.
    ///
    /// # Errors
    ///
    /// No space.
    #[inline]
    #[allow(clippy::mut_from_ref, reason = "memory that was just allocated, and nobody else knows of")]
    pub fn try_alloc_plain<T: Plain>(&self, value: T) -> Result<&mut T> {
        let at = crate::allocation::for_plain::<T>(&self.writer, 1)?;
        // SAFETY: aligned, as long as a `T`, and nobody else's.
        unsafe { at.write(value) };
        // SAFETY: it was just written, and is ours alone for as long as the region is borrowed.
        Ok(unsafe { &mut *at.as_ptr() })
    }

    /// Copies plain values into the region.
    ///
    /// # Panics
    ///
    /// If there is no space.
    #[track_caller]
    #[inline]
    pub fn alloc_slice<T: Plain>(&self, values: &[T]) -> &mut [T] {
        self.try_alloc_slice(values).unwrap_or_else(|error| error.raise())
    }

    /// Copies plain values into the region.
    ///
    /// # Errors
    ///
    /// No space.
    #[inline]
    #[allow(clippy::mut_from_ref, reason = "memory that was just allocated, and nobody else knows of")]
    pub fn try_alloc_slice<T: Plain>(&self, values: &[T]) -> Result<&mut [T]> {
        let at = crate::allocation::for_plain::<T>(&self.writer, values.len())?;
        // SAFETY: aligned, as long as the values, and fresh memory overlaps nothing.
        unsafe { at.copy_from_nonoverlapping(std::ptr::NonNull::from(values).cast(), values.len()) };
        // SAFETY: they were just written, and are ours alone for as long as the region is borrowed.
        Ok(unsafe { std::slice::from_raw_parts_mut(at.as_ptr(), values.len()) })
    }

    /// Copies a string into the region.
    ///
    /// # Panics
    ///
    /// If there is no space.
    #[track_caller]
    #[inline]
    pub fn alloc_str(&self, text: &str) -> &mut str {
        self.try_alloc_str(text).unwrap_or_else(|error| error.raise())
    }

    /// Copies a string into the region.
    ///
    /// # Errors
    ///
    /// No space.
    #[inline]
    #[allow(clippy::mut_from_ref, reason = "memory that was just allocated, and nobody else knows of")]
    pub fn try_alloc_str(&self, text: &str) -> Result<&mut str> {
        let bytes = self.try_alloc_slice(text.as_bytes())?;
        // SAFETY: a copy of a string.
        Ok(unsafe { std::str::from_utf8_unchecked_mut(bytes) })
    }

    /// Builds a vector from what an iterator yields.
    ///
    /// # Panics
    ///
    /// Where [`try_alloc_iter`](Region::try_alloc_iter) returns an error, with its text.
    ///
    /// ```
    /// use offset_std::{Region, String};
    ///
    /// let region = Region::new();
    /// let names = region.alloc_iter::<String, _>(["Ann", "Bo"].iter().rev());
    /// assert_eq!(*names, ["Bo", "Ann"]);
    /// ```
    #[track_caller]
    pub fn alloc_iter<T: Relocatable, I: IntoIterator<Item: Emplace<T>>>(&self, items: I) -> Own<'_, Vec<T>> {
        self.try_alloc_iter(items).unwrap_or_else(|error| error.raise())
    }

    /// Builds a vector from what an iterator yields.
    ///
    /// # Errors
    ///
    /// No space, too many, and those of building an element.
    pub fn try_alloc_iter<T: Relocatable, I: IntoIterator<Item: Emplace<T>>>(
        &self,
        items: I,
    ) -> Result<Own<'_, Vec<T>>> {
        self.try_alloc::<Vec<T>, FromIter<I::IntoIter>>(crate::vec::from_iter(items))
    }

    /// Takes a value in that was built in this region and [detached](Own::detach).
    ///
    /// # Errors
    ///
    /// The token, if its value lies in another region.
    pub fn adopt<T: Relocatable>(&self, token: Token<T>) -> Result<Own<'_, T>, Token<T>> {
        let unit = token.redeem(&self.writer)?;
        // SAFETY: the token had the value to itself, in this region.
        Ok(unsafe { Own::from_unit(unit, &self.writer) })
    }

    /// Forgets all values, and keeps the memory for the next ones. O(freed pieces).
    ///
    /// # Panics
    ///
    /// Where [`try_reset`](Region::try_reset) returns an error, with its text.
    ///
    /// ```
    /// use offset_std::Region;
    ///
    /// let mut region = Region::new();
    /// for round in 0..3 {
    ///     let numbers = region.alloc_slice(&[round; 1000]);
    ///     assert_eq!(numbers[999], round);
    ///     region.reset();
    /// }
    /// ```
    #[track_caller]
    #[inline]
    pub fn reset(&mut self) {
        self.try_reset().unwrap_or_else(|error| error.raise());
    }

    /// Forgets all values, and keeps the memory for the next ones; refused while something counted refers to the region.
    ///
    /// # Errors
    ///
    /// [`InUse`](ErrorKind::InUse) while a [`Token`], or whatever else is counted, refers to the region.
    #[inline]
    pub fn try_reset(&mut self) -> Result<()> {
        self.check_unused()?;
        self.writer.start_over();
        Ok(())
    }

    /// A region of its own in the same space, for a scope: what is built in it is gone when it is dropped.
    ///
    /// Its values may refer to frozen ones of this region through [`Ref`](crate::Ref).
    #[inline]
    pub fn child(&self) -> Region {
        Region { writer: self.writer.neighbour() }
    }

    /// A region of so many lines, in a place of the space below a line: the lowest that is free.
    pub(super) fn below(space: &Space, line: u32, lines: u32) -> Option<Region> {
        Some(Region { writer: Writer::below(space, line, lines)? })
    }

    pub(super) fn from_writer(writer: Writer) -> Region {
        Region { writer }
    }

    pub(super) fn into_writer(self) -> Writer {
        self.writer
    }

    /// Makes sure that nothing counted refers to the region.
    pub(super) fn check_unused(&mut self) -> Result<()> {
        self.writer.check_alone().map_err(|references| ErrorKind::InUse { references }.into())
    }

    /// How much of the region is in use. O(1).
    pub fn usage(&self) -> Usage {
        self.writer.usage()
    }
}

impl Default for Region {
    #[track_caller]
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Region").field("usage", &self.usage()).finish_non_exhaustive()
    }
}
