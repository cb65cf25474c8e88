//! `offset_std::HashMap` and `HashSet` against std's: random sequences of calls, compared after each, with saving, loading and mapping among them.

use std::collections::HashMap as StdMap;
use std::fmt::Debug;
use std::hash::Hash;

use offset_std::hash_map::Entry;
use offset_std::prelude::*;
use offset_std::{Equivalent, HashMap, Seeded, StableHash, StableHasher, String, Vec};
use proptest::prelude::*;

mod attack;
#[path = "model_hash_map/chaos.rs"]
mod chaos;
#[path = "model_hash_map/hostile.rs"]
mod hostile;
#[path = "model_hash_map/limits.rs"]
mod limits;

use attack::check_no_leak;

type StdString = std::string::String;

/// The root: two maps, so that entries can go from one to the other.
#[derive(Relocatable, Debug)]
#[repr(C)]
struct Pair<K: StableHash + Eq, V> {
    map: HashMap<K, V>,
    spare: HashMap<K, V>,
}

impl<K: StableHash + Eq, V: PartialEq> PartialEq for Pair<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.map == other.map && self.spare == other.spare
    }
}

/// A key or a value, with a std type that models it and builds it.
trait Part: Portable + StableHash + Eq + Debug + 'static {
    type Model: Clone + Eq + Hash + Debug + StableHash + Equivalent<Self> + Emplace<Self> + 'static;
    fn model(&self) -> Self::Model;
    fn strategy() -> BoxedStrategy<Self::Model>;
}

macro_rules! numbers {
    ($($type:ty: $range:expr;)*) => {$(
        impl Part for $type {
            type Model = $type;
            fn model(&self) -> $type {
                *self
            }
            fn strategy() -> BoxedStrategy<$type> {
                ($range).boxed()
            }
        }
    )*};
}
numbers! {
    u8: any::<u8>();
    u32: 0u32..100;
    u64: 0u64..3000;
}

impl Part for String {
    type Model = StdString;
    fn model(&self) -> StdString {
        StdString::from(self)
    }
    fn strategy() -> BoxedStrategy<StdString> {
        prop_oneof!["[a-d]{0,3}", "[a-zäß€]{0,20}"].boxed()
    }
}

impl Part for Vec<u16> {
    type Model = std::vec::Vec<u16>;
    fn model(&self) -> std::vec::Vec<u16> {
        self.to_vec()
    }
    fn strategy() -> BoxedStrategy<std::vec::Vec<u16>> {
        prop::collection::vec(0u16..4, 0..4).boxed()
    }
}

/// Padding inside, and a cache line for each.
#[derive(Relocatable, StableHash, Debug, PartialEq, Eq)]
#[repr(C, align(64))]
struct Wide {
    small: u8,
    text: String,
}

/// Builds one, and is a key itself.
#[derive(Clone, PartialEq, Eq, Hash, Debug, StableHash)]
struct WideModel(u8, StdString);

impl PartialEq<Wide> for WideModel {
    fn eq(&self, other: &Wide) -> bool {
        self.0 == other.small && self.1 == other.text
    }
}

impl Emplace<Wide> for WideModel {
    fn emplace<'s>(self, slot: offset_std::Slot<'s, Wide>) -> offset_std::Result<offset_std::Filled<'s, Wide>> {
        slot.build(WideInit { small: self.0, text: self.1 })
    }
}

impl Part for Wide {
    type Model = WideModel;
    fn model(&self) -> WideModel {
        assert_eq!(std::ptr::from_ref(self).addr() % 64, 0);
        WideModel(self.small, StdString::from(&self.text))
    }
    fn strategy() -> BoxedStrategy<WideModel> {
        (0u8..30, "[a-z]{0,10}").prop_map(|(small, text)| WideModel(small, text)).boxed()
    }
}

/// No bytes at all.
#[derive(Relocatable, StableHash, Debug, PartialEq, Eq)]
#[repr(C)]
struct Nothing;

