//! What was removed, replaced, moved or never finished doesn't reach the file: after every way of removing, the file is searched for it.

use std::fmt;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};

use offset_std::prelude::*;
use offset_std::{Box, Error, Filled, Slot, String, Vec};
use tests::Scratch;

const SECRET: &str = "xQ7!secret-9Zk#never-on-disk@4vB";

#[derive(Relocatable)]
#[repr(C)]
struct Person {
    age: u8,
    name: String,
    code: [u8; 32],
    /// Built last, so that what fails here comes after the rest.
    notes: Vec<String>,
}

#[derive(Relocatable)]
#[repr(u8)]
enum Message {
    Silence,
    Code([u8; 32]),
    Text { text: String, copies: Vec<String> },
}

#[derive(Relocatable)]
#[repr(C)]
struct Root {
    text: String,
    bytes: Vec<u8>,
    codes: Vec<[u8; 32]>,
    more_codes: Vec<[u8; 32]>,
    texts: Vec<String>,
    others: Vec<String>,
    people: Vec<Person>,
    boxed: Option<Box<Person>>,
    maybe: Maybe<Person>,
    message: Message,
    pair: [String; 2],
}

fn code() -> [u8; 32] {
    SECRET.as_bytes().try_into().unwrap()
}

/// An initialiser of a person; `I` is what comes last.
fn person<I>(last: I) -> PersonInit<&'static str, [I; 1]> {
    PersonInit { age: 1, name: SECRET, code: code(), notes: [last] }
}

fn empty() -> Image<Root> {
    let root = RootInit {
        text: "",
        bytes: Empty,
        codes: Empty,
        more_codes: Empty,
        texts: Empty,
        others: Empty,
        people: Empty,
        boxed: Empty,
        maybe: Empty,
        message: MessageSilenceInit,
        pair: ["", ""],
    };
    Image::new(root).unwrap()
}

/// An image with the secret in every field: in growable buffers if `grown`, else in exact ones.
fn full(grown: bool) -> Image<Root> {
    let mut image = empty();
    let mut root = image.edit();
    root.text.set(SECRET);
    root.bytes.set(SECRET.as_bytes());
    root.codes.set([code(); 3]);
    root.texts.set([SECRET; 3]);
    root.people.set([person(SECRET), person(SECRET)]);
    root.boxed.set(Some(person(SECRET)));
    root.maybe.set(Some(person(SECRET)));
    root.message.set(MessageTextInit { text: SECRET, copies: [SECRET] });
    root.pair.set([SECRET; 2]);
    if grown {
        root.text.reserve(100);
        root.bytes.reserve(100);
        root.codes.reserve(10);
        root.texts.reserve(10);
        root.people.reserve(10);
    }
    image
}

/// Whether any eight bytes in a row of the secret are in the file.
fn shows(image: &Image<Root>, scratch: &Scratch) -> bool {
    let path = scratch.file("secret.region");
    image.save(&path).unwrap();
    let file = fs::read(&path).unwrap();
    let parts: std::collections::HashSet<&[u8]> = SECRET.as_bytes().windows(8).collect();
    file.windows(8).any(|window| parts.contains(window))
}

/// Empties whatever a case has left alone, in ways that have a case of their own.
fn release(image: &mut Image<Root>, except: &str) {
    let mut root = image.edit();
    let field = |name: &str, clear: &mut dyn FnMut()| {
        if name != except {
            clear();
        }
    };
    field("text", &mut || root.text.set(""));
    field("bytes", &mut || root.bytes.set(Empty));
    field("codes", &mut || root.codes.set(Empty));
    field("texts", &mut || root.texts.set(Empty));
    field("people", &mut || root.people.set(Empty));
    field("boxed", &mut || root.boxed.set(Empty));
    field("maybe", &mut || root.maybe.set(Empty));
    field("message", &mut || root.message.set(MessageSilenceInit));
    field("pair", &mut || root.pair.set(["", ""]));
}

