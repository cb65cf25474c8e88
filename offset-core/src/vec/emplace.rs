//! What a vector is built from.

use std::collections::{BTreeSet, BinaryHeap, HashSet, LinkedList, VecDeque};
use std::fmt;
use std::ptr::NonNull;
use std::slice;

use super::Vec;
use super::buffer::write_exact;
use super::edit::VecMut;
use crate::allocation::Allocation;
use crate::boxed::{Box, Boxed};
use crate::emplace::{Emplace, Empty, Filled, Slot, copies};
use crate::error::{ErrorKind, Result};
use crate::layout::{MAX_LEN, units_for, units_in_slot};
use crate::region::Writer;
use crate::relocatable::Relocatable;
use crate::trace::release;

/// The initialiser of a sequence from any iterator of initialisers.
///
/// [`from_iter`] makes it. It builds a string as well, of characters and texts:
///
/// ```
/// use offset_std::{Image, String, from_iter};
///
/// let image = Image::<String>::new(from_iter("stressed".chars().rev()))?;
/// assert_eq!(*image, *"desserts");
/// # Ok::<(), offset_std::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct FromIter<I>(I);

/// Makes the items of an iterator, each an initialiser of an element, the initialiser of a sequence.
///
/// If its size hint tells the length, the buffer is exact.
///
/// ```
/// use offset_std::{Image, Vec, from_iter};
///
/// let squares = (1..=4u64).map(|n| n * n);
/// let image = Image::<Vec<u64>>::new(from_iter(squares))?;
/// assert_eq!(*image, [1, 4, 9, 16]);
/// # Ok::<(), offset_std::Error>(())
/// ```
pub fn from_iter<I: IntoIterator>(iterator: I) -> FromIter<I::IntoIter> {
    FromIter(iterator.into_iter())
}

impl<T: Relocatable, I: Iterator<Item: Emplace<T>>> Emplace<Vec<T>> for FromIter<I> {
    fn emplace<'s>(self, slot: Slot<'s, Vec<T>>) -> Result<Filled<'s, Vec<T>>> {
        let mut inits = self.0;
        let (least, _) = inits.size_hint();
        let writer = slot.writer();
        // A hint may lie: where it asks for too much, begin with nothing and grow.
        let mut builder = match Builder::new(writer, least) {
            Ok(builder) => builder,
            Err(_) => Builder::new(writer, 0)?,
        };
        while builder.has_room() {
            let Some(init) = inits.next() else { break };
            builder.push(init)?;
        }
        let at = slot.at();
        let filled = builder.finish(slot);
        if let Some(init) = inits.next() {
            // SAFETY: a valid vector, which `filled` only holds to release it should this fail.
            let mut vec = unsafe { VecMut::new(at, writer) };
            vec.try_push(init)?;
            vec.try_extend(inits)?;
        }
        Ok(filled)
    }
}

impl<I> FromIter<I> {
    /// The iterator.
    #[doc(hidden)]
    pub fn into_inner(self) -> I {
        self.0
    }
}

/// Builds a vector of a known length from as many initialisers.
fn emplace_exact<'s, T: Relocatable, I: Emplace<T>>(
    slot: Slot<'s, Vec<T>>,
    inits: impl ExactSizeIterator<Item = I>,
) -> Result<Filled<'s, Vec<T>>> {
    let mut builder = Builder::new(slot.writer(), inits.len())?;
    for init in inits.take(builder.room as usize) {
        builder.push(init)?;
    }
    Ok(builder.finish(slot))
}

/// Builds a vector from elements that are their own initialisers, by copying their bytes; `None` if they aren't.
#[inline]
fn emplace_bytes<'s, T: Relocatable, S>(
    slot: Slot<'s, Vec<T>>,
    from: &[S],
) -> Result<Result<Filled<'s, Vec<T>>>, Slot<'s, Vec<T>>> {
    if !copies::<T, S>() {
        return Err(slot);
    }
    Ok(Builder::new(slot.writer(), from.len()).map(|mut builder| {
        // SAFETY: `S` is `T`, plain, and there is room for all of them in memory that nothing else refers to.
        unsafe { builder.at.copy_from_nonoverlapping(NonNull::from(from).cast::<T>(), from.len()) };
        builder.built = builder.room;
        builder.finish(slot)
    }))
}

/// An exact buffer being filled. Dropped, it releases what has been built.
pub(super) struct Builder<'w, T: Relocatable> {
    memory: Option<Allocation<'w>>,
    writer: &'w Writer,
    at: NonNull<T>,
    room: u32,
    built: u32,
}

