//! Twins: what std types become in a region, and the way there and back.
//!
//! `#[relocatable(std)]` beside the derive makes the twin of a struct or an enum of std types: for a `City` with a std `String` in it, a `CityTwin` with an
//! [`offset_std::String`](crate::String). That adopts regions in an existing code base without rewriting its types.
//!
//! ```
//! use std::collections::BTreeMap;
//! use offset_std::{Image, Relocatable, Vec};
//!
//! #[derive(Relocatable, Clone, Default, Debug, PartialEq)]
//! #[relocatable(std, derive(Debug))]
//! pub struct City {
//!     pub name: String,
//!     pub population: u64,
//!     pub tags: std::vec::Vec<String>,
//!     pub twinned: BTreeMap<String, Option<Box<City>>>,
//! }
//!
//! let paris = City { name: "Paris".into(), tags: vec!["capital".into()], ..City::default() };
//! let twinned = [("Paris".into(), Some(Box::new(paris.clone())))].into();
//! let cities = vec![paris, City { name: "Rome".into(), twinned, ..City::default() }];
//!
//! let mut image = Image::<Vec<CityTwin>>::new(&cities)?; // built in place
//! assert_eq!(image[1], cities[1]);
//! image.edit().get_mut(0).unwrap().edit().tags.push("river");
//! assert_eq!(image[0].to_std().tags, ["capital", "river"]);
//! # Ok::<(), offset_std::Error>(())
//! ```
//!
//! # What becomes of what
//!
//! | std | in the region |
//! | --- | --- |
//! | numbers, `bool`, `char`, `NonZero…`, `Option<NonZero…>`, `PhantomData` | the same |
//! | `usize`, `isize`, and `NonZero` of them | `u64`, `i64` |
//! | `String`, `Box<str>`, `Rc<str>`, `Arc<str>`, `Cow<str>` | [`String`](crate::String) |
//! | `Vec<T>`, `Box<[T]>`, `Cow<[T]>`, `LinkedList<T>` | [`Vec`](crate::Vec) |
//! | `[T; N]` | an array |
//! | `VecDeque`, `BinaryHeap` | the same in this crate; what is in a heap has a twin with `Ord` |
//! | `HashMap`, `HashSet`, `BTreeMap`, `BTreeSet` | the same in this crate; the keys' twins have `StableHash` and `Eq`, or `Ord` |
//! | `Box<T>` | [`Box`](crate::Box) |
//! | `Option<Box<T>>` | `Option<Box<…>>`, 4 bytes |
//! | any other `Option<T>` | [`Maybe`] |
//! | `Duration`, `SystemTime`, `Ipv4Addr`, `Ipv6Addr` | the same in this crate |
//! | tuples, `()` | [`Tuple2`]…, [`Unit`], which are structs |
//! | a struct or an enum with `#[relocatable(std)]` | its twin |
//! | plain data with `#[relocatable(plain, std)]` | itself |
//!
//! `Rc<T>` and `Arc<T>` have no twin of their own, because what is shared would become as many copies: where that is meant, say so with [`Unshared`].
//! For a type of another crate, a *stand-in* says what becomes of it: see [`Twin`]. [`AsText`] is one for all types that can be written and parsed.
//!
//! # Depth
//!
//! Building from a std value, comparing with it and going back to it recurse once for each box or collection inside another, as deep as cloning or dropping the std value does, and no deeper.

use std::marker::PhantomData;

use offset_core::{Emplace, Filled, Maybe, Relocatable, Result, Slot, from_iter};

mod keyed;
mod leaves;
mod optional;
mod sequences;
mod stand_ins;
mod tuples;

pub use optional::Optional;
pub use stand_ins::{AsText, Unshared};
pub use tuples::*;

/// What a std type becomes in a region. Part of [`Twin`], apart from it so that a twin's definition needs no bounds.
///
/// `S` is the std type. Types say it for themselves; a stand-in, named by `#[relocatable(with = …)]`, says it for a type of another crate.
#[diagnostic::on_unimplemented(
    message = "`{S}` has no twin that can live in a region",
    label = "`{Self}` doesn't say what becomes of a `{S}`",
    note = "a struct or enum of your own: add `#[derive(Relocatable)]` and `#[relocatable(std)]` (plain data that lives in regions itself: `#[relocatable(plain, std)]`)",
    note = "a type of another crate: write `#[relocatable(with = AsText)]` at the field, or a stand-in of your own that implements `TwinType<{S}>` and `Twin<{S}>`",
    note = "for `Rc<T>` and `Arc<T>` write `#[relocatable(with = Unshared<T>)]`, if what is shared may become as many copies"
)]
pub trait TwinType<S = Self> {
    /// What lies in the region.
    type Region;

