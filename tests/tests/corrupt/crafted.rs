//! Bodies forged word by word, with right checksums.

use std::mem::offset_of;

use offset_std::prelude::*;
use offset_std::{Box, Vec};

use crate::atlas::*;
use crate::attack::RegionFile;
use crate::ranges::assert_disjoint;
use crate::{least, survives};

const GROWABLE: u32 = 1 << 31;

/// The small atlas as a file.
fn file() -> RegionFile {
    RegionFile::of(&atlas(1))
}

/// Where a field of the root is.
macro_rules! at {
    ($file:expr, $field:ident) => {
        $file.root() + offset_of!(Atlas, $field)
    };
}

/// Refuses the file with one word changed. The error has all of `parts`, and says where the word is.
#[track_caller]
fn refused_at(file: &RegionFile, at: usize, value: u32, parts: &[&str]) {
    let mut changed = file.clone();
    changed.set_u32(at, value);
    let error = changed.refusal::<Atlas>();
    for part in parts {
        assert!(error.contains(part), "{value:#x} at {at:#x}: {error}: no `{part}`");
    }
    assert!(error.contains(&format!("(offset {at:#x})")), "{value:#x} at {at:#x}: {error}");
}

#[test]
fn an_error_says_where_in_the_structure_it_is() {
    let file = file();
    let cities = file.follow(at!(file, cities));
    let name = cities + size_of::<City>() + offset_of!(City, name);
    refused_at(&file, name, u32::MAX, &["Atlas.cities[1].name", "leaves the region", "0x80.."]);
    let tags = file.follow(cities + offset_of!(City, tags));
    refused_at(&file, tags + 8, u32::MAX, &["Atlas.cities[0].tags[1]"]);
    let capital = file.follow(at!(file, capital));
    refused_at(&file, capital + offset_of!(City, tags), 1, &["Atlas.capital.tags"]);
    let list = file.follow(at!(file, list));
    let second = file.follow(list + offset_of!(Link, next));
    refused_at(&file, second + offset_of!(Link, next), 1, &["Atlas.list.next.next"]);
    refused_at(&file, at!(file, pair) + 8, u32::MAX, &["Atlas.pair[1]"]);
    let nested = file.follow(at!(file, nested));
    let inner = file.follow(nested + 8);
    refused_at(&file, inner + 8 + 4, 9, &["Atlas.nested[1][1]"]);
    let shapes = file.follow(at!(file, shapes));
    let label = shapes + 2 * size_of::<Shape>() + 4;
    refused_at(&file, label, u32::MAX, &["Atlas.shapes[2]::Label.0"]);
    let many = file.follow(label + size_of::<Shape>());
    refused_at(&file, many + 4, u32::MAX, &["Atlas.shapes[3]::Many.0[0]::Label.0"]);
    refused_at(&file, at!(file, kind) + 4, u32::MAX, &["Atlas.kind::Named.0"]);
    refused_at(&file, at!(file, motto) + 4, u32::MAX, &["Atlas.motto::Some.0"]);
    let wide = file.follow(at!(file, wide));
    refused_at(&file, wide, u32::MAX, &["Atlas.wide[0].text"]);
    refused_at(&file, at!(file, marks) + 8, 9, &["Atlas.marks.boxed", "zero-sized"]);
}

#[test]
fn two_faults_are_told_apart() {
    let mut file = file();
    let wide = file.follow(at!(file, wide));
    let nested = file.follow(at!(file, nested));
    file.set_u32(wide, u32::MAX);
    file.set_u32(nested, 1);
    let error = file.refusal::<Atlas>();
    let one = error.contains("Atlas.wide[0].text") && error.contains(&format!("(offset {wide:#x})"));
    let other = error.contains("Atlas.nested[0]") && error.contains(&format!("(offset {nested:#x})"));
    assert!(one != other, "{error}");
}

