//! The nodes of a tree: their bytes, and moving entries about in them.
//!
//! ```text
//! leaf     | count u32 | 0         | prefixes | keys      | values                | 31 of each, the first `count` occupied
//! inner    | count u32 | level u32 | prefixes | keys      | children u32          | `count` keys, `count` + 1 children
//!          ^ at a multiple of 64                          ^ 32 handles
//! ```
//!
//! With 8-byte keys the head and 31 keys are exactly four cache lines, and an inner node six. The prefixes are there for text keys only. An inner node owns its
//! keys, which are copies: the smallest key that its right neighbour child had when the two were split. They separate, so they needn't be in the map any more.
//!
//! # Invariants
//!
//! - **B1 (a node)** The root's handle, and each child's, name a whole node of the level that their owner says, which has no other owner. A child is one level below.
//! - **B2 (counted)** The first `count` keys of a node are valid, in a leaf as many values, in an inner node `count` + 1 children. `count` is at most 31, and in a leaf at
//!   least 1. What lies beyond holds no value.
//! - **B3 (bounded)** The root's level is at most [`MAX_HEIGHT`].

use std::marker::PhantomData;
use std::mem::{MaybeUninit, offset_of};
use std::ptr::NonNull;

use offset_core::Relocatable;
use offset_core::raw::{Base, Writer, free, units_of};

use super::key::prefix_of;
use crate::fetch::prefetch;
use crate::kind::is_text;

/// Entries that a leaf has room for, and keys that an inner node has.
pub(super) const CAPACITY: usize = 31;

/// The level of the highest root. A node of 31 is split in halves of 15, so a tree that was only added to is far lower; it takes a hostile file to come near.
pub(super) const MAX_HEIGHT: usize = 16;

/// A leaf. `P` is how many prefixes it has: none, or as many as keys.
#[repr(C, align(64))]
pub(super) struct Leaf<K, V, const P: usize> {
    head: [u32; 2],
    prefixes: [u64; P],
    pub(super) keys: [MaybeUninit<K>; CAPACITY],
    pub(super) values: [MaybeUninit<V>; CAPACITY],
}

/// An inner node.
#[repr(C, align(64))]
pub(super) struct Inner<K, V, const P: usize> {
    head: [u32; 2],
    prefixes: [u64; P],
    pub(super) keys: [MaybeUninit<K>; CAPACITY],
    pub(super) children: [u32; CAPACITY + 1],
    below: PhantomData<V>,
}

const _: () = assert!(size_of::<Inner<u64, u64, 0>>() == 6 * 64 && size_of::<Leaf<u64, u64, 0>>() == 8 * 64);
const _: () = assert!(offset_of!(Leaf<u64, u64, CAPACITY>, prefixes) == PREFIXES);
const _: () = assert!(offset_of!(Inner<u64, u64, CAPACITY>, prefixes) == PREFIXES);

/// Where the prefixes begin.
const PREFIXES: usize = 8;

/// A node in a tree, of either kind.
///
/// Made for nodes only (B1), and used while they live: so its head, and what that counts (B2), can be read.
pub(super) struct Node<K, V>(NonNull<u8>, PhantomData<(K, V)>);

impl<K, V> Clone for Node<K, V> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K, V> Copy for Node<K, V> {}
impl<K, V> PartialEq for Node<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<K, V> Node<K, V> {
    /// The node at `unit`.
    ///
    /// # Safety
    ///
    /// B1: there is one, and it stays for as long as the result is used.
    #[inline(always)]
    pub(super) unsafe fn new(base: Base, unit: u32) -> Self {
        Node(base.at(unit), PhantomData)
    }

    /// The node that begins there, for a traversal: what it is told of is looked at only once it has been accepted.
    #[inline(always)]
    pub(super) fn from_start(at: NonNull<u8>) -> Self {
        Node(at, PhantomData)
    }

    /// What isn't looked at: for a tree without nodes.
    pub(super) fn none() -> Self {
        Node(NonNull::dangling(), PhantomData)
    }

    /// The first byte.
    #[inline(always)]
    pub(super) fn at(self) -> NonNull<u8> {
        self.0
    }

    #[inline(always)]
    fn byte<T>(self, offset: usize) -> NonNull<T> {
        // SAFETY: callers pass the offset of a part of the node, or of its end.
        unsafe { self.0.byte_add(offset) }.cast()
    }

