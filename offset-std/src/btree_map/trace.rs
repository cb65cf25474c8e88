//! The traversal of nodes. The types are there for it: they have the size and the alignment of a node, and say what is in one.

use std::marker::PhantomData;
use std::mem::offset_of;
use std::ptr::NonNull;

use offset_core::Relocatable;
use offset_core::raw::{Base, Description, Edge, Facts, Field, Kind, Visitor, type_id, units_of};

use super::node::{CAPACITY, Inner, Leaf, MAX_HEIGHT, Node};
use crate::hidden::no_handles;
use crate::kind::is_text;

/// Reports the node at the unit stored at `at`, which must be of `level`.
///
/// # Safety
///
/// As for [`Relocatable::trace`]. `at` stores a handle that isn't zero.
#[inline(always)]
pub(super) unsafe fn trace_node<K: Relocatable, V: Relocatable, S: Visitor>(
    at: NonNull<u32>,
    level: usize,
    visitor: &mut S,
) -> Result<(), S::Stop> {
    match (is_text::<K>(), level) {
        // SAFETY: the caller's contract, here and below.
        (false, 0) => unsafe { trace_node_of::<Leaf<K, V, 0>, S>(at, level, visitor) },
        // SAFETY: as above.
        (true, 0) => unsafe { trace_node_of::<Leaf<K, V, CAPACITY>, S>(at, level, visitor) },
        // SAFETY: as above.
        (false, _) => unsafe { trace_node_of::<Inner<K, V, 0>, S>(at, level, visitor) },
        // SAFETY: as above.
        (true, _) => unsafe { trace_node_of::<Inner<K, V, CAPACITY>, S>(at, level, visitor) },
    }
}

/// # Safety
///
/// As for [`trace_node`].
#[inline(always)]
unsafe fn trace_node_of<N: Relocatable, S: Visitor>(
    at: NonNull<u32>,
    level: usize,
    visitor: &mut S,
) -> Result<(), S::Stop> {
    // SAFETY: the caller's contract.
    let unit = unsafe { at.read() };
    let units = u64::from(units_of::<N>());
    let edge = Edge { at, unit, head_units: 0, units, count: 1, exact: None, of: PhantomData::<N> };
    // SAFETY: that is what the handle names.
    unsafe { visitor.owned(edge) }?;
    if level > 0 {
        // SAFETY: `at` stores a handle, so it lies in a slot: a live one (H3), or one that is being validated.
        let head = unsafe { Base::containing(at.as_ptr()) }.at::<[u32; 2]>(unit);
        let of_level = |_: &u32| {
            // SAFETY: only validation asks. The node has been claimed then, so it can be read, and any bits are a head.
            let [_, found] = unsafe { head.read() };
            if found as usize == level { Ok(()) } else { Err("a node of a tree isn't of the level below") }
        };
        // SAFETY: a readable word.
        unsafe { visitor.require(at, of_level) }?;
    }
    Ok(())
}

/// Reports the head of a node and gives its count.
///
/// # Safety
///
/// As for [`Relocatable::trace`], of a node.
#[inline(always)]
unsafe fn trace_head<S: Visitor>(
    at: NonNull<u32>,
    valid: impl FnOnce(usize, usize) -> bool,
    visitor: &mut S,
) -> Result<[usize; 2], S::Stop> {
    // SAFETY: two readable words.
    let head = unsafe { at.cast::<[u32; 2]>().read() }.map(|word| word as usize);
    // SAFETY: as above.
    unsafe { visitor.leaf(at.cast::<[u32; 2]>(), |_| valid(head[0], head[1]), "the head of a node of a tree") }?;
    Ok(head)
}

/// Reports `count` values in a row.
///
/// # Safety
///
/// As for [`Relocatable::trace`], of each.
#[inline(always)]
unsafe fn trace_run<T: Relocatable, S: Visitor>(at: NonNull<T>, count: usize, visitor: &mut S) -> Result<(), S::Stop> {
    for index in 0..count {
        // SAFETY: inside the node.
        let at = unsafe { at.add(index) };
        // SAFETY: the caller's contract.
        unsafe { T::trace(at, visitor) }?;
    }
    Ok(())
}

