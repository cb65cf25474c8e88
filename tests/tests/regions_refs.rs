//! `Ref`: what it may point at, and what becomes of it when what holds it moves.

use offset_std::prelude::*;
use offset_std::{Box, ErrorKind, Ref, Region, Result, Shared, Space, String, Vec};

#[path = "attack/nodes.rs"]
mod nodes;

use nodes::{Node, address, build, check, dirty};

#[derive(Relocatable)]
#[repr(C)]
struct Edge<'p> {
    weight: u16,
    to: Ref<'p, Node>,
    name: String,
    maybe: Maybe<Ref<'p, String>>,
    many: Vec<Ref<'p, u64>>,
    next: Option<Box<Edge<'p>>>,
}

fn refused<T>(result: Result<T>, what: &str) {
    let error = result.err().expect(what);
    assert!(matches!(error.kind(), ErrorKind::OtherSpace), "{what}: {error}");
}

#[test]
fn what_lies_elsewhere_is_refused() {
    let (space, other) = (Space::new().unwrap(), Space::new().unwrap());
    let (region, stranger) = (Region::new_in(&space), Region::new_in(&other));
    let whole = region.usage().allocated;
    let stack = [7u64, 8];
    let heap = std::boxed::Box::new(9u64);
    let image = Image::<u64>::new(10u64).unwrap();
    let theirs = stranger.alloc::<u64, _>(11u64);
    for (value, what) in [(&stack[1], "the stack"), (&*heap, "the heap"), (&*image, "an image"), (&*theirs, "a space")]
    {
        refused(region.try_alloc::<Ref<'_, u64>, _>(value), what);
        refused(region.try_alloc::<Vec<Ref<'_, u64>>, _>(std::vec![value; 3]), what);
        refused(region.try_alloc::<Maybe<Ref<'_, u64>>, _>(Some(value)), what);
        refused(region.try_alloc::<Box<Ref<'_, u64>>, _>(Boxed(value)), what);
    }
    static NUMBER: u64 = 3;
    refused(region.try_alloc::<Ref<'_, u64>, _>(&NUMBER), "a static");
    refused(region.try_alloc::<Ref<'_, [u64; 0]>, _>(&[]), "a promoted constant without size");
    refused(region.try_alloc::<Ref<'_, [u8; 0]>, _>(&[0u8; 0]), "without size or alignment");
    assert_eq!(region.usage().allocated, whole);

    // A vector of what is refused in its middle, and a vector that is as it was.
    let good = region.alloc::<u64, _>(1u64).freeze();
    let mut refs = region.alloc::<Vec<Ref<'_, u64>>, _>([good, good]);
    refused(refs.edit().try_extend([good, &stack[0], good]), "an extension");
    refused(refs.edit().try_push(&stack[0]), "a push");
    refused(refs.edit().as_slice_mut().try_set(0, &stack[0]), "an element");
    refused(refs.edit().try_set([good, good, &stack[0]]), "the whole vector");
    assert!(refs.len() == 2 && refs.iter().all(|one| std::ptr::eq(one.get(), good)));
}

#[test]
fn a_byte_that_begins_no_unit_is_refused() {
    let region = Region::new();
    let bytes: &Vec<u8> = region.alloc::<Vec<u8>, _>((0..64).collect::<std::vec::Vec<u8>>()).freeze();
    for (index, byte) in bytes.iter().enumerate() {
        let made = region.try_alloc::<Ref<'_, u8>, _>(byte);
        if address(byte).is_multiple_of(8) {
            assert_eq!(usize::from(**made.unwrap()), index);
        } else {
            refused(made, "an odd byte");
        }
    }
    let halves: &Vec<u32> = region.alloc::<Vec<u32>, _>([1, 2, 3]).freeze();
    refused(region.try_alloc::<Ref<'_, u32>, _>(&halves[1]), "the second half of a unit");
    assert_eq!(**region.alloc::<Ref<'_, u32>, _>(&halves[2]), 3);
    let node = build(&region, 1).freeze();
    refused(region.try_alloc::<Ref<'_, Option<Box<Node>>>, _>(&node.next), "a field in the middle of a unit");
    assert_eq!(**region.alloc::<Ref<'_, u128>, _>(&node.wide), node.wide);
}

#[test]
fn values_without_size_are_referred_to_where_they_have_a_place() {
    let region = Region::new();
    let nothing = region.alloc::<[u64; 0], _>([0u64; 0]).freeze();
    let made = region.alloc::<Ref<'_, [u64; 0]>, _>(nothing);
    assert!(made.is_empty() && std::ptr::eq(made.get(), nothing));
}

/// A graph of four kinds of edges, in children of children.
#[test]
fn graphs_across_regions_read_as_they_were_built() {
    let space = Space::new().unwrap();
    dirty(&space);
    let parent = Region::new_in(&space);
    let nodes: std::vec::Vec<&Node> = (0..50).map(|seed| build(&parent, seed).freeze()).collect();
    let sealed = Region::try_build_in(&space, |region| nodes::try_build(region, 77)).unwrap();
    let shared: Shared<Node> = build(&Region::new_in(&space), 78).share();
    for round in 0..20usize {
        let child = parent.child();
        let numbers: std::vec::Vec<&u64> = (0..9).map(|n| &*child.alloc_plain(n)).collect();
        let inner = child.child();
        let text = child.alloc::<String, _>("a text of the child").freeze();
        let edge = |n: usize| EdgeInit {
            weight: n as u16,
            to: match n % 3 {
                0 => nodes[n % 50],
                1 => &*sealed,
                _ => &*shared,
            },
            name: n.to_string(),
            maybe: n.is_multiple_of(2).then_some(text),
            many: numbers.iter().copied().take(n % 9).collect::<std::vec::Vec<_>>(),
            next: Empty,
        };
        let mut edges = inner.alloc::<Vec<Edge<'_>>, _>(from_iter((0..40).map(edge)));
        let read = |edge: &Edge<'_>| {
            let n = usize::from(edge.weight);
            let seed = [n as u64 % 50, 77, 78][n % 3];
            check(&edge.to, seed);
            assert_eq!(edge.name, n.to_string());
            assert_eq!(
                edge.maybe.as_option().map(|text| text.as_str()),
                n.is_multiple_of(2).then_some("a text of the child")
            );
            assert!(edge.many.iter().map(|number| **number).eq(0..n as u64 % 9));
        };
        edges.iter().for_each(read);
        edges.edit().as_slice_mut().sort_by(|a, b| b.weight.cmp(&a.weight));
        edges.edit().rotate_left(round);
        edges.edit().swap(3, 30);
        edges.edit().push(edge(40));
        let popped = edges.edit().swap_remove(5).weight;
        edges.edit().insert(2, edge(popped.into()));
        let mut place = edges.edit();
        let mut first = place.get_mut(0).unwrap();
        first.set(edge(33));
        first.edit().to.set(nodes[33]);
        first.edit().many.set([numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]]);
        first.edit().maybe.clear();
        assert!(first.maybe.is_none() && first.many.len() == 6);
        place.remove(0);
        edges.iter().for_each(read);
        // Copies into other regions of the space, and moves between regions.
        let other = child.child();
        let copy = other.alloc::<Vec<Edge<'_>>, _>(DeepCopy(&*edges));
        let mut moved = parent.alloc::<Vec<Edge<'_>>, _>(Empty);
        moved.edit().append(&mut edges.edit());
        assert!(edges.is_empty());
        let boxed = inner.alloc::<Edge<'_>, _>(edge(7));
        moved.edit().push(boxed);
        let mut back = inner.alloc::<Edge<'_>, _>(edge(8));
        back.edit().next.set(Some(other.alloc::<Edge<'_>, _>(edge(9))));
        let mut place = moved.edit();
        let last = place.len() - 1;
        let taken = place.swap_remove(last);
        read(&taken);
        drop(taken);
        drop(edges);
        dirty(&space);
        copy.iter().chain(&*moved).for_each(read);
        read(&back);
        read(back.next.as_ref().unwrap());
        // Another space has no words for where these point.
        let elsewhere = Region::new();
        refused(elsewhere.try_alloc::<Vec<Edge<'_>>, _>(DeepCopy(&*copy)), "a copy into another space");
        let mut there = elsewhere.alloc::<Vec<Edge<'_>>, _>(Empty);
        refused(there.edit().try_append(&mut moved.edit()), "moving into another space");
        assert!(there.is_empty() && moved.len() == 40);
        moved.iter().for_each(read);
    }
    drop(parent.child());
    check(nodes[49], 49);
}

#[test]
fn swaps_between_spaces_leave_both_as_they_were() {
    let (space, other) = (Space::new().unwrap(), Space::new().unwrap());
    let (one, two) = (Region::new_in(&space), Region::new_in(&other));
    let (ours, theirs) = (one.alloc::<String, _>("ours").freeze(), two.alloc::<String, _>("theirs").freeze());
    let mut here = one.alloc::<[Vec<Ref<'_, String>>; 1], _>([[ours, ours]]);
    let mut there = two.alloc::<[Vec<Ref<'_, String>>; 1], _>([[theirs]]);
    let used = one.usage().allocated;
    let (mut left, mut right) = (here.edit(), there.edit());
    let mut left = left.get_mut(0).unwrap();
    let mut right = right.get_mut(0).unwrap();
    refused(left.try_swap_with(&mut right), "a swap");
    refused(left.try_append(&mut right), "an append");
    refused(right.try_extend_from_slice(&left), "an extension");
    let empty = two.alloc::<Vec<Ref<'_, String>>, _>(Empty);
    left.try_extend_from_slice(&empty).unwrap();
    let popped = right.pop().unwrap();
    refused(left.try_push(popped), "what was popped elsewhere");
    assert_eq!((left.len(), right.len()), (2, 0));
    assert!(left.iter().all(|text| text.as_str() == "ours"));
    drop(empty);
    left.shrink_to_fit();
    assert_eq!(one.usage().allocated, used);
}

/// Values built of references that the region of its own borrow gave.
#[test]
fn a_region_refers_into_itself() {
    let region = Region::new();
    let mut last: Option<&Node> = None;
    let mut edges: std::vec::Vec<&Edge<'_>> = std::vec::Vec::new();
    for seed in 0..500 {
        let node = build(&region, seed).freeze();
        let to = last.replace(node).unwrap_or(node);
        let init = EdgeInit { weight: 0, to, name: Empty, maybe: Empty, many: Empty, next: Empty };
        edges.push(region.alloc::<Edge<'_>, _>(init).freeze());
    }
    assert!(edges.windows(2).zip(0..).all(|(pair, seed)| {
        check(&pair[1].to, seed);
        true
    }));
    // A counted one that refers into its own region borrows it, too.
    let init = EdgeInit { weight: 1, to: last.unwrap(), name: Empty, maybe: Empty, many: Empty, next: Empty };
    let shared = region.alloc::<Edge<'_>, _>(init).share();
    check(&shared.clone().to, 499);
}

/// The reference that a `Ref` gives outlives the `Ref`, and what held it.
#[test]
fn a_reference_outlives_the_ref_it_came_from() {
    let parent = Region::new();
    let node = build(&parent, 5).freeze();
    let got: &Node = {
        let child = parent.child();
        let mut refs = child.alloc::<Vec<Ref<'_, Node>>, _>([node, node]);
        let got = refs[0].get();
        refs.edit().clear();
        got
    };
    dirty(&Space::global().unwrap());
    check(got, 5);
    assert!(std::ptr::eq(got, node));
}

/// A token's value is released, or given up, when what it refers to is long gone.
#[test]
fn what_a_dropped_token_refers_to_may_be_gone() {
    let space = Space::new().unwrap();
    let child = Region::new_in(&space);
    for seed in 0..50 {
        let parent = Region::new_in(&space);
        let node = build(&parent, seed).freeze();
        let init = EdgeInit { weight: 1, to: node, name: "n".repeat(99), maybe: Empty, many: Empty, next: Empty };
        let token = child.alloc::<Edge<'_>, _>(init).detach();
        let token = if seed % 2 == 0 { child.adopt(token).unwrap().detach() } else { token };
        drop(token);
        drop(parent);
        dirty(&space);
        child.alloc_plain(0u8);
    }
    drop(child.alloc::<u64, _>(1u64));
    assert!(child.usage().allocated < 500, "{:?}", child.usage());
}
