//! `offset_std::String` against `std::string::String`: random sequences of calls, compared after each, with saving, loading and mapping among them.

use std::borrow::Cow;
use std::fmt::Write;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;

use offset_std::prelude::*;
use offset_std::{String, StringMut};
use proptest::prelude::*;
use proptest::sample::Index;
use tests::Scratch;

type StdString = std::string::String;

/// What a string is built from.
#[derive(Clone, Copy, Debug)]
enum Source {
    Str,
    StdString,
    Borrowed,
    BoxedStr,
    Rc,
    Arc,
    Cow,
    Format,
    Chars,
    Parts,
    Copy,
}

#[derive(Clone, Debug)]
enum Op {
    Push(char),
    PushStr(StdString),
    Insert(Index, char),
    InsertStr(Index, StdString),
    Remove(Index),
    Pop,
    Truncate(Index),
    TruncatePastTheEnd,
    Clear,
    ReplaceRange(Index, Index, StdString),
    RemoveRange(Index, Index),
    Retain(u64),
    Set(Source, StdString),
    Write(StdString, i32),
    ExtendChars(StdString),
    ExtendStrs(Vec<StdString>),
    Reserve(usize),
    ShrinkToFit,
    Uppercase,
    Lowercase,
    SaveAndLoad,
    SaveAndMap,
}

fn text() -> impl Strategy<Value = StdString> + Clone {
    prop_oneof!["[a-zA-Z ]{0,12}", "[aäß€漢😀]{0,12}", ".{0,40}"]
}

fn op() -> impl Strategy<Value = Op> {
    let at = any::<Index>;
    let source = prop::sample::select(vec![
        Source::Str,
        Source::StdString,
        Source::Borrowed,
        Source::BoxedStr,
        Source::Rc,
        Source::Arc,
        Source::Cow,
        Source::Format,
        Source::Chars,
        Source::Parts,
        Source::Copy,
    ]);
    let grows = prop_oneof![
        any::<char>().prop_map(Op::Push),
        text().prop_map(Op::PushStr),
        (at(), any::<char>()).prop_map(|(at, character)| Op::Insert(at, character)),
        (at(), text()).prop_map(|(at, text)| Op::InsertStr(at, text)),
        (at(), at(), text()).prop_map(|(a, b, text)| Op::ReplaceRange(a, b, text)),
        (source, text()).prop_map(|(source, text)| Op::Set(source, text)),
        (text(), any::<i32>()).prop_map(|(text, number)| Op::Write(text, number)),
        text().prop_map(Op::ExtendChars),
        prop::collection::vec(text(), 0..4).prop_map(Op::ExtendStrs),
        (0usize..100).prop_map(Op::Reserve),
    ];
    let shrinks = prop_oneof![
        at().prop_map(Op::Remove),
        Just(Op::Pop),
        at().prop_map(Op::Truncate),
        Just(Op::TruncatePastTheEnd),
        Just(Op::Clear),
        (at(), at()).prop_map(|(a, b)| Op::RemoveRange(a, b)),
        any::<u64>().prop_map(Op::Retain),
        Just(Op::ShrinkToFit),
        Just(Op::Uppercase),
        Just(Op::Lowercase),
    ];
    let files = prop_oneof![Just(Op::SaveAndLoad), Just(Op::SaveAndMap)];
    prop_oneof![10 => grows, 8 => shrinks, 1 => files]
}

/// The byte where a character begins, or the end.
fn boundary(at: &Index, text: &str) -> usize {
    let boundaries: Vec<usize> = (0..=text.len()).filter(|byte| text.is_char_boundary(*byte)).collect();
    boundaries[at.index(boundaries.len())]
}

fn range(a: &Index, b: &Index, text: &str) -> Range<usize> {
    let (a, b) = (boundary(a, text), boundary(b, text));
    a.min(b)..a.max(b)
}

fn set(string: &mut StringMut<'_>, source: Source, text: &str) {
    match source {
        Source::Str => string.set(text),
        Source::StdString => string.set(text.to_owned()),
        Source::Borrowed => {
            let text = text.to_owned();
            string.set(&text);
        }
        Source::BoxedStr => string.set(text.to_owned().into_boxed_str()),
        Source::Rc => string.set(Rc::<str>::from(text)),
        Source::Arc => string.set(Arc::<str>::from(text)),
        Source::Cow => string.set(Cow::Borrowed(text)),
        Source::Format => string.set(format_args!("{}{}", &text[..0], text)),
        Source::Chars => string.set(from_iter(text.chars())),
        Source::Parts => string.set(from_iter(text.split_inclusive(' '))),
        Source::Copy => {
            let other = Image::<String>::new(text).unwrap();
            string.set(DeepCopy(&*other));
        }
    }
}

