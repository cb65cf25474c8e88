//! Values that are built aside and then moved: the keys of maps and sets, which must be whole before their place is known, and elements that a hint of the length
//! says aren't there.

use std::marker::PhantomData;

use serde::de::MapAccess;

use super::DeserializeIn;
use crate::allocation::{Allocation, units_of};
use crate::emplace::{Emplace, Filled, Slot};
use crate::error::{Error, Result};
use crate::place::Popped;
use crate::region::Writer;
use crate::relocatable::Relocatable;

/// A place of their own for values that are built one after the other.
#[derive(Debug)]
pub struct Aside<'w, T> {
    memory: Allocation<'w>,
    writer: &'w Writer,
    of: PhantomData<fn() -> T>,
}

impl<'w, T: Relocatable> Aside<'w, T> {
    /// A place for a value.
    ///
    /// # Errors
    ///
    /// No space.
    pub fn new(writer: &'w Writer) -> Result<Self> {
        let memory = Allocation::of::<T>(writer, units_of::<T>())?;
        Ok(Aside { memory, writer, of: PhantomData })
    }

    /// Lets `build` build the next value, if there is one.
    ///
    /// # Errors
    ///
    /// Those of `build`.
    #[inline]
    pub fn next<E>(
        &mut self,
        build: impl for<'s> FnOnce(Slot<'s, T>) -> Result<Option<Filled<'s, T>>, E>,
    ) -> Result<Option<Popped<'_, T>>, E> {
        let at = self.memory.at::<T>();
        if !T::FACTS.plain {
            // One that was given up half-way may have left bytes; a plain one overwrites them all.
            // SAFETY: the place is ours alone, and holds no value: the last one was moved or released.
            unsafe { at.write_bytes(0, 1) };
        }
        // SAFETY: zeroed, aligned, and nobody else's; freed, and so zeroed, in the end.
        let slot = unsafe { Slot::new(at, self.writer) };
        let Some(filled) = build(slot)? else { return Ok(None) };
        filled.keep();
        // SAFETY: a valid value that nothing counts as its own, in memory that stays while `self` is borrowed.
        Ok(Some(unsafe { Popped::new(at, self.writer, (0, 0)) }))
    }
}

/// The initialiser of the value that belongs to the key just read.
#[derive(Debug)]
pub struct NextValue<'a, A, E> {
    map: &'a mut A,
    error: &'a mut Option<E>,
}

impl<'de, T: DeserializeIn, A: MapAccess<'de>> Emplace<T> for NextValue<'_, A, A::Error> {
    #[inline]
    fn emplace<'s>(self, slot: Slot<'s, T>) -> Result<Filled<'s, T>> {
        self.map.next_value_seed(slot).map_err(|error| {
            *self.error = Some(error);
            Error::custom("the format failed")
        })
    }
}

/// Lets `insert` build the value that belongs to the key just read.
///
/// # Errors
///
/// Those of the format, and those of `insert`.
#[inline]
pub fn next_value<'de, A: MapAccess<'de>>(
    map: &mut A,
    insert: impl FnOnce(NextValue<'_, A, A::Error>) -> Result<()>,
) -> Result<(), A::Error> {
    let mut own = None;
    insert(NextValue { map, error: &mut own }).map_err(|error| own.unwrap_or_else(|| error.into_serde()))
}
