//! Slots: 32 GiB of address space each, leased to one region at a time.

mod lease;
mod mapping;
mod random;
#[cfg_attr(miri, path = "sys_miri.rs")]
mod sys;
mod zero;

pub(crate) use lease::{COMMIT_LIMIT, Lease};
pub(crate) use mapping::Mapping;
pub(crate) use random::random_bytes;
pub(crate) use zero::zero;
