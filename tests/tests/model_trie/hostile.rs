//! Files whose tries were forged: each is refused with an error that says why, or holds entries that can be read and edited.

use std::mem::offset_of;

use offset_std::prelude::*;
use offset_std::{String, Trie};

use crate::attack::{HEADER, RegionFile, Temporary};

#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
struct Root {
    /// `k` and a byte: a node of 16.
    few: Trie<u64>,
    /// Words that end within one another.
    words: Trie<u32>,
    /// A node of 256, and below it one of 48.
    many: Trie<u64>,
    long: Trie<String>,
    one: Trie<u8>,
    empty: Trie<u64>,
}

fn image() -> Image<Root> {
    let many = (0..200u8).map(|n| vec![n]).chain((0..40u8).map(|n| vec![7, 7, n]));
    let root = RootInit {
        few: from_iter((0..10u8).map(|n| ([b'k', n * 2], u64::from(n)))),
        words: [("a", 1), ("an", 2), ("and", 3), ("ant", 4), ("any", 5), ("bee", 6)],
        many: from_iter(many.zip(0u64..)),
        long: from_iter((0..3u8).map(|n| (vec![b'x' + n; 300], "text"))),
        one: [("only", 1)],
        empty: Empty,
    };
    Image::new(root).unwrap()
}

macro_rules! at {
    ($file:expr, $field:ident) => {
        $file.root() + offset_of!(Root, $field)
    };
}

/// Where things are in a node of 16.
const COUNT: usize = 8;
const BYTES: usize = 10;
const TAGS: usize = BYTES + 16;
const UNITS: usize = TAGS + 16 + 2;

/// Codes of tags.
const LONG: u8 = 6;
const LEAF: u8 = 7;

#[track_caller]
fn refused(file: &RegionFile, change: impl FnOnce(&mut RegionFile), parts: &[&str]) {
    let mut changed = file.clone();
    change(&mut changed);
    assert!(changed.bytes != file.bytes, "nothing was changed");
    let error = changed.refusal::<Root>();
    for part in parts {
        assert!(error.contains(part), "{error}: no `{part}`");
    }
}

#[track_caller]
fn word_refused(file: &RegionFile, at: usize, value: u32, parts: &[&str]) {
    refused(file, |file| file.set_u32(at, value), parts);
}

#[track_caller]
fn byte_refused(file: &RegionFile, at: usize, value: u8, parts: &[&str]) {
    refused(file, |file| file.bytes[at] = value, parts);
}

#[test]
fn words_of_a_trie_that_lie_are_refused() {
    let file = RegionFile::of(&image());
    let few = at!(file, few);
    assert_eq!((file.u32(few + 4), file.u32(few + 8)), (10, 3));
    word_refused(&file, few, 0, &["Root.few", "the length of a trie"]);
    word_refused(&file, few, 8, &["Root.few", "leaves the region"]);
    word_refused(&file, few, !7, &["Root.few", "leaves the region"]);
    word_refused(&file, few + 4, 0, &["Root.few", "the length of a trie"]);
    for len in [1, 9, 11, u32::MAX] {
        word_refused(&file, few + 4, len, &["Root.few", "has 10 entries and says"]);
    }
    word_refused(&file, few + 8, 0, &["Root.few", "the tag of the root"]);
    for tag in [256, 0x103, u32::MAX] {
        word_refused(&file, few + 8, tag, &["Root.few", "the tag of the root"]);
    }
    // Every other kind of node or leaf: of another size, or with other bytes in the place of its head.
    for tag in [1, 2, 4, 5, 6, 7, 8, 100, 255] {
        word_refused(&file, few + 8, tag, &[]);
    }
    let empty = at!(file, empty);
    word_refused(&file, empty + 4, 1, &["Root.empty", "the length of a trie"]);
    word_refused(&file, empty + 8, 3, &["Root.empty", "the tag of the root"]);
    word_refused(&file, empty, file.u32(few), &["Root.empty"]);
}

