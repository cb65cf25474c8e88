//! `offset_std::BTreeMap` against `std::collections::BTreeMap`: random sequences of calls, compared after each, with saving, loading and mapping among them.
//!
//! In modules: order and initialisers that panic, lie and fail; images without room; files that were forged.

use std::collections::BTreeMap as StdMap;
use std::fmt::Debug;
use std::ops::Bound;

use offset_std::prelude::*;
use offset_std::{BTreeMap, Comparable, btree_map::Entry};
use proptest::prelude::*;
use proptest::sample::Index;
use tests::Scratch;

mod attack;
#[path = "model_btree_map/hostile.rs"]
mod hostile;
#[path = "model_btree_map/order.rs"]
mod order;
#[path = "model_btree_map/room.rs"]
mod room;

#[path = "model_vec/elements.rs"]
#[allow(dead_code, reason = "the vectors' tests use more of it")]
mod elements;

use elements::{Build, Element, rank};

/// The root: two maps, so that entries can go from one to the other.
#[derive(Relocatable)]
#[repr(C)]
struct Pair<K, V> {
    map: BTreeMap<K, V>,
    spare: BTreeMap<K, V>,
}

/// A key that is sought, as its model.
struct Sought<K: Element>(K::Model);

impl<K: Element> Comparable<K> for Sought<K> {
    fn compare(&self, key: &K) -> std::cmp::Ordering {
        self.0.cmp(&key.model())
    }
}

impl<K: Element> Emplace<K> for Sought<K> {
    fn emplace<'s>(self, slot: offset_std::Slot<'s, K>) -> Result<offset_std::Filled<'s, K>, offset_std::Error> {
        slot.build(Build::<K>(self.0))
    }
}

type Pairs<K, V> = std::vec::Vec<(K, V)>;

#[derive(Clone, Debug)]
enum Op<K, V> {
    Insert(K, V),
    InsertMany(Pairs<K, V>),
    ByOwnKey(Index, V),
    Remove(K),
    RemoveOne(Index),
    RemoveMany(Index, usize),
    RemoveEntry(Index),
    PopFirst,
    PopLast,
    GetMut(K, V),
    EntryOrInsert(K, V),
    EntryModify(K, V, V),
    EntryRemove(K),
    Range(Bound<K>, Bound<K>),
    RangeMut(Bound<K>, Bound<K>, V),
    IterMut(u64, V),
    ValuesMut(u64, V),
    BothEnds(u64),
    Retain(u64, u64, V),
    SplitOff(K),
    AppendSpare,
    SwapWithSpare,
    SetSpare(Pairs<K, V>),
    CopySpare,
    Clear,
    SaveAndLoad,
    SaveAndMap,
}

