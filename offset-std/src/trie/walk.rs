//! Walking over the leaves of a tree, from both ends, with the way down to each on a list: a tree may be deep, and nothing here recurses.

use std::ops::Bound;

use offset_core::raw::Base;

use super::edge::Edge;
use super::leaf::Leaf;
use super::node::{AT_END, Node, Size};
use super::search::{Tree, nearest};

/// A place in a node.
#[derive(Clone, Copy, Debug)]
struct Step {
    unit: u32,
    place: u16,
    size: Size,
}

/// A leaf of a tree, with the way down to it.
///
/// Its units and places are those of the tree that it was made for, which isn't edited while it is used.
#[derive(Clone, Debug)]
pub(super) struct Path {
    steps: Vec<Step>,
    leaf: Edge,
}

impl Step {
    /// The node.
    #[inline(always)]
    fn node(self, base: Base) -> Node {
        // SAFETY: A1: the step was made from an edge to such a node of a tree that isn't edited.
        unsafe { Node::new(base.at(self.unit), self.size) }
    }
}

impl Path {
    /// The path to the first leaf, or to the last.
    pub(super) fn outermost(tree: Tree, last: bool) -> Path {
        // Few trees are deeper.
        let mut path = Path { steps: Vec::with_capacity(16), leaf: tree.root };
        path.descend(tree, tree.root, last);
        path
    }

    /// The leaf.
    #[inline(always)]
    pub(super) fn leaf(&self) -> Edge {
        self.leaf
    }

    /// Goes on from an edge to the first leaf below it, or to the last.
    #[inline]
    fn descend(&mut self, tree: Tree, edge: Edge, last: bool) {
        let mut edge = edge;
        while let Some(node) = edge.node(tree.base) {
            let place = if last { node.place_before(usize::MAX) } else { node.place_from(AT_END) };
            let place = place.expect("a node has edges (A3)");
            edge = self.step(tree, edge, node, place);
        }
        self.leaf = edge;
    }

    /// Notes a place of the node that an edge leads to, and gives the edge there.
    #[inline(always)]
    fn step(&mut self, tree: Tree, edge: Edge, node: Node, place: usize) -> Edge {
        self.steps.push(Step { unit: edge.unit, place: place as u16, size: node.size() });
        node.prefetch_behind(tree.base, place);
        // SAFETY: callers pass a place that has an edge.
        unsafe { node.edge_in(place) }
    }

    /// Goes to the next leaf. Gives the index of the step that moved; none if this was the last leaf.
    #[inline]
    pub(super) fn advance(&mut self, tree: Tree) -> Option<usize> {
        while let Some(step) = self.steps.last_mut() {
            let node = step.node(tree.base);
            if let Some(place) = node.place_from(step.place as usize + 1) {
                step.place = place as u16;
                let moved = self.steps.len() - 1;
                node.prefetch_behind(tree.base, place);
                // SAFETY: just found.
                let edge = unsafe { node.edge_in(place) };
                self.descend(tree, edge, false);
                return Some(moved);
            }
            self.steps.pop();
        }
        None
    }

    /// Goes to the leaf before. Says whether there was one.
    #[inline]
    fn retreat(&mut self, tree: Tree) -> bool {
        while let Some(step) = self.steps.last_mut() {
            let node = step.node(tree.base);
            if let Some(place) = node.place_before(step.place as usize) {
                step.place = place as u16;
                // SAFETY: just found.
                let edge = unsafe { node.edge_in(place) };
                self.descend(tree, edge, true);
                return true;
            }
            self.steps.pop();
        }
        false
    }

