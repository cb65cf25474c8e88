//! `Ring`: where the elements of a deque lie.

use std::ptr::NonNull;

use offset_core::raw::{Base, MAX_LEN};

/// What lies in the unit before place 0: the capacity, and the place of the first element.
pub(super) type Head = [u32; 2];

/// The places of a deque, and which of them have elements.
///
/// # Invariants
///
/// - **D1** As many places as the capacity says lie in a row, in one allocation with the head before them. `first` is one of them, and the length is at most the capacity.
/// - **D2** As many places as the length says, from `first` on and then from place 0 on, have valid elements; the others are nobody's.
///
/// They hold while the `Ring` is used; whose the elements are, and for how long, is up to whoever made it. Elements without a size need no places: the capacity is the largest length then.
pub(super) struct Ring<T> {
    places: NonNull<T>,
    capacity: u32,
    first: u32,
    len: u32,
}

impl<T> Clone for Ring<T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Ring<T> {}

impl<T> Ring<T> {
    /// That of a deque without a buffer.
    #[inline(always)]
    pub(super) fn without_buffer(len: u32) -> Self {
        let capacity = if size_of::<T>() == 0 { MAX_LEN } else { 0 };
        Ring { places: NonNull::dangling(), capacity, first: 0, len }
    }

    /// # Safety
    ///
    /// D1 and D2 hold for the places at `unit` for as long as the ring is used.
    #[inline(always)]
    pub(super) unsafe fn new(base: Base, unit: u32, len: u32) -> Self {
        // SAFETY: D1: the head is there.
        let [capacity, first] = unsafe { base.at::<Head>(unit - 1).read() };
        Ring { places: base.at(unit), capacity, first, len }
    }

    #[inline(always)]
    pub(super) fn capacity(self) -> u32 {
        self.capacity
    }

    #[inline(always)]
    pub(super) fn len(self) -> u32 {
        self.len
    }

    /// The place of the first element.
    #[inline(always)]
    pub(super) fn first(self) -> u32 {
        self.first
    }

    /// Whether all places have elements.
    pub(super) fn is_full(self) -> bool {
        self.len == self.capacity
    }

    /// How many elements lie from place 0 on, because there are no places behind the others.
    pub(super) fn wrapped(self) -> u32 {
        // Both are below 2^31.
        (self.first + self.len).saturating_sub(self.capacity)
    }

    /// The place of element `index`, or, behind the last one, where it would be. `index` is at most the capacity.
    #[inline(always)]
    pub(super) fn place(self, index: u32) -> u32 {
        debug_assert!(index <= self.capacity);
        // Both are below 2^31.
        let place = self.first + index;
        if place >= self.capacity { place - self.capacity } else { place }
    }

    /// The place before the first element.
    #[inline(always)]
    pub(super) fn place_before(self) -> u32 {
        (if self.first == 0 { self.capacity } else { self.first }) - 1
    }

    /// Where a place lies. `place` is one of them, or the end.
    #[inline(always)]
    pub(super) fn at(self, place: u32) -> NonNull<T> {
        debug_assert!(place <= self.capacity);
        // SAFETY: D1: inside the buffer, or its end.
        unsafe { self.places.add(place as usize) }
    }

    /// Where element `index` lies.
    #[inline(always)]
    pub(super) fn element(self, index: u32) -> NonNull<T> {
        self.at(self.place(index))
    }

    /// Where the elements from `from` to `to` lie, in two runs with their lengths. Behind the last element, these are free places.
    #[inline(always)]
    pub(super) fn runs(self, from: u32, to: u32) -> [(NonNull<T>, u32); 2] {
        debug_assert!(from <= to && to <= self.capacity);
        let (place, count) = (self.place(from), to - from);
        let front = count.min(self.capacity - place);
        [(self.at(place), front), (self.places, count - front)]
    }
}