fn op<K: Clone + Debug + 'static, V: Clone + Debug + 'static>(
    keys: BoxedStrategy<K>,
    values: BoxedStrategy<V>,
) -> BoxedStrategy<Op<K, V>> {
    let (key, value) = (|| keys.clone(), || values.clone());
    let pairs = |most: usize| prop::collection::vec((key(), value()), 0..most);
    let at = any::<Index>;
    let bits = any::<u64>;
    let bound = || prop_oneof![2 => key().prop_map(Bound::Included), 2 => key().prop_map(Bound::Excluded), 1 => Just(Bound::Unbounded)];
    let grows = prop_oneof![
        6 => (key(), value()).prop_map(|(key, value)| Op::Insert(key, value)),
        4 => pairs(60).prop_map(Op::InsertMany),
        2 => (key(), value()).prop_map(|(key, value)| Op::EntryOrInsert(key, value)),
        1 => (key(), value(), value()).prop_map(|(key, one, other)| Op::EntryModify(key, one, other)),
        1 => Just(Op::AppendSpare),
        1 => Just(Op::SwapWithSpare),
        2 => pairs(300).prop_map(Op::SetSpare),
        1 => Just(Op::CopySpare),
    ];
    let shrinks = prop_oneof![
        2 => key().prop_map(Op::Remove),
        2 => at().prop_map(Op::RemoveOne),
        3 => (at(), 0usize..60).prop_map(|(at, many)| Op::RemoveMany(at, many)),
        2 => at().prop_map(Op::RemoveEntry),
        2 => Just(Op::PopFirst),
        2 => Just(Op::PopLast),
        1 => key().prop_map(Op::EntryRemove),
        1 => (bits(), bits(), value()).prop_map(|(keep, edit, value)| Op::Retain(keep, edit, value)),
        2 => key().prop_map(Op::SplitOff),
        1 => Just(Op::Clear),
    ];
    let edits = prop_oneof![
        (at(), value()).prop_map(|(at, value)| Op::ByOwnKey(at, value)),
        (key(), value()).prop_map(|(key, value)| Op::GetMut(key, value)),
        (bound(), bound()).prop_map(|(from, to)| Op::Range(from, to)),
        (bound(), bound(), value()).prop_map(|(from, to, value)| Op::RangeMut(from, to, value)),
        (bits(), value()).prop_map(|(bits, value)| Op::IterMut(bits, value)),
        (bits(), value()).prop_map(|(bits, value)| Op::ValuesMut(bits, value)),
        bits().prop_map(Op::BothEnds),
    ];
    let files = prop_oneof![Just(Op::SaveAndLoad), Just(Op::SaveAndMap)];
    prop_oneof![12 => grows, 8 => shrinks, 8 => edits, 1 => files].boxed()
}

fn bit(bits: u64, index: usize) -> bool {
    bits >> (index % 64) & 1 == 1
}

/// A range that std doesn't panic about.
fn in_order<K: Ord + Clone>(from: &Bound<K>, to: &Bound<K>) -> bool {
    match (from, to) {
        (Bound::Excluded(from), Bound::Excluded(to)) => from < to,
        (Bound::Included(from) | Bound::Excluded(from), Bound::Included(to) | Bound::Excluded(to)) => from <= to,
        _ => true,
    }
}

fn sought<K: Element>(bound: &Bound<K::Model>) -> Bound<Sought<K>> {
    bound.as_ref().map(|key| Sought(key.clone()))
}

struct State<K: Element, V: Element> {
    image: Image<Pair<K, V>>,
    map: StdMap<K::Model, V::Model>,
    spare: StdMap<K::Model, V::Model>,
    scratch: Scratch,
}

impl<K: Element, V: Element> State<K, V> {
    /// The key at a place, if there are any.
    fn key(&self, at: &Index) -> Option<K::Model> {
        (!self.map.is_empty()).then(|| self.map.keys().nth(at.index(self.map.len())).unwrap().clone())
    }

