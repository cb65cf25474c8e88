//! Initialisers that fail, closures that panic while an arena is drained, and both that edit what they can reach. Every value exists once afterwards.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use offset_std::prelude::*;
use offset_std::{Arena, ArenaMut, Error, Filled, Key, Popped, Result, Slot, String};

use super::attack::{RegionFile, check_no_leak};

#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
struct Value {
    number: u64,
    texts: [String; 2],
}

/// Its first text says its number, so that bytes that were mixed up show.
struct Number(u64);

impl Emplace<Value> for Number {
    fn emplace<'s>(self, slot: Slot<'s, Value>) -> Result<Filled<'s, Value>> {
        let texts = [format!("text of {}", self.0), "another text, a longer one".to_owned()];
        slot.build(ValueInit { number: self.0, texts })
    }
}

/// Fails when half of it is there.
struct Broken;

impl Emplace<Value> for Broken {
    fn emplace<'s>(self, slot: Slot<'s, Value>) -> Result<Filled<'s, Value>> {
        drop(slot.build(Number(99))?);
        Err(Error::custom("broken"))
    }
}

type Root = Arena<Value>;

fn numbers(arena: &Root) -> std::vec::Vec<(Key<Value>, u64)> {
    let check = |value: &Value| assert_eq!(value.texts[0], format!("text of {}", value.number));
    arena.values().for_each(check);
    arena.iter().map(|(key, value)| (key, value.number)).collect()
}

/// Twenty values, or with every third seat free.
fn image(holes: bool) -> Image<Root> {
    let mut image = Image::<Root>::new(from_iter((0..20).map(Number))).unwrap();
    if holes {
        image.edit().retain(|key, _| key.index() % 3 > 0);
    }
    image
}

#[test]
fn a_failed_insertion_or_extension_takes_back_what_it_added() {
    struct Either(u64);
    impl Emplace<Value> for Either {
        fn emplace<'s>(self, slot: Slot<'s, Value>) -> Result<Filled<'s, Value>> {
            if self.0 < 110 { slot.build(Number(self.0)) } else { slot.build(Broken) }
        }
    }
    for holes in [false, true] {
        let mut image = image(holes);
        let before = numbers(&image);
        let next = image.vacant_key();
        assert!(image.edit().try_insert(Broken).is_err());
        assert_eq!((numbers(&image), image.vacant_key()), (before.clone(), next));
        check_no_leak(&image);
        assert!(image.edit().try_extend((100..130).map(Either)).is_err());
        assert_eq!(numbers(&image), before);
        check_no_leak(&image);
    }
}

#[test]
fn a_drain_that_panics_releases_the_rest() {
    for fuse in [0, 1, 5, 12] {
        for forget in [false, true] {
            let mut image = image(true);
            let keys: std::vec::Vec<Key<Value>> = image.keys().collect();
            let mut seen = 0;
            let done = catch_unwind(AssertUnwindSafe(|| {
                image.edit().drain(|key, value: Popped<'_, Value>| {
                    assert_eq!(u64::from(key.index()), value.number);
                    if seen == fuse {
                        resume_unwind(std::boxed::Box::new("no more"));
                    }
                    seen += 1;
                    if forget {
                        std::mem::forget(value);
                    }
                });
            }));
            assert!(done.is_err() && image.is_empty());
            assert!(keys.iter().all(|key| image.get(*key).is_none()));
            if !forget {
                check_no_leak(&image);
            }
            let keys = image.edit().extend((0..40).map(Number));
            assert_eq!((image.len(), keys.len()), (40, 40));
            numbers(&image);
        }
    }
}

#[test]
fn values_that_were_removed_and_forgotten_are_lost_and_nothing_else() {
    let mut image = image(false);
    let mut arena = image.edit();
    let old: std::vec::Vec<Key<Value>> = arena.keys().step_by(4).collect();
    old.iter().for_each(|key| std::mem::forget(arena.remove(*key)));
    let kept = numbers(&arena);
    // Their seats are taken again.
    let new = arena.extend(old.iter().map(|_| Number(7)));
    assert!(new.iter().all(|key| key.index() % 4 == 0 && arena[*key].number == 7));
    new.iter().for_each(|key| drop(arena.remove(*key)));
    assert!(old.iter().all(|key| arena.get(*key).is_none()));
    assert_eq!(numbers(&arena), kept);
    let loaded = RegionFile::of(&image).load::<Root>().unwrap();
    assert_eq!(numbers(&loaded), kept);
    assert!(loaded.usage().allocated < image.usage().allocated);
}

#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
struct Two {
    one: Arena<String>,
    other: Arena<String>,
}

/// An initialiser that changes another arena of the same region meanwhile.
struct Meddler<'a, 'r>(&'a RefCell<ArenaMut<'r, String>>);

impl Emplace<String> for Meddler<'_, '_> {
    fn emplace<'s>(self, slot: Slot<'s, String>) -> Result<Filled<'s, String>> {
        let mut other = self.0.borrow_mut();
        let first = other.insert("a text that is long enough to matter");
        let filled = slot.build("built")?;
        other.insert("another one of those");
        drop(other.remove(first));
        Ok(filled)
    }
}

#[test]
fn initialisers_that_change_another_arena_of_the_region_harm_nothing() {
    let mut image = Image::<Two>::new(TwoInit { one: Empty, other: Empty }).unwrap();
    let TwoMut { mut one, other } = image.edit();
    let other = RefCell::new(other);
    for number in 0..300 {
        let key = one.insert(Meddler(&other));
        one.insert_with_key(|_| Meddler(&other));
        one.place(key).unwrap().set(Meddler(&other));
        one.retain(|candidate, place| {
            if candidate.index() % 50 == 0 {
                place.set(Meddler(&other));
            }
            candidate != key || number % 3 > 0
        });
    }
    assert!(image.one.values().all(|value| value == "built"));
    check_no_leak(&image);
}

#[test]
fn values_go_between_regions_as_copies() {
    let mut one = image(false);
    let mut two = Image::<Root>::new(Empty).unwrap();
    let key = one.keys().nth(4).unwrap();
    let moved = two.edit().insert(one.edit().remove(key).unwrap());
    one.edit().drain(|_, value| {
        two.edit().insert(value);
    });
    assert_eq!((one.len(), two.len(), two[moved].number), (0, 20, 4));
    check_no_leak(&one);
    drop(one);
    numbers(&two);
    check_no_leak(&two);
    // Swapping a value of one arena with one of another.
    let mut three = image(false);
    let [a, b] = [two.keys().next().unwrap(), three.keys().nth(1).unwrap()];
    two.edit().place(a).unwrap().swap(&mut three.edit().place(b).unwrap());
    assert_eq!((two[a].number, three[b].number), (1, 4));
    check_no_leak(&two);
    check_no_leak(&three);
}
