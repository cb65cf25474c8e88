//! Something that is replaced only while nobody reads it.

use std::sync::PoisonError;

use crate::sync::{RwLock, RwLockReadGuard};

/// Holds an `S` that readers pin where it is: another one takes its place only while nobody reads it.
pub(crate) struct Pin<S>(RwLock<S>);

impl<S> Pin<S> {
    pub(crate) fn new(held: S) -> Self {
        Pin(RwLock::new(held))
    }

    /// Reads it, after whoever replaces it is done. It stays while the guard is alive.
    pub(crate) fn read(&self) -> RwLockReadGuard<'_, S> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at it, unless somebody replaces it.
    pub(crate) fn look<R>(&self, look: impl FnOnce(&S) -> R) -> Option<R> {
        Some(look(&*self.0.try_read().ok()?))
    }

    /// Lets `replace` change it, unless somebody reads it.
    pub(crate) fn change<R>(&self, replace: impl FnOnce(&mut S) -> Option<R>) -> Option<R> {
        replace(&mut *self.0.try_write().ok()?)
    }
}
