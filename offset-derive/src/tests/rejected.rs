//! What is rejected, where, and what is said instead.

use super::{accepts, messages, rejects};

/// The same for the type of a field.
#[track_caller]
fn rejects_type(ty: &str, part: &str) {
    rejects(&format!("#[repr(C)] struct A<'a, T> {{ field: {ty} }}"), part);
    rejects(&format!("#[repr(u8)] enum A<'a, T> {{ B(u8), C {{ field: Vec<[{ty}; 3]> }} }}"), part);
}

#[test]
fn every_error_is_reported_at_once() {
    let messages = messages(
        "#[relocatable(size = 3, plain, plain)] struct A { name: &'static str, size: usize, list: std::vec::Vec<(u8, fn())> }",
    );
    let parts = [
        "unknown option `size`",
        "`plain` is given twice",
        "offset_std::String",
        "`u64` or `u32`",
        "offset_std::Vec",
        "add `#[repr(C)]`",
    ];
    assert_eq!(messages.len(), parts.len(), "{messages:#?}");
    for (message, part) in messages.iter().zip(parts) {
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn errors_are_at_the_culprit() {
    let input = "#[repr(C)]\nstruct A {\n    fine: u32,\n    wrong: Vec<&'static str>,\n}";
    let error = crate::derive(input.parse().expect("tokens")).expect_err("a reference is rejected");
    let (start, end) = (error.span().start(), error.span().end());
    assert_eq!((start.line, start.column, end.column), (4, 15, 27));
}

#[test]
fn representations() {
    rejects("struct A { a: u8 }", "add `#[repr(C)]`");
    rejects("#[repr(align(8))] struct A { a: u8 }", "add `#[repr(C)]`");
    rejects("#[repr(transparent)] struct A(u8);", "write `#[repr(C)]`");
    rejects("#[repr(C, packed)] struct A(u8);", "remove `packed`");
    rejects("#[repr(C, packed(2))] struct A(u8);", "remove `packed`");
    rejects("#[repr(C, align(128))] struct A(u8);", "`align(64)` or less");
    rejects("enum A { B }", "add `#[repr(u8)]`");
    rejects("#[repr(align(8))] enum A { B }", "add `#[repr(u8)]`");
    rejects("#[repr(C)] enum A { B }", "write `#[repr(C, u8)]`");
    rejects("#[repr(usize)] enum A { B }", "platform");
    rejects("#[repr(C, isize)] enum A { B }", "platform");
    rejects("#[repr(u128)] enum A { B }", "write `#[repr(u8)]`");
    rejects("#[repr(u8)] enum A {}", "without variants");
    rejects("#[repr(C)] union A { b: u8 }", "union");
    accepts("#[repr(C)] #[repr(align(64))] struct A(u8);");
    accepts("#[repr(u8, C)] enum A { B }");
    accepts("#[repr(i64, align(16))] enum A { B = -1 }");
}

#[test]
fn options() {
    rejects("#[repr(C)] #[relocatable(size)] struct A(u8);", "unknown option `size`");
    rejects("#[repr(C)] #[relocatable(validate)] struct A(u8);", "`validate = Self::check`");
    rejects("#[repr(C)] #[relocatable(validate = \"f\")] struct A(u8);", "without quotes");
    rejects("#[repr(C)] #[relocatable(crate = a)] #[relocatable(crate = b)] struct A(u8);", "`crate` is given twice");
    rejects("#[repr(C)] struct A(#[relocatable(plain)] u8);", "above its `struct`");
    rejects("#[repr(u8)] enum A { #[relocatable(plain)] B(u8) }", "above its `struct`");
    accepts("#[repr(C)] #[relocatable(plain, validate = A::<T, 3>::check, crate = crate::inner)] struct A<T>(T);");
    accepts("#[repr(C)] #[relocatable()] struct A(u8);");
}

#[test]
fn addresses() {
    rejects_type("&'a str", "`offset_std::String`");
    rejects_type("&'a [u8]", "`offset_std::Vec<T>`");
    rejects_type("&'a mut u8", "offset_std::Ref");
    rejects_type("*const u8", "raw pointer");
    rejects_type("fn(u8) -> u8", "address of a function");
    rejects_type("extern \"C\" fn()", "address of a function");
    rejects_type("Box<dyn Fn()>", "trait object");
}

#[test]
fn sizes() {
    rejects_type("usize", "`u64` or `u32`");
    rejects_type("core::primitive::isize", "`i64` or `i32`");
    rejects_type("str", "offset_std::String");
    rejects_type("[u8]", "offset_std::Vec<T>");
    rejects_type("()", "leave the field out");
    rejects_type("(u8, T)", "named struct");
    rejects_type("!", "no value");
    rejects_type("_", "write the type itself");
    rejects_type("vec_of!(u8)", "macro");
}

#[test]
fn types_of_std() {
    rejects_type("std::vec::Vec<T>", "`offset_std::Vec`");
    rejects_type("alloc::boxed::Box<T>", "`offset_std::Box`");
    rejects_type("::std::string::String", "`offset_std::String`");
    rejects_type("std::collections::HashMap<u8, T>", "`offset_std::HashMap`");
    rejects_type("std::collections::VecDeque<T>", "`offset_std::VecDeque`");
    rejects_type("std::collections::BinaryHeap<T>", "`offset_std::BinaryHeap`");
    rejects_type("Arc<T>", "`offset_std::Shared`");
    rejects_type("std::time::Duration", "same name in `offset_std`");
    rejects_type("Option<u32>", "`offset_std::Maybe<u32>`");
    rejects_type("core::option::Option<bool>", "`offset_std::Maybe<bool>`");
    rejects_type("RefCell<T>", "shared reference");
    rejects_type("std::cell::Cell<T>", "shared reference");
    rejects_type("AtomicU32", "shared reference");
}

#[test]
fn names_that_may_be_the_users_own() {
    accepts("#[repr(C)] struct A { cell: Cell, mutex: self::Mutex<u8>, rc: my::Rc<u8>, atomic: AtomicClock }");
    accepts(
        "#[repr(C)] struct A<T> { a: Option<Box<T>>, b: core::marker::PhantomData<T>, c: Option<NonZeroU32>, d: T::Item }",
    );
}