#[derive(Clone, PartialEq, Eq, Hash, Debug, StableHash)]
struct NothingModel;

impl PartialEq<Nothing> for NothingModel {
    fn eq(&self, _: &Nothing) -> bool {
        true
    }
}

impl Emplace<Nothing> for NothingModel {
    fn emplace<'s>(self, slot: offset_std::Slot<'s, Nothing>) -> offset_std::Result<offset_std::Filled<'s, Nothing>> {
        slot.build(NothingInit)
    }
}

impl Part for Nothing {
    type Model = NothingModel;
    fn model(&self) -> NothingModel {
        NothingModel
    }
    fn strategy() -> BoxedStrategy<NothingModel> {
        Just(NothingModel).boxed()
    }
}

#[derive(Clone, Debug)]
enum Op<K, V> {
    Insert(K, V),
    InsertMany(std::vec::Vec<(K, V)>),
    TryExtend(std::vec::Vec<(K, V)>),
    Remove(K),
    RemoveEntryToSpare(K),
    OrInsert(K, V),
    AndModify(K, V),
    EntryMatch(K, V, bool),
    GetMut(K, V),
    Get(std::vec::Vec<K>),
    IterMut(u64, V),
    Retain(u64),
    Drain(u64),
    Clear,
    Reserve(usize),
    ReserveExact(usize),
    ShrinkToFit,
    Set(std::vec::Vec<(K, V)>),
    SetSpareFromStd(std::vec::Vec<(K, V)>),
    Swap,
    Copy,
    SaveAndLoad,
    SaveAndMap,
}

fn op<K: Clone + Debug + 'static, V: Clone + Debug + 'static>(
    key: BoxedStrategy<K>,
    value: BoxedStrategy<V>,
) -> BoxedStrategy<Op<K, V>> {
    let pair = || (key.clone(), value.clone());
    let many = |most: usize| prop::collection::vec((key.clone(), value.clone()), 0..most);
    let bits = any::<u64>;
    prop_oneof![
        20 => pair().prop_map(|(key, value)| Op::Insert(key, value)),
        3 => many(40).prop_map(Op::InsertMany),
        1 => many(1200).prop_map(Op::InsertMany),
        2 => many(30).prop_map(Op::TryExtend),
        12 => key.clone().prop_map(Op::Remove),
        4 => key.clone().prop_map(Op::RemoveEntryToSpare),
        4 => pair().prop_map(|(key, value)| Op::OrInsert(key, value)),
        3 => pair().prop_map(|(key, value)| Op::AndModify(key, value)),
        4 => (pair(), any::<bool>()).prop_map(|((key, value), remove)| Op::EntryMatch(key, value, remove)),
        3 => pair().prop_map(|(key, value)| Op::GetMut(key, value)),
        2 => prop::collection::vec(key.clone(), 0..70).prop_map(Op::Get),
        1 => (bits(), value.clone()).prop_map(|(bits, value)| Op::IterMut(bits, value)),
        2 => bits().prop_map(Op::Retain),
        1 => bits().prop_map(Op::Drain),
        1 => Just(Op::Clear),
        1 => (0usize..300).prop_map(Op::Reserve),
        1 => (0usize..300).prop_map(Op::ReserveExact),
        2 => Just(Op::ShrinkToFit),
        1 => many(60).prop_map(Op::Set),
        1 => many(60).prop_map(Op::SetSpareFromStd),
        1 => Just(Op::Swap),
        1 => Just(Op::Copy),
        2 => Just(Op::SaveAndLoad),
        1 => Just(Op::SaveAndMap),
    ]
    .boxed()
}

/// Whether a call that is asked about a key says yes.
fn chosen<K: StableHash>(bits: u64, key: &K) -> bool {
    bits >> (StableHasher::hash_one(key, 1) % 64) & 1 == 1
}