    fn apply(&mut self, op: &Op<K::Model, V::Model>) {
        let chosen = match op {
            Op::ByOwnKey(at, _) | Op::RemoveOne(at) | Op::RemoveEntry(at) | Op::RemoveMany(at, _) => self.key(at),
            _ => None,
        };
        let mut root = self.image.edit();
        let (map, model) = (&mut root.map, &mut self.map);
        match op {
            Op::Insert(key, value) => {
                let old = map.insert(Sought::<K>(key.clone()), Build::<V>(value.clone()));
                assert_eq!(old.map(|old| old.model()), model.insert(key.clone(), value.clone()));
            }
            Op::InsertMany(pairs) => {
                for (key, value) in pairs {
                    map.insert(Sought::<K>(key.clone()), Build::<V>(value.clone()));
                }
                model.extend(pairs.iter().cloned());
            }
            Op::ByOwnKey(_, value) => {
                let Some(key) = chosen else { return };
                let own = Image::<K>::new(Build(key.clone())).unwrap();
                assert!(map.contains_key(&*own));
                assert_eq!(map.get(&DeepCopy(&*own)).map(V::model), model.get(&key).cloned());
                map.insert(DeepCopy(&*own), Build::<V>(value.clone()));
                model.insert(key, value.clone());
            }
            Op::Remove(key) => {
                assert_eq!(map.remove(&Sought::<K>(key.clone())).map(|old| old.model()), model.remove(key));
            }
            Op::RemoveOne(_) => {
                let Some(key) = chosen else { return };
                assert_eq!(map.remove(&Sought::<K>(key.clone())).unwrap().model(), model.remove(&key).unwrap());
            }
            Op::RemoveMany(_, many) => {
                let Some(key) = chosen else { return };
                let keys: std::vec::Vec<_> = model.range(key..).take(*many).map(|(key, _)| key.clone()).collect();
                for key in keys {
                    assert_eq!(map.remove(&Sought::<K>(key.clone())).map(|old| old.model()), model.remove(&key));
                }
            }
            Op::RemoveEntry(_) => {
                let Some(key) = chosen else { return };
                let (old_key, value) = map.remove_entry(&Sought::<K>(key.clone())).unwrap();
                assert_eq!((old_key.model(), Some(value.model())), (key.clone(), model.remove(&key)));
                // In either order; moved, or released.
                let value_model = value.model();
                drop(value);
                root.spare.insert(old_key, Build::<V>(value_model.clone()));
                self.spare.insert(key, value_model);
            }
            Op::PopFirst => {
                let popped = map.pop_first();
                assert_eq!(popped.as_ref().map(|(key, value)| (key.model(), value.model())), model.pop_first());
                if let Some((key, value)) = popped {
                    let model = (key.model(), value.model());
                    root.spare.insert(key, value);
                    self.spare.insert(model.0, model.1);
                }
            }
            Op::PopLast => {
                let popped = map.pop_last().map(|(key, value)| (key.model(), value.model()));
                assert_eq!(popped, model.pop_last());
            }
            Op::GetMut(key, value) => {
                let (handle, element) = (map.get_mut(&Sought::<K>(key.clone())), model.get_mut(key));
                assert_eq!(handle.is_some(), element.is_some());
                handle.into_iter().for_each(|handle| V::edit(handle, value));
                element.into_iter().for_each(|element| element.clone_from(value));
            }
            Op::EntryOrInsert(key, value) => {
                map.entry(Sought::<K>(key.clone())).or_insert(Build::<V>(value.clone()));
                model.entry(key.clone()).or_insert(value.clone());
            }
            Op::EntryModify(key, one, other) => {
                let entry = map.entry(Sought::<K>(key.clone()));
                let handle = entry
                    .and_modify(|place| place.set(Build::<V>(one.clone())))
                    .or_insert_with(|| Build::<V>(other.clone()));
                V::edit(handle, other);
                model.entry(key.clone()).and_modify(|value| value.clone_from(one)).or_insert(other.clone());
                model.insert(key.clone(), other.clone());
            }
            Op::EntryRemove(key) => match map.entry(Sought::<K>(key.clone())) {
                Entry::Occupied(entry) => {
                    assert_eq!((entry.key().model(), entry.get().model()), (key.clone(), model[key].clone()));
                    assert_eq!(entry.remove().model(), model.remove(key).unwrap());
                }
                Entry::Vacant(_) => assert!(!model.contains_key(key)),
            },
            Op::Clear => {
                map.clear();
                model.clear();
            }
            _ => self.apply_to_many(op),
        }
    }

