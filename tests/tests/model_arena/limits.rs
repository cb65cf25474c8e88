//! No space at every allocation: the arena is as it was, and goes on.

use offset_std::prelude::*;
use offset_std::{Arena, ArenaMut, ErrorKind, Key, Result, String};

use super::attack::check_no_leak;

type Root = Arena<String>;
type Call = fn(&mut ArenaMut<'_, String>) -> Result<()>;

fn text(number: usize) -> std::string::String {
    format!("a text that takes some room: {number}")
}

const CALLS: &[(&str, Call)] = &[
    ("insert", |arena| arena.try_insert(text(1)).map(drop)),
    ("insert with key", |arena| arena.try_insert_with_key(|key| text(key.index() as usize)).map(drop)),
    ("extend", |arena| arena.try_extend((0..30).map(text)).map(drop)),
    ("reserve", |arena| arena.try_reserve(200)),
    ("set", |arena| arena.try_set([text(1), text(2)])),
];

#[test]
fn no_space_at_any_allocation_leaves_the_arena_as_it_was() {
    for (len, holes, room) in [(0, 0, 0), (7, 0, 0), (20, 4, 0), (20, 0, 3)] {
        for (name, call) in CALLS {
            let built = |limit| -> Result<Image<Root>> {
                let mut image =
                    Image::<Root>::with_options(ImageOptions::new().limit(limit), from_iter((0..len).map(text)))?;
                let mut arena = image.edit();
                arena.retain(|key, _| key.index() >= holes);
                arena.try_reserve(room)?;
                Ok(image)
            };
            let mut failed = 0;
            for limit in (128u64..).step_by(8) {
                let Ok(mut image) = built(limit) else { continue };
                let before: std::vec::Vec<_> = image.iter().map(|(key, value)| (key, value.to_string())).collect();
                let done = call(&mut image.edit());
                if let Err(error) = &done {
                    assert!(matches!(error.kind(), ErrorKind::Limit { .. }), "{error}");
                    failed += 1;
                    let after: std::vec::Vec<_> = image.iter().map(|(key, value)| (key, value.to_string())).collect();
                    assert_eq!(before, after, "{name} with {limit} bytes");
                }
                check_no_leak(&image);
                let last = image.keys().next_back();
                assert!(last.is_none_or(|key| image.edit().remove(key).is_some()));
                if done.is_ok() {
                    break;
                }
            }
            // What was removed leaves room.
            assert!(failed > 0 || holes > 0 || room > 0, "{name} of {len} never failed");
        }
    }
}

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
