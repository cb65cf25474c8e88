//! A value that owns allocations of every kind, and dirty memory to build it in.
#![allow(dead_code, reason = "each test uses some")]

use offset_std::prelude::*;
use offset_std::{Box, Region, Result, Space, String, Vec};

#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
pub(crate) struct Node {
    pub tag: u8,
    pub name: String,
    pub wide: u128,
    pub flag: bool,
    pub next: Option<Box<Node>>,
    pub parts: Vec<Vec<u16>>,
    pub maybe: Maybe<String>,
    pub words: [String; 2],
}

/// An initialiser of a node that owns several allocations.
fn node(seed: u64) -> impl Emplace<Node> {
    let next = NodeInit {
        tag: 2,
        name: "the next one",
        wide: 7,
        flag: true,
        next: Empty,
        parts: [[1, 2, 3]],
        maybe: Some("perhaps"),
        words: ["", "word"],
    };
    NodeInit {
        tag: 1,
        name: format!("node {seed}"),
        wide: u128::from(seed) << 64 | 1,
        flag: false,
        next: Some(next),
        parts: (0..seed % 4)
            .map(|row| (0..row * 9).map(|n| n as u16).collect::<std::vec::Vec<_>>())
            .collect::<std::vec::Vec<_>>(),
        maybe: seed.is_multiple_of(3).then(|| "x".repeat(seed as usize % 100)),
        words: [seed.to_string(), "y".repeat(seed as usize % 200)],
    }
}

pub(crate) fn check(node: &Node, seed: u64) {
    assert_eq!((node.tag, node.wide, node.flag), (1, u128::from(seed) << 64 | 1, false));
    assert_eq!(node.name, format!("node {seed}"));
    let next = node.next.as_ref().unwrap();
    assert_eq!((next.tag, next.wide, next.flag), (2, 7, true));
    assert_eq!(next.parts, [[1, 2, 3]]);
    assert!(next.maybe == Some("perhaps") && next.next.is_none());
    assert_eq!(node.parts.len() as u64, seed % 4);
    for (row, part) in (0..).zip(&node.parts) {
        assert!(part.iter().copied().eq((0..row * 9).map(|n: u64| n as u16)));
    }
    assert_eq!(node.maybe.as_option().map(|text| text.len()), seed.is_multiple_of(3).then_some(seed as usize % 100));
    assert_eq!(node.words[0], seed.to_string());
    assert_eq!(node.words[1].len(), seed as usize % 200);
}

pub(crate) fn address<T: ?Sized>(value: &T) -> usize {
    std::ptr::from_ref(value).addr()
}

/// Fills regions of a space with a byte that no clean value has, and drops them, so that what comes next is dirty.
pub(crate) fn dirty(space: &Space) {
    let regions: std::vec::Vec<Region> = (0..20).map(|_| Region::new_in(space)).collect();
    for (size, region) in (1..).zip(&regions) {
        for count in 0..30 {
            region.alloc_slice(&vec![0xffu8; size * (count + 1) * 16]);
        }
    }
}

/// A node that [`check`] knows.
pub(crate) fn try_build(region: &Region, seed: u64) -> Result<Own<'_, Node>> {
    region.try_alloc(node(seed))
}

/// A node that [`check`] knows.
pub(crate) fn build(region: &Region, seed: u64) -> Own<'_, Node> {
    region.alloc(node(seed))
}
