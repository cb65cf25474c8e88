//! Where there is no more room: each call that allocates says so with an error and leaves everything as it was, wherever in its work that happens.

use std::path::Path;

use offset_std::prelude::*;
use offset_std::{Box, Error, ErrorKind, String, Vec};
use tests::Scratch;

#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
struct Person {
    name: String,
    age: u8,
    notes: Vec<String>,
    friend: Option<Box<Person>>,
}

#[derive(Relocatable, Debug, PartialEq)]
#[repr(C, align(64))]
struct Line {
    words: [u64; 8],
}

#[derive(Relocatable, Debug, PartialEq)]
#[repr(u8)]
enum Either {
    Number(u64),
    Person(Person),
}

#[derive(Relocatable, Debug)]
#[repr(C)]
struct Root {
    text: String,
    bytes: Vec<u8>,
    lines: Vec<Line>,
    texts: Vec<String>,
    others: Vec<String>,
    people: Vec<Person>,
    option: Option<Box<Person>>,
    maybe: Maybe<Person>,
    boxed: Box<Person>,
    either: Either,
    pair: [String; 2],
}

const TEXT: &str = "more text than a unit has room for";

type PersonOf = PersonInit<&'static str, [&'static str; 2], Option<PersonInit<&'static str, Empty, Empty>>>;

/// A person of many parts.
fn person() -> PersonOf {
    let friend = PersonInit { name: TEXT, age: 2, notes: Empty, friend: Empty };
    PersonInit { name: TEXT, age: 1, notes: [TEXT, "short"], friend: Some(friend) }
}

/// With holes between what lives, to be filled and split, or without any free space.
fn image(holes: bool) -> Image<Root> {
    let root = RootInit {
        text: TEXT,
        bytes: [1, 2, 3],
        lines: [LineInit { words: [1; 8] }],
        texts: ["a", TEXT],
        others: [TEXT, "b", TEXT],
        people: [person()],
        option: Some(person()),
        maybe: Some(person()),
        boxed: person(),
        either: EitherNumberInit(7),
        pair: [TEXT, "c"],
    };
    let mut image = Image::<Root>::new(root).unwrap();
    if holes {
        let mut root = image.edit();
        root.texts.push(TEXT);
        root.others.remove(0);
        root.text.set("short");
    } else {
        assert_eq!(image.usage().free, 0);
    }
    image
}

/// Everything that the image holds.
fn contents(image: &Image<Root>) -> std::string::String {
    format!("{:?}", **image)
}

/// The bytes in use once no buffer has room to spare.
fn settled(image: &mut Image<Root>) -> u64 {
    let mut root = image.edit();
    root.text.shrink_to_fit();
    root.bytes.shrink_to_fit();
    root.lines.shrink_to_fit();
    root.texts.shrink_to_fit();
    root.others.shrink_to_fit();
    root.people.shrink_to_fit();
    image.usage().allocated
}

/// Edits that need no memory.
fn still_usable(image: &mut Image<Root>) {
    let mut root = image.edit();
    let (texts, others) = (root.texts.len(), root.others.len());
    root.texts.pop();
    root.others.reverse();
    root.people.clear();
    root.text.clear();
    root.maybe.clear();
    root.option.clear();
    *root.boxed.edit().age += 1;
    assert_eq!((root.texts.len(), root.others.len(), root.boxed.age), (texts - 1, others, 2));
    // Space is there again.
    root.text.push_str("x");
    root.option.set(Some(PersonInit { name: "d", age: 3, notes: Empty, friend: Empty }));
    assert_eq!(root.option.as_ref().unwrap().name, "d");
}

type Attempt = fn(&mut Image<Root>) -> Result<(), Error>;

