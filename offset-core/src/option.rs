//! Values that may be absent.
//!
//! `Option<Box<T>>` is std's `Option`: the language guarantees that it is a handle or zero, in 4 bytes. The layout of other options isn't
//! guaranteed, so they are written [`Maybe<T>`].

use std::fmt;
use std::ops::Deref;
use std::ptr::NonNull;

use crate::allocation;
use crate::boxed::{Box, trace_box};
use crate::emplace::{Emplace, Empty, Filled, Slot};
use crate::error::Result;
use crate::handle::Handle;
use crate::own::Own;
use crate::place::{Place, Popped};
use crate::region::Writer;
use crate::relocatable::{Facts, Portable, Relocatable};
use crate::schema::{Description, Field, Kind, Owner, Scalar, Variant, type_id};
use crate::trace::Visitor;

// SAFETY: R1: std documents `Option<Box<T>>` of a transparent `NonZeroU32` as that number or zero; R3: `trace`; R5: `OptionMut` gives the
// value only.
unsafe impl<T: Relocatable> Relocatable for Option<Box<T>> {
    type Mut<'r>
        = OptionMut<'r, T>
    where
        Self: 'r;
    type Fields<'r>
        = OptionMut<'r, T>
    where
        Self: 'r;
    const FACTS: Facts = Facts::OWNER;

    #[inline(always)]
    unsafe fn handle<'r>(at: NonNull<Self>, writer: &'r Writer) -> OptionMut<'r, T>
    where
        Self: 'r,
    {
        // SAFETY: the caller's contract.
        OptionMut(unsafe { Place::new(at, writer) })
    }

    #[inline(always)]
    unsafe fn fields<'r>(at: NonNull<Self>, writer: &'r Writer) -> OptionMut<'r, T>
    where
        Self: 'r,
    {
        // SAFETY: the caller's contract.
        unsafe { Self::handle(at, writer) }
    }

    #[inline(always)]
    unsafe fn trace<V: Visitor>(at: NonNull<Self>, visitor: &mut V) -> Result<(), V::Stop> {
        let at = at.cast::<u32>();
        // SAFETY: four readable bytes.
        if unsafe { at.read() } == 0 {
            return Ok(());
        }
        // SAFETY: the caller's contract; the handle isn't zero.
        unsafe { trace_box::<T, V>(at, visitor) }
    }

    fn description() -> &'static Description {
        const {
            &Description {
                name: "Option<Box>",
                size: 4,
                align: 4,
                id: type_id::<Self>,
                kind: Kind::Owner { layout: Owner::OptionBox, parts: &[T::description] },
            }
        }
    }
}

// SAFETY: it owns a `T`, or nothing.
unsafe impl<T: Portable> Portable for Option<Box<T>> {}

impl<T: Relocatable> Emplace<Option<Box<T>>> for Empty {
    #[inline]
    fn emplace<'s>(self, slot: Slot<'s, Option<Box<T>>>) -> Result<Filled<'s, Option<Box<T>>>> {
        // SAFETY: zero is `None`, and a slot is zeroed.
        Ok(unsafe { slot.assume_filled() })
    }
}

impl<T: Relocatable, I: Emplace<Box<T>>> Emplace<Option<Box<T>>> for Option<I> {
    #[inline]
    fn emplace<'s>(self, slot: Slot<'s, Option<Box<T>>>) -> Result<Filled<'s, Option<Box<T>>>> {
        let Some(init) = self else { return slot.build(Empty) };
        // SAFETY: the box belongs there: `Some(box)` is laid out as the box.
        unsafe { slot.field::<Box<T>, I>(0, init) }?.keep();
        // SAFETY: a handle is there.
        Ok(unsafe { slot.assume_filled() })
    }
}

/// Edits an optional boxed value. Reads as `&Option<Box<T>>`.
///
/// ```
/// use offset_std::{Box, Image, prelude::*};
///
/// #[derive(Relocatable)]
/// #[repr(C)]
/// pub struct Node {
///     pub value: u64,
///     pub next: Option<Box<Node>>,
/// }
///
/// let mut list = Image::<Option<Box<Node>>>::new(Empty)?;
/// let mut head = list.edit();
/// for value in [3, 2, 1] {
///     let rest = head.take();
///     head.set(Some(NodeInit { value, next: rest }));
/// }
///
/// // Walk the list, editing it on the way.
/// let mut at = list.edit();
/// while let Some(node) = at.into_mut() {
///     let NodeMut { value, next } = node.into_fields();
///     *value *= 10;
///     at = next;
/// }
/// assert_eq!(list.as_ref().unwrap().value, 10);
/// # Ok::<(), offset_std::Error>(())
/// ```
pub struct OptionMut<'r, T: Relocatable>(Place<'r, Option<Box<T>>>);

