//! User code panics, fails, and changes the region meanwhile: at every call, nothing is lost, and nothing is there twice.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use offset_std::prelude::*;
use offset_std::{Error, Filled, Result, Slot, String, VecDeque, VecDequeMut};

use super::attack::{RegionFile, check_no_leak};

thread_local! {
    /// Calls that are left before one panics.
    static FUSE: Cell<u32> = const { Cell::new(u32::MAX) };
}

fn tick() {
    FUSE.with(|fuse| {
        if fuse.replace(fuse.get().wrapping_sub(1)) == 0 {
            resume_unwind(std::boxed::Box::new("the fuse blew"));
        }
    });
}

#[derive(Relocatable, Debug, Eq)]
#[repr(C)]
struct Odd {
    number: u64,
    text: String,
}

impl Odd {
    /// Reads all of it.
    fn check(&self) -> u64 {
        assert_eq!(self.text, format!("text of {}", self.number));
        self.number
    }
}

impl PartialEq for Odd {
    fn eq(&self, other: &Odd) -> bool {
        tick();
        self.check() == other.check()
    }
}

impl PartialEq<u64> for Odd {
    fn eq(&self, other: &u64) -> bool {
        tick();
        self.check() == *other
    }
}

/// Builds one, and may be asked for another of its kind.
struct Key(u64);

impl Clone for Key {
    fn clone(&self) -> Self {
        tick();
        Key(self.0)
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

/// One that fails from some number on.
struct Until(u64, u64);

impl Emplace<Odd> for Until {
    fn emplace<'s>(self, slot: Slot<'s, Odd>) -> Result<Filled<'s, Odd>> {
        if self.0 < self.1 { slot.build(Key(self.0)) } else { Err(Error::custom("broken")) }
    }
}

fn numbers(deque: &VecDeque<Odd>) -> std::vec::Vec<u64> {
    deque.iter().map(Odd::check).collect()
}

/// Elements 0 to `len` in a ring of `capacity` places, the first of them in place `first`.
fn image(len: u64, capacity: usize, first: usize) -> Image<VecDeque<Odd>> {
    let mut image = Image::<VecDeque<Odd>>::new(Empty).unwrap();
    let mut deque = image.edit();
    deque.try_reserve_exact(capacity).unwrap();
    // An element that stays behind the others keeps the ring from beginning at place 0 again.
    deque.extend((first > 0).then_some(Key(0)));
    for _ in 0..first {
        deque.push_back(Key(0));
        drop(deque.pop_front());
    }
    let mut keys = (0..len).map(Key);
    deque.extend(keys.by_ref().take(len.saturating_sub(1) as usize));
    deque.drain(..usize::from(first > 0), |popped| drop(popped));
    deque.extend(keys);
    assert_eq!(deque.capacity(), capacity);
    image
}