impl<'w, T: Relocatable> Builder<'w, T> {
    pub(super) fn new(writer: &'w Writer, room: usize) -> Result<Self> {
        let (room, units) = exactly::<T>(room)?;
        let memory = Allocation::of::<T>(writer, units)?;
        Ok(Builder { at: memory.at(), memory: Some(memory), writer, room, built: 0 })
    }

    pub(super) fn has_room(&self) -> bool {
        self.built < self.room
    }

    /// Builds the next element. There is room for it.
    #[inline]
    pub(super) fn push<I: Emplace<T>>(&mut self, init: I) -> Result<()> {
        debug_assert!(self.has_room());
        // SAFETY: inside the buffer.
        let at = unsafe { self.at.add(self.built as usize) };
        // SAFETY: zeroed, aligned, and nobody else's; freed, and so zeroed, if it isn't filled.
        init.emplace(unsafe { Slot::new(at, self.writer) })?.keep();
        self.built += 1;
        Ok(())
    }

    /// Lets `build` build the next element, if there is one. There is room for it.
    #[cfg(feature = "serde")]
    #[inline]
    pub(super) fn next<E>(
        &mut self,
        build: impl for<'e> FnOnce(Slot<'e, T>) -> Result<Option<Filled<'e, T>>, E>,
    ) -> Result<bool, E> {
        debug_assert!(self.has_room());
        // SAFETY: inside the buffer.
        let at = unsafe { self.at.add(self.built as usize) };
        // SAFETY: zeroed, aligned, and nobody else's; freed, and so zeroed, if it isn't filled, unless there is no element.
        let Some(filled) = build(unsafe { Slot::new(at, self.writer) })? else {
            // It may have been filled and released.
            // SAFETY: memory of the buffer that holds no value.
            unsafe { at.write_bytes(0, 1) };
            return Ok(false);
        };
        filled.keep();
        self.built += 1;
        Ok(true)
    }

    /// Makes room for so many more elements, where it lies if it is the last of its region. Moves bytes, and runs no user code.
    #[cfg(feature = "serde")]
    #[inline(never)]
    pub(super) fn grow(&mut self, extra: usize) -> Result<()> {
        let (room, units) = exactly::<T>(self.room as usize + extra)?;
        if !self.memory.as_mut().is_some_and(|memory| memory.grow_in_place::<T>(units)) {
            let memory = Allocation::of::<T>(self.writer, units)?;
            let (from, bytes) = (self.at.cast::<u8>(), self.built as usize * size_of::<T>());
            // SAFETY: `built` elements there, room for more here, and the two don't overlap. Bytes are copied as bytes.
            unsafe { from.copy_to_nonoverlapping(memory.at(), bytes) };
            self.at = memory.at();
            self.memory = Some(memory);
        }
        self.room = room;
        Ok(())
    }

    /// How many have been built.
    #[cfg(feature = "serde")]
    pub(super) fn built(&self) -> usize {
        self.built as usize
    }

    /// Makes the buffer the vector's, without the room that wasn't used.
    pub(super) fn finish<'s>(mut self, slot: Slot<'s, Vec<T>>) -> Filled<'s, Vec<T>> {
        let (built, room) = (std::mem::take(&mut self.built), self.room);
        let unit = self.memory.take().map_or(0, Allocation::keep);
        let (used, had) = (units_for::<T>(built) as u32, units_for::<T>(room) as u32);
        if used < had {
            // SAFETY: the end of an allocation of ours that nothing was built in.
            unsafe { self.writer.free_untouched(unit + used, had - used) };
        }
        // SAFETY: `built` elements in an exact allocation.
        unsafe { write_exact(slot.at(), unit, built) };
        // SAFETY: the vector owns them now.
        unsafe { slot.assume_filled() }
    }
}

/// A length, and the units of an exact buffer for it.
fn exactly<T>(len: usize) -> Result<(u32, u32)> {
    if len > MAX_LEN as usize {
        return Err(ErrorKind::TooLong { len: len as u64, max: u64::from(MAX_LEN) }.into());
    }
    Ok((len as u32, units_in_slot(units_for::<T>(len as u32))?))
}

impl<T: Relocatable> Drop for Builder<'_, T> {
    fn drop(&mut self) {
        // SAFETY: so many elements have been built, and nobody was given them.
        unsafe { release::release_all(self.at, self.built, self.writer) };
    }
}

