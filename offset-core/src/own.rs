//! A value that nothing else can reach.

use std::fmt;
use std::marker::PhantomData;
use std::mem;
use std::ops::Deref;
use std::path::Path;
use std::ptr::NonNull;

use crate::allocation;
use crate::boxed::Box;
use crate::emplace::{DeepCopy, Emplace, Filled, Slot};
use crate::error::{ErrorKind, Result};
use crate::handle::Base;
use crate::image::Image;
use crate::region::{Identity, Orphan, Shared, Writer};
use crate::relocatable::{Portable, Relocatable};
use crate::sync::Arc;
use crate::trace::release;

/// A value in a region that nothing else can reach: the result of [`Image::alloc`](crate::Image::alloc), or of taking a `Box` out of its place.
///
/// It reads as `&T`, is edited through [`edit`](Own::edit), and is released when dropped. It is an initialiser of `Box<T>`, which links it without a
/// copy, and of `T`. [`detach`](Own::detach) makes a [`Token`] of it that outlives the borrow of the region.
///
/// ```
/// use offset_std::{Box, Image, String, prelude::*};
///
/// #[derive(Relocatable)]
/// #[repr(C)]
/// pub struct Node {
///     pub name: String,
///     pub next: Option<Box<Node>>,
/// }
///
/// let mut list = Image::<Option<Box<Node>>>::new(Some(NodeInit { name: "b", next: Empty }))?;
/// let mut head = list.edit();
/// let rest = head.take(); // an `Own<Node>`: unlinked, not moved
/// head.set(Some(NodeInit { name: "a", next: rest }));
/// assert_eq!(list.as_ref().unwrap().next.as_ref().unwrap().name, "b");
/// # Ok::<(), offset_std::Error>(())
/// ```
pub struct Own<'r, T: Relocatable> {
    unit: u32,
    writer: &'r Writer,
    brand: PhantomData<&'r mut T>,
}

impl<'r, T: Relocatable> Own<'r, T> {
    /// Builds a value in memory of its own.
    #[inline]
    pub(crate) fn build<I: Emplace<T>>(writer: &'r Writer, init: I) -> Result<Self> {
        let unit = allocation::build(writer, init)?;
        // SAFETY: just built.
        Ok(unsafe { Own::from_unit(unit, writer) })
    }

    /// # Safety
    ///
    /// A `T` in an allocation of its own lies at `unit` in the region of `writer`, and nothing else refers to it.
    #[inline]
    pub(crate) unsafe fn from_unit(unit: u32, writer: &'r Writer) -> Self {
        Own { unit, writer, brand: PhantomData }
    }

    #[inline]
    fn at(&self) -> NonNull<T> {
        self.writer.base().at(self.unit)
    }

    /// Gives the value over to whoever stores the unit.
    fn into_unit(self) -> u32 {
        let unit = self.unit;
        mem::forget(self);
        unit
    }

    /// The handles of the fields.
    pub fn edit(&mut self) -> T::Fields<'_> {
        // SAFETY: the value is ours alone, and borrowed for as long as the handles live.
        unsafe { T::fields(self.at(), self.writer) }
    }

    /// Leaves the value in the region for good, and gives it for reading.
    ///
    /// It can't be reached any more once the reference is gone. A saved file may have it; loading the file frees its memory.
    #[inline]
    pub fn freeze(self) -> &'r T {
        let at = self.at();
        mem::forget(self);
        // SAFETY: the value is valid, and nobody can edit or release it any more.
        unsafe { at.as_ref() }
    }

    /// Makes a counted reference of it, which keeps the region alive.
    #[inline]
    pub fn share(self) -> Shared<T> {
        let identity = self.writer.identity();
        let at = self.at();
        mem::forget(self);
        // SAFETY: the value is valid, and nothing else can reach it.
        unsafe { Shared::new(at, identity) }
    }

    /// Writes a compact copy of the value and all it owns to a file that [`Image::load`] and [`Mapped::map`](crate::Mapped::map) read. Nothing else of the
    /// region, and nothing that was freed, is in it.
    ///
    /// # Errors
    ///
    /// No memory for the copy, and those of [`Image::save`].
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()>
    where
        T: Portable,
    {
        Image::<T>::new(DeepCopy(&**self))?.save(path)
    }

    /// The unit of the value, which becomes the caller's, if `writer` is the one it was built by; the value again otherwise.
    pub(crate) fn unit_in(self, writer: &Writer) -> Result<u32, Self> {
        if std::ptr::eq(self.writer, writer) { Ok(self.into_unit()) } else { Err(self) }
    }

    /// Lets go of the borrow of the region. The token is taken in by the same region only.
    pub fn detach(self) -> Token<T> {
        let (identity, base) = (self.writer.identity(), self.writer.base());
        Token { identity, base, unit: self.into_unit(), brand: PhantomData }
    }
}

impl<T: Relocatable> Deref for Own<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: a valid value, which nobody edits while `self` is borrowed.
        unsafe { self.at().as_ref() }
    }
}

impl<T: Relocatable> Drop for Own<'_, T> {
    fn drop(&mut self) {
        // SAFETY: the value is valid and ours alone.
        unsafe { release_boxed::<T>(self.unit, self.writer) };
    }
}

