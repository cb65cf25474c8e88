//! The traits of a type that can live in a region.

use core::ptr::NonNull;

use crate::region::Writer;
use crate::schema::Description;
use crate::trace::Visitor;

/// A type whose values can live in a region: its layout is fixed, and it points at what it owns with handles only.
///
/// Derive it. The derive asks for `#[repr(C)]` on structs and `#[repr(u8)]` (or another integer, or `C` with one) on enums, and
/// rejects, at the field, what can't live in a region.
///
/// | item | what it is |
/// | --- | --- |
/// | `Mut<'r>` | the opaque handle that edits a whole value: `&mut T` for plain types, `VecMut` for `Vec`, [`Place`] for derived types |
/// | `Fields<'r>` | what [`Place::edit`] gives: a handle a field (`CityMut` for `City`), `SliceMut` for an array, or `Mut` again |
///
/// ```
/// use offset_std::{Box, Relocatable, Vec};
///
/// #[derive(Relocatable)]
/// #[repr(u8)]
/// pub enum Shape {
///     Circle { radius: f64 },
///     Polygon(Vec<[f64; 2]>),
///     Both(Box<Shape>, Box<Shape>),
/// }
/// ```
///
/// # Safety
///
/// An implementation promises:
///
/// - **R1** The layout of `Self` is the same in every binary: `repr(C)`, a primitive, or a type of this crate.
/// - **R2** `align_of::<Self>() <= 64`, and `Self` has neither `Drop` nor interior mutability.
/// - **R3** [`trace`](Relocatable::trace) reports every byte of `Self` that isn't padding, every handle in it, and nothing else, and returns an
///   error before it looks at anything that an earlier report hasn't accepted.
/// - **R4** [`FACTS`](Relocatable::FACTS) and [`description`](Relocatable::description) are true.
/// - **R5** `handle` and `fields` give no way to move a live handle out of its slot, nor to reach one place through two of the
///   handles that they return.
///
/// [`Place`]: crate::Place
/// [`Place::edit`]: crate::Place::edit
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't live in a region",
    label = "not `Relocatable`",
    note = "a struct or enum of your own: add `#[derive(Relocatable)]` and `#[repr(C)]` (enums: `#[repr(u8)]`)",
    note = "for std's `Box`, `Vec` and `String` write `offset_std::Box`, `offset_std::Vec` and `offset_std::String`",
    note = "for `usize` write `u64` or `u32`; for `Option<T>` write `Maybe<T>` (`Option<Box<T>>` is fine); for a tuple, a named struct",
    note = "for `Duration`, `SystemTime`, `IpAddr` and the like write the types of the same name in `offset_std`"
)]
pub unsafe trait Relocatable: Sized {
    /// The opaque handle that edits a whole value.
    type Mut<'r>
    where
        Self: 'r;

    /// The handles of the fields or, in an array, of the elements; `Mut` again for a type without either.
    type Fields<'r>
    where
        Self: 'r;

    /// What a traversal may skip.
    #[doc(hidden)]
    const FACTS: Facts;

    /// Makes the handle of the value at `at`.
    ///
    /// # Safety
    ///
    /// `at` is a valid `Self` in the region of `writer`, and nothing else reads or writes it for `'r`.
    #[doc(hidden)]
    unsafe fn handle<'r>(at: NonNull<Self>, writer: &'r Writer) -> Self::Mut<'r>
    where
        Self: 'r;

    /// Makes the handles of the fields of the value at `at`.
    ///
    /// # Safety
    ///
    /// As for [`handle`](Relocatable::handle).
    #[doc(hidden)]
    unsafe fn fields<'r>(at: NonNull<Self>, writer: &'r Writer) -> Self::Fields<'r>
    where
        Self: 'r;

    /// Reports what the value at `at` consists of: its plain bytes, its tags, and the allocations that it owns.
    ///
    /// # Safety
    ///
    /// `at` is aligned for `Self` and points at `size_of::<Self>()` readable bytes. With a visitor that doesn't validate, those are
    /// a valid `Self`.
    #[doc(hidden)]
    unsafe fn trace<V: Visitor>(at: NonNull<Self>, visitor: &mut V) -> Result<(), V::Stop>;

    /// The type as data: its name, layout and parts.
    #[doc(hidden)]
    fn description() -> &'static Description;
}

