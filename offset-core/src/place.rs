//! Editing a value where it lies.

use std::fmt;
use std::marker::PhantomData;
use std::mem;
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;

use crate::allocation::{self, Allocation, move_value, swap_values, units_of};
use crate::emplace::{DeepCopy, Emplace, Slot};
use crate::error::Result;
use crate::region::Writer;
use crate::relocatable::{Plain, Relocatable};
use crate::trace::release;

/// The exclusive right to edit a value where it lies in its region. Reads as `&T`.
///
/// [`edit`](Place::edit) gives a handle for each field, [`set`](Place::set) replaces the whole value. A place of a plain value is
/// written through `*place`.
///
/// ```
/// use offset_std::{Image, String, Vec, prelude::*};
///
/// #[derive(Relocatable)]
/// #[repr(C)]
/// pub struct City {
///     pub name: String,
///     pub visits: u64,
/// }
///
/// let cities = [CityInit { name: "Rome", visits: 1 }, CityInit { name: "Oslo", visits: 2 }];
/// let mut image = Image::<Vec<City>>::new(cities)?;
/// for mut city in image.edit() {
///     *city.edit().visits += 1; // `city` is a `Place<City>`
/// }
/// assert_eq!((image[0].visits, image[1].visits), (2, 3));
/// # Ok::<(), offset_std::Error>(())
/// ```
pub struct Place<'r, T> {
    at: NonNull<T>,
    writer: &'r Writer,
    // Exclusive, and invariant in `T`.
    brand: PhantomData<&'r mut T>,
}

impl<'r, T: Relocatable> Place<'r, T> {
    /// # Safety
    ///
    /// `at` is a valid `T` in the region of `writer`, and nothing else reads or writes it for `'r`.
    #[doc(hidden)]
    #[inline(always)]
    pub unsafe fn new(at: NonNull<T>, writer: &'r Writer) -> Self {
        Place { at, writer, brand: PhantomData }
    }

    /// The handles of the fields: `CityMut` for a `City`, `SliceMut` for an array. For a type without fields, its own editing handle. O(1).
    ///
    /// Each handle edits its field only. Swapping two handles with `mem::swap` swaps the handles, not the values.
    ///
    /// ```
    /// # use offset_std::{Image, String, prelude::*};
    /// # #[derive(Relocatable)] #[repr(C)] pub struct City { pub name: String, pub visits: u64 }
    /// # let mut image = Image::<City>::new(CityInit { name: "Rome", visits: 1 })?;
    /// let mut city = image.root_mut();
    /// city.edit().name.set("Roma");
    /// *city.edit().visits += 1;
    /// assert_eq!((city.name.as_str(), city.visits), ("Roma", 2));
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[inline]
    pub fn edit(&mut self) -> T::Fields<'_> {
        // SAFETY: the value is ours alone, and borrowed for as long as the handles live.
        unsafe { T::fields(self.at, self.writer) }
    }

    /// The handles of the fields, for as long as the place could have lived.
    ///
    /// A function that gets a place can give handles back:
    ///
    /// ```
    /// # use offset_std::{Image, String, StringMut, prelude::*};
    /// # #[derive(Relocatable)] #[repr(C)] pub struct City { pub name: String, pub visits: u64 }
    /// fn visit(city: Place<'_, City>) -> StringMut<'_> {
    ///     let CityMut { name, visits } = city.into_fields();
    ///     *visits += 1;
    ///     name
    /// }
    ///
    /// let mut image = Image::<City>::new(CityInit { name: "Rome", visits: 1 })?;
    /// visit(image.root_mut()).push('!');
    /// assert_eq!((image.name.as_str(), image.visits), ("Rome!", 2));
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[inline]
    pub fn into_fields(self) -> T::Fields<'r> {
        // SAFETY: the value is ours alone for `'r`, and we are gone.
        unsafe { T::fields(self.at, self.writer) }
    }

    /// Gives up editing for reading, for as long as the place could have lived.
    #[inline]
    pub fn freeze(self) -> &'r T {
        // SAFETY: the value is valid, and nobody edits it for `'r`.
        unsafe { self.at.as_ref() }
    }

    /// Replaces the value. The new one is built first, then everything the old one owned is freed.
    ///
    /// # Panics
    ///
    /// Where [`try_set`](Place::try_set) returns an error, with its text.
    ///
    /// ```
    /// # use offset_std::{Image, String, Vec};
    /// let mut image = Image::<[Vec<String>; 2]>::new([vec!["a"], vec!["b", "c"]])?;
    /// image.root_mut().set([["d"], ["e"]]);
    /// assert_eq!(image[1], ["e"]);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[track_caller]
    #[inline]
    pub fn set<I: Emplace<T>>(&mut self, init: I) {
        self.try_set(init).unwrap_or_else(|error| error.raise());
    }

    /// Replaces the value, or leaves it as it is.
    ///
    /// # Errors
    ///
    /// Those of building the new value.
    #[inline]
    pub fn try_set<I: Emplace<T>>(&mut self, init: I) -> Result<()> {
        let memory = Allocation::of::<T>(self.writer, units_of::<T>())?;
        // SAFETY: zeroed, aligned, and nobody else's.
        let slot = unsafe { Slot::new(memory.at::<T>(), self.writer) };
        init.emplace(slot)?.keep();
        // SAFETY: the old value is valid, and nobody refers to it: initialisers have returned, and we borrow it mutably.
        unsafe { release::release(self.at, self.writer) };
        // SAFETY: both lie in this region; the new value is in memory of its own, freed at the end of this function.
        unsafe { move_value(memory.at::<T>(), self.at) };
        Ok(())
    }

    /// Swaps two values. In one region that moves their bytes, O(1); between regions each is copied into the other's with all that it owns.
    ///
    /// # Panics
    ///
    /// Where [`try_swap`](Place::try_swap) returns an error, with its text.
    ///
    /// ```
    /// # use offset_std::{Image, String};
    /// let mut one = Image::<String>::new("one")?;
    /// let mut two = Image::<String>::new("two")?;
    /// one.root_mut().swap(&mut two.root_mut());
    /// assert_eq!((one.as_str(), two.as_str()), ("two", "one"));
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[track_caller]
    pub fn swap(&mut self, other: &mut Place<'_, T>) {
        self.try_swap(other).unwrap_or_else(|error| error.raise());
    }

    /// Swaps two values, or leaves both as they are.
    ///
    /// # Errors
    ///
    /// No space, between two regions.
    pub fn try_swap(&mut self, other: &mut Place<'_, T>) -> Result<()> {
        if self.writer.same_region(other.writer) {
            // SAFETY: two places are exclusive, so they are two values; swapping bytes keeps padding.
            unsafe { swap_values(self.at, other.at) };
            return Ok(());
        }
        let ours = allocation::build::<T, _>(other.writer, DeepCopy(&**self))?;
        let copy = other.writer.base().at::<T>(ours);
        let set = self.try_set(DeepCopy(&**other));
        if set.is_ok() {
            // SAFETY: the old value of `other` is valid, and nobody refers to it.
            unsafe { release::release(other.at, other.writer) };
            // SAFETY: both lie in the region of `other`.
            unsafe { move_value(copy, other.at) };
        } else {
            // SAFETY: just built, and nobody knows of it.
            unsafe { release::release(copy, other.writer) };
        }
        // SAFETY: moved out of, or released.
        unsafe { allocation::free::<T>(other.writer, ours) };
        set
    }

    #[doc(hidden)]
    #[inline(always)]
    pub fn at(&self) -> NonNull<T> {
        self.at
    }

    #[doc(hidden)]
    #[inline(always)]
    pub fn writer(&self) -> &'r Writer {
        self.writer
    }
}

