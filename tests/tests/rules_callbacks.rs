//! Comparisons, predicates, keys and closures are user code: they panic, lie, and edit what they are shown. Every element is there exactly once afterwards.

use std::cell::Cell;
use std::cmp::Ordering;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hash, Hasher};
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use offset_std::prelude::*;
use offset_std::{Box, Place, Popped, String, Vec, VecMut};

mod attack;

use attack::check_no_leak;

#[derive(Relocatable, Debug, PartialEq, Eq, Hash)]
#[repr(C)]
struct Entry {
    key: u32,
    text: String,
    boxed: Box<Leaf>,
}

#[derive(Relocatable, Debug, PartialEq, Eq, Hash)]
#[repr(C)]
struct Leaf {
    text: String,
}

/// `count` entries in an order that isn't sorted; each key stands three times, with different texts.
fn entries(count: u32) -> Image<Vec<Entry>> {
    let mut image = Image::<Vec<Entry>>::new(Empty).unwrap();
    let mut entries = image.edit();
    for index in 0..count {
        let key = index.wrapping_mul(0x9e37_79b1) >> 24;
        for copy in 0..3 {
            entries.push(EntryInit {
                key: key / 4,
                text: format!("{index} {copy}"),
                boxed: LeafInit { text: format!("boxed {index} {copy}") },
            });
        }
    }
    image
}

/// The texts in any order.
fn texts(image: &Image<Vec<Entry>>) -> std::vec::Vec<std::string::String> {
    let mut texts: std::vec::Vec<_> =
        image.iter().map(|entry| format!("{} {}", entry.text, entry.boxed.text)).collect();
    texts.sort();
    texts
}

/// What a comparison answers, and when it gives up.
struct Comparison<'a> {
    calls: &'a Cell<u32>,
    panics_at: u32,
    lies: u32,
}

impl Comparison<'_> {
    fn of(&self, a: &Entry, b: &Entry) -> Ordering {
        let call = self.calls.get();
        self.calls.set(call + 1);
        if call == self.panics_at {
            resume_unwind(std::boxed::Box::new("no more comparisons"));
        }
        // What is shown can be read in full, wherever it is kept.
        assert_eq!(a.boxed.text.strip_prefix("boxed "), Some(&*a.text));
        assert_eq!(b.boxed.text.strip_prefix("boxed "), Some(&*b.text));
        match self.lies {
            0 => a.key.cmp(&b.key),
            1 => Ordering::Less,
            2 => Ordering::Greater,
            3 => Ordering::Equal,
            4 if call.is_multiple_of(3) => Ordering::Greater,
            4 => Ordering::Less,
            _ => (call.wrapping_mul(0x9e37_79b1) >> 16).cmp(&0x8000),
        }
    }
}

type Sort = fn(&mut VecMut<'_, Entry>, &Comparison<'_>);

const SORTS: &[Sort] = &[
    |entries, comparison| entries.sort_by(|a, b| comparison.of(a, b)),
    |entries, comparison| entries.sort_unstable_by(|a, b| comparison.of(a, b)),
    |entries, comparison| entries.as_slice_mut().sort_by(|a, b| comparison.of(a, b)),
    |entries, comparison| entries.split_at_mut(5).1.sort_unstable_by(|a, b| comparison.of(a, b)),
    |entries, comparison| entries.sort_by_key(|entry| Key(comparison.of(entry, entry), entry.key)),
];

/// A key whose order panics or lies as that of its entries did.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key(Ordering, u32);

#[test]
fn comparisons_that_panic_or_lie_leave_every_element_there_once() {
    let mut image = entries(30);
    let expected = texts(&image);
    for sort in SORTS {
        for lies in 0..6 {
            for panics_at in [u32::MAX, 0, 1, 2, 7, 40, 89, 150, 300] {
                let before = format!("{:?}", *image);
                let calls = Cell::new(0);
                let comparison = Comparison { calls: &calls, panics_at, lies };
                // std's sort may panic when it notices a lie.
                let done = catch_unwind(AssertUnwindSafe(|| sort(&mut image.edit(), &comparison)));
                assert_eq!(texts(&image), expected);
                if done.is_err() {
                    assert_eq!(format!("{:?}", *image), before, "the order is as it was before a panic");
                }
                image.edit().rotate_left(13);
                image.edit().reverse();
            }
        }
        check_no_leak(&image);
    }
    image.edit().sort_by_key(|entry| entry.key);
    assert!(image.is_sorted_by_key(|entry| entry.key));
}

