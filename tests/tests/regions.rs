//! Regions that share a space: what they hand out is theirs, zeroed, and used again.

use std::collections::HashSet;
use std::thread;

use offset_std::prelude::*;
use offset_std::{Box, ErrorKind, Region, Space, String, Vec};

#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
struct Node {
    small: u8,
    name: String,
    wide: u64,
    next: Option<Box<Node>>,
    parts: Vec<Vec<u16>>,
}

/// A node that is too long for a small block, and one behind it.
fn build<'r>(region: &'r Region, seed: u64) -> Own<'r, Node> {
    let text = "x".repeat((seed % 300) as usize);
    let second = NodeInit { small: 2, name: &*text, wide: !seed, next: Empty, parts: Empty };
    let parts = from_iter((0..seed % 5).map(|row| from_iter((0..row * 40).map(|n| n as u16))));
    region.alloc(NodeInit { small: 1, name: format_args!("node {seed}"), wide: seed, next: Some(second), parts })
}

fn check(node: &Node, seed: u64) {
    assert_eq!((node.small, node.wide), (1, seed));
    assert_eq!(node.name, format!("node {seed}"));
    let next = node.next.as_ref().unwrap();
    assert_eq!((next.wide, next.name.len() as u64), (!seed, seed % 300));
    assert!(next.next.is_none() && next.parts.is_empty());
    assert_eq!(node.parts.len() as u64, seed % 5);
    for (row, part) in (0u64..).zip(&node.parts) {
        assert!(part.iter().copied().eq((0..row * 40).map(|n| n as u16)));
    }
}

#[test]
fn regions_of_one_space_interleave_and_keep_their_values() {
    let space = Space::new().unwrap();
    let regions: std::vec::Vec<Region> = (0..50).map(|_| Region::new_in(&space)).collect();
    let mut nodes = std::vec::Vec::new();
    for round in 0..40 {
        nodes.extend(
            regions.iter().zip(0u64..).map(|(region, index)| (build(region, index * 100 + round), index * 100 + round)),
        );
    }
    for (node, seed) in &mut nodes {
        check(node, *seed);
        node.edit().parts.push([7, 7]);
        node.edit().name.push('!');
    }
    for (node, seed) in &nodes {
        assert_eq!(node.name, format!("node {seed}!"));
        assert_eq!(*node.parts.last().unwrap(), [7, 7]);
        assert_eq!(node.next.as_ref().unwrap().wide, !seed);
    }
}

#[test]
fn what_a_dropped_region_had_is_what_the_next_one_gets() {
    let space = Space::new().unwrap();
    let address = |region: &Region| std::ptr::from_ref(region.alloc_plain(1u64)).addr();
    let first = address(&Region::new_in(&space));
    assert_eq!(first, address(&Region::new_in(&space)));
    let committed = space.usage().committed;
    for round in 0..1000 {
        let region = Region::new_in(&space);
        for seed in 0..20 {
            check(&build(&region, seed + round), seed + round);
        }
    }
    assert!(space.usage().committed - committed < 1 << 20, "{} bytes after 1,000 rounds", space.usage().committed);
}

/// Blocks come dirty: an empty vector, `None` and padding are zero all the same.
#[test]
fn dirty_memory_is_handed_out_clean() {
    let space = Space::new().unwrap();
    for round in 0..20 {
        let region = Region::new_in(&space);
        for size in [1, 3, 50, 700, 9000] {
            let image = Image::<Node>::new(DeepCopy(&*build(&region, size + round))).unwrap();
            check(&image, size + round);
            let mut dirty = region.alloc::<Vec<u8>, _>(Empty);
            dirty.edit().resize(size as usize * 8, 0xffu8);
            assert!(dirty.iter().all(|byte| *byte == 0xff));
        }
        // The same node in memory that was and wasn't dirty is the same, padding included.
        let bytes = |node: &Node| {
            let at = std::ptr::from_ref(node).cast::<u8>();
            // SAFETY: a node in a region, all bytes of which are initialised: that is what is tested.
            unsafe { std::slice::from_raw_parts(at, size_of::<Node>()) }.to_vec()
        };
        let node = || NodeInit { small: 9, name: Empty, wide: 5, next: Empty, parts: Empty };
        let (used, fresh) = (region.alloc::<Node, _>(node()), Image::<Node>::new(node()).unwrap());
        assert_eq!(bytes(&used), bytes(&fresh));
    }
}

