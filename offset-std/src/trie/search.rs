//! Finding keys. What a node skips isn't looked at on the way down: the leaf at the end has the whole key, and tells how far it is the one sought.

use offset_core::raw::Base;

use super::edge::Edge;
use super::leaf::Leaf;
use super::node::Node;

/// A tree, or a part of one.
///
/// Made for live ones (A1 to A3), and used while they aren't edited.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tree {
    pub(super) base: Base,
    pub(super) root: Edge,
}

/// How far a key goes along with those of a tree.
pub(super) struct Near<V> {
    /// A leaf than whose key none has more bytes in common with the key sought.
    pub(super) leaf: Leaf<V>,
    /// How many that are.
    pub(super) common: usize,
    /// The byte with which the leaf's key goes on, if it does.
    pub(super) byte: Option<u8>,
    /// Whether it is the key sought.
    pub(super) found: bool,
}

impl Tree {
    /// The first leaf.
    #[inline]
    pub(super) fn first<V>(self) -> Leaf<V> {
        let mut edge = self.root;
        while let Some(node) = edge.node(self.base) {
            edge = node.first();
        }
        edge.leaf(self.base)
    }
}

/// The leaf of a key.
#[inline(always)]
pub(super) fn find<V>(tree: Tree, key: &[u8]) -> Option<Leaf<V>> {
    let mut edge = tree.root;
    while let Some(node) = edge.node(tree.base) {
        edge = node.follow(key)?;
    }
    let leaf = edge.leaf::<V>(tree.base);
    // SAFETY: the tree isn't edited while it is searched.
    (unsafe { leaf.key() } == key).then_some(leaf)
}

/// The leaf whose key has most in common with a key.
///
/// Where the key leaves the tree, all leaves below have equally much in common with it.
#[inline(always)]
pub(super) fn nearest<V>(tree: Tree, key: &[u8]) -> Near<V> {
    let mut edge = tree.root;
    while let Some(node) = edge.node(tree.base) {
        edge = node.follow(key).unwrap_or_else(|| node.first());
    }
    let leaf = edge.leaf::<V>(tree.base);
    // SAFETY: the tree isn't edited while it is searched.
    let other = unsafe { leaf.key() };
    let common = common(key, other);
    Near { leaf, common, byte: other.get(common).copied(), found: common == key.len() && common == other.len() }
}

/// How many bytes two keys have in common.
#[inline(always)]
fn common(one: &[u8], other: &[u8]) -> usize {
    const CHUNK: usize = 8;
    let (words, _) = one.as_chunks::<CHUNK>();
    let (others, _) = other.as_chunks::<CHUNK>();
    let mut len = 0;
    for (word, other) in words.iter().zip(others) {
        let differs = u64::from_le_bytes(*word) ^ u64::from_le_bytes(*other);
        if differs != 0 {
            return len + differs.trailing_zeros() as usize / 8;
        }
        len += CHUNK;
    }
    len + one[len..].iter().zip(&other[len..]).take_while(|(one, other)| one == other).count()
}

/// Where an edge is stored.
#[derive(Clone, Copy)]
pub(super) enum Link {
    /// In the trie itself.
    Root,
    /// In a slot of a node.
    Child(Node, usize),
    /// At the end of a node.
    End(Node),
}

/// The edge to everything that begins with a prefix, with the nodes above it.
pub(super) struct Below {
    pub(super) edge: Edge,
    /// The node that has the edge, where that is, and where the edge to the node is; the root's edge is in none.
    pub(super) parent: Option<(Node, Link, Link)>,
}

/// Finds the edge to everything whose keys begin with `prefix`: to the part of the tree that has them all and nothing else.
pub(super) fn below<V>(tree: Tree, prefix: &[u8]) -> Option<Below> {
    let mut found = Below { edge: tree.root, parent: None };
    let mut link = Link::Root;
    while let Some(node) = found.edge.node(tree.base)
        && let Some(&byte) = prefix.get(node.depth())
    {
        let slot = node.find(byte)?;
        let child = Link::Child(node, slot);
        // SAFETY: found there.
        found.edge = unsafe { node.child(slot) };
        found.parent = Some((node, child, link));
        link = child;
    }
    let first = Tree { root: found.edge, ..tree }.first::<V>();
    // SAFETY: the tree isn't edited while it is searched.
    unsafe { first.key() }.starts_with(prefix).then_some(found)
}

/// Finds the edge to the leaf of a key, with the nodes above it.
pub(super) fn above<V>(tree: Tree, key: &[u8]) -> Option<Below> {
    let mut found = Below { edge: tree.root, parent: None };
    let mut link = Link::Root;
    while let Some(node) = found.edge.node(tree.base) {
        let next = match key.get(node.depth()) {
            Some(&byte) => Link::Child(node, node.find(byte)?),
            None => Link::End(node),
        };
        found.edge = match next {
            // SAFETY: found there.
            Link::Child(node, slot) => unsafe { node.child(slot) },
            _ => node.end_edge()?,
        };
        found.parent = Some((node, next, link));
        link = next;
    }
    let leaf = found.edge.leaf::<V>(tree.base);
    // SAFETY: the tree isn't edited while it is searched.
    (unsafe { leaf.key() } == key).then_some(found)
}

/// The leaves whose keys are beginnings of a key, the shortest first.
#[derive(Clone, Debug)]
pub(super) struct Beginnings<'k> {
    tree: Tree,
    key: &'k [u8],
    /// How many bytes the key has in common with some in the tree.
    common: usize,
    /// Where to look on.
    edge: Option<Edge>,
}

impl<'k> Beginnings<'k> {
    #[inline(always)]
    pub(super) fn new<V>(tree: Tree, key: &'k [u8]) -> Self {
        let common = nearest::<V>(tree, key).common;
        Beginnings { tree, key, common, edge: Some(tree.root) }
    }

    /// The next leaf.
    #[inline(always)]
    pub(super) fn next<V>(&mut self) -> Option<Leaf<V>> {
        while let Some(edge) = self.edge.take() {
            let Some(node) = edge.node(self.tree.base) else {
                let leaf = edge.leaf::<V>(self.tree.base);
                // SAFETY: the tree isn't edited while it is searched.
                return (unsafe { leaf.key() }.len() <= self.common).then_some(leaf);
            };
            if node.depth() > self.common {
                return None;
            }
            let byte = self.key.get(node.depth());
            let slot = byte.and_then(|&byte| node.find(byte));
            // SAFETY: found there.
            self.edge = slot.map(|slot| unsafe { node.child(slot) });
            if let Some(end) = node.end_edge() {
                return Some(end.leaf(self.tree.base));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn keys_have_in_common_what_a_loop_finds(one in prop::collection::vec(0u8..2, 0..40), other in prop::collection::vec(0u8..2, 0..40), shared in prop::collection::vec(0u8..2, 0..40)) {
            let (one, other) = ([shared.clone(), one].concat(), [shared, other].concat());
            let expected = one.iter().zip(&other).take_while(|(one, other)| one == other).count();
            prop_assert_eq!(common(&one, &other), expected);
        }
    }
}
