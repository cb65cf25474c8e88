//! Several writers, readers and counted references, on several threads, dropped in every order: values stay, and the memory goes with the last.

use std::cell::RefCell;
use std::sync::{Barrier, mpsc};
use std::thread;

use offset_std::prelude::*;
use offset_std::{Box, ErrorKind, Reader, Region, Sealed, Shared, Space, SpaceUsage, String, Token, Vec};
use static_assertions::{assert_impl_all, assert_not_impl_any};

#[path = "attack/nodes.rs"]
mod nodes;

use nodes::{Node, build, check, dirty, try_build};

// What counts goes where its value may go; who allocates stays with one thread at a time.
assert_impl_all!(Region: Send);
assert_not_impl_any!(Region: Sync);
assert_not_impl_any!(&'static Region: Send);
assert_not_impl_any!(std::sync::Arc<Region>: Send, Sync);
assert_not_impl_any!(Own<'static, u64>: Send, Sync);
assert_not_impl_any!(offset_std::VecMut<'static, u64>: Send, Sync);
assert_impl_all!(Space: Send, Sync, Clone);
assert_impl_all!(Reader: Send, Sync, Clone);
assert_impl_all!(Shared<Node>: Send, Sync, Clone);
assert_impl_all!(Sealed<Node>: Send, Sync, Clone);
assert_impl_all!(SpaceUsage: Send, Sync);
assert_not_impl_any!(Shared<std::cell::Cell<u8>>: Send, Sync);
assert_not_impl_any!(Sealed<std::cell::Cell<u8>>: Send, Sync);
assert_not_impl_any!(Shared<std::sync::MutexGuard<'static, u8>>: Send, Sync);
assert_not_impl_any!(Sealed<std::sync::MutexGuard<'static, u8>>: Send, Sync);
assert_not_impl_any!(Shared<std::rc::Rc<u8>>: Send, Sync);
assert_not_impl_any!(Sealed<std::rc::Rc<u8>>: Send, Sync);

fn empty(space: &Space) {
    let usage = space.usage();
    assert_eq!((usage.regions, usage.in_use), (0, 0), "{usage:?}");
}

/// What keeps a region, whichever goes last.
enum Keeper {
    Region(Region),
    Reader(Reader),
    Shared(Shared<Node>),
    Token(Token<Node>),
}

#[test]
fn whoever_goes_last_the_values_stay_until_then() {
    let space = Space::new().unwrap();
    // Every order of five keepers, which go on threads of their own or on this one.
    for order in 0..120usize {
        let region = Region::new_in(&space);
        build(&region, 1).freeze();
        let writer = region.writer().unwrap();
        let shared = build(&writer, 10).share();
        let handed = build(&region, 11).detach();
        let reader = region.reader();
        let witness = reader.share(build(&writer, 12).detach()).unwrap();
        let mut keepers = vec![
            Keeper::Region(region),
            Keeper::Region(writer),
            Keeper::Reader(reader),
            Keeper::Shared(shared),
            Keeper::Token(handed),
        ];
        let mut code = order;
        for left in (1..=5).rev() {
            let keeper = keepers.swap_remove(code % left);
            code /= left;
            let turn = move || match keeper {
                Keeper::Region(region) => {
                    check(&build(&region, 20), 20);
                    drop(build(&region, 21).detach());
                }
                Keeper::Shared(shared) => check(&shared, 10),
                Keeper::Reader(reader) => drop(reader.clone()),
                Keeper::Token(token) => drop(token),
            };
            if order % 2 == 0 {
                thread::spawn(turn).join().unwrap();
            } else {
                turn();
            }
            dirty(&space);
            check(&witness, 12);
        }
        assert!(space.usage().in_use > 0);
        drop(witness);
        empty(&space);
    }
}

#[test]
fn the_last_reader_frees_and_a_token_outlives_everything() {
    let space = Space::new().unwrap();
    let region = Region::new_in(&space);
    let (one, two) = (build(&region, 1).detach(), build(&region, 2).detach());
    let reader = region.reader();
    drop(region);
    dirty(&space);
    let shared = reader.share(one).unwrap();
    check(&shared, 1);
    let other = Region::new_in(&space).reader();
    let two = other.share(two).unwrap_err();
    drop((reader, shared));
    drop(two);
    empty(&space);

    // Without a reader the memory goes with the region, and the token is empty-handed.
    let region = Region::new_in(&space);
    let token = build(&region, 3).detach();
    drop(region);
    empty(&space);
    let stranger = Region::new_in(&space);
    let token = stranger.adopt(token).unwrap_err();
    assert!(matches!(stranger.try_alloc::<Box<Node>, _>(token).unwrap_err().kind(), ErrorKind::OtherRegion));
    drop(stranger);
    drop(space);
}

#[test]
fn what_is_counted_refuses_a_reset() {
    let space = Space::new().unwrap();
    let mut region = Region::new_in(&space);
    for round in 0..10 {
        build(&region, round).freeze();
        let counted = |region: &mut Region, what: &str| {
            let error = region.try_reset().unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::InUse { references: 1 }), "{what}: {error}");
        };
        let mut writer = region.writer().unwrap();
        counted(&mut region, "a writer");
        counted(&mut writer, "the other writer");
        let token = build(&writer, 5).detach();
        drop(writer);
        counted(&mut region, "a token of a writer that is gone");
        let boxed = region.alloc::<Box<Node>, _>(token);
        check(&boxed, 5);
        boxed.freeze();
        let reader = region.reader();
        counted(&mut region, "a reader");
        drop(reader);
        let shared = build(&region, 6).share();
        counted(&mut region, "a shared value");
        dirty(&space);
        check(&shared, 6);
        drop(shared);
        drop(build(&region, 7).detach());
        region.reset();
        assert_eq!(region.usage().allocated, 0);
    }
    drop(region);
    empty(&space);
}

#[test]
fn a_region_that_was_shared_is_sealed_and_read_by_all() {
    let space = Space::new().unwrap();
    for order in 0..6 {
        let region = Region::new_in(&space);
        let writer = region.writer().unwrap();
        let token = thread::spawn(move || build(&writer, 1).detach()).join().unwrap();
        let shared = build(&region, 2).share();
        let reader = region.reader();
        let later = build(&region, 3).detach();
        let root = region.alloc::<[Box<Node>; 1], _>([token]).detach();
        let sealed = region.seal(root).unwrap();
        let later = reader.share(later).unwrap();
        let mut parts: [Option<std::boxed::Box<dyn Fn() + Send>>; 3] = [
            Some(std::boxed::Box::new(move || check(&sealed[0], 1))),
            Some(std::boxed::Box::new(move || check(&shared, 2))),
            Some(std::boxed::Box::new(move || check(&later, 3))),
        ];
        drop(reader);
        let mut order = order;
        for left in (1..=3).rev() {
            dirty(&space);
            parts.iter().flatten().for_each(|part| part());
            let at = parts.iter().enumerate().filter(|(_, part)| part.is_some()).nth(order % left).unwrap().0;
            order /= left;
            let part = parts[at].take();
            thread::spawn(move || drop(part)).join().unwrap();
        }
        empty(&space);
    }
}

/// Threads hand one another what they built, link it in, change it and free it, all in one region.
#[test]
fn threads_pass_values_of_one_region_around() {
    const THREADS: usize = 4;
    let space = Space::new().unwrap();
    let region = Region::new_in(&space);
    let (senders, receivers): (std::vec::Vec<_>, std::vec::Vec<_>) =
        (0..THREADS).map(|_| mpsc::channel::<(Token<Vec<Box<Node>>>, u64)>()).unzip();
    let reader = region.reader();
    let kept: std::vec::Vec<(Shared<Vec<Box<Node>>>, u64)> = thread::scope(|scope| {
        let workers: std::vec::Vec<_> = (0u64..)
            .zip(receivers)
            .map(|(index, receiver)| {
                let writer = region.writer().unwrap();
                let sender = senders[(index as usize + 1) % THREADS].clone();
                let reader = reader.clone();
                scope.spawn(move || {
                    let mut kept = std::vec::Vec::new();
                    let first = writer.alloc::<Vec<Box<Node>>, _>([Boxed(DeepCopy(&*build(&writer, index)))]);
                    sender.send((first.detach(), index)).unwrap();
                    // Whoever is ahead sends its last one to nobody, and so leaves it behind.
                    for round in 0..200 {
                        let (token, seed) = receiver.recv().unwrap();
                        let mut rows = writer.adopt(token).unwrap();
                        for (row, at) in rows.iter().zip(0..) {
                            check(row, seed + at);
                        }
                        let next = seed + rows.len() as u64;
                        rows.edit().push(build(&writer, next));
                        rows.edit().get_mut(0).unwrap().edit().parts.push([round as u16; 20]);
                        drop(rows.edit().get_mut(0).unwrap().edit().parts.pop());
                        if rows.len() > 10 {
                            rows.edit().truncate(1);
                        }
                        if round % 50 == 7 {
                            // Its own is left to whoever comes by; a copy goes on.
                            let copy = writer.alloc::<Vec<Box<Node>>, _>(DeepCopy(&*rows)).detach();
                            drop(rows.detach());
                            let _ = sender.send((copy, seed));
                        } else if round % 50 == 13 {
                            let copy = writer.alloc::<Vec<Box<Node>>, _>(DeepCopy(&*rows)).detach();
                            kept.push((rows.share(), seed));
                            let _ = sender.send((copy, seed));
                        } else {
                            let _ = sender.send((rows.detach(), seed));
                        }
                    }
                    // The last ones, which nobody waits for any more.
                    while let Ok((token, seed)) = receiver.try_recv() {
                        kept.push((reader.share(token).unwrap(), seed));
                    }
                    kept
                })
            })
            .collect();
        drop(senders);
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    drop(reader);
    drop(region);
    dirty(&space);
    for (rows, seed) in &kept {
        assert!(rows.iter().zip(*seed..).all(|(row, seed)| {
            check(row, seed);
            true
        }));
    }
    drop(kept);
    empty(&space);
}

/// A reset that follows the drop of what was counted overwrites what another thread has read: in that order.
#[test]
fn a_reset_comes_after_what_the_last_reader_read() {
    let mut region = Region::new();
    for round in 0..300 {
        let shared = build(&region, round).share();
        let reader = region.reader();
        let token = build(&region, round + 1).detach();
        let threads = [
            thread::spawn(move || check(&shared, round)),
            thread::spawn(move || check(&reader.share(token).unwrap(), round + 1)),
        ];
        while region.try_reset().is_err() {
            thread::yield_now();
        }
        region.alloc_slice(&[0xffu8; 2000]);
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        region.reset();
    }
}

/// A writer that frees what another one handed out counts as well as it can, and doesn't fall over.
#[test]
fn figures_of_writers_that_free_for_one_another() {
    let space = Space::new().unwrap();
    let region = Region::new_in(&space);
    let writers: [Region; 3] = std::array::from_fn(|_| region.writer().unwrap());
    for round in 0..50u64 {
        let long = region.alloc_iter::<u64, _>(0..round * 100).detach();
        drop(writers[0].adopt(long).unwrap());
        let node = build(&writers[0], round).detach();
        let mut node = writers[1].adopt(node).unwrap();
        node.edit().parts.push([1u16; 100]);
        drop(node);
        for writer in writers.iter().chain([&region]) {
            let usage = writer.usage();
            assert!(usage.allocated <= usage.held && !format!("{writer:?}").is_empty(), "{usage:?}");
        }
        check(&build(&writers[0], round), round);
    }
    assert_eq!(writers[2].usage().held, 0);
    let in_use = space.usage().in_use;
    (0..1000).for_each(|_| drop(region.writer().unwrap()));
    assert_eq!(space.usage().in_use, in_use);
    drop(writers);
    drop(region);
    empty(&space);
}

#[test]
fn containers_of_two_writers_exchange_elements() {
    let space = Space::new().unwrap();
    let one = Region::new_in(&space);
    let two = one.writer().unwrap();
    let text = |n: usize| format!("{n} {}", "x".repeat(n * 7 % 90));
    let mut ours = one.alloc_iter::<String, _>((0..40).map(text));
    let mut theirs = two.alloc_iter::<String, _>((40..80).map(text));
    ours.edit().append(&mut theirs.edit());
    assert!(theirs.is_empty());
    theirs.edit().push(ours.edit().pop().unwrap());
    let boxed = two.alloc::<String, _>("boxed");
    ours.edit().push(boxed);
    theirs.edit().swap_with(&mut ours.edit());
    ours.edit().as_slice_mut().sort();
    drop(ours);
    drop(one);
    dirty(&space);
    assert_eq!(theirs.len(), 80);
    assert!((0..79).all(|n| theirs[n] == text(n)) && theirs[79] == "boxed");
    theirs.edit().truncate(3);
    theirs.edit().extend((0..100).map(text));
    assert_eq!(theirs[102], text(99));
    drop(theirs);
    drop(two);
    empty(&space);
}

// Threads that end.

#[test]
fn regions_go_where_they_were_not_made() {
    let space = Space::new().unwrap();
    let (sender, receiver) = mpsc::channel::<(Region, Sealed<Node>, Shared<Node>)>();
    let dropper = thread::spawn(move || {
        for (region, sealed, shared) in receiver {
            check(&build(&region, 3), 3);
            drop(region);
            check(&sealed, 1);
            check(&shared, 2);
        }
    });
    thread::scope(|scope| {
        for worker in 0..4 {
            let (space, sender) = (&space, sender.clone());
            scope.spawn(move || {
                for round in 0..100 {
                    let region = Region::new_in(space);
                    let shared = build(&region, 2).share();
                    let sealed = Region::try_build_in(space, |region| try_build(region, 1)).unwrap();
                    let other = Region::new();
                    check(&build(&other, worker + round), worker + round);
                    sender.send((region, sealed, shared)).unwrap();
                }
            });
        }
    });
    drop(sender);
    dropper.join().unwrap();
    empty(&space);
}

type Held = (Region, Sealed<Node>, Shared<Node>, Token<Node>);

/// Everything that is given back by the destructor of a thread's variable.
struct AtExit {
    held: RefCell<std::vec::Vec<Held>>,
    space: RefCell<Option<Space>>,
}

impl Drop for AtExit {
    fn drop(&mut self) {
        let space = self.space.take().unwrap();
        for (region, sealed, shared, token) in self.held.take() {
            check(&sealed, 1);
            check(&shared, 2);
            drop(token);
            check(&build(&region, 4), 4);
        }
        // New ones, in a thread that has no blocks at hand any more, or still has.
        for space in [&space, &Space::global().unwrap()] {
            let region = Region::new_in(space);
            let second = region.writer().unwrap();
            build(&second, 5).freeze();
            check(&build(&region, 6), 6);
            let bounded = Region::bounded_in(space, 4096);
            bounded.alloc_slice(&[1u64; 512]);
            check(&Region::try_build_in(space, |region| try_build(region, 7)).unwrap(), 7);
            space.trim();
        }
    }
}

thread_local! {
    static EARLY: AtExit = const { AtExit { held: RefCell::new(std::vec::Vec::new()), space: RefCell::new(None) } };
    static LATE: AtExit = const { AtExit { held: RefCell::new(std::vec::Vec::new()), space: RefCell::new(None) } };
}

#[test]
fn destructors_of_a_thread_make_and_drop_regions() {
    let space = Space::new().unwrap();
    for _ in 0..20 {
        let spaces = [space.clone(), space.clone()];
        thread::spawn(move || {
            let [early, late] = spaces;
            // Variables are dropped in the order, or the reverse, of their first use: one before the allocator's own, one after.
            EARLY.with(|at_exit| *at_exit.space.borrow_mut() = Some(early));
            let make = |space: &Space| {
                let region = Region::new_in(space);
                let (shared, token) = (build(&region, 2).share(), build(&region, 3).detach());
                let sealed = Region::try_build_in(space, |region| try_build(region, 1)).unwrap();
                (region, sealed, shared, token)
            };
            let made: std::vec::Vec<_> = (0..3).map(|_| make(&late)).collect();
            LATE.with(|at_exit| *at_exit.space.borrow_mut() = Some(late.clone()));
            LATE.with(|at_exit| at_exit.held.borrow_mut().extend(made));
            EARLY.with(|at_exit| at_exit.held.borrow_mut().extend([make(&late), make(&Space::global().unwrap())]));
        })
        .join()
        .unwrap();
        dirty(&space);
    }
    empty(&space);
}

// Spaces.

#[test]
fn a_space_lives_as_long_as_what_is_in_it() {
    let space = Space::new().unwrap();
    let region = Region::new_in(&space);
    let child = region.child();
    let sealed = Region::try_build_in(&space, |region| try_build(region, 1)).unwrap();
    let shared = build(&region, 2).share();
    let bounded = Region::bounded_in(&space, 1 << 16);
    let writer = region.writer().unwrap();
    let token = build(&child, 3).detach();
    drop(space);
    // Other spaces, which would get the slot if it were free.
    let others: std::vec::Vec<Space> = (0..20).map(|_| Space::new().unwrap()).collect();
    others.iter().for_each(dirty);
    check(&build(&bounded, 4), 4);
    drop(region);
    check(&sealed, 1);
    thread::spawn(move || check(&shared, 2)).join().unwrap();
    drop(bounded);
    check(&build(&writer, 5), 5);
    drop(writer);
    check(&child.adopt(token).unwrap(), 3);
    drop(child);
    check(&thread::spawn(move || sealed.clone()).join().unwrap(), 1);
    drop(others);
}

/// A thread keeps blocks of the space that it used last, and doesn't keep the space.
#[test]
fn many_spaces_come_and_go_on_many_threads() {
    let barrier = Barrier::new(3);
    thread::scope(|scope| {
        for worker in 0..3u64 {
            let barrier = &barrier;
            scope.spawn(move || {
                let mut kept = std::vec::Vec::new();
                for round in 0..60 {
                    let space = Space::new().unwrap();
                    let other = Space::new().unwrap();
                    let regions = [&space, &other, &space].map(Region::new_in);
                    let values = regions.each_ref().map(|region| build(region, worker + round));
                    values.iter().for_each(|value| check(value, worker + round));
                    drop(values);
                    if round % 7 == 0 {
                        let [region, ..] = regions;
                        kept.push(region);
                    }
                    drop((space, other));
                    if round % 20 == 0 {
                        barrier.wait();
                    }
                }
                kept.iter().for_each(|region| check(&build(region, 9), 9));
            });
        }
    });
}

#[test]
fn trimming_takes_nothing_that_another_thread_has() {
    let space = Space::new().unwrap();
    space.set_warm_cap(0);
    let done = std::sync::atomic::AtomicBool::new(false);
    thread::scope(|scope| {
        let workers: std::vec::Vec<_> = (0..2u64)
            .map(|worker| {
                let space = &space;
                scope.spawn(move || {
                    let long = Region::new_in(space);
                    let kept = build(&long, worker);
                    for round in 0..150 {
                        let region = Region::new_in(space);
                        let mut large = region.alloc::<Vec<u64>, _>(Empty);
                        large.edit().extend(worker..worker + 20_000);
                        let values: std::vec::Vec<_> = (0..20).map(|n| build(&region, n + round)).collect();
                        values.iter().zip(round..).for_each(|(value, seed)| check(value, seed));
                        assert!(large.iter().copied().eq(worker..worker + 20_000));
                        check(&kept, worker);
                    }
                })
            })
            .collect();
        let done = &done;
        let space = &space;
        let trimmer = scope.spawn(move || {
            while !done.load(std::sync::atomic::Ordering::Relaxed) {
                space.trim();
                let usage = space.usage();
                assert!(usage.regions <= 20 && usage.largest_free > 0, "{usage:?}");
                thread::yield_now();
            }
        });
        workers.into_iter().for_each(|worker| worker.join().unwrap());
        done.store(true, std::sync::atomic::Ordering::Relaxed);
        trimmer.join().unwrap();
    });
    empty(&space);
    space.trim();
    let usage = space.usage();
    assert!(usage.warm < 128 << 10, "{usage:?}");
}

// Images.

#[test]
fn images_are_as_they_were() {
    let mut image = Image::<Vec<String>>::new(["root"]).unwrap();
    let shared = image.alloc::<Vec<String>, _>(["shared", "of an image"]).share();
    let before = image.usage().allocated;
    image.edit().extend((0..1000).map(|n| n.to_string()));
    image.edit().truncate(1);
    image.edit().shrink_to_fit();
    assert_eq!((image.usage().allocated, &*shared[1]), (before, "of an image"));
    let clone = shared.clone();
    let reading = thread::spawn(move || clone[0].len());
    image.edit().push("while another thread reads");
    assert_eq!(reading.join().unwrap(), 6);
    drop(image);
    let others: std::vec::Vec<_> = (0..20).map(|n| Image::<String>::new(n.to_string()).unwrap()).collect();
    assert_eq!(*shared, ["shared", "of an image"]);
    drop(shared);
    assert_eq!(*others[7], *"7");
}
