//! Regions with more than one writer, and counted references into them.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::ptr::NonNull;

use super::{Identity, Region};
use crate::error::{Error, Result};
use crate::own::Token;
use crate::relocatable::Relocatable;
use crate::sync::Arc;

/// A counted reference to a value, which keeps its region alive. Cloning it counts one more, O(1).
///
/// It is made of an [`Own`](crate::Own::share), which nothing else can reach, or of a [`Token`] by a [`Reader`]. The value isn't edited any more; its memory
/// goes with the region.
///
/// ```
/// use offset_std::{Region, Shared, String, Vec};
///
/// let region = Region::new();
/// let words: Shared<Vec<String>> = region.alloc::<Vec<String>, _>(["one", "two"]).share();
/// let numbers = region.alloc_slice(&[1, 2, 3]); // the region goes on
/// numbers[0] = 4;
/// drop(region);
/// let reader = std::thread::spawn(move || words[1].len());
/// assert_eq!(reader.join().unwrap(), 3);
/// ```
pub struct Shared<T> {
    at: NonNull<T>,
    _region: Arc<Identity>,
    owns: PhantomData<T>,
}

// SAFETY: nobody edits the value any more, so it is like an `Arc<T>`; the region's memory may be given back by any thread.
unsafe impl<T: Send + Sync> Send for Shared<T> {}
// SAFETY: as above.
unsafe impl<T: Send + Sync> Sync for Shared<T> {}

impl<T> Shared<T> {
    /// # Safety
    ///
    /// A valid `T` lies at `at`, in the region of `identity`, which nobody edits or releases any more.
    pub(crate) unsafe fn new(at: NonNull<T>, identity: Arc<Identity>) -> Self {
        identity.keep();
        Shared { at, _region: identity, owns: PhantomData }
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Shared { at: self.at, _region: self._region.clone(), owns: PhantomData }
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: the value is valid, and its region is kept.
        unsafe { self.at.as_ref() }
    }
}

impl<T: fmt::Debug> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// Keeps a region alive for reading, without the right to allocate in it.
///
/// Writers and readers are counted apart: when the last writer is dropped the region can't grow any more, and what it hasn't used is given back at once;
/// when the last reader goes too, the region is freed. A reader makes counted references of the [`Token`]s that writers hand over.
///
/// ```
/// use offset_std::{Region, String, Vec};
/// use std::{sync::mpsc, thread};
///
/// let region = Region::new();
/// let reader = region.reader();
/// let (sender, receiver) = mpsc::channel();
/// for worker in 0..4 {
///     let (writer, sender) = (region.writer()?, sender.clone());
///     thread::spawn(move || {
///         let words = writer.alloc_iter::<String, _>((0..100).map(|n| format!("{worker} {n}")));
///         sender.send(words.detach()).unwrap();
///     });
/// }
/// drop((region, sender));
/// let words: std::vec::Vec<_> = receiver.iter().map(|token| reader.share(token).unwrap()).collect();
/// assert!(words.iter().all(|words| words.len() == 100));
/// # Ok::<(), offset_std::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Reader {
    region: Arc<Identity>,
}

impl Reader {
    /// Makes a counted reference to a value that a writer of the region has [detached](crate::Own::detach).
    ///
    /// # Errors
    ///
    /// The token, if its value lies in another region.
    pub fn share<T: Relocatable>(&self, token: Token<T>) -> Result<Shared<T>, Token<T>> {
        token.share_in(&self.region)
    }
}

impl Region {
    /// Another writer of this region: a `Region` with blocks of its own, for another thread. Both allocate without waiting for one another.
    ///
    /// Each writer recycles what it frees itself, whoever allocated it, so its `usage` is an estimate once values have changed hands. What one has built, another takes in: [detach](crate::Own::detach) it, send
    /// the token, and [`adopt`](Region::adopt) it. The memory stays until all writers and readers are gone. A limit holds for each writer.
    ///
    /// # Errors
    ///
    /// [`Custom`](crate::ErrorKind::Custom) for a bounded region: it has one block, and so one writer.
    ///
    /// ```
    /// use offset_std::{Box, Region, Vec};
    ///
    /// let region = Region::new();
    /// let writer = region.writer()?;
    /// let token = std::thread::spawn(move || writer.alloc::<Vec<u64>, _>([1, 2]).detach()).join().unwrap();
    /// let mut rows = region.alloc::<Vec<Box<Vec<u64>>>, _>([token]); // linked, not copied
    /// rows.edit().get_mut(0).unwrap().edit().push(3);
    /// assert_eq!(*rows[0], [1, 2, 3]);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn writer(&self) -> Result<Region> {
        let another =
            self.writer.another().ok_or_else(|| Error::custom("a bounded region has one block, and so one writer"))?;
        Ok(Region::from_writer(another))
    }

    /// Keeps the region alive for reading.
    pub fn reader(&self) -> Reader {
        let region = self.writer.identity();
        region.keep();
        Reader { region }
    }
}
