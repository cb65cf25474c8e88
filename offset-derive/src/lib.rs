//! `#[derive(Relocatable)]` and `#[derive(StableHash)]`, for `offset-std`, which re-exports them.
//!
//! The way of the input: `parse` reads the attributes, `check` rejects what can't live in a region, `model` restates what was accepted in the
//! words of the generated code, and `expand` writes it. `examples/expanded` has an input and what becomes of it.

mod check;
mod errors;
mod expand;
mod generics;
mod model;
mod parse;
mod stable_hash;
mod twin;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::DeriveInput;

/// Lets a struct or an enum live in a region.
///
/// ```
/// use offset_std::{Box, Relocatable, String, Vec};
///
/// # #[derive(Relocatable)] #[repr(C)] pub struct Country { pub name: String }
/// #[derive(Relocatable)]
/// #[repr(C)]
/// pub struct City {
///     pub name: String,
///     pub population: u64,
///     tags: Vec<String>,
///     pub capital_of: Option<Box<Country>>,
/// }
/// ```
///
/// The type itself is what lies in memory and in files. A struct needs `#[repr(C)]`; an enum `#[repr(u8)]`, another of `u8` to `u64` and `i8` to `i64`, or `#[repr(C,
/// u8)]`. `align(N)` up to 64 is fine. What can't live in a region is rejected at the field, with what to write instead.
///
/// # What is generated
///
/// | for | name | what it is |
/// | --- | --- | --- |
/// | a struct `City` | `CityInit { name: "Paris", … }` | what a `City`, or a `Box<City>`, is built from |
/// | | `CityMut<'_>` | a handle for each field, from `Place::edit` |
/// | an enum `Shape` | `ShapeCircleInit { … }`, … | the same as `CityInit`, one for each variant |
/// | | `ShapeMut<'_>` | an enum of the handles, to `match` on |
/// | each | `impl Relocatable` | the layout, its description and its traversal |
/// | without a lifetime parameter | `impl Portable` | it may be saved |
///
/// Their fields have the visibility that the fields of the type have. In an initialiser, a field that is written as a primitive, or as an array of
/// one with a literal length, keeps its type; every other field takes any initialiser. The initialisers and handles have no other traits or methods.
///
/// Every type parameter gets the bound `Relocatable` (`Plain` in a plain type), and so does a field's type such as `T::Item`.
///
/// `std::mem::swap` of two handles swaps the handles, not the values they edit.
///
/// # Options
///
/// ## `#[relocatable(plain)]`
///
/// The type is plain data: `Copy`, without a handle and without padding, which is checked. It is edited through `&mut Point` and built
/// from a `Point`, a `&Point`; there is no `PointInit` and no `PointMut`.
///
/// ```
/// # use offset_std::Relocatable;
/// #[derive(Relocatable, Clone, Copy)]
/// #[relocatable(plain)]
/// #[repr(C)]
/// pub struct Point {
///     pub x: f64,
///     pub y: f64,
/// }
/// ```
///
/// ## `#[relocatable(validate = path)]`
///
/// Deriving means that any values of the fields are acceptable, private fields too: a file can hold any. A type with more to say names a function `fn(&Self)
/// -> Result<(), impl Display>`, which is asked when a file is loaded, once everything in it has been found valid, parts before wholes.
///
/// ```
/// # use offset_std::Relocatable;
/// #[derive(Relocatable)]
/// #[relocatable(validate = Self::check)]
/// #[repr(C)]
/// pub struct Range {
///     start: u32,
///     end: u32,
/// }
///
/// impl Range {
///     fn check(&self) -> Result<(), &'static str> {
///         if self.start <= self.end { Ok(()) } else { Err("the range ends before it starts") }
///     }
/// }
/// ```
///
/// ## `#[relocatable(std)]`
///
/// The type is one of std types, and stays what it is: the derive makes its *twin*, `CityTwin`, which lives in regions. It has the same fields and visibility, and is
/// `TwinOf<String>` where the type is a std `String`; it needs no `repr`. All that this derive makes for a type is made for the twin: `CityTwinInit`, `CityTwinMut`. Beside that,
///
/// | | |
/// | --- | --- |
/// | `&City` and `City` | are initialisers of a `CityTwin`, and of a `Box<CityTwin>`: it is built in place |
/// | `city == twin`, `twin == city` | compare field by field |
/// | `twin.to_std()`, `twin.try_to_std()` | go back |
/// | `impl Twin for City` | makes it a part of other types with twins |
///
/// ```
/// # use offset_std::Relocatable;
/// use offset_std::Image;
///
/// #[derive(Relocatable, Clone, Debug, PartialEq)]
/// #[relocatable(std, derive(Debug, PartialEq))]
/// pub struct City {
///     pub name: String,
///     pub tags: Vec<String>,
///     pub capital_of: Option<Box<Country>>,
/// }
///
/// #[derive(Relocatable, Clone, Debug, PartialEq)]
/// #[relocatable(std = StoredCountry, derive(Debug, PartialEq))]
/// pub struct Country {
///     pub name: String,
///     pub inhabitants: usize,
/// }
///
/// let france = Country { name: "France".into(), inhabitants: 68_000_000 };
/// let paris = City { name: "Paris".into(), tags: vec!["river".into()], capital_of: Some(Box::new(france)) };
/// let mut image = Image::<CityTwin>::new(&paris)?;
/// assert_eq!(*image, paris);
/// image.edit().tags.push("capital");
/// assert_eq!(image.to_std().tags, ["river", "capital"]);
/// # Ok::<(), offset_std::Error>(())
/// ```
///
/// | option | |
/// | --- | --- |
/// | `std = StoredCity` | the name of the twin |
/// | `derive(Debug, PartialEq)` | what else is derived for the twin. With `Serialize`, what `#[serde(…)]` says goes along |
/// | `bound(K: Hash + Eq, K::Region: StableHash + Eq)` | what a generic type's parameters need beside `T: Argument`: here, to be a key of a `HashMap` |
/// | `validate = Self::check` | as below, for the twin: `Self` is that |
/// | `with = AsText`, at a field | a stand-in says what becomes of the field's type, which is of another crate; see `offset_std::twin` |
///
/// `twin` in `offset_std` has the table of what becomes of what. Fields, their names and the tags of an enum are what a file depends on. The parameter of a generic type's twin is what lies in the region:
/// the twin of `Tree<String>` is `TreeTwin<offset_std::String>`. A lifetime parameter has no counterpart: the twin of `Cow<'a, str>` owns its text.
///
/// `#[relocatable(plain, std)]` says that plain data, `PartialEq` and with a `repr`, is its own twin: it can be in regions and in types with twins.
///
/// ## `#[relocatable(crate = path)]`
///
/// Where `offset_std` is, if not at `::offset_std`: for a crate that re-exports it.
///
/// ```
/// mod my_framework {
///     pub use offset_std;
/// }
///
/// # use offset_std::Relocatable;
/// #[derive(Relocatable)]
/// #[relocatable(crate = my_framework::offset_std)]
/// #[repr(C)]
/// pub struct Name(my_framework::offset_std::String);
/// ```
///
/// # Unsafe code
///
/// The expansion has `unsafe impl` and `unsafe` blocks. It compiles in a crate with `#![forbid(unsafe_code)]`, because rustc doesn't apply that lint to what
/// a macro of another crate writes, as with other derives of unsafe traits: whoever forbids unsafe code trusts this derive. The expansion trusts the compiler,
/// not tokens: an attribute macro below the derive that changes the type is met by assertions on all fields, offsets and tags.
#[proc_macro_derive(Relocatable, attributes(relocatable))]
pub fn derive_relocatable(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    derive(input.into()).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// The whole way from the input to the expansion, or to all errors at once.
fn derive(input: TokenStream) -> syn::Result<TokenStream> {
    let named: DeriveInput = syn::parse2(input)?;
    let (ident, (_, arguments, _)) = (&named.ident, named.generics.split_for_impl());
    let input: DeriveInput = syn::parse2(model::without_self(named.to_token_stream(), &quote!(#ident #arguments)))?;

    let mut errors = errors::Errors::default();
    let attributes = parse::attributes(&input, &mut errors);
    let std = attributes.std.is_some();
    if std && attributes.plain.is_none() {
        return twin::derive(&named, input, attributes, errors);
    }
    let layout = check::check(&input, &attributes, &mut errors);
    errors.finish(())?;
    let model = model::Model::new(input, attributes, layout);
    let (expansion, itself) = (expand::expand(&model), std.then(|| twin::itself(&model)));
    Ok(quote!(#expansion #itself))
}

/// Gives a struct or an enum a hash that is the same in every program.
///
/// A struct feeds its fields in order, an enum its tag and then the fields of the variant, so every field must have a hash itself; floating-point numbers have none. The order of the fields, and the tags,
/// belong to what a file depends on: they may change only together with the file.
///
/// It needs no `repr`, and works for types that hold references, so that a key in another form can have the hash of the key:
///
/// ```
/// use offset_std::{StableHash, StableHasher, String, prelude::*};
///
/// #[derive(Relocatable, StableHash, PartialEq, Eq)]
/// #[repr(u8)]
/// pub enum Id {
///     Number(u64) = 1,
///     Name(String) = 2,
/// }
///
/// #[derive(StableHash)]
/// #[repr(u8)]
/// pub enum IdRef<'a> {
///     Number(u64) = 1,
///     Name(&'a str) = 2,
/// }
///
/// let image = Image::<Id>::new(IdNameInit("Ada"))?;
/// assert_eq!(StableHasher::hash_one(&*image, 0), StableHasher::hash_one(&IdRef::Name("Ada"), 0));
/// assert_ne!(StableHasher::hash_one(&*image, 0), StableHasher::hash_one(&IdRef::Number(7), 0));
/// # Ok::<(), offset_std::Error>(())
/// ```
///
/// `#[relocatable(crate = path)]` says where `offset_std` is, as for [`Relocatable`](derive@Relocatable).
#[proc_macro_derive(StableHash, attributes(relocatable))]
pub fn derive_stable_hash(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    stable_hash::derive(input.into()).unwrap_or_else(syn::Error::into_compile_error).into()
}

#[cfg(test)]
mod tests;