struct State<K: Part, V: Part> {
    image: Image<Pair<K, V>>,
    map: StdMap<K::Model, V::Model>,
    spare: StdMap<K::Model, V::Model>,
}

impl<K: Part, V: Part> State<K, V> {
    fn apply(&mut self, op: &Op<K::Model, V::Model>) {
        let mut root = self.image.edit();
        let (map, model) = (&mut root.map, &mut self.map);
        match op {
            Op::Insert(key, value) => {
                let before = map.insert(key.clone(), value.clone()).map(|popped| popped.model());
                assert_eq!(before, model.insert(key.clone(), value.clone()));
            }
            Op::InsertMany(pairs) => {
                map.extend(pairs.iter().cloned());
                model.extend(pairs.iter().cloned());
            }
            Op::TryExtend(pairs) => {
                map.try_extend(pairs.iter().cloned()).unwrap();
                model.extend(pairs.iter().cloned());
            }
            Op::Remove(key) => {
                assert_eq!(map.remove(key).map(|popped| popped.model()), model.remove(key));
            }
            Op::RemoveEntryToSpare(key) => {
                let removed = map.remove_entry(key);
                assert_eq!(removed.is_some(), model.contains_key(key));
                if let Some((_, value)) = removed {
                    drop(root.spare.insert(key.clone(), value));
                }
                model.remove(key).into_iter().for_each(|value| drop(self.spare.insert(key.clone(), value)));
            }
            Op::OrInsert(key, value) => {
                map.entry(key.clone()).or_insert(value.clone());
                model.entry(key.clone()).or_insert(value.clone());
            }
            Op::AndModify(key, value) => {
                let entry = map.entry(key.clone()).and_modify(|place| place.set(value.clone()));
                let occupied = matches!(entry, Entry::Occupied(_));
                assert_eq!(occupied, model.contains_key(key));
                model.entry(key.clone()).and_modify(|place| place.clone_from(value));
            }
            Op::EntryMatch(key, value, remove) => match map.entry(key.clone()) {
                Entry::Occupied(entry) if *remove => assert_eq!(Some(entry.remove().model()), model.remove(key)),
                Entry::Occupied(mut entry) => {
                    assert_eq!((entry.key().model(), entry.get().model()), (key.clone(), model[key].clone()));
                    let before = entry.insert(value.clone()).model();
                    assert_eq!(Some(before), model.insert(key.clone(), value.clone()));
                }
                Entry::Vacant(entry) => {
                    assert_eq!(entry.key(), key);
                    entry.insert(value.clone());
                    assert!(model.insert(key.clone(), value.clone()).is_none());
                }
            },
            Op::GetMut(key, value) => {
                assert_eq!(map.get_mut(key).is_some(), model.contains_key(key));
                map.entry(key.clone()).and_modify(|place| place.set(value.clone()));
                model.entry(key.clone()).and_modify(|place| place.clone_from(value));
            }
            Op::Get(keys) => {
                let many: std::vec::Vec<_> = map.get_many(keys).map(|found| found.map(V::model)).collect();
                let expected: std::vec::Vec<_> = keys.iter().map(|key| model.get(key).cloned()).collect();
                assert_eq!(many, expected);
                for (key, expected) in keys.iter().zip(expected) {
                    assert_eq!(map.get(key).map(V::model), expected);
                    assert_eq!(map.contains_key(key), expected.is_some());
                    assert_eq!(map.get_key_value(key).map(|(key, _)| key.model()), expected.map(|_| key.clone()));
                }
            }
            Op::IterMut(bits, value) => {
                assert_eq!(map.iter_mut().len(), model.len());
                map.retain(|key, place| {
                    if chosen(*bits, key) {
                        place.set(value.clone());
                    }
                    true
                });
                model.iter_mut().filter(|(key, _)| chosen(*bits, *key)).for_each(|(_, place)| place.clone_from(value));
            }
            Op::Retain(bits) => {
                map.retain(|key, _| chosen(*bits, key));
                model.retain(|key, _| chosen(*bits, key));
            }
            Op::Drain(bits) => {
                let spare = &mut root.spare;
                map.drain(|key, value| {
                    if chosen(*bits, &*key) {
                        drop(spare.insert(key.model(), value));
                    }
                });
                self.spare.extend(model.drain().filter(|(key, _)| chosen(*bits, key)));
            }
            Op::Clear => {
                let capacity = map.capacity();
                map.clear();
                assert_eq!(map.capacity(), capacity);
                model.clear();
            }
            Op::Reserve(extra) => {
                map.reserve(*extra);
                assert!(map.capacity() >= model.len() + extra);
            }
            Op::ReserveExact(extra) => {
                map.try_reserve_exact(*extra).unwrap();
                assert!(map.capacity() >= model.len() + extra);
            }
            Op::ShrinkToFit => {
                map.shrink_to_fit();
                assert!(map.capacity() <= 15 || map.capacity() < model.len() + 14 * 32);
            }
            Op::Set(pairs) => {
                map.set(pairs.clone());
                *model = pairs.iter().cloned().collect();
            }
            Op::SetSpareFromStd(pairs) => {
                self.spare = pairs.iter().cloned().collect();
                root.spare.set(Seeded(9, self.spare.clone()));
                assert_eq!(root.spare.seed(), 9);
            }
            Op::Swap => {
                map.swap_with(&mut root.spare);
                std::mem::swap(model, &mut self.spare);
            }
            Op::Copy => {
                let copy = Image::<HashMap<K, V>>::new(DeepCopy(map.as_map())).unwrap();
                assert!(*copy == *map.as_map() && copy.is_well_placed());
                map.set(DeepCopy(&*copy));
            }
            Op::SaveAndLoad => self.image = check_no_leak(&self.image),
            Op::SaveAndMap => drop(attack::check(&self.image)),
        }
    }

