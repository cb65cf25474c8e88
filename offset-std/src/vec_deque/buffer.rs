//! The buffer of a deque: how large it is, how it grows and shrinks, and how the elements in it are moved together. Elements are moved as bytes here, and no user code runs.

use std::mem::MaybeUninit;
use std::ptr::NonNull;
use std::slice;

use offset_core::raw::{self, MAX_LEN, head_units, units_for};
use offset_core::{Relocatable, Result, SliceMut, UNIT_BYTES};

use super::VecDeque;
use super::edit::VecDequeMut;
use super::ring::{Head, Ring};

impl<T: Relocatable> VecDequeMut<'_, T> {
    /// Units before place 0.
    const HEAD_UNITS: u32 = head_units(align_of::<T>());

    /// The first unit of the buffer and how many it has.
    fn allocation(&self) -> Option<(u32, u32)> {
        let units = units_for::<T>(self.ring().capacity()) as u32;
        Some((self.unit()? - Self::HEAD_UNITS, Self::HEAD_UNITS + units))
    }

    /// Makes room for `extra` more elements, growing to at least twice as many so that pushing is O(1), amortised.
    #[inline]
    pub(super) fn make_room(&mut self, extra: usize) -> Result<()> {
        let ring = self.ring();
        if extra <= (ring.capacity() - ring.len()) as usize {
            return Ok(());
        }
        self.grow(extra, true)
    }

    /// Makes room for `extra` more elements; for more than that only if `generously`.
    #[inline(never)]
    pub(super) fn grow(&mut self, extra: usize, generously: bool) -> Result<()> {
        let ring = self.ring();
        let grown = raw::grown::<T>(ring.len(), ring.capacity(), extra, generously)?;
        let Some((capacity, units)) = grown else { return Ok(()) };
        if let (Some(places), Some((unit, old_units))) = (self.unit(), self.allocation())
            && raw::grow_in_place::<T>(self.writer(), unit, old_units, units)
        {
            self.open(places, ring, capacity);
            return Ok(());
        }
        self.rehouse(ring, units, capacity)
    }

    /// Takes places behind the last one into the ring: what lies from `first` on goes to the new end, if elements go on from place 0.
    fn open(&mut self, places: u32, ring: Ring<T>, capacity: u32) {
        let (mut first, wrapped) = (ring.first(), ring.wrapped());
        if wrapped > 0 {
            let front = ring.len() - wrapped;
            first = capacity - front;
            // SAFETY: the buffer has as many places now, and those behind the old ones are free.
            unsafe { move_run(ring.at(0), ring.first(), first, front) };
        }
        // SAFETY: the elements are where that says.
        unsafe { self.write_head(places, [capacity, first]) };
    }

    /// Moves the elements into a new buffer, from place 0 on.
    fn rehouse(&mut self, ring: Ring<T>, units: u32, capacity: u32) -> Result<()> {
        let old = self.allocation();
        let memory = raw::allocate_for::<T>(self.writer(), units)?;
        let places = memory.unit() + Self::HEAD_UNITS;
        let mut to = raw::base(self.writer()).at::<u8>(places);
        for (from, count) in ring.runs(0, ring.len()) {
            let bytes = count as usize * size_of::<T>();
            // SAFETY: `count` elements there, room for all here, and the two don't overlap. Bytes are copied as bytes.
            unsafe { from.cast::<u8>().copy_to_nonoverlapping(to, bytes) };
            // SAFETY: inside the new buffer, or its end.
            to = unsafe { to.add(bytes) };
        }
        memory.keep();
        // SAFETY: the head of the new buffer; all elements are there, from place 0 on.
        unsafe { self.write_head(places, [capacity, 0]) };
        self.store(places, ring.len());
        self.give_up(old);
        Ok(())
    }

    /// Gives up all places that have no element, but for what the last unit has room for. O(len): elements are moved to place 0, and nothing is allocated.
    pub fn shrink_to_fit(&mut self) {
        let (Some(places), Some((unit, units))) = (self.unit(), self.allocation()) else { return };
        let len = self.ring().len();
        if len == 0 {
            self.store(0, 0);
            self.give_up(Some((unit, units)));
            return;
        }
        self.gather();
        let elements = units_for::<T>(len) as u32;
        // The last unit may hold a few more.
        let capacity = (elements as usize * UNIT_BYTES / size_of::<T>()).min(MAX_LEN as usize) as u32;
        // SAFETY: the elements lie from place 0 on.
        unsafe { self.write_head(places, [capacity, 0]) };
        let used = Self::HEAD_UNITS + elements;
        self.give_up(Some((unit + used, units - used)).filter(|(_, units)| *units > 0));
    }

    /// Moves the elements so that they lie in a row, and gives them to be edited. O(len), and O(1) if they do already.
    ///
    /// ```
    /// # use offset_std::{Image, String, VecDeque};
    /// let mut image = Image::<VecDeque<String>>::new(["b", "c"])?;
    /// let mut queue = image.edit();
    /// queue.push_front("a");
    /// queue.make_contiguous().reverse();
    /// assert_eq!(queue.as_slices().0, ["c", "b", "a"]);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn make_contiguous(&mut self) -> SliceMut<'_, T> {
        if self.ring().wrapped() > 0 {
            self.gather();
        }
        let ring = self.ring();
        // SAFETY: D2: all elements, in a row, ours alone while `self` is borrowed.
        unsafe { raw::slice_mut(ring.element(0), ring.len() as usize, self.writer()) }
    }

    /// Moves the elements to where they lie from place 0 on.
    fn gather(&mut self) {
        let ring = self.ring();
        let (first, wrapped) = (ring.first(), ring.wrapped());
        let front = ring.len() - wrapped;
        if first == 0 {
            return;
        }
        if front + wrapped <= first {
            // Room for all before the first: those that come last make way.
            // SAFETY: places of the buffer, free from the elements at place 0 up to `first`.
            unsafe { move_run(ring.at(0), 0, front, wrapped) };
            // SAFETY: the places before the ones just moved are free.
            unsafe { move_run(ring.at(0), first, 0, front) };
        } else if wrapped == 0 {
            // SAFETY: places of the buffer; all elements are moved.
            unsafe { move_run(ring.at(0), first, 0, front) };
        } else {
            // Fewer places are free than elements are there, so that turning the whole buffer is O(len).
            let bytes = ring.capacity() as usize * size_of::<T>();
            // SAFETY: all places, ours alone; as bytes they may be anything.
            let bytes = unsafe { slice::from_raw_parts_mut(ring.at(0).as_ptr().cast::<MaybeUninit<u8>>(), bytes) };
            bytes.rotate_left(first as usize * size_of::<T>());
        }
        self.set_run(0, ring.len());
    }

    /// # Safety
    ///
    /// A buffer that is ours alone begins at `places`, with elements where the head says.
    unsafe fn write_head(&mut self, places: u32, head: Head) {
        // SAFETY: D1: the unit before place 0.
        unsafe { raw::base(self.writer()).at::<Head>(places - 1).write(head) };
    }

    /// Writes both words.
    fn store(&mut self, places: u32, len: u32) {
        // SAFETY: H2, H4: the callers have put a head and as many elements there, or pass zero.
        let places = unsafe { raw::handle(places) };
        // SAFETY: a deque that is ours alone.
        unsafe { self.at().write(VecDeque { places, len }) };
    }

    fn give_up(&self, allocation: Option<(u32, u32)>) {
        if let Some((unit, units)) = allocation {
            // SAFETY: the deque doesn't count these units any more, and no element is in them.
            unsafe { raw::free(self.writer(), unit, units) };
        }
    }
}

/// Moves `count` elements from one place to another, and zeroes the places that they leave.
///
/// # Safety
///
/// Places of one buffer, which is the caller's alone. Those of the target that aren't among the elements moved are free.
unsafe fn move_run<T>(places: NonNull<T>, from: u32, to: u32, count: u32) {
    // SAFETY: a place.
    let source = unsafe { places.add(from as usize) };
    // SAFETY: a place.
    let target = unsafe { places.add(to as usize) };
    // SAFETY: the caller's contract. Bytes are copied as bytes.
    unsafe { source.cast::<u8>().copy_to(target.cast(), count as usize * size_of::<T>()) };
    let left = count.min(from.abs_diff(to));
    // Those of the source that the target doesn't cover are its first or its last ones.
    let at = if from < to { from } else { from + count - left };
    // SAFETY: a place, or the end where none is left.
    let at = unsafe { places.add(at as usize) };
    // SAFETY: nothing is there any more.
    unsafe { at.write_bytes(0, left as usize) };
}
