//! `offset_std::Trie` against `std::collections::BTreeMap`: random sequences of calls, compared after each, in images, with saving, loading and mapping among them, and in regions.
//!
//! In modules: initialisers and closures that panic and fail; images without room; files that were forged.

use std::collections::BTreeMap as StdMap;
use std::ops::Bound;

use offset_std::prelude::*;
use offset_std::{Region, Trie, TrieMut, trie::Entry};
use proptest::prelude::*;
use proptest::sample::Index;
use tests::Scratch;

mod attack;
#[path = "model_trie/callbacks.rs"]
mod callbacks;
#[path = "model_trie/hostile.rs"]
mod hostile;
#[path = "model_trie/keys.rs"]
mod keys;
#[path = "model_trie/room.rs"]
mod room;

#[path = "model_vec/elements.rs"]
#[allow(dead_code, reason = "the vectors' tests use more of it")]
mod elements;

use elements::{Build, Element, rank};

/// The root: two tries, so that values can go from one to the other.
#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
struct Pair<V> {
    trie: Trie<V>,
    spare: Trie<V>,
}

type Key = std::vec::Vec<u8>;
type Pairs<V> = std::vec::Vec<(Key, V)>;
type Model<V> = StdMap<Key, V>;

#[derive(Clone, Debug)]
enum Op<V> {
    Insert(Key, V),
    InsertMany(Pairs<V>),
    Remove(Key),
    RemoveOne(Index),
    RemoveMany(Index, usize),
    RemovePrefix(Key),
    PopFirst,
    PopLast,
    GetMut(Key, V),
    EntryOrInsert(Key, V),
    EntryModify(Key, V, V),
    EntryInsert(Key, V),
    EntryRemove(Key),
    Range(Bound<Key>, Bound<Key>),
    RangeMut(Bound<Key>, Bound<Key>, V),
    Prefix(Key),
    PrefixMut(Key, V),
    Beginnings(Key),
    LongestMut(Key, V),
    IterMut(u64, V),
    BothEnds(u64),
    Retain(u64, u64, V),
    SwapWithSpare,
    SetSpare(Pairs<V>),
    CopySpare,
    Clear,
    SaveAndLoad,
    SaveAndMap,
}

/// Keys that begin alike, end within one another, and have more bytes than a leaf takes.
fn key() -> BoxedStrategy<Key> {
    let few = prop::collection::vec(prop_oneof![Just(0u8), Just(1), Just(b'a'), Just(255)], 0..6);
    let long = (prop_oneof![Just(240usize), Just(249), Just(400)], prop::collection::vec(0u8..3, 0..12))
        .prop_map(|(len, rest)| [vec![b'x'; len], rest].concat());
    let wide = (prop::collection::vec(0u8..2, 0..3), any::<u8>()).prop_map(|(mut key, last)| {
        key.push(last);
        key
    });
    let text = "[ab]{0,3}/[a-d]{1,4}/[a-z]{0,20}".prop_map(std::string::String::into_bytes);
    prop_oneof![3 => few, 1 => long, 4 => wide, 2 => text].boxed()
}