#[test]
fn a_stable_sort_keeps_equal_elements_in_order() {
    let mut image = entries(100);
    image.edit().sort_by_key(|entry| entry.key);
    let mut expected: std::vec::Vec<_> = entries(100).iter().map(|entry| (entry.key, entry.text.to_owned())).collect();
    expected.sort_by_key(|(key, _)| *key);
    let found: std::vec::Vec<_> = image.iter().map(|entry| (entry.key, entry.text.to_owned())).collect();
    assert_eq!(found, expected);
}

type Remove = fn(&mut VecMut<'_, Entry>, &dyn Fn(&Entry) -> bool);

const REMOVALS: &[Remove] = &[
    |entries, keep| entries.retain(|entry| keep(entry)),
    |entries, keep| entries.retain_mut(|entry| keep(entry)),
    |entries, keep| entries.dedup_by(|entry, _| keep(entry)),
    |entries, keep| entries.dedup_by_key(|entry| keep(entry)),
];

#[test]
fn predicates_that_panic_leave_every_element_there_once() {
    for remove in REMOVALS {
        for panics_at in [0, 1, 5, 29, 30, 89] {
            let mut image = entries(30);
            let (before, calls) = (format!("{:?}", *image), Cell::new(0));
            let removed = catch_unwind(AssertUnwindSafe(|| {
                remove(&mut image.edit(), &|_| {
                    calls.set(calls.get() + 1);
                    if calls.get() > panics_at {
                        resume_unwind(std::boxed::Box::new("no more"));
                    }
                    calls.get() % 2 == 0
                });
            }));
            assert!(removed.is_err() || panics_at == 89);
            if removed.is_err() {
                assert_eq!(format!("{:?}", *image), before);
            }
            check_no_leak(&image);
        }
    }
}

#[test]
fn predicates_that_lie_remove_some_and_keep_the_others_whole() {
    for remove in REMOVALS {
        for pattern in [0u32, 1, 0b1010_1010, 0xffff_0000, 0x0f0f_1357, u32::MAX] {
            let mut image = entries(30);
            let expected = texts(&image);
            let calls = Cell::new(0);
            remove(&mut image.edit(), &|_| {
                calls.set(calls.get() + 1);
                pattern.rotate_left(calls.get() * 5) & 1 == 1
            });
            let found = texts(&image);
            assert!(found.iter().all(|text| expected.binary_search(text).is_ok()));
            assert!(found.windows(2).all(|pair| pair[0] != pair[1]), "an element is there twice");
            check_no_leak(&image);
            image.edit().shrink_to_fit();
            check_no_leak(&image);
        }
    }
}

#[test]
fn elements_edited_by_the_predicate_are_edited() {
    let mut image = entries(10);
    image.edit().retain_mut(|entry| {
        let mut fields = entry.edit();
        fields.text.push_str(" seen, and grown until it has to move elsewhere");
        fields.boxed.edit().text.set("replaced");
        *fields.key += 1;
        let keep = *fields.key % 2 == 0;
        entry.set(EntryInit { key: 7, text: "a new one", boxed: LeafInit { text: "of all" } });
        keep
    });
    assert!(image.iter().all(|entry| entry.key == 7 && entry.text == "a new one" && entry.boxed.text == "of all"));
    check_no_leak(&image);
    let mut image = entries(10);
    image.edit().dedup_by(|entry, kept| {
        let same = entry.key == kept.key;
        // Values are swapped by a method; swapping the places isn't possible.
        entry.swap(kept);
        same
    });
    let found = texts(&image);
    assert!(found.windows(2).all(|pair| pair[0] != pair[1]));
    check_no_leak(&image);
}

#[test]
fn searches_with_comparisons_that_lie_end_somewhere() {
    let image = entries(30);
    for lies in 0..6 {
        let calls = Cell::new(0);
        let comparison = Comparison { calls: &calls, panics_at: u32::MAX, lies };
        let found = image.binary_search_by(|entry| comparison.of(entry, &image[0]));
        assert!(found.unwrap_or_else(|at| at) <= image.len());
        assert!(image.partition_point(|entry| comparison.of(entry, &image[1]).is_lt()) <= image.len());
    }
}

/// Equal to nothing, or to everything, and hashed at random.
#[derive(Relocatable, Debug)]
#[repr(C)]
struct Chaotic {
    text: String,
}

thread_local! {
    static ANSWERS: Cell<u64> = const { Cell::new(0) };
}

fn answer() -> bool {
    ANSWERS.with(|answers| {
        answers.set(answers.get().wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f));
        answers.get() >> 63 == 1
    })
}

impl PartialEq for Chaotic {
    fn eq(&self, _: &Chaotic) -> bool {
        answer()
    }
}

