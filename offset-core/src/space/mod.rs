//! Slots: 32 GiB of address space each, leased to one region at a time.

mod lease;
mod sys;

pub(crate) use lease::{COMMIT_LIMIT, Lease};
pub(crate) use sys::random_bytes;
