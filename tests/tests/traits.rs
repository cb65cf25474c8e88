//! The std traits of the types, against their std twins: equality on both sides, order, hashes, text, JSON.

#![allow(clippy::needless_borrows_for_generic_args, reason = "borrowed initialisers are what is tried")]

use std::borrow::{Borrow, Cow};
use std::cmp::Ordering;
use std::collections::{BTreeSet, HashSet};
use std::ffi::OsStr;
use std::fmt::{Debug, Display};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::{net, time};

use offset_std::prelude::*;
use offset_std::{Box, Duration, Ipv4Addr, Ipv6Addr, String, SystemTime, Vec};
use proptest::prelude::*;

type StdVec<T> = std::vec::Vec<T>;
type StdString = std::string::String;

fn hash(value: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

fn json(value: &(impl serde::Serialize + ?Sized)) -> StdString {
    serde_json::to_string(value).unwrap()
}

/// Two values that are shown alike.
fn shown_alike(offset: &(impl Debug + ?Sized), std: &(impl Debug + ?Sized)) {
    assert_eq!(format!("{offset:?}"), format!("{std:?}"));
    assert_eq!(format!("{offset:#?}"), format!("{std:#?}"));
}

/// Two values that are shown alike, and hash alike.
fn alike<A: Debug + Hash + ?Sized, B: Debug + Hash + ?Sized>(offset: &A, std: &B) {
    shown_alike(offset, std);
    assert_eq!(hash(offset), hash(std), "the hash of {std:?}");
}

/// `left == right`, and that `!=` says the opposite.
fn equal<A: PartialEq<B> + ?Sized, B: ?Sized>(left: &A, right: &B) -> bool {
    let equal = left == right;
    assert_ne!(equal, left != right);
    equal
}

/// What a key of std's maps needs: that it can be asked for by what it borrows as.
fn found_by<K, Q>(key: K, by: &Q) -> bool
where
    K: Borrow<Q> + Hash + Eq,
    Q: Hash + Eq + ?Sized,
{
    HashSet::from([key]).contains(by)
}

#[test]
fn a_string_is_like_a_std_string() {
    for text in ["", "plain", "quote \" and \n newline", "größer als € 漢 😀"] {
        let mut image = Image::<String>::new(text).unwrap();
        let (offset, std) = (&*image, text.to_owned());
        alike(offset, &std);
        alike(offset, text);
        assert_eq!(format!("{offset}|{offset:>9}|{offset:-<9.3}"), format!("{std}|{std:>9}|{std:-<9.3}"));
        assert_eq!(json(offset), json(&std));
        // Both sides, all that is text.
        let cow = Cow::Borrowed(text);
        assert!(equal(offset, offset) && equal(offset, text) && equal(offset, &text));
        assert!(equal(offset, &std) && equal(offset, &cow));
        assert!(equal(text, offset) && equal(&text, offset) && equal(&std, offset) && equal(&cow, offset));
        let (other, other_std) = ("other", "other".to_owned());
        assert!(!equal(offset, other) && !equal(offset, &other) && !equal(offset, &other_std));
        assert!(!equal(other, offset) && !equal(&other, offset) && !equal(&other_std, offset));
        assert_eq!(AsRef::<str>::as_ref(offset), text);
        assert_eq!(AsRef::<[u8]>::as_ref(offset), text.as_bytes());
        assert_eq!(AsRef::<OsStr>::as_ref(offset), OsStr::new(text));
        assert_eq!(AsRef::<Path>::as_ref(offset), Path::new(text));
        assert_eq!(Borrow::<str>::borrow(offset), text);
        assert_eq!(
            (StdString::from(offset), &offset[..], offset.chars().count()),
            (std.clone(), text, text.chars().count())
        );
        assert_eq!(*offset < *"m", std.as_str() < "m");
        let handle = image.edit();
        assert!(equal(&handle, text) && equal(&handle, &text) && equal(&handle, &std) && !equal(&handle, "other"));
        assert_eq!(format!("{handle}{handle:?}"), format!("{std}{std:?}"));
    }
}

#[test]
fn a_vector_is_like_a_std_vector() {
    for numbers in [vec![], vec![1u16], vec![3, 1, 2]] {
        let mut image = Image::<Vec<u16>>::new(&numbers).unwrap();
        let offset = &*image;
        alike(offset, &numbers);
        alike(offset, numbers.as_slice());
        assert_eq!(json(offset), json(&numbers));
        let slice: &[u16] = &numbers;
        assert!(equal(offset, offset) && equal(offset, &numbers) && equal(offset, slice) && equal(offset, &slice));
        assert!(equal(offset, &&mut *numbers.clone()));
        assert!(equal(&numbers, offset) && equal(slice, offset) && equal(&slice, offset));
        assert!(!equal(offset, &[9; 4]) && !equal(offset, &&[9; 4]) && !equal(offset, &vec![9]));
        assert!(!equal(&[9; 4], offset) && !equal(&vec![9], offset));
        assert_eq!(AsRef::<[u16]>::as_ref(offset), numbers);
        assert_eq!(Borrow::<[u16]>::borrow(offset), numbers);
        assert_eq!((offset.len(), offset.is_empty()), (numbers.len(), numbers.is_empty()));
        let mut sum = 0;
        for number in offset {
            sum += number;
        }
        assert_eq!(sum, numbers.iter().sum::<u16>());
        assert_eq!((offset.get(1), offset.first(), &offset[..]), (numbers.get(1), numbers.first(), &numbers[..]));
        let handle = image.edit();
        let slice: &[u16] = &numbers;
        assert!(
            equal(&handle, &numbers) && equal(&handle, slice) && equal(&handle, &slice) && !equal(&handle, &[9; 4])
        );
        assert_eq!(format!("{handle:?}"), format!("{numbers:?}"));
    }
    let image = Image::<Vec<u16>>::new([1, 2, 3]).unwrap();
    assert_eq!((image[1], &image[1..], &image[..=0], &image[..]), (2, &[2, 3][..], &[1][..], &[1, 2, 3][..]));
    // Of elements that aren't the same type, but can be compared.
    let image = Image::<Vec<String>>::new(["a", "b"]).unwrap();
    assert!(equal(&*image, &["a", "b"]) && equal(&*image, &vec!["a".to_owned()]) != equal(&["a", "b"], &*image));
    let outer = Image::<Vec<Vec<String>>>::new([["a", "b"]]).unwrap();
    assert!(equal(&*outer, &[["a", "b"]]) && equal(&*outer, &vec![vec!["a", "b"]]) && !equal(&*outer, &[["a", "c"]]));
    assert_eq!(json(&*outer), json(&[["a", "b"]]));
}

#[test]
#[should_panic(expected = "out of bounds")]
fn an_index_past_the_end_of_a_vector_panics() {
    let image = Image::<Vec<u16>>::new([1, 2, 3]).unwrap();
    let _ = image[3];
}

#[test]
fn a_box_is_like_a_std_box() {
    let image = Image::<Box<String>>::new(Boxed("text")).unwrap();
    let (offset, std) = (&*image, std::boxed::Box::new("text".to_owned()));
    alike(offset, &std);
    assert_eq!((format!("{offset:>6}"), json(offset)), (format!("{std:>6}"), json(&std)));
    assert!(
        *AsRef::<String>::as_ref(offset) == "text" && *Borrow::<String>::borrow(offset) == "text" && **offset == "text"
    );
    let (one, two) = (Image::<Box<u8>>::new(1).unwrap(), Image::<Box<u8>>::new(2).unwrap());
    assert!(*one < *two && one.cmp(&two) == Ordering::Less && *one != *two && *one == 1);
    let option = Image::<Option<Box<u8>>>::new(Some(1)).unwrap();
    let std = Some(std::boxed::Box::new(1u8));
    alike(&*option, &std);
    assert_eq!(json(&*option), json(&std));
    let none = Image::<Option<Box<u8>>>::new(Empty).unwrap();
    alike(&*none, &None::<std::boxed::Box<u8>>);
    assert!(*none < *option && json(&*none) == "null");
}

#[test]
fn maybe_is_like_an_option() {
    for std in [None, Some(1u32), Some(7)] {
        let image = Image::<Maybe<u32>>::new(std).unwrap();
        shown_alike(&*image, &std);
        assert_eq!(json(&*image), json(&std));
        assert_eq!((image.as_option().copied(), image.is_some(), image.is_none()), (std, std.is_some(), std.is_none()));
        assert!(*image == std && *image != Some(2));
        for other in [None, Some(1), Some(7)] {
            let other_image = Image::<Maybe<u32>>::new(other).unwrap();
            assert_eq!(image.cmp(&other_image), std.cmp(&other));
            assert_eq!(*image == *other_image, std == other);
            assert_eq!(hash(&*image) == hash(&*other_image), std == other);
        }
    }
}

#[test]
fn durations_are_like_std_durations() {
    let spans = [
        time::Duration::ZERO,
        time::Duration::from_nanos(1),
        time::Duration::new(3, 999_999_999),
        time::Duration::from_millis(1500),
        time::Duration::MAX,
    ];
    for std in spans {
        let offset = Duration::from(std);
        assert_eq!(format!("{offset:?}|{offset:.1?}"), format!("{std:?}|{std:.1?}"));
        assert_eq!((offset.to_std(), time::Duration::from(offset), json(&offset)), (std, std, json(&std)));
        assert_eq!((offset.as_secs(), offset.subsec_nanos()), (std.as_secs(), std.subsec_nanos()));
        assert!(offset == std && offset != std.abs_diff(time::Duration::from_nanos(7)));
        for other in spans {
            assert_eq!(offset.cmp(&Duration::from(other)), std.cmp(&other));
        }
    }
    assert_eq!(Duration::default(), time::Duration::default());
}

#[test]
fn points_in_time_are_like_std_points() {
    let epoch = time::SystemTime::UNIX_EPOCH;
    let points = [
        epoch,
        epoch + time::Duration::new(1, 1),
        epoch - time::Duration::new(0, 1),
        epoch - time::Duration::new(1, 0),
        epoch - time::Duration::new(7, 500_000_000),
        time::SystemTime::now(),
    ];
    for std in points {
        let offset = SystemTime::from(std);
        assert_eq!((offset.to_std(), time::SystemTime::try_from(offset)), (Some(std), Ok(std)));
        assert!(offset == std && offset != std + time::Duration::from_nanos(1));
        assert_eq!(SystemTime::from_unix(offset.unix_seconds(), offset.subsec_nanos()), Some(offset));
        match serde_json::to_string(&std) {
            Ok(expected) => assert_eq!(json(&offset), expected),
            // Std refuses points before 1970.
            Err(_) => assert!(serde_json::to_string(&offset).is_err()),
        }
        for other in points {
            assert_eq!(offset.cmp(&SystemTime::from(other)), std.cmp(&other));
        }
    }
    assert_eq!(SystemTime::from(epoch), SystemTime::UNIX_EPOCH);
    assert_eq!(SystemTime::from_unix(-1, 1_500_000_000), SystemTime::from_unix(0, 500_000_000));
    assert_eq!(SystemTime::from_unix(i64::MAX, 1_000_000_000), None);
    let last = SystemTime::from_unix(i64::MAX, 999_999_999).unwrap();
    if let Some(std) = last.to_std() {
        assert_eq!(SystemTime::from(std), last);
    }
}

#[test]
fn addresses_are_like_std_addresses() {
    let four = [net::Ipv4Addr::UNSPECIFIED, net::Ipv4Addr::LOCALHOST, net::Ipv4Addr::new(192, 168, 1, 255)];
    for std in four {
        let offset = Ipv4Addr::from(std);
        assert_eq!(format!("{offset}|{offset:?}|{offset:>20}"), format!("{std}|{std:?}|{std:>20}"));
        assert_eq!((offset.octets(), offset.to_std(), json(&offset)), (std.octets(), std, json(&std)));
        assert!(offset == std && net::Ipv4Addr::from(offset) == std && Ipv4Addr::from(std.octets()) == offset);
        for other in four {
            assert_eq!(offset.cmp(&Ipv4Addr::from(other)), std.cmp(&other));
        }
    }
    let six = [net::Ipv6Addr::UNSPECIFIED, net::Ipv6Addr::LOCALHOST, net::Ipv6Addr::new(0xfe80, 0, 0, 0, 1, 2, 3, 4)];
    for std in six {
        let offset = Ipv6Addr::from(std);
        assert_eq!(format!("{offset}|{offset:?}|{offset:>40}"), format!("{std}|{std:?}|{std:>40}"));
        assert_eq!((offset.octets(), offset.to_std(), json(&offset)), (std.octets(), std, json(&std)));
        assert!(offset == std && net::Ipv6Addr::from(offset) == std && Ipv6Addr::from(std.octets()) == offset);
        for other in six {
            assert_eq!(offset.cmp(&Ipv6Addr::from(other)), std.cmp(&other));
        }
    }
}

/// A whole structure, and the same with std's types.
#[derive(Relocatable, serde::Serialize, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(C)]
struct City {
    name: String,
    population: u64,
    founded: Maybe<i32>,
    tags: Vec<String>,
    grid: [[u8; 2]; 2],
    twin: Option<Box<City>>,
    code: [char; 2],
}

mod twin {
    #[derive(serde::Serialize, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub(crate) struct City {
        pub(crate) name: String,
        pub(crate) population: u64,
        pub(crate) founded: Option<i32>,
        pub(crate) tags: Vec<String>,
        pub(crate) grid: [[u8; 2]; 2],
        pub(crate) twin: Option<Box<City>>,
        pub(crate) code: [char; 2],
    }
}

