//! Leaves: a value with its key.
//!
//! ```text
//! leaf         | value | key | zero |       the key follows the value's last byte; as many units as the two need, in classes
//! long leaf    | value | key: Vec<u8> |     for keys of more than 248 bytes
//! ```
//!
//! The edge says how long the key is, so a leaf has no length. A leaf is built once and stays where it is until its entry is removed.

use std::marker::PhantomData;
use std::mem::{MaybeUninit, offset_of};
use std::ptr::NonNull;
use std::slice;

use offset_core::raw::{Allocation, Writer, allocate, release, slot};
use offset_core::{Emplace, Filled, Relocatable, Result, UNIT_BYTES, Vec};

use super::edge::{Edge, Tag};

/// A leaf whose key lies in it, with `EXTRA` units besides those of the value. The key begins at the value's end, in what would be padding.
#[repr(C)]
pub(super) struct Inline<V, const EXTRA: usize> {
    pub(super) value: MaybeUninit<V>,
    pub(super) extra: [u64; EXTRA],
}

/// A leaf whose key lies in a buffer of its own.
#[repr(C, align(8))]
pub(super) struct Long<V> {
    pub(super) value: MaybeUninit<V>,
    pub(super) key: Vec<u8>,
}

/// How many units leaves have besides those of their values. Each class is a type of its own to the traversal; from eight units on they grow by a quarter or
/// less, so that little is left over.
pub(super) const CLASSES: [usize; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 32];

/// Bytes of a leaf of a class.
pub(super) const fn bytes_of<V>(extra: usize) -> usize {
    let align = if align_of::<V>() > UNIT_BYTES { align_of::<V>() } else { UNIT_BYTES };
    (size_of::<V>().next_multiple_of(UNIT_BYTES) + extra * UNIT_BYTES).next_multiple_of(align)
}

/// The class of leaves that hold keys of `len` bytes: the smallest that has room, and takes memory at all.
#[inline(always)]
pub(super) fn class_of<V>(len: usize) -> usize {
    let has_room = |&extra: &usize| bytes_of::<V>(extra) >= (size_of::<V>() + len).max(1);
    // Keys of at most 248 bytes fit 31 units.
    CLASSES.iter().position(has_room).unwrap_or(CLASSES.len() - 1)
}

/// A leaf in a tree.
///
/// Made for leaves only (A1), and used while they live.
pub(super) struct Leaf<V> {
    at: NonNull<u8>,
    tag: Tag,
    of: PhantomData<V>,
}

impl<V> Clone for Leaf<V> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<V> Copy for Leaf<V> {}

impl<V> Leaf<V> {
    /// What leaves are aligned to.
    pub(super) const ALIGN: usize = if align_of::<V>() > UNIT_BYTES { align_of::<V>() } else { UNIT_BYTES };

    /// The leaf at an address.
    ///
    /// # Safety
    ///
    /// A1: there is one with that tag, and it stays for as long as the result is used.
    #[inline(always)]
    pub(super) unsafe fn new(at: NonNull<u8>, tag: Tag) -> Self {
        Leaf { at, tag, of: PhantomData }
    }

    /// Where the value lies.
    #[inline(always)]
    pub(super) fn value(self) -> NonNull<V> {
        self.at.cast()
    }

    /// Where the key of a long leaf lies.
    #[inline(always)]
    fn long_key(self) -> NonNull<Vec<u8>> {
        // SAFETY: inside the leaf, which is a long one.
        unsafe { self.at.byte_add(offset_of!(Long<V>, key)) }.cast()
    }

    /// The key, for as long as nobody edits the tree.
    ///
    /// # Safety
    ///
    /// For `'a` the leaf stays in its tree.
    #[inline(always)]
    pub(super) unsafe fn key<'a>(self) -> &'a [u8] {
        match self.tag.key_len() {
            Some(len) => {
                // SAFETY: inside the leaf, or at its end.
                let key = unsafe { self.at.byte_add(size_of::<V>()) };
                // SAFETY: A1: as many bytes as the tag says follow the value, and they stay as they are, by the caller's contract.
                unsafe { slice::from_raw_parts(key.as_ptr(), len) }
            }
            // SAFETY: A1: a long leaf has a vector, which stays as it is, by the caller's contract.
            None => unsafe { self.long_key().as_ref() },
        }
    }