fn op<V: Clone + std::fmt::Debug + 'static>(values: BoxedStrategy<V>) -> BoxedStrategy<Op<V>> {
    let value = || values.clone();
    let pairs = |most: usize| prop::collection::vec((key(), value()), 0..most);
    let at = any::<Index>;
    let bits = any::<u64>;
    let bound = || prop_oneof![2 => key().prop_map(Bound::Included), 2 => key().prop_map(Bound::Excluded), 1 => Just(Bound::Unbounded)];
    let grows = prop_oneof![
        6 => (key(), value()).prop_map(|(key, value)| Op::Insert(key, value)),
        4 => pairs(60).prop_map(Op::InsertMany),
        2 => (key(), value()).prop_map(|(key, value)| Op::EntryOrInsert(key, value)),
        1 => (key(), value(), value()).prop_map(|(key, one, other)| Op::EntryModify(key, one, other)),
        1 => (key(), value()).prop_map(|(key, value)| Op::EntryInsert(key, value)),
        1 => Just(Op::SwapWithSpare),
        2 => pairs(300).prop_map(Op::SetSpare),
        1 => Just(Op::CopySpare),
    ];
    let shrinks = prop_oneof![
        2 => key().prop_map(Op::Remove),
        2 => at().prop_map(Op::RemoveOne),
        3 => (at(), 0usize..60).prop_map(|(at, many)| Op::RemoveMany(at, many)),
        2 => key().prop_map(|mut key| { key.truncate(2); Op::RemovePrefix(key) }),
        2 => Just(Op::PopFirst),
        2 => Just(Op::PopLast),
        1 => key().prop_map(Op::EntryRemove),
        1 => (bits(), bits(), value()).prop_map(|(keep, edit, value)| Op::Retain(keep, edit, value)),
        1 => Just(Op::Clear),
    ];
    let edits = prop_oneof![
        (key(), value()).prop_map(|(key, value)| Op::GetMut(key, value)),
        (bound(), bound()).prop_map(|(from, to)| Op::Range(from, to)),
        (bound(), bound(), value()).prop_map(|(from, to, value)| Op::RangeMut(from, to, value)),
        key().prop_map(Op::Prefix),
        (key(), value()).prop_map(|(mut key, value)| {
            key.truncate(3);
            Op::PrefixMut(key, value)
        }),
        key().prop_map(Op::Beginnings),
        (key(), value()).prop_map(|(key, value)| Op::LongestMut(key, value)),
        (bits(), value()).prop_map(|(bits, value)| Op::IterMut(bits, value)),
        bits().prop_map(Op::BothEnds),
    ];
    let files = prop_oneof![Just(Op::SaveAndLoad), Just(Op::SaveAndMap)];
    prop_oneof![12 => grows, 8 => shrinks, 8 => edits, 1 => files].boxed()
}

fn bit(bits: u64, index: usize) -> bool {
    bits >> (index % 64) & 1 == 1
}

/// A range that std doesn't panic about.
fn in_order(from: &Bound<Key>, to: &Bound<Key>) -> bool {
    match (from, to) {
        (Bound::Excluded(from), Bound::Excluded(to)) => from < to,
        (Bound::Included(from) | Bound::Excluded(from), Bound::Included(to) | Bound::Excluded(to)) => from <= to,
        _ => true,
    }
}

/// What an iterator gave, as a model would have it.
fn models<'a, V: Element>(entries: impl Iterator<Item = (&'a [u8], &'a V)>) -> Pairs<V::Model> {
    entries.map(|(key, value)| (key.to_vec(), value.model())).collect()
}

