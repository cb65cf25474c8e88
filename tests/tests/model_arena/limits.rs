//! Seats that have no generation left, and seats that are given up.

use offset_std::prelude::*;
use offset_std::{Arena, Key};

#[test]
fn a_seat_without_generations_left_is_retired() {
    let mut file = super::attack::RegionFile::of(&Image::<Arena<u64>>::new([10, 20, 30]).unwrap());
    // The generation of the second value is the last one.
    let seats = file.follow(file.root());
    file.set_u32(seats + 16, 0xffff_fffd);
    let mut image = file.load::<Arena<u64>>().unwrap();
    let last = Key::from_bits(1 << 32 | 0xffff_fffd).unwrap();
    assert_eq!(image[last], 20);
    let mut arena = image.edit();
    assert_eq!(arena.capacity(), 3);
    assert_eq!(arena.remove(last).unwrap().into_inner(), 20);
    assert_eq!((arena.capacity(), arena.len()), (2, 2));
    let new = arena.insert(40u64);
    assert_eq!((new.index(), new.generation()), (3, 1));
    assert_eq!(arena.get(last), None);
    // Retired seats stay when the arena shrinks, and what comes before them.
    drop(arena.remove(new));
    drop(arena.remove(Key::nth(2)));
    arena.shrink_to_fit();
    assert_eq!(arena.capacity(), 1);
    let mut arena = super::attack::check_no_leak(&image);
    let mut arena = arena.edit();
    let keys = arena.extend([50u64, 60]);
    assert_eq!(keys.iter().map(|key| (key.index(), key.generation())).collect::<std::vec::Vec<_>>(), [(2, 3), (3, 3)]);
    for key in 0..4 {
        assert!(arena.get(Key::from_bits(key << 32 | 0xffff_fffe).unwrap()).is_none());
    }
    arena.clear();
    assert_eq!(arena.capacity(), 3);
    arena.shrink_to_fit();
    // The first seat comes before the retired one.
    assert_eq!(arena.capacity(), 1);
}

#[test]
fn shrinking_forgets_seats_and_no_generation() {
    let mut image = Image::<Arena<u64>>::new(Empty).unwrap();
    let mut arena = image.edit();
    let mut old = std::collections::HashSet::new();
    for round in 0..20 {
        for key in arena.extend(0..(round * 7 % 5 + 1)) {
            assert!(old.insert(key), "{key:?} was given out before");
        }
        arena.clear();
        if round % 3 < 2 {
            arena.shrink_to_fit();
            assert_eq!(arena.capacity(), 0);
        }
    }
    assert!(old.iter().all(|key| image.get(*key).is_none()));
    assert_eq!(image.usage().allocated, 24);
}