    fn compare(&self) {
        for (map, model) in [(&self.image.map, &self.map), (&self.image.spare, &self.spare)] {
            assert_eq!(map.len(), model.len());
            assert_eq!(map.is_empty(), model.is_empty());
            assert!(map.is_well_placed());
            let found: StdMap<_, _> = map.iter().map(|(key, value)| (key.model(), value.model())).collect();
            assert_eq!(found, *model);
            assert_eq!((map.keys().count(), map.values().count()), (map.len(), map.len()));
        }
    }
}

fn run<K: Part, V: Part>(ops: &[Op<K::Model, V::Model>]) {
    let empty = PairInit { map: Seeded(3, Empty), spare: Empty };
    let image = Image::<Pair<K, V>>::new(empty).unwrap();
    let fresh = image.usage().allocated;
    let mut state = State { image, map: StdMap::new(), spare: StdMap::new() };
    for op in ops {
        state.apply(op);
        state.compare();
    }
    check_no_leak(&state.image);
    let mut root = state.image.edit();
    for map in [&mut root.map, &mut root.spare] {
        map.clear();
        map.shrink_to_fit();
    }
    assert_eq!(state.image.usage().allocated, fresh, "something leaked");
}

macro_rules! model {
    ($($name:ident: $key:ty, $value:ty;)*) => {$(
        proptest! {
            #![proptest_config(ProptestConfig::with_cases(50))]
            #[test]
            fn $name(ops in prop::collection::vec(op(<$key>::strategy(), <$value>::strategy()), 1..120)) {
                run::<$key, $value>(&ops);
            }
        }
    )*};
}

