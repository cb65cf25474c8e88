//! `offset_std::String` against `std::string::String`: random sequences of calls, and user code and memory that fail at every step.

use std::panic::{AssertUnwindSafe, catch_unwind};

use offset_std::prelude::*;
use offset_std::{String, StringMut};
use tests::model_tests;

model_tests! {
    a_string_is_like_std: is_like_std<String>;
    panics_leave_a_string_as_it_was: survives_panics<String>;
    a_string_without_room_stays_as_it_was: survives_exhaustion<String>;
}

/// Calls that std refuses with a panic are refused too, and change nothing.
#[test]
fn a_call_inside_a_character_panics_and_changes_nothing() {
    type Call = fn(&mut StringMut<'_>);
    let calls: [(&str, Call); 9] = [
        ("insert", |string| string.insert(2, 'x')),
        ("insert_str", |string| string.insert_str(2, "x")),
        ("insert past the end", |string| string.insert(99, 'x')),
        ("remove", |string| assert!(string.remove(2) > ' ')),
        ("remove at the end", |string| assert!(string.remove(string.len()) > ' ')),
        ("truncate", |string| string.truncate(2)),
        ("replace_range", |string| string.replace_range(2..3, "x")),
        ("replace_range past the end", |string| string.replace_range(1..99, "x")),
        ("remove_range", |string| string.remove_range(..2)),
    ];
    let mut image = Image::<String>::new("a€b").unwrap();
    for (name, call) in calls {
        let result = catch_unwind(AssertUnwindSafe(|| call(&mut image.edit())));
        assert!(result.is_err(), "{name} didn't panic");
        assert_eq!(*image, "a€b", "{name}");
    }
}

#[test]
fn a_panic_in_retain_changes_nothing() {
    let mut image = Image::<String>::new("aä€😀").unwrap();
    let result = catch_unwind(AssertUnwindSafe(|| image.edit().retain(|character| character.is_ascii() || panic!())));
    assert!(result.is_err());
    assert_eq!(*image, "aä€😀");
}

#[test]
fn every_form_of_range_is_taken() {
    type Call = fn(&mut StringMut<'_>);
    let forms: [Call; 6] = [
        |string| string.replace_range(.., "x"),
        |string| string.replace_range(1.., "x"),
        |string| string.replace_range(..1, "x"),
        |string| string.replace_range(1..=1, "x"),
        |string| string.replace_range(..=1, "x"),
        |string| string.replace_range(1..1, "x"),
    ];
    let expected = ["x", "ax", "xbc", "axc", "xc", "axbc"];
    for (form, expected) in forms.into_iter().zip(expected) {
        let mut image = Image::<String>::new("abc").unwrap();
        form(&mut image.edit());
        assert_eq!(*image, *expected);
    }
}
