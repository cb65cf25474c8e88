//! `offset_std::Arena` against a map from keys to values: random sequences of calls, compared after each, with saving, loading and mapping among them. Every key that was ever
//! given out is remembered, and those of removed values are asked for again and again.

use std::collections::{BTreeMap as StdMap, HashSet};
use std::fmt::Debug;

use offset_std::prelude::*;
use offset_std::{Arena, ArenaMut, Key, Region, String, Vec};
use proptest::prelude::*;

mod attack;
#[path = "model_arena/chaos.rs"]
mod chaos;
#[path = "model_arena/graph.rs"]
mod graph;
#[path = "model_arena/hostile.rs"]
mod hostile;
#[path = "model_arena/limits.rs"]
mod limits;

use attack::{check, check_no_leak};

type StdString = std::string::String;

/// The root: two arenas, so that values can go from one to the other.
#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
struct Pair<T> {
    arena: Arena<T>,
    spare: Arena<T>,
}

/// A value, with a std type that models it and builds it.
trait Part: Portable + PartialEq + Debug + 'static {
    type Model: Clone + PartialEq + Debug + Emplace<Self> + 'static;
    fn model(&self) -> Self::Model;
    fn strategy() -> BoxedStrategy<Self::Model>;
}

impl Part for u64 {
    type Model = u64;
    fn model(&self) -> u64 {
        *self
    }
    fn strategy() -> BoxedStrategy<u64> {
        any::<u64>().boxed()
    }
}

impl Part for u8 {
    type Model = u8;
    fn model(&self) -> u8 {
        *self
    }
    fn strategy() -> BoxedStrategy<u8> {
        any::<u8>().boxed()
    }
}

impl Part for u32 {
    type Model = u32;
    fn model(&self) -> u32 {
        *self
    }
    fn strategy() -> BoxedStrategy<u32> {
        any::<u32>().boxed()
    }
}

impl Part for String {
    type Model = StdString;
    fn model(&self) -> StdString {
        StdString::from(self)
    }
    fn strategy() -> BoxedStrategy<StdString> {
        "[a-zäß€]{0,20}".boxed()
    }
}

impl Part for Vec<Vec<u16>> {
    type Model = std::vec::Vec<std::vec::Vec<u16>>;
    fn model(&self) -> Self::Model {
        self.iter().map(|part| part.to_vec()).collect()
    }
    fn strategy() -> BoxedStrategy<Self::Model> {
        prop::collection::vec(prop::collection::vec(0u16..4, 0..4), 0..4).boxed()
    }
}

/// Padding inside, and a cache line for each.
#[derive(Relocatable, Debug, PartialEq)]
#[repr(C, align(64))]
struct Wide {
    small: u8,
    text: String,
}

/// Builds one.
#[derive(Clone, PartialEq, Debug)]
struct WideModel(u8, StdString);

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
        (any::<u8>(), "[a-z]{0,10}").prop_map(|(small, text)| WideModel(small, text)).boxed()
    }
}

/// No bytes at all.
#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
struct Nothing;

#[derive(Clone, PartialEq, Debug)]
struct NothingModel;

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
enum Op<V> {
    Insert(V),
    Extend(std::vec::Vec<V>),
    Remove(usize),
    RemoveToSpare(usize),
    RemoveAndForget(usize),
    Set(usize, V),
    SwapValues(usize, usize),
    IterMut(u64, V),
    Retain(u64),
    Drain(u64),
    Clear,
    Reserve(usize),
    ShrinkToFit,
    SetAll(std::vec::Vec<V>),
    Swap,
    Copy,
    SaveAndLoad,
    SaveAndMap,
}

