//! Building values straight from serde: a format writes into the region while it parses, with no std value in between.
//!
//! A [`Slot`] is a `DeserializeSeed` whose value is the proof that it is filled. So a format, whose code is a user's, can't answer with another value than the one
//! that was built in that slot: it knows neither the type of the seed nor that of its value, and gets a value only by using the seed up.
//!
//! | file | |
//! | --- | --- |
//! | `mod.rs` | the trait, the initialiser, errors |
//! | `types.rs` | the types of this crate, but for `Vec`, which has its own in `vec/deserialize.rs` |
//! | `aside.rs` | what is built aside and then moved |
//! | `derived.rs` | what the derive's output refers to |

use std::cell::Cell;

use serde::de::{self, DeserializeSeed, Deserializer};

use crate::emplace::{Emplace, Filled, Slot};
use crate::error::{Error, ErrorKind, Result};
use crate::image::Image;
use crate::relocatable::{Plain, Portable, Relocatable};

pub mod aside;
pub mod derived;
mod types;

/// A type that a serde format can build in its place, while it parses.
///
/// All types here have it whose parts have it; for your own, derive it. It is used through [`FromDeserializer`] and [`Image::from_deserializer`].
///
/// You can implement it in safe code: get the [`Filled`] by handing the slot on. A slot is a `DeserializeSeed`, and [`Slot::build`] takes any initialiser.
///
/// ```
/// use offset_std::{DeserializeIn, Error, Filled, FromDeserializer, Image, Slot, prelude::*};
/// use serde::{Deserialize, Deserializer};
///
/// /// A colour, which a document writes `"#ff8000"`.
/// #[derive(Relocatable, Clone, Copy, Debug, PartialEq)]
/// #[relocatable(plain)]
/// #[repr(C)]
/// pub struct Colour([u8; 3]);
///
/// impl DeserializeIn for Colour {
///     fn deserialize_in<'s, 'de, D: Deserializer<'de>>(slot: Slot<'s, Self>, from: D) -> Result<Filled<'s, Self>, D::Error> {
///         let text = std::string::String::deserialize(from)?;
///         let number = text.strip_prefix('#').and_then(|digits| u32::from_str_radix(digits, 16).ok());
///         let [_, red, green, blue] = number.ok_or_else(|| serde::de::Error::custom("no colour"))?.to_be_bytes();
///         slot.build(Colour([red, green, blue])).map_err(Error::into_serde)
///     }
/// }
///
/// let mut document = serde_json::Deserializer::from_str(r##"["#ff8000", "#000000"]"##);
/// let image = Image::<[Colour; 2]>::from_deserializer(&mut document)?;
/// assert_eq!(*image, [Colour([255, 128, 0]), Colour([0, 0, 0])]);
/// # Ok::<(), Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be deserialised in a region",
    label = "not `DeserializeIn`",
    note = "a type of your own: add `#[derive(offset_std::DeserializeIn)]`, or leave the field out with `#[serde(skip)]`"
)]
pub trait DeserializeIn: Relocatable {
    /// Builds the value in `slot` from what `deserializer` gives.
    ///
    /// # Errors
    ///
    /// Those of the format, and those of building in the region as [`Error::into_serde`] makes them. What was built until then has been released.
    fn deserialize_in<'s, 'de, D: Deserializer<'de>>(
        slot: Slot<'s, Self>,
        deserializer: D,
    ) -> Result<Filled<'s, Self>, D::Error>;
}

/// The seed that builds the value in this slot.
impl<'de, 's, T: DeserializeIn> DeserializeSeed<'de> for Slot<'s, T> {
    type Value = Filled<'s, T>;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Filled<'s, T>, D::Error> {
        T::deserialize_in(self, deserializer)
    }
}

