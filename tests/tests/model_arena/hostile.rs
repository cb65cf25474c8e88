//! Files that were changed: each is refused with an error that says where, or holds an arena that can be read and edited.

use offset_std::prelude::*;
use offset_std::{Arena, Key, Region, String, Vec};

use super::attack::{RegionFile, Temporary};

#[derive(Relocatable, Debug)]
#[repr(C)]
struct Node {
    name: String,
    flag: bool,
    next: Option<Key<Node>>,
    sure: Key<Node>,
}

#[derive(Relocatable, Debug)]
#[repr(C)]
struct Root {
    nodes: Arena<Node>,
    numbers: Arena<u64>,
}

const SEAT: usize = 40;

fn root() -> Image<Root> {
    let node = |n: u32| NodeInit {
        name: format!("node {n}"),
        flag: n.is_multiple_of(2),
        next: Some(Key::nth(n + 1)),
        sure: Key::nth(0),
    };
    let init = RootInit { nodes: from_iter((0..8).map(node)), numbers: from_iter(0..9u64) };
    let mut image = Image::<Root>::with_options(ImageOptions::new().id(1), init).unwrap();
    let mut root = image.edit();
    for n in [2, 5, 3] {
        drop(root.nodes.remove(Key::nth(n)));
        drop(root.numbers.remove(Key::nth(n)));
    }
    image
}

/// Loads and maps. If that works, reads and edits everything, saves and loads again, and releases it all.
fn survives(file: &mut RegionFile) -> bool {
    file.seal();
    let path = Temporary::with(&file.bytes);
    // SAFETY: the file is this test's own.
    let mapped = unsafe { Mapped::<Root>::map(&path) };
    let (mut image, mapped) = match (Image::<Root>::load(&path), mapped) {
        (Ok(image), Ok(mapped)) => (image, mapped),
        (Err(loading), Err(mapping)) => {
            assert_eq!(loading.to_string(), mapping.to_string());
            return false;
        }
        (loaded, mapped) => panic!("loading: {:?}, mapping: {:?}", loaded.err(), mapped.err()),
    };
    let mut known = std::vec::Vec::new();
    for root in [&*image, &*mapped] {
        assert_eq!(root.nodes.iter().filter(|(_, node)| node.name.len() < 1 << 20).count(), root.nodes.len());
        for (key, node) in &root.nodes {
            assert!(std::ptr::eq(&root.nodes[key], node));
            let _ = (node.next.map(|next| root.nodes.get(next).is_some()), root.nodes.contains(node.sure));
        }
        assert_eq!(root.numbers.values().count(), root.numbers.len());
        let _ = (format!("{root:?}"), root.nodes.vacant_key(), root.numbers.vacant_key());
        known = root.nodes.keys().collect();
    }
    let mut root = image.edit();
    for n in 0..30u32 {
        let key = root.nodes.insert_with_key(|me| NodeInit { name: "new", flag: true, next: Some(me), sure: me });
        assert!(!known.contains(&key));
        known.push(key);
        root.numbers.insert(u64::from(n));
        if n % 3 == 0 {
            drop(root.nodes.remove(known[n as usize / 2]));
        }
    }
    root.nodes.retain(|key, _| key.index() % 4 > 0);
    root.nodes.shrink_to_fit();
    root.nodes.reserve(10);
    let copy = Region::new();
    let copy = copy.alloc::<Arena<Node>, _>(DeepCopy(root.nodes.as_arena()));
    assert_eq!(copy.len(), root.nodes.len());
    image.save(&path).unwrap();
    let mut again = Image::<Root>::load(&path).unwrap();
    assert_eq!(again.usage().allocated, image.usage().allocated);
    let mut root = again.edit();
    root.nodes.clear();
    root.numbers.drain(|_, number| drop(number));
    root.nodes.set(Empty);
    root.numbers.set(Empty);
    assert_eq!(again.usage().allocated, size_of::<Root>() as u64, "something leaked");
    true
}

#[test]
fn an_untouched_file_survives() {
    assert!(survives(&mut RegionFile::of(&root())));
}

#[test]
fn any_changed_byte_of_a_body_is_refused_or_harmless() {
    let file = RegionFile::of(&root());
    let (mut harmless, mut refused) = (0, 0);
    for at in file.body() {
        let byte = file.bytes[at];
        for value in [byte ^ 1, byte ^ 0x80, 0, 0xff, byte.wrapping_add(1)] {
            if value == byte {
                continue;
            }
            let mut changed = file.clone();
            changed.bytes[at] = value;
            match survives(&mut changed) {
                true => harmless += 1,
                false => refused += 1,
            }
        }
    }
    assert!(harmless > 500 && refused > 300, "{harmless} harmless, {refused} refused");
}

/// Where the seats of the nodes begin.
fn seats(file: &RegionFile) -> usize {
    file.follow(file.root())
}

