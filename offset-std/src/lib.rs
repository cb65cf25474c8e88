//! Data structures that live in regions of memory and point with 32-bit offsets: build and change them in place, save a region to a file, map it in
//! another program, and read it there at once, as plain Rust.
//!
//! ```
//! use offset_std::{Box, String, Vec, prelude::*};
//!
//! #[derive(Relocatable, Debug, PartialEq)]
//! #[repr(C)]
//! pub struct City {
//!     pub name: String,
//!     pub population: u64,
//!     pub tags: Vec<String>,
//!     pub capital_of: Option<Box<Country>>,
//! }
//!
//! #[derive(Relocatable, Debug, PartialEq)]
//! #[repr(C)]
//! pub struct Country {
//!     pub name: String,
//!     pub area: f64,
//! }
//!
//! # fn main() -> Result<(), offset_std::Error> {
//! # let path = std::env::temp_dir().join(format!("atlas-{}.region", std::process::id()));
//! // Build: an initialiser for each struct, literals for what they hold.
//! let mut atlas = Image::<Vec<City>>::new(Empty)?;
//! let mut cities = atlas.edit();
//! cities.push(CityInit {
//!     name: "Paris",
//!     population: 2_102_650,
//!     tags: ["capital", "river"],
//!     capital_of: Some(CountryInit { name: "France", area: 643_801.0 }),
//! });
//!
//! // Edit in place: a handle for each field.
//! let mut paris = cities.get_mut(0).unwrap();
//! let mut paris = paris.edit();
//! *paris.population += 1;
//! paris.tags.push("seine");
//!
//! // Read: plain references.
//! assert_eq!(atlas[0].name, "Paris");
//! atlas.save(&path)?;
//!
//! // In another program:
//! // SAFETY: nobody writes to the file.
//! let atlas = unsafe { Mapped::<Vec<City>>::map(&path)? };
//! assert_eq!(atlas[0].tags, ["capital", "river", "seine"]);
//! assert_eq!(atlas[0].capital_of.as_ref().unwrap().name, "France");
//! # std::fs::remove_file(&path).unwrap();
//! # Ok(())
//! # }
//! ```
//!
//! # The way of the data
//!
//! | step | with |
//! | --- | --- |
//! | annotate | [`#[derive(Relocatable)]`](derive@Relocatable) |
//! | build | [`Image::new`] with an initialiser: `CityInit { … }`, `&str`, arrays, [`from_iter`], [`Empty`], [`DeepCopy`], or your own [`Emplace`] |
//! | read | `&T`: [`Vec`] is a slice, [`String`] a `str`, [`Box`] what it holds; [`HashMap`], [`HashSet`], [`BTreeMap`], [`BTreeSet`], [`VecDeque`] and [`BinaryHeap`] read like std's, [`Trie`] like a map with prefixes, [`Arena`] by key, [`Interner`] by symbol |
//! | edit | [`Image::edit`], [`Place`], [`VecMut`], [`StringMut`], [`HashMapMut`], [`HashSetMut`], [`BTreeMapMut`], [`BTreeSetMut`], [`TrieMut`], [`VecDequeMut`], [`BinaryHeapMut`], [`ArenaMut`], [`InternerMut`], [`BoxMut`], [`OptionMut`], [`MaybeMut`] |
//! | save | [`Image::save`] |
//! | load, map | [`Image::load`] (safe; may be edited), [`Mapped::map`] (no copy; `unsafe` because another process might change the file) |
//!
//! # Building a tree without recursion
//!
//! Places of different values don't overlap, so any number of them can wait in a list of work. [`Place::into_fields`] gives the handles of one that is
//! done waiting, and a [`VecMut`] that is iterated by value gives the places of its elements, for as long as the image is borrowed.
//!
//! ```
//! use offset_std::{String, Vec, prelude::*};
//!
//! #[derive(Relocatable)]
//! #[repr(C)]
//! pub struct Node {
//!     pub name: String,
//!     pub children: Vec<Node>,
//! }
//!
//! let mut tree = Image::<Node>::new(NodeInit { name: "r", children: Empty })?;
//! let mut waiting = vec![tree.root_mut()];
//! while let Some(node) = waiting.pop() {
//!     let NodeMut { name, mut children } = node.into_fields();
//!     if name.len() < 3 {
//!         let names = ["a", "b"].map(|end| format!("{name}{end}"));
//!         children.set(names.map(|name| NodeInit { name, children: Empty }));
//!         waiting.extend(children);
//!     }
//! }
//! assert_eq!(tree.children[1].children[0].name, "rba");
//! # Ok::<(), offset_std::Error>(())
//! ```
//!
//! # Adopting it in an existing code base
//!
//! Types of std collections stay as they are. [`#[relocatable(std)]`](derive@Relocatable) makes the *twin* of each, which lives in regions: it is built from the std value, compared with it, and
//! goes back to it. So the part of a program that saves, shares or maps data changes, and the rest doesn't.
//!
//! ```
//! use std::collections::HashMap;
//! use offset_std::{Mapped, prelude::*};
//!
//! #[derive(Relocatable, Debug, PartialEq)]
//! #[relocatable(std, derive(Debug))] // the latter for the twin
//! pub struct Config {
//!     pub name: String,
//!     pub limits: HashMap<String, usize>,
//!     pub parents: Vec<Config>,
//! }
//!
//! # fn main() -> Result<(), offset_std::Error> {
//! # let path = std::env::temp_dir().join(format!("config-{}.region", std::process::id()));
//! let base = Config { name: "base".into(), limits: [("depth".into(), 3)].into(), parents: vec![] };
//! let config = Config { name: "mine".into(), limits: HashMap::new(), parents: vec![base] };
//! Image::<ConfigTwin>::new(&config)?.save(&path)?;
//!
//! // SAFETY: nobody writes to the file.
//! let mapped = unsafe { Mapped::<ConfigTwin>::map(&path)? };
//! assert_eq!(mapped.parents[0].limits["depth"], 3); // nothing was decoded
//! assert_eq!(*mapped, config);
//! assert_eq!(mapped.to_std(), config);
//! # std::fs::remove_file(&path).unwrap();
//! # Ok(())
//! # }
//! ```
//!
//! [`twin`] says what becomes of each type, and how to speak for types of other crates.
//!
//! # Straight from serde
//!
//! With the feature `serde` everything here serialises as its std twin does, and a format builds values in place while it parses, with no std value in between:
//! `Image::from_deserializer`, or `FromDeserializer` wherever an initialiser goes. `#[derive(DeserializeIn)]` does it for your own types, with serde's `rename`, `rename_all`, `alias`,
//! `default`, `skip`, `deny_unknown_fields` and `transparent`. Everything that a field may be is read, but for [`Arena`] and [`Ref`].
//!
#![cfg_attr(feature = "serde", doc = "```")]
#![cfg_attr(not(feature = "serde"), doc = "```ignore")]
//! use offset_std::{String, Vec, prelude::*};
//!
//! #[derive(Relocatable, DeserializeIn, serde::Serialize)]
//! #[repr(C)]
//! pub struct City {
//!     pub name: String,
//!     pub population: Maybe<u64>,
//!     #[serde(default)]
//!     pub tags: Vec<String>,
//! }
//!
//! let text = r#"[{"name": "Oslo", "population": 709037, "tags": ["capital"]}, {"name": "Rome"}]"#;
//! let mut cities = Image::<Vec<City>>::from_deserializer(&mut serde_json::Deserializer::from_str(text))?;
//! let another = r#"{"name": "Paris", "tags": []}"#;
//! cities.edit().push(FromDeserializer(&mut serde_json::Deserializer::from_str(another)));
//! assert_eq!(cities[2].name, "Paris");
//! assert!(serde_json::to_string(&cities).unwrap().starts_with(r#"[{"name":"Oslo","population":709037,"tags":["capital"]}"#));
//! # Ok::<(), offset_std::Error>(())
//! ```
//!
//! # What a field may be
//!
//! Fixed-width numbers, `bool`, `char`, `NonZero…`, arrays, [`Box`], [`Vec`], [`String`], [`HashMap`], [`HashSet`], [`BTreeMap`], [`BTreeSet`], [`Trie`], [`VecDeque`], [`BinaryHeap`], [`Arena`] and its [`Key`]s, [`Interner`] and its [`Symbol`]s, `Option<Box<T>>`, `Option<Key<T>>`, `Option<Symbol>`, [`Maybe`], [`Ref`], [`Duration`], [`SystemTime`],
//! [`Ipv4Addr`], [`Ipv6Addr`], and what you derive. Not what has an address in it, another layout elsewhere (`usize`, tuples, std's collections), or a destructor.

