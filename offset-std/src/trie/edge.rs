//! Edges: where a node or a leaf lies, and which kind it is of, so that it is known how large it is before anything of it is read.
//!
//! ```text
//! edge     unit u32 | tag u8       kept apart: a node has all tags in a row, then all units
//!
//! tag      0           nothing
//!          1…5         a node of up to 2, 5, 16, 48 or 256 children
//!          6           a leaf whose key lies in a buffer of its own
//!          7…255       a leaf that ends with its key of 0 to 248 bytes
//! ```

use offset_core::raw::Base;

use super::leaf::Leaf;
use super::node::{Node, Size};

/// What an edge leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tag(u8);

/// The tag of leaves with keys of no bytes.
const FIRST_LEAF: u8 = 7;

/// The longest key that lies in its leaf, in bytes.
pub(super) const MAX_INLINE: usize = (u8::MAX - FIRST_LEAF) as usize;

impl Tag {
    /// No edge.
    pub(super) const NONE: Tag = Tag(0);
    /// A leaf whose key lies in a buffer of its own.
    pub(super) const LONG: Tag = Tag(6);

    /// The tag with this code, whatever it is.
    #[inline(always)]
    pub(super) fn from_code(code: u8) -> Tag {
        Tag(code)
    }

    #[inline(always)]
    pub(super) fn code(self) -> u8 {
        self.0
    }

    /// The tag of nodes of a size.
    #[inline(always)]
    pub(super) fn of_node(size: Size) -> Tag {
        Tag(size.index() + 1)
    }

    /// The tag of a leaf with a key of `len` bytes.
    #[inline(always)]
    pub(super) fn of_leaf(len: usize) -> Tag {
        if len <= MAX_INLINE { Tag(FIRST_LEAF + len as u8) } else { Tag::LONG }
    }

    /// The size of the nodes with this tag, if it is one of nodes.
    #[inline(always)]
    pub(super) fn size(self) -> Option<Size> {
        Size::from_index(self.0.wrapping_sub(1))
    }

    /// How long keys in leaves with this tag are, if they lie there.
    #[inline(always)]
    pub(super) fn key_len(self) -> Option<usize> {
        self.0.checked_sub(FIRST_LEAF).map(usize::from)
    }
}

/// A tag with the unit of what it tells of.
///
/// Made for what is there (A1), and used while it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Edge {
    pub(super) unit: u32,
    pub(super) tag: Tag,
}

impl Edge {
    /// The node that it leads to, if it doesn't lead to a leaf.
    #[inline(always)]
    pub(super) fn node(self, base: Base) -> Option<Node> {
        // SAFETY: A1: a node of that size lies there.
        self.tag.size().map(|size| unsafe { Node::new(base.at(self.unit), size) })
    }

    /// The leaf that it leads to, where that is no node.
    #[inline(always)]
    pub(super) fn leaf<V>(self, base: Base) -> Leaf<V> {
        debug_assert!(self.tag != Tag::NONE && self.tag.size().is_none());
        // SAFETY: A1: a leaf of that kind lies there.
        unsafe { Leaf::new(base.at(self.unit), self.tag) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_say_what_they_were_made_for() {
        for len in 0..=MAX_INLINE {
            let tag = Tag::of_leaf(len);
            assert_eq!((tag.key_len(), tag.size()), (Some(len), None));
        }
        let tag = Tag::of_leaf(MAX_INLINE + 1);
        assert_eq!((tag, tag.key_len(), tag.size()), (Tag::LONG, None, None));
        for index in 0..5 {
            let size = Size::from_index(index).unwrap();
            assert_eq!((Tag::of_node(size).size(), Tag::of_node(size).key_len()), (Some(size), None));
        }
        assert_eq!((Tag::NONE.size(), Tag::NONE.key_len(), Tag::LONG.size()), (None, None, None));
    }
}