#[test]
fn a_derived_structure_looks_like_one_of_std_types() {
    let rome = CityInit {
        name: "Rome",
        population: 2_748_109,
        founded: Some(-753),
        tags: ["capital", "river \"Tiber\""],
        grid: [[1, 2], [3, 4]],
        twin: Empty,
        code: ['R', 'M'],
    };
    let image = Image::<City>::new(CityInit {
        name: "Paris",
        population: 2_102_650,
        founded: None::<i32>,
        tags: ["capital"],
        grid: [[0; 2]; 2],
        twin: Some(rome),
        code: ['P', 'A'],
    })
    .unwrap();
    let rome = twin::City {
        name: "Rome".into(),
        population: 2_748_109,
        founded: Some(-753),
        tags: vec!["capital".into(), "river \"Tiber\"".into()],
        grid: [[1, 2], [3, 4]],
        twin: None,
        code: ['R', 'M'],
    };
    let std = twin::City {
        name: "Paris".into(),
        population: 2_102_650,
        founded: None,
        tags: vec!["capital".into()],
        grid: [[0; 2]; 2],
        twin: Some(std::boxed::Box::new(rome)),
        code: ['P', 'A'],
    };
    shown_alike(&*image, &std);
    assert_eq!(json(&*image), json(&std));
    assert_eq!(serde_json::to_value(&*image).unwrap(), serde_json::to_value(&std).unwrap());
    let copy = Image::<City>::new(DeepCopy(&*image)).unwrap();
    assert!(*copy == *image && copy.cmp(&image) == Ordering::Equal);
    let twin = image.twin.as_deref().unwrap();
    assert_eq!(image.cmp(twin), std.cmp(std.twin.as_deref().unwrap()));
    assert_ne!(*image, *twin);
}

