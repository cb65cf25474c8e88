//! A region with a typed root: built, saved, loaded, mapped.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::path::Path;
use std::ptr::NonNull;

use crate::allocation;
use crate::emplace::{DeepCopy, Emplace};
use crate::error::Result;
use crate::own::{self, Own, Token};
use crate::place::Place;
use crate::region::{FIRST_UNIT, Usage, Writer};
use crate::relocatable::{Portable, Relocatable};
use crate::space::{COMMIT_LIMIT, Lease, random_bytes};

mod header;
mod load;
mod mapped;
mod save;
mod source;

pub use mapped::Mapped;

/// A contiguous region of up to 32 GiB with a root of type `T`: built in memory, edited in place, saved to a file and loaded again.
///
/// It reads as `&T`, from any thread where `T` may. [`edit`](Image::edit) gives the handles of the root's fields.
///
/// An image costs nothing but what is used: memory is committed as it grows, and goes back to the system when the image is dropped.
///
/// ```
/// use offset_std::{Empty, Image, Vec};
///
/// let mut image = Image::<Vec<u64>>::new(Empty)?;
/// image.edit().push(7);
/// assert_eq!(*image, [7]);
/// # Ok::<(), offset_std::Error>(())
/// ```
pub struct Image<T> {
    writer: Writer,
    /// The unit of the root.
    root: u32,
    id: u128,
    /// Whether it lies where a region of a space lay: far from the start of the slot perhaps, with gaps.
    sparse: bool,
    owns: PhantomData<T>,
}

// SAFETY: an image owns its region; the root and what it owns are `T`s.
unsafe impl<T: Send> Send for Image<T> {}
// SAFETY: `&Image` gives `&T`, and otherwise only reads: the writer's cells are written through `&mut Image` alone.
unsafe impl<T: Sync> Sync for Image<T> {}

/// How an [`Image`] is made.
///
/// ```
/// use offset_std::{Image, ImageOptions, Vec};
///
/// let options = ImageOptions::new().id(42).limit(1 << 20);
/// let image = Image::<Vec<u64>>::with_options(options, [1, 2, 3])?;
/// assert_eq!(image.id(), 42);
/// # Ok::<(), offset_std::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct ImageOptions {
    id: Option<u128>,
    seed: Option<u64>,
    limit: u64,
}

impl Default for ImageOptions {
    fn default() -> Self {
        ImageOptions { id: None, seed: None, limit: COMMIT_LIMIT }
    }
}

impl ImageOptions {
    /// A random identifier, random seeds, and no limit but the slot's.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Fixes the identifier, which is random otherwise: the same calls then write the same bytes, if there are no hash maps or [`seed`](ImageOptions::seed) fixes theirs too.
    #[must_use]
    pub fn id(self, id: u128) -> Self {
        ImageOptions { id: Some(id), ..self }
    }

    /// Fixes the seeds of the hash maps and sets that are built in the image, which are random otherwise. Each gets another one, made from this and from how many were built before.
    ///
    /// Whoever knows a seed can choose keys that all lead to the same place. Keep to random ones where others choose the keys.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        ImageOptions { seed: Some(seed), ..self }
    }

    /// What the options say about a region that was made just now.
    fn apply(&self, writer: &Writer) {
        if let Some(seed) = self.seed {
            writer.fix_seeds(seed);
        }
    }

    /// Limits the region to `bytes`, its header of 128 bytes included.
    #[must_use]
    pub fn limit(self, bytes: u64) -> Self {
        ImageOptions { limit: bytes.min(COMMIT_LIMIT), ..self }
    }
}