#[test]
fn a_reset_keeps_the_memory_and_forgets_the_values() {
    let space = Space::new().unwrap();
    let mut region = Region::new_in(&space);
    let fill = |region: &Region| (0..200).for_each(|seed| check(build(region, seed).freeze(), seed));
    fill(&region);
    let used = region.usage().allocated;
    let committed = space.usage().committed;
    for _ in 0..100 {
        region.reset();
        assert_eq!(region.usage().allocated, 0);
        fill(&region);
        assert!(region.usage().allocated <= used * 2);
    }
    assert_eq!(space.usage().committed, committed);
}

/// A token that outlives what was there would name memory that is somebody else's by then.
#[test]
fn a_reset_is_refused_while_a_token_is_alive() {
    let mut region = Region::new();
    let token = region.alloc::<String, _>("before").detach();
    let error = region.try_reset().unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InUse { references: 1 }), "{error}");
    assert_eq!(*region.adopt(token).unwrap(), "before");
    drop(region.alloc::<String, _>("an orphan").detach());
    region.reset();
    assert_eq!(region.usage().allocated, 0);
    let after = region.alloc::<String, _>("after");
    assert_eq!(*after, "after");
    let token = region.alloc::<String, _>("now").detach();
    assert_eq!(**region.alloc::<Box<String>, _>(token), *"now");

    let other = Region::new();
    let token = other.alloc::<String, _>("elsewhere").detach();
    let token = region.adopt(token).unwrap_err();
    let error = region.try_alloc::<Box<String>, _>(token).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::OtherRegion), "{error}");
    drop(Region::new().alloc::<String, _>("of a region that is gone").detach());
}

#[test]
fn values_cross_between_regions_as_copies() {
    let ours = Region::new();
    let mut kept = ours.alloc::<Vec<Vec<String>>, _>([["a", "b"]]);
    {
        let scope = Region::new();
        let mut theirs = scope.alloc::<Vec<Vec<String>>, _>([vec!["c"], vec!["d", "e"], vec!["f"]]);
        kept.edit().push(theirs.edit().pop().unwrap());
        kept.edit().append(&mut theirs.edit());
        assert!(theirs.is_empty());
        let boxed = scope.alloc::<Vec<String>, _>(["g"]);
        kept.edit().push(boxed);
    }
    // What the scope had is used again.
    let other = Region::new();
    let _noise: std::vec::Vec<_> = (0..100).map(|seed| build(&other, seed)).collect();
    assert_eq!(*kept, [vec!["a", "b"], vec!["f"], vec!["c"], vec!["d", "e"], vec!["g"]]);
}

#[test]
fn threads_share_a_space_and_no_memory() {
    let space = Space::new().unwrap();
    let moved: std::vec::Vec<Region> = thread::scope(|scope| {
        let workers: std::vec::Vec<_> = (0..4u64)
            .map(|worker| {
                let space = &space;
                scope.spawn(move || {
                    for round in 0..300 {
                        let region = Region::new_in(space);
                        let global = Region::new();
                        let seeds = round * 10 + worker..round * 10 + worker + 8;
                        let nodes: std::vec::Vec<_> =
                            seeds.clone().map(|seed| (build(&region, seed), build(&global, seed + 1))).collect();
                        thread::yield_now();
                        for ((ours, other), seed) in nodes.iter().zip(seeds) {
                            check(ours, seed);
                            check(other, seed + 1);
                        }
                    }
                    let region = Region::new_in(space);
                    check(build(&region, worker).freeze(), worker);
                    region
                })
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).collect()
    });
    // Dropped by another thread than the one that filled them.
    drop(moved);
    check(&build(&Region::new_in(&space), 77), 77);
}

#[test]
fn a_full_space_says_so_and_goes_on() {
    let space = Space::new().unwrap();
    let region = Region::new_in(&space);
    let mut vectors = std::vec::Vec::new();
    let error = loop {
        let mut vector = region.alloc::<Vec<[u64; 128]>, _>(Empty);
        if let Err(error) = vector.edit().try_reserve_exact(1 << 22) {
            break error;
        }
        vectors.push(vector);
    };
    assert!(matches!(error.kind(), ErrorKind::Limit { what: "the limit of the space", .. }), "{error}");
    assert_eq!(vectors.len(), 7);
    drop(vectors);
    drop(region);
    let region = Region::new_in(&space);
    region.alloc::<Vec<[u64; 128]>, _>(Empty).edit().try_reserve_exact(1 << 22).unwrap();
}

#[test]
fn addresses_are_handed_out_once() {
    let region = Region::new();
    let mut seen = HashSet::new();
    for size in 0..2000u64 {
        assert!(seen.insert(std::ptr::from_ref(region.alloc_plain(size)).addr()));
        let wide = region.alloc_plain([size as u128; 4]);
        assert!(std::ptr::from_ref(wide).addr().is_multiple_of(16) && *wide == [size as u128; 4]);
    }
    assert_eq!(region.usage().allocated % 8, 0);
}
