use std::borrow::Cow;

use super::*;

fn hash<T: StableHash + ?Sized>(value: &T) -> u64 {
    StableHasher::hash_one(value, 42)
}

/// Computed by a program of its own from what the module says; files depend on them.
#[test]
fn hashes_are_what_they_always_were() {
    let spec = |words: &[u64]| {
        let (mut state, key) = (42 ^ 0x8bb84b93962eacc9u64, 42u64.rotate_left(32) ^ 0x2d358dccaa6c78a5);
        for word in words {
            let product = u128::from(state ^ word) * u128::from(key);
            state = (product >> 64) as u64 ^ product as u64;
        }
        state
    };
    assert_eq!(hash(&7u64), spec(&[7]));
    assert_eq!(hash(&-1i8), spec(&[255]));
    assert_eq!(hash(&(1u128 << 64 | 5)), spec(&[5, 1]));
    assert_eq!(hash(&(true, 'a', Some(3u8), None::<u8>)), spec(&[1, 97, 1, 3, 0]));
    assert_eq!(hash(&["", ""][..0]), spec(&[0]));
    // From the reference implementation: XXH3_64bits_withSeed of nothing.
    assert_eq!(xxhash_rust::xxh3::xxh3_64_with_seed(b"", 0), 0x2d06_8005_38d3_94c2);
    let text = |text: &[u8]| xxhash_rust::xxh3::xxh3_64_with_seed(text, 42 ^ 0x8bb84b93962eacc9);
    assert_eq!(hash("seventeen letters"), text(b"seventeen letters"));
    assert_eq!(hash(&[1u64, 2, 3]), text(&[1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0]));
    let few = [
        ("", 0xb2f7_0615_a7cf_c469),
        ("a", 0xeb43_87db_b41d_fbea),
        ("ab", 0x1116_8889_4b80_dc35),
        ("abc", 0x9ab9_977a_d076_493b),
        ("Rome", 0x4bec_5f76_af86_368b),
        ("Paris", 0x0a02_fd8d_31fe_2820),
        ("Helsinki", 0x8c1e_d5b7_32be_4123),
        ("Buenos Aires", 0x43a9_8b2f_640f_a764),
        ("sixteen letters!", 0xc4d3_8110_b10d_45a2),
    ];
    for (text, expected) in few {
        assert_eq!(hash(text), expected, "{text}");
    }
    assert_eq!(hash(&[0x6152u16, 0x6972, 0x7365]), hash("Raries"), "sequences of integers are their bytes");
}

/// Tables look at the top bits and at the low ones: both must tell keys apart that differ little.
#[test]
fn alike_texts_are_spread_over_groups_and_tags() {
    let numbers = (0..20_000).map(|n| format!("{n}"));
    let keys = (0..20_000).map(|n| format!("key {n:05}"));
    let ends =
        (0..20_000u32).map(|n| format!("{}{}", "x".repeat(n as usize % 13), char::from_u32(0x4e00 + n / 13).unwrap()));
    let bits = (0..20_000u32).map(|n| (0..16).map(|bit| if n >> bit & 1 == 1 { 'b' } else { 'a' }).collect());
    for texts in [numbers.collect::<Vec<String>>(), keys.collect(), ends.collect(), bits.collect()] {
        for seed in [0, 1, 42, u64::MAX] {
            let hashes: Vec<u64> = texts.iter().map(|text| StableHasher::hash_one(&**text, seed)).collect();
            for shift in [0, 16, 20, 32, 48] {
                let mut counts = vec![0u32; 1 << 10];
                hashes.iter().for_each(|hash| counts[(hash >> shift) as usize & 0x3ff] += 1);
                // 1,024 of them with 19.5 each on average: about 40 is to be expected, and one multiplication makes up to 51.
                assert!(*counts.iter().max().unwrap() < 64, "bits from {shift}, seed {seed}: {}", texts[7]);
            }
            let mut tops: Vec<u64> = hashes.iter().map(|hash| hash >> 54).collect();
            tops.sort_unstable();
            assert!(tops.chunk_by(|a, b| a == b).all(|same| same.len() < 64), "seed {seed}: {}", texts[7]);
        }
    }
}

#[test]
fn forms_of_the_same_value_hash_alike() {
    let text = hash("text");
    assert_eq!(text, hash(&"text"));
    assert_eq!(text, hash(&std::string::String::from("text")));
    assert_eq!(text, hash(&Cow::from("text")));
    assert_eq!(text, hash(&**crate::Image::<crate::String>::new("text").unwrap()));
    assert_eq!(hash(&[1u64, 2]), hash(&vec![1u64, 2]));
    assert_eq!(hash(&[1u64, 2]), hash(&*crate::Image::<crate::Vec<u64>>::new([1, 2]).unwrap()));
    assert_eq!(hash(&["a", "b"]), hash(&*crate::Image::<crate::Vec<crate::String>>::new(["a", "b"]).unwrap()));
}

#[test]
fn text_in_parts_is_other_text() {
    assert_ne!(hash(&("ab", "c")), hash(&("a", "bc")));
    assert_ne!(hash(&["ab", "c"]), hash(&["abc"]));
    assert_ne!(hash(&("", "")), hash(&("",)));
}
