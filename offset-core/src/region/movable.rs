//! Sealed regions that may be moved to a lower place, so that larger runs come free.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::pin::Pin;
use super::{Region, Sealed};
use crate::emplace::DeepCopy;
use crate::error::Result;
use crate::relocatable::Portable;
use crate::space::{LINE_BYTES, Space};
use crate::sync::RwLockReadGuard;

/// What is larger isn't moved: it makes no small holes, and copying it takes long. 1 MiB.
const LARGEST: u64 = 1 << 20;

/// How often all regions are looked at: what one moves away from, another may fit.
const PASSES: usize = 4;

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
    sealed: Pin<Sealed<T>>,
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

/// Where a region is.
pub(crate) struct Place {
    /// The line that it begins at.
    line: u32,
    /// Whether it is one block.
    whole: bool,
}

/// A region that may be moved, whatever its type.
pub(crate) trait Relocate: Send + Sync {
    /// Where it is, if it is small and nobody reads it.
    fn place(&self) -> Option<Place>;

    /// Moves it to a lower place, if nobody reads it and there is one. Returns the bytes it takes there.
    fn move_down(&self, space: &Space) -> Option<u64>;

    /// Moves it to the lowest place there is once it has left its own, by way of another space.
    fn slide(&self, space: &Space, by_way_of: &Space) -> Option<u64>;
}

impl<T: Portable + Send + Sync + 'static> Spot<T> {
    /// A copy in the lowest place of so many lines in a space that ends at or before a line.
    fn copy(from: &Sealed<T>, space: &Space, before: u32, lines: u64) -> Option<Sealed<T>> {
        let region = Region::below(space, before, u32::try_from(lines).ok()?)?;
        let root = region.try_alloc::<T, _>(DeepCopy(&**from)).ok()?.detach();
        region.seal(root).ok()
    }
}

impl<T: Portable + Send + Sync + 'static> Relocate for Spot<T> {
    fn place(&self) -> Option<Place> {
        self.sealed.look(|sealed| {
            let place = Place { line: sealed.line(), whole: sealed.is_whole() };
            (1..=LARGEST / LINE_BYTES as u64).contains(&sealed.lines()).then_some(place)
        })?
    }

    fn move_down(&self, space: &Space) -> Option<u64> {
        // Whoever reads it goes first, and whoever comes meanwhile waits for a copy of a megabyte.
        self.sealed.change(|sealed| {
            *sealed = Self::copy(sealed, space, sealed.line(), sealed.lines())?;
            Some(sealed.lines() * LINE_BYTES as u64)
        })
    }

    fn slide(&self, space: &Space, by_way_of: &Space) -> Option<u64> {
        self.sealed.change(|sealed| {
            let (before, lines, whole) = (sealed.line(), sealed.lines(), sealed.is_whole());
            *sealed = Region::try_build_in(by_way_of, |region| region.try_alloc(DeepCopy(&**sealed))).ok()?;
            space.gather();
            let back = Self::copy(sealed, space, u32::MAX, lines);
            // Another thread may have taken what it left: then it goes anywhere, and stays in the other space if this one is full.
            let anywhere = || Region::try_build_in(space, |region| region.try_alloc(DeepCopy(&**sealed))).ok();
            *sealed = back.or_else(anywhere)?;
            (sealed.line() < before || !whole).then(|| sealed.lines() * LINE_BYTES as u64)
        })
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
        let place = Arc::new(Spot { sealed: Pin::new(self) });
        let known: Arc<dyn Relocate> = place.clone();
        space.add_movable(Arc::downgrade(&known));
        Ok(Movable { place })
    }
}

impl<T> Movable<T> {
    /// Reads the value. It isn't moved while the guard is alive.
    pub fn read(&self) -> Pinned<'_, T> {
        Pinned { sealed: self.place.sealed.read() }
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
    /// traversal and without slack, into the lowest free run that it fits, the lowest first. One that has room right before it, but too little, slides down, and one of several blocks becomes one. Whoever wants to read one that is
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
        // Should there be no slot for it, holes are filled, and nothing slides.
        let by_way_of = Space::new().ok();
        let mut sizes = vec![None; movables.len()];
        for _ in 0..PASSES {
            let mut moves = 0;
            let placed = movables.iter().zip(&mut sizes).filter_map(|(one, size)| Some((one.place()?, one, size)));
            let mut by_line: Vec<_> = placed.collect();
            by_line.sort_unstable_by_key(|(place, ..)| place.line);
            for (place, one, size) in by_line {
                let slides = || by_way_of.as_ref().filter(|_| !place.whole || self.has_room_before(place.line));
                let moved = one.move_down(self).or_else(|| one.slide(self, slides()?));
                moves += usize::from(moved.is_some());
                *size = moved.or(*size);
                self.flush();
            }
            self.gather();
            if moves == 0 {
                break;
            }
        }
        let largest_free_after = self.usage().largest_free;
        let sizes: Vec<u64> = sizes.into_iter().flatten().collect();
        Compaction { moved: sizes.len(), bytes: sizes.iter().sum(), largest_free_before, largest_free_after }
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
