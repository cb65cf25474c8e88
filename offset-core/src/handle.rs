//! Typed 32-bit offsets, and the only place where an offset becomes a pointer.
//!
//! A *slot* is [`SLOT_BYTES`] of address space aligned to its own size. An offset counts units of [`UNIT_BYTES`] from the
//! start of the slot, so 32 bits reach all of it, and the start of the slot is found by masking the address of
//! anything inside:
//!
//! ```text
//! address of a value   0x0000_7f38_0001_2340
//! & !(32 GiB - 1)      0x0000_7f38_0000_0000   base of the slot
//! + unit * 8                       0x5_6780    the value that the handle names
//! ```
//!
//! # Invariants
//!
//! - **H1 (in a slot)** A [`Base`] is the first byte of a mapping at the start of a slot, an address aligned to [`SLOT_BYTES`], whose
//!   provenance has been exposed once, and which outlives every use of the `Base`.
//! - **H2 (bound)** A `Handle<T>` stored in a live value names a whole, valid `T` (or, for a sequence, the first of as
//!   many as its owner's length says) in the slot of the value that it is stored in.
//! - **H3 (no stray owner)** A live handle lies in its slot: safe code can't move it out, because it never owns one and never
//!   holds `&mut` to a value that has one.
//! - **H4 (aligned)** The unit of a `Handle<T>` is a multiple of `align_of::<T>() / 8` where that is more than one.

use core::num::NonZeroU32;
use core::ptr::{self, NonNull};

pub use def::Handle;

/// Bytes in a unit, the grain in which offsets count.
pub const UNIT_BYTES: usize = 8;

/// Bytes in a slot: what a 32-bit offset in units reaches, 32 GiB. (Under Miri 16 MiB, so that it can hold one.)
pub const SLOT_BYTES: usize = if cfg!(miri) { 1 << 24 } else { (1 << 32) * UNIT_BYTES };

/// The largest alignment of a value in a region, in bytes: a cache line.
pub const MAX_ALIGN: usize = 64;

/// Where zero-sized values lie: inside the slot's header, aligned for every type, and owned by nobody.
pub(crate) const ZERO_SIZED: NonZeroU32 = NonZeroU32::new((MAX_ALIGN / UNIT_BYTES) as u32).unwrap();

mod def {
    use core::fmt;
    use core::marker::PhantomData;
    use core::num::NonZeroU32;

    /// A typed offset: where a `T` lies in its slot, counted in 8-byte units.
    ///
    /// It takes 4 bytes, and so does `Option<Handle<T>>`. It is opaque: no safe way resolves it, because only the
    /// container that stores it knows that what it names is still there.
    #[repr(transparent)]
    pub struct Handle<T>(NonZeroU32, PhantomData<T>);

    impl<T> Handle<T> {
        /// Makes a handle to the `T` at `unit`, or none for zero.
        ///
        /// # Safety
        ///
        /// H2 and H4 must hold for as long as the handle is stored in a value that is read.
        #[inline(always)]
        pub(crate) const unsafe fn from_unit(unit: u32) -> Option<Self> {
            match NonZeroU32::new(unit) {
                Some(unit) => Some(Handle(unit, PhantomData)),
                None => None,
            }
        }

        /// The offset, in units of 8 bytes from the start of the slot.
        #[inline]
        pub const fn unit(self) -> NonZeroU32 {
            self.0
        }
    }

    impl<T> Clone for Handle<T> {
        fn clone(&self) -> Self {
            *self
        }
    }
    impl<T> Copy for Handle<T> {}
    impl<T> PartialEq for Handle<T> {
        fn eq(&self, other: &Self) -> bool {
            self.0 == other.0
        }
    }
    impl<T> Eq for Handle<T> {}
    impl<T> fmt::Debug for Handle<T> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "Handle({:#x})", u64::from(self.0.get()) * super::UNIT_BYTES as u64)
        }
    }
}

const _: () = assert!(size_of::<Handle<u64>>() == 4 && size_of::<Option<Handle<u64>>>() == 4);

/// The first byte of a slot: what offsets are relative to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Base(NonNull<u8>);

impl Base {
    /// Takes the start of a fresh slot, and exposes its provenance so that [`Base::containing`] may rebuild it.
    ///
    /// # Safety
    ///
    /// H1 must hold for `start`.
    pub(crate) unsafe fn new(start: NonNull<u8>) -> Base {
        debug_assert_eq!(start.as_ptr().addr() % SLOT_BYTES, 0);
        start.as_ptr().expose_provenance();
        Base(start)
    }

    /// The base of the slot that `value` lies in, by masking its address.
    ///
    /// # Safety
    ///
    /// `value` must lie in a slot (H1): it is, or is part of, a value that stores a live handle (H3).
    #[inline(always)]
    pub unsafe fn containing<T>(value: *const T) -> Base {
        let start = ptr::with_exposed_provenance_mut::<u8>(value.addr() & !(SLOT_BYTES - 1));
        // SAFETY: a slot never starts at address zero (H1), so the masked address isn't null.
        Base(unsafe { NonNull::new_unchecked(start) })
    }

    /// The address of `unit`, which is inside the slot whatever the unit. Whether a `T` is there is for the caller to know.
    #[inline(always)]
    pub fn at<T>(self, unit: u32) -> NonNull<T> {
        let at = self.0.as_ptr().wrapping_byte_add(unit as usize * UNIT_BYTES);
        // SAFETY: H1: the slot has 2^32 units, so that is an address in it, which isn't null.
        unsafe { NonNull::new_unchecked(at) }.cast()
    }

    /// How many bytes `at` lies after the start of the slot. `at` must lie in this slot.
    #[inline(always)]
    pub(crate) fn byte_of<T>(self, at: NonNull<T>) -> u64 {
        (at.as_ptr().addr() - self.0.as_ptr().addr()) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_sized_place_is_aligned_for_every_type() {
        assert_eq!(ZERO_SIZED.get() as usize * UNIT_BYTES % MAX_ALIGN, 0);
    }

    #[test]
    fn a_handle_prints_its_byte_offset() {
        // SAFETY: the handle is never resolved.
        let handle = unsafe { Handle::<u64>::from_unit(8) };
        assert_eq!(format!("{handle:?}"), "Some(Handle(0x40))");
    }
}