fn op<V: Clone + Debug + 'static>(value: BoxedStrategy<V>) -> BoxedStrategy<Op<V>> {
    let many = |most: usize| prop::collection::vec(value.clone(), 0..most);
    let at = any::<usize>;
    let bits = any::<u64>;
    prop_oneof![
        20 => value.clone().prop_map(Op::Insert),
        3 => many(40).prop_map(Op::Extend),
        16 => at().prop_map(Op::Remove),
        4 => at().prop_map(Op::RemoveToSpare),
        1 => at().prop_map(Op::RemoveAndForget),
        4 => (at(), value.clone()).prop_map(|(at, value)| Op::Set(at, value)),
        3 => (at(), at()).prop_map(|(one, other)| Op::SwapValues(one, other)),
        1 => (bits(), value.clone()).prop_map(|(bits, value)| Op::IterMut(bits, value)),
        2 => bits().prop_map(Op::Retain),
        1 => bits().prop_map(Op::Drain),
        1 => Just(Op::Clear),
        1 => (0usize..300).prop_map(Op::Reserve),
        3 => Just(Op::ShrinkToFit),
        1 => many(60).prop_map(Op::SetAll),
        1 => Just(Op::Swap),
        1 => Just(Op::Copy),
        2 => Just(Op::SaveAndLoad),
        1 => Just(Op::SaveAndMap),
    ]
    .boxed()
}

/// Whether a call that is asked about a key says yes.
fn chosen<T>(bits: u64, key: Key<T>) -> bool {
    bits >> (key.index() % 64) & 1 == 1
}

/// What an arena should have, and the keys that it must never know again.
struct Model<T: Part> {
    values: StdMap<Key<T>, T::Model>,
    dead: HashSet<Key<T>>,
}

impl<T: Part> Default for Model<T> {
    fn default() -> Self {
        Model { values: StdMap::new(), dead: HashSet::new() }
    }
}

impl<T: Part> Model<T> {
    /// Any key: of a value, mostly, or of one that was removed.
    fn key(&self, at: usize) -> Key<T> {
        let count = self.values.len();
        if count > 0 && !at.is_multiple_of(7) {
            *self.values.keys().nth(at % count).unwrap()
        } else {
            self.dead.iter().next().copied().unwrap_or(Key::nth(at as u32 % 9))
        }
    }

    #[track_caller]
    fn insert(&mut self, key: Key<T>, value: T::Model) {
        assert!(!self.dead.contains(&key), "{key:?} was given out before");
        assert!(self.values.insert(key, value).is_none(), "{key:?} is another value's");
    }

    fn remove(&mut self, key: Key<T>) -> Option<T::Model> {
        let value = self.values.remove(&key)?;
        self.dead.insert(key);
        Some(value)
    }

    fn retain(&mut self, keep: impl Fn(Key<T>) -> bool) {
        let gone: std::vec::Vec<Key<T>> = self.values.keys().copied().filter(|key| !keep(*key)).collect();
        gone.into_iter().for_each(|key| drop(self.remove(key)));
    }

    fn compare(&self, arena: &Arena<T>) {
        assert_eq!((arena.len(), arena.is_empty()), (self.values.len(), self.values.is_empty()));
        let found: std::vec::Vec<_> = arena.iter().map(|(key, value)| (key, value.model())).collect();
        let expected: std::vec::Vec<_> = self.values.iter().map(|(key, value)| (*key, value.clone())).collect();
        assert_eq!(found, expected);
        assert!(arena.keys().rev().eq(self.values.keys().rev().copied()));
        assert_eq!((arena.values().len(), arena.values().rev().count()), (arena.len(), arena.len()));
        for (key, value) in &self.values {
            assert_eq!(&arena[*key].model(), value);
        }
        for key in &self.dead {
            assert!(arena.get(*key).is_none(), "{key:?} names something again");
        }
        let next = arena.vacant_key();
        assert!(!arena.contains(next) && !self.dead.contains(&next));
    }
}

#[derive(Default)]
struct Models<T: Part> {
    arena: Model<T>,
    spare: Model<T>,
    forgot: bool,
}

