//! The one traversal.
//!
//! [`Relocatable::trace`] says what a value consists of; a [`Visitor`] says what to do about it. Everything that
//! walks a region is a visitor, so a type is described once:
//!
//! | visitor | what it does |
//! | --- | --- |
//! | [`Validate`](validate::Validate) | checks bytes that came from a file and claims every allocation exactly once |
//! | [`Release`](release::Release) | frees what a value owns |
//! | [`Copy`](copy::Copy) | copies a value with all that it owns, from any region |
//!
//! None of them recurses on data: an allocation whose elements own more goes onto a list of [`Run`]s on the heap, and the list is
//! worked off one element at a time, so a list of ten million nodes needs no stack and a vector of a million
//! strings one entry.

use core::ptr::NonNull;

use crate::handle::Base;
use crate::layout::{head_units, units_for};
use crate::relocatable::Relocatable;

mod bitmap;
pub(crate) mod copy;
pub(crate) mod release;
mod rows;
pub(crate) mod validate;

pub(crate) use bitmap::Bitmap;
use rows::Marks;
pub use rows::Rows;
pub(crate) use validate::Extent;

/// What a traversal does with what a value reports about itself.
///
/// The methods are `unsafe` because they read the addresses they are given; [`Relocatable::trace`] states the contract.
#[allow(clippy::missing_safety_doc, reason = "one contract for all, stated on `Relocatable::trace` (R3)")]
pub trait Visitor: Sized {
    /// Why a traversal ends early: never, except in validation.
    type Stop;

    /// `T`, all of it plain data. `valid` says whether the bytes are a value; `expected` is what they should be.
    unsafe fn leaf<T: Relocatable>(
        &mut self,
        at: NonNull<T>,
        valid: impl FnOnce(NonNull<T>) -> bool,
        expected: &'static str,
    ) -> Result<(), Self::Stop>;

    /// An enum's tag. `known` says whether there is a variant for it. Returns the tag.
    unsafe fn tag<R: Relocatable + Copy>(
        &mut self,
        at: NonNull<R>,
        known: impl FnOnce(R) -> bool,
    ) -> Result<R, Self::Stop>;

    /// An allocation that the value owns.
    unsafe fn owned<T: Relocatable>(&mut self, edge: Edge<T>) -> Result<(), Self::Stop>;

    /// A ring of places that the value owns.
    unsafe fn ring<T: Relocatable>(&mut self, ring: Ring<T>) -> Result<(), Self::Stop>;

    /// Rows of places that the value owns, of which those that are marked have elements.
    unsafe fn rows<T: Relocatable>(&mut self, rows: Rows<T>) -> Result<(), Self::Stop>;

    /// A reference, at `at`, to a value that isn't owned: in this region or in another of its space.
    unsafe fn reference(&mut self, at: NonNull<u32>) -> Result<(), Self::Stop>;

    /// The head that lies in the unit before the elements at `unit`: the capacity, and what else the owner keeps there. `near` is where the handle is stored.
    unsafe fn head(&mut self, near: NonNull<u32>, unit: u32) -> Result<[u32; 2], Self::Stop>;

    /// A condition on the value just reported, decided by reading only what was reported; `Err` says what is wrong.
    unsafe fn require<T>(
        &mut self,
        at: NonNull<T>,
        condition: impl FnOnce(&T) -> Result<(), &'static str>,
    ) -> Result<(), Self::Stop>;

    /// A condition of the user's, to be asked once everything has been validated, children before their parents.
    unsafe fn deferred<T: Relocatable>(&mut self, at: NonNull<T>, condition: fn(&T) -> Result<(), std::string::String>);
}

/// An allocation that a value owns, and where the value says so.
///
/// ```text
///      unit - head_units      unit                                       unit - head_units + units
///      | head (capacity)      | count elements of T      | slack         |
/// ```
#[derive(Debug)]
pub struct Edge<T> {
    /// Where the handle is stored.
    pub at: NonNull<u32>,
    /// The handle: the unit of the first element.
    pub unit: u32,
    /// Units before the first element that belong to the allocation.
    pub head_units: u32,
    /// Units of the whole allocation: none where the elements are zero-sized.
    pub units: u64,
    /// Initialised elements.
    pub count: u32,
    /// The word that says `count`, and what it is once the allocation has neither head nor slack.
    pub exact: Option<(NonNull<u32>, u32)>,
    /// The type of the elements.
    pub of: core::marker::PhantomData<T>,
}