    /// What lies there for an `Option<S>`: `Maybe<Self::Region>`, or `Option<…>` for a [`Box`](crate::Box) or a `NonZero…`, which have a bit pattern to spare.
    type Optional;
}

/// A std type that has a twin in regions: how the twin is built, and how to get back.
///
/// It is implemented for std's types and, by `#[relocatable(std)]`, for yours: `T: Twin` says that there is a twin, `T::Region`. A *stand-in* implements `Twin<S>` for a type `S`
/// of another crate, and is named where that occurs. It can stand anywhere in the field's type:
///
/// ```
/// use std::path::PathBuf;
/// use offset_std::twin::{Twin, TwinType};
/// use offset_std::{Error, Filled, Image, Slot, String, prelude::*};
///
/// pub enum AsPath {}
///
/// impl TwinType<PathBuf> for AsPath {
///     type Region = String;
///     type Optional = Maybe<String>;
/// }
///
/// impl Twin<PathBuf> for AsPath {
///     fn emplace<'s>(path: &PathBuf, slot: Slot<'s, String>) -> Result<Filled<'s, String>, Error> {
///         slot.build(path.to_str().ok_or_else(|| Error::custom("a path that isn't UTF-8"))?)
///     }
///
///     fn to_std(path: &String) -> Result<PathBuf, Error> {
///         Ok(path.as_str().into())
///     }
///
///     fn equals(path: &PathBuf, twin: &String) -> bool {
///         path.as_os_str() == twin.as_str()
///     }
/// }
///
/// #[derive(Relocatable)]
/// #[relocatable(std)]
/// pub struct Settings {
///     #[relocatable(with = AsPath)]
///     home: PathBuf,
///     #[relocatable(with = Vec<Option<AsPath>>)]
///     search: Vec<Option<PathBuf>>,
/// }
///
/// let settings = Settings { home: "/home/ada".into(), search: vec![None, Some("/usr".into())] };
/// let image = Image::<SettingsTwin>::new(&settings)?;
/// assert_eq!(image.home, "/home/ada");
/// assert_eq!(image.to_std().search, settings.search);
/// # Ok::<(), Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{S}` has no twin that can live in a region",
    label = "`{Self}` doesn't say how the twin of a `{S}` is built",
    note = "a key's twin must have a hash (`StableHash` and `Eq`) in a hash map or set, and an order (`Ord`) in the others: add `#[relocatable(std, derive(…))]` to your own",
    note = "in a generic type, bounds go into `#[relocatable(std, bound(…))]`: `bound(K: Hash + Eq, K::Region: StableHash + Eq)`"
)]
pub trait Twin<S = Self>:
    TwinType<S, Region: Relocatable, Optional: Optional<<Self as TwinType<S>>::Region>> + Sized
{
    /// Builds the twin of `std` in a slot, in place.
    ///
    /// # Errors
    ///
    /// No space, and what a stand-in finds that its type can't express.
    fn emplace<'s>(std: &S, slot: Slot<'s, Self::Region>) -> Result<Filled<'s, Self::Region>>;

    /// The std value of a twin.
    ///
    /// # Errors
    ///
    /// A value that the std type can't express: files and edits can put any valid value into a region.
    fn to_std(twin: &Self::Region) -> Result<S>;

    /// Whether a twin is that of `std`.
    fn equals(std: &S, twin: &Self::Region) -> bool;

    /// Builds the twins of many.
    #[doc(hidden)]
    fn emplace_slice<'s>(
        std: &[S],
        slot: Slot<'s, crate::Vec<Self::Region>>,
    ) -> Result<Filled<'s, crate::Vec<Self::Region>>> {
        slot.build(from_iter(std.iter().map(FromStd::<S, Self>::new)))
    }

    /// Builds the twins of so many.
    #[doc(hidden)]
    fn emplace_array<'s, const N: usize>(
        std: &[S; N],
        slot: Slot<'s, [Self::Region; N]>,
    ) -> Result<Filled<'s, [Self::Region; N]>> {
        slot.build(std.each_ref().map(FromStd::<S, Self>::new))
    }

    /// The std values of many.
    #[doc(hidden)]
    fn to_vec(twins: &[Self::Region]) -> Result<Vec<S>> {
        let mut all = Vec::with_capacity(twins.len());
        for twin in twins {
            all.push(Self::to_std(twin)?);
        }
        Ok(all)
    }

    /// The std values of so many.
    #[doc(hidden)]
    fn to_array<const N: usize>(twins: &[Self::Region; N]) -> Result<[S; N]> {
        let mut failed = None;
        let all = twins.each_ref().map(|twin| match failed {
            None => Self::to_std(twin).map_err(|error| failed = Some(error)).ok(),
            Some(_) => None,
        });
        match failed {
            None => Ok(all.map(|one| one.expect("none failed"))),
            Some(error) => Err(error),
        }
    }
}