/// Every call that allocates, on what an image that was loaded has.
const ATTEMPTS: &[(&str, Attempt)] = &[
    ("VecMut::try_push", |image| image.edit().people.try_push(person())),
    ("VecMut::try_push of many", |image| (0..20).try_for_each(|_| image.edit().bytes.try_push(7))),
    ("VecMut::try_push of a line", |image| image.edit().lines.try_push(LineInit { words: [2; 8] })),
    ("VecMut::try_insert", |image| image.edit().texts.try_insert(1, TEXT)),
    ("VecMut::try_extend", |image| image.edit().people.try_extend([person(), person()])),
    ("VecMut::try_extend_from_slice", |image| {
        let mut root = image.edit();
        root.texts.try_extend_from_slice(&root.others)
    }),
    ("VecMut::try_extend_from_slice of bytes", |image| image.edit().bytes.try_extend_from_slice(&[9; 100])),
    ("VecMut::try_append", |image| {
        let mut root = image.edit();
        root.texts.try_append(&mut root.others)
    }),
    ("VecMut::try_append from another image", |image| {
        let mut other = Image::<Vec<String>>::new([TEXT, TEXT, "e"]).unwrap();
        let result = image.edit().texts.try_append(&mut other.edit());
        assert_eq!(other.len(), if result.is_ok() { 0 } else { 3 });
        result
    }),
    ("VecMut::try_resize", |image| image.edit().texts.try_resize(9, TEXT)),
    ("VecMut::try_reserve", |image| image.edit().lines.try_reserve(5)),
    ("VecMut::try_reserve_exact", |image| image.edit().texts.try_reserve_exact(5)),
    ("VecMut::try_set", |image| image.edit().people.try_set([person(), person()])),
    ("VecMut::try_set from an iterator", |image| {
        image.edit().people.try_set(from_iter((0..3).filter(|_| true).map(|_| person())))
    }),
    ("VecMut::try_set by copying", |image| {
        let other = Image::<Vec<Person>>::new([person(), person()]).unwrap();
        image.edit().people.try_set(DeepCopy(&*other))
    }),
    ("SliceMut::try_set", |image| image.edit().texts.as_slice_mut().try_set(0, TEXT)),
    ("StringMut::try_push_str", |image| image.edit().text.try_push_str(TEXT)),
    ("StringMut::try_push", |image| (0..20).try_for_each(|_| image.edit().text.try_push('€'))),
    ("StringMut::try_insert_str", |image| image.edit().text.try_insert_str(2, TEXT)),
    ("StringMut::try_insert", |image| (0..20).try_for_each(|_| image.edit().text.try_insert(1, '€'))),
    ("StringMut::try_replace_range", |image| image.edit().text.try_replace_range(1..3, TEXT)),
    ("StringMut::try_reserve", |image| image.edit().text.try_reserve(100)),
    ("StringMut::try_set", |image| image.edit().text.try_set(TEXT)),
    ("StringMut::try_set by formatting", |image| image.edit().text.try_set(format_args!("{TEXT}, {TEXT}, {}", 7))),
    ("StringMut::try_set from an iterator", |image| image.edit().text.try_set(from_iter(TEXT.chars()))),
    ("OptionMut::try_set", |image| image.edit().option.try_set(Some(person()))),
    ("OptionMut::try_insert", |image| image.edit().option.try_insert(person()).map(drop)),
    ("MaybeMut::try_set", |image| image.edit().maybe.try_set(Some(person()))),
    ("BoxMut::try_set", |image| image.edit().boxed.try_set(person())),
    ("Place::try_set of an enum", |image| image.edit().either.try_set(EitherPersonInit(person()))),
    ("Place::try_set of an array", |image| image.edit().pair.try_set([TEXT, TEXT])),
    ("Place::try_swap with another image", |image| {
        let mut other = Image::<Either>::new(EitherPersonInit(person())).unwrap();
        let result = image.edit().either.try_swap(&mut other.root_mut());
        assert_eq!(matches!(*other, Either::Number(7)), result.is_ok());
        assert_eq!(matches!(*other, Either::Person(_)), result.is_err());
        result
    }),
    ("Image::try_alloc", |image| image.try_alloc::<Person, _>(person()).map(drop)),
    ("Image::try_alloc by copying", |image| {
        let other = Image::<Vec<Person>>::new([person(), person()]).unwrap();
        image.try_alloc::<Vec<Person>, _>(DeepCopy(&*other)).map(drop)
    }),
];

/// What some calls do before they fail is to be seen: they are loops of calls.
fn is_loop(name: &str) -> bool {
    ["VecMut::try_push of many", "StringMut::try_push", "StringMut::try_insert"].contains(&name)
}