#[test]
fn bytes_that_are_no_value_of_their_type_are_named() {
    let file = file();
    let odds = at!(file, odds);
    let byte = |at: usize, value: u8, parts: &[&str]| {
        let mut changed = file.clone();
        changed.bytes[at] = value;
        let error = changed.refusal::<Atlas>();
        assert!(parts.iter().all(|part| error.contains(part)), "{error}: {parts:?}");
    };
    byte(odds + offset_of!(Odds, flag), 2, &["Atlas.odds.flag", "bool"]);
    byte(odds + offset_of!(Odds, small), 0, &["Atlas.odds.small", "other than zero"]);
    byte(odds + offset_of!(Odds, some), 2, &["Atlas.odds.some", "tag"]);
    byte(at!(file, blank), 0xff, &["Atlas.blank", "tag"]);
    byte(at!(file, kind), 1, &["Atlas.kind", "tag"]);
    byte(file.follow(at!(file, shapes)), 9, &["Atlas.shapes[0]", "tag"]);
    byte(file.follow(at!(file, flags)) + 2, 3, &["Atlas.flags[2]", "bool"]);
    byte(file.follow(at!(file, name)) + 3, 0xff, &["Atlas.name", "UTF-8"]);
    for value in [0xd800, 0x11_0000, u32::MAX] {
        refused_at(&file, odds + offset_of!(Odds, letter), value, &["Atlas.odds.letter", "scalar value"]);
        let letters = file.follow(at!(file, letters));
        refused_at(&file, letters + 8, value, &["Atlas.letters[2]", "scalar value"]);
    }
    // A type's own conditions come last, with what they say.
    let spans = file.follow(at!(file, spans));
    refused_at(&file, at!(file, span), 5, &["Atlas.span", "5 > 2"]);
    let mut changed = file.clone();
    changed.set_u32(spans + 8, 10);
    let error = changed.refusal::<Atlas>();
    assert!(error.contains("Atlas.spans[1]") && error.contains("10 > 9"), "{error}");
    let lasted = odds + offset_of!(Odds, lasted);
    let mut changed = file.clone();
    changed.set_u32(lasted + 8, 1_000_000_000);
    let error = changed.refusal::<Atlas>();
    assert!(error.contains("Atlas.odds.lasted") && error.contains("nanoseconds"), "{error}");
}

#[test]
fn handles_out_of_the_body_are_refused() {
    let file = file();
    let end = file.body().end as u32 / 8;
    let owners =
        [at!(file, home), at!(file, capital), at!(file, name), at!(file, exact), at!(file, growing), at!(file, wide)];
    for at in owners {
        for unit in [1, 2, 7, 8, 15, end, end + 1, end + 8, 1 << 31, u32::MAX - 7, u32::MAX - 1, u32::MAX] {
            refused_at(&file, at, unit, &["invalid value at Atlas."]);
        }
    }
    // Nothing, where nothing isn't allowed.
    refused_at(&file, at!(file, home), 0, &["Atlas.home"]);
    let mut changed = file.clone();
    changed.set_u32(at!(file, name), 0);
    let error = changed.refusal::<Atlas>();
    assert!(error.contains("Atlas.name") && error.contains("the length of an empty vector"), "{error}");
}

#[test]
fn nothing_instead_of_something_frees_what_was_there() {
    let mut file = file();
    let capital = at!(file, capital);
    file.set_u32(capital, 0);
    file.seal();
    assert!(survives(&file.bytes, true, least()));
    let image = file.load::<Atlas>().unwrap();
    assert!(image.capital.is_none());
    assert!(image.usage().free >= size_of::<City>() as u64);
}

#[test]
fn a_root_anywhere_else_is_refused() {
    let file = file();
    let end = file.body().end as u32 / 8;
    for unit in (0..40).chain(end - 40..end + 10).chain([1 << 31, u32::MAX]) {
        let mut changed = file.clone();
        changed.set_u32(64, unit);
        changed.seal();
        if unit as usize * 8 != file.root() {
            let error = changed.refusal::<Atlas>();
            assert!(error.contains("root") || error.contains("Atlas"), "{error}");
        }
    }
}

#[test]
fn cycles_are_refused() {
    let file = file();
    let list = file.u32(at!(file, list));
    let first = list as usize * 8;
    let second = file.follow(first + offset_of!(Link, next));
    refused_at(&file, first + offset_of!(Link, next), list, &["Atlas.list.next", "overlaps another"]);
    refused_at(&file, second + offset_of!(Link, next), list, &["Atlas.list.next.next", "overlaps another"]);
    // The root as a part of itself.
    let root = file.u32(64);
    refused_at(&file, at!(file, list), root, &["Atlas.list", "overlaps another"]);
    refused_at(&file, second + offset_of!(Link, next), root, &["overlaps another"]);
    // A vector of shapes that is among its own elements.
    let (shapes, word) = (file.u32(at!(file, shapes)), file.u32(at!(file, shapes) + 4));
    let many = shapes as usize * 8 + 3 * size_of::<Shape>() + 4;
    let mut changed = file.clone();
    changed.set_u32(many + 4, word);
    refused_at(&changed, many, shapes, &["Atlas.shapes[3]::Many.0", "overlaps another"]);
}