    /// Units that the leaf takes.
    pub(super) fn units(self) -> u32 {
        let bytes = match self.tag.key_len() {
            Some(len) => bytes_of::<V>(CLASSES[class_of::<V>(len)]),
            None => size_of::<Long<V>>(),
        };
        (bytes / UNIT_BYTES) as u32
    }
}

impl<V: Relocatable> Leaf<V> {
    /// Frees a key that lies in a buffer of its own.
    ///
    /// # Safety
    ///
    /// The leaf isn't in the tree any more, its key is whole, and nobody looks at it.
    pub(super) unsafe fn release_key(self, writer: &Writer) {
        if self.tag == Tag::LONG {
            // SAFETY: the caller's contract.
            unsafe { release(self.long_key(), writer) };
            // SAFETY: what was there is gone.
            unsafe { self.long_key().write_bytes(0, 1) };
        }
    }
}

/// A leaf that isn't in a tree yet. Released when dropped.
pub(super) struct NewLeaf<'w, V: Relocatable> {
    value: Filled<'w, V>,
    key: Option<Filled<'w, Vec<u8>>>,
    // Freed last.
    memory: Allocation<'w>,
    tag: Tag,
}

impl<'w, V: Relocatable> NewLeaf<'w, V> {
    /// Builds a leaf.
    ///
    /// # Errors
    ///
    /// No space, a key that is too long, and those of the initialiser.
    #[inline]
    pub(super) fn build<I: Emplace<V>>(writer: &'w Writer, key: &[u8], value: I) -> Result<Self> {
        let tag = Tag::of_leaf(key.len());
        // SAFETY: only its units are asked for; nothing is read.
        let units = unsafe { Leaf::<V>::new(NonNull::dangling(), tag) }.units();
        let memory = allocate(writer, u64::from(units), Leaf::<V>::ALIGN)?;
        // SAFETY: memory for such a leaf.
        let leaf = unsafe { Leaf::<V>::new(memory.at(), tag) };
        let long = if tag == Tag::LONG {
            // SAFETY: zeroed, aligned, and nobody else's.
            let slot = unsafe { slot(leaf.long_key(), writer) };
            Some(key.emplace(slot)?)
        } else {
            // SAFETY: inside the leaf, or at its end.
            let at = unsafe { leaf.at.byte_add(size_of::<V>()) };
            // SAFETY: the class has room for it, and the memory is fresh.
            unsafe { at.copy_from_nonoverlapping(NonNull::from(key).cast(), key.len()) };
            None
        };
        // SAFETY: zeroed, aligned, and nobody else's.
        let slot = unsafe { slot(leaf.value(), writer) };
        Ok(NewLeaf { value: value.emplace(slot)?, key: long, memory, tag })
    }

    /// The value, once the leaf is in a tree.
    #[inline(always)]
    pub(super) fn value(&self) -> NonNull<V> {
        self.memory.at()
    }

    /// Gives the leaf to the tree that gets the edge.
    #[inline(always)]
    pub(super) fn keep(self) -> Edge {
        self.value.keep();
        self.key.into_iter().for_each(Filled::keep);
        Edge { unit: self.memory.keep(), tag: self.tag }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trie::edge::MAX_INLINE;

    fn every_key_fits<V>() {
        for len in 0..=MAX_INLINE {
            let class = class_of::<V>(len);
            let bytes = bytes_of::<V>(CLASSES[class]);
            assert!(bytes > 0 && bytes >= size_of::<V>() + len, "{len}: {bytes}");
            assert!(class == 0 || bytes_of::<V>(CLASSES[class - 1]) < (size_of::<V>() + len).max(1), "{len}: {bytes}");
        }
    }

    #[test]
    fn each_key_has_the_smallest_class_that_it_fits() {
        #[repr(align(64))]
        struct Line(#[allow(dead_code, reason = "for its size")] [u8; 64]);
        every_key_fits::<()>();
        every_key_fits::<u8>();
        every_key_fits::<[u8; 13]>();
        every_key_fits::<u64>();
        every_key_fits::<u128>();
        every_key_fits::<Line>();
        assert_eq!(bytes_of::<u32>(CLASSES[class_of::<u32>(4)]), 8);
        assert_eq!(bytes_of::<u64>(CLASSES[class_of::<u64>(9)]), 24);
    }
}