impl<T> Deref for Place<'_, T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: a valid value, which nobody edits while `self` is borrowed.
        unsafe { self.at.as_ref() }
    }
}

impl<T: Plain> DerefMut for Place<'_, T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: a valid value, ours alone; a plain value may be overwritten at will.
        unsafe { self.at.as_mut() }
    }
}

impl<T: fmt::Debug> fmt::Debug for Place<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// A value that was removed from a container. Reads as `&T`; may be emplaced elsewhere; is released when dropped.
///
/// It still lies in the container's memory, so the container stays borrowed. Emplacing it in the same region moves it, in another one copies
/// it.
///
/// ```
/// use offset_std::{Image, String, Vec};
///
/// let mut bin = Image::<Vec<String>>::new(["old"])?;
/// let mut image = Image::<Vec<String>>::new(["a", "b", "c"])?;
/// let mut names = image.edit();
/// let last = names.pop().unwrap();
/// assert_eq!(last.as_str(), "c");
/// bin.edit().push(last);
/// names.swap_remove(0); // dropped, so released
/// assert_eq!(*image, ["b"]);
/// assert_eq!(*bin, ["old", "c"]);
/// # Ok::<(), offset_std::Error>(())
/// ```
pub struct Popped<'a, T: Relocatable> {
    at: NonNull<T>,
    writer: &'a Writer,
    /// Units at the end of a buffer to give up afterwards: first unit and how many.
    tail: (u32, u32),
    brand: PhantomData<&'a mut T>,
}

impl<'a, T: Relocatable> Popped<'a, T> {
    /// # Safety
    ///
    /// `at` is a valid `T` in the region of `writer` that no container counts as its own any more, in memory that stays for `'a`.
    /// `tail` names units that nobody else will give up, and that hold nothing but this value.
    #[inline]
    pub(crate) unsafe fn new(at: NonNull<T>, writer: &'a Writer, tail: (u32, u32)) -> Self {
        Popped { at, writer, tail, brand: PhantomData }
    }

    /// The value itself, if it is plain.
    #[inline]
    pub fn into_inner(self) -> T
    where
        T: Plain,
    {
        *self
    }

    /// Zeroes the memory of the value, which has been moved or released, and gives it up.
    fn vacate(&mut self) {
        // SAFETY: nothing is there any more.
        unsafe { self.at.write_bytes(0, 1) };
        let (unit, units) = self.tail;
        if units > 0 {
            // SAFETY: the contract of `new`.
            unsafe { self.writer.free(unit, units) };
        }
    }
}

impl<T: Relocatable> Deref for Popped<'_, T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: a valid value that is ours alone.
        unsafe { self.at.as_ref() }
    }
}

impl<T: Relocatable> Drop for Popped<'_, T> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: a valid value that is ours alone.
        unsafe { release::release(self.at, self.writer) };
        self.vacate();
    }
}

impl<T: Relocatable + fmt::Debug> fmt::Debug for Popped<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: Relocatable + PartialEq> PartialEq<T> for Popped<'_, T> {
    fn eq(&self, other: &T) -> bool {
        **self == *other
    }
}

impl<T: Relocatable> Emplace<T> for Popped<'_, T> {
    fn emplace<'s>(self, slot: Slot<'s, T>) -> Result<crate::Filled<'s, T>> {
        if !self.writer.same_region(slot.writer()) {
            return slot.build(DeepCopy(&*self));
        }
        let mut from = mem::ManuallyDrop::new(self);
        // SAFETY: the value is ours alone, in the region of the slot, which is other memory.
        unsafe { move_value(from.at, slot.at()) };
        from.vacate();
        // SAFETY: the value lies there now.
        Ok(unsafe { slot.assume_filled() })
    }
}
