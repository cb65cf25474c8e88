//! Sealed regions that may be moved to a lower place, so that larger runs come free.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use super::{Region, Sealed};
use crate::emplace::DeepCopy;
use crate::error::Result;
use crate::relocatable::Portable;
use crate::space::Space;

/// What is larger isn't moved: it makes no small holes, and copying it takes long. 1 MiB.
const LARGEST: u64 = 1 << 20;

/// What moved regions leave is joined once for so many of them.
const MOVES_A_MERGE: usize = 16;

/// A sealed region that [`Space::compact`] may move. Cloning it counts one more reference to the same region.
///
/// It is read through a guard, which pins it where it is.
///
/// ```
/// use offset_std::{Movable, Region, Space, Vec};
///
/// let space = Space::new()?;
/// let mut movables = std::vec::Vec::new();
/// for n in 0..1000 {
///     let numbers = Region::try_build_in(&space, |region| region.try_alloc::<Vec<u64>, _>([n; 20]))?;
///     movables.push(numbers.into_movable().unwrap());
/// }
/// let mut n = 0;
/// movables.retain(|_| (n += 1, n % 3 == 0).1); // holes
/// let done = space.compact();
/// assert!(done.moved > 100 && done.largest_free_after > done.largest_free_before);
/// assert!(movables.iter().zip(0..).all(|(numbers, n)| *numbers.read() == [n * 3 + 2; 20]));
/// # Ok::<(), offset_std::Error>(())
/// ```
pub struct Movable<T> {
    place: Arc<Spot<T>>,
}

/// Where the region is.
struct Spot<T> {
    sealed: RwLock<Sealed<T>>,
}

/// A [`Movable`] while it is read: it isn't moved.
pub struct Pinned<'a, T> {
    sealed: RwLockReadGuard<'a, Sealed<T>>,
}

/// What [`Space::compact`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Compaction {
    /// Regions that were moved.
    pub moved: usize,
    /// Bytes that they take now.
    pub bytes: u64,
    /// The largest contiguous run that a region could have got before, in bytes.
    pub largest_free_before: u64,
    /// The same now.
    pub largest_free_after: u64,
}

/// A region that may be moved, whatever its type.
pub(crate) trait Relocate: Send + Sync {
    /// The line that it begins at, if nobody reads it.
    fn line(&self) -> Option<u32>;

    /// Moves it to a lower place, if nobody reads it and there is one. Returns the bytes it takes there.
    fn move_down(&self, space: &Space) -> Option<u64>;
}

impl<T: Portable + Send + Sync + 'static> Relocate for Spot<T> {
    fn line(&self) -> Option<u32> {
        let sealed = self.sealed.try_read().ok()?;
        (sealed.lines() * crate::space::LINE_BYTES as u64 <= LARGEST).then(|| sealed.line())
    }

    fn move_down(&self, space: &Space) -> Option<u64> {
        // Whoever reads it goes first, and whoever comes meanwhile waits for a copy of a megabyte.
        let mut sealed = self.sealed.try_write().ok()?;
        let region = Region::below(space, sealed.line(), u32::try_from(sealed.lines()).ok()?)?;
        let root = region.try_alloc::<T, _>(DeepCopy(&**sealed)).ok()?.detach();
        *sealed = region.seal(root).ok()?;
        Some(sealed.lines() * crate::space::LINE_BYTES as u64)
    }
}

impl<T: Portable + Send + Sync + 'static> Sealed<T> {
    /// Lets the region be moved.
    ///
    /// # Errors
    ///
    /// The region again, if something else refers to it: a clone, a [`Shared`](crate::Shared), a [`Reader`](crate::Reader).
    pub fn into_movable(self) -> Result<Movable<T>, Sealed<T>> {
        if !self.is_alone() {
            return Err(self);
        }
        let space = self.space();
        let place = Arc::new(Spot { sealed: RwLock::new(self) });
        let known: Arc<dyn Relocate> = place.clone();
        space.add_movable(Arc::downgrade(&known));
        Ok(Movable { place })
    }
}

impl<T> Movable<T> {
    /// Reads the value. It isn't moved while the guard is alive.
    pub fn read(&self) -> Pinned<'_, T> {
        Pinned { sealed: self.place.sealed.read().unwrap_or_else(PoisonError::into_inner) }
    }
}

impl<T> Clone for Movable<T> {
    fn clone(&self) -> Self {
        Movable { place: self.place.clone() }
    }
}

impl<T> Deref for Pinned<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.sealed
    }
}

impl Space {
    /// Moves sealed regions of up to 1 MiB that are [`Movable`], and that nobody reads at the moment, to lower places: each is copied, in the order of a
    /// traversal and without slack, into the lowest free run that it fits; first the highest, then all from the lowest on. Whoever wants to read one that is
    /// being moved waits for that one. O(their bytes + their number · free runs).
    ///
    /// ```
    /// # use offset_std::Space;
    /// assert_eq!(Space::new()?.compact().moved, 0);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn compact(&self) -> Compaction {
        self.gather();
        let largest_free_before = self.usage().largest_free;
        let movables = self.movables();
        // The highest fill holes further down; then all slide together, from the lowest on.
        let filled = self.move_all(&movables, |line| u32::MAX - line);
        let slid = self.move_all(&movables, |line| line);
        let largest_free_after = self.usage().largest_free;
        Compaction { moved: filled.0 + slid.0, bytes: filled.1 + slid.1, largest_free_before, largest_free_after }
    }

    /// Moves regions down, in the order of a key of their lines. Returns how many, and their bytes.
    fn move_all(&self, movables: &[Arc<dyn Relocate>], key: impl Fn(u32) -> u32) -> (usize, u64) {
        let mut by_line: Vec<_> = movables.iter().filter_map(|one| Some((key(one.line()?), one))).collect();
        by_line.sort_unstable_by_key(|(key, _)| *key);
        let (mut moved, mut bytes) = (0, 0);
        for (_, movable) in by_line {
            let Some(size) = movable.move_down(self) else { continue };
            moved += 1;
            bytes += size;
            if moved % MOVES_A_MERGE == 0 {
                self.gather();
            }
        }
        self.gather();
        (moved, bytes)
    }
}

impl<T: fmt::Debug> fmt::Debug for Movable<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.read().fmt(f)
    }
}

impl<T: fmt::Debug> fmt::Debug for Pinned<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