model! {
    a_map_of_bytes_is_like_std: u8, u8;
    a_map_of_numbers_is_like_std: u64, u64;
    a_map_of_numbers_to_texts_is_like_std: u32, String;
    a_map_of_texts_is_like_std: String, u64;
    a_map_of_texts_to_vectors_is_like_std: String, Vec<u16>;
    a_map_of_wide_keys_is_like_std: Wide, u8;
    a_map_to_nothing_is_like_std: u64, Nothing;
    a_map_of_nothing_is_like_std: Nothing, Nothing;
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
fn large_tables_of_small_entries_have_their_places_behind_the_control_bytes_of_a_block() {
    // Groups of such entries end with padding: the places of the last ones of a block lie before where the groups would.
    let image = Image::<HashMap<u32, Nothing>>::new(from_iter((0..5000u32).map(|n| (n, NothingModel)))).unwrap();
    assert!((0..5000).all(|n| image.contains_key(&n)));
    check_no_leak(&image);
    let image = Image::<HashMap<u8, u16>>::new(from_iter((0..=255u8).map(|n| (n, u16::from(n))))).unwrap();
    assert!((0..=255).all(|n| image[&n] == u16::from(n)));
    let image = Image::<HashMap<u16, u8>>::new(from_iter((0..5000u16).map(|n| (n, n as u8)))).unwrap();
    assert!((0..5000).all(|n| image[&n] == n as u8));
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

#[test]
fn a_set_is_like_std() {
    use offset_std::HashSet;
    use std::collections::HashSet as StdSet;
    let mut image = Image::<HashSet<String>>::new(Seeded(1, ["a", "b", "a"])).unwrap();
    let mut model = StdSet::from(["a".to_owned(), "b".to_owned()]);
    assert_eq!(*image, model);
    let mut random = 1u64;
    for round in 0..3000 {
        random = random.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
        let word = format!("{}", random >> 55);
        let mut set = image.edit();
        match random >> 33 & 7 {
            0..4 => assert_eq!(set.insert(word.clone()), model.insert(word)),
            4 => assert_eq!(set.take(&word).map(|popped| popped.to_string()), model.take(&word)),
            _ => assert_eq!(set.remove(&word), model.remove(&word)),
        }
        match round % 500 {
            100 => {
                set.retain(|word| word.len() < 3);
                model.retain(|word| word.len() < 3);
            }
            200 => set.shrink_to_fit(),
            300 => {
                let mut drained = 0;
                set.drain(|word| drained += usize::from(model.remove(&*word.to_string())));
                assert!(model.is_empty() && drained > 0);
            }
            400 => {
                set.try_extend(["x", "y"]).unwrap();
                model.extend(["x".to_owned(), "y".to_owned()]);
            }
            _ => {}
        }
        assert_eq!(*image, model);
        assert_eq!(model, *image);
    }
    assert!(image.is_well_placed());
    let copy = check_no_leak(&image);
    assert!(copy.is_subset(&image) && copy.is_superset(&image) && !copy.is_disjoint(&image));
    for built in [
        Image::<HashSet<String>>::new(&model).unwrap(),
        Image::new(from_iter(model.iter().map(|word| &**word))).unwrap(),
    ] {
        assert!(*built == *image);
    }
    let json: StdSet<StdString> = serde_json::from_value(serde_json::to_value(&*image).unwrap()).unwrap();
    assert_eq!(json, model);
    assert_eq!(image.iter().len(), image.len());
    let numbers = Image::<HashSet<u64>>::new([1, 2, 3]).unwrap();
    // Three elements of eight bytes, and their control bytes.
    assert_eq!(numbers.usage().allocated, 24 + 32 + 3 * 8 + 8);
}

mod shared {
    use super::*;
    static_assertions::assert_impl_all!(HashMap<String, u64>: Send, Sync);
    static_assertions::assert_impl_all!(offset_std::hash_map::Iter<'static, String, u64>: Send, Sync);
    static_assertions::assert_not_impl_any!(offset_std::HashMapMut<'static, String, u64>: Send, Sync);
    static_assertions::assert_not_impl_any!(HashMap<u64, u64>: Clone, Default);
}