type Remove = fn(&mut RootMut<'_>);

/// Each way of removing, and the field that it empties.
const REMOVALS: &[(&str, &str, Remove)] = &[
    ("set to an empty string", "text", |root| root.text.set(Empty)),
    ("String::clear", "text", |root| root.text.clear()),
    ("String::truncate", "text", |root| root.text.truncate(0)),
    ("String::pop", "text", |root| while root.text.pop().is_some() {}),
    ("String::remove", "text", |root| (0..SECRET.len()).for_each(|_| assert!(root.text.remove(0) > ' '))),
    ("String::replace_range", "text", |root| root.text.replace_range(.., "short")),
    ("String::remove_range", "text", |root| root.text.remove_range(..)),
    ("String::retain", "text", |root| root.text.retain(|_| false)),
    ("growing, then String::clear", "text", |root| {
        root.text.reserve(1000);
        root.text.clear();
    }),
    ("shrinking, then String::clear", "text", |root| {
        root.text.shrink_to_fit();
        root.text.clear();
    }),
    ("Vec::clear of bytes", "bytes", |root| root.bytes.clear()),
    ("Vec::pop of bytes", "bytes", |root| while root.bytes.pop().is_some() {}),
    ("Vec::pop and into_inner", "bytes", |root| while root.bytes.pop().map(|byte| byte.into_inner()).is_some() {}),
    ("overwriting plain elements", "bytes", |root| root.bytes.fill(0)),
    ("Vec::resize to fewer", "bytes", |root| root.bytes.resize(0, 0)),
    ("swap_remove of bytes", "bytes", |root| (0..32).for_each(|_| drop(root.bytes.swap_remove(0)))),
    ("Vec::set", "codes", |root| root.codes.set([[0; 32]; 3])),
    ("Vec::truncate of arrays", "codes", |root| root.codes.truncate(0)),
    ("Vec::retain of arrays", "codes", |root| root.codes.retain(|_| false)),
    ("Vec::remove of arrays", "codes", |root| (0..3).for_each(|_| drop(root.codes.remove(0)))),
    ("Vec::drain of arrays", "codes", |root| root.codes.drain(.., |_| ())),
    ("Vec::append of arrays, then clear", "codes", |root| {
        root.more_codes.append(&mut root.codes);
        assert_eq!((root.more_codes.len(), root.codes.len()), (3, 0));
        root.more_codes.clear();
    }),
    ("dedup, then pop", "codes", |root| {
        root.codes.dedup();
        assert_eq!(root.codes.len(), 1);
        root.codes.pop().unwrap();
    }),
    ("Vec::clear of strings", "texts", |root| root.texts.clear()),
    ("Vec::pop of strings", "texts", |root| while root.texts.pop().is_some() {}),
    ("Vec::remove of strings", "texts", |root| (0..3).for_each(|_| drop(root.texts.remove(0)))),
    ("Vec::swap_remove of strings", "texts", |root| (0..3).for_each(|_| drop(root.texts.swap_remove(0)))),
    ("Vec::retain of strings", "texts", |root| root.texts.retain(|_| false)),
    ("Vec::retain_mut that edits", "texts", |root| {
        root.texts.retain_mut(|text| {
            text.set("public");
            true
        });
    }),
    ("Vec::dedup of strings, then pop", "texts", |root| {
        root.texts.dedup();
        root.texts.pop().unwrap();
    }),
    ("Vec::remove_range of strings", "texts", |root| root.texts.remove_range(..)),
    ("Vec::drain of strings", "texts", |root| root.texts.drain(.., |_| ())),
    ("Vec::append, then clear", "texts", |root| {
        root.others.append(&mut root.texts);
        root.others.clear();
    }),
    ("moving by drain, then clear", "texts", |root| {
        root.texts.drain(.., |text| root.others.push(text));
        root.others.clear();
    }),
    ("Vec::swap_with, then clear", "texts", |root| {
        root.others.swap_with(&mut root.texts);
        root.others.set(Empty);
    }),
    ("sorting and rotating, then clear", "texts", |root| {
        root.texts.push("another");
        root.texts.sort();
        root.texts.rotate_left(1);
        root.texts.reverse();
        root.texts.clear();
    }),
    ("growing often, then clear", "texts", |root| {
        (0..100).for_each(|_| root.texts.push(SECRET));
        root.texts.clear();
    }),
    ("Place::set of an element", "people", |root| {
        root.people.iter_mut().for_each(|mut person| {
            person.set(PersonInit { age: 0, name: "", code: [0; 32], notes: Empty });
        });
    }),
    ("editing the fields of elements", "people", |root| {
        root.people.iter_mut().for_each(|mut person| {
            let mut person = person.edit();
            person.name.set("");
            person.notes.clear();
            *person.code = [0; 32];
        });
    }),
    ("Vec::truncate of structs", "people", |root| root.people.truncate(0)),
    ("Vec::pop of structs", "people", |root| while root.people.pop().is_some() {}),
    ("moving a struct into a box and clearing it", "people", |root| {
        while let Some(person) = root.people.pop() {
            root.boxed.set(Some(person));
        }
        root.boxed.clear();
    }),
    ("OptionMut::clear", "boxed", |root| root.boxed.clear()),
    ("OptionMut::take, dropped", "boxed", |root| drop(root.boxed.take())),
    ("OptionMut::take, moved into a vector and popped", "boxed", |root| {
        root.people.push(root.boxed.take().unwrap());
        root.people.pop().unwrap();
    }),
    ("OptionMut::insert over it", "boxed", |root| {
        root.boxed.insert(PersonInit { age: 0, name: "", code: [0; 32], notes: Empty });
    }),
    ("BoxMut::set through the option", "boxed", |root| {
        let place = root.boxed.as_mut();
        place.unwrap().set(PersonInit { age: 0, name: "", code: [0; 32], notes: Empty });
    }),
    ("MaybeMut::clear", "maybe", |root| root.maybe.clear()),
    ("MaybeMut::take, dropped", "maybe", |root| drop(root.maybe.take())),
    ("MaybeMut::take, moved into a vector and popped", "maybe", |root| {
        root.people.push(root.maybe.take().unwrap());
        root.people.pop().unwrap();
    }),
    ("setting an enum to a smaller variant", "message", |root| {
        root.message.set(MessageCodeInit(code()));
        root.message.set(MessageSilenceInit);
    }),
    ("swapping places, then set", "message", |root| root.message.set(MessageTextInit { text: "", copies: Empty })),
    ("editing an array", "pair", |root| root.pair.edit().iter_mut().for_each(|mut text| text.clear())),
];

#[test]
fn removed_data_is_not_in_the_file() {
    let scratch = Scratch::new("secrets-removed");
    for (name, field, remove) in REMOVALS {
        for grown in [false, true] {
            let mut image = full(grown);
            release(&mut image, field);
            assert!(shows(&image, &scratch), "{name}: the secret wasn't in `{field}` to begin with");
            remove(&mut image.edit());
            assert!(!shows(&image, &scratch), "{name}: the secret is still in the file (grown: {grown})");
        }
    }
}

/// An initialiser that fails, or panics.
#[derive(Clone, Copy)]
enum Broken {
    Fails,
    Panics,
}

impl Emplace<String> for Broken {
    fn emplace<'s>(self, _: Slot<'s, String>) -> Result<Filled<'s, String>, Error> {
        match self {
            Broken::Fails => Err(Error::custom("broken")),
            Broken::Panics => panic!("broken"),
        }
    }
}