fn cloned<'a, V: Clone + 'a>(entries: impl Iterator<Item = (&'a Key, &'a V)>) -> Pairs<V> {
    entries.map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// The models of the two tries.
struct Models<V: Element> {
    trie: Model<V::Model>,
    spare: Model<V::Model>,
}

impl<V: Element> Models<V> {
    fn new() -> Self {
        Models { trie: StdMap::new(), spare: StdMap::new() }
    }

    /// The key at a place, if there are any.
    fn key(&self, at: &Index) -> Option<Key> {
        (!self.trie.is_empty()).then(|| self.trie.keys().nth(at.index(self.trie.len())).unwrap().clone())
    }

    fn apply(&mut self, op: &Op<V::Model>, trie: &mut TrieMut<'_, V>, spare: &mut TrieMut<'_, V>) {
        let chosen = match op {
            Op::RemoveOne(at) | Op::RemoveMany(at, _) => self.key(at),
            _ => None,
        };
        let model = &mut self.trie;
        match op {
            Op::Insert(key, value) => {
                let old = trie.insert(key, Build::<V>(value.clone()));
                assert_eq!(old.map(|old| old.model()), model.insert(key.clone(), value.clone()));
            }
            Op::InsertMany(pairs) => {
                trie.extend(pairs.iter().map(|(key, value)| (key, Build::<V>(value.clone()))));
                model.extend(pairs.iter().cloned());
            }
            Op::Remove(key) => assert_eq!(trie.remove(key).map(|old| old.model()), model.remove(key)),
            Op::RemoveOne(_) => {
                let Some(key) = chosen else { return };
                let old = trie.remove(&key).unwrap();
                let old_model = model.remove(&key).unwrap();
                assert_eq!(old.model(), old_model);
                spare.insert(&key, old);
                self.spare.insert(key, old_model);
            }
            Op::RemoveMany(_, many) => {
                let Some(key) = chosen else { return };
                let keys: std::vec::Vec<_> = model.range(key..).take(*many).map(|(key, _)| key.clone()).collect();
                for key in keys {
                    assert_eq!(trie.remove(&key).map(|old| old.model()), model.remove(&key));
                }
            }
            Op::RemovePrefix(prefix) => {
                let before = model.len();
                model.retain(|key, _| !key.starts_with(prefix));
                assert_eq!(trie.remove_prefix(prefix), before - model.len());
            }
            Op::PopFirst => {
                let popped = trie.pop_first();
                let expected = model.pop_first();
                assert_eq!(popped.as_ref().map(|(key, value)| (key.clone(), value.model())), expected);
                if let Some((key, value)) = popped {
                    spare.insert(&key, value);
                    self.spare.insert(key, expected.unwrap().1);
                }
            }
            Op::PopLast => {
                let popped = trie.pop_last().map(|(key, value)| (key, value.model()));
                assert_eq!(popped, model.pop_last());
            }
            Op::GetMut(key, value) => {
                let (handle, element) = (trie.get_mut(key), model.get_mut(key));
                assert_eq!(handle.is_some(), element.is_some());
                handle.into_iter().for_each(|handle| V::edit(handle, value));
                element.into_iter().for_each(|element| element.clone_from(value));
            }
            Op::EntryOrInsert(key, value) => {
                trie.entry(key).or_insert(Build::<V>(value.clone()));
                model.entry(key.clone()).or_insert(value.clone());
            }
            Op::EntryModify(key, one, other) => {
                let entry = trie.entry(key);
                assert_eq!(entry.key(), key);
                let handle = entry
                    .and_modify(|place| place.set(Build::<V>(one.clone())))
                    .or_insert_with(|| Build::<V>(other.clone()));
                V::edit(handle, other);
                model.insert(key.clone(), other.clone());
            }
            Op::EntryInsert(key, value) => match trie.entry(key) {
                Entry::Occupied(mut entry) => {
                    assert_eq!(Some(entry.get().model()), model.get(key).cloned());
                    let old = entry.insert(Build::<V>(value.clone())).model();
                    assert_eq!(Some(old), model.insert(key.clone(), value.clone()));
                    V::edit(entry.get_mut(), value);
                }
                Entry::Vacant(entry) => {
                    entry.insert(Build::<V>(value.clone()));
                    assert!(model.insert(key.clone(), value.clone()).is_none());
                }
            },
            Op::EntryRemove(key) => match trie.entry(key) {
                Entry::Occupied(entry) => {
                    assert_eq!((entry.key(), entry.get().model()), (&key[..], model[key].clone()));
                    assert_eq!(entry.remove().model(), model.remove(key).unwrap());
                }
                Entry::Vacant(_) => assert!(!model.contains_key(key)),
            },
            Op::Clear => {
                trie.clear();
                model.clear();
            }
            _ => self.apply_to_many(op, trie, spare),
        }
    }

    /// What walks, or moves, many entries.
    fn apply_to_many(&mut self, op: &Op<V::Model>, trie: &mut TrieMut<'_, V>, spare: &mut TrieMut<'_, V>) {
        let model = &mut self.trie;
        match op {
            Op::Range(from, to) => {
                let range = || (from.clone(), to.clone());
                let found = models(trie.range::<Key, _>(range()));
                let mut backwards = models(trie.range::<Key, _>(range()).rev());
                backwards.reverse();
                assert_eq!(found, backwards);
                let expected = if in_order(from, to) { cloned(model.range(range())) } else { Pairs::new() };
                assert_eq!(found, expected);
            }
            Op::RangeMut(from, to, value) if in_order(from, to) => {
                let handles: std::vec::Vec<_> = trie.range_mut::<Key, _>((from.clone(), to.clone())).collect();
                let elements: std::vec::Vec<_> = model.range_mut((from.clone(), to.clone())).collect();
                assert_eq!(handles.len(), elements.len());
                for ((key, handle), (model_key, element)) in handles.into_iter().zip(elements) {
                    assert_eq!(key, model_key);
                    V::edit(handle, value);
                    element.clone_from(value);
                }
            }
            Op::Prefix(key) => {
                for len in 0..=key.len() {
                    let expected = cloned(model.iter().filter(|(other, _)| other.starts_with(&key[..len])));
                    assert_eq!(models(trie.prefix(&key[..len])), expected);
                    let mut backwards = models(trie.prefix(&key[..len]).rev());
                    backwards.reverse();
                    assert_eq!(backwards, expected);
                }
            }
            Op::PrefixMut(prefix, value) => {
                let elements = model.iter_mut().filter(|(key, _)| key.starts_with(prefix));
                let mut handles = trie.prefix_mut(prefix);
                for (model_key, element) in elements {
                    let (key, handle) = handles.next().unwrap();
                    assert_eq!(key, model_key);
                    V::edit(handle, value);
                    element.clone_from(value);
                }
                assert!(handles.next().is_none());
            }
            Op::Beginnings(key) => {
                let expected = cloned(model.iter().filter(|(other, _)| key.starts_with(other)));
                assert_eq!(models(trie.common_prefixes(key)), expected);
                assert_eq!(models(trie.longest_prefix(key).into_iter()).pop(), expected.last().cloned());
            }
            Op::LongestMut(key, value) => {
                let element = model.iter_mut().rfind(|(other, _)| key.starts_with(other));
                let found = trie.longest_prefix_mut(key);
                assert_eq!(found.as_ref().map(|(key, _)| *key), element.as_ref().map(|(key, _)| &key[..]));
                if let (Some((_, handle)), Some((_, element))) = (found, element) {
                    V::edit(handle, value);
                    element.clone_from(value);
                }
            }
            Op::IterMut(bits, value) => {
                // All are alive at once.
                let handles: std::vec::Vec<_> = trie.iter_mut().collect();
                assert_eq!(handles.len(), model.len());
                for (index, ((key, handle), (model_key, element))) in handles.into_iter().zip(model).enumerate() {
                    assert_eq!(key, model_key);
                    if bit(*bits, index) {
                        V::edit(handle, value);
                        element.clone_from(value);
                    }
                }
            }
            Op::BothEnds(bits) => {
                let (mut entries, mut expected) = (trie.iter(), model.iter());
                for index in 0..model.len() + 2 {
                    assert_eq!(entries.len(), expected.len());
                    let (found, expected) = if bit(*bits, index) {
                        (entries.next(), expected.next())
                    } else {
                        (entries.next_back(), expected.next_back())
                    };
                    assert_eq!(models(found.into_iter()), cloned(expected.into_iter()));
                }
            }
            Op::Retain(keep, edit, value) => {
                let decide = |bits: u64, key: &[u8]| bit(bits, rank(&key) + 3 * (rank(&format!("{key:?}!")) % 3));
                trie.retain(|key, place| {
                    if decide(*edit, key) {
                        place.set(Build::<V>(value.clone()));
                    }
                    decide(*keep, key)
                });
                model.retain(|key, element| {
                    if decide(*edit, key) {
                        element.clone_from(value);
                    }
                    decide(*keep, key)
                });
            }
            Op::SwapWithSpare => {
                trie.swap_with(spare);
                std::mem::swap(model, &mut self.spare);
            }
            Op::SetSpare(pairs) => {
                spare.set(from_iter(pairs.iter().cloned().map(|(key, value)| (key, Build::<V>(value)))));
                self.spare = pairs.iter().cloned().collect();
            }
            Op::CopySpare => {
                // By way of another region, and back.
                let mut other = Image::<Trie<V>>::new(DeepCopy(spare.as_trie())).unwrap();
                trie.swap_with(&mut other.edit());
                assert_eq!(models(other.iter()), cloned(model.iter()));
                model.clone_from(&self.spare);
            }
            _ => {}
        }
    }

    fn compare(&self, root: &Pair<V>) {
        for (trie, model) in [(&root.trie, &self.trie), (&root.spare, &self.spare)] {
            assert_eq!(trie.len(), model.len());
            assert_eq!(trie.is_empty(), model.is_empty());
            assert_eq!(models(trie.iter()), cloned(model.iter()));
            assert_eq!(models(trie.first_key_value().into_iter()), cloned(model.first_key_value().into_iter()));
            assert_eq!(models(trie.last_key_value().into_iter()), cloned(model.last_key_value().into_iter()));
            for (key, value) in trie {
                assert!(trie.get(key).is_some_and(|found| std::ptr::eq(found, value)));
            }
        }
    }
}

/// Runs the calls in an image, then releases everything.
fn run_in_image<V: Element>(name: &str, ops: &[Op<V::Model>]) {
    let scratch = Scratch::new(name);
    let path = scratch.file("model.region");
    let mut image = Image::<Pair<V>>::new(PairInit { trie: Empty, spare: Empty }).unwrap();
    let fresh = image.usage().allocated;
    let mut models = Models::<V>::new();
    for op in ops {
        match op {
            Op::SaveAndLoad => {
                image.save(&path).unwrap();
                let before = image.usage();
                image = Image::load(&path).unwrap();
                assert_eq!(image.usage().allocated, before.allocated);
            }
            Op::SaveAndMap => {
                image.save(&path).unwrap();
                // SAFETY: the file is ours alone, and isn't written again before the mapping goes.
                models.compare(&unsafe { Mapped::<Pair<V>>::map(&path) }.unwrap());
            }
            _ => {
                let mut root = image.edit();
                models.apply(op, &mut root.trie, &mut root.spare);
            }
        }
        models.compare(&image);
    }
    let mut root = image.edit();
    root.trie.clear();
    while root.spare.pop_first().is_some() {}
    assert_eq!(image.usage().allocated, fresh, "something leaked");
}

/// Runs the calls in a region of the common space, whose memory comes as dirty as others left it.
fn run_in_region<V: Element>(name: &str, ops: &[Op<V::Model>]) {
    let scratch = Scratch::new(name);
    let path = scratch.file("model.region");
    let region = Region::new();
    let mut root = region.alloc::<Pair<V>, _>(PairInit { trie: Empty, spare: Empty });
    let mut models = Models::<V>::new();
    for op in ops {
        match op {
            Op::SaveAndLoad | Op::SaveAndMap => {
                root.save(&path).unwrap();
                models.compare(&Image::<Pair<V>>::load(&path).unwrap());
            }
            _ => {
                let mut root = root.edit();
                models.apply(op, &mut root.trie, &mut root.spare);
            }
        }
        models.compare(&root);
    }
}

macro_rules! model {
    ($($name:ident: $value:ty;)*) => {
        $(
            proptest! {
                #![proptest_config(ProptestConfig::with_cases(80))]
                #[test]
                fn $name(ops in prop::collection::vec(op(<$value>::strategy()), 1..80)) {
                    run_in_image::<$value>(stringify!($name), &ops);
                }
            }
        )*
        mod in_regions {
            use super::*;

            $(
                proptest! {
                    #![proptest_config(ProptestConfig::with_cases(40))]
                    #[test]
                    fn $name(ops in prop::collection::vec(op(<$value>::strategy()), 1..80)) {
                        run_in_region::<$value>(concat!(stringify!($name), "_in_a_region"), &ops);
                    }
                }
            )*
        }
    };
}

model! {
    a_trie_of_numbers_is_like_std: u64;
    a_trie_of_bytes_is_like_std: u8;
    a_trie_of_three_byte_arrays_is_like_std: [u8; 3];
    a_trie_of_nothing_is_like_std: elements::Nothing;
    a_trie_of_lines_is_like_std: elements::Line;
    a_trie_of_over_aligned_texts_is_like_std: elements::Label;
    a_trie_of_records_is_like_std: elements::Record;
    a_trie_of_vectors_of_strings_is_like_std: offset_std::Vec<offset_std::String>;
}
