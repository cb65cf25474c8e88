//! Predicates that panic, initialisers that fail at every step, and what is removed and leaked. (Orders that panic or lie are the harness's.)

use std::cmp::Ordering;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use offset_std::prelude::*;
use offset_std::{BTreeMap, BTreeMapMut, Comparable, Error, Filled, Result, Slot, String};

use crate::attack::parts::{Fuse, How, Part, part};
use crate::attack::{check, check_no_leak};

type Map = BTreeMap<u32, String>;

/// Two maps with every second number, so that they interleave.
#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
struct Maps {
    one: Map,
    other: Map,
}

fn maps(count: u32) -> Image<Maps> {
    let numbers = |first: u32| from_iter((0..count).map(move |n| (n * 2 + first, format!("value {n}"))));
    Image::<Maps>::new(MapsInit { one: numbers(0), other: numbers(1) }).unwrap()
}

#[test]
fn a_predicate_that_panics_keeps_every_entry() {
    for panics_at in [0, 1, 30, 31, 99] {
        let mut image = maps(100);
        let before = format!("{:?}", *image);
        let mut left: u32 = panics_at;
        let retained = catch_unwind(AssertUnwindSafe(|| {
            image.edit().one.retain(|_, _| {
                left = left.checked_sub(1).unwrap_or_else(|| resume_unwind(std::boxed::Box::new("no more")));
                false
            });
        }));
        assert!(retained.is_err());
        assert_eq!(format!("{:?}", *image), before);
        check_no_leak(&image);
    }
}

/// An initialiser with a fuse in it, which compares as the text.
struct Fused<'a>(&'a Fuse, &'static str);

impl Comparable<String> for Fused<'_> {
    fn compare(&self, key: &String) -> Ordering {
        self.1.cmp(key)
    }
}

impl Emplace<String> for Fused<'_> {
    fn emplace<'s>(self, slot: Slot<'s, String>) -> Result<Filled<'s, String>, Error> {
        slot.build(self.0.put(self.1))
    }
}

type Parts<'a> = BTreeMapMut<'a, String, Part>;

#[test]
fn an_initialiser_that_fails_at_any_step_changes_nothing() {
    type Attempt = fn(&mut Parts<'_>, &Fuse) -> Result<()>;
    let attempts: [(&str, Attempt); 5] = [
        ("insert", |map, fuse| map.try_insert(Fused(fuse, "name 5 and a half"), part(fuse, "new")).map(drop)),
        ("insert first", |map, fuse| map.try_insert(Fused(fuse, ""), part(fuse, "new")).map(drop)),
        ("insert last", |map, fuse| map.try_insert(Fused(fuse, "zzz"), part(fuse, "new")).map(drop)),
        ("replace", |map, fuse| map.try_insert(Fused(fuse, "name 7"), part(fuse, "newer")).map(drop)),
        ("entry", |map, fuse| map.entry(Fused(fuse, "name 9!")).try_or_insert(part(fuse, "new")).map(drop)),
    ];
    for count in [0, 8, 31] {
        for (name, attempt) in attempts {
            for how in [How::Error, How::Panic, How::ErrorAfter, How::PanicAfter, How::Forget] {
                let never = Fuse::never();
                let pairs = from_iter((0..count).map(|n| (format!("name {n}"), part(&never, "a part"))));
                let mut image = Image::<BTreeMap<String, Part>>::new(pairs).unwrap();
                let before = format!("{:?}", *image);
                for steps in 0.. {
                    let fuse = Fuse::new(steps, how);
                    let done = catch_unwind(AssertUnwindSafe(|| attempt(&mut image.edit(), &fuse)));
                    if matches!(done, Ok(Ok(()))) {
                        break;
                    }
                    assert_eq!(format!("{:?}", *image), before, "{name} of {count}, step {steps}, {how:?}");
                }
                if how == How::Forget {
                    check(&image);
                } else {
                    check_no_leak(&image);
                }
            }
        }
    }
}

/// What is removed and leaked is lost until the file is loaded again, and that is all.
#[test]
fn a_removed_entry_that_is_leaked_does_no_harm() {
    let mut image = maps(200);
    for n in 0..190 {
        let mut edit = image.edit();
        std::mem::forget(edit.one.remove(&(n * 2)));
        std::mem::forget(edit.other.pop_first());
        if n % 5 == 0 {
            edit.other.insert(n, "again");
            edit.one.insert(n * 2, "again");
        }
    }
    check(&image);
    assert_eq!(image.one.len(), 10 + 38);
}

/// A value is replaced where another entry is built later: behind the last entry of its leaf, or in memory of its own where that is full.
#[test]
fn a_replaced_value_that_is_leaked_does_no_harm() {
    let mut image = maps(200);
    for n in 0..200 {
        let mut edit = image.edit();
        std::mem::forget(edit.one.insert(n * 2, "once"));
        std::mem::forget(edit.one.insert(n * 2, "twice"));
        edit.one.insert(n * 2 + 1, "beside it");
        assert_eq!(edit.one.insert(n * 2 + 1, "and again").unwrap().as_str(), "beside it");
        drop(edit.one.remove(&(n * 2 + 1)));
    }
    check(&image);
    assert!(image.one.len() == 200 && image.one.values().all(|value| value == "twice"));
}
