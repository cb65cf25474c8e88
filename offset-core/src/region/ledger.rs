//! Who still writes to a region, who still reads it, and what those leave who go.
//!
//! This is what threads do to one another: [`Identity`](super::Identity) is a ledger of values that were left behind and of blocks, and a model is one of
//! flags.

use std::sync::PoisonError;

use crate::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use crate::sync::{Mutex, MutexGuard};

/// Counts the writers of a region, and keeps what they leave: values `O` for other writers to release, and memory `M`, which is dropped with the ledger, when
/// nobody refers to the region any more.
#[derive(Debug)]
pub(crate) struct Ledger<O, M> {
    writers: AtomicUsize,
    orphans: Mutex<Vec<O>>,
    /// Whether there may be some: looked at more often than they come.
    orphaned: AtomicBool,
    /// Whether what refers to the region reads it, so that its memory stays until the last reference goes.
    kept: AtomicBool,
    memory: Mutex<Vec<M>>,
}

/// Of a region with one writer.
impl<O, M> Default for Ledger<O, M> {
    fn default() -> Self {
        Ledger {
            writers: AtomicUsize::new(1),
            orphans: Mutex::new(Vec::new()),
            orphaned: AtomicBool::new(false),
            kept: AtomicBool::new(false),
            memory: Mutex::new(Vec::new()),
        }
    }
}

impl<O, M> Ledger<O, M> {
    /// Counts another writer.
    pub(crate) fn add_writer(&self) {
        self.keep();
        self.writers.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts one less. Returns whether it has to leave its memory here, because others refer to the region.
    pub(crate) fn remove_writer(&self) -> bool {
        self.writers.fetch_sub(1, Ordering::Release);
        self.is_kept()
    }

    /// Writers that are alive. What those did that aren't has happened.
    pub(crate) fn writers(&self) -> usize {
        self.writers.load(Ordering::Acquire)
    }

    /// Forgets what was left behind, and gives the memory of writers that are gone back: the region starts over, and nothing refers to it.
    pub(crate) fn forget(&self) {
        self.take_orphans();
        self.held().clear();
    }

    /// Leaves a value for a writer to release.
    pub(crate) fn leave(&self, orphan: O) {
        let mut orphans = self.orphans.lock().unwrap_or_else(PoisonError::into_inner);
        orphans.push(orphan);
        self.orphaned.store(true, Ordering::Release);
    }

    /// Whether something was left behind.
    #[inline]
    pub(crate) fn has_orphans(&self) -> bool {
        self.orphaned.load(Ordering::Acquire)
    }

    /// Takes what was left behind.
    pub(crate) fn take_orphans(&self) -> Vec<O> {
        let mut orphans = self.orphans.lock().unwrap_or_else(PoisonError::into_inner);
        self.orphaned.store(false, Ordering::Relaxed);
        std::mem::take(&mut *orphans)
    }

    /// Keeps the memory of the region until the last reference goes.
    pub(crate) fn keep(&self) {
        self.kept.store(true, Ordering::Release);
    }

    pub(crate) fn is_kept(&self) -> bool {
        self.kept.load(Ordering::Acquire)
    }

    /// Takes the memory of a writer that is gone.
    pub(crate) fn hold(&self, memory: M) {
        self.held().push(memory);
    }

    /// The memory of writers that are gone.
    pub(crate) fn held(&self) -> MutexGuard<'_, Vec<M>> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