    /// What walks, or moves, many entries.
    fn apply_to_many(&mut self, op: &Op<K::Model, V::Model>) {
        let mut root = self.image.edit();
        let (map, model) = (&mut root.map, &mut self.map);
        match op {
            Op::Range(from, to) => {
                let bounds = (sought::<K>(from), sought::<K>(to));
                let found: Pairs<_, _> = map.range(bounds).map(|(key, value)| (key.model(), value.model())).collect();
                let bounds = (sought::<K>(from), sought::<K>(to));
                let mut backwards: Pairs<_, _> =
                    map.range(bounds).rev().map(|(key, value)| (key.model(), value.model())).collect();
                backwards.reverse();
                assert_eq!(found, backwards);
                if in_order(from, to) {
                    let expected = model.range((from.clone(), to.clone()));
                    assert_eq!(
                        found,
                        expected.map(|(key, value)| (key.clone(), value.clone())).collect::<Pairs<_, _>>()
                    );
                } else {
                    assert!(found.is_empty());
                }
            }
            Op::RangeMut(from, to, value) if in_order(from, to) => {
                let handles: std::vec::Vec<_> = map.range_mut((sought::<K>(from), sought::<K>(to))).collect();
                let elements: std::vec::Vec<_> = model.range_mut((from.clone(), to.clone())).collect();
                assert_eq!(handles.len(), elements.len());
                for ((key, handle), (model_key, element)) in handles.into_iter().zip(elements) {
                    assert_eq!(key.model(), *model_key);
                    V::edit(handle, value);
                    element.clone_from(value);
                }
            }
            Op::IterMut(bits, value) => {
                // All are alive at once.
                let handles: std::vec::Vec<_> = map.iter_mut().collect();
                assert_eq!(handles.len(), model.len());
                for (index, ((_, handle), element)) in handles.into_iter().zip(model.values_mut()).enumerate() {
                    if bit(*bits, index) {
                        V::edit(handle, value);
                        element.clone_from(value);
                    }
                }
            }
            Op::ValuesMut(bits, value) => {
                let pairs = map.values_mut().rev().zip(model.values_mut().rev());
                for (index, (handle, element)) in pairs.enumerate() {
                    if bit(*bits, index) {
                        V::edit(handle, value);
                        element.clone_from(value);
                    }
                }
            }
            Op::BothEnds(bits) => {
                let (mut entries, mut expected) = (map.iter(), model.iter());
                for index in 0..model.len() + 2 {
                    assert_eq!(entries.len(), expected.len());
                    let (found, expected) = if bit(*bits, index) {
                        (entries.next(), expected.next())
                    } else {
                        (entries.next_back(), expected.next_back())
                    };
                    let found = found.map(|(key, value)| (key.model(), value.model()));
                    assert_eq!(found, expected.map(|(key, value)| (key.clone(), value.clone())));
                }
            }
            Op::Retain(keep, edit, value) => {
                let decide = |bits: u64, key: &K::Model| bit(bits, rank(key) + 3 * (rank(&format!("{key:?}!")) % 3));
                map.retain(|key, place| {
                    if decide(*edit, &key.model()) {
                        place.set(Build::<V>(value.clone()));
                    }
                    decide(*keep, &key.model())
                });
                model.retain(|key, element| {
                    if decide(*edit, key) {
                        element.clone_from(value);
                    }
                    decide(*keep, key)
                });
            }
            Op::SplitOff(key) => {
                let rest = map.split_off(&Sought::<K>(key.clone()));
                let expected = model.split_off(key);
                assert_eq!(rest.len(), expected.len());
                root.spare.set(rest);
                self.spare = expected;
            }
            Op::AppendSpare => {
                map.append(&mut root.spare);
                model.append(&mut self.spare);
            }
            Op::SwapWithSpare => {
                map.swap_with(&mut root.spare);
                std::mem::swap(model, &mut self.spare);
            }
            Op::SetSpare(pairs) => {
                let inits = pairs.iter().cloned().map(|(key, value)| (Sought::<K>(key), Build::<V>(value)));
                root.spare.set(from_iter(inits));
                self.spare = pairs.iter().cloned().collect();
            }
            Op::CopySpare => {
                // By way of another region, and back.
                let mut other = Image::<BTreeMap<K, V>>::new(DeepCopy(root.spare.as_map())).unwrap();
                map.append(&mut other.edit());
                assert!(other.is_empty());
                model.extend(self.spare.clone());
            }
            Op::SaveAndLoad => self.load(),
            Op::SaveAndMap => self.map(),
            _ => {}
        }
    }

