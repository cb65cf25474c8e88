//! Hashes and comparisons are user code: they panic, and they lie. Nothing is lost, nothing is there twice in memory, and no search runs on for ever.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use offset_std::prelude::*;
use offset_std::{
    Error, Filled, HashMap, HashMapMut, Image, Place, Popped, Result, Slot, StableHash, StableHasher, String,
};

use super::attack::RegionFile;

/// What hashes and comparisons answer.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Answers {
    Honest,
    OneHash,
    FewHashes,
    RandomHashes,
    NeverEqual,
    AlwaysEqual,
    AllRandom,
}

thread_local! {
    static ANSWERS: Cell<Answers> = const { Cell::new(Answers::Honest) };
    /// Calls that are left before one panics.
    static FUSE: Cell<u32> = const { Cell::new(u32::MAX) };
    static RANDOM: Cell<u64> = const { Cell::new(1) };
}

fn random() -> u64 {
    RANDOM.with(|random| {
        random.set(random.get().wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f));
        random.get() >> 20
    })
}

fn tick() {
    FUSE.with(|fuse| {
        if fuse.get() == 0 {
            resume_unwind(std::boxed::Box::new("the fuse blew"));
        }
        fuse.set(fuse.get() - 1);
    });
}

#[derive(Relocatable, Debug)]
#[repr(C)]
struct Odd {
    number: u64,
    text: String,
}

/// The same, and how it is built.
#[derive(Clone)]
struct Key(u64);

fn hash(number: u64, hasher: &mut StableHasher) {
    tick();
    match ANSWERS.get() {
        Answers::OneHash => hasher.write_u64(7),
        Answers::FewHashes => hasher.write_u64(random() % 3),
        Answers::RandomHashes | Answers::AllRandom => hasher.write_u64(random()),
        _ => hasher.write_u64(number),
    }
}

fn equal(a: u64, b: u64) -> bool {
    tick();
    match ANSWERS.get() {
        Answers::NeverEqual => false,
        Answers::AlwaysEqual => true,
        Answers::AllRandom => random().is_multiple_of(2),
        _ => a == b,
    }
}

impl Odd {
    /// Reads all of it.
    fn check(&self) -> u64 {
        assert_eq!(self.text, format!("text of {}", self.number));
        self.number
    }
}

impl StableHash for Odd {
    fn stable_hash(&self, hasher: &mut StableHasher) {
        hash(self.check(), hasher);
    }
}

impl StableHash for Key {
    fn stable_hash(&self, hasher: &mut StableHasher) {
        hash(self.0, hasher);
    }
}

impl PartialEq for Odd {
    fn eq(&self, other: &Odd) -> bool {
        equal(self.check(), other.check())
    }
}

impl Eq for Odd {}

impl PartialEq<Odd> for Key {
    fn eq(&self, other: &Odd) -> bool {
        equal(self.0, other.check())
    }
}

impl Emplace<Odd> for Key {
    fn emplace<'s>(self, slot: Slot<'s, Odd>) -> Result<Filled<'s, Odd>> {
        tick();
        let filled = slot.build(OddInit { number: self.0, text: format!("text of {}", self.0) })?;
        tick();
        Ok(filled)
    }
}

/// A value that fails when it is built.
struct Broken;

impl Emplace<String> for Broken {
    fn emplace<'s>(self, _: Slot<'s, String>) -> Result<Filled<'s, String>> {
        Err(Error::custom("broken"))
    }
}

type Map = HashMap<Odd, String>;

fn honest<T>(with: impl FnOnce() -> T) -> T {
    let (answers, fuse) = (ANSWERS.replace(Answers::Honest), FUSE.replace(u32::MAX));
    let result = with();
    ANSWERS.set(answers);
    FUSE.set(fuse);
    result
}

fn numbers(map: &Map) -> std::vec::Vec<(u64, std::string::String)> {
    let mut all: std::vec::Vec<_> = map.iter().map(|(key, value)| (key.check(), value.as_str().to_owned())).collect();
    assert_eq!(all.len(), map.len());
    all.sort();
    all
}