impl<T: Part> Models<T> {
    fn apply(&mut self, root: &mut PairMut<'_, T>, op: &Op<T::Model>) {
        let (arena, model) = (&mut root.arena, &mut self.arena);
        match op {
            Op::Insert(value) => {
                let next = arena.vacant_key();
                let key = arena.insert_with_key(|key| {
                    assert_eq!(key, next);
                    value.clone()
                });
                assert_eq!(key, next);
                model.insert(key, value.clone());
            }
            Op::Extend(values) => {
                let keys = arena.extend(values.iter().cloned());
                assert_eq!(keys.len(), values.len());
                keys.into_iter().zip(values).for_each(|(key, value)| model.insert(key, value.clone()));
            }
            Op::Remove(at) => {
                let key = model.key(*at);
                assert_eq!(arena.remove(key).map(|popped| popped.model()), model.remove(key));
                assert!(arena.remove(key).is_none() && arena.get_mut(key).is_none());
            }
            Op::RemoveToSpare(at) => {
                let key = model.key(*at);
                if let Some(popped) = arena.remove(key) {
                    let new = root.spare.insert(popped);
                    self.spare.insert(new, model.remove(key).unwrap());
                }
            }
            Op::RemoveAndForget(at) => {
                let key = model.key(*at);
                if let Some(popped) = arena.remove(key) {
                    std::mem::forget(popped);
                    model.remove(key).unwrap();
                    self.forgot = true;
                }
            }
            Op::Set(at, value) => {
                let key = model.key(*at);
                let place = arena.place(key);
                assert_eq!(place.is_some(), model.values.contains_key(&key));
                if let Some(mut place) = place {
                    place.set(value.clone());
                    model.values.insert(key, value.clone());
                }
            }
            Op::SwapValues(one, other) => {
                let (one, other) = (model.key(*one), model.key(*other));
                let both = one != other && [one, other].iter().all(|key| model.values.contains_key(key));
                assert_eq!(arena.get_disjoint_mut([one, other]).is_some(), both);
                if both {
                    let values = [one, other].map(|key| model.values[&key].clone());
                    let [first, second] = values;
                    arena.place(one).unwrap().set(second.clone());
                    arena.place(other).unwrap().set(first.clone());
                    model.values.extend([(one, second), (other, first)]);
                }
            }
            Op::IterMut(bits, value) => {
                assert_eq!(arena.iter_mut().len(), model.values.len());
                assert!(arena.iter_mut().rev().map(|(key, _)| key).eq(model.values.keys().rev().copied()));
                arena.retain(|key, place| {
                    assert_eq!(place.model(), model.values[&key]);
                    if chosen(*bits, key) {
                        place.set(value.clone());
                    }
                    true
                });
                model.values.iter_mut().filter(|(key, _)| chosen(*bits, **key)).for_each(|(_, to)| *to = value.clone());
            }
            Op::Retain(bits) => {
                arena.retain(|key, _| chosen(*bits, key));
                model.retain(|key| chosen(*bits, key));
            }
            Op::Drain(bits) => {
                let spare = &mut root.spare;
                let mut drained = std::vec::Vec::new();
                arena.drain(|key, value| {
                    drained.push(key);
                    if chosen(*bits, key) {
                        let new = spare.insert(value);
                        self.spare.insert(new, model.values[&key].clone());
                    }
                });
                assert!(drained.into_iter().eq(model.values.keys().copied()));
                model.retain(|_| false);
            }
            Op::Clear => {
                let capacity = arena.capacity();
                arena.clear();
                assert_eq!(arena.capacity(), capacity);
                model.retain(|_| false);
            }
            Op::Reserve(extra) => {
                arena.reserve(*extra);
                assert!(arena.capacity() >= model.values.len() + extra);
            }
            Op::ShrinkToFit => {
                arena.shrink_to_fit();
                let last = model.values.keys().map(|key| key.index() as usize + 1).max();
                assert_eq!(arena.capacity(), last.unwrap_or(0));
            }
            Op::SetAll(values) => {
                arena.set(values.clone());
                // A new arena: old keys may name its values.
                *model = Model::default();
                for (n, value) in (0..).zip(values) {
                    model.insert(Key::nth(n), value.clone());
                }
            }
            Op::Swap => {
                arena.swap_with(&mut root.spare);
                std::mem::swap(model, &mut self.spare);
            }
            Op::Copy => {
                let copy = Image::<Arena<T>>::new(DeepCopy(arena.as_arena())).unwrap();
                assert!(*copy == *arena.as_arena());
                assert_eq!(copy.vacant_key(), arena.vacant_key());
                arena.set(DeepCopy(&*copy));
            }
            Op::SaveAndLoad | Op::SaveAndMap => {}
        }
    }

