//! What values are allocated into, and who may do so.

mod allocator;
mod blocks;
mod identity;
mod movable;
mod owner;
mod promote;
mod rest;
mod sealed;
mod shared;
mod writer;

pub(crate) use identity::{Identity, Orphan};
pub(crate) use movable::Relocate;
pub use movable::{Compaction, Movable, Pinned};
pub use owner::Region;
pub use sealed::{Refused, Sealed};
pub use shared::{Reader, Shared};
pub(crate) use writer::FIRST_UNIT;
pub use writer::{Usage, Writer};
