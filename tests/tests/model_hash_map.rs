//! `offset_std::HashMap` and `HashSet` against std's: random sequences of calls, and user code and memory that fail at every step.

use std::collections::HashMap as StdMap;

use offset_std::prelude::*;
use offset_std::{BTreeMap, HashMap, HashSet, Seeded, String, Vec};
use tests::model::{Label, Line, Nothing, Odd, Record};
use tests::model_tests;

mod attack;
#[path = "model_hash_map/chaos.rs"]
mod chaos;
#[path = "model_hash_map/hostile.rs"]
mod hostile;

use attack::check_no_leak;

type StdString = std::string::String;

model_tests! {
    a_map_of_bytes_is_like_std: is_like_std<HashMap<u8, u8>>;
    a_map_of_numbers_is_like_std: is_like_std<HashMap<u64, u64>>;
    a_map_of_texts_to_vectors_of_texts_is_like_std: is_like_std<HashMap<String, Vec<String>>>;
    a_map_of_over_aligned_texts_to_cache_lines_is_like_std: is_like_std<HashMap<Label, Line>>;
    a_map_of_records_to_maps_is_like_std: is_like_std<HashMap<Record, BTreeMap<String, u64>>>;
    a_map_of_nothing_is_like_std: is_like_std<HashMap<Nothing, Nothing>>;
    panics_leave_a_map_as_it_was: survives_panics<HashMap<Odd, Odd>>;
    lies_lose_nothing_of_a_map: survives_lies<HashMap<Odd, Odd>>;
    a_map_without_room_stays_as_it_was: survives_exhaustion<HashMap<String, Vec<String>>>;
    an_over_aligned_map_without_room_stays_as_it_was: survives_exhaustion<HashMap<Label, Line>>;
    a_set_of_numbers_is_like_std: is_like_std<HashSet<u64>>;
    a_set_of_texts_is_like_std: is_like_std<HashSet<String>>;
    panics_leave_a_set_as_it_was: survives_panics<HashSet<Odd>>;
    lies_lose_nothing_of_a_set: survives_lies<HashSet<Odd>>;
    a_set_without_room_stays_as_it_was: survives_exhaustion<HashSet<String>>;
}

#[test]
fn a_table_of_a_known_length_is_full_and_an_empty_one_is_nothing() {
    let empty = Image::<HashMap<u64, u64>>::new(Empty).unwrap();
    assert_eq!((empty.usage().allocated, empty.capacity()), (24, 0));
    for (len, bytes) in [(1u64, 80), (3, 80), (4, 144), (7, 144), (8, 256), (14, 256), (15, 512), (19, 512), (20, 768)]
    {
        let image = Image::<HashMap<u64, u64>>::new(from_iter((0..len).map(|n| (n, n)))).unwrap();
        // The root, up to a cache line, and the table.
        let table = image.usage().allocated - 24;
        assert_eq!(table, bytes, "{len}");
    }
    // Whatever the seed: no insertion is so unlucky that the table is rebuilt.
    for seed in 0..60 {
        let pairs = from_iter((0..100_000).map(|n| (n, n)));
        let image = Image::<HashMap<u64, u64>>::new(Seeded(seed, pairs)).unwrap();
        assert!(image.usage().allocated < 100_000 * 21, "{seed}");
    }
}

#[test]
fn the_same_calls_with_a_seed_write_the_same_bytes() {
    let build = |seed| {
        let options = ImageOptions::new().id(1);
        let pairs = from_iter((0..2000u64).map(|n| (format!("key {n}"), n)));
        let mut image = Image::<HashMap<String, u64>>::with_options(options, Seeded(seed, pairs)).unwrap();
        image.edit().retain(|_, value| **value % 3 > 0);
        attack::RegionFile::of(&image).bytes
    };
    assert_eq!(build(7), build(7));
    assert_ne!(build(7), build(8));
    let seeds: std::collections::HashSet<u64> =
        (0..100).map(|_| Image::<HashMap<u64, u64>>::new(Empty).unwrap().seed()).collect();
    assert_eq!(seeds.len(), 100);
}

#[test]
fn a_table_that_is_churned_at_its_capacity_stays_fast() {
    let len = 2000u64;
    let mut image = Image::<HashMap<u64, u64>>::new(from_iter((0..len).map(|n| (n, n)))).unwrap();
    let table = image.usage().allocated;
    let mut map = image.edit();
    for n in 0..40 * len {
        assert!(map.remove(&n).is_some());
        assert!(map.insert(n + len, n).is_none());
    }
    assert!(map.is_well_placed());
    assert!(image.usage().allocated < table * 2, "{:?}", image.usage());
    check_no_leak(&image);
}

#[test]
fn large_tables_of_small_entries_hold_them() {
    let image = Image::<HashSet<u32>>::new(from_iter(0..5000u32)).unwrap();
    assert!((0..5000).all(|n| image.contains(&n)));
    check_no_leak(&image);
    let image = Image::<HashMap<u8, u16>>::new(from_iter((0..=255u8).map(|n| (n, u16::from(n))))).unwrap();
    assert!((0..=255).all(|n| image[&n] == u16::from(n)));
    let image = Image::<HashMap<u16, u8>>::new(from_iter((0..5000u16).map(|n| (n, n as u8)))).unwrap();
    assert!((0..5000).all(|n| image[&n] == n as u8));
    check_no_leak(&image);
}

