//! One of each std type that has a twin, with random values.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::marker::PhantomData;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::num::{NonZeroI8, NonZeroIsize, NonZeroU32, NonZeroUsize};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use offset_std::prelude::*;
use offset_std::{Mapped, Region, StableHash, twin};
use proptest::collection as some;
use proptest::option::of as maybe;
use proptest::prelude::*;

use crate::attack::{Temporary, check_no_leak};

#[derive(Relocatable, Clone, Debug, PartialEq)]
#[relocatable(std, derive(Debug, PartialEq))]
struct Numbers {
    u8: u8,
    u64: u64,
    i128: i128,
    f64: f64,
    bool: bool,
    char: char,
    usize: usize,
    isize: isize,
    non_zero: NonZeroU32,
    maybe_non_zero: Option<NonZeroI8>,
    sizes: (NonZeroUsize, Option<NonZeroIsize>, Vec<usize>),
    arrays: ([u8; 5], [[f32; 2]; 3], [Option<u16>; 2]),
}

#[derive(Relocatable, Clone, Debug, PartialEq)]
#[relocatable(std, derive(Debug, PartialEq))]
struct Texts<'a> {
    string: String,
    boxed: Box<str>,
    rc: Rc<str>,
    arc: Arc<str>,
    cow: Cow<'a, str>,
    maybe: Option<String>,
}

#[derive(Relocatable, Clone, Debug, PartialEq)]
#[relocatable(std, derive(Debug, PartialEq))]
struct Leaves {
    duration: Duration,
    time: SystemTime,
    v4: Ipv4Addr,
    v6: Option<Ipv6Addr>,
    nothing: (),
    marker: PhantomData<Vec<usize>>,
    one: (u8,),
    six: (u8, String, bool, char, Option<Box<u8>>, [u8; 2]),
}

/// A key of the user's own.
#[derive(Relocatable, Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, StableHash)]
#[relocatable(std, derive(Debug, PartialEq, Eq, PartialOrd, Ord, StableHash))]
enum Id {
    Number(usize),
    Name { first: String, last: String },
}

#[derive(Relocatable, Clone, Debug, PartialEq)]
#[relocatable(std, derive(Debug, PartialEq))]
struct Keyed {
    hash: HashMap<Id, Vec<String>>,
    tree: BTreeMap<(String, u32), Option<Id>>,
    hash_set: HashSet<Vec<u8>>,
    tree_set: BTreeSet<Id>,
    nested: BTreeMap<char, HashMap<u16, BTreeSet<String>>>,
}

#[derive(Relocatable, Clone, Debug, PartialEq)]
#[relocatable(std, derive(Debug, PartialEq))]
#[allow(clippy::vec_box, clippy::box_collection, reason = "what is there must be boxed too")]
struct Sequences<'a> {
    plain: Vec<u64>,
    texts: Vec<String>,
    slice: Box<[Id]>,
    cow: Cow<'a, [u32]>,
    list: LinkedList<Option<String>>,
    deque: VecDeque<(String, u8)>,
    boxes: Vec<Box<Id>>,
    options: Vec<Option<Box<String>>>,
    deep: Option<Option<Option<Box<u8>>>>,
}

#[derive(Relocatable, Clone, Debug, PartialEq)]
#[relocatable(std, derive(Debug, PartialEq))]
struct Everything<'a> {
    numbers: Numbers,
    texts: Texts<'a>,
    leaves: Leaves,
    keyed: Keyed,
    sequences: Sequences<'a>,
}

fn numbers() -> impl Strategy<Value = Numbers> {
    let one = (any::<u8>(), any::<u64>(), any::<i128>(), -1e9..1e9, any::<bool>(), any::<char>());
    let two = (any::<usize>(), any::<isize>(), any::<NonZeroU32>(), maybe(any::<NonZeroI8>()));
    let sizes = (any::<NonZeroUsize>(), maybe(any::<NonZeroIsize>()), some::vec(any::<usize>(), 0..5));
    let arrays = (
        any::<[u8; 5]>(),
        [[-1f32..1.0, -1f32..1.0], [-1f32..1.0, -1f32..1.0], [-1f32..1.0, -1f32..1.0]],
        any::<[Option<u16>; 2]>(),
    );
    (one, two, sizes, arrays).prop_map(|(one, two, sizes, arrays)| {
        let (u8, u64, i128, f64, bool, char) = one;
        let (usize, isize, non_zero, maybe_non_zero) = two;
        Numbers { u8, u64, i128, f64, bool, char, usize, isize, non_zero, maybe_non_zero, sizes, arrays }
    })
}

fn text() -> impl Strategy<Value = String> {
    "[a-zé]{0,12}"
}

fn texts() -> impl Strategy<Value = Texts<'static>> {
    (text(), text(), text(), text(), text(), maybe(text())).prop_map(|(string, boxed, rc, arc, cow, maybe)| Texts {
        string,
        boxed: boxed.into(),
        rc: rc.into(),
        arc: arc.into(),
        cow: Cow::Owned(cow),
        maybe,
    })
}

