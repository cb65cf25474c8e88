//! The types of fields, as far as tokens tell.
//!
//! Names can be shadowed, so only what is clearly wrong is rejected here; the rest is up to the bound `Relocatable`. A type of the user's own
//! with a name that is rejected is let through by a path: `self::Mutex<u32>`.

use syn::{GenericArgument, Path, PathArguments, PathSegment, Type, TypePath};

use crate::errors::Errors;

/// What can be in a region: the primitives.
const PRIMITIVES: [&str; 14] =
    ["u8", "u16", "u32", "u64", "u128", "i8", "i16", "i32", "i64", "i128", "f32", "f64", "bool", "char"];

/// What to write for a type of std.
const STD: [(&[&str], &str); 13] = [
    (&["Box"], "`offset_std::Box`"),
    (&["Vec", "LinkedList"], "`offset_std::Vec`"),
    (&["VecDeque"], "`offset_std::VecDeque`"),
    (&["BinaryHeap"], "`offset_std::BinaryHeap`"),
    (&["String"], "`offset_std::String`"),
    (&["HashMap"], "`offset_std::HashMap`"),
    (&["HashSet"], "`offset_std::HashSet`"),
    (&["BTreeMap"], "`offset_std::BTreeMap`"),
    (&["BTreeSet"], "`offset_std::BTreeSet`"),
    (&["Rc", "Arc"], "`offset_std::Box`, or `offset_std::Shared` for what several values own"),
    (&["CString", "OsString", "PathBuf"], "`offset_std::String`"),
    (&["Cow"], "`offset_std::String` or `offset_std::Vec`"),
    (
        &["Duration", "SystemTime", "IpAddr", "Ipv4Addr", "Ipv6Addr", "SocketAddr"],
        "the type of the same name in `offset_std`",
    ),
];

/// Names of types with interior mutability, which are rejected without a path as well.
pub(super) const INTERIOR: [&str; 8] =
    ["Cell", "RefCell", "UnsafeCell", "OnceCell", "OnceLock", "LazyCell", "Mutex", "RwLock"];

/// Whether `ty` is a primitive, by its name.
pub(crate) fn is_primitive(ty: &Type) -> bool {
    primitive(ty).is_some()
}

/// The name of `ty`, if it is that of a primitive. What a macro passed on as a `ty` is in a group of its own.
fn primitive(ty: &Type) -> Option<&'static str> {
    match ty {
        Type::Group(group) => primitive(&group.elem),
        Type::Paren(paren) => primitive(&paren.elem),
        Type::Path(path) if path.qself.is_none() => PRIMITIVES.into_iter().find(|name| path.path.is_ident(name)),
        _ => None,
    }
}

/// Rejects what is clearly wrong in `ty` and in everything inside it.
pub(crate) fn check(ty: &Type, errors: &mut Errors) {
    match ty {
        Type::Path(path) => check_path(path, errors),
        Type::Array(array) => check(&array.elem, errors),
        Type::Group(group) => check(&group.elem, errors),
        Type::Paren(paren) => check(&paren.elem, errors),
        Type::Reference(reference) => errors.at(ty, instead_of_reference(&reference.elem)),
        Type::Ptr(_) => errors.at(
            ty,
            "a raw pointer means nothing in another process: write `offset_std::Box<T>` for what the value owns, or `offset_std::Ref<'p, T>` for what it refers to",
        ),
        Type::FnPtr(_) => errors.at(
            ty,
            "the address of a function means nothing in another process: write an enum of the functions to choose from",
        ),
        Type::Slice(_) => errors.at(ty, "a slice has no size of its own: write `offset_std::Vec<T>`, or `[T; N]`"),
        Type::Tuple(tuple) if tuple.elems.is_empty() => {
            errors.at(ty, "`()` can't be a field in a region: leave the field out, or write a struct without fields");
        }
        Type::Tuple(_) => errors.at(
            ty,
            "the layout of a tuple isn't specified: write a named struct with `#[derive(Relocatable)]` and `#[repr(C)]`",
        ),
        Type::TraitObject(_) => errors.at(
            ty,
            "a trait object holds addresses of functions, which mean nothing in another process: write an enum of the types to choose from",
        ),
        Type::ImplTrait(_) => errors.at(ty, "write the type itself, or a type parameter"),
        Type::Never(_) => errors.at(ty, "`!` has no value that could lie in a region: leave the field out"),
        Type::Infer(_) => errors.at(ty, "write the type itself"),
        Type::Macro(_) => errors.at(ty, "a macro can't stand for the type of a field here: write the type itself, or a `type` alias of it"),
        _ => errors.at(ty, "this kind of type can't live in a region"),
    }
}