    fn load(&mut self) {
        let path = self.scratch.file("model.region");
        self.image.save(&path).unwrap();
        let before = self.image.usage();
        self.image = Image::load(&path).unwrap();
        assert_eq!(self.image.usage().allocated, before.allocated);
    }

    fn map(&mut self) {
        let path = self.scratch.file("model.region");
        self.image.save(&path).unwrap();
        // SAFETY: the file is ours alone, and isn't written again before the mapping goes.
        let mapped = unsafe { Mapped::<Pair<K, V>>::map(&path) }.unwrap();
        self.compare(&mapped);
    }

    fn compare(&self, root: &Pair<K, V>) {
        for (map, model) in [(&root.map, &self.map), (&root.spare, &self.spare)] {
            assert_eq!(map.len(), model.len());
            assert_eq!(map.is_empty(), model.is_empty());
            assert!(map.iter().map(|(key, value)| (key.model(), value.model())).eq(model.clone()));
            let ends = |entry: Option<(&K, &V)>| entry.map(|(key, value)| (key.model(), value.model()));
            let model_ends =
                |entry: Option<(&K::Model, &V::Model)>| entry.map(|(key, value)| (key.clone(), value.clone()));
            assert_eq!(ends(map.first_key_value()), model_ends(model.first_key_value()));
            assert_eq!(ends(map.last_key_value()), model_ends(model.last_key_value()));
            for (key, value) in map {
                // By the search of its type.
                assert!(map.get(key).is_some_and(|found| std::ptr::eq(found, value) || size_of::<V>() == 0));
            }
        }
    }
}

/// Runs the calls, then releases everything.
fn run<K: Element, V: Element>(name: &str, ops: &[Op<K::Model, V::Model>]) {
    let image = Image::<Pair<K, V>>::new(PairInit { map: Empty, spare: Empty }).unwrap();
    let fresh = image.usage().allocated;
    let mut state = State { image, map: StdMap::new(), spare: StdMap::new(), scratch: Scratch::new(name) };
    for op in ops {
        state.apply(op);
        state.compare(&state.image);
    }
    let mut root = state.image.edit();
    root.map.clear();
    while root.spare.pop_first().is_some() {}
    assert_eq!(state.image.usage().allocated, fresh, "something leaked");
}

macro_rules! model {
    ($($name:ident: $key:ty => $value:ty;)*) => {$(
        proptest! {
            #![proptest_config(ProptestConfig::with_cases(90))]
            #[test]
            fn $name(ops in prop::collection::vec(op(<$key>::strategy(), <$value>::strategy()), 1..80)) {
                run::<$key, $value>(stringify!($name), &ops);
            }
        }
    )*};
}

model! {
    a_map_of_u64_is_like_std: u64 => u64;
    a_map_of_u128_to_strings_is_like_std: u128 => offset_std::String;
    a_map_of_strings_to_nothing_is_like_std: offset_std::String => elements::Nothing;
    a_map_of_nothing_is_like_std: elements::Nothing => offset_std::String;
    a_map_of_three_byte_arrays_to_lines_is_like_std: [u8; 3] => elements::Line;
    a_map_of_over_aligned_texts_is_like_std: elements::Label => elements::Record;
    a_map_of_vectors_of_strings_is_like_std: offset_std::Vec<offset_std::String> => elements::Shape;
}

/// Texts that differ behind their first eight bytes, or by zero bytes.
fn alike() -> BoxedStrategy<std::string::String> {
    let part = prop_oneof![Just("\0"), Just("a"), Just("prefix"), Just("\u{ff}")];
    prop::collection::vec(part, 0..6).prop_map(|parts| parts.concat()).boxed()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(90))]
    #[test]
    fn texts_that_begin_alike_are_ordered_like_std(ops in prop::collection::vec(op(alike(), any::<u64>().boxed()), 1..80)) {
        run::<offset_std::String, u64>("alike", &ops);
    }
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
