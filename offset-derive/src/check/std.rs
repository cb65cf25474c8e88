//! What a type of std types may be, to have a twin. As in [`types`](super::types), names only tell what is clearly wrong; the rest is up to the bound `Twin`.

use proc_macro2::Span;
use syn::{Data, DeriveInput, Expr, Fields, Lit, Type, TypePath, UnOp, Variant};

use super::types::{INTERIOR, is_atomic, is_std, types_in};
use super::{Int, Tag, alignment};
use crate::errors::Errors;
use crate::generics::Generics;
use crate::parse::Hint;

/// The most elements that a tuple with a twin has.
const MAX_TUPLE: usize = 6;

/// Types of std that have no twin, and what to do about it. Without arguments, so that the user's own are let through by a path: `self::PathBuf`.
const WITHOUT: [(&[&str], &str); 3] = [
    (
        &["PathBuf", "OsString", "CString"],
        "add `#[relocatable(with = …)]`, which names a stand-in that says what becomes of it: see `offset_std::twin::Twin`",
    ),
    (
        &["IpAddr", "SocketAddr", "SocketAddrV4", "SocketAddrV6"],
        "add `#[relocatable(with = AsText)]` (of `offset_std::twin`), or write an enum of `Ipv4Addr` and `Ipv6Addr`",
    ),
    (&["Instant"], "it means nothing in another process: write `SystemTime`"),
];

/// Checks a type of std types. Returns the tag of its twin, of an enum.
pub(crate) fn std(input: &DeriveInput, hints: &[Hint], errors: &mut Errors) -> Option<Tag> {
    for hint in hints.iter().filter(|hint| hint.name == "packed") {
        errors.at(&hint.name, "the fields of a packed type can't be referred to: remove `packed`");
    }
    for hint in hints.iter().filter(|hint| hint.name == "align") {
        alignment(hint, errors);
    }
    for projection in Generics::new(input).projections() {
        errors.at(projection, "of a parameter, the twin knows only what it is in a region, not its associated types: make this type a parameter");
    }
    match &input.data {
        Data::Struct(data) => fields(&data.fields, errors),
        Data::Enum(data) => {
            if data.variants.is_empty() {
                errors
                    .at(&input.ident, "an enum without variants has no value that could lie in a region: give it one");
            }
            data.variants.iter().for_each(|variant| fields(&variant.fields, errors));
            return tag(input, hints, errors);
        }
        Data::Union(data) => {
            errors.at(data.union_token, "a union has no twin, because nothing says which field is valid: write an enum")
        }
    }
    None
}

/// Checks the types of fields that have no stand-in.
fn fields(fields: &Fields, errors: &mut Errors) {
    for field in fields {
        if !field.attrs.iter().any(|attribute| attribute.path().is_ident("relocatable")) {
            check(&field.ty, errors);
        }
    }
}

/// Rejects what clearly has no twin.
fn check(ty: &Type, errors: &mut Errors) {
    match ty {
        Type::Path(path) => check_path(path, errors),
        Type::Array(array) => check(&array.elem, errors),
        Type::Group(group) => check(&group.elem, errors),
        Type::Paren(paren) => check(&paren.elem, errors),
        Type::Tuple(tuple) if tuple.elems.len() > MAX_TUPLE => {
            errors.at(ty, format!("tuples of up to {MAX_TUPLE} have twins: write a struct with names"));
        }
        Type::Tuple(tuple) => tuple.elems.iter().for_each(|ty| check(ty, errors)),
        Type::Reference(reference) => errors.at(ty, instead_of_reference(&reference.elem)),
        Type::Ptr(_) => {
            errors.at(ty, "a raw pointer has no twin, because nothing says what it points at: write `Box<T>`")
        }
        Type::FnPtr(_) => errors.at(
            ty,
            "the address of a function means nothing in another process: write an enum of the functions to choose from",
        ),
        Type::TraitObject(_) | Type::ImplTrait(_) => {
            errors.at(ty, "nothing says which type is behind a trait: write an enum of the types to choose from")
        }
        _ => {}
    }
}