    fn compare(&self, root: &Pair<T>) {
        self.arena.compare(&root.arena);
        self.spare.compare(&root.spare);
    }
}

fn give_up<T: Part>(arena: &mut ArenaMut<'_, T>) {
    arena.clear();
    arena.shrink_to_fit();
}

fn run<T: Part>(ops: &[Op<T::Model>]) {
    let mut image = Image::<Pair<T>>::new(PairInit { arena: Empty, spare: Empty }).unwrap();
    let fresh = image.usage().allocated;
    let mut models = Models::<T> { arena: Model::default(), spare: Model::default(), forgot: false };
    for op in ops {
        models.apply(&mut image.edit(), op);
        models.compare(&image);
        match op {
            Op::SaveAndLoad if models.forgot => image = check(&image),
            Op::SaveAndLoad => image = check_no_leak(&image),
            Op::SaveAndMap => drop(check(&image)),
            _ => {}
        }
        models.forgot &= !matches!(op, Op::SaveAndLoad);
    }
    if !models.forgot {
        check_no_leak(&image);
        let mut root = image.edit();
        give_up(&mut root.arena);
        give_up(&mut root.spare);
        assert_eq!(image.usage().allocated, fresh, "something leaked");
    }
}

/// The same in a region that others share a space with.
fn run_in_region<T: Part>(ops: &[Op<T::Model>]) {
    let region = Region::new();
    let dirty = region.child();
    drop(dirty.alloc::<Vec<u8>, _>(vec![0xa5u8; 3000]));
    drop(dirty);
    let mut root = region.alloc::<Pair<T>, _>(PairInit { arena: Empty, spare: Empty });
    let mut models = Models::<T> { arena: Model::default(), spare: Model::default(), forgot: false };
    for op in ops {
        models.apply(&mut root.edit(), op);
        models.compare(&root);
        if matches!(op, Op::SaveAndLoad) {
            let file = attack::Temporary::new();
            root.save(&file).unwrap();
            models.compare(&Image::<Pair<T>>::load(&file).unwrap());
        }
    }
}

macro_rules! model {
    ($($name:ident: $type:ty;)*) => {$(
        proptest! {
            #![proptest_config(ProptestConfig::with_cases(40))]
            #[test]
            fn $name(ops in prop::collection::vec(op(<$type>::strategy()), 1..120)) {
                run::<$type>(&ops);
                run_in_region::<$type>(&ops);
            }
        }
    )*};
}

model! {
    an_arena_of_bytes_is_a_map: u8;
    an_arena_of_words_is_a_map: u32;
    an_arena_of_numbers_is_a_map: u64;
    an_arena_of_texts_is_a_map: String;
    an_arena_of_vectors_is_a_map: Vec<Vec<u16>>;
    an_arena_of_wide_values_is_a_map: Wide;
    an_arena_of_nothing_is_a_map: Nothing;
}

#[test]
fn a_key_is_a_number_with_an_order_and_a_niche() {
    let keys: [Key<String>; 3] = [Key::nth(0), Key::nth(1), Key::nth(u32::MAX)];
    assert!(keys.is_sorted());
    assert_eq!(size_of::<Option<Key<String>>>(), 8);
    assert_eq!(keys.map(|key| (key.index(), key.generation())), [(0, 1), (1, 1), (u32::MAX, 1)]);
    assert_eq!(format!("{:?}", keys[1]), "1v1");
    assert_eq!(Key::<u8>::from_bits(0), None);
    for bits in [1, 2, 1 << 32, u64::MAX] {
        assert_eq!(Key::<u8>::from_bits(bits).unwrap().to_bits(), bits);
    }
    // Made up, so they name nothing: even generations, seats beyond the last, and `u32::MAX`.
    let image = Image::<Arena<u8>>::new([1, 2]).unwrap();
    for bits in [1 << 32, 2, 2 << 32 | 1, 1 << 32 | 2, 1 << 32 | 3, u64::MAX, 1 << 32 | 0xffff_fffe] {
        assert_eq!(image.get(Key::from_bits(bits).unwrap()), None, "{bits:#x}");
    }
    assert_eq!(image.get(Key::from_bits(1 << 32 | 1).unwrap()), Some(&2));
    let stored = Image::<Vec<Option<Key<u8>>>>::new([None, Some(Key::nth(7))]).unwrap();
    assert_eq!(*check_no_leak(&stored), [None, Some(Key::nth(7))]);
    let maybe = Image::<Maybe<Key<u8>>>::new(Some(Key::nth(7))).unwrap();
    assert!(*maybe == Some(Key::nth(7)));
    let map = Image::<offset_std::HashMap<Key<u8>, u8>>::new([(Key::nth(7), 1)]).unwrap();
    assert_eq!(map.get(&Key::nth(7)), Some(&1));
    let ordered = Image::<offset_std::BTreeMap<Key<u8>, u8>>::new([(Key::nth(7), 1)]).unwrap();
    assert_eq!(ordered.get(&Key::nth(7)), Some(&1));
}