extern crate self as offset_std;

pub use offset_core::{
    Box, BoxMut, Boxed, Compaction, DeepCopy, Emplace, Empty, Error, ErrorKind, Filled, FromIter, Handle, Image,
    ImageOptions, IterMut, MAX_ALIGN, Mapped, Maybe, MaybeMut, Movable, OptionMut, Own, Pinned, Place, Plain, Popped,
    Portable, Reader, Ref, Refusal, Refused, Region, Relocatable, Result, SLOT_BYTES, Sealed, Shared, SliceMut, Slot,
    Space, SpaceUsage, Token, UNIT_BYTES, Usage, Vec, VecMut, from_iter,
};
#[cfg(feature = "serde")]
pub use offset_core::{DefaultIn, DeserializeIn, FromDeserializer};
#[cfg(feature = "serde")]
pub use offset_derive::DeserializeIn;
pub use offset_derive::{Relocatable, StableHash};

pub mod arena;
pub mod binary_heap;
pub mod btree_map;
pub mod btree_set;
#[cfg(feature = "serde")]
mod deserialize;
mod fetch;
pub mod hash;
pub mod hash_map;
pub mod hash_set;
mod hidden;
pub mod interner;
mod kind;
mod net;
mod niche;
mod string;
mod time;
pub mod trie;
pub mod twin;
pub mod vec_deque;

