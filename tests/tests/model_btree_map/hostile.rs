//! Files whose maps were forged: each is refused with an error that says why, or holds entries that can be read and edited.

use std::mem::offset_of;

use offset_std::prelude::*;
use offset_std::{BTreeMap, BTreeSet, String};

use crate::attack::{HEADER, RegionFile, Temporary};

#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
struct Root {
    numbers: BTreeMap<u64, u64>,
    names: BTreeMap<String, u64>,
    small: BTreeMap<u32, u32>,
    odd: BTreeMap<[u8; 3], String>,
    set: BTreeSet<String>,
    empty: BTreeMap<u64, u64>,
}

fn image() -> Image<Root> {
    let name = |n: u64| format!("name {n:03}");
    let root = RootInit {
        numbers: from_iter((0..80u64).map(|n| (n, n))),
        names: from_iter((0..70u64).map(|n| (name(n), n))),
        small: from_iter((0..5u32).map(|n| (n, n))),
        odd: from_iter((0..100u8).map(|n| ([n, 0, n], name(u64::from(n))))),
        set: from_iter((0..40u64).map(name)),
        empty: Empty,
    };
    Image::new(root).unwrap()
}

macro_rules! at {
    ($file:expr, $field:ident) => {
        $file.root() + offset_of!(Root, $field)
    };
}

/// Where keys and children are in nodes of `u64` keys.
const KEYS: usize = 8;
const CHILDREN: usize = 8 + 31 * 8;

#[track_caller]
fn refused(file: &RegionFile, at: usize, value: u32, parts: &[&str]) {
    let mut changed = file.clone();
    changed.set_u32(at, value);
    let error = changed.refusal::<Root>();
    for part in parts {
        assert!(error.contains(part), "{value:#x} at {at:#x}: {error}: no `{part}`");
    }
}

#[test]
fn words_of_a_map_that_lie_are_refused() {
    let file = RegionFile::of(&image());
    let numbers = at!(file, numbers);
    assert_eq!(file.u32(numbers + 4), 80);
    assert_eq!(file.u32(numbers + 8), 1);
    refused(&file, numbers, 0, &["Root.numbers", "the length of a map"]);
    refused(&file, numbers, 1, &["Root.numbers", "aligned"]);
    refused(&file, numbers, 8, &["Root.numbers", "leaves the region"]);
    refused(&file, numbers, !7, &["Root.numbers", "leaves the region"]);
    refused(&file, numbers + 4, 0, &["Root.numbers", "the length of a map"]);
    for len in [1, 79, 81, u32::MAX] {
        refused(&file, numbers + 4, len, &["Root.numbers", "has 80 entries and says"]);
    }
    refused(&file, numbers + 8, 0, &["Root.numbers"]);
    refused(&file, numbers + 8, 2, &["Root.numbers", "of the level below"]);
    for height in [17, u32::MAX] {
        refused(&file, numbers + 8, height, &["Root.numbers", "the height of a map"]);
    }
    let empty = at!(file, empty);
    refused(&file, empty + 4, 1, &["Root.empty", "the length of a map"]);
    refused(&file, empty + 8, 1, &["Root.empty", "the height of a map"]);
    refused(&file, empty, file.u32(numbers), &["Root.empty"]);
}

#[test]
fn nodes_that_lie_are_refused() {
    let file = RegionFile::of(&image());
    let root = file.follow(at!(file, numbers));
    assert_eq!((file.u32(root), file.u32(root + 4)), (2, 1));
    let children: std::vec::Vec<_> = (0..3).map(|index| root + CHILDREN + index * 4).collect();
    for count in [32, 1 << 16, u32::MAX] {
        refused(&file, root, count, &["Root.numbers", "the head of a node"]);
    }
    refused(&file, root, 3, &["Root.numbers", "the handle of a node"]);
    refused(&file, root, 1, &["Root.numbers", "entries and says 80"]);
    for level in [0, 2, 16, 17, u32::MAX] {
        refused(&file, root + 4, level, &["Root.numbers"]);
    }
    refused(&file, children[0], 0, &["Root.numbers", "the handle of a node"]);
    refused(&file, children[0], file.u32(children[1]), &["Root.numbers", "overlaps another"]);
    refused(&file, children[2], (root / 8) as u32, &["Root.numbers", "overlaps another"]);
    refused(&file, children[1], file.u32(children[1]) + 1, &["Root.numbers", "aligned"]);
    refused(&file, children[1], file.u32(children[1]) + 8, &["Root.numbers", "its allocation"]);
    let leaf = file.follow(children[1]);
    for count in [0, 32, u32::MAX] {
        refused(&file, leaf, count, &["Root.numbers.children[1]", "the head of a node"]);
    }
    refused(&file, leaf + 4, 1, &["Root.numbers.children[1]", "the head of a node"]);
    refused(&file, leaf, 30, &["Root.numbers", "79 entries and says 80"]);
}