#[test]
fn sizes_are_what_the_documentation_says() {
    let empty = Image::<Arena<u64>>::new(Empty).unwrap();
    assert_eq!(empty.usage().allocated, 24);
    let exact = Image::<Arena<u64>>::new(from_iter(0..100)).unwrap();
    assert_eq!(exact.usage().allocated, 24 + 100 * 16);
    let words = Image::<Arena<u32>>::new(vec![1u32; 100]).unwrap();
    assert_eq!(words.usage().allocated, 24 + 100 * 12);
}

#[test]
fn the_same_calls_write_the_same_bytes_and_nothing_of_what_was_removed() {
    let build = || {
        let mut image = Image::<Arena<String>>::with_options(ImageOptions::new().id(1), Empty).unwrap();
        let mut arena = image.edit();
        let keys = arena.extend((0..50).map(|n| format!("a secret {n}")));
        keys.iter().step_by(2).for_each(|key| drop(arena.remove(*key)));
        arena.retain(|key, _| key.index() % 3 > 0);
        arena.clear();
        arena.insert("open");
        arena.shrink_to_fit();
        attack::RegionFile::of(&image).bytes
    };
    let bytes = build();
    assert_eq!(bytes, build());
    assert!(!bytes.windows(6).any(|part| part == b"secret"));
    // The bytes of plain values are zeroed as well.
    let mut image = Image::<Arena<u64>>::new([0x0123_4567_89ab_cdefu64, 1]).unwrap();
    assert!(image.edit().remove(Key::nth(0)).is_some());
    let bytes = attack::RegionFile::of(&image).bytes;
    assert!(!bytes.windows(8).any(|part| part == 0x0123_4567_89ab_cdefu64.to_le_bytes()));
}

#[test]
fn arenas_compare_and_print_by_key_and_value() {
    let mut one = Image::<Arena<u64>>::new([1, 2]).unwrap();
    let two = Image::<Arena<u64>>::new(&[1, 2][..]).unwrap();
    assert!(*one == *two);
    assert_eq!(format!("{:?}", *one), "{0v1: 1, 1v1: 2}");
    drop(one.edit().remove(Key::nth(1)));
    one.edit().insert(2u64);
    // The same values, but one has another key.
    assert!(*one != *two);
    let key = Key::<u64>::nth(1).to_bits();
    let json = serde_json::to_value(&*two).unwrap();
    assert_eq!(json, serde_json::json!({ "1": 1, key.to_string(): 2 }));
    assert_eq!(serde_json::to_value([Some(Key::<u64>::nth(1)), None]).unwrap(), serde_json::json!([key, null]));
}

mod shared {
    use super::*;
    static_assertions::assert_impl_all!(Arena<String>: Send, Sync);
    static_assertions::assert_impl_all!(Key<std::rc::Rc<u8>>: Send, Sync, Copy);
    static_assertions::assert_impl_all!(offset_std::arena::Iter<'static, String>: Send, Sync);
    static_assertions::assert_not_impl_any!(ArenaMut<'static, String>: Send, Sync);
    static_assertions::assert_not_impl_any!(offset_std::arena::IterMut<'static, String>: Send, Sync);
    static_assertions::assert_not_impl_any!(Arena<u64>: Clone, Default);
}
