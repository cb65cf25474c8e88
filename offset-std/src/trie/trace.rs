//! The traversal of nodes and leaves. An edge's tag says which type it is to the traversal, so that what a file says is claimed at its full size before it is read.

use std::marker::PhantomData;
use std::mem::offset_of;
use std::ptr::NonNull;

use offset_core::raw::{Description, Edge, Facts, Field, Kind, Visitor, type_id, units_of};
use offset_core::{Relocatable, UNIT_BYTES, Vec};

use super::edge::Tag;
use super::leaf::{CLASSES, Inline, Long, bytes_of, class_of};
use super::node::{Full, Head, Linear, Node, Size};
use crate::hidden::no_handles;

/// Reports what the unit stored at `at` leads to, by its tag.
///
/// # Safety
///
/// As for [`Relocatable::trace`]. `at` stores a handle that isn't zero, and the tag is one of an edge.
#[inline]
pub(super) unsafe fn trace_edge<V: Relocatable, S: Visitor>(
    at: NonNull<u32>,
    tag: Tag,
    visitor: &mut S,
) -> Result<(), S::Stop> {
    let Some(len) = tag.key_len() else {
        return match tag.size().map(Size::index) {
            // SAFETY: the caller's contract, here and below.
            Some(0) => unsafe { trace_one::<Linear<V, 2>, S>(at, visitor) },
            // SAFETY: as above.
            Some(1) => unsafe { trace_one::<Linear<V, 5>, S>(at, visitor) },
            // SAFETY: as above.
            Some(2) => unsafe { trace_one::<Linear<V, 16>, S>(at, visitor) },
            // SAFETY: as above.
            Some(3) => unsafe { trace_one::<Linear<V, 48>, S>(at, visitor) },
            // SAFETY: as above.
            Some(_) => unsafe { trace_one::<Full<V>, S>(at, visitor) },
            // SAFETY: as above.
            None => unsafe { trace_one::<Long<V>, S>(at, visitor) },
        };
    };
    macro_rules! classes {
        ($($class:literal)*) => {
            match class_of::<V>(len) {
                // SAFETY: the caller's contract.
                $($class => unsafe { trace_one::<Inline<V, { CLASSES[$class] }>, S>(at, visitor) },)*
                _ => unreachable!("there is no such class"),
            }
        };
    }
    const { assert!(CLASSES.len() == 16) };
    classes!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15)
}

/// # Safety
///
/// As for [`trace_edge`].
#[inline(always)]
unsafe fn trace_one<T: Relocatable, S: Visitor>(at: NonNull<u32>, visitor: &mut S) -> Result<(), S::Stop> {
    // SAFETY: the caller's contract.
    let unit = unsafe { at.read() };
    let units = u64::from(units_of::<T>());
    // SAFETY: that is what the handle names.
    unsafe { visitor.owned(Edge { at, unit, head_units: 0, units, count: 1, exact: None, of: PhantomData::<T> }) }
}

/// Reports the head of a node, and the leaf of the key that ends there. Gives the number of children.
///
/// # Safety
///
/// As for [`Relocatable::trace`], of a node.
#[inline(always)]
unsafe fn trace_head<V: Relocatable, S: Visitor>(
    at: NonNull<u8>,
    size: Size,
    capacity: usize,
    visitor: &mut S,
) -> Result<usize, S::Stop> {
    // SAFETY: a node of that size is readable, which is all that its head asks for.
    let node = unsafe { Node::new(at, size) };
    let (end, depth) = (node.end(), node.depth());
    // SAFETY: inside the node.
    let count_at = unsafe { at.byte_add(Head::COUNT) }.cast::<u16>();
    // SAFETY: a readable number.
    let count = unsafe { count_at.read() } as usize;
    // SAFETY: inside the node.
    let depth_at = unsafe { at.byte_add(Head::DEPTH) }.cast::<u32>();
    // SAFETY: a readable word.
    unsafe { visitor.leaf(depth_at, |_| true, "the depth of a node of a trie") }?;
    let valid = (1..=capacity).contains(&count) && (count > 1 || end != 0);
    // SAFETY: a readable number.
    unsafe { visitor.leaf(count_at, |_| valid, "the number of children of a node of a trie") }?;
    if end != 0 {
        // SAFETY: the head stores a handle that isn't zero, to a leaf for a key as long as the node is deep.
        unsafe { trace_edge::<V, S>(at.cast(), Tag::of_leaf(depth), visitor) }?;
    }
    Ok(count)
}