    /// How many keys there are: at most [`CAPACITY`] (B2).
    #[inline(always)]
    pub(super) fn count(self) -> usize {
        // SAFETY: B1: a node has a head.
        let count = unsafe { self.0.cast::<u32>().read() } as usize;
        debug_assert!(count <= CAPACITY);
        count
    }

    /// Where key `index` lies.
    #[inline(always)]
    pub(super) fn key(self, index: usize) -> NonNull<K> {
        let keys =
            if is_text::<K>() { offset_of!(Leaf<K, V, CAPACITY>, keys) } else { offset_of!(Leaf<K, V, 0>, keys) };
        self.byte(keys + index * size_of::<K>())
    }

    /// Where prefix `index` lies. The keys are text.
    #[inline(always)]
    pub(super) fn prefix(self, index: usize) -> NonNull<u64> {
        debug_assert!(is_text::<K>());
        self.byte(PREFIXES + index * size_of::<u64>())
    }

    /// Where value `index` of a leaf lies.
    #[inline(always)]
    pub(super) fn value(self, index: usize) -> NonNull<V> {
        let values =
            if is_text::<K>() { offset_of!(Leaf<K, V, CAPACITY>, values) } else { offset_of!(Leaf<K, V, 0>, values) };
        self.byte(values + index * size_of::<V>())
    }

    /// Where the handle of child `index` of an inner node lies.
    #[inline(always)]
    pub(super) fn child_at(self, index: usize) -> NonNull<u32> {
        let children = if is_text::<K>() {
            offset_of!(Inner<K, V, CAPACITY>, children)
        } else {
            offset_of!(Inner<K, V, 0>, children)
        };
        self.byte(children + index * size_of::<u32>())
    }

    /// The unit of child `index`.
    ///
    /// # Safety
    ///
    /// An inner node with at least `index` keys.
    #[inline(always)]
    pub(super) unsafe fn child(self, index: usize) -> u32 {
        // SAFETY: B2.
        unsafe { self.child_at(index).read() }
    }

    /// Fetches the handles of an inner node's children, of which one will be read once the keys have been.
    #[inline(always)]
    pub(super) fn prefetch_children(self) {
        prefetch(self.child_at(0), (CAPACITY + 1) * size_of::<u32>());
    }

    /// Fetches the values of a leaf, where they are a few lines, and keys that lie behind their prefixes: of either one will be read.
    #[inline(always)]
    pub(super) fn prefetch_entries(self) {
        if is_text::<K>() {
            prefetch(self.key(0), CAPACITY * size_of::<K>());
        }
        if size_of::<V>() <= 8 {
            prefetch(self.value(0), CAPACITY * size_of::<V>());
        }
    }

    /// Fetches what a walk reads first of a leaf: its head with the first keys, and the first values.
    #[inline(always)]
    pub(super) fn prefetch(self) {
        prefetch(self.0, 1);
        prefetch(self.value(0), 1);
    }

    /// Key `index`, for as long as nobody edits the tree.
    ///
    /// # Safety
    ///
    /// `index` is below the count, and for `'a` the tree isn't edited.
    #[inline(always)]
    pub(super) unsafe fn key_ref<'a>(self, index: usize) -> &'a K {
        // SAFETY: B2, and the caller's contract.
        unsafe { self.key(index).as_ref() }
    }
}

/// Changing nodes. The caller of each has the tree to itself, and restores B2 before anybody else looks.
impl<K: Relocatable, V: Relocatable> Node<K, V> {
    /// Units that a leaf takes.
    pub(super) fn leaf_units() -> u32 {
        if is_text::<K>() { units_of::<Leaf<K, V, CAPACITY>>() } else { units_of::<Leaf<K, V, 0>>() }
    }

    /// Units that an inner node takes.
    pub(super) fn inner_units() -> u32 {
        if is_text::<K>() { units_of::<Inner<K, V, CAPACITY>>() } else { units_of::<Inner<K, V, 0>>() }
    }

    /// The alignment of both.
    pub(super) const ALIGN: usize = 64;

    /// # Safety
    ///
    /// The node is the caller's to change.
    #[inline(always)]
    pub(super) unsafe fn set_count(self, count: usize) {
        debug_assert!(count <= CAPACITY);
        // SAFETY: B1: a node has a head.
        unsafe { self.0.cast::<u32>().write(count as u32) };
    }