impl<T: Relocatable> fmt::Debug for Builder<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} built", self.built, self.room)
    }
}

impl<T: Relocatable> Emplace<Vec<T>> for Empty {
    #[inline]
    fn emplace<'s>(self, slot: Slot<'s, Vec<T>>) -> Result<Filled<'s, Vec<T>>> {
        // SAFETY: two zero words are an empty vector, and a slot is zeroed.
        Ok(unsafe { slot.assume_filled() })
    }
}

impl<T: Relocatable, I: Emplace<T>, const N: usize> Emplace<Vec<T>> for [I; N] {
    #[inline]
    fn emplace<'s>(self, slot: Slot<'s, Vec<T>>) -> Result<Filled<'s, Vec<T>>> {
        match emplace_bytes(slot, &self) {
            Ok(done) => done,
            Err(slot) => emplace_exact(slot, self.into_iter()),
        }
    }
}

impl<T: Relocatable, I: Emplace<T>> Emplace<Vec<T>> for std::vec::Vec<I> {
    #[inline]
    fn emplace<'s>(self, slot: Slot<'s, Vec<T>>) -> Result<Filled<'s, Vec<T>>> {
        match emplace_bytes(slot, &self) {
            Ok(done) => done,
            Err(slot) => emplace_exact(slot, self.into_iter()),
        }
    }
}

impl<'a, T: Relocatable, S> Emplace<Vec<T>> for &'a [S]
where
    &'a S: Emplace<T>,
{
    #[inline]
    fn emplace<'s>(self, slot: Slot<'s, Vec<T>>) -> Result<Filled<'s, Vec<T>>> {
        match emplace_bytes(slot, self) {
            Ok(done) => done,
            Err(slot) => emplace_exact(slot, self.iter()),
        }
    }
}

/// What gives a slice when borrowed.
macro_rules! as_slices {
    ($([$($generics:tt)*] $from:ty,)*) => {$(
        impl<'a, T: Relocatable, S, $($generics)*> Emplace<Vec<T>> for $from
        where
            &'a S: Emplace<T>,
        {
            #[inline]
            fn emplace<'s>(self, slot: Slot<'s, Vec<T>>) -> Result<Filled<'s, Vec<T>>> {
                let slice: &'a [S] = self;
                slot.build(slice)
            }
        }
    )*};
}
as_slices! {
    [const N: usize] &'a [S; N],
    [] &'a std::vec::Vec<S>,
    [] &'a std::boxed::Box<[S]>,
}

/// Collections with an iterator that knows its length.
macro_rules! collections {
    ($([$($generics:tt)*] $from:ty,)*) => {$(
        impl<T: Relocatable, I: Emplace<T>, $($generics)*> Emplace<Vec<T>> for $from {
            fn emplace<'s>(self, slot: Slot<'s, Vec<T>>) -> Result<Filled<'s, Vec<T>>> {
                emplace_exact(slot, self.into_iter())
            }
        }
        impl<'a, T: Relocatable, I, $($generics)*> Emplace<Vec<T>> for &'a $from
        where
            &'a I: Emplace<T>,
        {
            fn emplace<'s>(self, slot: Slot<'s, Vec<T>>) -> Result<Filled<'s, Vec<T>>> {
                emplace_exact(slot, self.iter())
            }
        }
    )*};
}
collections! {
    [] VecDeque<I>,
    [] LinkedList<I>,
    [] BTreeSet<I>,
    [] BinaryHeap<I>,
    [H] HashSet<I, H>,
}

impl<'a, T: Relocatable, S> Emplace<Vec<T>> for slice::Iter<'a, S>
where
    &'a S: Emplace<T>,
{
    fn emplace<'s>(self, slot: Slot<'s, Vec<T>>) -> Result<Filled<'s, Vec<T>>> {
        slot.build(self.as_slice())
    }
}

/// The same in a box.
macro_rules! boxed_too {
    ($([$($generics:tt)*] $from:ty,)*) => {$(
        impl<$($generics)* T: Relocatable> Emplace<Box<Vec<T>>> for $from
        where
            $from: Emplace<Vec<T>>,
        {
            fn emplace<'s>(self, slot: Slot<'s, Box<Vec<T>>>) -> Result<Filled<'s, Box<Vec<T>>>> {
                slot.build(Boxed(self))
            }
        }
    )*};
}
boxed_too! {
    [] Empty,
    [I,] FromIter<I>,
    [const N: usize, I,] [I; N],
    [I,] std::vec::Vec<I>,
    ['a, S,] &'a [S],
}