/// What to write in place of a reference to `referent`.
fn instead_of_reference(referent: &Type) -> &'static str {
    match referent {
        Type::Path(path) if path.path.is_ident("str") => {
            "a reference can't live in a region: write `offset_std::String`"
        }
        Type::Slice(_) => "a reference can't live in a region: write `offset_std::Vec<T>`",
        Type::TraitObject(_) => "a reference can't live in a region: write an enum of the types to choose from",
        _ => {
            "a reference can't live in a region: write `offset_std::Box<T>` for what the value owns, or `offset_std::Ref<'p, T>` for what it refers to"
        }
    }
}

/// Checks a path and its generic arguments.
fn check_path(ty: &TypePath, errors: &mut Errors) {
    if let Some(problem) = problem_of_path(ty) {
        errors.at(ty, problem);
        return;
    }
    if ty.path.segments.last().is_some_and(|last| last.ident == "PhantomData") {
        return;
    }
    if let Some(qself) = &ty.qself {
        check(&qself.ty, errors);
    }
    for argument in ty.path.segments.iter().flat_map(types_in) {
        check(argument, errors);
    }
}

/// What is wrong with the type that a path names, arguments aside.
fn problem_of_path(ty: &TypePath) -> Option<String> {
    if ty.qself.is_some() {
        return None;
    }
    let last = ty.path.segments.last()?;
    let name = last.ident.to_string();
    let std = is_std(&ty.path);
    let bare = ty.path.segments.len() == 1 && ty.path.leading_colon.is_none();
    if !std && !bare {
        return None;
    }
    match name.as_str() {
        "usize" => return Some("the size of `usize` differs from platform to platform: write `u64` or `u32`".into()),
        "isize" => return Some("the size of `isize` differs from platform to platform: write `i64` or `i32`".into()),
        "str" => return Some("`str` has no size of its own: write `offset_std::String`".into()),
        "Option" => return problem_of_option(last),
        _ => {}
    }
    let atomic = is_atomic(&name);
    let interior = INTERIOR.contains(&name.as_str()) && (std || has_arguments(last));
    if atomic || interior {
        return Some(format!(
            "`{name}` could change behind a shared reference, which a value in a region never does: write its content's type, and edit it through its handle"
        ));
    }
    let counted = matches!(name.as_str(), "Rc" | "Arc") && has_arguments(last);
    if std || counted {
        let (_, instead) = STD.iter().find(|(names, _)| names.contains(&name.as_str()))?;
        return Some(format!("`{name}` of the standard library points with addresses: write {instead}"));
    }
    None
}

/// Rejects an `Option` of a primitive.
fn problem_of_option(option: &PathSegment) -> Option<String> {
    let name = primitive(types_in(option).next()?)?;
    Some(format!("the layout of `Option<{name}>` isn't specified: write `offset_std::Maybe<{name}>`"))
}

/// Whether a path starts at the standard library.
pub(super) fn is_std(path: &Path) -> bool {
    path.segments.len() > 1
        && path
            .segments
            .first()
            .is_some_and(|first| matches!(first.ident.to_string().as_str(), "std" | "core" | "alloc"))
}

/// Whether `name` is one of std's atomic types.
pub(super) fn is_atomic(name: &str) -> bool {
    let Some(of) = name.strip_prefix("Atomic") else { return false };
    matches!(of, "Bool" | "Ptr" | "U8" | "U16" | "U32" | "U64" | "Usize" | "I8" | "I16" | "I32" | "I64" | "Isize")
}

/// Whether a segment has generic arguments.
fn has_arguments(segment: &PathSegment) -> bool {
    !matches!(segment.arguments, PathArguments::None)
}

/// The types among the generic arguments of a segment.
pub(crate) fn types_in(segment: &PathSegment) -> impl Iterator<Item = &Type> {
    let arguments = match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => Some(&arguments.args),
        _ => None,
    };
    arguments.into_iter().flatten().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}
