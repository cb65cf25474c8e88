//! Orders that panic at every comparison, where that leaves more than the elements: a heap still, or all of them in the same order.

use std::cell::Cell;
use std::cmp::Ordering;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use offset_std::prelude::*;
use offset_std::{BinaryHeap, BinaryHeapMut, Error, Filled, Result, Slot, String};

use super::attack::{RegionFile, Temporary};

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

/// Its text says its number, so that a handle that was followed from elsewhere shows.
#[derive(Relocatable, Debug)]
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

impl Ord for Odd {
    fn cmp(&self, other: &Self) -> Ordering {
        tick();
        self.check().cmp(&other.check())
    }
}

impl PartialOrd for Odd {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Odd {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Odd {}

struct Key(u64);

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

type Heap = BinaryHeap<Odd>;

/// The numbers in ascending order.
fn numbers(heap: &Heap) -> std::vec::Vec<u64> {
    let mut all: std::vec::Vec<_> = heap.iter().map(Odd::check).collect();
    all.sort_unstable();
    all
}

fn in_order(heap: &Heap) -> std::vec::Vec<u64> {
    heap.iter().map(Odd::check).collect()
}

fn image(len: u64) -> Image<Heap> {
    // The calls of user code that panic are those after this one.
    let fuse = FUSE.replace(u32::MAX);
    let image = Image::new(from_iter((0..len).map(|number| Key(number * 37 % 101)))).unwrap();
    FUSE.set(fuse);
    image
}

/// Saves and loads: nothing is owned twice, and nothing leaked.
fn reload(image: &Image<Heap>) {
    let file = Temporary::new();
    image.save(&file).unwrap();
    let loaded = Image::<Heap>::load(&file).unwrap();
    assert_eq!(in_order(&loaded), in_order(image));
    assert_eq!(loaded.usage().allocated, image.usage().allocated, "something leaked");
}

/// What a call that panics leaves.
#[derive(Clone, Copy, PartialEq)]
enum Leaves {
    /// The heap as it was.
    All,
    /// A heap, with what was there and some of what was added.
    Heap,
    /// The elements that were there, in some order; the call may have replaced or removed one, or added some.
    Elements,
}

type Call = fn(&mut BinaryHeapMut<'_, Odd>);

const CALLS: &[(&str, Leaves, Call)] = &[
    ("push the greatest", Leaves::All, |heap| heap.push(Key(1000))),
    ("push the least", Leaves::All, |heap| heap.push(Key(0))),
    ("push what fails", Leaves::All, |heap| drop(heap.try_push(Until(1, 1)).unwrap_err())),
    ("pop", Leaves::All, |heap| drop(heap.pop())),
    ("sort", Leaves::All, |heap| heap.sort()),
    ("peek and pop", Leaves::All, |heap| heap.peek_mut().into_iter().for_each(|guard| drop(guard.pop()))),
    ("extend", Leaves::Heap, |heap| heap.extend((200..220).map(Key))),
    ("extend with what fails", Leaves::All, |heap| {
        drop(heap.try_extend((200..220).map(|number| Until(number, 215))).unwrap_err());
    }),
    ("append", Leaves::Elements, |heap| {
        let mut other = image(9);
        heap.append(&mut other.edit());
        assert!(other.is_empty());
    }),
    ("append many", Leaves::Elements, |heap| heap.append(&mut image(80).edit())),
    ("restore", Leaves::Elements, |heap| heap.restore()),
    ("retain", Leaves::Elements, |heap| {
        heap.retain(|element| {
            tick();
            element.check() != 37
        });
    }),
    ("peek and set", Leaves::Elements, |heap| {
        if let Some(mut guard) = heap.peek_mut() {
            guard.set(Key(3));
        }
    }),
];

#[test]
fn panic_at_every_call_leaves_each_element_once() {
    for len in [0, 1, 2, 7, 30] {
        for (name, leaves, call) in CALLS {
            for fuse in 0.. {
                let mut image = image(len);
                let (before, order) = (numbers(&image), in_order(&image));
                FUSE.set(fuse);
                let done = catch_unwind(AssertUnwindSafe(|| call(&mut image.edit())));
                FUSE.set(u32::MAX);
                let after = numbers(&image);
                match leaves {
                    _ if done.is_ok() => assert!(image.is_heap(), "{name} of {len}"),
                    Leaves::All => assert_eq!(in_order(&image), order, "{name} at call {fuse} of {len}"),
                    Leaves::Heap => {
                        assert!(image.is_heap(), "{name} at call {fuse} of {len}");
                        let old = after.iter().filter(|number| **number < 200);
                        assert!(old.eq(&before), "{name} at call {fuse} of {len}");
                    }
                    Leaves::Elements => {
                        let lost = before.iter().filter(|number| !after.contains(number)).count();
                        assert!(lost <= 1, "{name} at call {fuse} of {len}: {before:?} {after:?}");
                        assert!(!name.starts_with("append") || lost == 0, "{name} at call {fuse} of {len}");
                        assert!(*name != "restore" || after == before, "{name} at call {fuse} of {len}");
                    }
                }
                reload(&image);
                // It works as before.
                let mut heap = image.edit();
                heap.restore();
                heap.push(Key(2000));
                assert_eq!(heap.pop().unwrap().check(), 2000);
                assert!(image.is_heap());
                assert_eq!(numbers(&image), after);
                if done.is_ok() {
                    break;
                }
            }
        }
    }
}

#[test]
fn a_guard_that_is_forgotten_leaves_each_element_once() {
    let mut image = image(30);
    let mut heap = image.edit();
    for number in [3, 7, 5] {
        let mut guard = heap.peek_mut().unwrap();
        guard.set(Key(number));
        std::mem::forget(guard);
    }
    std::mem::forget(heap.pop());
    assert_eq!(heap.len(), 29);
    heap.push(Key(50));
    drop(heap.pop());
    // Out of order or not, it loads.
    let loaded = RegionFile::of(&image).load::<Heap>().unwrap();
    assert_eq!(in_order(&loaded), in_order(&image));
    image.edit().restore();
    assert!(image.is_heap());
}

#[test]
fn a_drain_that_panics_releases_the_rest() {
    for fuse in 0..10 {
        let mut image = image(10);
        let mut left = fuse;
        let done = catch_unwind(AssertUnwindSafe(|| {
            image.edit().drain(|popped| {
                popped.check();
                if left == 0 {
                    resume_unwind(std::boxed::Box::new("no more"));
                }
                left -= 1;
            });
        }));
        assert!(done.is_err() && image.is_empty());
        reload(&image);
    }
}