#[test]
fn nodes_that_lie_are_refused() {
    let file = RegionFile::of(&image());
    let node = file.follow(at!(file, few));
    assert_eq!((file.u32(node), file.u32(node + 4), file.bytes[node + COUNT]), (0, 1, 10));
    for count in [0, 1, 17, 255] {
        byte_refused(&file, node + COUNT, count, &["Root.few"]);
    }
    byte_refused(&file, node + COUNT + 1, 1, &["Root.few", "the number of children"]);
    byte_refused(&file, node + COUNT, 9, &["Root.few", "9 entries and says 10"]);
    byte_refused(&file, node + COUNT, 11, &["Root.few", "in order"]);
    // Bytes out of order, and one twice.
    byte_refused(&file, node + BYTES, 2, &["Root.few", "in order"]);
    byte_refused(&file, node + BYTES + 9, 3, &["Root.few", "in order"]);
    // In order, but not those of the keys.
    byte_refused(&file, node + BYTES + 9, 19, &["Root.few", "keys aren't where"]);
    for depth in [0, 2, 3, 1 << 16, u32::MAX] {
        word_refused(&file, node + 4, depth, &["Root.few", "keys aren't where"]);
    }
    // Tags: none, of nodes, of leaves with other keys.
    byte_refused(&file, node + TAGS, 0, &["Root.few", "the tags of a node"]);
    for tag in [1, 2, 3, 4, 5, LONG, LEAF, LEAF + 1, LEAF + 50, 255] {
        byte_refused(&file, node + TAGS, tag, &["Root.few"]);
    }
    let units: std::vec::Vec<_> = (0..10).map(|slot| node + UNITS + slot * 4).collect();
    word_refused(&file, units[0], 0, &["Root.few", "the handle of a part of a trie"]);
    word_refused(&file, units[0], file.u32(units[1]), &["Root.few", "overlaps another"]);
    word_refused(&file, units[9], (node / 8) as u32, &["Root.few", "overlaps another"]);
    word_refused(&file, units[9], u32::MAX, &["Root.few", "leaves the region"]);
    // Two children in one another's place.
    let (one, other) = (file.u32(units[3]), file.u32(units[4]));
    let swap = |file: &mut RegionFile| {
        file.set_u32(units[3], other);
        file.set_u32(units[4], one);
    };
    refused(&file, swap, &["Root.few", "keys aren't where"]);
    // The end: a leaf for a key of one byte.
    word_refused(&file, node, file.u32(units[0]), &["Root.few", "overlaps another"]);
    word_refused(&file, node, u32::MAX, &["Root.few", "leaves the region"]);
}

#[test]
fn full_nodes_that_lie_are_refused() {
    let file = RegionFile::of(&image());
    let many = at!(file, many);
    assert_eq!(file.u32(many + 8), 5);
    let node = file.follow(many);
    assert_eq!(file.bytes[node + COUNT], 200);
    byte_refused(&file, node + COUNT, 199, &["Root.many", "the tags of a node"]);
    byte_refused(&file, node + COUNT + 1, 1, &["Root.many", "the number of children"]);
    byte_refused(&file, node + COUNT + 1, 2, &["Root.many", "the number of children"]);
    byte_refused(&file, node + BYTES + 100, 0, &["Root.many", "the tags of a node"]);
    byte_refused(&file, node + BYTES + 250, 7, &["Root.many", "the tags of a node"]);
    // A child under another byte.
    let moved = |file: &mut RegionFile| {
        file.bytes[node + BYTES + 250] = file.bytes[node + BYTES + 100];
        file.bytes[node + BYTES + 100] = 0;
        let unit = file.u32(node + 268 + 400);
        file.set_u32(node + 268 + 1000, unit);
    };
    refused(&file, moved, &["Root.many", "keys aren't where"]);
    // The node below, as deep as the one above.
    let below = file.follow(node + 268 + 7 * 4);
    assert_eq!(file.u32(below + 4), 1);
    word_refused(&file, below + 4, 0, &["Root.many"]);
}

