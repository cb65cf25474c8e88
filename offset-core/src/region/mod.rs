//! What values are allocated into, and who may do so.

mod allocator;
mod blocks;
mod identity;
mod ledger;
mod movable;
mod owner;
mod pin;
mod promote;
mod references;
mod rest;
mod sealed;
mod shared;
mod writer;

pub(crate) use identity::{Identity, Orphan};
#[cfg(all(test, loom))]
pub(crate) use ledger::Ledger;
pub(crate) use movable::Relocate;
pub use movable::{Compaction, Movable, Pinned};
pub use owner::Region;
#[cfg(all(test, loom))]
pub(crate) use pin::Pin;
#[cfg(all(test, loom))]
pub(crate) use references::References;
pub use sealed::{Refused, Sealed};
pub use shared::{Reader, Shared};
pub(crate) use writer::FIRST_UNIT;
pub use writer::{Usage, Writer};