/// The initialiser of whatever a serde `Deserializer` gives: the value is built in its place while the format parses.
///
/// Wherever an initialiser goes: [`Image::new`], [`Region::alloc`](crate::Region::alloc), [`VecMut::push`](crate::VecMut::push).
///
/// ```
/// use offset_std::{FromDeserializer, Region, String, Vec};
///
/// let region = Region::new();
/// let mut words = region.try_alloc::<Vec<String>, _>(FromDeserializer(&mut serde_json::Deserializer::from_str(r#"["one"]"#)))?;
/// words.edit().push(FromDeserializer(&mut serde_json::Deserializer::from_str(r#""two""#)));
/// assert_eq!(*words, ["one", "two"]);
///
/// let broken = FromDeserializer(&mut serde_json::Deserializer::from_str(r#"["three", 4]"#));
/// let error = region.try_alloc::<Vec<String>, _>(broken).unwrap_err();
/// assert_eq!(error.to_string(), "invalid type: integer `4`, expected a string at line 1 column 11");
/// # Ok::<(), offset_std::Error>(())
/// ```
///
/// # What is read
///
/// What serde's implementations for std's types read, and what serialising the value writes. A key that a map has already gives the entry another value. A hint of a length reserves a MiB at
/// most, and nothing where the region hasn't as much. Hash maps get random seeds; `Seeded(seed, FromDeserializer(…))` gives a map that is the
/// whole document another.
///
/// Formats parse by recursion: a deep document takes a deep stack. serde_json stops at 128 levels, others (postcard) stop nowhere, so don't read recursive types from such a format where others
/// write the documents.
///
/// # Errors
///
/// [`ErrorKind::Deserialize`], with the format's own text and, where the region had no room, with that error as its cause. Everything that was built is released.
#[derive(Clone, Copy, Debug)]
pub struct FromDeserializer<D>(pub D);

impl<'de, T: DeserializeIn, D: Deserializer<'de>> Emplace<T> for FromDeserializer<D> {
    #[inline]
    fn emplace<'s>(self, slot: Slot<'s, T>) -> Result<Filled<'s, T>> {
        self.read(|deserializer| T::deserialize_in(slot, deserializer))
    }
}

impl<'de, D: Deserializer<'de>> FromDeserializer<D> {
    /// Lets `read` read the document, and makes an error of the format one of ours.
    ///
    /// # Errors
    ///
    /// Those of `read`.
    #[doc(hidden)]
    #[inline]
    pub fn read<R>(self, read: impl FnOnce(D) -> Result<R, D::Error>) -> Result<R> {
        let causes = Causes::begin();
        read(self.0).map_err(|error| causes.error(error))
    }
}

impl<T: Portable + DeserializeIn> Image<T> {
    /// Makes an image whose root a serde format builds while it parses. [`with_options`](Image::with_options) takes a [`FromDeserializer`] as well.
    ///
    /// Whether anything follows the value is for the caller to ask, as with serde (`serde_json::Deserializer::end`).
    ///
    /// # Errors
    ///
    /// [`NoMemory`](ErrorKind::NoMemory) where the system refuses, and [`Deserialize`](ErrorKind::Deserialize).
    ///
    /// ```
    /// use offset_std::{DeserializeIn, Image, String, Vec, prelude::*};
    ///
    /// #[derive(Relocatable, DeserializeIn, Debug, PartialEq)]
    /// #[serde(rename_all = "camelCase")]
    /// #[repr(C)]
    /// pub struct City {
    ///     pub name: String,
    ///     pub founded_in: Maybe<i32>,
    ///     #[serde(default)]
    ///     pub tags: Vec<String>,
    /// }
    ///
    /// let text = r#"[{"name": "Rome", "foundedIn": -753, "tags": ["capital"]}, {"name": "Brasília"}]"#;
    /// let mut document = serde_json::Deserializer::from_str(text);
    /// let mut image = Image::<Vec<City>>::from_deserializer(&mut document)?;
    /// document.end().expect("nothing follows");
    ///
    /// assert_eq!(image[0].founded_in, Some(-753));
    /// assert!(image[1].founded_in.is_none() && image[1].tags.is_empty());
    /// image.edit().get_mut(1).unwrap().edit().tags.push("capital");
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn from_deserializer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Image<T>> {
        Self::new(FromDeserializer(deserializer))
    }
}

