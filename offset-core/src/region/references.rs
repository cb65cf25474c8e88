//! The count of a sealed region.

use crate::sync::atomic::{AtomicU32, Ordering, fence};

/// How many references to something there are: the last one to go frees it.
pub(crate) struct References(AtomicU32);

/// References that there may be. Twice as many fit the counter, so that threads which pass it at the same time don't wrap it.
const MOST: u32 = u32::MAX / 2;

impl References {
    /// One.
    pub(crate) fn one() -> References {
        References(AtomicU32::new(1))
    }

    /// Counts one more. The caller has one.
    #[inline]
    pub(crate) fn add(&self) {
        if self.0.fetch_add(1, Ordering::Relaxed) > MOST {
            // Somebody leaks them in a loop: a counter that wraps would free what is in use.
            std::process::abort();
        }
    }

    /// Counts one less: the caller's. Returns whether it was the last; then what other threads did before they gave theirs up has happened.
    #[inline]
    pub(crate) fn remove(&self) -> bool {
        let last = self.0.fetch_sub(1, Ordering::Release) == 1;
        if last {
            fence(Ordering::Acquire);
        }
        last
    }

    /// How many there are. If one, the caller's is the only one, and what other threads did before they gave theirs up has happened.
    #[inline]
    pub(crate) fn count(&self) -> u32 {
        self.0.load(Ordering::Acquire)
    }
}