type Call = fn(&mut VecDequeMut<'_, Odd>);

/// Whether a call that panics leaves all as it was, or what it has done so far.
#[derive(Clone, Copy, PartialEq)]
enum Leaves {
    All,
    Some,
}

const CALLS: &[(&str, Leaves, Call)] = &[
    ("push_back", Leaves::All, |deque| deque.push_back(Key(100))),
    ("push_front", Leaves::All, |deque| deque.push_front(Key(100))),
    ("insert before the middle", Leaves::All, |deque| deque.insert(deque.len() / 3, Key(100))),
    ("insert behind the middle", Leaves::All, |deque| deque.insert(deque.len() - deque.len() / 3, Key(100))),
    ("push what fails", Leaves::All, |deque| {
        drop(deque.try_push_back(Until(1, 1)).unwrap_err());
        drop(deque.try_push_front(Until(1, 1)).unwrap_err());
        drop(deque.try_insert(deque.len() / 2, Until(1, 1)).unwrap_err());
    }),
    ("extend", Leaves::Some, |deque| deque.extend((100..120).map(Key))),
    ("extend with what fails", Leaves::Some, |deque| {
        drop(deque.try_extend((100..120).map(|number| Until(number, 115))).unwrap_err());
    }),
    ("resize", Leaves::Some, |deque| deque.resize(deque.len() + 5, Key(100))),
    ("set", Leaves::All, |deque| deque.set((100..105).map(Key).collect::<std::vec::Vec<_>>())),
    ("set by what fails", Leaves::All, |deque| {
        drop(deque.try_set(from_iter((100..110).map(|number| Until(number, 107)))).unwrap_err());
    }),
    ("retain", Leaves::All, |deque| {
        deque.retain(|element| {
            tick();
            element.check() % 3 > 0
        });
    }),
    ("retain_mut", Leaves::All, |deque| {
        deque.retain_mut(|place| {
            tick();
            let number = place.check();
            place.set(Key(number));
            number % 3 > 0
        });
    }),
    ("drain", Leaves::Some, |deque| {
        let len = deque.len();
        deque.drain(len / 4..len / 2, |popped| {
            tick();
            popped.check();
        });
    }),
    ("drain from behind", Leaves::Some, |deque| {
        let len = deque.len();
        deque.drain(len / 2..len - len / 4, |popped| {
            tick();
            popped.check();
        });
    }),
    ("contains", Leaves::All, |deque| assert!(!deque.contains(&1000))),
];

#[test]
fn panic_at_every_call_loses_nothing() {
    // Full in a row, full round the end, with room, without a buffer.
    for (len, capacity, first) in [(0, 0, 0), (7, 7, 0), (7, 7, 4), (9, 16, 12), (9, 40, 3)] {
        for (name, leaves, call) in CALLS {
            for fuse in 0.. {
                let mut image = image(len, capacity, first);
                let before = numbers(&image);
                assert_eq!(before, (0..len).collect::<std::vec::Vec<_>>());
                FUSE.set(fuse);
                let done = catch_unwind(AssertUnwindSafe(|| call(&mut image.edit())));
                FUSE.set(u32::MAX);
                let after = numbers(&image);
                if done.is_err() && *leaves == Leaves::All {
                    assert_eq!(after, before, "{name} at call {fuse} of {len}");
                } else if done.is_err() {
                    // What was there comes first, in order; then what was added before the panic.
                    let old: std::vec::Vec<_> = after.iter().copied().filter(|number| *number < 100).collect();
                    assert!(old.is_sorted() && old.iter().all(|number| before.contains(number)), "{name} at {fuse}");
                    assert!(name.starts_with("drain") || old == before, "{name} at call {fuse} of {len}");
                    assert!(after[old.len()..].iter().all(|number| *number >= 100), "{name} at call {fuse} of {len}");
                }
                check_no_leak(&image);
                // It works as before.
                image.edit().push_front(Key(200));
                image.edit().push_back(Key(201));
                assert_eq!((image.front().unwrap().check(), image.back().unwrap().check()), (200, 201));
                assert_eq!(image.len(), after.len() + 2);
                if done.is_ok() {
                    break;
                }
            }
        }
    }
}

#[test]
fn a_drain_that_panics_releases_the_rest_of_its_range_only() {
    for (from, to) in [(0, 9), (0, 4), (2, 5), (5, 9), (4, 7)] {
        for fuse in 0..to - from {
            let mut image = image(9, 16, 12);
            let mut left = fuse;
            let done = catch_unwind(AssertUnwindSafe(|| {
                image.edit().drain(from..to, |popped| {
                    popped.check();
                    if left == 0 {
                        resume_unwind(std::boxed::Box::new("no more"));
                    }
                    left -= 1;
                });
            }));
            assert!(done.is_err());
            let mut kept = numbers(&image);
            kept.sort_unstable();
            let expected = (0..9).filter(|number| !(from as u64..to as u64).contains(number));
            assert_eq!(kept, expected.collect::<std::vec::Vec<_>>());
            check_no_leak(&image);
        }
    }
}

#[test]
fn removed_elements_that_are_forgotten_are_lost_and_nothing_else() {
    let mut image = image(9, 16, 12);
    let mut deque = image.edit();
    std::mem::forget(deque.pop_front());
    std::mem::forget(deque.pop_back());
    std::mem::forget(deque.remove(3));
    deque.drain(1..3, |popped| std::mem::forget(popped));
    assert_eq!(numbers(&deque), [1, 5, 6, 7]);
    // The places that they lay in are used again, moved, and given up.
    for number in 10..40 {
        deque.push_front(Key(number));
        deque.push_back(Key(number));
        drop(deque.pop_front());
    }
    deque.rotate_left(7);
    deque.make_contiguous();
    deque.truncate(9);
    deque.shrink_to_fit();
    let expected = numbers(&deque);
    let loaded = RegionFile::of(&image).load::<VecDeque<Odd>>().unwrap();
    assert_eq!(numbers(&loaded), expected);
    assert!(loaded.usage().allocated < image.usage().allocated);
}

#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
struct Two {
    one: VecDeque<String>,
    other: VecDeque<String>,
}

/// An initialiser that changes another deque of the same region meanwhile, so that buffers grow, move and are freed.
struct Meddler<'a, 'r>(&'a RefCell<VecDequeMut<'r, String>>);

impl Emplace<String> for Meddler<'_, '_> {
    fn emplace<'s>(self, slot: Slot<'s, String>) -> Result<Filled<'s, String>> {
        let mut other = self.0.borrow_mut();
        other.push_back("a text that is long enough to matter");
        let filled = slot.build("built")?;
        other.push_front("another one of those");
        if other.len() > 90 {
            other.drain(..70, |popped| assert!(!popped.is_empty()));
            other.shrink_to_fit();
        }
        Ok(filled)
    }
}

#[test]
fn initialisers_that_change_another_deque_of_the_region_harm_nothing() {
    let mut image = Image::<Two>::new(TwoInit { one: Empty, other: Empty }).unwrap();
    let TwoMut { mut one, other } = image.edit();
    let other = RefCell::new(other);
    for round in 0..200 {
        one.push_back(Meddler(&other));
        one.push_front(Meddler(&other));
        one.insert(round % (one.len() + 1), Meddler(&other));
        one.retain_mut(|place| {
            place.set(Meddler(&other));
            true
        });
        if one.len() > 50 {
            one.drain(3..40, |popped| other.borrow_mut().push_back(popped));
        }
    }
    assert!(image.one.iter().all(|text| text == "built"));
    check_no_leak(&image);
}