impl<'r, T: Relocatable> OptionMut<'r, T> {
    /// The editing handle of the value, if there is one.
    #[inline]
    pub fn as_mut(&mut self) -> Option<T::Mut<'_>> {
        let at = self.value()?;
        // SAFETY: the value is ours alone, and borrowed for as long as the handle lives.
        Some(unsafe { T::handle(at, self.0.writer()) })
    }

    /// The editing handle of the value, for as long as this one could have lived: what walks down a list or a tree.
    #[inline]
    pub fn into_mut(self) -> Option<T::Mut<'r>> {
        let at = self.value()?;
        // SAFETY: the value is ours alone for `'r`, and we are gone.
        Some(unsafe { T::handle(at, self.0.writer()) })
    }

    /// The handles of the value's fields, if there is one.
    #[inline]
    pub fn edit(&mut self) -> Option<T::Fields<'_>> {
        let at = self.value()?;
        // SAFETY: the value is ours alone, and borrowed for as long as the handles live.
        Some(unsafe { T::fields(at, self.0.writer()) })
    }

    fn value(&self) -> Option<NonNull<T>> {
        let unit = self.0.as_ref()?.unit();
        Some(self.0.writer().base().at(unit.get()))
    }

    /// Replaces what is there, with `Some(initialiser of Box<T>)` or [`Empty`].
    ///
    /// # Panics
    ///
    /// Where [`try_set`](OptionMut::try_set) returns an error, with its text.
    #[track_caller]
    pub fn set<I: Emplace<Option<Box<T>>>>(&mut self, init: I) {
        self.0.set(init);
    }

    /// Replaces what is there, or leaves it as it is.
    ///
    /// # Errors
    ///
    /// Those of building the new value.
    pub fn try_set<I: Emplace<Option<Box<T>>>>(&mut self, init: I) -> Result<()> {
        self.0.try_set(init)
    }

    /// Puts a value in place of what is there, and gives its editing handle.
    ///
    /// # Panics
    ///
    /// Where [`try_insert`](OptionMut::try_insert) returns an error, with its text.
    #[track_caller]
    pub fn insert<I: Emplace<T>>(&mut self, init: I) -> T::Mut<'_> {
        self.try_insert(init).unwrap_or_else(|error| error.raise())
    }

    /// Puts a value in place of what is there, or leaves that as it is.
    ///
    /// # Errors
    ///
    /// Those of building the value.
    pub fn try_insert<I: Emplace<T>>(&mut self, init: I) -> Result<T::Mut<'_>> {
        let unit = allocation::build(self.0.writer(), init)?;
        self.clear();
        self.store(unit);
        let at = self.0.writer().base().at::<T>(unit);
        // SAFETY: the value is ours alone, and borrowed for as long as the handle lives.
        Ok(unsafe { T::handle(at, self.0.writer()) })
    }

    /// The editing handle of the value, after putting one there if there was none.
    ///
    /// # Panics
    ///
    /// Where [`try_get_or_insert`](OptionMut::try_get_or_insert) returns an error, with its text.
    #[track_caller]
    pub fn get_or_insert<I: Emplace<T>>(&mut self, init: I) -> T::Mut<'_> {
        self.try_get_or_insert(init).unwrap_or_else(|error| error.raise())
    }

    /// The editing handle of the value, after putting one there if there was none.
    ///
    /// # Errors
    ///
    /// Those of building the value.
    pub fn try_get_or_insert<I: Emplace<T>>(&mut self, init: I) -> Result<T::Mut<'_>> {
        let Some(at) = self.value() else { return self.try_insert(init) };
        // SAFETY: the value is ours alone, and borrowed for as long as the handle lives.
        Ok(unsafe { T::handle(at, self.0.writer()) })
    }

    /// Takes the value out, leaving `None`. O(1): nothing is moved, the result owns the memory that the box had.
    pub fn take(&mut self) -> Option<Own<'r, T>> {
        let unit = self.0.as_ref()?.unit();
        self.store(0);
        // SAFETY: nothing refers to the value any more.
        Some(unsafe { Own::from_unit(unit.get(), self.0.writer()) })
    }

    /// Releases the value, leaving `None`. O(what is released).
    pub fn clear(&mut self) {
        drop(self.take());
    }

    /// Writes a handle, or zero, without a look at what was there.
    fn store(&mut self, unit: u32) {
        // SAFETY: the callers have built a value there that nothing else refers to, or pass zero.
        let handle = unsafe { Handle::<T>::from_unit(unit) };
        // SAFETY: four bytes of a place that is ours alone; the callers see to what they held.
        unsafe { self.0.at().cast().write(handle) };
    }
}

impl<T: Relocatable> Deref for OptionMut<'_, T> {
    type Target = Option<Box<T>>;

    #[inline(always)]
    fn deref(&self) -> &Option<Box<T>> {
        &self.0
    }
}

