//! Regions, 32-bit typed offsets, and the file format behind `offset-std`.
//!
//! Use `offset-std`: it re-exports what is here, with the derive and more containers. This crate has what coherence and soundness want in one place:
//!
//! | module | what it is |
//! | --- | --- |
//! | `handle` | typed 32-bit offsets; the one place where an offset becomes a pointer |
//! | `relocatable` | the traits of a type that can live in a region |
//! | `emplace` | building a value in place |
//! | `place`, `own` | editing a value in place; owning one that nothing else can reach |
//! | `boxed`, `option`, `vec`, `plain` | the vocabulary types |
//! | `schema` | a type as data: description, fingerprint, difference |
//! | `trace` | the one traversal: validate, release, copy |
//! | `space`, `region` | slots of address space, and allocating in them |
//! | `image` | a region with a typed root: saved, loaded, mapped |
//!
//! `docs/design.md` in the repository says why, `docs/safety.md` what keeps it sound, `docs/format.md` what a file looks like.

#[cfg(not(all(target_pointer_width = "64", target_endian = "little", target_os = "linux")))]
compile_error!("offset-core needs a 64-bit little-endian Linux: handles are mapped from files as they are");

mod allocation;
mod boxed;
mod emplace;
mod error;
mod handle;
mod image;
mod layout;
mod option;
mod own;
mod place;
mod plain;
mod poison;
mod region;
mod relocatable;
mod schema;
mod space;
mod trace;
mod vec;

pub use boxed::{Box, BoxMut, Boxed};
pub use emplace::{DeepCopy, Emplace, Empty, Filled, Slot};
pub use error::{Error, ErrorKind, Refusal, Result};
pub use handle::{Handle, MAX_ALIGN, SLOT_BYTES, UNIT_BYTES};
pub use image::{Image, ImageOptions, Mapped};
pub use option::{Maybe, MaybeMut, OptionMut};
pub use own::{Own, Token};
pub use place::{Place, Popped};
pub use region::Usage;
pub use relocatable::{Plain, Portable, Relocatable};
pub use vec::{FromIter, IterMut, SliceMut, Vec, VecMut, from_iter};

/// What the derive and `offset-std` build on. Not for use by hand: nothing here is stable.
#[doc(hidden)]
pub mod raw {
    pub use crate::allocation::{Allocation, ZeroOnDrop, move_value, units_of};
    pub use crate::handle::Base;
    pub use crate::layout::{c_offset, ends_of};
    pub use crate::region::Writer;
    pub use crate::relocatable::Facts;
    pub use crate::schema::{Description, Field, Kind, Owner, Part, Scalar, Variant, type_id};
    pub use crate::trace::release::{release, release_all};
    pub use crate::trace::{Edge, Visitor};

    /// What offsets in the region are relative to.
    #[inline(always)]
    pub fn base(writer: &Writer) -> Base {
        writer.base()
    }

    /// Whether both write to the same region.
    #[inline]
    pub fn same_region(one: &Writer, other: &Writer) -> bool {
        one.same_region(other)
    }

    /// Gives units up. They are zeroed, and will be used again.
    ///
    /// # Safety
    ///
    /// They belong to one allocation of the writer's region, and nothing refers to them any more.
    #[inline]
    pub unsafe fn free(writer: &Writer, unit: u32, units: u32) {
        // SAFETY: the caller's contract.
        unsafe { writer.free(unit, units) };
    }
}