/// Loads the image with room for `extra` more bytes.
fn load(path: &Path, extra: u64) -> Image<Root> {
    let whole = Image::<Root>::load(path).unwrap().usage();
    let limit = 128 + whole.allocated + whole.free + extra;
    let image = Image::<Root>::load_with_options(path, ImageOptions::new().limit(limit)).unwrap();
    assert_eq!(image.usage().capacity, limit - 128);
    image
}

#[test]
fn a_call_that_runs_out_of_room_anywhere_changes_nothing() {
    run_out_of_room("limits", false);
}

#[test]
fn a_call_that_runs_out_of_room_with_free_pieces_changes_nothing() {
    run_out_of_room("limits-holes", true);
}

fn run_out_of_room(name: &str, holes: bool) {
    let scratch = Scratch::new(name);
    let path = scratch.file("limits");
    image(holes).save(&path).unwrap();
    let mut original = Image::<Root>::load(&path).unwrap();
    let (before, in_use) = (contents(&original), settled(&mut original));

    for (name, attempt) in ATTEMPTS {
        let mut free = Image::<Root>::load(&path).unwrap();
        attempt(&mut free).unwrap();
        let (expected, expected_in_use) = (contents(&free), settled(&mut free));

        let mut failures = 0;
        for extra in (0..).step_by(8) {
            let mut image = load(&path, extra);
            let Err(error) = attempt(&mut image) else {
                assert_eq!(contents(&image), expected, "{name} with {extra} bytes");
                assert_eq!(settled(&mut image), expected_in_use, "{name} leaked with {extra} bytes");
                break;
            };
            failures += 1;
            assert!(matches!(error.kind(), ErrorKind::Limit { .. }), "{name}: {error}");
            if !is_loop(name) {
                assert_eq!(contents(&image), before, "{name} with {extra} bytes changed something");
                assert_eq!(settled(&mut image), in_use, "{name} leaked when it failed with {extra} bytes");
            }
            still_usable(&mut image);
        }
        assert!(failures > 0 || holes, "{name} never ran out of room");
    }
}

/// Either image may be the one without room.
#[test]
fn a_swap_that_one_image_has_no_room_for_changes_neither() {
    let names = |image: &Image<Vec<String>>| format!("{:?}", **image);
    for small_first in [false, true] {
        let mut failures = 0;
        for extra in (0..).step_by(8) {
            let mut large = Image::<Vec<String>>::new([TEXT; 20]).unwrap();
            let needed = Image::<Vec<String>>::new([TEXT, "b"]).unwrap().usage().allocated;
            let limit = ImageOptions::new().limit(128 + needed + extra);
            let mut small = Image::<Vec<String>>::with_options(limit, [TEXT, "b"]).unwrap();
            let before = (names(&small), small.usage().allocated, names(&large), large.usage().allocated);
            let result = if small_first {
                small.root_mut().try_swap(&mut large.root_mut())
            } else {
                large.root_mut().try_swap(&mut small.root_mut())
            };
            let after = (names(&small), small.usage().allocated, names(&large), large.usage().allocated);
            if result.is_ok() {
                assert_eq!(after, (before.2, before.3, before.0, before.1));
                break;
            }
            assert_eq!(after, before, "with {extra} bytes");
            failures += 1;
        }
        assert!(failures > 10);
    }
}

#[test]
fn an_image_that_has_no_room_for_its_root_is_an_error() {
    let needed = Image::<Person>::new(person()).unwrap().usage().allocated;
    let of = |bytes| Image::<Person>::with_options(ImageOptions::new().limit(bytes), person());
    for limit in (0..128 + needed).step_by(8) {
        let error = of(limit).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Limit { limit: found, .. } if *found == limit), "{limit}: {error}");
        assert!(error.to_string().contains("raise it"), "{error}");
    }
    let image = of(128 + needed).unwrap();
    assert_eq!((image.usage().allocated, image.usage().capacity), (needed, needed));
}

#[test]
fn a_file_larger_than_the_limit_is_an_error() {
    let scratch = Scratch::new("limits-load");
    let path = scratch.file("limits");
    image(true).save(&path).unwrap();
    let error = Image::<Root>::load_with_options(&path, ImageOptions::new().limit(200)).map(drop).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Limit { limit: 200, .. }), "{error}");
    assert_eq!(error.path(), Some(path.as_path()));
}

