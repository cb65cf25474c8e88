//! What may go to another thread, and what may be looked at from several; and doing so.

use std::cell::Cell;
use std::fs;
use std::rc::Rc;
use std::sync::mpsc;
use std::thread;

use offset_std::prelude::*;
use offset_std::{
    BinaryHeap, BinaryHeapMut, Box, BoxMut, Duration, Error, Filled, FromIter, Handle, Ipv4Addr, Ipv6Addr, IterMut,
    MaybeMut, OptionMut, SliceMut, Slot, String, StringMut, SystemTime, Token, Trie, TrieMut, Usage, Vec, VecDeque,
    VecDequeMut, VecMut, trie,
};
use static_assertions::{assert_impl_all, assert_not_impl_any};
use tests::Scratch;

#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
struct City {
    name: String,
    population: u64,
    tags: Vec<String>,
    twin: Option<Box<City>>,
}

// What holds a region goes where its values may go.
assert_impl_all!(Image<City>: Send, Sync);
assert_impl_all!(Mapped<City>: Send, Sync);
assert_impl_all!(Token<City>: Send, Sync);
assert_impl_all!(Image<Cell<u8>>: Send);
assert_not_impl_any!(Image<Cell<u8>>: Sync);
assert_impl_all!(Mapped<Cell<u8>>: Send);
assert_not_impl_any!(Mapped<Cell<u8>>: Sync);
assert_not_impl_any!(Image<Rc<u8>>: Send, Sync);
assert_not_impl_any!(Mapped<Rc<u8>>: Send, Sync);
assert_not_impl_any!(Image<std::sync::MutexGuard<'static, u8>>: Send);
assert_impl_all!(Image<std::sync::MutexGuard<'static, u8>>: Sync);

// So do values, to be looked at.
assert_impl_all!(City: Send, Sync);
assert_impl_all!(Vec<City>: Send, Sync);
assert_impl_all!(VecDeque<City>: Send, Sync);
assert_impl_all!(BinaryHeap<City>: Send, Sync);
assert_impl_all!(Box<City>: Send, Sync);
assert_impl_all!(Option<Box<City>>: Send, Sync);
assert_impl_all!(Maybe<City>: Send, Sync);
assert_impl_all!(String: Send, Sync);
assert_impl_all!(Handle<City>: Send, Sync);
assert_impl_all!(Duration: Send, Sync);
assert_impl_all!(SystemTime: Send, Sync);
assert_impl_all!(Ipv4Addr: Send, Sync);
assert_impl_all!(Ipv6Addr: Send, Sync);
assert_impl_all!(Trie<City>: Send, Sync);
assert_impl_all!(trie::Iter<'static, City>: Send, Sync);
assert_impl_all!(trie::Range<'static, City>: Send, Sync);
assert_not_impl_any!(Trie<Rc<u8>>: Send, Sync);
assert_not_impl_any!(trie::Iter<'static, Cell<u8>>: Send, Sync);
assert_not_impl_any!(trie::Range<'static, Cell<u8>>: Send, Sync);
assert_not_impl_any!(Vec<Rc<u8>>: Send, Sync);
assert_not_impl_any!(VecDeque<Rc<u8>>: Send, Sync);
assert_not_impl_any!(BinaryHeap<Rc<u8>>: Send, Sync);
assert_not_impl_any!(Box<Rc<u8>>: Send, Sync);
assert_not_impl_any!(Maybe<Rc<u8>>: Send, Sync);
assert_not_impl_any!(Handle<Rc<u8>>: Send, Sync);
assert_not_impl_any!(Vec<Cell<u8>>: Sync);
assert_not_impl_any!(VecDeque<Cell<u8>>: Sync);
assert_not_impl_any!(BinaryHeap<Cell<u8>>: Sync);
assert_not_impl_any!(Box<Cell<u8>>: Sync);

// What edits shares a cursor with others that do, so it stays on its thread, even of plain values.
assert_not_impl_any!(Place<'static, City>: Send, Sync);
assert_not_impl_any!(Place<'static, u64>: Send, Sync);
assert_not_impl_any!(TrieMut<'static, u64>: Send, Sync);
assert_not_impl_any!(trie::IterMut<'static, u64>: Send, Sync);
assert_not_impl_any!(trie::Entry<'static, 'static, u64>: Send, Sync);
assert_not_impl_any!(CityMut<'static>: Send, Sync);
assert_not_impl_any!(VecMut<'static, City>: Send, Sync);
assert_not_impl_any!(VecMut<'static, u8>: Send, Sync);
assert_not_impl_any!(VecDequeMut<'static, u8>: Send, Sync);
assert_not_impl_any!(BinaryHeapMut<'static, u8>: Send, Sync);
assert_not_impl_any!(SliceMut<'static, u8>: Send, Sync);
assert_not_impl_any!(IterMut<'static, u8>: Send, Sync);
assert_not_impl_any!(StringMut<'static>: Send, Sync);
assert_not_impl_any!(BoxMut<'static, u8>: Send, Sync);
assert_not_impl_any!(OptionMut<'static, u8>: Send, Sync);
assert_not_impl_any!(MaybeMut<'static, u8>: Send, Sync);
assert_not_impl_any!(Own<'static, City>: Send, Sync);
assert_not_impl_any!(Popped<'static, City>: Send, Sync);
assert_not_impl_any!(Slot<'static, City>: Send, Sync);
assert_not_impl_any!(Filled<'static, City>: Send, Sync);

// The rest is plain.
assert_impl_all!(<u64 as Relocatable>::Mut<'static>: Send, Sync);
assert_impl_all!(Error: Send, Sync, std::error::Error);
assert_impl_all!(Result<Image<City>, Error>: Send, Sync);
assert_impl_all!(ImageOptions: Send, Sync, Clone);
assert_impl_all!(Usage: Send, Sync, Copy);
assert_impl_all!(CityInit<&'static str, Empty, Empty>: Send, Sync);
assert_impl_all!(DeepCopy<'static, City>: Send, Sync, Copy);
assert_impl_all!(FromIter<std::vec::IntoIter<u8>>: Send, Sync);
assert_impl_all!(Boxed<u8>: Send, Sync, Copy);
assert_impl_all!(Empty: Send, Sync, Copy);

// Safe code never owns a live handle: nothing makes a second one of what it has.
assert_not_impl_any!(Vec<u8>: Clone, Default, Copy);
assert_not_impl_any!(VecDeque<u8>: Clone, Default, Copy);
assert_not_impl_any!(BinaryHeap<u8>: Clone, Default, Copy);
assert_not_impl_any!(String: Clone, Default, Copy);
assert_not_impl_any!(Box<u8>: Clone, Default, Copy);
assert_not_impl_any!(Token<u8>: Clone, Default, Copy);
assert_not_impl_any!(Own<'static, u8>: Clone, Default, std::ops::DerefMut);
assert_not_impl_any!(Popped<'static, City>: Clone, std::ops::DerefMut);
assert_not_impl_any!(Place<'static, City>: Clone, std::ops::DerefMut);
assert_not_impl_any!(VecMut<'static, City>: Clone, std::ops::DerefMut);
assert_not_impl_any!(VecDequeMut<'static, City>: Clone, std::ops::DerefMut, std::ops::IndexMut<usize>);
assert_not_impl_any!(BinaryHeapMut<'static, City>: Clone, std::ops::DerefMut);
assert_not_impl_any!(SliceMut<'static, City>: Clone, std::ops::DerefMut);
assert_not_impl_any!(StringMut<'static>: Clone, std::ops::DerefMut);
assert_not_impl_any!(Image<City>: Clone, std::ops::DerefMut);
assert_impl_all!(Place<'static, u64>: std::ops::DerefMut);
assert_impl_all!(VecMut<'static, u64>: std::ops::DerefMut);

fn atlas(cities: u64) -> Image<Vec<City>> {
    let city = |index| CityInit {
        name: format!("city {index}"),
        population: index,
        tags: [format!("tag {index}")],
        twin: Some(CityInit { name: "twin", population: index, tags: Empty, twin: Empty }),
    };
    Image::new(from_iter((0..cities).map(city))).unwrap()
}

fn check(atlas: &[City]) {
    for (index, city) in atlas.iter().enumerate() {
        assert_eq!(city.name, format!("city {index}"));
        assert_eq!((city.population, city.twin.as_ref().unwrap().population), (index as u64, index as u64));
    }
}

#[test]
fn an_image_is_read_from_several_threads() {
    let image = atlas(1000);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| check(&image));
        }
    });
}

#[test]
fn a_mapped_file_is_read_from_several_threads_and_dropped_on_another() {
    let scratch = Scratch::new("threads-mapped");
    let path = scratch.file("atlas");
    atlas(1000).save(&path).unwrap();
    // SAFETY: nobody writes to the file.
    let mapped = unsafe { Mapped::<Vec<City>>::map(&path) }.unwrap();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| check(&mapped));
        }
    });
    thread::spawn(move || check(&mapped)).join().unwrap();
}

#[test]
fn an_image_is_handed_from_thread_to_thread_and_edited_by_each() {
    let mut image = Image::<Vec<String>>::new(Empty).unwrap();
    for round in 0..20 {
        image = thread::spawn(move || {
            image.edit().push(format_args!("round {round}"));
            image
        })
        .join()
        .unwrap();
    }
    assert!(image.iter().enumerate().all(|(round, text)| *text == format!("round {round}")));
    assert_eq!(image.len(), 20);
}

#[test]
fn an_image_is_saved_by_several_threads_at_once() {
    let scratch = Scratch::new("threads-save");
    let (image, path) = (atlas(200), scratch.file("atlas"));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..5 {
                    image.save(&path).unwrap();
                    // Whichever it is, it is whole.
                    check(&Image::<Vec<City>>::load(&path).unwrap());
                }
            });
        }
    });
    assert_eq!(fs::read_dir(&scratch).unwrap().count(), 1, "a temporary file was left behind");
}

#[test]
fn images_are_made_loaded_and_dropped_by_many_threads_at_once() {
    let scratch = Scratch::new("threads-many");
    let path = scratch.file("atlas");
    atlas(50).save(&path).unwrap();
    thread::scope(|scope| {
        for thread in 0..8u64 {
            let path = &path;
            scope.spawn(move || {
                let mut kept = std::vec::Vec::new();
                for round in 0..40u64 {
                    let mut image = Image::<Vec<u64>>::new([thread, round]).unwrap();
                    image.edit().extend(0..1000);
                    check(&Image::<Vec<City>>::load(path).unwrap());
                    kept.push(image);
                    if round % 3 == 0 {
                        kept.remove(0);
                    }
                }
                for image in kept {
                    assert_eq!(image[0], thread);
                    assert!(image[2..].iter().copied().eq(0..1000));
                }
            });
        }
    });
}

/// Tokens are the only part of a region that is counted apart from it.
#[test]
fn tokens_dropped_on_another_thread_are_released_by_their_image() {
    let mut image = Image::<Vec<String>>::new(Empty).unwrap();
    let before = image.usage().allocated;
    let (send, receive) = mpsc::channel::<Token<String>>();
    let dropper = thread::spawn(move || receive.into_iter().count());
    for index in 0..2000 {
        send.send(image.alloc::<String, _>(format_args!("a value of its own, number {index}")).detach()).unwrap();
        image.edit().push("x");
        image.edit().clear();
    }
    drop(send);
    assert_eq!(dropper.join().unwrap(), 2000);
    image.edit().shrink_to_fit();
    // The next that is built is built in what was left behind.
    for _ in 0..10 {
        drop(image.alloc::<[u64; 100], _>([0; 100]));
    }
    assert_eq!(image.usage().allocated, before, "{:?}", image.usage());
}

#[test]
fn a_token_that_comes_back_from_another_thread_becomes_the_root() {
    let mut image = atlas(3);
    let token = image.alloc::<Vec<City>, _>(DeepCopy(&*atlas(100))).detach();
    let token = thread::spawn(move || token).join().unwrap();
    image.set_root(token).unwrap();
    assert_eq!(image.len(), 100);
    check(&image);
}

#[test]
fn a_token_may_outlive_its_image() {
    let mut image = atlas(3);
    let token = image.alloc::<Vec<City>, _>(Empty).detach();
    drop(image);
    let mut other = atlas(3);
    let token = other.set_root(token).expect_err("it is of another image");
    thread::spawn(move || drop(token)).join().unwrap();
    check(&other);
    other.edit().clear();
}

/// Plain `&mut` may go to other threads: parts of a vector of numbers are edited side by side.
#[test]
fn parts_of_a_vector_of_numbers_are_edited_by_several_threads() {
    let mut image = Image::<Vec<u64>>::new(from_iter(0..10_000u64)).unwrap();
    let mut numbers = image.edit();
    let (front, back) = std::ops::DerefMut::deref_mut(&mut numbers).split_at_mut(5000);
    thread::scope(|scope| {
        for part in [front, back] {
            scope.spawn(move || part.iter_mut().for_each(|number| *number *= 2));
        }
    });
    assert!(image.iter().copied().eq((0..10_000).map(|number| number * 2)));
}

/// A mapped file takes a part of its slot only: whatever else is mapped meanwhile keeps out of its way.
#[test]
fn files_are_mapped_and_images_made_by_many_threads_at_once() {
    let scratch = Scratch::new("threads-mappings");
    let path = scratch.file("atlas");
    atlas(50).save(&path).unwrap();
    thread::scope(|scope| {
        for thread in 0..8u64 {
            let path = &path;
            scope.spawn(move || {
                let (mut maps, mut images) = (std::vec::Vec::new(), std::vec::Vec::new());
                for round in 0..40 {
                    // SAFETY: nobody writes to the file.
                    maps.push(unsafe { Mapped::<Vec<City>>::map(path) }.unwrap());
                    images.push(Image::<Vec<u64>>::new([thread, round]).unwrap());
                    if round % 3 == 0 {
                        drop((maps.remove(0), images.remove(0)));
                    }
                }
                maps.iter().for_each(|map| check(map));
                assert!(images.iter().all(|image| image[0] == thread));
            });
        }
    });
}