/// Text of which some is written before it fails or panics.
struct HalfWritten(Broken);

impl fmt::Display for HalfWritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(SECRET)?;
        match self.0 {
            Broken::Fails => Err(fmt::Error),
            Broken::Panics => panic!("broken"),
        }
    }
}

/// A text that is fine, and then one that isn't.
enum Either {
    Text(&'static str),
    Broken(Broken),
}

impl Emplace<String> for Either {
    fn emplace<'s>(self, slot: Slot<'s, String>) -> Result<Filled<'s, String>, Error> {
        match self {
            Either::Text(text) => slot.build(text),
            Either::Broken(broken) => slot.build(broken),
        }
    }
}

fn texts(broken: Broken) -> [Either; 3] {
    [Either::Text(SECRET), Either::Text(SECRET), Either::Broken(broken)]
}

type Attempt = fn(&mut Image<Root>, Broken) -> Result<(), Error>;

/// Each way of building something that fails after the secret has been written.
const ATTEMPTS: &[(&str, Attempt)] = &[
    ("try_push of a struct", |image, broken| image.edit().people.try_push(person(broken))),
    ("try_insert of a struct", |image, broken| image.edit().people.try_insert(0, person(broken))),
    ("try_extend", |image, broken| image.edit().texts.try_extend(texts(broken))),
    ("try_set from an array", |image, broken| image.edit().texts.try_set(texts(broken))),
    ("try_set from an iterator", |image, broken| {
        image.edit().texts.try_set(from_iter(texts(broken).into_iter().filter(|_| true)))
    }),
    ("try_set of a vector of structs", |image, broken| {
        image.edit().people.try_set(std::vec::Vec::from([person(broken), person(broken)]))
    }),
    ("OptionMut::try_set", |image, broken| image.edit().boxed.try_set(Some(person(broken)))),
    ("OptionMut::try_insert", |image, broken| image.edit().boxed.try_insert(person(broken)).map(drop)),
    ("MaybeMut::try_set", |image, broken| image.edit().maybe.try_set(Some(person(broken)))),
    ("Place::try_set of an enum", |image, broken| {
        image.edit().message.try_set(MessageTextInit { text: SECRET, copies: texts(broken) })
    }),
    ("Place::try_set of an array", |image, broken| {
        image.edit().pair.try_set([Either::Text(SECRET), Either::Broken(broken)])
    }),
    ("StringMut::try_set with half of a text", |image, broken| {
        image.edit().text.try_set(format_args!("{}", HalfWritten(broken)))
    }),
    ("try_alloc", |image, broken| image.try_alloc::<Person, _>(person(broken)).map(drop)),
    ("try_alloc of a box", |image, broken| image.try_alloc::<Box<Person>, _>(person(broken)).map(drop)),
    ("Place::try_set of the root", |image, broken| {
        image.root_mut().try_set(RootInit {
            text: SECRET,
            bytes: SECRET.as_bytes(),
            codes: [code()],
            more_codes: Empty,
            texts: [SECRET],
            others: texts(broken),
            people: Empty,
            boxed: Empty,
            maybe: Empty,
            message: MessageCodeInit(code()),
            pair: ["", ""],
        })
    }),
];