#[test]
fn the_panicking_form_says_what_the_error_says() {
    let full =
        || Image::<Vec<u8>>::with_options(ImageOptions::new().limit(128 + 16), [1, 2, 3, 4, 5, 6, 7, 8]).unwrap();
    let error = full().edit().try_push(9).unwrap_err().to_string();
    let mut image = full();
    let payload =
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| image.edit().push(9))).expect_err("there is no room");
    assert_eq!(payload.downcast_ref::<std::string::String>(), Some(&error));
    assert_eq!(*image, [1, 2, 3, 4, 5, 6, 7, 8]);
}

/// An iterator that claims to be endless, and isn't.
struct Boaster(std::ops::Range<u64>);

impl Iterator for Boaster {
    type Item = u64;
    fn next(&mut self) -> Option<u64> {
        self.0.next()
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        (usize::MAX, None)
    }
}

#[test]
fn an_iterator_that_boasts_of_its_length_still_fits() {
    let options = ImageOptions::new().limit(1 << 12);
    let mut image = Image::<Vec<u64>>::with_options(options, from_iter(Boaster(0..20))).unwrap();
    assert!(image.iter().copied().eq(0..20));
    image.edit().extend(Boaster(20..40));
    assert!(image.iter().copied().eq(0..40));
}

/// The other way round: fewer promised than come.
#[test]
fn an_iterator_that_is_longer_than_it_says_is_taken_whole() {
    struct Shy(std::ops::Range<u64>);
    impl Iterator for Shy {
        type Item = u64;
        fn next(&mut self) -> Option<u64> {
            self.0.next()
        }
        fn size_hint(&self) -> (usize, Option<usize>) {
            (3, Some(3))
        }
    }
    let mut image = Image::<Vec<u64>>::new(from_iter(Shy(0..100))).unwrap();
    image.edit().extend(Shy(100..200));
    assert!(image.iter().copied().eq(0..200));
}

#[derive(Relocatable, Clone, Copy, Debug, PartialEq)]
#[relocatable(plain)]
#[repr(C)]
struct Nothing;

/// Zero-sized elements take no room, so that the length is the only limit.
#[test]
fn a_vector_of_zero_sized_elements_stops_at_the_largest_length() {
    const MAX: usize = (1 << 31) - 1;
    let mut image = Image::<Vec<Nothing>>::new([Nothing]).unwrap();
    let mut other = Image::<Vec<Nothing>>::new([Nothing]).unwrap();
    let mut vec = image.edit();
    while vec.len() < MAX {
        let more = vec![Nothing; vec.len().min(MAX - vec.len())];
        vec.extend_from_slice(&more);
    }
    let too_long = |result: Result<(), Error>, by: u64| {
        let error = result.expect_err("the vector is full");
        let (expected, limit) = (MAX as u64 + by, MAX as u64);
        let ErrorKind::TooLong { len, max } = error.kind() else { panic!("{error}") };
        assert_eq!((*len, *max), (expected, limit));
        assert!(error.to_string().contains(&expected.to_string()), "{error}");
    };
    too_long(vec.try_push(Nothing), 1);
    too_long(vec.try_insert(5, Nothing), 1);
    too_long(vec.try_extend([Nothing]), 1);
    too_long(vec.try_extend_from_slice(&[Nothing; 3]), 3);
    too_long(vec.try_append(&mut other.edit()), 1);
    too_long(vec.try_resize(MAX + 4, Nothing), 4);
    too_long(vec.try_reserve(2), 2);
    too_long(vec.try_reserve_exact(usize::MAX / 2), usize::MAX as u64 / 2);
    too_long(vec.try_set(std::vec::Vec::from([Nothing; 1]).repeat(MAX + 1)), 1);
    assert_eq!((vec.len(), other.len()), (MAX, 1));

    let scratch = Scratch::new("limits-nothing");
    image.save(scratch.file("nothing")).unwrap();
    let mut image = Image::<Vec<Nothing>>::load(scratch.file("nothing")).unwrap();
    assert_eq!(image.len(), MAX);
    image.edit().truncate(MAX - 1);
    image.edit().push(Nothing);
    image.edit().clear();
    assert!(image.is_empty());
}