impl Eq for Chaotic {}

impl PartialOrd for Chaotic {
    fn partial_cmp(&self, other: &Chaotic) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Chaotic {
    fn cmp(&self, _: &Chaotic) -> Ordering {
        if answer() { Ordering::Less } else { Ordering::Greater }
    }
}

impl Hash for Chaotic {
    fn hash<H: Hasher>(&self, state: &mut H) {
        answer().hash(state);
        self.text.hash(state);
    }
}

#[test]
fn values_that_compare_at_random_stay_whole() {
    let mut image = Image::<Vec<Chaotic>>::new(Empty).unwrap();
    for round in 0..20 {
        let mut values = image.edit();
        values.extend((0..40).map(|index| ChaoticInit { text: format!("{round} {index}") }));
        let before: std::collections::BTreeSet<_> = values.iter().map(|value| value.text.to_owned()).collect();
        assert_eq!(before.len(), values.len());
        let _ = catch_unwind(AssertUnwindSafe(|| values.sort()));
        let _ = catch_unwind(AssertUnwindSafe(|| values.sort_unstable()));
        let _ = RandomState::new().hash_one(values.as_vec());
        let _ = (values.contains(&values[0]), values.iter().max().map(|value| value.text.len()));
        let after: std::collections::BTreeSet<_> = values.iter().map(|value| value.text.to_owned()).collect();
        assert_eq!(before, after);
        values.dedup();
        let kept: std::collections::BTreeSet<_> = values.iter().map(|value| value.text.to_owned()).collect();
        assert!(kept.is_subset(&before) && kept.len() == values.len());
        values.truncate(10);
    }
    let file = attack::RegionFile::of(&image);
    let loaded = file.clone().load::<Vec<Chaotic>>().unwrap();
    assert_eq!(loaded.usage().allocated, image.usage().allocated);
}

#[test]
fn a_drain_that_panics_or_forgets_releases_or_leaks_but_never_twice() {
    for action in 0..4 {
        for at in [0, 1, 4, 9] {
            let mut image = entries(10);
            let before = texts(&image);
            let mut calls = 0;
            let drained = catch_unwind(AssertUnwindSafe(|| {
                image.edit().drain(5..15, |popped| {
                    calls += 1;
                    match (calls > at, action) {
                        (false, _) | (_, 0) => drop(popped),
                        (_, 1) => resume_unwind(std::boxed::Box::new("no more")),
                        (_, 2) => mem::forget(popped),
                        _ => {
                            mem::forget(popped);
                            resume_unwind(std::boxed::Box::new("no more"))
                        }
                    }
                });
            }));
            assert_eq!(drained.is_err(), action % 2 == 1);
            assert_eq!(image.len(), 20);
            assert!(texts(&image).iter().all(|text| before.binary_search(text).is_ok()));
            if action < 2 {
                check_no_leak(&image);
            } else {
                attack::check(&image);
            }
            // The slots of what was forgotten are used again.
            let mut entries = image.edit();
            for index in 0..20 {
                entries.push(EntryInit { key: index, text: "new", boxed: LeafInit { text: "new" } });
            }
            assert!(entries[20..].iter().all(|entry| entry.text == "new" && entry.boxed.text == "new"));
            attack::check(&image);
        }
    }
}

#[test]
fn drained_elements_go_on_living_where_they_are_put() {
    #[derive(Relocatable, Debug, PartialEq)]
    #[repr(C)]
    struct Two {
        from: Vec<Entry>,
        to: Vec<Entry>,
        option: Option<Box<Entry>>,
    }
    let init = |index: u32| EntryInit {
        key: index,
        text: format!("{index}"),
        boxed: LeafInit { text: format!("boxed {index}") },
    };
    let mut image =
        Image::<Two>::new(TwoInit { from: from_iter((0..20).map(init)), to: Empty, option: Empty }).unwrap();
    let fields = image.edit();
    let (mut from, mut to, mut option) = (fields.from, fields.to, fields.option);
    from.drain(.., |popped: Popped<'_, Entry>| match popped.key % 4 {
        0 => to.push(popped),
        1 => to.insert(0, popped),
        2 => option.set(Some(Boxed(popped))),
        _ => {
            if let Some(own) = option.take() {
                to.push(own);
            }
        }
    });
    assert!(from.is_empty());
    assert_eq!(to.len(), 15);
    for entry in to.iter() {
        assert_eq!(entry.boxed.text.strip_prefix("boxed "), Some(&*entry.text));
    }
    let _ = |place: &mut Place<'_, Entry>| place.key;
    check_no_leak(&image);
}