/// Saves and loads: nothing is owned twice, and nothing leaked.
fn reload(image: &Image<Map>) {
    let loaded = RegionFile::of(image).load::<Map>().unwrap();
    assert_eq!(numbers(&loaded), numbers(image));
    assert_eq!(loaded.usage().allocated, image.usage().allocated, "something leaked");
}

fn image(len: u64) -> Image<Map> {
    honest(|| Image::new(from_iter((0..len).map(|number| (Key(number), "value")))).unwrap())
}

fn keep(_: &Odd, place: &mut Place<'_, String>) -> bool {
    tick();
    place.len() == 4
}

type Call = fn(&mut HashMapMut<'_, Odd, String>);

const CALLS: &[(&str, Call)] = &[
    ("insert", |map| drop(map.insert(Key(1000), "new"))),
    ("insert what is there", |map| drop(map.insert(Key(3), "new"))),
    ("insert what fails", |map| drop(map.try_insert(Key(1001), Broken).unwrap_err())),
    ("replace by what fails", |map| drop(map.try_insert(Key(3), Broken).unwrap_err())),
    ("entry", |map| map.entry(Key(1000)).or_insert("new").push('!')),
    ("entry that is there", |map| _ = map.entry(Key(3)).and_modify(|_| tick())),
    ("try_extend", |map| map.try_extend((0..60).step_by(3).map(|number| (Key(number), "new"))).unwrap()),
    ("try_extend with what fails", |map| {
        let pairs = (20..60).map(|number| (Key(number), (number < 50).then_some("new").ok_or(Broken)));
        drop(map.try_extend(pairs.map(|(key, init)| (key, Either(init)))).unwrap_err());
    }),
    ("remove", |map| drop(map.remove(&Key(5)))),
    ("remove an entry", |map| drop(map.remove_entry(&Key(5)))),
    ("get_many", |map| assert!(map.get_many(&[Key(1), Key(2), Key(99999)]).flatten().count() < 3)),
    ("retain", |map| map.retain(|key, place| key.number % 3 > 0 && keep(key, place))),
    ("reserve", |map| map.reserve(100)),
    ("shrink_to_fit", |map| map.shrink_to_fit()),
];

struct Either(std::result::Result<&'static str, Broken>);

impl Emplace<String> for Either {
    fn emplace<'s>(self, slot: Slot<'s, String>) -> Result<Filled<'s, String>> {
        match self.0 {
            Ok(text) => slot.build(text),
            Err(broken) => slot.build(broken),
        }
    }
}

#[test]
fn panic_at_every_call_leaves_the_map_as_it_was() {
    // Full, so that it grows; with room; in several groups, and in blocks.
    for (len, spare) in [(0, 0), (7, 0), (26, 0), (40, 30), (900, 1)] {
        for (name, call) in CALLS {
            for fuse in (0..).step_by(if len > 100 { 97 } else { 1 }) {
                let mut image = image(len);
                honest(|| image.edit().reserve(spare));
                let before = numbers(&image);
                FUSE.set(fuse);
                let done = catch_unwind(AssertUnwindSafe(|| call(&mut image.edit())));
                FUSE.set(u32::MAX);
                if done.is_err() {
                    assert_eq!(numbers(&image), before, "{name} at call {fuse} of {len}");
                }
                assert!(image.is_well_placed(), "{name} at call {fuse} of {len}");
                reload(&image);
                // It works as before.
                image.edit().insert(Key(2000), "after");
                assert_eq!(image[&Key(2000)], "after");
                if done.is_ok() {
                    break;
                }
            }
        }
    }
}

#[test]
fn a_drain_that_panics_releases_the_rest() {
    for fuse in [0, 1, 5, 39] {
        for forget in [false, true] {
            let mut image = image(40);
            let mut seen = 0;
            let done = catch_unwind(AssertUnwindSafe(|| {
                image.edit().drain(|key, value: Popped<'_, String>| {
                    key.check();
                    assert_eq!(value.as_str(), "value");
                    if seen == fuse {
                        resume_unwind(std::boxed::Box::new("no more"));
                    }
                    seen += 1;
                    if forget {
                        std::mem::forget((key, value));
                    }
                });
            }));
            assert!(done.is_err() && image.is_empty());
            if !forget {
                reload(&image);
            }
            image.edit().extend((0..40).map(|number| (Key(number), "again")));
            assert_eq!(image.len(), 40);
            assert!(image.is_well_placed());
        }
    }
}

