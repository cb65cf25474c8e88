//! Rejects what can't live in a region, each at the guilty token and with what to write instead.
//!
//! This is for good messages, and judges tokens only. What soundness needs is asserted again by the expansion, about the
//! type that the compiler saw in the end: see [`layout`](crate::expand).

use proc_macro2::Span;
use quote::ToTokens;
use syn::{Data, DeriveInput, Fields, Ident};

use crate::errors::Errors;
use crate::parse::{Attributes, Hint};

mod std;
mod types;

pub(crate) use self::std::std;
pub(crate) use types::{is_primitive, types_in};

/// The largest alignment of a value in a region, in bytes.
const MAX_ALIGN: u64 = 64;

/// What `#[repr(…)]` says, once it has been accepted.
pub(crate) struct Layout {
    /// `align(N)`, or 1.
    pub(crate) align: u64,
    /// Of an enum: its tag.
    pub(crate) tag: Option<Tag>,
}

/// The tag of an enum.
pub(crate) struct Tag {
    pub(crate) int: Int,
    /// `repr(C, int)`: a tag, and after it a union of the variants. Otherwise a union of structs that begin with the tag.
    pub(crate) before_union: bool,
    /// Where `repr` names the integer.
    pub(crate) span: Span,
}

/// The type of a tag.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Int {
    U8,
    U16,
    U32,
    U64,
    I8,
    I16,
    I32,
    I64,
}

impl Int {
    const ALL: [Int; 8] = [Int::U8, Int::U16, Int::U32, Int::U64, Int::I8, Int::I16, Int::I32, Int::I64];

    /// The name of the primitive.
    pub(crate) fn primitive(self) -> &'static str {
        match self {
            Int::U8 => "u8",
            Int::U16 => "u16",
            Int::U32 => "u32",
            Int::U64 => "u64",
            Int::I8 => "i8",
            Int::I16 => "i16",
            Int::I32 => "i32",
            Int::I64 => "i64",
        }
    }

    /// The least and the greatest value.
    fn range(self) -> (i128, i128) {
        match self {
            Int::U8 => (u8::MIN.into(), u8::MAX.into()),
            Int::U16 => (u16::MIN.into(), u16::MAX.into()),
            Int::U32 => (u32::MIN.into(), u32::MAX.into()),
            Int::U64 => (u64::MIN.into(), u64::MAX.into()),
            Int::I8 => (i8::MIN.into(), i8::MAX.into()),
            Int::I16 => (i16::MIN.into(), i16::MAX.into()),
            Int::I32 => (i32::MIN.into(), i32::MAX.into()),
            Int::I64 => (i64::MIN.into(), i64::MAX.into()),
        }
    }

    /// The name of its variant in `Scalar`.
    pub(crate) fn scalar(self) -> &'static str {
        match self {
            Int::U8 => "U8",
            Int::U16 => "U16",
            Int::U32 => "U32",
            Int::U64 => "U64",
            Int::I8 => "I8",
            Int::I16 => "I16",
            Int::I32 => "I32",
            Int::I64 => "I64",
        }
    }
}

/// Checks everything that can be checked on tokens.
pub(crate) fn check(input: &DeriveInput, attributes: &Attributes, errors: &mut Errors) -> Layout {
    let (align, tag) = match &input.data {
        Data::Struct(data) => {
            fields(&data.fields, errors);
            (structure(&input.ident, &attributes.repr, errors), None)
        }
        Data::Enum(data) => {
            if data.variants.is_empty() {
                errors
                    .at(&input.ident, "an enum without variants has no value that could lie in a region: give it one");
            }
            for variant in &data.variants {
                fields(&variant.fields, errors);
            }
            enumeration(&input.ident, &attributes.repr, errors)
        }
        Data::Union(data) => {
            errors.at(
                data.union_token,
                "a union can't live in a region, because nothing says which field is valid: write an enum with `#[repr(u8)]`",
            );
            (1, None)
        }
    };
    Layout { align, tag }
}

