//! `offset_std::BTreeMap` and `BTreeSet` against std's: random sequences of calls, and user code and memory that fail at every step.
//!
//! In modules: order and initialisers that panic, lie and fail; files that were forged.

use std::collections::BTreeMap as StdMap;

use offset_std::prelude::*;
use offset_std::{BTreeMap, BTreeSet, HashMap, String, Vec};
use proptest::prelude::*;
use tests::model::{Label, Line, Nothing, Odd, Record, Shape};
use tests::model_tests;

mod attack;
#[path = "model_btree_map/hostile.rs"]
mod hostile;
#[path = "model_btree_map/order.rs"]
mod order;

model_tests! {
    a_map_of_u64_is_like_std: is_like_std<BTreeMap<u64, u64>>;
    a_map_of_texts_to_vectors_of_texts_is_like_std: is_like_std<BTreeMap<String, Vec<String>>>;
    a_map_of_nothing_is_like_std: is_like_std<BTreeMap<Nothing, String>>;
    a_map_of_three_byte_arrays_to_cache_lines_is_like_std: is_like_std<BTreeMap<[u8; 3], Line>>;
    a_map_of_over_aligned_texts_is_like_std: is_like_std<BTreeMap<Label, Record>>;
    a_map_of_shapes_to_hash_maps_is_like_std: is_like_std<BTreeMap<Shape, HashMap<u64, String>>>;
    panics_leave_a_map_as_it_was: survives_panics<BTreeMap<Odd, Odd>>;
    lies_lose_nothing_of_a_map: survives_lies<BTreeMap<Odd, Odd>>;
    a_map_without_room_stays_as_it_was: survives_exhaustion<BTreeMap<String, Vec<String>>>;
    an_over_aligned_map_without_room_stays_as_it_was: survives_exhaustion<BTreeMap<Label, Record>>;
    a_set_of_i64_is_like_std: is_like_std<BTreeSet<i64>>;
    a_set_of_texts_is_like_std: is_like_std<BTreeSet<String>>;
    panics_leave_a_set_as_it_was: survives_panics<BTreeSet<Odd>>;
    lies_lose_nothing_of_a_set: survives_lies<BTreeSet<Odd>>;
    a_set_without_room_stays_as_it_was: survives_exhaustion<BTreeSet<String>>;
}

/// Every integer that has a search of its own, signed ones among them.
macro_rules! integers {
    ($($integer:ident)*) => {$(
        proptest! {
            #[test]
            fn $integer(keys: std::vec::Vec<$integer>, sought: std::vec::Vec<$integer>) {
                let model: StdMap<$integer, u64> = keys.iter().copied().zip(0..).collect();
                let image = Image::<BTreeMap<$integer, u64>>::new(from_iter(keys.iter().copied().zip(0u64..))).unwrap();
                prop_assert_eq!(&*image, &model);
                for key in keys.iter().chain(&sought) {
                    prop_assert_eq!(image.get(key), model.get(key));
                    prop_assert!(image.range(*key..).eq(model.range(key..)));
                    prop_assert!(image.range(..=*key).eq(model.range(..=key)));
                }
            }
        }
    )*};
}
mod integers {
    use super::*;

    integers!(u64 i64 u32 i32 u16 i16 u8 i8);
}

/// Nodes that were given up in no order would be taken so.
#[test]
fn a_map_that_was_cleared_is_filled_in_a_row() {
    let count = if cfg!(miri) { 500u64 } else { 20_000 };
    let mut image = Image::<BTreeMap<u64, u64>>::new(Empty).unwrap();
    let fresh = image.usage().allocated;
    image.edit().extend((0..count).map(|n| (n.wrapping_mul(0x9e37_79b9_7f4a_7c15), n)));
    image.edit().clear();
    assert_eq!((image.usage().allocated, image.usage().free), (fresh, 0));
    image.edit().extend((0..count).map(|n| (n, n)));
    assert!(image.keys().is_sorted_by_key(std::ptr::from_ref));
}

/// Growing to many levels and back, in order, against order, and at random.
#[test]
fn large_maps_are_like_std() {
    let count = if cfg!(miri) { 500u64 } else { 20_000 };
    let mix = |n: u64| n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let orders: [&dyn Fn(u64) -> u64; 3] = [&|n| n, &|n| count - n, &mix];
    for order in orders {
        let mut image = Image::<BTreeMap<u64, u64>>::new(Empty).unwrap();
        let fresh = image.usage().allocated;
        let mut model = StdMap::new();
        for n in 0..count {
            assert!(image.edit().insert(order(n), n).is_none());
            model.insert(order(n), n);
        }
        assert_eq!(&*image, &model);
        for n in 0..count {
            assert_eq!(image.get(&order(n)), Some(&n));
            assert_eq!(image.get(&(order(n) ^ 1 << 63)), model.get(&(order(n) ^ 1 << 63)));
        }
        for n in 0..count / 2 {
            assert_eq!(image.edit().remove(&order(n * 2)).map(|old| *old), model.remove(&order(n * 2)));
        }
        assert_eq!(&*image, &model);
        for removing in orders {
            for n in 0..count / 8 {
                assert_eq!(image.edit().remove(&removing(n)).is_some(), model.remove(&removing(n)).is_some());
            }
            assert_eq!(&*image, &model);
        }
        while let Some((key, _)) = model.pop_last() {
            assert_eq!(image.edit().pop_last().map(|(last, _)| *last), Some(key));
        }
        assert!(image.is_empty());
        assert_eq!(image.usage().allocated, fresh);
    }
}

/// Neither the text of what was removed nor its leading bytes, which a node keeps the other way round.
#[test]
fn what_was_removed_is_in_no_file() {
    let secret = "SECRETLY hidden";
    let prefix: std::vec::Vec<u8> = secret.bytes().take(8).rev().collect();
    let contains = |bytes: &[u8], part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    for count in [0, 10, 31, 500] {
        let pairs = from_iter((0..count).map(|n| (format!("OTHER {n}"), "kept")));
        let mut image = Image::<BTreeMap<offset_std::String, offset_std::String>>::new(pairs).unwrap();
        let never = attack::RegionFile::of(&image);
        for n in 0..40 {
            image.edit().insert(format!("{secret}{n}"), secret);
        }
        let there = attack::RegionFile::of(&image);
        assert!(contains(&there.bytes, &secret.as_bytes()[..8]) && contains(&there.bytes, &prefix));
        for n in 0..20 {
            drop(image.edit().remove(&format!("{secret}{n}")));
        }
        if count == 31 {
            image.edit().retain(|key, _| !key.starts_with(secret));
        }
        while image.last_key_value().is_some_and(|(key, _)| key.starts_with(secret)) {
            image.edit().pop_last();
        }
        let gone = attack::RegionFile::of(&image);
        // Not even in an inner node, which has copies.
        assert!(!contains(&gone.bytes, &secret.as_bytes()[..8]), "{count}");
        assert!(!contains(&gone.bytes, &prefix), "{count}");
        assert!(!contains(&never.bytes, &prefix));
    }
}

/// Keys in order fill nodes: a leaf of 31 pairs of 8 bytes is 512 bytes.
#[test]
fn pairs_in_order_make_full_nodes() {
    let image = Image::<BTreeMap<u64, u64>>::new(from_iter((0..31_000u64).map(|n| (n, n)))).unwrap();
    let leaves = 1000 * 512;
    assert!(image.usage().allocated < leaves + leaves / 30, "{:?}", image.usage());
    assert_eq!(Image::<BTreeMap<u64, u64>>::new(Empty).unwrap().usage().allocated, 16);
}
