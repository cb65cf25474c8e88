//! The buffer of a vector: how large it is, and how it grows and shrinks. Elements are moved as bytes here, and no user code runs.

use std::ptr::NonNull;

use super::edit::{Tail, VecMut};
use super::{GROWABLE, Vec};
use crate::allocation::Allocation;
use crate::error::Result;
use crate::handle::Handle;
use crate::layout::{MAX_LEN, grown, head_units, units_for};
use crate::relocatable::Relocatable;

/// What lies before the elements of a growable buffer: the capacity, then zero.
type Head = [u32; 2];

impl<T: Relocatable> VecMut<'_, T> {
    /// Units before the elements of a growable buffer.
    const HEAD_UNITS: u32 = head_units(align_of::<T>());

    /// How many elements fit without growing. O(1).
    #[inline]
    pub fn capacity(&self) -> usize {
        self.capacity_word() as usize
    }

    #[inline]
    pub(super) fn capacity_word(&self) -> u32 {
        if size_of::<T>() == 0 {
            MAX_LEN
        } else if self.word() & GROWABLE == 0 {
            self.word()
        } else {
            // SAFETY: a growable buffer has a head.
            unsafe { self.head().read()[0] }
        }
    }

    /// Where the capacity of a growable buffer is.
    fn head(&self) -> NonNull<Head> {
        // SAFETY: a growable buffer's head lies in the unit before its elements.
        unsafe { self.elements().cast::<Head>().sub(1) }
    }

    /// The first element, or where zero-sized ones would be.
    #[inline(always)]
    pub(super) fn elements(&self) -> NonNull<T> {
        match self.first_unit() {
            Some(unit) => self.writer().base().at(unit),
            None => NonNull::dangling(),
        }
    }

    /// Where element `index` lies. `index` is at most the capacity.
    #[inline(always)]
    pub(super) fn element(&self, index: u32) -> NonNull<T> {
        // SAFETY: inside the buffer, or one past its end.
        unsafe { self.elements().add(index as usize) }
    }

    /// The first unit of the buffer and how many it has.
    fn allocation(&self) -> Option<(u32, u32)> {
        let first = self.first_unit()?;
        if self.word() & GROWABLE == 0 {
            return Some((first, units_for::<T>(self.word()) as u32));
        }
        let elements = units_for::<T>(self.capacity_word()) as u32;
        Some((first - Self::HEAD_UNITS, Self::HEAD_UNITS + elements))
    }

    /// Makes room for `extra` more elements, growing to at least twice as many so that pushing is O(1), amortised.
    #[inline]
    pub(super) fn make_room(&mut self, extra: usize) -> Result<()> {
        let len = self.word() & MAX_LEN;
        if extra <= (self.capacity_word() - len) as usize {
            return Ok(());
        }
        self.grow(extra, true)
    }

    /// Makes room for `extra` more elements; for more than that only if `generously`.
    #[inline(never)]
    pub(super) fn grow(&mut self, extra: usize, generously: bool) -> Result<()> {
        let grown = grown::<T>(self.word() & MAX_LEN, self.capacity_word(), extra, generously)?;
        let Some((capacity, units)) = grown else { return Ok(()) };
        if let Some((unit, old_units)) = self.allocation()
            && self.word() & GROWABLE != 0
            && self.writer().grow_in_place(unit, old_units, units, !T::FACTS.plain)
        {
            // SAFETY: a growable buffer has a head.
            unsafe { self.head().write([capacity, 0]) };
            return Ok(());
        }
        self.rehouse(units, capacity)
    }

    /// Moves the elements into a new growable buffer.
    fn rehouse(&mut self, units: u32, capacity: u32) -> Result<()> {
        let len = self.word() & MAX_LEN;
        let old = self.allocation();
        let memory = Allocation::of::<T>(self.writer(), units)?;
        let first = memory.unit() + Self::HEAD_UNITS;
        let elements = self.writer().base().at::<u8>(first);
        if old.is_some() {
            // SAFETY: `len` elements there, room for more here, and the two don't overlap. Bytes are copied as bytes.
            unsafe { self.elements().cast::<u8>().copy_to_nonoverlapping(elements, len as usize * size_of::<T>()) };
        }
        // SAFETY: the head lies in the unit before the elements.
        let head = unsafe { elements.cast::<Head>().sub(1) };
        // SAFETY: inside the new buffer.
        unsafe { head.write([capacity, 0]) };
        memory.keep();
        self.store(first, len | GROWABLE);
        self.give_up(old);
        Ok(())
    }

    fn give_up(&self, allocation: Option<(u32, u32)>) {
        if let Some((unit, units)) = allocation {
            // SAFETY: it was the buffer until now, and its elements have been moved or released.
            unsafe { self.writer().free(unit, units) };
        }
    }

    /// Lowers the length to `len` without touching the elements behind. Returns the units at the end of the buffer that an exact one no longer needs, for
    /// the caller to free once those elements are gone.
    #[must_use]
    pub(super) fn lower_len(&mut self, len: u32) -> (u32, u32) {
        let word = self.word();
        debug_assert!(len <= word & MAX_LEN);
        if size_of::<T>() == 0 || word & GROWABLE != 0 {
            self.set_word(word & GROWABLE | len);
            return (0, 0);
        }
        let Some(first) = self.first_unit() else { return (0, 0) };
        let (before, after) = (units_for::<T>(word) as u32, units_for::<T>(len) as u32);
        if len == 0 {
            self.store(0, 0);
        } else {
            self.set_word(len);
        }
        (first + after, before - after)
    }

    /// Zeroes `count` elements from `index`, whose values are gone, and frees `tail`.
    pub(super) fn vacate(&mut self, at: NonNull<T>, count: u32, tail: (u32, u32)) {
        // SAFETY: nothing is there any more, and nobody refers to it.
        unsafe { at.write_bytes(0, count as usize) };
        if tail.1 > 0 {
            // SAFETY: the buffer doesn't count these units any more.
            unsafe { self.writer().free(tail.0, tail.1) };
        }
    }

    /// Gives up all that isn't needed for the elements. O(what is given up): nothing is moved, the head and the slack are freed on either side.
    pub fn shrink_to_fit(&mut self) {
        let Some((unit, units)) = self.allocation().filter(|_| self.word() & GROWABLE != 0) else { return };
        let len = self.word() & MAX_LEN;
        let first = unit + Self::HEAD_UNITS;
        let used = units_for::<T>(len) as u32;
        self.store(if len == 0 { 0 } else { first }, len);
        // The slack first: freeing the end of the region lowers the cursor.
        let slack = first + used;
        self.give_up(Some((slack, unit + units - slack)).filter(|(_, units)| *units > 0));
        self.give_up(Some((unit, Self::HEAD_UNITS)));
    }

    /// The length word, with [`GROWABLE`].
    #[inline(always)]
    pub(super) fn word(&self) -> u32 {
        self.as_vec().word
    }

    fn first_unit(&self) -> Option<u32> {
        self.as_vec().first.map(|first| first.unit().get())
    }

    #[inline(always)]
    pub(super) fn set_word(&mut self, word: u32) {
        self.tail = Tail::NONE;
        self.write_word(word);
    }

    /// Writes the length word.
    #[inline(always)]
    pub(super) fn write_word(&mut self, word: u32) {
        let word_offset = std::mem::offset_of!(Vec<T>, word);
        // SAFETY: inside the vector.
        let at = unsafe { self.at().byte_add(word_offset) };
        // SAFETY: a vector that is ours alone.
        unsafe { at.cast::<u32>().write(word) };
    }

    /// Writes both words.
    fn store(&mut self, first: u32, word: u32) {
        self.tail = Tail::NONE;
        // SAFETY: the callers have put as many elements there as `word` says, or pass zero.
        let first = unsafe { Handle::from_unit(first) };
        // SAFETY: a vector that is ours alone.
        unsafe { self.at().write(Vec { first, word }) };
    }
}

/// Fills a vector's words for an exact buffer, or for none.
///
/// # Safety
///
/// `at` is a zeroed slot; `count` elements lie in an exact allocation at `unit` that nobody owns, or `count` is zero or they have no size.
pub(super) unsafe fn write_exact<T>(at: NonNull<Vec<T>>, unit: u32, count: u32) {
    let none = count == 0 || size_of::<T>() == 0;
    // SAFETY: H2, H4 by the caller's contract.
    let first = unsafe { Handle::from_unit(if none { 0 } else { unit }) };
    // SAFETY: the slot is writable.
    unsafe { at.write(Vec { first, word: count }) };
}