/// Checks the types of fields.
fn fields(fields: &Fields, errors: &mut Errors) {
    for field in fields {
        types::check(&field.ty, errors);
    }
}

/// Checks the representation of a struct. Returns its `align(N)`.
fn structure(ident: &Ident, hints: &[Hint], errors: &mut Errors) -> u64 {
    let mut align = 1;
    let mut known = false;
    for hint in hints {
        let name = hint.name.to_string();
        match name.as_str() {
            "C" => known = true,
            "align" => align = align.max(alignment(hint, errors)),
            "transparent" => {
                known = true;
                errors.at(&hint.name, "write `#[repr(C)]`: for a single field it is the same layout");
            }
            _ => {
                known = true;
                other_hint(hint, "write `#[repr(C)]`", errors);
            }
        }
    }
    if !known {
        errors.at(
            ident,
            format!("the layout of `{ident}` must be the same in every program: add `#[repr(C)]` below the derive"),
        );
    }
    align
}

/// Checks the representation of an enum. Returns its `align(N)` and its tag.
fn enumeration(ident: &Ident, hints: &[Hint], errors: &mut Errors) -> (u64, Option<Tag>) {
    let mut align = 1;
    let mut c = None;
    let mut tag: Option<(Int, Span)> = None;
    let mut known = false;
    for hint in hints {
        let name = hint.name.to_string();
        match name.as_str() {
            "C" => c = Some(&hint.name),
            "align" => align = align.max(alignment(hint, errors)),
            _ => {
                known = true;
                match Int::ALL.into_iter().find(|int| int.primitive() == name) {
                    Some(int) => tag = Some((int, hint.name.span())),
                    None => {
                        other_hint(hint, "write `#[repr(u8)]`, or another of `u8` to `u64` and `i8` to `i64`", errors)
                    }
                }
            }
        }
    }
    match (&tag, c) {
        (None, Some(c)) if !known => errors
            .at(c, "the size of the tag of a `repr(C)` enum differs from platform to platform: write `#[repr(C, u8)]`"),
        (None, None) if !known => errors.at(
            ident,
            format!("the layout of `{ident}` must be the same in every program: add `#[repr(u8)]` below the derive"),
        ),
        _ => {}
    }
    (align, tag.map(|(int, span)| Tag { int, before_union: c.is_some(), span }))
}

/// Reads `align(N)`.
fn alignment(hint: &Hint, errors: &mut Errors) -> u64 {
    let Some(argument) = &hint.argument else {
        errors.at(&hint.name, "write `align(N)` with a number");
        return 1;
    };
    match argument.base10_parse::<u64>() {
        Ok(align) if align > MAX_ALIGN => {
            errors.at(
                argument,
                format!(
                    "a value in a region is aligned to {MAX_ALIGN} bytes at most: write `align({MAX_ALIGN})` or less"
                ),
            );
            1
        }
        Ok(align) => align,
        Err(error) => {
            errors.add(error);
            1
        }
    }
}

/// Rejects a representation that suits no type.
fn other_hint(hint: &Hint, instead: &str, errors: &mut Errors) {
    let name = hint.name.to_string();
    let problem = match name.as_str() {
        "packed" => "the fields of a packed type can't be referred to: remove `packed` (order the fields by size to avoid padding)".into(),
        "usize" | "isize" => format!("the size of `{name}` differs from platform to platform: {instead}"),
        _ => format!("`repr({name})` doesn't suit a type in a region: {instead}"),
    };
    errors.at(Hinted(hint), problem);
}

/// The tokens of a hint, to point at.
struct Hinted<'a>(&'a Hint);

impl ToTokens for Hinted<'_> {
    fn to_tokens(&self, tokens: &mut proc_macro2::TokenStream) {
        self.0.name.to_tokens(tokens);
        self.0.argument.to_tokens(tokens);
    }
}
