//! Closures that panic, what is removed and forgotten, and initialisers that change another map meanwhile. (Hashes and comparisons that panic or lie are the harness's.)

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use offset_std::prelude::*;
use offset_std::{Filled, HashMap, HashMapMut, Image, Result, Slot, String};

use super::attack::{check, check_no_leak};

type Map = HashMap<String, String>;

fn image(len: u64) -> Image<Map> {
    Image::new(from_iter((0..len).map(|number| (format!("key {number}"), "value")))).unwrap()
}

#[test]
fn a_drain_that_panics_releases_the_rest() {
    for fuse in [0, 1, 5, 39] {
        for forget in [false, true] {
            let mut image = image(40);
            let mut seen = 0;
            let done = catch_unwind(AssertUnwindSafe(|| {
                image.edit().drain(|key, value: Popped<'_, String>| {
                    assert!(key.starts_with("key ") && value.as_str() == "value");
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
                check_no_leak(&image);
            }
            image.edit().extend((0..40).map(|number| (format!("key {number}"), "again")));
            assert_eq!(image.len(), 40);
            assert!(image.is_well_placed());
        }
    }
}

#[test]
fn removed_entries_that_are_forgotten_are_lost_and_nothing_else() {
    let mut image = image(40);
    std::mem::forget(image.edit().remove_entry("key 3"));
    std::mem::forget(image.edit().insert("key 4", "new"));
    image.edit().insert("key 3", "again");
    assert_eq!(image.len(), 40);
    let loaded = check(&image);
    assert!(loaded.usage().allocated < image.usage().allocated);
}

/// A value is replaced where another one is built later: beside it, or in memory of its own where the group, or a map with a single one, is full.
#[test]
fn replaced_values_that_are_forgotten_or_kept_do_no_harm() {
    for len in [1, 3, 7, 14, 15, 200, 3_000u64] {
        let mut image = image(len);
        let mut kept = Image::<offset_std::Vec<String>>::new(Empty).unwrap();
        for round in 0..3 {
            for number in 0..len {
                let mut map = image.edit();
                let before = map.insert(format!("key {number}"), format!("value {number} of round {round}")).unwrap();
                match number % 3 {
                    0 => std::mem::forget(before),
                    1 => kept.edit().push(before),
                    _ => drop(before),
                }
                map.insert("one more", "that comes");
                drop(map.remove("one more"));
            }
        }
        let expected = |number: u64| Some(format!("value {number} of round 2"));
        assert!(
            (0..len)
                .all(|number| image.get(&*format!("key {number}")).map(|text| text.to_string()) == expected(number))
        );
        assert_eq!(kept.iter().filter(|text| *text == "value").count() as u64, (len + 1) / 3);
        assert!(image.is_well_placed());
        check(&image);
    }
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
    check_no_leak(&image);
}