/// A std type that can be the argument of a generic type with a twin: every one of which an `Option` is a [`Maybe`] in a region.
///
/// The twin of a generic type knows only what its argument is in the region, so an `Option<T>` must be the same for each. Not so for a `Box` and a `NonZero…`: put
/// them into a struct, or into the generic type itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be the argument of a generic type with a twin",
    label = "its `Option` isn't a `Maybe` in a region",
    note = "a `Box<T>` or a `NonZero…` is an argument inside a struct of its own, or a part of the generic type"
)]
pub trait Argument: Twin + TwinType<Optional = Maybe<<Self as TwinType>::Region>> {}

impl<S: Twin + TwinType<Optional = Maybe<<S as TwinType>::Region>>> Argument for S {}

/// The twin of a std type: `TwinOf<String>` is [`offset_std::String`](crate::String).
///
/// The fields of generated twins are written with it. `W` is the stand-in, if there is one.
pub type TwinOf<S, W = S> = <W as TwinType<S>>::Region;

/// Stands for a std type of which only the twin is known, `R`: for a parameter `T` of a generated twin.
///
/// The twin of `struct Tree<T> { children: Vec<Tree<T>> }` is `struct TreeTwin<T> { children: TwinOf<Vec<Tree<InRegion<T>>>> }`, so a `Vec<TreeTwin<T>>`: its
/// parameter is what lies in the region. There is no value of this type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InRegion<R>(std::convert::Infallible, PhantomData<R>);

impl<R> TwinType for InRegion<R> {
    type Region = R;
    type Optional = Maybe<R>;
}

/// The initialiser of a twin: see [`from_std`].
#[derive(Debug)]
pub struct FromStd<'a, S, W = S>(&'a S, PhantomData<fn() -> W>);

impl<'a, S, W> FromStd<'a, S, W> {
    /// The twin that `W` makes of a `S`.
    #[doc(hidden)]
    #[inline(always)]
    pub fn new(std: &'a S) -> Self {
        FromStd(std, PhantomData)
    }
}

impl<S, W> Clone for FromStd<'_, S, W> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<S, W> Copy for FromStd<'_, S, W> {}

impl<S, W: Twin<S>> Emplace<W::Region> for FromStd<'_, S, W> {
    #[inline]
    fn emplace<'s>(self, slot: Slot<'s, W::Region>) -> Result<Filled<'s, W::Region>> {
        W::emplace(self.0, slot)
    }
}

/// Makes a std value the initialiser of its twin.
///
/// A reference to a type of your own is one already; this is for std's.
///
/// ```
/// use offset_std::twin::{from_std, to_std};
/// use offset_std::{Image, Vec};
///
/// let sizes: std::vec::Vec<(usize, bool)> = vec![(3, true), (5, false)];
/// let image = Image::<Vec<offset_std::twin::Tuple2<u64, bool>>>::new(from_std(&sizes))?;
/// assert_eq!(image[1].0, 5);
/// assert_eq!(to_std::<std::vec::Vec<(usize, bool)>>(&image), sizes);
/// # Ok::<(), offset_std::Error>(())
/// ```
pub fn from_std<S: Twin>(std: &S) -> FromStd<'_, S> {
    FromStd::new(std)
}

/// The std value of a twin.
///
/// # Panics
///
/// Where [`try_to_std`] returns an error, with its text.
#[track_caller]
pub fn to_std<S: Twin>(twin: &S::Region) -> S {
    try_to_std(twin).unwrap_or_else(|error| error.raise())
}

/// The std value of a twin, if there is one.
///
/// # Errors
///
/// A value that the std type can't express. Std's own can express all that their twins can, on this platform.
pub fn try_to_std<S: Twin>(twin: &S::Region) -> Result<S> {
    S::to_std(twin)
}
