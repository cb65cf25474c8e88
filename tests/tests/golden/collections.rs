//! Every collection, small and large, edited where that leaves traces: free places, a ring that goes on from its start, seats of several generations.

use offset_std::prelude::*;
use offset_std::{
    Arena, BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, Interner, Key, Seeded, String, Trie, VecDeque,
};

use super::golden;

#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
struct Collections {
    few: HashMap<String, u32>,
    some: HashMap<u64, u64>,
    many: HashSet<u32>,
    set: HashSet<char>,
    tree: BTreeMap<u64, u16>,
    names: BTreeMap<String, Vec2>,
    ordered: BTreeSet<i16>,
    ring: VecDeque<String>,
    heap: Heap,
    trie: Trie<u64>,
    arena: Arena<String>,
    last: Option<Key<String>>,
    words: Interner,
}

#[derive(Relocatable, Clone, Copy, Debug, PartialEq)]
#[repr(C)]
struct Vec2 {
    x: f32,
    y: f32,
}

/// Compared as it lies, which a heap isn't.
#[derive(Relocatable, Debug)]
#[repr(C)]
struct Heap {
    heap: BinaryHeap<u32>,
}

impl PartialEq for Heap {
    fn eq(&self, other: &Heap) -> bool {
        self.heap.as_slice() == other.heap.as_slice()
    }
}

fn collections() -> Image<Collections> {
    let name = |n: u32| format!("name {n}");
    let mut last = None;
    let mut image = Image::<Collections>::with_options(
        ImageOptions::new().id(2),
        CollectionsInit {
            few: Seeded(1, [("one", 1u32), ("two", 2)]),
            some: Seeded(2, from_iter((0..40u64).map(|n| (n * n, n)))),
            many: Seeded(3, from_iter(0..3_000u32)),
            set: Seeded(4, ['a', 'ß', '\u{1f980}']),
            tree: from_iter((0..500u64).map(|n| (n * 7_919 % 500, n as u16))),
            names: from_iter((0..200u32).map(|n| (name(n * 31 % 200), Vec2Init { x: n as f32, y: -1.0 }))),
            ordered: [-3i16, 5, 0],
            ring: ["b", "c", "d"],
            heap: HeapInit { heap: [3u32, 1, 4, 1, 5, 9, 2, 6] },
            trie: from_iter((0..300u32).map(|n| (name(n), u64::from(n)))),
            arena: Empty,
            last: None,
            words: Seeded(5, ["in", "the", "beginning", "the"]),
        },
    )
    .unwrap();
    let mut all = image.edit();
    all.many.retain(|n| n % 10 != 7);
    all.some.insert(3u64, 3u64);
    drop(all.tree.remove(&77));
    drop(all.ring.pop_front());
    (0..4).for_each(|n| all.ring.push_back(name(n)));
    drop(all.heap.edit().heap.pop());
    drop(all.trie.remove("name 12"));
    for n in 0..5 {
        let seat = all.arena.insert(name(n));
        if n == 2 {
            drop(all.arena.remove(seat));
        } else {
            last = Some(seat);
        }
    }
    *all.last = last;
    all.words.intern("end");
    image
}

#[test]
fn collections_are_read_and_written_as_they_were() {
    let image = collections();
    golden("collections.region", &image);
    assert!(image.many.is_well_placed() && image.few.is_well_placed() && image.some.is_well_placed());
    assert_eq!(image.last.and_then(|key| image.arena.get(key)).map(String::as_str), Some("name 4"));
}