#[test]
fn one_allocation_with_two_owners_is_refused() {
    let file = file();
    // Whole: two boxes, a box and a vector, two strings.
    let overlaps = |mut changed: RegionFile| {
        let error = changed.refusal::<Atlas>();
        assert!(error.contains("overlaps another"), "{error}");
    };
    for (one, other) in [(at!(file, missing), at!(file, capital)), (at!(file, capital), at!(file, home))] {
        let mut changed = file.clone();
        changed.set_u32(one, file.u32(other));
        overlaps(changed);
    }
    let mut changed = file.clone();
    let (exact, growing) = (at!(file, exact), at!(file, growing));
    let (bytes, name) = (at!(file, bytes), at!(file, name));
    changed.set_u32(bytes + 4, file.u32(name + 4));
    changed.set_u32(bytes, file.u32(name));
    overlaps(changed);
    // In part: one unit further, one before, and in the slack of a growable one.
    for unit in [file.u32(exact) - 1, file.u32(exact) + 1, file.u32(growing) + 3, file.u32(growing) - 1] {
        let mut changed = file.clone();
        changed.set_u32(bytes + 4, 1);
        changed.set_u32(bytes, unit);
        overlaps(changed);
    }
}

#[test]
fn lengths_that_lie_are_refused() {
    let file = file();
    let (exact, growing, name) = (at!(file, exact), at!(file, growing), at!(file, name));
    for len in [4, 100, 1 << 20, 1 << 28, (1 << 29) - 1, 1 << 29, (1 << 29) + 1, GROWABLE - 1] {
        let mut changed = file.clone();
        changed.set_u32(exact + 4, len);
        let error = changed.refusal::<Atlas>();
        assert!(error.contains("overlaps another") || error.contains("leaves the region"), "{len}: {error}");
    }
    for len in [1 << 10, GROWABLE - 1] {
        let mut changed = file.clone();
        changed.set_u32(name + 4, len);
        let error = changed.refusal::<Atlas>();
        assert!(error.contains("Atlas.") && error.contains("its allocation"), "{len}: {error}");
    }
    refused_at(&file, exact + 4, 0, &["Atlas.exact", "the length of an exact buffer"]);
    refused_at(&file, growing + 4, GROWABLE | 8, &["Atlas.growing", "a length within the capacity"]);
    refused_at(&file, growing + 4, u32::MAX, &["Atlas.growing", "a length within the capacity"]);
    // Without a buffer there is no length, and no capacity either.
    for word in [1, GROWABLE, GROWABLE | 1] {
        let mut changed = file.clone();
        changed.set_u32(exact, 0);
        refused_at(&changed, exact + 4, word, &["Atlas.exact", "the length of an empty vector"]);
    }
    // A shorter one is fine: the rest is free.
    let mut shorter = file.clone();
    shorter.set_u32(exact + 4, 1);
    shorter.seal();
    assert!(survives(&shorter.bytes, true, least()));
}