fn leaves() -> impl Strategy<Value = Leaves> {
    let times = (any::<Duration>(), any::<SystemTime>(), any::<Ipv4Addr>(), maybe(any::<Ipv6Addr>()));
    let six =
        (any::<u8>(), text(), any::<bool>(), any::<char>(), maybe(any::<u8>().prop_map(Box::new)), any::<[u8; 2]>());
    (times, any::<(u8,)>(), six).prop_map(|((duration, time, v4, v6), one, six)| Leaves {
        duration,
        time,
        v4,
        v6,
        nothing: (),
        marker: PhantomData,
        one,
        six,
    })
}

fn id() -> impl Strategy<Value = Id> {
    prop_oneof![
        any::<usize>().prop_map(Id::Number),
        (text(), text()).prop_map(|(first, last)| Id::Name { first, last })
    ]
}

fn keyed() -> impl Strategy<Value = Keyed> {
    let hash = some::hash_map(id(), some::vec(text(), 0..3), 0..20);
    let tree = some::btree_map((text(), any::<u32>()), maybe(id()), 0..40);
    let sets = (some::hash_set(any::<Vec<u8>>(), 0..10), some::btree_set(id(), 0..40));
    let inner = some::hash_map(any::<u16>(), some::btree_set(text(), 0..4), 0..3);
    (hash, tree, sets, some::btree_map(any::<char>(), inner, 0..3))
        .prop_map(|(hash, tree, (hash_set, tree_set), nested)| Keyed { hash, tree, hash_set, tree_set, nested })
}

fn sequences() -> impl Strategy<Value = Sequences<'static>> {
    let plain = (some::vec(any::<u64>(), 0..9), some::vec(any::<u32>(), 0..9));
    let texts =
        (some::vec(text(), 0..5), some::linked_list(maybe(text()), 0..5), some::vec_deque((text(), any::<u8>()), 0..9));
    let boxed = (
        some::vec(id(), 0..5),
        some::vec(id().prop_map(Box::new), 0..5),
        some::vec(maybe(text().prop_map(Box::new)), 0..5),
    );
    let deep = maybe(maybe(maybe(any::<u8>().prop_map(Box::new))));
    (plain, texts, boxed, deep).prop_map(|((plain, cow), (texts, list, deque), (slice, boxes, options), deep)| {
        Sequences { plain, texts, slice: slice.into(), cow: Cow::Owned(cow), list, deque, boxes, options, deep }
    })
}

fn everything() -> impl Strategy<Value = Everything<'static>> {
    (numbers(), texts(), leaves(), keyed(), sequences())
        .prop_map(|(numbers, texts, leaves, keyed, sequences)| Everything { numbers, texts, leaves, keyed, sequences })
}

/// Equal both ways, and the same when it comes back.
#[track_caller]
fn check<'a>(std: &Everything<'a>, twin: &EverythingTwin) {
    assert!(std == twin, "{std:?}\n{twin:?}");
    assert!(twin == std, "{std:?}\n{twin:?}");
    assert_eq!(twin.to_std(), *std);
    assert_eq!(twin.try_to_std().unwrap(), *std);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn there_and_back(std in everything(), other in everything()) {
        let mut image = Image::<EverythingTwin>::new(&std).unwrap();
        check(&std, &image);
        check(&std, &check_no_leak(&image));

        let file = Temporary::new();
        image.save(&file).unwrap();
        // SAFETY: the file is this test's own.
        check(&std, &unsafe { Mapped::<EverythingTwin>::map(&file) }.unwrap());

        // By value, in a box, in a region of a shared space, and over another value.
        let region = Region::new();
        let twins = region.alloc::<offset_std::Vec<offset_std::Box<EverythingTwin>>, _>([&std, &other]);
        check(&std, &twins[0]);
        check(&other, &twins[1]);
        assert_eq!(std == other, *twins[0] == *twins[1]);
        image.root_mut().set(other.clone());
        check(&other, &image);
        assert_eq!(*image == std, other == std);
        check_no_leak(&image);
    }

    #[test]
    fn heaps_are_there_and_back(std in some::binary_heap((id(), any::<u8>()), 0..40)) {
        type Std = BinaryHeap<(Id, u8)>;
        let mut image = Image::<offset_std::BinaryHeap<twin::Tuple2<IdTwin, u8>>>::new(twin::from_std(&std)).unwrap();
        let mut back: Std = twin::to_std(&*image);
        assert!(<Std as twin::Twin>::equals(&back, &image) && <Std as twin::Twin>::equals(&std, &image));
        assert_eq!(back.clone().into_sorted_vec(), std.into_sorted_vec());
        assert_eq!(back.peek().is_some_and(|most| image.peek().unwrap() == most), !back.is_empty());
        if back.pop().is_some() {
            assert!(!<Std as twin::Twin>::equals(&back, &image));
            drop(image.edit().pop());
            assert!(<Std as twin::Twin>::equals(&back, &image));
        }
    }

    #[test]
    fn keys_are_found_by_their_std_values(std in keyed()) {
        let image = Image::<KeyedTwin>::new(&std).unwrap();
        for (id, names) in &std.hash {
            assert_eq!(image.hash.get(id).unwrap(), names);
        }
        for value in &std.hash_set {
            assert!(image.hash_set.contains(value));
        }
        assert!(image.hash.is_well_placed() && image.hash_set.len() == std.hash_set.len());
        assert!(image.tree_set.iter().zip(&std.tree_set).all(|(twin, std)| *twin == *std));
        assert!(image.tree.keys().zip(std.tree.keys()).all(|(twin, std)| *twin == *std));
    }
}

