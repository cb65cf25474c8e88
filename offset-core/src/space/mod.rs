//! Slots, 32 GiB of address space each: leased to one region, or shared as a space.

mod depot;
mod lease;
mod magazine;
mod mapping;
mod random;
mod shared;
#[cfg_attr(miri, path = "sys_miri.rs")]
mod sys;
mod zero;

pub use depot::SpaceUsage;
pub(crate) use depot::{LINE_BYTES, LINE_UNITS};
pub(crate) use lease::{COMMIT_LIMIT, Lease};
#[cfg(all(test, loom))]
pub(crate) use magazine::Magazine;
pub(crate) use magazine::{FIRST_LINES, LAST_LINES};
pub(crate) use mapping::Mapping;
pub(crate) use random::random_bytes;
#[cfg(all(test, loom))]
pub(crate) use shared::Core;
pub(crate) use shared::Home;
pub use shared::Space;
pub(crate) use sys::move_pages;
pub(crate) use zero::zero;