proptest! {
    /// Order and hash of strings and of vectors of strings agree with std's, so that either can be looked up by the other.
    #[test]
    fn order_and_hash_agree_with_std(a in prop::collection::vec(".{0,8}", 0..4), b in prop::collection::vec(".{0,8}", 0..4)) {
        let image_a = Image::<Vec<String>>::new(&a).unwrap();
        let image_b = Image::<Vec<String>>::new(&b).unwrap();
        prop_assert_eq!(image_a.cmp(&image_b), a.cmp(&b));
        prop_assert_eq!(image_a.partial_cmp(&image_b), a.partial_cmp(&b));
        prop_assert_eq!(*image_a == *image_b, a == b);
        prop_assert_eq!(hash(&*image_a), hash(&a));
        for (offset, std) in image_a.iter().zip(&a) {
            prop_assert_eq!(hash(offset), hash(std));
            prop_assert!(found_by(ByRef(offset), std.as_str()));
        }
        let sorted: BTreeSet<&str> = image_a.iter().map(|text| text.as_str()).collect();
        prop_assert_eq!(sorted, a.iter().map(StdString::as_str).collect::<BTreeSet<_>>());
    }
}

/// A key that hashes as the string it refers to.
#[derive(PartialEq, Eq, Hash)]
struct ByRef<'a>(&'a String);

