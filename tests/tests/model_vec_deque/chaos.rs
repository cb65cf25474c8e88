//! User code that panics while a range is drained, keeps what it is given, and changes the region meanwhile.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use offset_std::prelude::*;
use offset_std::{Filled, Result, Slot, String, VecDeque, VecDequeMut};

use super::attack::{RegionFile, check_no_leak};

/// Its text says its number, so that bytes that were mixed up show.
#[derive(Relocatable, Debug, PartialEq)]
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

struct Key(u64);

impl Emplace<Odd> for Key {
    fn emplace<'s>(self, slot: Slot<'s, Odd>) -> Result<Filled<'s, Odd>> {
        slot.build(OddInit { number: self.0, text: format!("text of {}", self.0) })
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
