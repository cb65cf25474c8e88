//! Layout, files that were changed, the std traits, what a heap is built from, and regions that don't mix.

#![allow(clippy::needless_borrows_for_generic_args, reason = "borrowed initialisers are what is tried")]

use std::collections::{BTreeSet, BinaryHeap as StdHeap, LinkedList, VecDeque};

use offset_std::binary_heap::PeekMut;
use offset_std::prelude::*;
use offset_std::{BinaryHeap, Region, Space, String, Vec};
use static_assertions::assert_not_impl_any;

use super::attack::{RegionFile, Temporary};

assert_not_impl_any!(PeekMut<'static, 'static, u64>: Send, Sync, Clone);
assert_not_impl_any!(PeekMut<'static, 'static, String>: std::ops::DerefMut);

#[test]
fn a_heap_takes_what_a_vector_takes() {
    for len in [0u64, 1, 100] {
        let heap = Image::<BinaryHeap<u64>>::new(from_iter(0..len)).unwrap();
        let vec = Image::<Vec<u64>>::new(from_iter(0..len)).unwrap();
        assert_eq!(heap.usage().allocated, vec.usage().allocated);
        assert_eq!((size_of::<BinaryHeap<u64>>(), heap.len() as u64), (8, len));
    }
}

#[test]
fn a_file_of_a_vector_is_no_file_of_a_heap() {
    let file = Temporary::new();
    Image::<Vec<u64>>::new([3, 2, 1]).unwrap().save(&file).unwrap();
    let error = Image::<BinaryHeap<u64>>::load(&file).err().unwrap();
    assert!(error.to_string().contains("BinaryHeap"), "{error}");
}

/// A root that doesn't take just any order.
#[derive(Relocatable)]
#[relocatable(validate = is_in_order)]
#[repr(C)]
struct Strict {
    heap: BinaryHeap<u64>,
}

fn is_in_order(root: &Strict) -> std::result::Result<(), std::string::String> {
    if root.heap.is_heap() { Ok(()) } else { Err("the heap isn't in order".to_owned()) }
}

#[test]
fn an_order_that_was_changed_is_seen_by_who_asks() {
    let mut file = RegionFile::of(&Image::<BinaryHeap<u64>>::new([3, 2, 1]).unwrap());
    let first = file.follow(file.root());
    file.set_u64(first, 0);
    let mut image = file.load::<BinaryHeap<u64>>().unwrap();
    assert!(!image.is_heap());
    let mut heap = image.edit();
    // Pushing and popping goes on; only which element comes first is wrong.
    heap.push(7);
    heap.pop().unwrap();
    assert_eq!(heap.len(), 3);
    heap.restore();
    assert!(heap.is_heap());
    let mut file = RegionFile::of(&Image::<Strict>::new(StrictInit { heap: [3, 2, 1] }).unwrap());
    let first = file.follow(file.root());
    file.set_u64(first, 0);
    assert!(file.refusal::<Strict>().contains("the heap isn't in order"));
}

#[test]
fn any_changed_byte_of_a_body_is_refused_or_harmless() {
    let file =
        RegionFile::of(&Image::<BinaryHeap<String>>::new(["c", "a text of some length", "b", "a", "d"]).unwrap());
    let (mut harmless, mut refused) = (0, 0);
    for at in file.body() {
        let byte = file.bytes[at];
        for value in [byte ^ 1, byte ^ 0x80, 0, 0xff, byte.wrapping_add(1)] {
            if value == byte {
                continue;
            }
            let mut changed = file.clone();
            changed.bytes[at] = value;
            let Ok(mut image) = changed.load::<BinaryHeap<String>>() else {
                refused += 1;
                continue;
            };
            harmless += 1;
            let mut heap = image.edit();
            let len = heap.len();
            (0..9).for_each(|_| heap.push("pushed"));
            drop(heap.pop());
            heap.restore();
            assert!(heap.is_heap() && heap.len() == len + 8);
            heap.retain(|text| text.len() != 1);
            heap.sort();
            heap.clear();
            heap.shrink_to_fit();
            assert_eq!(image.usage().allocated, 8, "something leaked");
        }
    }
    assert!(harmless > 10 && refused > 50, "{harmless} harmless, {refused} refused");
    // A fault is named by its index.
    let mut changed = file.clone();
    let second = changed.follow(changed.root()) + 8;
    changed.set_u32(second, 7);
    assert!(changed.refusal::<BinaryHeap<String>>().contains("BinaryHeap[1]"));
}

#[test]
fn the_same_calls_write_the_same_bytes_and_nothing_of_what_was_removed() {
    let secret = "a secret that is long enough to be found";
    let build = || {
        let options = ImageOptions::new().id(1);
        let mut image = Image::<BinaryHeap<String>>::with_options(options, ["b", "c", "d"]).unwrap();
        let mut heap = image.edit();
        (0..5).for_each(|_| heap.push(secret));
        heap.peek_mut().unwrap().set(secret);
        heap.retain(|text| text != secret);
        heap.push("z");
        drop(heap.pop());
        assert_eq!(heap.to_sorted_vec(), ["b", "c"]);
        RegionFile::of(&image).bytes
    };
    assert_eq!(build(), build());
    assert!(!build().windows(8).any(|window| window == &secret.as_bytes()[..8]));
}

