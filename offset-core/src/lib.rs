//! Regions, 32-bit typed offsets, and the file format behind `offset-std`.
//!
//! Use `offset-std`: it re-exports what is here, with the derive and more containers. This crate has what coherence and soundness want in one place:
//!
//! | module | what it is |
//! | --- | --- |
//! | `handle` | typed 32-bit offsets; the one place where an offset becomes a pointer |
//! | `relocatable` | the traits of a type that can live in a region |
//! | `emplace` | building a value in place |
//! | `deserialize`, `serialize` | straight from serde, and to it (feature `serde`) |
//! | `place`, `own` | editing a value in place; owning one that nothing else can reach |
//! | `boxed`, `option`, `vec`, `plain` | the vocabulary types |
//! | `schema` | a type as data: description, fingerprint, difference |
//! | `trace` | the one traversal: validate, release, copy |
//! | `space`, `region` | slots of address space, and allocating in them |
//! | `image` | a region with a typed root: saved, loaded, mapped |
//! | `sync`, `models` | what threads share, and models of it that `loom` runs in every interleaving |
//!
//! `docs/design.md` in the repository says why, `docs/safety.md` what keeps it sound, `docs/format.md` what a file looks like.

#[cfg(not(all(target_pointer_width = "64", target_endian = "little", target_os = "linux")))]
compile_error!("offset-core needs a 64-bit little-endian Linux: handles are mapped from files as they are");

mod allocation;
mod boxed;
#[cfg(feature = "serde")]
mod deserialize;
mod emplace;
mod error;
mod free;
mod handle;
mod image;
mod layout;
#[cfg(all(test, loom))]
mod models;
mod niche;
mod option;
mod own;
mod place;
mod plain;
mod poison;
#[doc(hidden)]
pub mod raw;
mod reference;
mod region;
mod relocatable;
mod schema;
#[cfg(feature = "serde")]
mod serialize;
mod space;
mod sync;
mod trace;
mod vec;

pub use boxed::{Box, BoxMut, Boxed};
#[cfg(feature = "serde")]
pub use deserialize::{DefaultIn, DeserializeIn, FromDeserializer};
pub use emplace::{DeepCopy, Emplace, Empty, Filled, Slot};
pub use error::{Error, ErrorKind, Refusal, Result};
pub use handle::{Handle, MAX_ALIGN, SLOT_BYTES, UNIT_BYTES};
pub use image::{Image, ImageOptions, Mapped};
pub use option::{Maybe, MaybeMut, OptionMut};
pub use own::{Own, Token};
pub use place::{Place, Popped};
pub use reference::Ref;
pub use region::{Compaction, Movable, Pinned, Reader, Refused, Region, Sealed, Shared, Usage};
pub use relocatable::{Plain, Portable, Relocatable};
pub use space::{Space, SpaceUsage};
pub use vec::{FromIter, IterMut, SliceMut, Vec, VecMut, from_iter};