struct State {
    image: Image<String>,
    model: StdString,
    scratch: Scratch,
}

impl State {
    fn apply(&mut self, op: &Op) {
        let (mut string, model) = (self.image.edit(), &mut self.model);
        match op {
            Op::Push(character) => {
                string.push(*character);
                model.push(*character);
            }
            Op::PushStr(text) => {
                string.push_str(text);
                model.push_str(text);
            }
            Op::Insert(at, character) => {
                let at = boundary(at, model);
                string.insert(at, *character);
                model.insert(at, *character);
            }
            Op::InsertStr(at, text) => {
                let at = boundary(at, model);
                string.insert_str(at, text);
                model.insert_str(at, text);
            }
            Op::Remove(at) => {
                let at = boundary(at, model);
                if at < model.len() {
                    assert_eq!(string.remove(at), model.remove(at));
                }
            }
            Op::Pop => assert_eq!(string.pop(), model.pop()),
            Op::Truncate(at) => {
                let at = boundary(at, model);
                string.truncate(at);
                model.truncate(at);
            }
            Op::TruncatePastTheEnd => string.truncate(model.len() + 1),
            Op::Clear => {
                string.clear();
                model.clear();
            }
            Op::ReplaceRange(a, b, text) => {
                let range = range(a, b, model);
                string.replace_range(range.clone(), text);
                model.replace_range(range, text);
            }
            Op::RemoveRange(a, b) => {
                let range = range(a, b, model);
                string.remove_range(range.clone());
                model.drain(range);
            }
            Op::Retain(bits) => {
                let mut index = 0..64;
                string.retain(|_| bits >> index.next().unwrap_or(0) & 1 == 1);
                let mut index = 0..64;
                model.retain(|_| bits >> index.next().unwrap_or(0) & 1 == 1);
            }
            Op::Set(source, text) => {
                set(&mut string, *source, text);
                model.clone_from(text);
            }
            Op::Write(text, number) => {
                write!(string, "{text:>5}|{number}").unwrap();
                write!(model, "{text:>5}|{number}").unwrap();
            }
            Op::ExtendChars(text) => {
                string.extend(text.chars());
                model.push_str(text);
            }
            Op::ExtendStrs(texts) => {
                string.extend(texts.iter().map(StdString::as_str));
                model.extend(texts.iter().map(StdString::as_str));
            }
            Op::Reserve(extra) => {
                string.reserve(*extra);
                assert!(string.capacity() >= model.len() + extra);
            }
            Op::ShrinkToFit => {
                string.shrink_to_fit();
                assert_eq!(string.capacity(), model.len());
            }
            Op::Uppercase => {
                string.make_ascii_uppercase();
                model.make_ascii_uppercase();
            }
            Op::Lowercase => {
                string.make_ascii_lowercase();
                model.make_ascii_lowercase();
            }
            Op::SaveAndLoad => {
                let path = self.scratch.file("string.region");
                self.image.save(&path).unwrap();
                self.image = Image::load(&path).unwrap();
            }
            Op::SaveAndMap => {
                let path = self.scratch.file("string.region");
                self.image.save(&path).unwrap();
                // SAFETY: the file is ours alone, and isn't written again before the mapping goes.
                let mapped = unsafe { Mapped::<String>::map(&path) }.unwrap();
                assert_eq!(*mapped, *self.model);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn a_string_is_like_std(ops in prop::collection::vec(op(), 1..80)) {
        let image = Image::<String>::new("").unwrap();
        let fresh = image.usage().allocated;
        let mut state = State { image, model: StdString::new(), scratch: Scratch::new("model-string") };
        for op in &ops {
            state.apply(op);
            prop_assert_eq!(state.image.as_str(), state.model.as_str());
            prop_assert!(std::str::from_utf8(state.image.as_bytes()).is_ok());
        }
        let mut string = state.image.edit();
        string.clear();
        string.shrink_to_fit();
        prop_assert_eq!(state.image.usage().allocated, fresh, "something leaked");
    }
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
