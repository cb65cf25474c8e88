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
    assert_eq!(hash("Paris"), text(b"Paris"));
    assert_eq!(hash(&[1u16, 2]), text(&[1, 0, 2, 0]));
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