// SAFETY: R1: C layout; R2: aligned to 64; R3: `trace` reports head, prefixes, keys and values as far as the count goes; R5: no handles.
unsafe impl<K: Relocatable, V: Relocatable, const P: usize> Relocatable for Leaf<K, V, P> {
    no_handles!();
    const FACTS: Facts =
        Facts { any_bits: false, plain: false, copied: false, ..Facts::LEAF.and(K::FACTS).and(V::FACTS) };

    #[inline]
    unsafe fn trace<S: Visitor>(at: NonNull<Self>, visitor: &mut S) -> Result<(), S::Stop> {
        let valid = |count, level| level == 0 && (1..=CAPACITY).contains(&count);
        // SAFETY: the caller's contract.
        let [count, _] = unsafe { trace_head(at.cast(), valid, visitor) }?;
        let node = Node::<K, V>::from_start(at.cast());
        if P > 0 {
            // SAFETY: the caller's contract.
            unsafe { trace_run(node.prefix(0), count, visitor) }?;
        }
        // SAFETY: the caller's contract; the count has been accepted.
        unsafe { trace_run(node.key(0), count, visitor) }?;
        // SAFETY: as above.
        unsafe { trace_run(node.value(0), count, visitor) }
    }

    fn description() -> &'static Description {
        const {
            &Description {
                name: "BTreeMap leaf",
                size: size_of::<Self>(),
                align: align_of::<Self>(),
                id: type_id::<Self>,
                kind: Kind::Struct(&[
                    Field { name: "keys", offset: offset_of!(Self, keys), part: <[K; CAPACITY]>::description },
                    Field { name: "values", offset: offset_of!(Self, values), part: <[V; CAPACITY]>::description },
                ]),
            }
        }
    }
}

// SAFETY: R1: C layout; R2: aligned to 64; R3: `trace` reports head, prefixes, keys and children as far as the count goes; R5: no handles.
unsafe impl<K: Relocatable, V: Relocatable, const P: usize> Relocatable for Inner<K, V, P> {
    no_handles!();
    const FACTS: Facts = Facts::OWNER;

    #[inline]
    unsafe fn trace<S: Visitor>(at: NonNull<Self>, visitor: &mut S) -> Result<(), S::Stop> {
        let valid = |count, level| count <= CAPACITY && (1..=MAX_HEIGHT).contains(&level);
        // SAFETY: the caller's contract.
        let [count, level] = unsafe { trace_head(at.cast(), valid, visitor) }?;
        let node = Node::<K, V>::from_start(at.cast());
        if P > 0 {
            // SAFETY: the caller's contract.
            unsafe { trace_run(node.prefix(0), count, visitor) }?;
        }
        // SAFETY: the caller's contract; the count has been accepted.
        unsafe { trace_run(node.key(0), count, visitor) }?;
        for index in 0..=count {
            let child = node.child_at(index);
            // SAFETY: the caller's contract.
            let unit = unsafe { child.read() };
            // SAFETY: as above.
            unsafe { visitor.leaf(child, |_| unit != 0, "the handle of a node of a tree") }?;
            // SAFETY: the caller's contract; the handle isn't zero.
            unsafe { trace_node::<K, V, S>(child, level - 1, visitor) }?;
        }
        Ok(())
    }

    fn description() -> &'static Description {
        const {
            &Description {
                name: "BTreeMap node",
                size: size_of::<Self>(),
                align: align_of::<Self>(),
                id: type_id::<Self>,
                kind: Kind::Struct(&[
                    Field { name: "keys", offset: offset_of!(Self, keys), part: <[K; CAPACITY]>::description },
                    Field {
                        name: "children",
                        offset: offset_of!(Self, children),
                        part: <[u32; CAPACITY + 1]>::description,
                    },
                ]),
            }
        }
    }
}
