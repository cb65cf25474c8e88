//! Adding a leaf, and taking one out, or many at once.
//!
//! What is added is built, and all memory got, before anything of the tree changes; what changes then is a node that gets a child, or one edge. Taking out needs no memory: where a single edge is left in a node,
//! it takes the node's place. A node with few children left moves to a smaller one where there is memory for that, and otherwise stays.

use offset_core::raw::{allocate, base, free, popped, release};
use offset_core::{Emplace, ErrorKind, Popped, Relocatable, Result};

use super::edge::{Edge, Tag};
use super::edit::TrieMut;
use super::leaf::{Leaf, NewLeaf};
use super::node::{Node, Size};
use super::search::{Below, Link, Near};

/// A node that isn't in a tree yet. Freed when dropped.
struct NewNode<'w> {
    memory: offset_core::raw::Allocation<'w>,
    node: Node,
}

impl NewNode<'_> {
    /// Gives the node to the tree that gets the edge.
    fn keep(self) -> Edge {
        Edge { unit: self.memory.keep(), tag: Tag::of_node(self.node.size()) }
    }
}

impl<'r, V: Relocatable> TrieMut<'r, V> {
    fn new_node(&self, size: Size) -> Result<NewNode<'r>> {
        let memory = allocate(self.writer(), u64::from(size.units()), offset_core::UNIT_BYTES)?;
        // SAFETY: zeroed memory for such a node.
        let node = unsafe { Node::new(memory.at(), size) };
        Ok(NewNode { memory, node })
    }

    /// Writes an edge where another one was.
    ///
    /// # Safety
    ///
    /// The link is one of this trie. Into the end of a node goes the leaf of a key as long as it is deep.
    unsafe fn relink(&mut self, link: Link, edge: Edge) {
        match link {
            Link::Root => self.set_root(edge),
            // SAFETY: the nodes of the trie are ours.
            Link::Child(node, slot) => unsafe { node.set_child(slot, edge) },
            // SAFETY: as above.
            Link::End(node) => unsafe { node.set_end(edge.unit) },
        }
    }

    /// Adds the entry of a key that isn't there. On error the trie is as it was.
    ///
    /// # Errors
    ///
    /// No space, too many entries, and those of building key and value.
    ///
    /// # Safety
    ///
    /// `near` was found for this key in this trie, which hasn't been edited since; there is none only if there are no entries.
    pub(super) unsafe fn add<I: Emplace<V>>(
        &mut self,
        near: Option<Near<V>>,
        key: &[u8],
        value: I,
    ) -> Result<std::ptr::NonNull<V>> {
        if self.len() == u32::MAX as usize {
            return Err(ErrorKind::TooLong { len: u64::from(u32::MAX) + 1, max: u64::from(u32::MAX) }.into());
        }
        let leaf = NewLeaf::build(self.writer(), key, value)?;
        let at = leaf.value();
        match near {
            None => self.set_root(leaf.keep()),
            // SAFETY: the caller's contract.
            Some(near) => unsafe { self.hang(&near, key, leaf) }?,
        }
        self.set_len(self.len() + 1);
        Ok(at)
    }

    /// Hangs a leaf into a tree that has others.
    ///
    /// # Safety
    ///
    /// As for [`add`](TrieMut::add).
    unsafe fn hang(&mut self, near: &Near<V>, key: &[u8], leaf: NewLeaf<'r, V>) -> Result<()> {
        let (mut link, mut edge) = (Link::Root, self.root_edge());
        while let Some(node) = edge.node(base(self.writer())) {
            let depth = node.depth();
            if depth > near.common {
                break;
            }
            match key.get(depth) {
                Some(&byte) => match node.find(byte) {
                    Some(slot) => {
                        link = Link::Child(node, slot);
                        // SAFETY: found there.
                        edge = unsafe { node.child(slot) };
                    }
                    // SAFETY: there is no child for that byte; the link is the node's.
                    None => return unsafe { self.add_child(link, edge, node, byte, leaf) },
                },
                None => {
                    // SAFETY: the key is as long as the node is deep (A4), and no leaf of that length is there: the key would have been found.
                    unsafe { node.set_end(leaf.keep().unit) };
                    return Ok(());
                }
            }
        }

        // The key parts from all that is below the edge on the way there: a node of two goes between.
        let fresh = self.new_node(Size::SMALLEST)?;
        let ends = near.byte.is_none() && edge.tag == Tag::of_leaf(near.common);
        // SAFETY: the node is ours, and empty; the two bytes differ, or one of both keys ends here.
        unsafe { fresh.node.set_depth(near.common) };
        for (edge, byte) in
            [(edge, if ends { None } else { near.byte.or(Some(0)) }), (leaf.keep(), key.get(near.common).copied())]
        {
            match byte {
                // SAFETY: as above.
                Some(byte) => unsafe { fresh.node.add(byte, edge) },
                // SAFETY: as above: the leaf of a key of that length.
                None => unsafe { fresh.node.set_end(edge.unit) },
            }
        }
        // SAFETY: the edge was there; it is in the new node now.
        unsafe { self.relink(link, fresh.keep()) };
        Ok(())
    }

    /// Adds a child to a node, which moves to a larger one if it has no room.
    ///
    /// # Safety
    ///
    /// The link stores the edge, which leads to the node; that has no child for the byte.
    unsafe fn add_child(&mut self, link: Link, edge: Edge, node: Node, byte: u8, leaf: NewLeaf<'r, V>) -> Result<()> {
        if !node.is_crowded() {
            // SAFETY: the caller's contract; there is room.
            unsafe { node.add(byte, leaf.keep()) };
            return Ok(());
        }
        // The largest nodes have room for every byte.
        let size = node.size().larger().expect("a node with a child for each byte has one for this");
        let fresh = self.new_node(size)?;
        // SAFETY: an empty node of ours, with more room.
        unsafe { node.copy_to(fresh.node) };
        // SAFETY: as above.
        unsafe { fresh.node.add(byte, leaf.keep()) };
        // SAFETY: what was in the old node is in the new one.
        unsafe { self.relink(link, fresh.keep()) };
        // SAFETY: nothing leads there any more.
        unsafe { free(self.writer(), edge.unit, node.size().units()) };
        Ok(())
    }

    /// Takes an edge out of the tree. What it led to is the caller's.
    ///
    /// # Safety
    ///
    /// It was found in this trie, which hasn't been edited since.
    pub(super) unsafe fn detach(&mut self, found: &Below) {
        let Some((node, place, link)) = found.parent else {
            self.set_root(Edge { unit: 0, tag: Tag::NONE });
            return;
        };
        match place {
            // SAFETY: the child is there.
            Link::Child(_, slot) => unsafe { node.take(slot) },
            // SAFETY: nothing ends here any more.
            _ => unsafe { node.set_end(0) },
        }
        let unit = match link {
            Link::Root => self.root_edge().unit,
            // SAFETY: the edge to the node is there.
            Link::Child(above, slot) => unsafe { above.child(slot) }.unit,
            Link::End(_) => unreachable!("a leaf ends a key, not a node"),
        };
        if node.edges() == 1 {
            // SAFETY: what is left takes the place of the node.
            unsafe { self.relink(link, node.first()) };
        } else if let Some(size) = node.size().smaller_for(node.count())
            && let Ok(fresh) = self.new_node(size)
        {
            // SAFETY: an empty node of ours, with room for what is left.
            unsafe { node.copy_to(fresh.node) };
            // SAFETY: what was in the old node is in the new one.
            unsafe { self.relink(link, fresh.keep()) };
        } else {
            return;
        }
        // SAFETY: nothing leads there any more.
        unsafe { free(self.writer(), unit, node.size().units()) };
    }

    /// Takes the leaf of an entry out of the tree, and gives its value; the key is gone.
    ///
    /// # Safety
    ///
    /// It was found in this trie, which hasn't been edited since and stays borrowed for `'a`.
    pub(super) unsafe fn pop<'a>(&mut self, found: &Below) -> Popped<'a, V>
    where
        'r: 'a,
    {
        let leaf = found.edge.leaf::<V>(base(self.writer()));
        // SAFETY: the caller's contract.
        unsafe { self.detach(found) };
        self.set_len(self.len() - 1);
        // SAFETY: the leaf isn't in the tree any more.
        unsafe { leaf.release_key(self.writer()) };
        // SAFETY: a valid value that nobody counts any more, alone in its leaf but for the bytes of its key.
        unsafe { popped(leaf.value(), self.writer(), (found.edge.unit, leaf.units())) }
    }

    /// Releases all that was below an edge. Returns how many entries that were.
    ///
    /// # Safety
    ///
    /// The edge isn't in the tree any more.
    pub(super) unsafe fn release_below(&mut self, edge: Edge) -> usize {
        let (mut waiting, mut count) = (vec![edge], 0);
        while let Some(edge) = waiting.pop() {
            let units = if let Some(node) = edge.node(base(self.writer())) {
                waiting.extend(node.iter());
                node.size().units()
            } else {
                count += 1;
                let leaf = edge.leaf::<V>(base(self.writer()));
                // SAFETY: nobody looks at the leaf any more.
                unsafe { leaf.release_key(self.writer()) };
                // SAFETY: a valid value, as above.
                unsafe { release(leaf.value(), self.writer()) };
                Leaf::units(leaf)
            };
            // SAFETY: A1: it had one owner, which is gone, and what it owned is released or on the list.
            unsafe { free(self.writer(), edge.unit, units) };
        }
        count
    }
}