/// Reports the edge in a slot.
///
/// # Safety
///
/// As for [`Relocatable::trace`]. The code is that of a tag.
#[inline(always)]
unsafe fn trace_slot<V: Relocatable, S: Visitor>(
    code: u8,
    unit_at: NonNull<u32>,
    visitor: &mut S,
) -> Result<(), S::Stop> {
    // SAFETY: the caller's contract.
    let unit = unsafe { unit_at.read() };
    // SAFETY: a readable word.
    unsafe { visitor.leaf(unit_at, |_| unit != 0, "the handle of a part of a trie") }?;
    // SAFETY: the handle isn't zero, and the tag is one of an edge, by the caller's contract.
    unsafe { trace_edge::<V, S>(unit_at, Tag::from_code(code), visitor) }
}

// SAFETY: R1: C layout; R2: aligned to 8; R3: `trace` reports the head, bytes and tags, and the children that are counted; R5: no handles.
unsafe impl<V: Relocatable, const N: usize> Relocatable for Linear<V, N> {
    no_handles!();
    const FACTS: Facts = Facts::OWNER;

    #[inline]
    unsafe fn trace<S: Visitor>(at: NonNull<Self>, visitor: &mut S) -> Result<(), S::Stop> {
        // SAFETY: the caller's contract.
        let count = unsafe { trace_head::<V, S>(at.cast(), Size::of_capacity(N), N, visitor) }?;
        // SAFETY: inside the node.
        let bytes_at = unsafe { at.byte_add(offset_of!(Self, bytes)) }.cast::<[u8; N]>();
        // SAFETY: readable bytes.
        let bytes = unsafe { bytes_at.read() };
        let ascend = bytes[..count].is_sorted_by(|one, next| one < next);
        // SAFETY: readable bytes.
        unsafe { visitor.leaf(bytes_at, |_| ascend, "the bytes of a node of a trie, in order") }?;
        // SAFETY: inside the node.
        let tags_at = unsafe { at.byte_add(offset_of!(Self, tags)) }.cast::<[u8; N]>();
        // SAFETY: readable bytes.
        let tags = unsafe { tags_at.read() };
        let there = tags[..count].iter().all(|&code| code != 0);
        // SAFETY: readable bytes.
        unsafe { visitor.leaf(tags_at, |_| there, "the tags of a node of a trie") }?;
        // SAFETY: inside the node.
        let units_at = unsafe { at.byte_add(offset_of!(Self, units)) }.cast::<u32>();
        for (slot, &code) in tags[..count].iter().enumerate() {
            // SAFETY: inside the node.
            let unit_at = unsafe { units_at.add(slot) };
            // SAFETY: the caller's contract; the tag isn't zero.
            unsafe { trace_slot::<V, S>(code, unit_at, visitor) }?;
        }
        Ok(())
    }

    fn description() -> &'static Description {
        const {
            &Description {
                name: "Trie node",
                size: size_of::<Self>(),
                align: align_of::<Self>(),
                id: type_id::<Self>,
                kind: Kind::Struct(&[
                    Field { name: "end", offset: 0, part: u32::description },
                    Field { name: "bytes", offset: offset_of!(Self, bytes), part: <[u8; N]>::description },
                    Field { name: "tags", offset: offset_of!(Self, tags), part: <[u8; N]>::description },
                    Field { name: "children", offset: offset_of!(Self, units), part: <[u32; N]>::description },
                ]),
            }
        }
    }
}

// SAFETY: R1: C layout; R2: aligned to 8; R3: `trace` reports the head, all tags, and the children that they tell of; R5: no handles.
unsafe impl<V: Relocatable> Relocatable for Full<V> {
    no_handles!();
    const FACTS: Facts = Facts::OWNER;

    #[inline]
    unsafe fn trace<S: Visitor>(at: NonNull<Self>, visitor: &mut S) -> Result<(), S::Stop> {
        // SAFETY: the caller's contract.
        let count = unsafe { trace_head::<V, S>(at.cast(), Size::of_capacity(256), 256, visitor) }?;
        // SAFETY: inside the node.
        let tags_at = unsafe { at.byte_add(offset_of!(Self, tags)) }.cast::<[u8; 256]>();
        // SAFETY: readable bytes.
        let tags = unsafe { tags_at.read() };
        let agree = |_| tags.iter().filter(|&&code| code != 0).count() == count;
        // SAFETY: readable bytes.
        unsafe { visitor.leaf(tags_at, agree, "the tags of a node of a trie, as many as it has children") }?;
        // SAFETY: inside the node.
        let units_at = unsafe { at.byte_add(offset_of!(Self, units)) }.cast::<u32>();
        for (slot, &code) in tags.iter().enumerate().filter(|(_, code)| **code != 0) {
            // SAFETY: inside the node.
            let unit_at = unsafe { units_at.add(slot) };
            // SAFETY: the caller's contract; the tag isn't zero.
            unsafe { trace_slot::<V, S>(code, unit_at, visitor) }?;
        }
        Ok(())
    }

