//! Movable regions: compaction moves what nobody reads, and nothing that anybody reads or owns otherwise.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use offset_std::prelude::*;
use offset_std::{Movable, Pinned, Region, Sealed, Space, Vec};
use static_assertions::{assert_impl_all, assert_not_impl_any};

#[path = "attack/nodes.rs"]
mod nodes;

use nodes::{Node, address, build, check, dirty, try_build};

assert_impl_all!(Movable<Node>: Send, Sync, Clone);
assert_not_impl_any!(Movable<std::cell::Cell<u8>>: Send, Sync);
assert_not_impl_any!(Pinned<'static, Node>: Send);
assert_impl_all!(Pinned<'static, Node>: Sync);
assert_not_impl_any!(Pinned<'static, std::cell::Cell<u8>>: Sync);

fn movable(space: &Space, seed: u64) -> Movable<Node> {
    Region::try_build_in(space, |region| try_build(region, seed)).unwrap().into_movable().unwrap()
}

fn empty(space: &Space) {
    let usage = space.usage();
    assert_eq!((usage.regions, usage.in_use), (0, 0), "{usage:?}");
}

#[test]
fn what_is_moved_reads_as_before_and_leaves_larger_holes() {
    for step in 2..7 {
        let space = Space::new().unwrap();
        dirty(&space);
        let mut all: std::vec::Vec<_> = (0..600).map(|seed| (movable(&space, seed), seed)).collect();
        let fixed = Region::try_build_in(&space, |region| try_build(region, 7)).unwrap();
        let region = Region::new_in(&space);
        let node = build(&region, 8);
        all.retain(|(_, seed)| seed % step == 0);
        let used = space.usage().in_use;
        let done = space.compact();
        assert!(done.largest_free_after >= done.largest_free_before, "{done:?}");
        assert!(done.moved > 0 && space.usage().in_use <= used, "{done:?} {:?}", space.usage());
        dirty(&space);
        all.iter().for_each(|(one, seed)| check(&one.read(), *seed));
        check(&fixed, 7);
        check(&node, 8);
        for _ in 0..3 {
            space.compact();
        }
        all.iter().for_each(|(one, seed)| check(&one.read(), *seed));
        drop((all, fixed, node));
        drop(region);
        empty(&space);
        assert_eq!(space.compact().moved, 0);
    }
}

#[test]
fn what_is_pinned_stays() {
    let space = Space::new().unwrap();
    let mut all: std::vec::Vec<_> = (0..200).map(|seed| movable(&space, seed)).collect();
    let last = all.pop().unwrap();
    let (pin, second) = (last.read(), last.read());
    let at = address(&*pin);
    all.truncate(3);
    for _ in 0..3 {
        space.compact();
        dirty(&space);
        assert_eq!(address(&*pin), at);
        check(&pin, 199);
        check(&second, 199);
    }
    drop(pin);
    space.compact();
    assert_eq!(address(&*second), at);
    drop(second);
    assert_eq!(space.compact().moved, 1);
    assert!(address(&*last.read()) < at);
    check(&last.clone().read(), 199);
    drop((last, all));
    empty(&space);
}

#[test]
fn what_others_refer_to_is_not_made_movable() {
    let space = Space::new().unwrap();
    let sealed = Region::try_build_in(&space, |region| try_build(region, 1)).unwrap();
    let clone = sealed.clone();
    let sealed = sealed.into_movable().map(drop).unwrap_err();
    check(&clone, 1);
    drop(clone);
    sealed.into_movable().unwrap();

    let region = Region::new_in(&space);
    let shared = build(&region, 2).share();
    let root = build(&region, 3).detach();
    let sealed = region.seal(root).unwrap();
    let sealed = sealed.into_movable().map(drop).unwrap_err();
    check(&shared, 2);
    drop(shared);
    check(&sealed, 3);
    drop(sealed);

    let region = Region::new_in(&space);
    let reader = region.reader();
    let (token, root) = (build(&region, 4).detach(), build(&region, 5).detach());
    let sealed = region.seal(root).unwrap();
    let sealed = sealed.into_movable().map(drop).unwrap_err();
    let shared = reader.share(token).unwrap();
    drop((sealed, reader));
    dirty(&space);
    check(&shared, 4);
    drop(shared);

    // A token alone reads nothing: its region may be moved, and gone.
    let region = Region::new_in(&space);
    let (token, root) = (build(&region, 6).detach(), build(&region, 7).detach());
    let movable = region.seal(root).unwrap().into_movable().unwrap();
    space.compact();
    check(&movable.read(), 7);
    drop(movable);
    drop(token);
    empty(&space);
}

#[test]
fn regions_of_every_kind_are_moved() {
    let space = Space::new().unwrap();
    let hole = Region::bounded_in(&space, 200_000);
    let kinds: [fn(&Space) -> Region; 4] = [
        Region::new_in,
        |space| Region::bounded_in(space, 100_000),
        |space| Region::limited_in(space, 100_000),
        |space| Region::new_in(space).child(),
    ];
    let large =
        |seed: u64| Region::try_build_in(&space, |region| region.try_alloc_iter::<u64, _>(seed..seed + 200_000));
    let large: [Movable<Vec<u64>>; 2] = [1, 2].map(|seed| large(seed).unwrap().into_movable().unwrap());
    let nothing = Region::try_build_in(&space, |region| region.try_alloc::<[u64; 0], _>([0u64; 0])).unwrap();
    let nothing = nothing.into_movable().unwrap();
    let movables: std::vec::Vec<Movable<Vec<Node>>> = kinds
        .iter()
        .map(|make| {
            let region = make(&space);
            let mut nodes = region.alloc::<Vec<Node>, _>(Empty);
            (0..100).for_each(|seed| nodes.edit().push(build(&region, seed)));
            nodes.edit().truncate(60);
            let token = nodes.detach();
            region.seal(token).unwrap().into_movable().unwrap()
        })
        .collect();
    let before = movables.iter().map(|one| address(&*one.read())).collect::<std::vec::Vec<_>>();
    drop(hole);
    let done = space.compact();
    assert!(done.moved >= 2, "{done:?}");
    dirty(&space);
    for (one, before) in movables.iter().zip(before) {
        assert!(address(&*one.read()) <= before);
        one.read().iter().zip(0..).for_each(|(node, seed)| check(node, seed));
        assert_eq!(one.read().len(), 60);
    }
    assert!(large.iter().zip(1..).all(|(one, seed)| one.read().iter().copied().eq(seed..seed + 200_000)));
    assert!(nothing.read().is_empty());
    drop((large, nothing, movables));
    empty(&space);
}

#[test]
fn a_space_that_is_full_is_compacted() {
    let space = Space::new().unwrap();
    space.set_limit(64 << 10);
    let mut all = std::vec::Vec::new();
    while let Ok(sealed) = Region::try_build_in(&space, |region| try_build(region, all.len() as u64)) {
        let seed = all.len() as u64;
        all.push((sealed.into_movable().unwrap(), seed));
    }
    let mut kept = 0;
    all.retain(|_| (kept += 1, kept % 2 == 0).1);
    let done = space.compact();
    assert!(done.largest_free_before < 2 << 10 && done.largest_free_after >= 4 << 10, "{done:?}");
    let large = Region::bounded_in(&space, done.largest_free_after);
    large.alloc_slice(&vec![0xffu8; done.largest_free_after as usize]);
    all.iter().for_each(|(one, seed)| check(&one.read(), *seed));
}

/// Threads read, make and drop movable regions while others compact, in a space that is reused all the time.
#[test]
fn compaction_and_readers_take_turns() {
    let space = Space::new().unwrap();
    let done = AtomicBool::new(false);
    let shared: std::vec::Vec<_> = (0..40).map(|seed| movable(&space, seed)).collect();
    thread::scope(|scope| {
        let workers: std::vec::Vec<_> = (0..2u64)
            .map(|worker| {
                let (space, shared) = (&space, &shared);
                scope.spawn(move || {
                    let mut mine = std::vec::Vec::new();
                    for round in 0..400u64 {
                        mine.push((movable(space, worker + round), worker + round));
                        if mine.len() > 30 {
                            mine.swap_remove((round * 7 % 30) as usize);
                        }
                        let one = &shared[(round * 11 % 40) as usize];
                        let pin = one.read();
                        check(&pin, round * 11 % 40);
                        let child = Region::new_in(space);
                        let reference = child.alloc::<offset_std::Ref<'_, Node>, _>(&*pin);
                        thread::yield_now();
                        check(&reference, round * 11 % 40);
                        mine.iter().for_each(|(one, seed)| check(&one.read(), *seed));
                    }
                })
            })
            .collect();
        for _ in 0..2 {
            let (space, done) = (&space, &done);
            scope.spawn(move || {
                while !done.load(Ordering::Relaxed) {
                    space.compact();
                    thread::yield_now();
                }
            });
        }
        workers.into_iter().for_each(|worker| worker.join().unwrap());
        done.store(true, Ordering::Relaxed);
    });
    shared.iter().zip(0..).for_each(|(one, seed)| check(&one.read(), seed));
    drop(shared);
    empty(&space);
}

#[test]
fn a_movable_region_keeps_its_space_and_is_dropped_anywhere() {
    let space = Space::new().unwrap();
    let (one, two) = (movable(&space, 1), movable(&space, 2));
    drop(space);
    let others: [Space; 10] = std::array::from_fn(|_| Space::new().unwrap());
    others.iter().for_each(dirty);
    thread::spawn(move || check(&one.read(), 1)).join().unwrap();
    check(&two.read(), 2);
    assert_eq!(others[0].compact().moved, 0);
    // In the space of the process, and compacted there.
    let global = Region::build(|region| build(region, 3)).into_movable().unwrap();
    Space::global().unwrap().compact();
    check(&global.read(), 3);
    let pin = global.read();
    let _: &Node = &pin;
    let sealed: Sealed<u64> = Region::build(|region| region.alloc::<u64, _>(9u64));
    assert_eq!(*sealed.into_movable().unwrap().read(), 9);
}