impl<T: Relocatable + fmt::Debug> fmt::Debug for Own<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: Relocatable> Emplace<Box<T>> for Own<'_, T> {
    fn emplace<'s>(self, slot: Slot<'s, Box<T>>) -> Result<Filled<'s, Box<T>>> {
        if !self.writer.same_region(slot.writer()) {
            return slot.build(crate::Boxed(DeepCopy(&*self)));
        }
        // SAFETY: H2, H4: the value lies there and is nobody else's.
        Ok(unsafe { Box::fill(slot, self.into_unit()) })
    }
}

impl<T: Relocatable> Emplace<T> for Own<'_, T> {
    fn emplace<'s>(self, slot: Slot<'s, T>) -> Result<Filled<'s, T>> {
        if !self.writer.same_region(slot.writer()) {
            return slot.build(DeepCopy(&*self));
        }
        // SAFETY: the value is ours alone, in the region of the slot, which is other memory.
        unsafe { allocation::move_value(self.at(), slot.at()) };
        let writer = self.writer;
        // SAFETY: it has been moved out of.
        unsafe { allocation::free::<T>(writer, self.into_unit()) };
        // SAFETY: the value lies there now.
        Ok(unsafe { slot.assume_filled() })
    }
}

/// A value that nothing else can reach, without a borrow of its region: for [`Image::set_root`](crate::Image::set_root), or as an initialiser of `Box<T>` in that
/// region.
///
/// It can't be read. Dropped, its value is released at the next edit of the region; a file that is saved before doesn't have it.
///
/// ```
/// use offset_std::{Box, Empty, Image, String, Vec};
///
/// let mut image = Image::<Vec<String>>::new(["b", "a"])?;
/// let token = image.alloc::<Vec<String>, _>(["B", "A"]).detach();
/// assert_eq!(*image, ["b", "a"]); // not borrowed by the token
/// image.set_root(token).unwrap();
/// assert_eq!(*image, ["B", "A"]);
///
/// let mut list = Image::<Vec<Box<String>>>::new(Empty)?;
/// let word = list.alloc::<String, _>("linked").detach();
/// list.edit().push(word);
/// assert_eq!(*list[0], "linked");
/// # Ok::<(), offset_std::Error>(())
/// ```
pub struct Token<T: Relocatable> {
    identity: Arc<Identity>,
    base: Base,
    unit: u32,
    brand: PhantomData<T>,
}

impl<T: Relocatable> Token<T> {
    /// A counted reference to the value, if it lies in the region of `identity`; the token again otherwise.
    pub(crate) fn share_in(self, identity: &Arc<Identity>) -> Result<Shared<T>, Token<T>> {
        if !Arc::ptr_eq(&self.identity, identity) {
            return Err(self);
        }
        let at = self.base.at(self.unit);
        let identity = self.into_identity();
        // SAFETY: the token had the value to itself, in this region, which is alive: it is kept, since it has a reader.
        Ok(unsafe { Shared::new(at, identity) })
    }

    /// Gives the value over to whoever has its unit.
    fn into_identity(self) -> Arc<Identity> {
        let token = mem::ManuallyDrop::new(self);
        // SAFETY: the token isn't used or dropped any more.
        unsafe { std::ptr::read(&raw const token.identity) }
    }

    /// The unit of the value, which becomes the caller's, if it lies in the region of `writer`; the token again otherwise.
    pub(crate) fn redeem(self, writer: &Writer) -> Result<u32, Token<T>> {
        if !writer.is_of(&self.identity) {
            return Err(self);
        }
        let unit = self.unit;
        drop(self.into_identity());
        Ok(unit)
    }
}

/// Links the value, if it lies in the region of the slot; otherwise [`OtherRegion`](ErrorKind::OtherRegion), and the value is left for its region to release.
impl<T: Relocatable> Emplace<Box<T>> for Token<T> {
    fn emplace<'s>(self, slot: Slot<'s, Box<T>>) -> Result<Filled<'s, Box<T>>> {
        let unit = self.redeem(slot.writer()).map_err(|_| ErrorKind::OtherRegion)?;
        // SAFETY: H2, H4: the value lies there and is nobody else's.
        Ok(unsafe { Box::fill(slot, unit) })
    }
}

impl<T: Relocatable> Drop for Token<T> {
    fn drop(&mut self) {
        self.identity.leave(Orphan { unit: self.unit, release: release_boxed::<T> });
    }
}

impl<T: Relocatable> fmt::Debug for Token<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("unit", &self.unit).finish_non_exhaustive()
    }
}

/// Releases a value in an allocation of its own, and the allocation.
///
/// # Safety
///
/// A valid `T` lies at `unit` in the region of `writer`, and nothing refers to it any more.
pub(crate) unsafe fn release_boxed<T: Relocatable>(unit: u32, writer: &Writer) {
    let at = writer.base().at::<T>(unit);
    // SAFETY: the caller's contract.
    unsafe { release::release(at, writer) };
    // SAFETY: what it owned has been released.
    unsafe { allocation::free::<T>(writer, unit) };
}