#[test]
fn many_lookups_give_the_values_in_the_order_of_their_keys_however_many_there_are() {
    let numbers = Image::<HashMap<u64, u64>>::new(from_iter((0..3_000u64).map(|n| (n * 3, n)))).unwrap();
    let texts =
        Image::<HashMap<String, u64>>::new(from_iter((0..3_000u64).map(|n| (format!("{}", n * 3), n)))).unwrap();
    for len in (0..70).chain([127, 128, 129, 9_000]) {
        let keys: std::vec::Vec<u64> = (0..len).map(|n| n * 7_919 % 9_000).collect();
        let words: std::vec::Vec<StdString> = keys.iter().map(u64::to_string).collect();
        let expected: std::vec::Vec<_> = keys.iter().map(|n| (n % 3 == 0).then_some(n / 3)).collect();
        let mut found = numbers.get_many(&keys);
        for (given, expected) in expected.iter().enumerate() {
            assert_eq!(found.len(), len as usize - given);
            assert_eq!(found.next(), Some(expected.as_ref()));
        }
        assert_eq!((found.next(), found.next()), (None, None));
        assert!(texts.get_many(words.iter().map(|word| &**word)).map(|found| found.copied()).eq(expected));
    }
}

#[test]
fn a_table_of_entries_without_a_size_is_its_control_bytes() {
    let scratch = tests::Scratch::new("entries-without-a-size");
    type Nothing = std::marker::PhantomData<u64>;
    let nothing: Nothing = std::marker::PhantomData;
    let mut image = Image::<HashMap<Nothing, Nothing>>::new(Empty).unwrap();
    assert!(image.edit().insert(nothing, nothing).is_none());
    assert!(image.edit().insert(nothing, nothing).is_some());
    assert_eq!((image.len(), image.usage().allocated), (1, 24 + 32));
    image.save(scratch.file("map")).unwrap();
    let mut image = Image::<HashMap<Nothing, Nothing>>::load(scratch.file("map")).unwrap();
    assert_eq!(image.get(&nothing), Some(&nothing));
    assert!(image.edit().remove(&nothing).is_some());
    check_no_leak(&image);
}

#[test]
fn keys_in_other_forms_find_their_entries() {
    let mut image = Image::<HashMap<String, u64>>::new(std::collections::BTreeMap::from([("a", 1u64)])).unwrap();
    let owned = StdString::from("a");
    let mut map = image.edit();
    assert!(map.contains_key("a") && map.contains_key(&owned) && map.contains_key(&"a"));
    *map.entry(owned).or_insert(0) += 1;
    *map.entry("b").or_insert(0) += 1;
    assert_eq!((map["a"], map["b"]), (2, 1));
    let key = Image::<String>::new("b").unwrap();
    assert_eq!(image.get(&*key), Some(&1));
    let std = StdMap::from([(StdString::from("a"), 2u64), (StdString::from("b"), 1)]);
    assert_eq!(*image, std);
    assert_eq!(std, *image);
    assert!(*Image::<HashMap<String, u64>>::new(&std).unwrap() == *image);
    assert_eq!(serde_json::to_value(&*image).unwrap(), serde_json::json!({"a": 2, "b": 1}));
    let vectors = Image::<HashMap<Vec<u32>, u8>>::new([([1u32, 2], 3u8)]).unwrap();
    assert_eq!(vectors.get(&[1, 2][..]), Some(&3));
    assert_eq!(vectors.get(&vec![1, 2]), Some(&3));
}

/// What a set has that its map hasn't, and what it compares to.
#[test]
fn sets_are_built_compared_and_written_as_json() {
    let words = ["a", "b", "c", "a"];
    let model = std::collections::HashSet::from(["a".to_owned(), "b".to_owned(), "c".to_owned()]);
    let image = Image::<HashSet<String>>::new(Seeded(1, words)).unwrap();
    assert_eq!(*image, model);
    assert_eq!(model, *image);
    for built in [
        Image::<HashSet<String>>::new(&model).unwrap(),
        Image::new(from_iter(model.iter().map(|word| &**word))).unwrap(),
    ] {
        assert!(*built == *image);
    }
    let json: std::collections::HashSet<StdString> =
        serde_json::from_value(serde_json::to_value(&*image).unwrap()).unwrap();
    assert_eq!(json, model);
    let numbers = Image::<HashSet<u64>>::new([1, 2, 3]).unwrap();
    // Three elements of eight bytes, and their control bytes.
    assert_eq!(numbers.usage().allocated, 24 + 32 + 3 * 8);
}

mod shared {
    use super::*;
    static_assertions::assert_impl_all!(HashMap<String, u64>: Send, Sync);
    static_assertions::assert_impl_all!(offset_std::hash_map::Iter<'static, String, u64>: Send, Sync);
    static_assertions::assert_not_impl_any!(offset_std::HashMapMut<'static, String, u64>: Send, Sync);
    static_assertions::assert_not_impl_any!(HashMap<u64, u64>: Clone, Default);
}