    /// The path to the first leaf whose key isn't below `key`, or is above it; none if there is no such leaf.
    ///
    /// Compares keys with what is in the leaves; where it ends lies in the tree, whatever they say.
    pub(super) fn seek<V>(tree: Tree, key: &[u8], above: bool) -> Option<Path> {
        let near = nearest::<V>(tree, key);
        let mut path = Path { steps: Vec::with_capacity(16), leaf: tree.root };
        let mut edge = tree.root;
        while let Some(node) = edge.node(tree.base)
            && node.depth() <= near.common
        {
            // All keys below go on from the same bytes of `key`: it parts from them here, or at a child.
            let depth = node.depth();
            let Some(&byte) = key.get(depth) else {
                // `key` ends here. What is longer is larger, and comes after it.
                let place = node.place_from(if above { AT_END + 1 } else { AT_END }).expect("a node has children (A3)");
                let edge = path.step(tree, edge, node, place);
                path.descend(tree, edge, false);
                return Some(path);
            };
            match node.find(byte) {
                Some(slot) => edge = path.step(tree, edge, node, slot + 1),
                None => {
                    let place = node.place_of(byte);
                    return match node.place_from(place) {
                        Some(place) => {
                            let edge = path.step(tree, edge, node, place);
                            path.descend(tree, edge, false);
                            Some(path)
                        }
                        None => path.advance(tree).map(|_| path),
                    };
                }
            }
        }
        // All that is below the edge parts from `key` at the same byte, or is `key`.
        let smaller = match (near.byte, key.get(near.common)) {
            (None, None) => above,
            (one, other) => one < other.copied(),
        };
        path.descend(tree, edge, smaller);
        if smaller { path.advance(tree).map(|_| path) } else { Some(path) }
    }

    /// Whether this leaf comes after another of the same tree.
    fn is_after(&self, other: &Path) -> bool {
        self.steps.iter().map(|step| step.place).gt(other.steps.iter().map(|step| step.place))
    }

    /// The nodes on the way down, from the one of step `from` on, each with the place where the way goes on.
    pub(super) fn nodes(&self, tree: Tree, from: usize) -> impl Iterator<Item = (Node, usize)> + '_ {
        self.steps[from..].iter().map(move |step| (step.node(tree.base), step.place as usize))
    }
}

/// The leaves of a tree, or of a part of it, from both ends.
#[derive(Clone, Debug)]
pub(super) struct Walk {
    /// None where there are no leaves.
    tree: Option<Tree>,
    /// The next leaf, and the last one; found when they are first asked for.
    front: Option<Path>,
    back: Option<Path>,
}

impl Walk {
    /// All leaves of a tree.
    pub(super) fn all(tree: Option<Tree>) -> Walk {
        Walk { tree, front: None, back: None }
    }

    /// The leaves with keys in a range.
    pub(super) fn between<V>(tree: Option<Tree>, from: Bound<&[u8]>, to: Bound<&[u8]>) -> Walk {
        let found = tree.and_then(|tree| {
            let front = match from {
                Bound::Included(key) => Path::seek::<V>(tree, key, false)?,
                Bound::Excluded(key) => Path::seek::<V>(tree, key, true)?,
                Bound::Unbounded => Path::outermost(tree, false),
            };
            let behind = match to {
                Bound::Included(key) => Path::seek::<V>(tree, key, true),
                Bound::Excluded(key) => Path::seek::<V>(tree, key, false),
                Bound::Unbounded => None,
            };
            let back = match behind {
                Some(mut path) => path.retreat(tree).then_some(path)?,
                None => Path::outermost(tree, true),
            };
            (!front.is_after(&back)).then_some((tree, front, back))
        });
        match found {
            Some((tree, front, back)) => Walk { tree: Some(tree), front: Some(front), back: Some(back) },
            None => Walk::all(None),
        }
    }

    /// The next leaf.
    #[inline(always)]
    pub(super) fn next<V>(&mut self) -> Option<Leaf<V>> {
        let tree = self.tree?;
        let front = self.front.get_or_insert_with(|| Path::outermost(tree, false));
        let leaf = front.leaf();
        let met = self.back.as_ref().is_some_and(|back| back.leaf() == leaf);
        if met || front.advance(tree).is_none() {
            self.tree = None;
        }
        Some(leaf.leaf(tree.base))
    }

    /// The last leaf of those that are left.
    #[inline(always)]
    pub(super) fn next_back<V>(&mut self) -> Option<Leaf<V>> {
        let tree = self.tree?;
        let back = self.back.get_or_insert_with(|| Path::outermost(tree, true));
        let leaf = back.leaf();
        let met = self.front.as_ref().is_some_and(|front| front.leaf() == leaf);
        if met || !back.retreat(tree) {
            self.tree = None;
        }
        Some(leaf.leaf(tree.base))
    }
}
