//! `offset_std::Arena` against a map from keys to values: random sequences of calls, and user code and memory that fail at every step. Every key that was ever given out is
//! remembered, and those of removed values are asked for again and again.
//!
//! In modules: initialisers that fail and change the region meanwhile; graphs; files that were forged; seats without generations left.

use offset_std::prelude::*;
use offset_std::{Arena, ArenaMut, Key, String, Vec};
use tests::model::{Label, Nothing, Odd};
use tests::model_tests;

mod attack;
#[path = "model_arena/chaos.rs"]
mod chaos;
#[path = "model_arena/graph.rs"]
mod graph;
#[path = "model_arena/hostile.rs"]
mod hostile;
#[path = "model_arena/limits.rs"]
mod limits;

use attack::check_no_leak;

model_tests! {
    an_arena_of_bytes_is_a_map: is_like_std<Arena<u8>>;
    an_arena_of_numbers_is_a_map: is_like_std<Arena<u64>>;
    an_arena_of_nothing_is_a_map: is_like_std<Arena<Nothing>>;
    an_arena_of_over_aligned_texts_is_a_map: is_like_std<Arena<Label>>;
    an_arena_of_vectors_of_texts_is_a_map: is_like_std<Arena<Vec<String>>>;
    panics_leave_an_arena_as_it_was: survives_panics<Arena<Odd>>;
    an_arena_without_room_stays_as_it_was: survives_exhaustion<Arena<Vec<String>>>;
}

#[test]
fn a_key_is_a_number_with_an_order_and_a_niche() {
    let keys: [Key<String>; 3] = [Key::nth(0), Key::nth(1), Key::nth(u32::MAX)];
    assert!(keys.is_sorted());
    assert_eq!(size_of::<Option<Key<String>>>(), 8);
    assert_eq!(keys.map(|key| (key.index(), key.generation())), [(0, 1), (1, 1), (u32::MAX, 1)]);
    assert_eq!(format!("{:?}", keys[1]), "1v1");
    assert_eq!(Key::<u8>::from_bits(0), None);
    for bits in [1, 2, 1 << 32, u64::MAX] {
        assert_eq!(Key::<u8>::from_bits(bits).unwrap().to_bits(), bits);
    }
    // Made up, so they name nothing: even generations, seats beyond the last, and `u32::MAX`.
    let image = Image::<Arena<u8>>::new([1, 2]).unwrap();
    for bits in [1 << 32, 2, 2 << 32 | 1, 1 << 32 | 2, 1 << 32 | 3, u64::MAX, 1 << 32 | 0xffff_fffe] {
        assert_eq!(image.get(Key::from_bits(bits).unwrap()), None, "{bits:#x}");
    }
    assert_eq!(image.get(Key::from_bits(1 << 32 | 1).unwrap()), Some(&2));
    let stored = Image::<Vec<Option<Key<u8>>>>::new([None, Some(Key::nth(7))]).unwrap();
    assert_eq!(*check_no_leak(&stored), [None, Some(Key::nth(7))]);
    let maybe = Image::<Maybe<Key<u8>>>::new(Some(Key::nth(7))).unwrap();
    assert!(*maybe == Some(Key::nth(7)));
    let map = Image::<offset_std::HashMap<Key<u8>, u8>>::new([(Key::nth(7), 1)]).unwrap();
    assert_eq!(map.get(&Key::nth(7)), Some(&1));
    let ordered = Image::<offset_std::BTreeMap<Key<u8>, u8>>::new([(Key::nth(7), 1)]).unwrap();
    assert_eq!(ordered.get(&Key::nth(7)), Some(&1));
}

#[test]
fn sizes_are_what_the_documentation_says() {
    let empty = Image::<Arena<u64>>::new(Empty).unwrap();
    assert_eq!(empty.usage().allocated, 24);
    let exact = Image::<Arena<u64>>::new(from_iter(0..100)).unwrap();
    assert_eq!(exact.usage().allocated, 24 + 100 * 16);
    let words = Image::<Arena<u32>>::new(vec![1u32; 100]).unwrap();
    assert_eq!(words.usage().allocated, 24 + 100 * 12);
}

#[test]
fn the_same_calls_write_the_same_bytes_and_nothing_of_what_was_removed() {
    let build = || {
        let mut image = Image::<Arena<String>>::with_options(ImageOptions::new().id(1), Empty).unwrap();
        let mut arena = image.edit();
        let keys = arena.extend((0..50).map(|n| format!("a secret {n}")));
        keys.iter().step_by(2).for_each(|key| drop(arena.remove(*key)));
        arena.retain(|key, _| key.index() % 3 > 0);
        arena.clear();
        arena.insert("open");
        arena.shrink_to_fit();
        attack::RegionFile::of(&image).bytes
    };
    let bytes = build();
    assert_eq!(bytes, build());
    assert!(!bytes.windows(6).any(|part| part == b"secret"));
    // The bytes of plain values are zeroed as well.
    let mut image = Image::<Arena<u64>>::new([0x0123_4567_89ab_cdefu64, 1]).unwrap();
    assert!(image.edit().remove(Key::nth(0)).is_some());
    let bytes = attack::RegionFile::of(&image).bytes;
    assert!(!bytes.windows(8).any(|part| part == 0x0123_4567_89ab_cdefu64.to_le_bytes()));
}

#[test]
fn arenas_compare_and_print_by_key_and_value() {
    let mut one = Image::<Arena<u64>>::new([1, 2]).unwrap();
    let two = Image::<Arena<u64>>::new(&[1, 2][..]).unwrap();
    assert!(*one == *two);
    assert_eq!(format!("{:?}", *one), "{0v1: 1, 1v1: 2}");
    drop(one.edit().remove(Key::nth(1)));
    one.edit().insert(2u64);
    // The same values, but one has another key.
    assert!(*one != *two);
    let key = Key::<u64>::nth(1).to_bits();
    let json = serde_json::to_value(&*two).unwrap();
    assert_eq!(json, serde_json::json!({ "1": 1, key.to_string(): 2 }));
    assert_eq!(serde_json::to_value([Some(Key::<u64>::nth(1)), None]).unwrap(), serde_json::json!([key, null]));
}

mod shared {
    use super::*;
    static_assertions::assert_impl_all!(Arena<String>: Send, Sync);
    static_assertions::assert_impl_all!(Key<std::rc::Rc<u8>>: Send, Sync, Copy);
    static_assertions::assert_impl_all!(offset_std::arena::Iter<'static, String>: Send, Sync);
    static_assertions::assert_not_impl_any!(ArenaMut<'static, String>: Send, Sync);
    static_assertions::assert_not_impl_any!(offset_std::arena::IterMut<'static, String>: Send, Sync);
    static_assertions::assert_not_impl_any!(Arena<u64>: Clone, Default);
}
