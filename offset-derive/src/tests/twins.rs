//! What `#[relocatable(std)]` accepts, and what it makes of types.

use super::{accepts, messages, rejects};
use quote::ToTokens;
use syn::{DeriveInput, File, Item};

/// Asserts that a field of this type is rejected, with `part` in the message, wherever it stands.
#[track_caller]
fn rejects_type(ty: &str, part: &str) {
    rejects(&format!("#[relocatable(std)] struct A<'a, T> {{ field: {ty} }}"), part);
    rejects(&format!("#[relocatable(std)] enum A<'a, T> {{ B(u8), C {{ field: Vec<[(u8, {ty}); 3]> }} }}"), part);
    accepts(&format!("#[relocatable(std)] struct A<'a, T> {{ #[relocatable(with = W)] field: {ty} }}"));
}

/// The first item of the expansion, which is the twin's definition.
fn definition(input: &str) -> String {
    let input: DeriveInput = syn::parse_str(input).expect("the input is Rust");
    let expansion = crate::derive(input.into_token_stream()).expect("the input is accepted");
    let mut file = syn::parse2::<File>(expansion).expect("the expansion is Rust");
    file.items.truncate(1);
    assert!(matches!(file.items[..], [Item::Struct(_) | Item::Enum(_)]));
    let text = prettyplease::unparse(&file).replace("::offset_std::__private::", "");
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace("< ", "<").replace(", >", ">")
}

#[test]
fn types_of_fields() {
    rejects_type("&'a str", "`String` or `Cow<'a, str>`");
    rejects_type("&'a [T]", "`Vec<T>` or `Cow<'a, [T]>`");
    rejects_type("&'a mut u8", "`Box<T>`");
    rejects_type("*const u8", "raw pointer");
    rejects_type("fn(u8) -> u8", "address of a function");
    rejects_type("Box<dyn Fn()>", "enum of the types");
    rejects_type("Rc<T>", "Unshared<T>");
    rejects_type("std::sync::Arc<Vec<T>>", "Unshared<T>");
    rejects_type("std::rc::Weak<T>", "a key or an index");
    rejects_type("RefCell<T>", "its content's type");
    rejects_type("std::sync::Mutex<T>", "its content's type");
    rejects_type("AtomicU32", "its content's type");
    rejects_type("(u8, u8, u8, u8, u8, u8, u8)", "up to 6");
    rejects_type("std::path::PathBuf", "names a stand-in");
    rejects_type("SocketAddr", "with = AsText");
    rejects_type("Instant", "write `SystemTime`");
    rejects_type("offset_std::String", "write std's type");
    for ty in ["T::Item", "Vec<(u8, [<T as Iterator>::Item; 3])>"] {
        rejects(&format!("#[relocatable(std)] struct A<T> {{ a: {ty} }}"), "make this type a parameter");
        rejects(
            &format!("#[relocatable(std)] struct A<T> {{ #[relocatable(with = W)] a: {ty} }}"),
            "make this type a parameter",
        );
    }
}

#[test]
fn types_of_fields_that_have_twins_or_may_have_one() {
    accepts(
        "#[relocatable(std)] struct A<'a, T, const N: usize> { a: usize, b: std::rc::Rc<str>, c: Cow<'a, [T]>, d: my::Rc<T>, \
         e: self::PathBuf, f: [(u8, ()); N], g: Mutex, h: Option<Box<Self>>, i: alias!(), j: Box<[T]> }",
    );
}

