//! Where an element of a heap belongs, and moving it there.
//!
//! The functions that compare move nothing, and those that move compare nothing.
#![forbid(unsafe_code)]

use std::cmp::Ordering;

use offset_core::{Relocatable, SliceMut};

/// The index of an element's parent. The element isn't the first.
#[inline(always)]
pub(super) fn parent(index: usize) -> usize {
    (index - 1) / 2
}

#[inline(always)]
pub(super) fn is_greater<T: Ord>(elements: &[T], one: usize, other: usize) -> bool {
    elements[one].cmp(&elements[other]) == Ordering::Greater
}

/// The greater one of an element's children.
#[inline(always)]
fn greater_child<T: Ord>(elements: &[T], index: usize) -> Option<usize> {
    let (left, right) = (2 * index + 1, 2 * index + 2);
    if right < elements.len() {
        Some(if is_greater(elements, right, left) { right } else { left })
    } else {
        (left < elements.len()).then_some(left)
    }
}

/// Where an element belongs above its place: the index of an ancestor, or its own.
pub(super) fn place_above<T: Ord>(elements: &[T], index: usize) -> usize {
    let mut place = index;
    while place > 0 && is_greater(elements, index, parent(place)) {
        place = parent(place);
    }
    place
}

/// Where an element belongs below its place: the index of a descendant on the way to the greater child of each, or its own.
pub(super) fn place_below<T: Ord>(elements: &[T], index: usize) -> usize {
    let mut place = index;
    while let Some(child) = greater_child(elements, place)
        && is_greater(elements, child, index)
    {
        place = child;
    }
    place
}

/// Where the last of several elements belongs once the first one is gone.
///
/// The way goes down to a leaf, always to the greater child, and then up again: what was last usually belongs far below, and is compared with fewer so.
pub(super) fn place_for_last<T: Ord>(elements: &[T]) -> usize {
    let last = elements.len() - 1;
    let others = &elements[..last];
    let mut place = 0;
    while let Some(child) = greater_child(others, place) {
        place = child;
    }
    while place > 0 && is_greater(elements, last, place) {
        place = parent(place);
    }
    place
}

/// Moves an element up to `place`, one of its ancestors, and those between down.
pub(super) fn lift<T: Relocatable>(elements: &mut SliceMut<'_, T>, index: usize, place: usize) {
    let mut at = index;
    while at > place {
        elements.swap(at, parent(at));
        at = parent(at);
    }
}

/// Moves an element down to `place`, one of its descendants, and those between up.
pub(super) fn sink<T: Relocatable>(elements: &mut SliceMut<'_, T>, index: usize, place: usize) {
    // Counted from 1, half of an index is the parent's.
    let levels = (place + 1).ilog2() - (index + 1).ilog2();
    for below in (0..levels).rev() {
        let at = ((place + 1) >> below) - 1;
        elements.swap(at, parent(at));
    }
}

/// Puts elements in heap order, whatever theirs is. O(n).
pub(super) fn rebuild<T: Relocatable + Ord>(elements: &mut SliceMut<'_, T>) {
    for index in (0..elements.len() / 2).rev() {
        let place = place_below(elements, index);
        sink(elements, index, place);
    }
}

/// Whether rebuilding the whole heap takes fewer comparisons than moving up each element from `first` on. (As std decides it.)
pub(super) fn rebuilds(first: usize, len: usize) -> bool {
    let added = len - first;
    // An element that is moved up meets as many as there are levels at most; those of a large heap stop sooner.
    first < added || added > 0 && 2 * len < added.saturating_mul(if len <= 2048 { first.ilog2() as usize } else { 11 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_on_the_way_and_in_bounds() {
        // In all sequences of up to seven values of three kinds, heaps or not.
        for len in 1..8usize {
            for mut code in 0..3usize.pow(len as u32) {
                let mut elements = std::vec::Vec::new();
                for _ in 0..len {
                    elements.push(code % 3);
                    code /= 3;
                }
                for index in 0..len {
                    let (above, below) = (place_above(&elements, index), place_below(&elements, index));
                    assert!(above <= index && (index..len).contains(&below));
                }
                assert!(place_for_last(&elements) < len.max(2) - 1 || len == 1);
            }
        }
    }
}