#[track_caller]
fn refused(changes: &[(usize, u32)], text: &str) {
    let mut file = RegionFile::of(&root());
    changes.iter().for_each(|(at, value)| file.set_u32(*at, *value));
    let error = file.refusal::<Root>();
    assert!(error.contains(text), "{error}");
}

#[test]
fn counts_that_lie_are_refused() {
    let file = RegionFile::of(&root());
    let (root, seats) = (file.root(), seats(&file));
    let [len, free, retired, fresh] = [8, 12, 16, 20].map(|at| root + at);
    assert_eq!((file.u32(len), file.u32(free), file.u32(retired), file.u32(fresh)), (5, 4, 0, 0));
    for wrong in [0, 4, 6, 8, u32::MAX] {
        refused(&[(len, wrong)], "the length of an arena isn't the number of its values");
    }
    for wrong in [1, 3, u32::MAX] {
        refused(&[(retired, wrong)], "doesn't have as many retired seats");
    }
    for wrong in [1, 3, 0xffff_fffe, u32::MAX] {
        refused(&[(fresh, wrong)], "new seats of an arena would have a generation that there isn't");
    }
    refused(&[(seats, u32::MAX)], "a seat of an arena has a generation that there isn't");
    // A free seat that is said to be taken holds a node of zeros: the key in it isn't one.
    refused(&[(seats + 2 * SEAT, 3), (len, 6)], "the list of free seats of an arena leads elsewhere");
    refused(&[(seats + 3 * SEAT, 3), (len, 6), (free, 6)], "Root.nodes[3].value.sure");
    // A node that is said to be gone, and is on no list.
    refused(&[(seats, 2), (len, 4)], "the list of free seats of an arena isn't complete");
    // Retired seats, which are said to be free.
    refused(&[(seats + 3 * SEAT, 0xffff_fffe)], "doesn't have as many retired seats");
    refused(&[(seats + 3 * SEAT, 0xffff_fffe), (retired, 1)], "the list of free seats of an arena leads elsewhere");
}

#[test]
fn lists_of_free_seats_that_lie_are_refused() {
    let file = RegionFile::of(&root());
    let (free, seats) = (file.root() + 12, seats(&file));
    let next = |seat: usize| seats + seat * SEAT + 4;
    // 3, 5, 2, counted from 0.
    assert_eq!([free, next(3), next(5), next(2)].map(|at| file.u32(at)), [4, 6, 3, 0]);
    for wrong in [1, 2, 9, 100, u32::MAX, 1 << 31] {
        refused(&[(free, wrong)], "leads elsewhere");
        refused(&[(next(5), wrong)], "leads elsewhere");
    }
    for at in [free, next(3), next(5)] {
        refused(&[(at, 0)], "isn't complete");
    }
    // In a circle: of one, of two, of all.
    refused(&[(next(3), 4)], "leads elsewhere");
    refused(&[(next(5), 4)], "leads elsewhere");
    refused(&[(next(2), 4)], "leads elsewhere");
    // Past one.
    refused(&[(next(3), 3)], "isn't complete");
    // In another order it is a list as well.
    let mut file = RegionFile::of(&root());
    [(free, 3), (next(2), 4), (next(3), 6), (next(5), 0)].into_iter().for_each(|(at, value)| file.set_u32(at, value));
    assert!(survives(&mut file));
}

#[test]
fn seats_that_lie_elsewhere_are_refused() {
    let file = RegionFile::of(&root());
    let root = file.root();
    refused(&[(root, file.u32(root + 24))], "Root.nodes (offset 0x80): its allocation");
    refused(&[(root, 16)], "overlaps another");
    refused(&[(root, 0)], "the length of an empty vector");
    refused(&[(root + 4, u32::MAX)], "Root.nodes");
    refused(&[(root + 4, 9)], "Root.n");
    // What a value owns is named by its seat.
    refused(&[(seats(&file) + SEAT + 8, 1)], "Root.nodes[1].value.name");
    let mut changed = file.clone();
    changed.bytes[seats(&file) + SEAT + 16] = 2;
    assert!(changed.refusal::<Root>().contains("Root.nodes[1].value.flag"));
}

#[test]
fn keys_of_a_file_are_numbers() {
    // Any number but zero is a key: it names what it names, or nothing.
    let mut file = RegionFile::of(&Image::<Vec<Key<u8>>>::new([Key::nth(0)]).unwrap());
    let at = file.follow(file.root());
    for bits in [1, u64::MAX, 2 << 32] {
        file.set_u64(at, bits);
        assert_eq!(file.load::<Vec<Key<u8>>>().unwrap()[0].to_bits(), bits);
    }
    file.set_u64(at, 0);
    assert!(file.refusal::<Vec<Key<u8>>>().contains("the bytes aren't a key"));
}