#[test]
fn every_error_is_reported_at_once() {
    let messages = messages(
        "#[relocatable(std, std, size)] #[repr(packed)] struct A<'a> { name: &'a str, #[relocatable(with)] other: u8, \
         #[relocatable(plain)] third: u8, list: Vec<(Rc<u8>, fn())> }",
    );
    let parts = [
        "`std` is given twice",
        "unknown option `size`",
        "remove `packed`",
        "`Cow<'a, str>`",
        "Unshared<T>",
        "address of a function",
        "`with` needs the stand-in",
        "unknown option `plain` of a field",
    ];
    assert_eq!(messages.len(), parts.len(), "{messages:#?}");
    for (message, part) in messages.iter().zip(parts) {
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn options() {
    rejects("#[relocatable(std = 3)] struct A(u8);", "expected identifier");
    rejects("#[relocatable(std, derive)] struct A(u8);", "`derive(Debug, PartialEq)`");
    rejects("#[relocatable(std, bound = K)] struct A(u8);", "`bound` needs predicates");
    rejects("#[relocatable(derive(Debug))] #[repr(C)] struct A(u8);", "write `std, derive(…)`");
    rejects("#[relocatable(bound(A: B))] #[repr(C)] struct A(u8);", "write `std, bound(…)`");
    rejects("#[relocatable(plain, std, derive(Debug))] #[repr(C)] struct A(u8);", "its own twin");
    rejects("#[relocatable(plain, std = B)] #[repr(C)] struct A(u8);", "`std` without a name");
    rejects("#[repr(C)] struct A(#[relocatable(with = B)] u8);", "goes with `#[relocatable(std)]`");
    rejects(
        "#[relocatable(plain, std)] #[repr(C)] struct A(#[relocatable(with = B)] u8);",
        "goes with `#[relocatable(std)]`",
    );
    rejects("#[relocatable(std)] enum A { #[relocatable(with = B)] B(u8) }", "above its `struct`");
    rejects("#[relocatable(std)] struct A(#[relocatable(with = B, with = C)] u8);", "`with` is given twice");
    rejects("#[relocatable(std)] union A { a: u8 }", "a union has no twin");
    rejects("#[relocatable(std)] enum A {}", "without variants");
    rejects("#[relocatable(std)] enum A { B = FIRST }", "add `#[repr(i64)]`");
    accepts("#[relocatable(std = \"B\")] struct A(#[relocatable(with = \"Vec<W>\")] Vec<u8>);");
    accepts("#[relocatable(plain, std)] #[repr(C)] struct A<T>(T);");
    accepts("#[relocatable(std)] #[repr(u32)] enum A { B = FIRST, C }");
    accepts(
        "#[relocatable(std, derive(a::B, C,), bound(T: A, T::Region: B,), validate = Self::check, crate = a::b)] struct A<T>(T);",
    );
}

#[test]
fn the_definition_is_what_one_would_write() {
    let twin = definition(
        "/// Documented. \n #[must_use] #[relocatable(std, derive(Debug))] pub(crate) struct A<'a, T: Hash = String, const N: usize = 3> where T: Clone { \
         /// Too. \n pub a: T, b: Vec<A<'a, T, N>>, c: [u8; 3], d: Cow<'a, str>, #[relocatable(with = Vec<W<T>>)] pub e: Vec<X> }",
    );
    assert_eq!(
        twin,
        "#[derive(Debug)] ///What a [`A`] is in a region. /// /// Documented. #[must_use] #[repr(C)] pub(crate) struct ATwin<T = TwinOf<String>, const N: usize = 3> { \
         /// Too. pub a: T, ///What `b` is in a region. b: TwinOf<Vec<A<'static, InRegion<T>, N>>>, ///What `c` is in a region. c: [u8; 3], \
         ///What `d` is in a region. d: TwinOf<Cow<'static, str>>, ///What `e` is in a region. pub e: TwinOf<Vec<X>, Vec<W<InRegion<T>>>>, }"
    );
    let twin = definition(
        "#[relocatable(std = Stored)] #[serde(a)] enum r#A { B = -1, C(#[serde(b)] u8) = 200, D { a: String } }",
    );
    assert_eq!(
        twin,
        "///What a [`A`] is in a region. #[repr(i16)] enum Stored { ///What `B` is in a region. B = -1, ///What `C` is in a region. C( ///What `0` is in a region. u8, ) = 200, \
         ///What `D` is in a region. D { ///What `a` is in a region. a: TwinOf<String>, }, }"
    );
}

#[test]
fn what_serde_is_told_goes_along_if_the_twin_is_serialised() {
    let twin = definition(
        "#[relocatable(std, derive(serde::Serialize))] #[serde(a)] enum A { #[serde(b)] B(#[serde(c)] u8) }",
    );
    assert!(
        twin.starts_with("#[derive(serde::Serialize)] ///What a [`A`] is in a region. #[serde(a)] #[repr(u8)]"),
        "{twin}"
    );
    assert!(twin.contains("#[serde(b)]") && twin.contains("#[serde(c)]"), "{twin}");
}
