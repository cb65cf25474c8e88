//! Layout, the std traits, what a deque is built from, and regions that don't mix.

#![allow(clippy::needless_borrows_for_generic_args, reason = "borrowed initialisers are what is tried")]

use std::collections::{BTreeSet, LinkedList, VecDeque as StdDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

use offset_std::prelude::*;
use offset_std::vec_deque::{Iter, IterMut};
use offset_std::{Region, Space, StableHasher, String, Vec, VecDeque};
use static_assertions::{assert_impl_all, assert_not_impl_any};

use super::attack::{RegionFile, check_no_leak};

assert_impl_all!(Iter<'static, String>: Send, Sync, Clone);
assert_not_impl_any!(IterMut<'static, u64>: Send, Sync);

#[test]
fn a_deque_takes_what_its_places_take_and_a_head() {
    let empty = Image::<VecDeque<u64>>::new(Empty).unwrap();
    assert_eq!((empty.usage().allocated, empty.capacity()), (8, 0));
    for len in [1, 2, 100] {
        let image = Image::<VecDeque<u64>>::new(from_iter(0..len)).unwrap();
        assert_eq!(image.usage().allocated, 8 + 8 + len * 8);
    }
    // 64 bytes with the head to begin with, then twice as many places.
    let mut image = Image::<VecDeque<u64>>::new(Empty).unwrap();
    let mut capacities = std::vec::Vec::new();
    for number in 0..100 {
        image.edit().push_front(number);
        capacities.push(image.capacity());
    }
    capacities.dedup();
    assert_eq!(capacities, [7, 14, 28, 56, 112]);
}

#[test]
fn the_last_allocation_of_a_region_grows_where_it_lies() {
    let mut image = Image::<VecDeque<u64>>::new(Empty).unwrap();
    let mut deque = image.edit();
    // Wrapped whenever it grows, so that growing has to move what lies before the end.
    for number in 0..5_000u64 {
        deque.push_back(number);
        if number % 3 == 0 {
            deque.push_front(number);
        }
    }
    let (front, back) = (deque.as_slices().0.as_ptr().addr(), deque.as_slices().1.as_ptr().addr());
    assert!(front > back);
    let evens: std::vec::Vec<u64> = (0..5_000).filter(|number| number % 3 == 0).rev().collect();
    assert!(deque.iter().copied().eq(evens.into_iter().chain(0..5_000)));
    let capacity = deque.capacity() as u64;
    let usage = image.usage();
    // Nothing was moved to another place, so nothing was given up.
    assert_eq!((usage.allocated, usage.free), (8 + 8 + capacity * 8, 0));
}

#[test]
fn the_same_calls_write_the_same_bytes() {
    let build = || {
        let options = ImageOptions::new().id(1);
        let mut image = Image::<VecDeque<String>>::with_options(options, ["b", "c", "d"]).unwrap();
        let mut deque = image.edit();
        deque.push_front("a");
        deque.retain(|text| text != "c");
        deque.rotate_left(1);
        RegionFile::of(&image).bytes
    };
    assert_eq!(build(), build());
}

fn hash(value: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Equality, by the implementation for just these two types.
fn equal<A: PartialEq<B> + ?Sized, B: ?Sized>(left: &A, right: &B) -> bool {
    left == right
}

#[test]
fn a_deque_is_like_a_std_deque() {
    for numbers in [vec![], vec![1u16], vec![3, 1, 2, 9]] {
        let std = StdDeque::from(numbers.clone());
        let mut image = Image::<VecDeque<u16>>::new(&numbers).unwrap();
        for turned in [false, true] {
            if turned {
                let mut deque = image.edit();
                deque.reserve(1);
                let half = deque.len() / 2;
                deque.rotate_right(half);
                deque.rotate_left(half);
                let spare = deque.capacity();
                (0..spare).for_each(|_| {
                    if let Some(first) = deque.pop_front().map(|first| *first) {
                        deque.push_back(first);
                    }
                });
                let by = spare % deque.len().max(1);
                deque.rotate_right(by);
            }
            let deque = &*image;
            assert_eq!((format!("{deque:?}"), format!("{deque:#?}")), (format!("{std:?}"), format!("{std:#?}")));
            assert_eq!(hash(deque), hash(&std));
            assert_eq!(serde_json::to_string(deque).unwrap(), serde_json::to_string(&std).unwrap());
            let fresh = Image::<VecDeque<u16>>::new(&std).unwrap();
            assert_eq!(StableHasher::hash_one(deque, 7), StableHasher::hash_one(&*fresh, 7));
            let (slice, vec): (&[u16], _) = (&numbers, Image::<Vec<u16>>::new(&numbers).unwrap());
            assert!(*deque == *fresh && *deque == std && *deque == numbers && *deque == *slice && *deque == slice);
            assert_eq!(std, *deque);
            assert_eq!(numbers, *deque);
            assert_eq!(*deque, *vec);
            assert_eq!(*vec, *deque);
            assert!(!equal(deque, &[7; 3]) && !equal(deque, &&[7; 3]) && equal(deque, &&mut *numbers.clone()));
            assert_eq!(deque.cmp(&fresh), std::cmp::Ordering::Equal);
            let other = Image::<VecDeque<u16>>::new([3, 2]).unwrap();
            assert_eq!(deque.cmp(&other), std.cmp(&StdDeque::from([3, 2])));
            assert_eq!(deque.partial_cmp(&other), std.partial_cmp(&StdDeque::from([3, 2])));
            let mut sum = 0;
            for number in deque {
                sum += number;
            }
            assert_eq!(sum, numbers.iter().sum::<u16>());
            assert_eq!(deque.iter().rev().fold(0u64, |all, one| all * 10 + u64::from(*one)), {
                numbers.iter().rev().fold(0u64, |all, one| all * 10 + u64::from(*one))
            });
            let handle = image.edit();
            assert!(handle == std && handle == numbers && handle == *slice && handle == slice && handle != [7; 3]);
            assert_eq!(format!("{handle:?}"), format!("{std:?}"));
        }
    }
}

#[test]
#[should_panic(expected = "the len is 2 but the index is 2")]
fn an_index_past_the_end_panics() {
    let image = Image::<VecDeque<u16>>::new([1, 2]).unwrap();
    let _ = image[2];
}

#[test]
#[should_panic(expected = "the len is 2 but the index is 2")]
fn editing_past_the_end_panics() {
    let mut image = Image::<VecDeque<u16>>::new([1, 2]).unwrap();
    image.edit()[2] = 1;
}

#[test]
fn collections_of_std_become_a_deque() {
    let expected = [1u8, 2, 3];
    let of = |image: offset_std::Result<Image<VecDeque<u8>>>| assert_eq!(*image.unwrap(), expected);
    of(Image::new(expected));
    of(Image::new(&expected));
    of(Image::new(&expected[..]));
    of(Image::new(std::vec::Vec::from(expected)));
    of(Image::new(&std::vec::Vec::from(expected)));
    of(Image::new(&std::boxed::Box::<[u8]>::from(expected)));
    of(Image::new(StdDeque::from(expected)));
    of(Image::new(&StdDeque::from(expected)));
    of(Image::new(LinkedList::from(expected)));
    of(Image::new(&LinkedList::from(expected)));
    of(Image::new(BTreeSet::from(expected)));
    of(Image::new(&BTreeSet::from(expected)));
    of(Image::new(from_iter(expected)));
    let boxed = Image::<offset_std::Box<VecDeque<u8>>>::new(Boxed(expected)).unwrap();
    assert_eq!(**boxed, expected);
    let texts = Image::<VecDeque<String>>::new(&["a".to_owned(), "b".to_owned()]).unwrap();
    assert_eq!(*texts, ["a", "b"]);
    // A hint that lies asks for more than there is.
    let liar = (0..3u64).chain(std::iter::from_fn(|| None));
    struct Liar<I>(I);
    impl<I: Iterator> Iterator for Liar<I> {
        type Item = I::Item;
        fn next(&mut self) -> Option<I::Item> {
            self.0.next()
        }
        fn size_hint(&self) -> (usize, Option<usize>) {
            (usize::MAX, None)
        }
    }
    assert_eq!(*Image::<VecDeque<u64>>::new(from_iter(Liar(liar))).unwrap(), [0, 1, 2]);
}

#[test]
fn elements_go_from_region_to_region_as_copies() {
    let space = Space::new().unwrap();
    // Two regions of one space, whose blocks lie side by side.
    let (one, other) = (Region::new_in(&space), Region::new_in(&space));
    let mut from = one.alloc::<VecDeque<String>, _>(["a text of some length"; 9]);
    let mut to = other.alloc::<VecDeque<String>, _>(["here before"; 2]);
    from.edit().rotate_left(4);
    to.edit().append(&mut from.edit());
    assert!(from.is_empty() && to.len() == 11);
    let mut first = to.edit();
    from.edit().push_back(first.pop_front().unwrap());
    from.edit().swap_with(&mut first);
    assert_eq!((from.len(), to.len()), (10, 1));
    drop(from);
    drop(one);
    assert_eq!(*to, ["here before"]);
    let image = Image::<VecDeque<String>>::new(DeepCopy(&*to)).unwrap();
    check_no_leak(&image);
}

/// Two handles may be swapped: what they edit stays where it is.
#[test]
fn swapping_handles_of_two_regions_swaps_no_values() {
    let mut one = Image::<VecDeque<String>>::new(["one"]).unwrap();
    let mut two = Image::<VecDeque<String>>::new(["two"]).unwrap();
    let (mut a, mut b) = (one.edit(), two.edit());
    std::mem::swap(&mut a, &mut b);
    a.push_back("pushed through a");
    b.push_front("pushed through b");
    let (mut x, mut y) = (a.iter_mut(), b.iter_mut());
    std::mem::swap(&mut x, &mut y);
    x.for_each(|mut text| text.push('!'));
    assert_eq!(*one, ["pushed through b!", "one!"]);
    assert_eq!(*two, ["two", "pushed through a"]);
    check_no_leak(&one);
    check_no_leak(&two);
}

#[test]
fn a_sealed_deque_is_read_from_any_thread() {
    let sealed = Region::build(|region| {
        let mut own = region.alloc::<VecDeque<String>, _>(["b", "c"]);
        own.edit().push_front("a");
        own
    });
    let threads: std::vec::Vec<_> = (0..4)
        .map(|_| {
            let sealed = sealed.clone();
            std::thread::spawn(move || assert_eq!(*sealed, ["a", "b", "c"]))
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
}