#[test]
fn what_a_failed_initialiser_wrote_is_not_in_the_file() {
    let scratch = Scratch::new("secrets-failed");
    for (name, attempt) in ATTEMPTS {
        let mut image = empty();
        let before = image.usage().allocated;
        let error = attempt(&mut image, Broken::Fails).expect_err(name);
        assert!(error.to_string().contains("broken") || error.to_string().contains("Display"), "{name}: {error}");
        check_unchanged(name, &mut image, before, &scratch);
    }
}

#[test]
fn what_a_panicking_initialiser_wrote_is_not_in_the_file() {
    let scratch = Scratch::new("secrets-panicked");
    for (name, attempt) in ATTEMPTS {
        let mut image = empty();
        let before = image.usage().allocated;
        let result = catch_unwind(AssertUnwindSafe(|| attempt(&mut image, Broken::Panics)));
        assert!(result.is_err(), "{name} didn't panic");
        if name.starts_with("try_extend") {
            // As with std's vectors, what was added before the panic stays.
            image.edit().texts.clear();
        }
        check_unchanged(name, &mut image, before, &scratch);
    }
}

/// The image is as it was when it was empty, but for buffers that have grown.
fn check_unchanged(name: &str, image: &mut Image<Root>, before: u64, scratch: &Scratch) {
    assert!(!shows(image, scratch), "{name}: the secret is in the file");
    let mut root = image.edit();
    assert!(root.people.is_empty() && root.texts.is_empty() && root.others.is_empty(), "{name}");
    assert!(root.boxed.is_none() && root.maybe.is_none() && root.text.is_empty(), "{name}");
    assert!(matches!(*root.message, Message::Silence), "{name}");
    root.people.shrink_to_fit();
    root.texts.shrink_to_fit();
    assert_eq!(image.usage().allocated, before, "{name}: something leaked");
}

/// What never was in the structure, or isn't any more.
#[test]
fn roots_and_values_that_were_given_up_are_not_in_the_file() {
    let scratch = Scratch::new("secrets-given-up");
    let mut image = full(true);
    drop(image.alloc::<Person, _>(person(SECRET)));
    let fresh = empty();
    let root = image.alloc::<Root, _>(DeepCopy(&*fresh)).detach();
    image.set_root(root).unwrap();
    assert!(!shows(&image, &scratch));

    let mut image = full(false);
    image.root_mut().set(DeepCopy(&*fresh));
    assert!(!shows(&image, &scratch));

    let (mut image, mut other) = (full(false), empty());
    image.root_mut().swap(&mut other.root_mut());
    assert!(!shows(&image, &scratch));
    assert!(shows(&other, &scratch));
}

/// A token may be dropped where its region isn't at hand.
#[test]
fn the_value_of_a_dropped_token_is_not_in_the_file() {
    let scratch = Scratch::new("secrets-token");
    let mut image = empty();
    drop(image.alloc::<Person, _>(person(SECRET)).detach());
    assert!(!shows(&image, &scratch));
}

/// What was left in the region for good, or leaked, is in the file: it isn't known to be garbage. Loading finds out.
#[test]
fn what_nothing_refers_to_is_gone_once_a_file_has_been_loaded() {
    let scratch = Scratch::new("secrets-unclaimed");
    let path = scratch.file("image");
    let mut image = empty();
    let fresh = image.usage().allocated;
    assert_eq!(image.alloc::<Person, _>(person(SECRET)).freeze().name, SECRET);
    image.edit().codes.set([code()]);
    std::mem::forget(image.edit().codes.pop());
    image.edit().text.set("text");
    assert!(shows(&image, &scratch));
    image.save(&path).unwrap();
    let mut loaded = Image::<Root>::load(&path).unwrap();
    assert_eq!((&loaded.text[..], loaded.usage().allocated), ("text", fresh + 8));
    assert!(!shows(&loaded, &scratch));
    // Its space is used again, and read as zero.
    let extent = loaded.usage().allocated + loaded.usage().free;
    loaded.edit().more_codes.try_reserve_exact(3).unwrap();
    assert_eq!(loaded.usage().allocated + loaded.usage().free, extent);
    assert!(!shows(&loaded, &scratch));
}
