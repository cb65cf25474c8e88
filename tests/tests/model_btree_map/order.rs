//! Keys whose order panics or lies, and initialisers that fail, at every call.

use std::cell::Cell;
use std::cmp::Ordering;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use offset_std::prelude::*;
use offset_std::{BTreeMap, BTreeMapMut, Comparable, Error, Filled, Result, Slot, String};

use crate::attack::parts::{Fuse, How, Part, part};
use crate::attack::{check, check_no_leak};

/// A key whose order is as the thread says.
#[derive(Relocatable, Debug, PartialEq, Eq)]
#[repr(C)]
pub(crate) struct Key {
    number: u32,
    text: String,
}

thread_local! {
    /// Comparisons until one panics.
    static LEFT: Cell<u32> = const { Cell::new(u32::MAX) };
    static LIES: Cell<u32> = const { Cell::new(0) };
    static CALLS: Cell<u32> = const { Cell::new(0) };
}

fn compare(one: u32, key: &Key) -> Ordering {
    // What is shown can be read in full, wherever it is kept.
    assert_eq!(key.text, *format!("text of {}", key.number));
    let call = CALLS.replace(CALLS.get() + 1);
    match LEFT.get().checked_sub(1) {
        None => resume_unwind(std::boxed::Box::new("no more comparisons")),
        Some(_) if LEFT.get() == u32::MAX => {}
        Some(left) => LEFT.set(left),
    }
    match LIES.get() {
        0 => one.cmp(&key.number),
        1 => Ordering::Less,
        2 => Ordering::Greater,
        3 => Ordering::Equal,
        _ => (call.wrapping_mul(0x9e37_79b1) >> 16 & 3).cmp(&1),
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        compare(self.number, other)
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[derive(Clone, Copy, Debug)]
struct Number(u32);

impl Comparable<Key> for Number {
    fn compare(&self, key: &Key) -> Ordering {
        compare(self.0, key)
    }
}

impl Emplace<Key> for Number {
    fn emplace<'s>(self, slot: Slot<'s, Key>) -> Result<Filled<'s, Key>, Error> {
        slot.build(KeyInit { number: self.0, text: format!("text of {}", self.0) })
    }
}

type Map = BTreeMap<Key, String>;

/// Two maps with every second number, so that they interleave.
#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
struct Maps {
    one: Map,
    other: Map,
}

fn maps(count: u32) -> Image<Maps> {
    let numbers = |first: u32| from_iter((0..count).map(move |n| (Number(n * 2 + first), format!("value {n}"))));
    Image::<Maps>::new(MapsInit { one: numbers(0), other: numbers(1) }).unwrap()
}

type Operation = (&'static str, fn(&mut MapsMut<'_>));

const OPERATIONS: &[Operation] = &[
    ("get", |maps| assert!(maps.one.get(&Number(8)).is_none_or(|value| value.starts_with("value")))),
    ("get_mut", |maps| maps.one.get_mut(&Number(8)).into_iter().for_each(|mut value| value.push('!'))),
    ("range", |maps| assert!(maps.one.range(Number(5)..=Number(70)).rev().count() <= maps.one.len())),
    ("range_mut", |maps| assert!(maps.one.range_mut(Number(70)..Number(5)).count() <= maps.other.len())),
    ("insert", |maps| drop(maps.one.insert(Number(7), "seven"))),
    ("insert at the end", |maps| drop(maps.one.insert(Number(7000), "last"))),
    ("replace", |maps| drop(maps.one.insert(Number(8), "eight"))),
    ("remove", |maps| drop(maps.one.remove(&Number(8)))),
    ("remove_entry", |maps| drop(maps.one.remove_entry(&Number(60)))),
    ("entry", |maps| maps.one.entry(Number(9)).or_insert("nine").push('!')),
    ("extend", |maps| maps.one.extend([(Number(5000), "last")])),
    ("append", |maps| maps.one.append(&mut maps.other)),
    ("append to the other", |maps| maps.other.append(&mut maps.one)),
    ("split_off", |maps| {
        let rest = maps.one.split_off(&Number(33));
        drop(maps.other.try_set(rest));
    }),
];

fn texts(maps: &Maps) -> std::vec::Vec<std::string::String> {
    let mut texts: std::vec::Vec<_> =
        [&maps.one, &maps.other].into_iter().flatten().map(|(key, value)| format!("{}: {value}", key.number)).collect();
    texts.sort();
    texts
}

#[test]
fn an_order_that_panics_at_any_call_changes_nothing() {
    for count in [1, 31, 40, 100] {
        for (name, operation) in OPERATIONS {
            let mut image = maps(count);
            for panics_at in 0.. {
                let before = format!("{:?}", *image);
                LEFT.set(panics_at);
                let done = catch_unwind(AssertUnwindSafe(|| operation(&mut image.edit())));
                LEFT.set(u32::MAX);
                if done.is_ok() {
                    break;
                }
                assert_eq!(format!("{:?}", *image), before, "{name} of {count}, call {panics_at}");
            }
            check_no_leak(&image);
        }
    }
}

#[test]
fn an_order_that_lies_keeps_every_entry_once() {
    for lies in 1..6 {
        for count in [1, 31, 40, 100] {
            let mut image = maps(count);
            LIES.set(lies);
            for (name, operation) in OPERATIONS.iter().cycle().take(OPERATIONS.len() * 3) {
                operation(&mut image.edit());
                let texts = texts(&image);
                assert_eq!(texts.len(), image.one.len() + image.other.len(), "{name}");
                assert_eq!(image.one.iter().rev().count(), image.one.len(), "{name}");
            }
            // The same under an order that is worth nothing from the start.
            let mut numbers = image.edit();
            for n in 0..500 {
                drop(numbers.one.insert(Number(n), "inserted"));
                if n % 3 == 0 {
                    drop(numbers.one.remove(&Number(n / 2)));
                }
            }
            LIES.set(0);
            check_no_leak(&image);
            let mut numbers = image.edit();
            while numbers.one.pop_last().is_some() {}
            numbers.other.clear();
            assert_eq!(image.usage().allocated, maps(0).usage().allocated, "something leaked");
        }
    }
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
        std::mem::forget(edit.one.remove(&Number(n * 2)));
        std::mem::forget(edit.other.pop_first());
        if n % 5 == 0 {
            edit.other.insert(Number(n), "again");
            edit.one.insert(Number(n * 2), "again");
        }
    }
    check(&image);
    assert_eq!(image.one.len(), 10 + 38);
}