#[test]
fn a_heap_is_shown_like_its_elements() {
    let mut image = Image::<BinaryHeap<u16>>::new([1, 2, 3]).unwrap();
    let slice = image.as_slice().to_vec();
    assert_eq!(format!("{:?} {:#?}", *image, *image), format!("{slice:?} {slice:#?}"));
    assert_eq!(serde_json::to_string(&*image).unwrap(), serde_json::to_string(&slice).unwrap());
    assert!(image.iter().eq(&*image));
    let mut heap = image.edit();
    assert_eq!(format!("{heap:?}"), format!("{slice:?}"));
    let guard = heap.peek_mut().unwrap();
    assert_eq!(format!("{guard:?}"), "3");
}

#[test]
fn collections_of_std_become_a_heap() {
    let expected = [2u8, 3, 1];
    let of = |image: offset_std::Result<Image<BinaryHeap<u8>>>| {
        let image = image.unwrap();
        assert!(image.is_heap());
        assert_eq!(image.to_sorted_vec(), [&1, &2, &3]);
    };
    of(Image::new(expected));
    of(Image::new(&expected));
    of(Image::new(&expected[..]));
    of(Image::new(std::vec::Vec::from(expected)));
    of(Image::new(&std::vec::Vec::from(expected)));
    of(Image::new(&std::boxed::Box::<[u8]>::from(expected)));
    of(Image::new(VecDeque::from(expected)));
    of(Image::new(&VecDeque::from(expected)));
    of(Image::new(LinkedList::from(expected)));
    of(Image::new(&LinkedList::from(expected)));
    of(Image::new(BTreeSet::from(expected)));
    of(Image::new(&BTreeSet::from(expected)));
    of(Image::new(StdHeap::from(expected)));
    of(Image::new(&StdHeap::from(expected)));
    of(Image::new(from_iter(expected)));
    assert!(Image::<BinaryHeap<u8>>::new(Empty).unwrap().is_empty());
    let boxed = Image::<offset_std::Box<BinaryHeap<u8>>>::new(Boxed(expected)).unwrap();
    assert_eq!(boxed.peek(), Some(&3));
}

#[test]
fn a_vector_of_the_same_region_becomes_a_heap_where_it_lies() {
    let region = Region::new();
    let mut heap = region.alloc::<BinaryHeap<String>, _>(Empty);
    let vector = region.alloc::<Vec<String>, _>(["b", "c", "a"]);
    let elements = vector.as_ptr();
    heap.edit().set(vector);
    assert!(heap.is_heap() && std::ptr::eq(heap.as_slice().as_ptr(), elements));
    assert_eq!(heap.edit().into_sorted(), ["c", "b", "a"]);
}

#[test]
fn appending_few_to_many_and_many_to_few_gives_a_heap() {
    for (ours, theirs) in [(0, 0), (0, 5), (5, 0), (1, 1), (300, 3), (3, 300), (3000, 40), (2100, 2000)] {
        let numbers = |count: u64, from: u64| from_iter((0..count).map(move |n| (n * 7919 + from) % 1009));
        let mut one = Image::<BinaryHeap<u64>>::new(numbers(ours, 1)).unwrap();
        let mut other = Image::<BinaryHeap<u64>>::new(numbers(theirs, 2)).unwrap();
        one.edit().append(&mut other.edit());
        assert!(one.is_heap() && other.is_empty());
        assert_eq!(one.len() as u64, ours + theirs);
    }
}

#[test]
fn elements_go_from_region_to_region_as_copies() {
    let space = Space::new().unwrap();
    // Two regions of one space, whose blocks lie side by side.
    let (one, other) = (Region::new_in(&space), Region::new_in(&space));
    let mut from = one.alloc::<BinaryHeap<String>, _>(["a text of some length"; 9]);
    let mut to = other.alloc::<BinaryHeap<String>, _>(["here before"; 2]);
    to.edit().append(&mut from.edit());
    assert!(from.is_empty() && to.len() == 11);
    from.edit().push(to.edit().pop().unwrap());
    from.edit().swap_with(&mut to.edit());
    // A vector of the other region is copied.
    to.edit().set(other.alloc::<Vec<String>, _>(["x", "z", "y"]));
    let (greatest, rest) = (to.peek().unwrap().as_str().to_owned(), from.len());
    from.edit().set(other.alloc::<Vec<String>, _>(["q"]));
    assert_eq!((greatest.as_str(), rest), ("z", 10));
    drop(to);
    drop(other);
    assert_eq!(from.peek().unwrap(), "q");
}

/// Two guards may be swapped: each restores the heap that it came from.
#[test]
fn swapping_guards_of_two_regions_swaps_no_values() {
    let mut one = Image::<BinaryHeap<String>>::new(["a", "b", "c"]).unwrap();
    let mut two = Image::<BinaryHeap<String>>::new(["x", "y", "z"]).unwrap();
    let (mut first, mut second) = (one.edit(), two.edit());
    let (mut a, mut b) = (first.peek_mut().unwrap(), second.peek_mut().unwrap());
    std::mem::swap(&mut a, &mut b);
    a.set("through a");
    b.edit().push('!');
    drop((a, b));
    assert_eq!(one.to_sorted_vec(), ["a", "b", "c!"]);
    assert_eq!(two.to_sorted_vec(), ["through a", "x", "y"]);
}
