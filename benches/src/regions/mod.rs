//! Regions as allocators: how much it costs to have one, to fill it, and to have very many.
//!
//! | file | what |
//! | --- | --- |
//! | `small` | create, allocate a few objects, drop |
//! | `fill` | fill with 1 MiB, then drop or reset |
//! | `push` | a vector that grows in a fresh region |
//! | `alive` | a million regions at once |
//! | `churn` | regions of all sizes with random lifetimes |
//! | `extents` | what a file with a region's pages would take |
//! | `huge` | a region that grows, with huge pages and without |
//! | `threads` | two threads that build side by side |
//! | `slots` | contiguous images until one is refused |
//! | `ours`, `peers` | the contenders |
//! | `isolated`, `system` | a process of its own for a measurement, and what the kernel says about it |

pub(crate) mod alive;
pub(crate) mod churn;
pub(crate) mod extents;
pub(crate) mod fill;
pub(crate) mod huge;
pub(crate) mod isolated;
mod ours;
mod peers;
pub(crate) mod push;
pub(crate) mod slots;
pub(crate) mod small;
pub(crate) mod system;
pub(crate) mod threads;

/// What regions are filled with: 32 bytes.
type Object = [u64; 4];

/// The bytes of an object.
const OBJECT_BYTES: u64 = size_of::<Object>() as u64;

/// Something that is filled with objects and dropped as a whole.
trait Arena {
    const NAME: &'static str;

    /// Makes an empty one.
    fn new() -> Self;

    /// Allocates an object, and shows it to the optimiser as used, so that it has to be written.
    fn put(&self, object: Object);
}

/// Puts that many objects into an arena.
#[inline(never)]
fn put_all<A: Arena>(arena: &A, objects: u64) {
    for number in 0..objects {
        arena.put([number; 4]);
    }
}

/// An arena that can be emptied and filled again.
trait Reset: Arena {
    /// Forgets all objects.
    fn reset(&mut self);
}