impl<T: Relocatable + fmt::Debug> fmt::Debug for OptionMut<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// An optional value in place, with a fixed layout: a byte that says whether it is there, then the value.
///
/// It is built from std's `Option` of an initialiser, or from [`Empty`], and reads as one through [`as_option`](Maybe::as_option).
///
/// ```
/// use offset_std::{Image, Maybe, String, Vec};
///
/// let image = Image::<Vec<Maybe<String>>>::new([Some("a"), None])?;
/// assert_eq!(image[0].as_option().map(|text| text.len()), Some(1));
/// assert!(image[1].is_none());
/// # Ok::<(), offset_std::Error>(())
/// ```
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(C, u8)]
pub enum Maybe<T> {
    /// No value.
    None,
    /// A value.
    Some(T),
}

impl<T> Maybe<T> {
    /// The value, if there is one, as std's `Option`.
    #[inline]
    pub fn as_option(&self) -> Option<&T> {
        match self {
            Maybe::None => None,
            Maybe::Some(value) => Some(value),
        }
    }

    /// Whether there is a value.
    #[inline]
    pub fn is_some(&self) -> bool {
        self.as_option().is_some()
    }

    /// Whether there is none.
    #[inline]
    pub fn is_none(&self) -> bool {
        self.as_option().is_none()
    }

    /// Bytes before the value: the tag, and padding up to the alignment of `T` (RFC 2195).
    pub(crate) const OFFSET: usize = crate::layout::c_offset(1, align_of::<T>());
}

impl<T: Relocatable> Maybe<T> {
    /// Says that there is a value.
    ///
    /// # Safety
    ///
    /// A valid `T` lies [`OFFSET`](Maybe::OFFSET) bytes into the slot, and nobody else will release it.
    #[inline]
    pub(crate) unsafe fn fill<'s>(slot: Slot<'s, Maybe<T>>) -> Filled<'s, Maybe<T>> {
        // SAFETY: the tag is the first byte; it comes last, so that a failure leaves `None`.
        unsafe { slot.at().cast::<u8>().write(1) };
        // SAFETY: tag and value are there.
        unsafe { slot.assume_filled() }
    }
}

impl<T: PartialEq<U>, U> PartialEq<Option<U>> for Maybe<T> {
    fn eq(&self, other: &Option<U>) -> bool {
        match (self.as_option(), other) {
            (Some(value), Some(other)) => value == other,
            (value, other) => value.is_none() && other.is_none(),
        }
    }
}

/// Where the value of a `Maybe` lies.
fn payload<T>(at: NonNull<Maybe<T>>) -> NonNull<T> {
    // SAFETY: the offset is inside the type.
    unsafe { at.byte_add(Maybe::<T>::OFFSET) }.cast()
}

// SAFETY: R1: `repr(C, u8)`; R3: a tag and, where it says so, a `T` at the offset that RFC 2195 gives; R5: `MaybeMut` gives the value only.
unsafe impl<T: Relocatable> Relocatable for Maybe<T> {
    type Mut<'r>
        = MaybeMut<'r, T>
    where
        Self: 'r;
    type Fields<'r>
        = MaybeMut<'r, T>
    where
        Self: 'r;
    const FACTS: Facts = T::FACTS.tagged().packed(false).not_copied();

    #[inline(always)]
    unsafe fn handle<'r>(at: NonNull<Self>, writer: &'r Writer) -> MaybeMut<'r, T>
    where
        Self: 'r,
    {
        // SAFETY: the caller's contract.
        MaybeMut(unsafe { Place::new(at, writer) })
    }

    #[inline(always)]
    unsafe fn fields<'r>(at: NonNull<Self>, writer: &'r Writer) -> MaybeMut<'r, T>
    where
        Self: 'r,
    {
        // SAFETY: the caller's contract.
        unsafe { Self::handle(at, writer) }
    }

    unsafe fn trace<V: Visitor>(at: NonNull<Self>, visitor: &mut V) -> Result<(), V::Stop> {
        // SAFETY: the tag is a byte at the start.
        let tag = unsafe { visitor.tag(at.cast::<u8>(), |tag| tag <= 1) }?;
        if tag == 0 {
            return Ok(());
        }
        // SAFETY: with tag 1, a `T` lies there.
        unsafe { T::trace(payload(at), visitor) }
    }

    fn description() -> &'static Description {
        const {
            &Description {
                name: "Maybe",
                size: size_of::<Self>(),
                align: align_of::<Self>(),
                id: type_id::<Self>,
                kind: Kind::Enum {
                    tag: Scalar::U8,
                    variants: &[
                        Variant { name: "None", tag: 0, fields: &[] },
                        Variant {
                            name: "Some",
                            tag: 1,
                            fields: &[Field { name: "0", offset: Self::OFFSET, part: T::description }],
                        },
                    ],
                },
            }
        }
    }
}