/// A type with a value for `#[serde(default)]`: plain types by their `Default`, and everything that can be [`Empty`](crate::Empty).
///
/// Implement it for a type of your own in safe code, by handing the slot to an initialiser; or name one at the field: `#[serde(default = "path")]`.
///
/// ```
/// use offset_std::{DefaultIn, DeserializeIn, Filled, Image, Result, Slot, String, prelude::*};
///
/// #[derive(Relocatable, DeserializeIn)]
/// #[repr(C)]
/// pub struct Style {
///     pub font: String,
///     pub points: u32,
/// }
///
/// impl DefaultIn for Style {
///     fn default_in<'s>(slot: Slot<'s, Self>) -> Result<Filled<'s, Self>> {
///         slot.build(StyleInit { font: "serif", points: 12 })
///     }
/// }
///
/// #[derive(Relocatable, DeserializeIn)]
/// #[serde(default)]
/// #[repr(C)]
/// pub struct Page {
///     pub style: Style,
///     pub number: u32,
///     #[serde(default = "untitled")]
///     pub title: String,
/// }
///
/// fn untitled() -> &'static str {
///     "untitled"
/// }
///
/// let page = Image::<Page>::from_deserializer(&mut serde_json::Deserializer::from_str("{}"))?;
/// assert_eq!((page.style.points, page.number, page.title.as_str()), (12, 0, "untitled"));
/// # Ok::<(), offset_std::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no value for `#[serde(default)]`",
    label = "not `DefaultIn`",
    note = "name a function that gives an initialiser, `#[serde(default = \"path\")]`, or implement `DefaultIn` for the type"
)]
pub trait DefaultIn: Relocatable {
    /// Builds the value.
    ///
    /// # Errors
    ///
    /// Those of building it.
    fn default_in<'s>(slot: Slot<'s, Self>) -> Result<Filled<'s, Self>>;
}

impl<T: Plain + Default> DefaultIn for T {
    fn default_in<'s>(slot: Slot<'s, T>) -> Result<Filled<'s, T>> {
        Ok(slot.write(T::default()))
    }
}

/// Implements [`DefaultIn`] for what can be [`Empty`].
#[doc(hidden)]
#[macro_export]
macro_rules! empty_by_default {
    ($([$($generics:tt)*] $type:ty;)*) => {$(
        impl<$($generics)*> $crate::DefaultIn for $type {
            fn default_in<'s>(slot: $crate::Slot<'s, Self>) -> $crate::Result<$crate::Filled<'s, Self>> {
                slot.build($crate::Empty)
            }
        }
    )*};
}
empty_by_default! {
    [T: Relocatable] crate::Vec<T>;
    [T: Relocatable] crate::Maybe<T>;
    [T: Relocatable] Option<crate::Box<T>>;
}

thread_local! {
    /// The region's own error that a format was last told of.
    static CAUSE: Cell<Option<Error>> = const { Cell::new(None) };
}

impl Error {
    /// This as an error of a serde format, for an implementation of [`DeserializeIn`]. The error of the whole has it as its cause.
    #[cold]
    pub fn into_serde<E: de::Error>(self) -> E {
        let error = E::custom(&self);
        // A thread that is ending has no causes any more.
        let _ = CAUSE.try_with(|cause| cause.set(Some(self)));
        error
    }
}

/// The causes of one document's errors: a document that is read while another one is has its own.
struct Causes {
    outer: Option<Error>,
}

impl Causes {
    fn begin() -> Causes {
        Causes { outer: CAUSE.try_with(Cell::take).unwrap_or(None) }
    }

    /// The error for what a format says, and for what it was told.
    #[cold]
    fn error(&self, error: impl de::Error) -> Error {
        let cause = CAUSE.try_with(Cell::take).unwrap_or(None);
        ErrorKind::Deserialize { message: error.to_string(), cause }.into()
    }
}

impl Drop for Causes {
    fn drop(&mut self) {
        let outer = self.outer.take();
        let _ = CAUSE.try_with(|cause| cause.set(outer));
    }
}

/// How many elements to make room for at first. A hint may lie, so it is good for a MiB.
#[doc(hidden)]
pub fn cautious<T>(hint: Option<usize>) -> usize {
    hint.unwrap_or(0).min((1 << 20) / size_of::<T>().max(1))
}