    /// # Safety
    ///
    /// The node is the caller's to change.
    pub(super) unsafe fn set_level(self, level: usize) {
        // SAFETY: B1: a node has a head.
        unsafe { self.byte::<u32>(4).write(level as u32) };
    }

    /// # Safety
    ///
    /// The node is the caller's to change, an inner one, and `index` at most [`CAPACITY`].
    #[inline(always)]
    pub(super) unsafe fn set_child(self, index: usize, unit: u32) {
        // SAFETY: inside the node.
        unsafe { self.child_at(index).write(unit) };
    }

    /// Computes the prefix of the key at `index`, where there are prefixes.
    ///
    /// # Safety
    ///
    /// The node is the caller's to change, and a valid key lies there.
    #[inline(always)]
    pub(super) unsafe fn refresh_prefix(self, index: usize) {
        if is_text::<K>() {
            // SAFETY: the caller's contract.
            let prefix = prefix_of(unsafe { self.key(index).as_ref() });
            // SAFETY: inside the node.
            unsafe { self.prefix(index).write(prefix) };
        }
    }

    /// Forgets the prefix at `index`, where there are prefixes.
    ///
    /// # Safety
    ///
    /// The node is the caller's to change.
    #[inline(always)]
    pub(super) unsafe fn zero_prefix(self, index: usize) {
        if is_text::<K>() {
            // SAFETY: inside the node.
            unsafe { self.prefix(index).write(0) };
        }
    }

    /// Moves `count` keys, with their prefixes, to `index` of `to`. The places may overlap.
    ///
    /// # Safety
    ///
    /// Both nodes are the caller's to change, and the places within their capacity.
    #[inline(always)]
    pub(super) unsafe fn move_keys(self, from: usize, to: Node<K, V>, index: usize, count: usize) {
        // SAFETY: the caller's contract.
        unsafe { move_run(self.key(from), to.key(index), count) };
        if is_text::<K>() {
            // SAFETY: the caller's contract.
            unsafe { move_run(self.prefix(from), to.prefix(index), count) };
        }
    }

    /// Moves `count` entries of a leaf to `index` of another, or of the same.
    ///
    /// # Safety
    ///
    /// As for [`move_keys`](Node::move_keys).
    #[inline(always)]
    pub(super) unsafe fn move_entries(self, from: usize, to: Node<K, V>, index: usize, count: usize) {
        // SAFETY: the caller's contract.
        unsafe { self.move_keys(from, to, index, count) };
        // SAFETY: the caller's contract.
        unsafe { move_run(self.value(from), to.value(index), count) };
    }

    /// Moves the handles of `count` children.
    ///
    /// # Safety
    ///
    /// As for [`move_keys`](Node::move_keys).
    #[inline(always)]
    pub(super) unsafe fn move_children(self, from: usize, to: Node<K, V>, index: usize, count: usize) {
        // SAFETY: the caller's contract.
        unsafe { move_run(self.child_at(from), to.child_at(index), count) };
    }

    /// Moves the key at `last` to `index`, and those from there one up.
    ///
    /// # Safety
    ///
    /// The node is the caller's to change; `index <= last < CAPACITY`.
    #[inline(always)]
    pub(super) unsafe fn rotate_key_down(self, last: usize, index: usize) {
        // SAFETY: the caller's contract.
        unsafe { rotate_right(self.key(index), last + 1 - index) };
        if is_text::<K>() {
            // SAFETY: the caller's contract.
            unsafe { rotate_right(self.prefix(index), last + 1 - index) };
        }
    }

    /// Moves the entry at `last` of a leaf to `index`, and those from there one up.
    ///
    /// # Safety
    ///
    /// As for [`rotate_key_down`](Node::rotate_key_down).
    #[inline(always)]
    pub(super) unsafe fn rotate_entry_down(self, last: usize, index: usize) {
        // SAFETY: the caller's contract.
        unsafe { self.rotate_key_down(last, index) };
        // SAFETY: the caller's contract.
        unsafe { rotate_right(self.value(index), last + 1 - index) };
    }

    /// Moves the entry at `index` of a leaf to `last`, and those behind it one down.
    ///
    /// # Safety
    ///
    /// As for [`rotate_key_down`](Node::rotate_key_down).
    pub(super) unsafe fn rotate_entry_up(self, index: usize, last: usize) {
        // SAFETY: the caller's contract.
        unsafe { rotate_left(self.key(index), last + 1 - index) };
        if is_text::<K>() {
            // SAFETY: the caller's contract.
            unsafe { rotate_left(self.prefix(index), last + 1 - index) };
        }
        // SAFETY: the caller's contract.
        unsafe { rotate_left(self.value(index), last + 1 - index) };
    }

