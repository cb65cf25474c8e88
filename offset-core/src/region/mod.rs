//! What values are allocated into, and who may do so.

mod free;
mod writer;

pub(crate) use free::Piece;
pub(crate) use writer::{FIRST_UNIT, Identity, Orphan};
pub use writer::{Usage, Writer};