impl<T: Portable> Image<T> {
    /// Makes an image whose root is built from `init`.
    ///
    /// # Errors
    ///
    /// [`NoMemory`](crate::ErrorKind::NoMemory) where the system refuses, and those of building the root.
    ///
    /// ```
    /// use offset_std::{Image, String};
    ///
    /// let image = Image::<String>::new("hello")?;
    /// assert_eq!(image.len(), 5);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn new<I: Emplace<T>>(init: I) -> Result<Image<T>> {
        Self::with_options(ImageOptions::new(), init)
    }

    /// Makes an image with a fixed identifier or seeds, or a limit.
    ///
    /// # Errors
    ///
    /// As for [`new`](Image::new), and [`Limit`](crate::ErrorKind::Limit) where the root doesn't fit the limit.
    ///
    /// ```
    /// use offset_std::{ErrorKind, Image, ImageOptions, Vec, from_iter};
    ///
    /// let small = ImageOptions::new().limit(4096);
    /// let error = Image::<Vec<u64>>::with_options(small, from_iter(0..1000)).unwrap_err();
    /// assert!(matches!(error.kind(), ErrorKind::Limit { .. }));
    /// ```
    pub fn with_options<I: Emplace<T>>(options: ImageOptions, init: I) -> Result<Image<T>> {
        let id = match options.id {
            Some(id) => id,
            None => u128::from_le_bytes(random_bytes()?),
        };
        let writer = Writer::contiguous(Lease::new()?, FIRST_UNIT, options.limit, std::iter::empty())?;
        options.apply(&writer);
        let root = allocation::build(&writer, init)?;
        Ok(Image { writer, root, id, sparse: false, owns: PhantomData })
    }

    /// Reads a file into memory of its own, validates it, and gives an image that can be edited and grown.
    ///
    /// Safe whatever the file holds. O(size of the file).
    ///
    /// # Errors
    ///
    /// [`Io`](crate::ErrorKind::Io); what the header says ([`WrongMagic`](crate::ErrorKind::WrongMagic) and so on);
    /// [`Fingerprint`](crate::ErrorKind::Fingerprint) for a file of another type; [`InvalidValue`](crate::ErrorKind::InvalidValue) for bytes that aren't
    /// values, with where they are; [`NoMemory`](crate::ErrorKind::NoMemory).
    ///
    /// ```
    /// # use offset_std::{Image, Vec};
    /// # let path = std::env::temp_dir().join(format!("image-load-{}.region", std::process::id()));
    /// Image::<Vec<u64>>::new([1, 2])?.save(&path)?;
    ///
    /// let mut image = Image::<Vec<u64>>::load(&path)?;
    /// image.edit().push(3);
    /// assert_eq!(*image, [1, 2, 3]);
    /// # std::fs::remove_file(&path).unwrap();
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn load(path: impl AsRef<Path>) -> Result<Image<T>> {
        Self::load_with_options(path, ImageOptions::new())
    }

    /// Loads a file with a limit, under another identifier, or with seeds for what is built in it.
    ///
    /// # Errors
    ///
    /// As for [`load`](Image::load), and [`Limit`](crate::ErrorKind::Limit) for a file that is larger than the limit.
    pub fn load_with_options(path: impl AsRef<Path>, options: ImageOptions) -> Result<Image<T>> {
        let path = path.as_ref();
        load::load(path, &options).map_err(|error| error.in_file(path))
    }

    /// Writes the image to a file, which appears whole or not at all: a temporary file beside it is written, flushed to the
    /// disk and renamed. O(size of the region). Of an image that was [promoted](crate::Region::promote) a compact copy is written.
    ///
    /// # Errors
    ///
    /// [`Io`](crate::ErrorKind::Io). What was at `path` is as it was, unless the last step failed: flushing the directory.
    ///
    /// ```
    /// # use offset_std::{Image, String};
    /// # let path = std::env::temp_dir().join(format!("image-save-{}.region", std::process::id()));
    /// let image = Image::<String>::new("hello")?;
    /// image.save(&path)?;
    /// assert_eq!(*Image::<String>::load(&path)?, *image);
    /// # std::fs::remove_file(&path).unwrap();
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        if self.sparse {
            return self.compacted()?.save(path);
        }
        save::save::<T>(&self.writer, self.root, self.id, path).map_err(|error| error.in_file(path))
    }

    /// The handles of the root's fields, or its editing handle if it has none.
    ///
    /// ```
    /// use offset_std::{Image, String, prelude::*};
    ///
    /// #[derive(Relocatable)]
    /// #[repr(C)]
    /// pub struct City {
    ///     pub name: String,
    ///     pub population: u64,
    /// }
    ///
    /// let mut image = Image::<City>::new(CityInit { name: "Paris", population: 2_102_650 })?;
    /// let mut city = image.edit();
    /// city.name.push_str(", France");
    /// *city.population += 1;
    /// assert_eq!((image.name.as_str(), image.population), ("Paris, France", 2_102_651));
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[inline]
    pub fn edit(&mut self) -> T::Fields<'_> {
        self.root_mut().into_fields()
    }

    /// The root as a place: to replace it as a whole.
    ///
    /// ```
    /// # use offset_std::{Image, Vec};
    /// let mut image = Image::<Vec<u64>>::new([1, 2])?;
    /// image.root_mut().set([3, 4, 5]);
    /// assert_eq!(*image, [3, 4, 5]);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[inline]
    pub fn root_mut(&mut self) -> Place<'_, T> {
        self.writer.adopt_orphans();
        // SAFETY: the root is valid, and ours alone while `self` is borrowed.
        unsafe { Place::new(self.at(), &self.writer) }
    }

    /// Builds a value in the region, not yet reachable from the root: to become the root with [`set_root`](Image::set_root).
    ///
    /// # Panics
    ///
    /// Where [`try_alloc`](Image::try_alloc) returns an error, with its text.
    ///
    /// ```
    /// # use offset_std::{Image, Vec};
    /// let mut image = Image::<Vec<u64>>::new([1, 2])?;
    /// let next = image.alloc::<Vec<u64>, _>([3, 4, 5]).detach();
    /// image.set_root(next).expect("it was built in this image");
    /// assert_eq!(*image, [3, 4, 5]);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[track_caller]
    pub fn alloc<U: Relocatable, I: Emplace<U>>(&mut self, init: I) -> Own<'_, U> {
        self.try_alloc(init).unwrap_or_else(|error| error.raise())
    }

    /// Builds a value in the region, not yet reachable from the root.
    ///
    /// # Errors
    ///
    /// Those of building it.
    pub fn try_alloc<U: Relocatable, I: Emplace<U>>(&mut self, init: I) -> Result<Own<'_, U>> {
        self.writer.adopt_orphans();
        Own::build(&self.writer, init)
    }

    /// Makes a value the root, and releases the old one. O(what the old one owns): the value isn't moved. [`alloc`](Image::alloc) has an example.
    ///
    /// # Errors
    ///
    /// The token, if its value lies in another region.
    pub fn set_root(&mut self, token: Token<T>) -> Result<(), Token<T>> {
        let root = token.redeem(&self.writer)?;
        let old = std::mem::replace(&mut self.root, root);
        // SAFETY: nothing refers to the old root: `self` is borrowed mutably.
        unsafe { own::release_boxed::<T>(old, &self.writer) };
        Ok(())
    }

    /// An image of what was a region of a space, whose `T` at `root` owns all that isn't free.
    pub(crate) fn promoted(writer: Writer, root: u32, id: u128) -> Image<T> {
        Image { writer, root, id, sparse: true, owns: PhantomData }
    }

    /// A copy without gaps and slack.
    fn compacted(&self) -> Result<Image<T>> {
        Self::with_options(ImageOptions::new().id(self.id), DeepCopy(&**self))
    }

    fn at(&self) -> NonNull<T> {
        self.writer.base().at(self.root)
    }
}

impl<T> Image<T> {
    /// How much of the region is in use. O(1).
    pub fn usage(&self) -> Usage {
        self.writer.usage()
    }

    /// The identifier: random unless [`ImageOptions::id`] fixed it, and kept in the file.
    pub fn id(&self) -> u128 {
        self.id
    }
}

impl<T: Portable> Deref for Image<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: the root is valid, and nobody edits it while `self` is borrowed.
        unsafe { self.at().as_ref() }
    }
}

impl<T: Portable + fmt::Debug> fmt::Debug for Image<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