/// What to write in place of a reference to `referent`.
fn instead_of_reference(referent: &Type) -> &'static str {
    match referent {
        Type::Path(path) if path.path.is_ident("str") => {
            "a value made from its twin borrows nothing: write `String` or `Cow<'a, str>`"
        }
        Type::Slice(_) => "a value made from its twin borrows nothing: write `Vec<T>` or `Cow<'a, [T]>`",
        _ => "a value made from its twin borrows nothing: write `Box<T>`, or the type itself",
    }
}

/// Checks a path and its generic arguments.
fn check_path(ty: &TypePath, errors: &mut Errors) {
    let Some(last) = ty.path.segments.last().filter(|_| ty.qself.is_none()) else { return };
    let name = last.ident.to_string();
    let std = is_std(&ty.path);
    let bare = ty.path.segments.len() == 1 && ty.path.leading_colon.is_none();
    let arguments: Vec<&Type> = types_in(last).collect();
    let known = std || (bare && !arguments.is_empty());
    if (std || bare) && is_atomic(&name) || known && INTERIOR.contains(&name.as_str()) {
        errors.at(ty, format!("`{name}` could change while its twin is built: write its content's type"));
    } else if known && matches!(name.as_str(), "Rc" | "Arc") && !arguments.iter().any(|ty| is_str(ty)) {
        errors.at(
            ty,
            format!("what an `{name}` shares would become as many copies: if that is meant, add `#[relocatable(with = Unshared<T>)]` (of `offset_std::twin`); otherwise write `Box<T>`"),
        );
    } else if known && name == "Weak" {
        errors.at(ty, "a weak reference has no twin, because it owns nothing: write a key or an index");
    } else if ty.path.segments.first().is_some_and(|first| first.ident == "offset_std") {
        errors.at(
            ty,
            "this lies in regions already: write std's type, or a type without `std` in its `#[relocatable(…)]`",
        );
    } else if let Some((_, instead)) = WITHOUT.iter().find(|(names, _)| (std || bare) && names.contains(&name.as_str()))
    {
        errors.at(ty, format!("`{name}` has no twin: {instead}"));
    } else {
        ty.path.segments.iter().flat_map(types_in).for_each(|ty| check(ty, errors));
    }
}

fn is_str(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.is_ident("str"))
}

/// The tag of the twin: the integer that `repr` names, or the smallest that all discriminants fit.
fn tag(input: &DeriveInput, hints: &[Hint], errors: &mut Errors) -> Option<Tag> {
    let Data::Enum(data) = &input.data else { return None };
    let named = hints.iter().find_map(|hint| {
        let int = Int::ALL.into_iter().find(|int| hint.name == int.primitive())?;
        Some((int, hint.name.span()))
    });
    let (int, span) = match named {
        Some(named) => named,
        None => match smallest(data.variants.iter()) {
            Ok(int) => (int, Span::call_site()),
            Err(variant) => {
                errors.at(variant, "how large the tag of the twin must be isn't seen from this: add `#[repr(i64)]`, or another of `u8` to `u64` and `i8` to `i64`, to the enum");
                return None;
            }
        },
    };
    Some(Tag { int, before_union: false, span })
}

/// The smallest integer that holds all discriminants; the one that isn't a literal if there is such.
fn smallest<'a>(variants: impl Iterator<Item = &'a Variant>) -> Result<Int, &'a Expr> {
    let (mut next, mut least, mut most) = (0i128, 0, 0);
    for variant in variants {
        if let Some((_, value)) = &variant.discriminant {
            next = literal(value).ok_or(value)?;
        }
        (least, most) = (next.min(least), next.max(most));
        next += 1;
    }
    let fits = |int: &Int| {
        let (low, high) = int.range();
        low <= least && most <= high
    };
    Ok(Int::ALL.into_iter().find(fits).unwrap_or(Int::I64))
}

/// The value of an integer literal, with a minus perhaps.
fn literal(value: &Expr) -> Option<i128> {
    match value {
        Expr::Lit(lit) => match &lit.lit {
            Lit::Int(int) => int.base10_parse().ok(),
            _ => None,
        },
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => literal(&unary.expr).map(|value| -value),
        Expr::Group(group) => literal(&group.expr),
        Expr::Paren(paren) => literal(&paren.expr),
        _ => None,
    }
}