// SAFETY: no more references than its value has.
unsafe impl<T: Portable> Portable for Maybe<T> {}

impl<T: Relocatable> Emplace<Maybe<T>> for Empty {
    #[inline]
    fn emplace<'s>(self, slot: Slot<'s, Maybe<T>>) -> Result<Filled<'s, Maybe<T>>> {
        // SAFETY: tag 0 is `None`, and a slot is zeroed.
        Ok(unsafe { slot.assume_filled() })
    }
}

impl<T: Relocatable, I: Emplace<T>> Emplace<Maybe<T>> for Option<I> {
    #[inline]
    fn emplace<'s>(self, slot: Slot<'s, Maybe<T>>) -> Result<Filled<'s, Maybe<T>>> {
        let Some(init) = self else { return slot.build(Empty) };
        // SAFETY: the value of the variant belongs there.
        unsafe { slot.field::<T, I>(Maybe::<T>::OFFSET, init) }?.keep();
        // SAFETY: the value is there.
        Ok(unsafe { Maybe::fill(slot) })
    }
}

/// Edits an optional value. Reads as `&Maybe<T>`.
///
/// ```
/// use offset_std::{Image, Maybe, String};
///
/// let mut image = Image::<Maybe<String>>::new(Some("a"))?;
/// let mut name = image.edit();
/// name.as_mut().unwrap().push('b');
/// assert_eq!(name.take().unwrap().as_str(), "ab");
/// name.set(Some("c"));
/// assert_eq!(*image, Some("c"));
/// # Ok::<(), offset_std::Error>(())
/// ```
pub struct MaybeMut<'r, T: Relocatable>(Place<'r, Maybe<T>>);

impl<'r, T: Relocatable> MaybeMut<'r, T> {
    /// The editing handle of the value, if there is one.
    #[inline]
    pub fn as_mut(&mut self) -> Option<T::Mut<'_>> {
        // SAFETY: with a value there, it is ours alone, and borrowed for as long as the handle lives.
        self.0.is_some().then(|| unsafe { T::handle(payload(self.0.at()), self.0.writer()) })
    }

    /// The editing handle of the value, for as long as this one could have lived.
    #[inline]
    pub fn into_mut(self) -> Option<T::Mut<'r>> {
        // SAFETY: with a value there, it is ours alone for `'r`, and we are gone.
        self.0.is_some().then(|| unsafe { T::handle(payload(self.0.at()), self.0.writer()) })
    }

    /// The handles of the value's fields, if there is one.
    #[inline]
    pub fn edit(&mut self) -> Option<T::Fields<'_>> {
        // SAFETY: with a value there, it is ours alone, and borrowed for as long as the handles live.
        self.0.is_some().then(|| unsafe { T::fields(payload(self.0.at()), self.0.writer()) })
    }

    /// Replaces what is there, with `Some(initialiser of T)` or [`Empty`].
    ///
    /// # Panics
    ///
    /// Where [`try_set`](MaybeMut::try_set) returns an error, with its text.
    #[track_caller]
    pub fn set<I: Emplace<Maybe<T>>>(&mut self, init: I) {
        self.0.set(init);
    }

    /// Replaces what is there, or leaves it as it is.
    ///
    /// # Errors
    ///
    /// Those of building the new value.
    pub fn try_set<I: Emplace<Maybe<T>>>(&mut self, init: I) -> Result<()> {
        self.0.try_set(init)
    }

    /// Takes the value out, leaving `None`. O(1): it stays where it is while the result lives.
    pub fn take(&mut self) -> Option<Popped<'_, T>> {
        if self.0.is_none() {
            return None;
        }
        // SAFETY: the tag is a byte of a place that is ours alone; the value's bytes are `Popped`'s from now on.
        unsafe { self.0.at().cast::<u8>().write(0) };
        // SAFETY: a valid value that nothing counts as its own, in memory that stays borrowed.
        Some(unsafe { Popped::new(payload(self.0.at()), self.0.writer(), (0, 0)) })
    }

    /// Releases the value, leaving `None`. O(what is released).
    pub fn clear(&mut self) {
        drop(self.take());
    }
}

impl<T: Relocatable> Deref for MaybeMut<'_, T> {
    type Target = Maybe<T>;

    #[inline(always)]
    fn deref(&self) -> &Maybe<T> {
        &self.0
    }
}

impl<T: Relocatable + fmt::Debug> fmt::Debug for MaybeMut<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

#[cfg(feature = "serde")]
impl<T: serde::Serialize> serde::Serialize for Maybe<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_option().serialize(serializer)
    }
}
