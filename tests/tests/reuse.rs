//! An image that is edited for a long time doesn't grow: what is given up is used again.

use std::fs;

use offset_std::prelude::*;
use offset_std::{Box, String, Vec};
use tests::Scratch;

/// A simple generator, so that each run is the same.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

/// All bytes of the region up to the last that was handed out: what a file's body has.
fn extent<T>(image: &Image<T>) -> u64 {
    image.usage().allocated + image.usage().free
}

fn units(bytes: usize) -> u64 {
    bytes.next_multiple_of(8) as u64
}

#[test]
fn replacing_every_string_a_thousand_times_keeps_the_file_small() {
    const STRINGS: usize = 300;
    let scratch = Scratch::new("reuse-strings");
    let path = scratch.file("strings");
    let mut image = Image::<Vec<String>>::new(vec![""; STRINGS]).unwrap();
    let fixed = image.usage().allocated;
    let mut numbers = Numbers(1);
    let (mut after_warming_up, mut largest_live) = (0, 0);
    for round in 0..1000 {
        let mut live = fixed;
        for index in 0..STRINGS {
            let text = "x".repeat(numbers.below(120));
            image.edit().get_mut(index).unwrap().set(&text);
            live += units(text.len());
        }
        assert_eq!(image.usage().allocated, live, "something leaked in round {round}");
        largest_live = live.max(largest_live);
        if round == 100 {
            after_warming_up = extent(&image);
        }
        if round % 250 == 249 {
            image.save(&path).unwrap();
            let file = fs::metadata(&path).unwrap().len();
            assert!(file < extent(&image) + 1024, "a file of {file} bytes");
        }
    }
    let (last, bound) = (extent(&image), largest_live * 3 / 2);
    assert!(last <= bound, "{last} bytes for at most {largest_live} in use");
    assert!(last <= after_warming_up * 5 / 4, "it still grows: {after_warming_up} bytes, then {last}");
}

/// The same through a file: what is free isn't in the file, and is found again when it is loaded.
#[test]
fn an_image_saved_and_loaded_fifty_times_between_edits_stays_small() {
    let scratch = Scratch::new("reuse-files");
    let path = scratch.file("strings");
    let mut image = Image::<Vec<String>>::new(vec!["x"; 200]).unwrap();
    let mut numbers = Numbers(2);
    let (mut live, mut largest_live) = (0, 0);
    for _ in 0..50 {
        for index in 0..200 {
            let text = "y".repeat(numbers.below(200));
            image.edit().get_mut(index).unwrap().set(text);
        }
        live = image.iter().map(|text| units(text.len())).sum::<u64>() + 8 + 200 * 8;
        largest_live = live.max(largest_live);
        image.save(&path).unwrap();
        image = Image::load(&path).unwrap();
        assert_eq!(image.usage().allocated, live);
    }
    assert!(extent(&image) <= largest_live * 3 / 2, "{} bytes for {live}", extent(&image));
}

/// Buffers of very different sizes, so that free space is in pieces.
#[test]
fn buffers_of_random_sizes_leave_less_than_half_of_the_space_unused() {
    let mut image = Image::<Vec<Vec<u8>>>::new(vec![[0; 0]; 100]).unwrap();
    let mut numbers = Numbers(3);
    let mut largest_live = 0;
    for _ in 0..20_000 {
        let (index, size) = (numbers.below(100), numbers.below(13) + 1);
        let bytes = vec![7; numbers.below(1 << size)];
        image.edit().get_mut(index).unwrap().set(bytes);
        largest_live = image.usage().allocated.max(largest_live);
    }
    assert!(extent(&image) <= largest_live * 2, "{} bytes for at most {largest_live}", extent(&image));
}

#[test]
fn filling_and_clearing_again_and_again_takes_no_more_space() {
    let mut image = Image::<Vec<Vec<String>>>::new(Empty).unwrap();
    let mut extents = vec![];
    for _ in 0..50 {
        for outer in 0..20 {
            let texts = (0..outer).map(|inner| format!("{outer} {inner} with some more text"));
            image.edit().push(from_iter(texts));
        }
        extents.push(extent(&image));
        image.edit().clear();
    }
    assert!(extents[49] <= extents[1], "{} bytes at first, {} in the end", extents[1], extents[49]);
    image.edit().shrink_to_fit();
    assert_eq!(image.usage().allocated, 8);
}

/// Two vectors that grow in turns can't grow in place: each leaves buffers behind, which must be used by the other.
#[test]
fn vectors_that_grow_in_turns_leak_nothing() {
    #[derive(Relocatable)]
    #[repr(C)]
    struct Turns {
        a: Vec<u64>,
        b: Vec<[u8; 24]>,
    }
    let mut image = Image::<Turns>::new(TurnsInit { a: Empty, b: Empty }).unwrap();
    let fixed = image.usage().allocated;
    let mut turns = image.edit();
    for index in 0..20_000 {
        turns.a.push(index);
        turns.b.push([7; 24]);
    }
    let (a, b) = (turns.a.capacity() as u64 * 8, turns.b.capacity() as u64 * 24);
    assert_eq!(image.usage().allocated, fixed + 8 + a + 8 + b);
    assert!(extent(&image) <= 3 * (a + b));
    let mut turns = image.edit();
    turns.a.shrink_to_fit();
    turns.b.shrink_to_fit();
    assert_eq!(image.usage().allocated, fixed + 20_000 * (8 + 24));
}