#[test]
fn a_chain_of_nodes_as_high_as_one_says_is_refused_beyond_a_limit() {
    // The root is its own child, at a level below: claimed twice.
    let file = RegionFile::of(&image());
    let numbers = at!(file, numbers);
    let root = file.follow(numbers);
    for height in 1..=16u32 {
        let mut changed = file.clone();
        changed.set_u32(numbers + 8, height);
        changed.set_u32(root + 4, height);
        if height > 1 {
            let error = changed.refusal::<Root>();
            assert!(error.contains("of the level below") || error.contains("head of a node"), "{height}: {error}");
        }
    }
}

#[test]
fn keys_out_of_order_are_refused_where_their_order_is_known() {
    let file = RegionFile::of(&image());
    let root = file.follow(at!(file, numbers));
    let leaf = file.follow(root + CHILDREN);
    refused(&file, leaf + KEYS, 1, &["Root.numbers", "keys aren't in order"]);
    refused(&file, leaf + KEYS + 30 * 8, 77, &["Root.numbers", "keys aren't in order"]);
    refused(&file, root + KEYS, 30, &["Root.numbers", "aren't where its tree says"]);
    refused(&file, root + KEYS, 32, &["Root.numbers", "aren't where its tree says"]);
    refused(&file, root + KEYS, 77, &["Root.numbers", "aren't where its tree says"]);
    let small = file.follow(at!(file, small));
    refused(&file, small + KEYS, 9, &["Root.small", "keys aren't in order"]);
    let names = file.follow(at!(file, names));
    refused(&file, names + 8, 7, &["Root.names", "leading bytes"]);
    // Of an element of the set: its text.
    let set = file.follow(at!(file, set));
    let first = file.follow(file.follow(set + CHILDREN + 31 * 8) + 8 + 31 * 8);
    refused(&file, first, u32::from_le_bytes(*b"zame"), &["Root.set", "keys aren't in order"]);
    // The order of others is user code, which isn't run.
    let odd = file.follow(file.follow(at!(file, odd)) + 8 + 31 * 3 + 3);
    let mut changed = file.clone();
    assert_eq!(changed.bytes[odd + 8..odd + 11], [0, 0, 0]);
    changed.bytes[odd + 8] = 99;
    assert!(changed.load::<Root>().is_ok());
}

/// Reads and edits all of it, and saves and loads what became of it.
fn poke(image: &mut Image<Root>) {
    let text = format!("{:?}", **image);
    std::hint::black_box(text);
    for n in 0..100u64 {
        std::hint::black_box((image.numbers.get(&n), image.small.get(&(n as u32)), image.odd.get(&[n as u8, 0, 1])));
        std::hint::black_box((image.names.get(&*format!("name {n:03}")), image.set.contains("name 7")));
        std::hint::black_box(image.odd.range([n as u8, 0, 0]..[n as u8 + 9, 0, 0]).rev().count());
    }
    let mut root = image.edit();
    for n in 0..60u64 {
        root.numbers.insert(n * 3, n);
        root.names.insert(format!("name {}", n * 5), n);
        root.small.insert(n as u32, 1);
        root.odd.insert([(n * 2) as u8, 0, 1], "poked");
        root.set.insert(format!("name {}", n * 5));
        drop(root.numbers.remove(&(n * 2)));
        drop(root.names.pop_first());
        drop(root.odd.remove(&[n as u8, 0, n as u8]));
        drop(root.odd.pop_last());
    }
    let rest = root.odd.split_off(&[30, 0, 0]);
    root.odd.retain(|key, _| key[0] % 2 == 0);
    root.odd.set(rest);
    let file = Temporary::new();
    image.save(&file).unwrap();
    let again = Image::<Root>::load(&file).unwrap();
    assert_eq!(format!("{:?}", **image), format!("{:?}", *again));
    assert_eq!(image.usage().allocated, again.usage().allocated);
    let mut root = image.edit();
    root.numbers.clear();
    root.names.clear();
    root.small.clear();
    while root.odd.pop_first().is_some() {}
    root.set.clear();
    assert_eq!(image.usage().allocated, 72, "something leaked");
}

/// Words changed at random: in most files something is wrong; the others are used.
#[test]
fn files_changed_at_random_are_refused_or_usable() {
    let file = RegionFile::of(&image());
    let body = file.body();
    let mut random = 1u64;
    let mut next = move || {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) as usize
    };
    let mut usable = 0;
    for _ in 0..if cfg!(miri) { 20 } else { 4000 } {
        let mut changed = file.clone();
        for _ in 0..1 + next() % 2 {
            let at = HEADER + next() % (body.len() / 4) * 4;
            let word = match next() % 5 {
                0 => file.u32(HEADER + next() % (body.len() / 4) * 4),
                1 => next() as u32 % 40,
                2 => file.u32(at).wrapping_add(8),
                3 => file.u32(at) ^ 1 << (next() % 32),
                _ => 0,
            };
            changed.set_u32(at, word);
        }
        if let Ok(mut image) = changed.load::<Root>() {
            usable += 1;
            poke(&mut image);
        }
    }
    assert!(usable > 100, "{usable}");
}
