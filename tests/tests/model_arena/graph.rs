//! Graphs with cycles: nodes that hold keys of nodes, of their own arena, in types that refer to themselves.

use std::collections::HashMap as StdMap;

use offset_std::prelude::*;
use offset_std::{Arena, Box, HashMap, Key, Region, String, Vec, from_iter};

use super::attack::check_no_leak;

/// Keys of itself in every kind of field.
#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
struct Node {
    name: String,
    edges: Vec<Key<Node>>,
    parent: Option<Key<Node>>,
    maybe: Maybe<Key<Node>>,
    pair: [Option<Key<Node>>; 2],
    boxed: Option<Box<Node>>,
    weights: HashMap<Key<Node>, u32>,
}

/// Generic, and plain: a cell of a linked list.
#[derive(Relocatable, Clone, Copy, Debug, PartialEq)]
#[relocatable(plain)]
#[repr(C)]
struct Cell {
    next: Option<Key<Cell>>,
    before: Option<Key<Cell>>,
    value: u64,
}

#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
struct Tagged<T> {
    value: T,
    next: Option<Key<Tagged<T>>>,
}

#[derive(Relocatable, Debug, PartialEq)]
#[repr(u8)]
enum Shape {
    Leaf(u64),
    Both { left: Key<Shape>, right: Key<Shape> },
}

#[test]
fn a_graph_with_cycles_is_walked_where_it_is_loaded() {
    let mut image = Image::<Arena<Node>>::new(Empty).unwrap();
    let mut graph = image.edit();
    let mut keys = std::vec::Vec::new();
    for n in 0..20u32 {
        let key = graph.insert_with_key(|me| NodeInit {
            name: format!("node {n}"),
            edges: [me],
            parent: keys.last().copied(),
            maybe: Some(me),
            pair: [None, Some(me)],
            boxed: Empty,
            weights: [(me, n)],
        });
        keys.push(key);
    }
    for (n, key) in keys.iter().enumerate() {
        let mut node = graph.get_mut(*key).unwrap();
        node.edit().edges.push(keys[(n * 7 + 1) % 20]);
    }
    let loaded = check_no_leak(&image);
    let mut at = keys[0];
    let mut seen = std::collections::HashSet::new();
    while seen.insert(at) {
        let node = &loaded[at];
        assert!(node.edges[0] == at && node.maybe == Some(at) && node.pair == [None, Some(at)]);
        assert_eq!(node.weights[&at], at.index());
        at = node.edges[1];
    }
    assert!(seen.len() > 1 && seen.contains(&at));
}

#[test]
fn a_ring_list_is_spliced_by_keys() {
    let mut image = Image::<Arena<Cell>>::new(Empty).unwrap();
    let mut list = image.edit();
    let keys: std::vec::Vec<Key<Cell>> =
        (0..5u64).map(|value| list.insert(Cell { next: None, before: None, value })).collect();
    for (n, key) in keys.iter().enumerate() {
        let mut cell = list.place(*key).unwrap();
        cell.next = Some(keys[(n + 1) % 5]);
        cell.before = Some(keys[(n + 4) % 5]);
    }
    // Take the third out.
    let Cell { next: Some(next), before: Some(before), .. } = list[keys[2]] else { panic!() };
    let [one, other] = list.get_disjoint_mut([before, next]).unwrap();
    (one.next, other.before) = (Some(next), Some(before));
    assert_eq!(list.remove(keys[2]).unwrap().into_inner().value, 2);
    let mut walk = std::vec::Vec::new();
    let mut at = keys[0];
    for _ in 0..5 {
        walk.push(image[at].value);
        at = image[at].next.unwrap();
    }
    assert_eq!(walk, [0, 1, 3, 4, 0]);
}

#[test]
fn generic_types_and_enums_hold_keys_of_themselves() {
    let tagged = [("a", Some(Key::nth(1))), ("b", Some(Key::nth(0)))];
    let image = Image::<Arena<Tagged<String>>>::new(tagged.map(|(value, next)| TaggedInit { value, next })).unwrap();
    assert_eq!(image[image[Key::nth(0)].next.unwrap()].value, "b");
    let mut image = Image::<Arena<Shape>>::new([ShapeLeafInit(1u64)]).unwrap();
    let leaf = Key::nth(0);
    let both = image.edit().insert_with_key(|me| ShapeBothInit { left: leaf, right: me });
    assert_eq!(*check_no_leak(&image).get(both).unwrap(), Shape::Both { left: leaf, right: both });
}

#[test]
fn a_graph_of_lists_is_built_at_once_in_images_and_regions() {
    let lists: std::vec::Vec<std::vec::Vec<u32>> =
        (0..100u32).map(|n| (0..n % 5).map(|edge| (n * edge + 3) % 100).collect()).collect();
    let nodes = || {
        from_iter(lists.iter().enumerate().map(|(n, list)| NodeInit {
            name: format!("{n}"),
            edges: from_iter(list.iter().map(|to| Key::nth(*to))),
            parent: n.checked_sub(1).map(|n| Key::nth(n as u32)),
            maybe: Empty,
            pair: [None, None],
            boxed: Empty,
            weights: Empty,
        }))
    };
    let image = Image::<Arena<Node>>::new(nodes()).unwrap();
    let region = Region::new();
    let own = region.alloc::<Arena<Node>, _>(nodes());
    for graph in [&*image, &*own] {
        let found: StdMap<u32, std::vec::Vec<u32>> = graph
            .iter()
            .map(|(key, node)| (key.index(), node.edges.iter().map(|edge| edge.index()).collect()))
            .collect();
        assert!(lists.iter().enumerate().all(|(n, list)| found[&(n as u32)] == *list));
    }
    // Between regions all is copied, and keys stay what they are.
    let mut other = Image::<Arena<Node>>::new(Empty).unwrap();
    let mut mine = region.alloc::<Arena<Node>, _>(nodes());
    mine.edit().swap_with(&mut other.edit());
    assert!(mine.is_empty());
    assert_eq!(other.len(), 100);
    assert!(
        lists.iter().enumerate().all(|(n, list)| {
            other[Key::nth(n as u32)].edges.iter().map(|edge| edge.index()).eq(list.iter().copied())
        })
    );
    check_no_leak(&other);
}
