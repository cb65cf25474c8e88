//! What threads share: from std, or under `cfg(loom)` from loom, which runs every interleaving of a [model](crate::models).

#[cfg(not(loom))]
use std::sync as from;

#[cfg(loom)]
use loom::sync as from;

pub(crate) use from::atomic;
pub(crate) use from::{Arc, Mutex, MutexGuard, RwLock, RwLockReadGuard};
