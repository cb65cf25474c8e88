//! Keys of odd kinds, nodes of every size, order, equality, and what files show.

use std::collections::BTreeMap as StdMap;

use offset_std::prelude::*;
use offset_std::{Box, String, Trie};

use crate::attack::{self, check_no_leak};

/// Bytes that a trie takes in an image.
fn taken<V: Portable>(image: &Image<Trie<V>>) -> u64 {
    image.usage().allocated - 16
}

/// Every node size on the way up, and on the way down again.
#[test]
fn nodes_grow_and_shrink_with_their_children() {
    let leaf = 16;
    let mut image = Image::<Trie<u64>>::new(Empty).unwrap();
    assert_eq!(taken(&image), 0);
    let node = |children: usize| {
        [24, 40, 112, 304, 1296][[2, 5, 16, 48, 256].iter().position(|&room| children <= room).unwrap()]
    };
    for count in 1..=256u64 {
        // Not in order.
        let byte = (count as u8).wrapping_mul(77);
        assert!(image.edit().insert(&[byte], u64::from(byte)).is_none());
        let expected = if count == 1 { leaf } else { leaf * count + node(count as usize) };
        assert_eq!(taken(&image), expected, "{count}");
        assert!(image.keys().is_sorted());
    }
    for (byte, (key, value)) in (0..=255u8).zip(&*image) {
        assert_eq!((key, *value), (&[byte][..], u64::from(byte)));
        assert_eq!(image.get(&[byte]), Some(&u64::from(byte)));
    }
    check_no_leak(&image);
    for count in (0..256u64).rev() {
        let byte = (count as u8).wrapping_mul(59);
        assert_eq!(image.edit().remove(&[byte]).unwrap(), u64::from(byte));
        let shrunk = [(1, 0), (2, 24), (4, 40), (12, 112), (40, 304), (256, 1296)];
        let expected = shrunk.iter().find(|(most, _)| count <= *most).unwrap().1;
        assert_eq!(taken(&image), leaf * count + expected, "{count}");
    }
    assert!(image.is_empty());
}

/// `a`, `aa`, `aaa`, …: each key the beginning of the next, so that there is a node for each, and the tree is as high as can be.
#[test]
fn a_tree_may_be_deep() {
    let depth = if cfg!(miri) { 100 } else { 5000 };
    let text = vec![b'a'; depth];
    let mut image = Image::<Trie<u32>>::new(Empty).unwrap();
    for len in 0..depth as u32 {
        image.edit().insert(&text[..len as usize], len);
    }
    let mut image = check_no_leak(&image);
    assert!(image.values().copied().eq(0..depth as u32));
    assert!(image.values().rev().copied().eq((0..depth as u32).rev()));
    assert_eq!(image.common_prefixes(&text[..depth / 2]).count(), depth / 2 + 1);
    assert_eq!(image.longest_prefix(&text).unwrap().0.len(), depth - 1);
    assert_eq!(image.prefix(&text[..depth - 1]).count(), 1);
    assert_eq!(image.edit().remove_prefix(&text[..depth / 2]), depth / 2);
    check_no_leak(&image);
    image.edit().clear();
    assert_eq!(taken(&image), 0);
}

/// A tree of keys with a byte each where they part, far along.
#[test]
fn keys_may_have_megabytes() {
    let len = if cfg!(miri) { 5000 } else { 3 << 20 };
    let long: std::vec::Vec<u8> = (0..len).map(|n: usize| (n * n / 8) as u8).collect();
    let other = {
        let mut other = long.clone();
        other[len - 2] ^= 1;
        other
    };
    let mut image =
        Image::<Trie<String>>::new([(&long[..], "long"), (&other, "other"), (&long[..len / 2], "half")]).unwrap();
    assert_eq!(image[&long], "long");
    assert_eq!(image[&other], "other");
    assert_eq!(image.get(&long[..len - 1]), None);
    assert_eq!(image.common_prefixes(&long).count(), 2);
    assert_eq!(image.longest_prefix(&long[..len - 1]).unwrap().1, "half");
    assert_eq!(image.prefix(&long[..len / 2]).count(), 3);
    check_no_leak(&image);
    assert_eq!(image.edit().remove(&other).unwrap().as_str(), "other");
    assert_eq!(image.edit().remove_prefix(&long[..100]), 2);
    assert_eq!(taken(&image), 0);
}

#[test]
fn the_longest_key_of_a_leaf_and_the_next_are_found() {
    for len in 240..260usize {
        let key = vec![7u8; len];
        let mut image = Image::<Trie<u8>>::new([(&key, 1u8), (&vec![7u8; len + 1], 2)]).unwrap();
        assert_eq!((image[&key], image[&vec![7u8; len + 1]]), (1, 2));
        check_no_leak(&image);
        assert_eq!(image.edit().remove(&key).unwrap(), 1);
        assert_eq!((image.len(), image.get(&key)), (1, None));
        check_no_leak(&image);
    }
}