    fn description() -> &'static Description {
        const {
            &Description {
                name: "Trie node",
                size: size_of::<Self>(),
                align: align_of::<Self>(),
                id: type_id::<Self>,
                kind: Kind::Struct(&[
                    Field { name: "end", offset: 0, part: u32::description },
                    Field { name: "tags", offset: offset_of!(Self, tags), part: <[u8; 256]>::description },
                    Field { name: "children", offset: offset_of!(Self, units), part: <[u32; 256]>::description },
                ]),
            }
        }
    }
}

// SAFETY: R1: C layout; R2: aligned as its value, or to 8; R3: `trace` reports the value, and every byte behind it; R4: all of those are plain, and may be anything; R5: no
// handles.
unsafe impl<V: Relocatable, const EXTRA: usize> Relocatable for Inline<V, EXTRA> {
    no_handles!();
    const FACTS: Facts = V::FACTS.and(Facts::BITS).not_copied();

    #[inline]
    unsafe fn trace<S: Visitor>(at: NonNull<Self>, visitor: &mut S) -> Result<(), S::Stop> {
        const { assert!(size_of::<Self>() == bytes_of::<V>(EXTRA)) };
        // SAFETY: the caller's contract: a leaf begins with its value.
        unsafe { V::trace(at.cast::<V>(), visitor) }?;
        let units = size_of::<V>().next_multiple_of(UNIT_BYTES);
        for offset in size_of::<V>()..units.min(size_of::<Self>()) {
            // SAFETY: inside the leaf.
            let byte = unsafe { at.cast::<u8>().byte_add(offset) };
            // SAFETY: a readable byte.
            unsafe { visitor.leaf(byte, |_| true, "a byte of a key") }?;
        }
        for offset in (units..size_of::<Self>()).step_by(UNIT_BYTES) {
            // SAFETY: inside the leaf.
            let unit = unsafe { at.byte_add(offset) }.cast::<u64>();
            // SAFETY: a readable unit.
            unsafe { visitor.leaf(unit, |_| true, "bytes of a key") }?;
        }
        Ok(())
    }

    fn description() -> &'static Description {
        const {
            &Description {
                name: "Trie leaf",
                size: size_of::<Self>(),
                align: align_of::<Self>(),
                id: type_id::<Self>,
                kind: Kind::Struct(&[
                    Field { name: "value", offset: offset_of!(Self, value), part: V::description },
                    Field { name: "key", offset: offset_of!(Self, extra), part: <[u64; EXTRA]>::description },
                ]),
            }
        }
    }
}

// SAFETY: R1: C layout; R2: aligned as its value, or to 8; R3: `trace` reports the value and the key; R5: no handles.
unsafe impl<V: Relocatable> Relocatable for Long<V> {
    no_handles!();
    const FACTS: Facts = Facts { owns: true, any_bits: false, plain: false, copied: false, ..V::FACTS };

    #[inline]
    unsafe fn trace<S: Visitor>(at: NonNull<Self>, visitor: &mut S) -> Result<(), S::Stop> {
        // SAFETY: the caller's contract: a leaf begins with its value.
        unsafe { V::trace(at.cast::<V>(), visitor) }?;
        // SAFETY: inside the leaf.
        let key = unsafe { at.byte_add(offset_of!(Self, key)) }.cast::<Vec<u8>>();
        // SAFETY: the caller's contract.
        unsafe { Vec::trace(key, visitor) }
    }

    fn description() -> &'static Description {
        const {
            &Description {
                name: "Trie leaf",
                size: size_of::<Self>(),
                align: align_of::<Self>(),
                id: type_id::<Self>,
                kind: Kind::Struct(&[
                    Field { name: "value", offset: offset_of!(Self, value), part: V::description },
                    Field { name: "key", offset: offset_of!(Self, key), part: Vec::<u8>::description },
                ]),
            }
        }
    }
}