/// The last allocation of a region grows where it lies.
#[test]
fn a_vector_alone_grows_in_place() {
    let mut image = Image::<Vec<u64>>::new(Empty).unwrap();
    for index in 0..100_000 {
        image.edit().push(index);
        assert_eq!(image.usage().free, 0);
    }
    assert!(image.iter().copied().eq(0..100_000));
}

#[derive(Relocatable)]
#[repr(C)]
struct Node {
    key: u64,
    left: Option<Box<Node>>,
    right: Option<Box<Node>>,
}

/// A tree is grown and cut, node by node.
#[test]
fn a_tree_grown_and_cut_for_long_stays_small() {
    let mut image = Image::<Node>::new(NodeInit { key: 1 << 31, left: Empty, right: Empty }).unwrap();
    let mut numbers = Numbers(4);
    let mut largest_live = 0;
    for step in 0..50_000 {
        let key = numbers.below(1 << 32) as u64;
        let depth = numbers.below(12);
        let mut node = image.edit();
        let mut next = if key < *node.key { node.left } else { node.right };
        for _ in 0..depth {
            if next.is_none() {
                break;
            }
            node = next.into_mut().expect("just looked").into_fields();
            next = if key < *node.key { node.left } else { node.right };
        }
        if step % 3 == 2 {
            next.clear();
        } else if next.is_none() {
            next.set(Some(NodeInit { key, left: Empty, right: Empty }));
        }
        largest_live = image.usage().allocated.max(largest_live);
    }
    assert!(extent(&image) <= largest_live * 5 / 4, "{} bytes for at most {largest_live}", extent(&image));
    let mut root = image.edit();
    root.left.clear();
    root.right.clear();
    assert_eq!(image.usage().allocated, 16);
}

/// Values that were built but never linked.
#[test]
fn what_was_built_and_dropped_is_used_again() {
    let mut image = Image::<Vec<String>>::new(Empty).unwrap();
    let fresh = image.usage();
    for round in 0..10_000 {
        let text = "some text that needs memory of its own";
        match round % 3 {
            0 => drop(image.alloc::<String, _>(text)),
            1 => drop(image.alloc::<String, _>(text).detach()),
            _ => {
                let root = image.alloc::<Vec<String>, _>([text, text]).detach();
                image.set_root(root).unwrap();
                image.edit().set(Empty);
            }
        }
    }
    // A token's value is released when space is wanted next.
    let usage = image.usage();
    assert!(usage.allocated <= fresh.allocated + 256, "{usage:?}");
    assert!(extent(&image) <= 1024, "{usage:?}");
}

/// The end of a region falls back when what lies there is given up, so that a file doesn't keep the size of the largest moment.
#[test]
fn a_file_gets_shorter_when_what_was_built_last_goes() {
    let scratch = Scratch::new("reuse-shorter");
    let path = scratch.file("texts");
    let mut image = Image::<Vec<String>>::new(["first", "second"]).unwrap();
    image.save(&path).unwrap();
    let figures =
        |image: &Image<Vec<String>>| (image.usage().allocated, image.usage().free, fs::metadata(&path).unwrap().len());
    let before = figures(&image);
    for _ in 0..3 {
        drop(image.alloc::<Vec<u64>, _>(vec![7u64; 100_000]));
        let large = image.alloc::<Vec<u64>, _>(vec![7u64; 100_000]);
        drop(large);
        image.save(&path).unwrap();
        assert_eq!(figures(&image), before);
    }
}

#[test]
fn a_push_after_set_or_swap_goes_behind_what_is_there_now() {
    let mut image = Image::<[Vec<String>; 2]>::new([Empty, Empty]).unwrap();
    let mut other = Image::<Vec<String>>::new(["x", "y"]).unwrap();
    {
        let mut both = image.edit();
        let (mut front, mut back) = both.split_at_mut(1);
        let (mut one, mut two) = (front.get_mut(0).unwrap(), back.get_mut(0).unwrap());
        // One handle all along: what it knows of the vector must not outlast the vector's words.
        one.push("a");
        one.set(["b", "c"]);
        one.push("d");
        two.push("e");
        one.swap_with(&mut two);
        one.push("f");
        two.push("g");
        let mut elsewhere = other.edit();
        elsewhere.push("z");
        one.swap_with(&mut elsewhere);
        one.push("h");
        elsewhere.push("i");
    }
    assert_eq!(image[0], ["x", "y", "z", "h"]);
    assert_eq!(image[1], ["b", "c", "d", "g"]);
    assert_eq!(*other, ["e", "f", "i"]);
}