/// An allocation of places in a ring that a value owns: `count` of them have elements, from `first` on, and behind the last place from place 0 on.
///
/// ```text
///      unit - head_units          unit                                       unit + units_for(capacity)
///      | head (capacity, first)   | y z        | free       | v w x          |
///                                              ^ first + count - capacity
///                                                           ^ first
/// ```
///
/// A copy has its elements from place 0 on, and no places more.
#[derive(Debug)]
pub struct Ring<T> {
    /// Where the handle is stored.
    pub at: NonNull<u32>,
    /// The handle: the unit of place 0.
    pub unit: u32,
    /// How many places there are: not zero.
    pub capacity: u32,
    /// The place of the first element: less than `capacity`.
    pub first: u32,
    /// How many elements there are: at most `capacity`.
    pub count: u32,
    /// The type of the elements, which have a size.
    pub of: core::marker::PhantomData<T>,
}

impl<T> Ring<T> {
    /// Units before place 0.
    const HEAD_UNITS: u32 = head_units(align_of::<T>());

    /// The first unit of the allocation, and how many it has; `None` if it would begin before the slot does.
    fn allocation(&self) -> Option<(u32, u64)> {
        let units = u64::from(Self::HEAD_UNITS) + units_for::<T>(self.capacity);
        Some((self.unit.checked_sub(Self::HEAD_UNITS)?, units))
    }

    /// How many elements lie from `first` on, and how many from place 0 on.
    fn runs(&self) -> (u32, u32) {
        let front = self.count.min(self.capacity - self.first);
        (front, self.count - front)
    }

    /// Where the two runs begin.
    fn starts(&self, base: Base) -> (NonNull<T>, NonNull<T>) {
        let places = base.at::<T>(self.unit);
        // SAFETY: `first` is one of the places of an allocation.
        (unsafe { places.add(self.first as usize) }, places)
    }
}

/// Elements still to be visited.
#[derive(Debug)]
pub(crate) struct Run<V: Visitor, X> {
    /// The first of them, or the first place of rows.
    at: NonNull<u8>,
    left: u32,
    stride: usize,
    step: Step<V>,
    /// Which places have elements, if not all in a row.
    marks: Option<Marks>,
    /// What the visitor wants to know of the allocation that the elements lie in.
    extra: X,
}

type Step<V> = unsafe fn(NonNull<u8>, &mut V) -> Result<(), <V as Visitor>::Stop>;

impl<V: Visitor, X: Copy> Run<V, X> {
    /// `count` elements of `T` from `at`. `count` isn't zero.
    pub(crate) fn new<T: Relocatable>(at: NonNull<T>, count: u32, extra: X) -> Self {
        /// # Safety
        ///
        /// As for `T::trace`.
        unsafe fn step<T: Relocatable, V: Visitor>(at: NonNull<u8>, visitor: &mut V) -> Result<(), V::Stop> {
            // SAFETY: the caller's contract is `T::trace`'s.
            unsafe { T::trace(at.cast::<T>(), visitor) }
        }
        Run { at: at.cast(), left: count, stride: size_of::<T>(), step: step::<T, V>, marks: None, extra }
    }

    /// The elements of rows, of which there is one.
    pub(crate) fn of_rows<T: Relocatable>(rows: &Rows<T>, base: Base, extra: X) -> Self {
        Run { marks: Some(rows.marks(base)), ..Run::new(rows.first_place(base), rows.count, extra) }
    }
}

/// Takes the next element off `runs`. The flag says that it is the last of its run, which has been taken off.
pub(crate) fn next<V: Visitor, X: Copy>(runs: &mut Vec<Run<V, X>>) -> Option<(NonNull<u8>, Step<V>, X, bool)> {
    let run = runs.last_mut()?;
    let (mut at, step, extra) = (run.at, run.step, run.extra);
    run.left -= 1;
    let last = run.left == 0;
    if let Some(marks) = &mut run.marks {
        // SAFETY: as many places are marked as there were elements left.
        let place = unsafe { marks.next() };
        // SAFETY: a place of the rows.
        at = unsafe { at.byte_add(place * run.stride) };
    } else if !last {
        // SAFETY: `left` elements of `stride` bytes follow inside the same allocation.
        run.at = unsafe { at.byte_add(run.stride) };
    }
    if last {
        runs.pop();
    }
    Some((at, step, extra, last))
}