#[test]
fn heads_that_lie_are_refused() {
    let file = file();
    let (exact, growing) = (at!(file, exact), at!(file, growing));
    let head = file.follow(growing) - 8;
    assert_eq!(file.u32(head + 4), 0);
    let refused = |changed: &RegionFile, parts: &[&str]| {
        let error = changed.clone().refusal::<Atlas>();
        assert!(parts.iter().any(|part| error.contains(part)), "{error}");
    };
    for (at, value, parts) in [
        (head, 2, ["a length within the capacity"].as_slice()),
        (head, 0, &["a length within the capacity"]),
        (head, GROWABLE, &["a length within the capacity"]),
        (head, u32::MAX, &["a length within the capacity"]),
        (head, GROWABLE - 1, &["overlaps another", "leaves the region"]),
        (head, 200, &["overlaps another", "leaves the region"]),
        (head + 4, 1, &["isn't one"]),
        (head + 4, u32::MAX, &["isn't one"]),
    ] {
        let mut changed = file.clone();
        changed.set_u32(at, value);
        refused(&changed, parts);
    }
    // An exact buffer that says it has a head; the bytes of another vector as the head.
    let mut changed = file.clone();
    changed.set_u32(exact + 4, GROWABLE | 3);
    refused(&changed, &["isn't one", "a length within the capacity", "overlaps another", "leaves the region"]);
    let mut changed = file.clone();
    let elements = file.follow(exact);
    changed.set_u64(elements, 1);
    changed.set_u32(growing, file.u32(exact) + 1);
    changed.set_u32(growing + 4, GROWABLE | 1);
    refused(&changed, &["overlaps another"]);
    // The first unit of the body has no head before it.
    for unit in [15, 16] {
        let mut changed = file.clone();
        changed.set_u32(growing, unit);
        refused(&changed, &["leaves the region"]);
    }
    // A larger head than one unit: the elements are aligned to 64.
    let wide = at!(file, wide);
    for unit in [16, 17, 23] {
        let mut changed = file.clone();
        changed.set_u32(wide, unit);
        changed.set_u32(wide + 4, GROWABLE);
        let error = changed.refusal::<Atlas>();
        assert!(error.contains("Atlas.wide"), "{unit}: {error}");
    }
}

#[test]
fn handles_that_are_not_aligned_are_refused() {
    let file = file();
    let wide = at!(file, wide);
    for step in 1..8 {
        refused_at(&file, wide, file.u32(wide) + step, &["Atlas.wide", "isn't aligned to 64 bytes"]);
    }
}

#[test]
fn a_vector_of_zero_sized_elements_has_a_length_and_nothing_else() {
    let file = file();
    let marks = at!(file, marks) + offset_of!(Marks, list);
    refused_at(&file, marks, 8, &["Atlas.marks.list", "zero-sized"]);
    refused_at(&file, marks, file.u32(at!(file, exact)), &["Atlas.marks.list"]);
    let mut changed = file.clone();
    changed.set_u32(marks + 4, GROWABLE);
    assert!(changed.refusal::<Atlas>().contains("Atlas.marks.list"));
    for len in [0, 1, GROWABLE - 1] {
        let mut changed = file.clone();
        changed.set_u32(marks + 4, len);
        let mut image = changed.load::<Atlas>().unwrap();
        assert_disjoint(&*image);
        let mut list = image.edit().marks.into_fields().list;
        assert_eq!(list.len(), len as usize);
        // One more than a length can say is an error, not a wrap.
        let pushed = list.try_push(MarkInit {});
        assert_eq!(pushed.is_ok(), len < GROWABLE - 1);
        assert_eq!(list.len(), (len as usize + 1).min(GROWABLE as usize - 1));
        list.clear();
        assert!(list.is_empty());
    }
}

#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
struct Large {
    vec: Vec<[u8; 1 << 20]>,
    boxed: Option<Box<[u64; 1 << 10]>>,
}

#[test]
fn large_elements_do_not_overflow_the_arithmetic() {
    let image = Image::<Large>::new(LargeInit { vec: Empty, boxed: Empty }).unwrap();
    let file = RegionFile::of(&image);
    for (handle, word) in
        [(18, GROWABLE - 1), (18, 1 << 12), (18, 1 << 16), (19, 1), (19, GROWABLE | 1), (19, GROWABLE)]
    {
        let mut changed = file.clone();
        changed.set_u32(file.root(), handle);
        changed.set_u32(file.root() + 4, word);
        let error = changed.refusal::<Large>();
        assert!(error.contains("Large.vec"), "{error}");
    }
}

#[test]
fn an_empty_growable_buffer_is_a_buffer() {
    let mut image = atlas(1);
    image.edit().growing.clear();
    let mut file = RegionFile::of(&image);
    let growing = at!(file, growing);
    assert_eq!(file.u32(growing + 4), GROWABLE);
    file.seal();
    assert!(survives(&file.bytes, true, least()));
    // Even with no capacity at all: the elements would begin at the end of the body.
    let head = file.follow(growing) - 8;
    file.set_u32(head, 0);
    file.seal();
    assert!(survives(&file.bytes, true, least()));
}
