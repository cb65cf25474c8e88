//! Where there is no more room: each call that allocates says so with an error and leaves the trie as it was, wherever in its work that happens.

use std::fmt::Debug;

use offset_std::prelude::*;
use offset_std::{Error, ErrorKind, String, Trie};

use crate::attack::Temporary;

const TEXT: &str = "more text than a unit has room for";

/// Tries with nodes that are full, at each size but the largest.
#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
struct Root {
    empty: Trie<u64>,
    two: Trie<u64>,
    five: Trie<u64>,
    sixteen: Trie<u64>,
    forty_eight: Trie<u64>,
    all: Trie<u64>,
    names: Trie<String>,
    large: Trie<[u64; 100]>,
}

fn numbers(count: u64) -> impl Emplace<Trie<u64>> {
    from_iter((0..count).map(|n| ([b'k', n as u8 * 2], n)))
}

fn names(first: u64, count: u64) -> impl Iterator<Item = (std::string::String, &'static str)> + Clone {
    (0..count).map(move |n| (format!("a name that is long: {:04}", first + n * 2), TEXT))
}

fn image() -> Image<Root> {
    let root = RootInit {
        empty: Empty,
        two: numbers(2),
        five: numbers(5),
        sixteen: numbers(16),
        forty_eight: numbers(48),
        all: from_iter((0..=255u8).map(|n| ([n], 0u64))),
        names: from_iter(names(0, 90)),
        large: [("a", [1; 100])],
    };
    Image::new(root).unwrap()
}

type Attempt = fn(&mut Image<Root>) -> Result<(), Error>;

const ATTEMPTS: &[(&str, Attempt)] = &[
    ("insert the first", |image| image.edit().empty.try_insert("a", 1).map(drop)),
    ("insert into two", |image| image.edit().two.try_insert("k\u{1}", 1).map(drop)),
    ("insert into five", |image| image.edit().five.try_insert("k\u{1}", 1).map(drop)),
    ("insert into sixteen", |image| image.edit().sixteen.try_insert("k\u{1}", 1).map(drop)),
    ("insert into forty-eight", |image| image.edit().forty_eight.try_insert("k\u{1}", 1).map(drop)),
    ("insert above", |image| image.edit().forty_eight.try_insert("a", 1).map(drop)),
    ("insert at the end of a node", |image| image.edit().forty_eight.try_insert("k", 1).map(drop)),
    ("insert what begins the others", |image| image.edit().forty_eight.try_insert("", 1).map(drop)),
    ("insert below a leaf", |image| image.edit().five.try_insert("k\0 and more", 1).map(drop)),
    ("insert a long key", |image| image.edit().names.try_insert(&[b'a'; 1000], TEXT).map(drop)),
    ("insert a name", |image| image.edit().names.try_insert("a name that is long: 0007", TEXT).map(drop)),
    ("replace", |image| image.edit().large.try_insert("a", [2; 100]).map(drop)),
    ("entry", |image| image.edit().names.entry("a name that is long: 0077").try_or_insert(TEXT).map(drop)),
    ("set", |image| image.edit().names.try_set(from_iter(names(5, 50)))),
    ("copy", |image| {
        let other = Image::<Trie<String>>::new(from_iter(names(1001, 70))).unwrap();
        image.edit().names.try_set(DeepCopy(&*other))
    }),
    ("swap with another image's", |image| {
        let mut other = Image::<Trie<String>>::new(from_iter(names(1001, 70))).unwrap();
        let done = image.edit().names.try_swap_with(&mut other.edit());
        assert_eq!(other.len(), if done.is_ok() { 90 } else { 70 });
        done
    }),
];

fn contents<T: Portable + Debug>(image: &Image<T>) -> std::string::String {
    format!("{:?}", **image)
}

#[test]
fn a_call_that_runs_out_of_room_anywhere_changes_nothing() {
    let file = Temporary::new();
    image().save(&file).unwrap();
    let original = Image::<Root>::load(&file).unwrap();
    let (before, usage) = (contents(&original), original.usage());
    for (name, attempt) in ATTEMPTS {
        let mut free = Image::<Root>::load(&file).unwrap();
        attempt(&mut free).unwrap();
        let expected = contents(&free);
        let mut failures = 0;
        for extra in (0..).step_by(16) {
            let options = ImageOptions::new().limit(128 + usage.allocated + usage.free + extra);
            let mut image = Image::<Root>::load_with_options(&file, options).unwrap();
            let Err(error) = attempt(&mut image) else {
                assert_eq!(contents(&image), expected, "{name} with {extra} bytes");
                break;
            };
            failures += 1;
            assert!(matches!(error.kind(), ErrorKind::Limit { .. }), "{name}: {error}");
            assert_eq!(contents(&image), before, "{name} with {extra} bytes changed something");
            assert_eq!(image.usage().allocated, usage.allocated, "{name} leaked when it failed with {extra} bytes");
            // Removing takes no room, and makes some.
            let mut root = image.edit();
            for n in 0..200 {
                assert_eq!(*root.all.remove(&[n]).unwrap(), 0);
            }
            assert_eq!(root.names.remove_prefix("a name that is long: 00"), 50);
            root.names.retain(|_, _| false);
            assert!(root.empty.insert("1", 1).is_none());
            assert_eq!((root.all.len(), root.empty["1"]), (56, 1));
        }
        // What it takes may fit the free space that the image has, all at once: then there is nothing to run out of.
        assert!(failures > 0 || expected != before, "{name} never ran out of room, and did nothing");
    }
}

/// A node that has too few children for its size stays where there is no memory for a smaller one, and everything is found in it.
#[test]
fn a_node_that_cannot_shrink_stays() {
    let file = Temporary::new();
    Image::<Trie<u64>>::new(from_iter((0..=255u8).map(|n| ([n], u64::from(n))))).unwrap().save(&file).unwrap();
    let usage = Image::<Trie<u64>>::load(&file).unwrap().usage();
    let options = ImageOptions::new().limit(128 + usage.allocated + usage.free);
    let mut image = Image::<Trie<u64>>::load_with_options(&file, options).unwrap();
    let mut gone = std::vec::Vec::new();
    for n in 0..=255u8 {
        let mut trie = image.edit();
        let Some(value) = trie.remove(&[n]) else { panic!("{n} isn't there") };
        assert_eq!(*value, u64::from(n));
        // Its memory isn't given up, so that there is none for a smaller node.
        std::mem::forget(value);
        gone.push(n);
        assert_eq!(trie.len(), 255 - usize::from(n));
        assert!(trie.keys().map(|key| key[0]).eq(n.wrapping_add(1)..=255) || n == 255);
    }
    assert_eq!(image.usage().allocated, usage.allocated - 1296);
}
