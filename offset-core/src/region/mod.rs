//! What values are allocated into, and who may do so.

mod allocator;
mod identity;
mod owner;
mod rest;
mod sealed;
mod shared;
mod writer;

pub(crate) use identity::{Identity, Orphan};
pub use owner::Region;
pub use sealed::{Refused, Sealed};
pub use shared::{Reader, Shared};
pub(crate) use writer::FIRST_UNIT;
pub use writer::{Usage, Writer};