/// Each field on its own: a difference anywhere is one of the whole.
#[test]
fn every_field_is_compared() {
    let std = Leaves {
        duration: Duration::from_nanos(1),
        time: SystemTime::UNIX_EPOCH,
        v4: Ipv4Addr::LOCALHOST,
        v6: None,
        nothing: (),
        marker: PhantomData,
        one: (1,),
        six: (1, "a".into(), true, 'a', None, [1, 2]),
    };
    let changes: &[fn(&mut Leaves)] = &[
        |leaves| leaves.duration = Duration::from_nanos(2),
        |leaves| leaves.time += Duration::from_nanos(1),
        |leaves| leaves.v4 = Ipv4Addr::BROADCAST,
        |leaves| leaves.v6 = Some(Ipv6Addr::LOCALHOST),
        |leaves| leaves.one.0 = 2,
        |leaves| leaves.six.0 = 2,
        |leaves| leaves.six.1.push('b'),
        |leaves| leaves.six.2 = false,
        |leaves| leaves.six.3 = 'b',
        |leaves| leaves.six.4 = Some(Box::new(1)),
        |leaves| leaves.six.5[1] = 3,
    ];
    let image = Image::<LeavesTwin>::new(&std).unwrap();
    assert!(*image == std);
    for change in changes {
        let mut changed = std.clone();
        change(&mut changed);
        assert!(*image != changed);
        assert!(changed != *image);
    }
}

#[test]
fn what_is_in_the_region_is_what_one_would_write() {
    let id = Id::Number(7);
    let keyed = Keyed {
        hash: [(id.clone(), vec!["seven".into()])].into(),
        tree: [(("a".into(), 1), None)].into(),
        hash_set: HashSet::new(),
        tree_set: [id].into(),
        nested: BTreeMap::new(),
    };
    let mut image = Image::<KeyedTwin>::new(keyed).unwrap();
    let hash: &offset_std::HashMap<IdTwin, offset_std::Vec<offset_std::String>> = &image.hash;
    assert_eq!(hash[&Id::Number(7)], ["seven"]);
    let tree: &offset_std::BTreeMap<twin::Tuple2<offset_std::String, u32>, Maybe<IdTwin>> = &image.tree;
    assert_eq!(tree.first_key_value().unwrap().0, &("a", 1));

    // It is edited like any other, with literals and with std values.
    let KeyedTwinMut { mut hash, mut hash_set, .. } = image.edit();
    hash.get_mut(&Id::Number(7)).unwrap().push("sept");
    hash.insert(Id::Number(8), ["huit"]);
    hash_set.insert([1u8, 2]);
    assert_eq!(image.to_std().hash[&Id::Number(8)], ["huit"]);
    assert_eq!(image.hash[&Id::Number(7)], ["seven", "sept"]);
    assert_eq!(size_of::<SequencesTwin>(), 8 * 8 + 12);
}

/// The order of keys that `BTreeMap`s of this process have may be another one than that of their twins.
#[derive(Relocatable, Clone, Debug, PartialEq, Eq)]
#[relocatable(std, derive(Debug, PartialEq, Eq, PartialOrd, Ord))]
struct Backwards(u32);

impl PartialOrd for Backwards {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Backwards {
    fn cmp(&self, other: &Self) -> Ordering {
        other.0.cmp(&self.0)
    }
}

#[test]
fn keys_with_another_order_than_their_twins_are_found_in_both() {
    type Std = BTreeMap<Backwards, u32>;
    let std: Std = (0..1000).map(|n| (Backwards(n), n)).collect();
    let mut image = Image::<offset_std::BTreeMap<BackwardsTwin, u32>>::new(twin::from_std(&std)).unwrap();
    assert!(image.iter().map(|(_, value)| *value).eq(0..1000));
    assert!(<Std as twin::Twin>::equals(&std, &image));
    assert_eq!(twin::to_std::<Std>(&image), std);
    image.edit().pop_first();
    assert!(!<Std as twin::Twin>::equals(&std, &image));
}