impl Borrow<str> for ByRef<'_> {
    fn borrow(&self) -> &str {
        self.0.borrow()
    }
}

fn shown(value: &impl Display) -> StdString {
    format!("{value:>12}|{value:<12}|{value:.2}")
}

#[test]
fn boxes_and_strings_are_shown_with_width_and_precision() {
    let image = Image::<Box<String>>::new(Boxed("wide")).unwrap();
    assert_eq!((shown(&*image), shown(&**image)), (shown(&"wide"), shown(&"wide")));
    let number = Image::<Box<f64>>::new(1.25).unwrap();
    assert_eq!(shown(&*number), shown(&1.25));
}

#[test]
fn a_collection_of_std_becomes_a_vector() {
    use std::collections::{BinaryHeap, LinkedList, VecDeque};
    let expected = [1u8, 2, 3];
    let of = |image: offset_std::Result<Image<Vec<u8>>>| image.unwrap().to_vec();
    assert_eq!(of(Image::new(expected)), expected);
    assert_eq!(of(Image::new(&expected)), expected);
    assert_eq!(of(Image::new(&expected[..])), expected);
    assert_eq!(of(Image::new(StdVec::from(expected))), expected);
    assert_eq!(of(Image::new(&StdVec::from(expected))), expected);
    assert_eq!(of(Image::new(VecDeque::from(expected))), expected);
    assert_eq!(of(Image::new(&VecDeque::from(expected))), expected);
    assert_eq!(of(Image::new(LinkedList::from(expected))), expected);
    assert_eq!(of(Image::new(BTreeSet::from(expected))), expected);
    assert_eq!(of(Image::new(&BTreeSet::from(expected))), expected);
    assert_eq!(of(Image::new(expected.iter())), expected);
    assert_eq!(of(Image::new(from_iter(expected.iter().rev().rev()))), expected);
    let mut heap = of(Image::new(BinaryHeap::from(expected)));
    heap.sort_unstable();
    assert_eq!(heap, expected);
    let mut set = of(Image::new(HashSet::from(expected)));
    set.sort_unstable();
    assert_eq!(set, expected);
    assert!(of(Image::new(Empty)).is_empty());
}