#[test]
fn lies_lose_nothing_and_end() {
    let lies = [
        Answers::OneHash,
        Answers::FewHashes,
        Answers::RandomHashes,
        Answers::NeverEqual,
        Answers::AlwaysEqual,
        Answers::AllRandom,
    ];
    for answers in lies {
        for len in [5, 40, 700] {
            let mut image = image(len);
            ANSWERS.set(answers);
            for round in 0..400 {
                let mut map = image.edit();
                let key = Key(random() % (len * 2));
                match random() % 12 {
                    0..4 => drop(map.insert(key, "value")),
                    4 | 5 => drop(map.remove(&key)),
                    6 => map.entry(key).or_insert("value").push('!'),
                    7 => drop(map.get_many(&[key, Key(1)]).count()),
                    8 if round % 7 == 0 => map.retain(|_, _| !random().is_multiple_of(9)),
                    9 if round % 7 == 0 => map.shrink_to_fit(),
                    10 => map.try_extend([(key, "value"), (Key(3), "value")]).unwrap(),
                    11 => drop(map.remove_entry(&key)),
                    _ => map.reserve(3),
                }
                // A map without bounds would grow for ever: entries may be there many times.
                if map.len() > 2000 {
                    map.clear();
                }
            }
            let _ = image.is_well_placed();
            ANSWERS.set(Answers::Honest);
            numbers(&image);
            reload(&image);
            let len = image.len();
            let mut drained = 0;
            image.edit().drain(|_, _| drained += 1);
            assert_eq!(drained, len);
            image.edit().shrink_to_fit();
            assert_eq!(image.usage().allocated, 24);
        }
    }
}

#[test]
fn removed_entries_that_are_forgotten_are_lost_and_nothing_else() {
    let mut image = image(40);
    std::mem::forget(image.edit().remove_entry(&Key(3)));
    std::mem::forget(image.edit().insert(Key(4), "new"));
    image.edit().insert(Key(3), "again");
    assert_eq!(image.len(), 40);
    let loaded = RegionFile::of(&image).load::<Map>().unwrap();
    assert_eq!(numbers(&loaded), numbers(&image));
    assert!(loaded.usage().allocated < image.usage().allocated);
}

/// An initialiser that changes another map of the same region meanwhile.
struct Meddler<'a, 'r>(&'a std::cell::RefCell<HashMapMut<'r, u64, String>>);

impl Emplace<String> for Meddler<'_, '_> {
    fn emplace<'s>(self, slot: Slot<'s, String>) -> Result<Filled<'s, String>> {
        let mut other = self.0.borrow_mut();
        let len = other.len() as u64;
        other.insert(len, "a text that is long enough to matter");
        let filled = slot.build("built")?;
        other.insert(len + 1, "another one of those");
        drop(other.remove(&(len / 2)));
        Ok(filled)
    }
}

#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
struct Two {
    one: HashMap<u64, String>,
    other: HashMap<u64, String>,
}

#[test]
fn initialisers_that_change_another_map_of_the_region_harm_nothing() {
    let mut image = Image::<Two>::new(TwoInit { one: Empty, other: Empty }).unwrap();
    let TwoMut { mut one, other } = image.edit();
    let other = std::cell::RefCell::new(other);
    for number in 0..500 {
        one.insert(number % 300, Meddler(&other));
        one.entry(number + 1000).or_insert(Meddler(&other));
        one.retain(|key, place| {
            if key % 50 == 0 {
                place.set(Meddler(&other));
            }
            *key != number
        });
    }
    assert!(image.one.values().all(|value| value == "built"));
    super::check_no_leak(&image);
}