/// What a traversal may skip for a type. Found from the fields by the derive.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Some value owns an allocation: it has a handle.
    pub owns: bool,
    /// Every pattern of bits is a valid value. Never with `owns`.
    pub any_bits: bool,
    /// There is no padding, and no handle: all bytes are plain data.
    pub plain: bool,
    /// The type is [`Plain`], or an array of one: its initialisers of its own type copy it.
    pub copied: bool,
    /// What it owns, if anything, owns nothing more: a traversal needn't put it on a list.
    pub shallow: bool,
    /// Some part has a validation of its own (`#[relocatable(validate = …)]`). Never with `any_bits`.
    pub checked: bool,
}

impl Facts {
    /// A type of which every pattern of bits is a value.
    pub const BITS: Facts =
        Facts { owns: false, any_bits: true, plain: true, copied: true, shallow: true, checked: false };
    /// A plain type of which some patterns of bits are no value.
    pub const LEAF: Facts =
        Facts { owns: false, any_bits: false, plain: true, copied: true, shallow: true, checked: false };
    /// A handle, alone or with plain data beside it.
    pub const OWNER: Facts =
        Facts { owns: true, any_bits: false, plain: false, copied: false, shallow: false, checked: false };

    /// The facts of a type that has a part with `self` and one with `other`.
    #[must_use]
    pub const fn and(self, other: Facts) -> Facts {
        Facts {
            owns: self.owns | other.owns,
            any_bits: self.any_bits & other.any_bits,
            plain: self.plain & other.plain,
            copied: self.copied & other.copied,
            shallow: self.shallow & other.shallow,
            checked: self.checked | other.checked,
        }
    }

    /// The same facts for a type with padding unless `packed`, that is, unless its fields' sizes add up to its own.
    #[must_use]
    pub const fn packed(self, packed: bool) -> Facts {
        Facts { plain: self.plain & packed, ..self }
    }

    /// The same facts for a type that isn't [`Plain`].
    #[must_use]
    pub const fn not_copied(self) -> Facts {
        Facts { copied: false, ..self }
    }

    /// The same facts for an enum: some tags are no value, and variants leave bytes unused.
    #[must_use]
    pub const fn tagged(self) -> Facts {
        Facts { any_bits: false, ..self }
    }

    /// The same facts for a type with a validation of its own.
    #[must_use]
    pub const fn validated(self) -> Facts {
        Facts { any_bits: false, checked: true, ..self }
    }

    /// Whether validating a value may be skipped altogether.
    pub(crate) const fn skips_validation(self) -> bool {
        self.any_bits && !self.checked && !self.owns
    }
}

/// A type that is plain data: `Copy`, without a handle and without padding.
///
/// Plain values are edited through `&mut T` and may be moved about at will. Primitives and arrays of plain types are; a
/// type of your own is with `#[derive(Relocatable, Clone, Copy)] #[relocatable(plain)]`, which checks it.
///
/// ```
/// use offset_std::{Image, Vec, prelude::*};
///
/// #[derive(Relocatable, Clone, Copy)]
/// #[relocatable(plain)]
/// #[repr(C)]
/// pub struct Point {
///     pub x: f64,
///     pub y: f64,
/// }
///
/// let mut image = Image::<Vec<Point>>::new([Point { x: 1.0, y: 2.0 }])?;
/// image.edit()[0].x += 0.5;
/// assert_eq!(image[0].x, 1.5);
/// # Ok::<(), offset_std::Error>(())
/// ```
///
/// # Safety
///
/// `Self` has no padding byte in any value and no handle, and its `FACTS.plain` is true.
#[diagnostic::on_unimplemented(
    message = "`{Self}` isn't plain data",
    note = "add `#[relocatable(plain)]` beside its `#[derive(Relocatable)]` and make it `Copy`; it must have no handle and no padding"
)]
pub unsafe trait Plain: Relocatable + Copy {}

/// A type that refers to nothing outside its own region, so that a region with it as the root can be saved, mapped and moved.
///
/// It is derived with [`Relocatable`] for every type without a lifetime parameter.
///
/// ```
/// # use offset_std::{Error, Image, Portable, String};
/// fn rewrite<T: Portable>(path: &std::path::Path) -> Result<(), Error> {
///     Image::<T>::load(path)?.save(path)
/// }
/// # let path = std::env::temp_dir().join(format!("portable-{}.region", std::process::id()));
/// # Image::<String>::new("text")?.save(&path)?;
/// rewrite::<String>(&path)?;
/// # std::fs::remove_file(&path).unwrap();
/// # Ok::<(), Error>(())
/// ```
///
/// # Safety
///
/// No value has, or owns a value that has, a reference into another region.
#[diagnostic::on_unimplemented(
    message = "`{Self}` may refer outside its own region, so it can't be the root of an image or be saved",
    note = "types with a lifetime parameter aren't `Portable`"
)]
pub unsafe trait Portable: Relocatable {}