#[test]
fn keys_that_lie_are_refused() {
    let file = RegionFile::of(&image());
    // A leaf of a word: the value, and the key in what would be padding.
    let words = file.follow(at!(file, words));
    assert_eq!((file.bytes[words + 10], file.bytes[words + 12]), (b'a', 1));
    let node = file.follow(words + 16);
    // It ends here: "a".
    let leaf = file.follow(node);
    assert_eq!(file.bytes[leaf + 4], b'a');
    byte_refused(&file, leaf + 4, b'b', &["Root.words", "keys aren't where"]);
    // Long keys, apart from their leaves.
    let long = file.follow(at!(file, long));
    let leaf = file.follow(long + 20);
    let key = leaf + 8;
    assert_eq!(file.u32(key + 4), 300);
    byte_refused(&file, file.follow(key), b'y', &["Root.long", "keys aren't where"]);
    word_refused(&file, key, 0, &["Root.long", "the length of an empty vector"]);
    word_refused(&file, key + 4, 0, &["Root.long", "the length of an exact buffer"]);
    word_refused(&file, key + 4, 248, &["Root.long", "a short key"]);
    word_refused(&file, key + 4, 1 << 30, &["Root.long", "leaves the region"]);
    word_refused(&file, key, file.u32(file.follow(long + 24) + 8), &["Root.long", "overlaps another"]);
    // The only key of a trie may be any.
    let one = file.follow(at!(file, one));
    let mut changed = file.clone();
    changed.bytes[one + 1] = b'O';
    assert_eq!(changed.load::<Root>().unwrap().one.get("Only"), Some(&1));
}

/// Reads and edits all of it, and saves and loads what became of it.
fn poke(image: &mut Image<Root>) {
    let text = format!("{:?}", **image);
    std::hint::black_box(text);
    for n in 0..=255u8 {
        std::hint::black_box((image.few.get(&[b'k', n]), image.many.get(&[n]), image.many.longest_prefix(&[n, 7, n])));
        std::hint::black_box((image.many.range(vec![n]..vec![n, 9]).rev().count(), image.many.prefix(&[n]).count()));
        std::hint::black_box((image.long.get(&vec![n; 300]), image.words.common_prefixes("antler").count()));
    }
    let mut root = image.edit();
    for n in 0..60u8 {
        root.few.insert(&[b'k', n * 3], 1);
        root.many.insert(&[n, n], 2);
        root.words.insert(&["ant", "be", "and then", "", "zoo"][n as usize % 5], 3);
        root.long.insert(&vec![b'x'; 250 + usize::from(n)], "poked");
        drop(root.few.remove(&[b'k', n * 2]));
        drop(root.many.pop_first());
        drop(root.many.pop_last());
        drop(root.long.pop_last());
    }
    root.many.remove_prefix(&[7]);
    root.words.retain(|key, _| key.len() % 2 == 0);
    let file = Temporary::new();
    image.save(&file).unwrap();
    let again = Image::<Root>::load(&file).unwrap();
    assert_eq!(format!("{:?}", **image), format!("{:?}", *again));
    assert_eq!(image.usage().allocated, again.usage().allocated);
    let mut root = image.edit();
    root.few.clear();
    root.words.remove_prefix("");
    while root.many.pop_first().is_some() {}
    root.long.retain(|_, _| false);
    root.one.clear();
    assert_eq!(image.usage().allocated, 72, "something leaked");
}

/// Words and bytes changed at random: in most files something is wrong; the others are used.
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
            let word = match next() % 6 {
                0 => file.u32(HEADER + next() % (body.len() / 4) * 4),
                1 => next() as u32 % 40,
                2 => file.u32(at).wrapping_add(8),
                3 => file.u32(at) ^ 1 << (next() % 32),
                4 => file.u32(at) ^ (next() as u32 & 0xff) << (next() % 4 * 8),
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