#[test]
fn big_endian_numbers_keep_their_order() {
    let numbers = [i32::MIN, -1, 0, 1, 77, i32::MAX];
    let key = |n: i32| (n ^ i32::MIN).to_be_bytes();
    let image = Image::<Trie<i32>>::new(from_iter(numbers.into_iter().rev().map(|n| (key(n), n)))).unwrap();
    assert!(image.values().eq(&numbers));
    assert!(image.range(key(-5)..=key(1)).map(|(_, value)| value).eq(&[-1, 0, 1]));
}

#[test]
fn tries_are_built_from_what_holds_pairs() {
    let map = StdMap::from([("b", 2u64), ("a", 1)]);
    let hashed: std::collections::HashMap<std::string::String, u64> =
        map.iter().map(|(key, value)| ((*key).to_owned(), *value)).collect();
    let referenced = &[("a", 1u64), ("b", 2)];
    let pairs = vec![("b", 2u64), ("a", 7), ("a", 1)];
    let images = [
        Image::<Trie<u64>>::new([("a", 1), ("b", 2)]),
        Image::new(referenced),
        Image::new(&pairs),
        Image::new(&pairs[..]),
        Image::new(pairs.clone()),
        Image::new(&map),
        Image::new(map.clone()),
        Image::new(&hashed),
        Image::new(hashed.clone()),
        Image::new(from_iter(pairs)),
    ];
    for image in images {
        let image = image.unwrap();
        assert_eq!(*image, map);
        assert_eq!(map, *image);
        assert_eq!(format!("{:?}", *image), r#"{"a": 1, "b": 2}"#);
        let copy = Image::<Box<Trie<u64>>>::new(Boxed(DeepCopy(&*image))).unwrap();
        assert_eq!(**copy, *image);
        assert_eq!(serde_json::to_string(&*image).unwrap(), r#"{"a":1,"b":2}"#);
    }
    let other = Image::<Trie<u64>>::new([("a", 1), ("b", 3)]).unwrap();
    assert!(*other != map && *other > *Image::<Trie<u64>>::new(&map).unwrap());
    assert_eq!(format!("{:?}", Image::<Trie<u8>>::new([(b"\xff\"", 1)]).unwrap().keys()), r#"["\xff\""]"#);
}

#[test]
fn what_iterates_a_trie_is_what_it_says() {
    let image = Image::<Trie<u64>>::new([("a", 1), ("b", 2), ("bb", 3)]).unwrap();
    assert_eq!((image.iter().len(), image.keys().len(), image.values().len()), (3, 3, 3));
    let mut iter = image.iter();
    iter.next();
    assert_eq!(format!("{iter:?} {:?}", image.values()), r#"[("b", 2), ("bb", 3)] [1, 2, 3]"#);
    assert!(iter.clone().eq(iter));
    assert_eq!(
        format!("{:?} {:?}", image.prefix("b"), image.common_prefixes("b")),
        r#"[("b", 2), ("bb", 3)] [("b", 2)]"#
    );
    let empty = Image::<Trie<u64>>::new(Empty).unwrap();
    assert_eq!((empty.iter().next(), empty.iter().next_back(), empty.prefix("").next()), (None, None, None));
    assert_eq!((empty.longest_prefix("a"), empty.common_prefixes("").next()), (None, None));
    assert_eq!((empty.range("a"..).next(), empty.get(""), empty.first_key_value()), (None, None, None));
}

/// Neither keys nor values.
#[test]
fn what_was_removed_is_in_no_file() {
    let secret = "SECRETLY hidden";
    let contains = |bytes: &[u8]| bytes.windows(8).any(|window| window == &secret.as_bytes()[..8]);
    for count in [0, 10, 31, 500] {
        let pairs = from_iter((0..count).map(|n| (format!("OTHER {n}"), "kept")));
        let mut image = Image::<Trie<String>>::new(pairs).unwrap();
        for n in 0..40 {
            image.edit().insert(&format!("{secret}{n}"), secret);
            image.edit().insert(&format!("{secret}{n:300}"), secret);
        }
        assert!(contains(&attack::RegionFile::of(&image).bytes));
        for n in 0..20 {
            drop(image.edit().remove(&format!("{secret}{n}")));
        }
        if count == 31 {
            image.edit().retain(|key, _| !key.starts_with(secret.as_bytes()));
        }
        if count == 500 {
            image.edit().remove_prefix(&secret[..3]);
        }
        while image.last_key_value().is_some_and(|(key, _)| key.starts_with(secret.as_bytes())) {
            image.edit().pop_last();
        }
        assert!(!contains(&attack::RegionFile::of(&image).bytes), "{count}");
    }
}

#[test]
fn the_same_calls_give_the_same_bytes() {
    let file = || {
        let mut image = Image::<Trie<String>>::with_options(ImageOptions::new().id(7), Empty).unwrap();
        for n in 0..300u32 {
            image.edit().insert(&(n.wrapping_mul(0x9e37_79b9)).to_string(), "text");
            if n % 3 == 0 {
                image.edit().pop_first();
            }
        }
        attack::RegionFile::of(&image).bytes
    };
    assert_eq!(file(), file());
}