    /// Zeroes `count` keys from `index`, and their prefixes, so that nothing of them reaches a file.
    ///
    /// # Safety
    ///
    /// The node is the caller's to change, and the keys' values are gone.
    #[inline(always)]
    pub(super) unsafe fn zero_keys(self, index: usize, count: usize) {
        // SAFETY: inside the node.
        unsafe { self.key(index).write_bytes(0, count) };
        if is_text::<K>() {
            // SAFETY: inside the node.
            unsafe { self.prefix(index).write_bytes(0, count) };
        }
    }

    /// Zeroes `count` entries from `index`.
    ///
    /// # Safety
    ///
    /// As for [`zero_keys`](Node::zero_keys).
    #[inline(always)]
    pub(super) unsafe fn zero_entries(self, index: usize, count: usize) {
        // SAFETY: the caller's contract.
        unsafe { self.zero_keys(index, count) };
        // SAFETY: inside the node.
        unsafe { self.value(index).write_bytes(0, count) };
    }

    /// Zeroes the handles of `count` children from `index`.
    ///
    /// # Safety
    ///
    /// As for [`zero_keys`](Node::zero_keys).
    pub(super) unsafe fn zero_children(self, index: usize, count: usize) {
        // SAFETY: inside the node.
        unsafe { self.child_at(index).write_bytes(0, count) };
    }
}

/// Frees a node, whose entries have been moved or released.
///
/// # Safety
///
/// A node of that level lies at `unit`, and nothing refers to it any more.
pub(super) unsafe fn free_node<K: Relocatable, V: Relocatable>(writer: &Writer, unit: u32, level: usize) {
    let units = if level == 0 { Node::<K, V>::leaf_units() } else { Node::<K, V>::inner_units() };
    // SAFETY: the caller's contract.
    unsafe { free(writer, unit, units) };
}

/// Moves values as bytes, padding included.
///
/// # Safety
///
/// `count` values are readable at `from` and writable at `to`; they may overlap.
#[inline(always)]
unsafe fn move_run<T>(from: NonNull<T>, to: NonNull<T>, count: usize) {
    // SAFETY: the caller's contract.
    unsafe { from.cast::<u8>().copy_to(to.cast(), count * size_of::<T>()) };
}

/// Bytes that fit a buffer on the stack while others make way.
const SPARE: usize = 256;

/// Moves the last of `count` values to the front, as bytes.
///
/// # Safety
///
/// `count` values at `at` are the caller's to change; there is at least one.
#[inline(always)]
unsafe fn rotate_right<T>(at: NonNull<T>, count: usize) {
    let (size, bytes) = (size_of::<T>(), at.cast::<MaybeUninit<u8>>());
    if size <= SPARE {
        let mut spare = [MaybeUninit::<u8>::uninit(); SPARE];
        let spare = NonNull::from(&mut spare).cast::<MaybeUninit<u8>>();
        // SAFETY: inside the run.
        let last = unsafe { bytes.add((count - 1) * size) };
        // SAFETY: the last value fits the buffer.
        unsafe { last.copy_to_nonoverlapping(spare, size) };
        // SAFETY: inside the run.
        let second = unsafe { bytes.add(size) };
        // SAFETY: inside the run.
        unsafe { bytes.copy_to(second, (count - 1) * size) };
        // SAFETY: as many bytes as were put there.
        unsafe { spare.copy_to_nonoverlapping(bytes, size) };
    } else {
        // SAFETY: the caller's contract.
        unsafe { std::slice::from_raw_parts_mut(bytes.as_ptr(), count * size) }.rotate_right(size);
    }
}

/// Moves the first of `count` values to the end, as bytes.
///
/// # Safety
///
/// As for [`rotate_right`].
unsafe fn rotate_left<T>(at: NonNull<T>, count: usize) {
    let bytes = at.cast::<MaybeUninit<u8>>();
    // SAFETY: the caller's contract.
    unsafe { std::slice::from_raw_parts_mut(bytes.as_ptr(), count * size_of::<T>()) }.rotate_left(size_of::<T>());
}