#[doc(inline)]
pub use arena::{Arena, ArenaMut, Key};
#[doc(inline)]
pub use binary_heap::{BinaryHeap, BinaryHeapMut};
#[doc(inline)]
pub use btree_map::{BTreeMap, BTreeMapMut, Comparable};
#[doc(inline)]
pub use btree_set::{BTreeSet, BTreeSetMut};
#[doc(inline)]
pub use hash::{Equivalent, StableHash, StableHasher};
#[doc(inline)]
pub use hash_map::{HashMap, HashMapMut, Seeded};
#[doc(inline)]
pub use hash_set::{HashSet, HashSetMut};
#[doc(inline)]
pub use interner::{Interner, InternerMut, Symbol};
pub use net::{Ipv4Addr, Ipv6Addr};
pub use string::{String, StringMut};
pub use time::{Duration, SystemTime};
#[doc(inline)]
pub use trie::{Trie, TrieMut};
pub use vec_deque::{VecDeque, VecDequeMut};

/// What most programs want in scope: the derive and its trait, images, and the initialisers. `Box`, `Vec`, `String` and `Result`, which would shadow
/// std's, aren't here.
pub mod prelude {
    pub use crate::{
        Boxed, DeepCopy, Emplace, Empty, Image, ImageOptions, Mapped, Maybe, Own, Place, Plain, Popped, Portable,
        Relocatable, from_iter,
    };
    #[cfg(feature = "serde")]
    pub use crate::{DeserializeIn, FromDeserializer};
}

/// What the derive's output refers to. Not for use by hand.
#[doc(hidden)]
pub mod __private {
    pub use crate::hash::{StableHash, StableHasher};
    pub use crate::twin::{Argument, FromStd, InRegion, Twin, TwinOf, TwinType};
    #[cfg(feature = "serde")]
    pub use offset_core::DeserializeIn;
    pub use offset_core::raw::*;
    pub use offset_core::{
        Box, Boxed, Emplace, Error, Filled, MAX_ALIGN, Maybe, Place, Plain, Portable, Relocatable, Slot, Vec,
    };
    pub use std::string::{String, ToString};
    pub use std::vec::Vec as StdVec;
}

/// The README's example is a test.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
