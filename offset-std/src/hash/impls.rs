//! The hashes of the types that are here and in std.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::num;
use std::rc::Rc;
use std::slice;
use std::sync::Arc;
use std::{net, time};

use super::{StableHash, StableHasher};
use crate::{Box, Duration, Ipv4Addr, Ipv6Addr, Maybe, String, SystemTime, Vec};

macro_rules! numbers {
    ($($number:ty as $bits:ty, $nonzero:ident;)*) => {$(
        impl StableHash for $number {
            #[inline(always)]
            fn stable_hash(&self, hasher: &mut StableHasher) {
                hasher.write_u64(u64::from(*self as $bits));
            }

            #[inline]
            fn stable_hash_slice(values: &[Self], hasher: &mut StableHasher) {
                hasher.write_bytes(bytes_of(values));
            }
        }

        impl StableHash for num::$nonzero {
            #[inline(always)]
            fn stable_hash(&self, hasher: &mut StableHasher) {
                self.get().stable_hash(hasher);
            }
        }
    )*};
}
numbers! {
    u8 as u8, NonZeroU8;
    u16 as u16, NonZeroU16;
    u32 as u32, NonZeroU32;
    u64 as u64, NonZeroU64;
    i8 as u8, NonZeroI8;
    i16 as u16, NonZeroI16;
    i32 as u32, NonZeroI32;
    i64 as u64, NonZeroI64;
}

macro_rules! large_numbers {
    ($($number:ty, $nonzero:ident;)*) => {$(
        impl StableHash for $number {
            #[inline]
            fn stable_hash(&self, hasher: &mut StableHasher) {
                hasher.write_u64(*self as u64);
                hasher.write_u64((*self >> 64) as u64);
            }

            #[inline]
            fn stable_hash_slice(values: &[Self], hasher: &mut StableHasher) {
                hasher.write_bytes(bytes_of(values));
            }
        }

        impl StableHash for num::$nonzero {
            #[inline]
            fn stable_hash(&self, hasher: &mut StableHasher) {
                self.get().stable_hash(hasher);
            }
        }
    )*};
}
large_numbers! {
    u128, NonZeroU128;
    i128, NonZeroI128;
}

/// Numbers that are hashed as those of 64 bits, which they are wherever this crate compiles.
macro_rules! sizes {
    ($($size:ty as $number:ty, $nonzero:ident;)*) => {$(
        const _: () = assert!(size_of::<$size>() == size_of::<$number>());

        impl StableHash for $size {
            #[inline(always)]
            fn stable_hash(&self, hasher: &mut StableHasher) {
                (*self as $number).stable_hash(hasher);
            }

            #[inline]
            fn stable_hash_slice(values: &[Self], hasher: &mut StableHasher) {
                hasher.write_bytes(bytes_of(values));
            }
        }

        impl StableHash for num::$nonzero {
            #[inline(always)]
            fn stable_hash(&self, hasher: &mut StableHasher) {
                self.get().stable_hash(hasher);
            }
        }
    )*};
}
sizes! {
    usize as u64, NonZeroUsize;
    isize as i64, NonZeroIsize;
}

/// Std's types that are hashed as this crate's.
macro_rules! as_ours {
    ($($std:ty as $ours:ty;)*) => {$(
        impl StableHash for $std {
            #[inline]
            fn stable_hash(&self, hasher: &mut StableHasher) {
                <$ours>::from(*self).stable_hash(hasher);
            }
        }
    )*};
}
as_ours! {
    time::Duration as Duration;
    time::SystemTime as SystemTime;
    net::Ipv4Addr as Ipv4Addr;
    net::Ipv6Addr as Ipv6Addr;
}

/// A primitive integer.
trait Integer: Copy {}

macro_rules! integers {
    ($($type:ty),*) => {$(impl Integer for $type {})*};
}
integers!(u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize);

/// The bytes of integers: little-endian, since only such platforms are supported.
#[inline(always)]
fn bytes_of<T: Integer>(values: &[T]) -> &[u8] {
    const { assert!(cfg!(target_endian = "little")) };
    // SAFETY: a primitive integer has no padding, and any of its bytes may be read.
    unsafe { slice::from_raw_parts(values.as_ptr().cast::<u8>(), size_of_val(values)) }
}

impl StableHash for bool {
    #[inline]
    fn stable_hash(&self, hasher: &mut StableHasher) {
        hasher.write_u64(u64::from(*self));
    }
}

impl StableHash for char {
    #[inline]
    fn stable_hash(&self, hasher: &mut StableHasher) {
        hasher.write_u64(u64::from(*self));
    }
}

impl StableHash for str {
    #[inline(always)]
    fn stable_hash(&self, hasher: &mut StableHasher) {
        hasher.write_bytes(self.as_bytes());
    }
}

impl<T: StableHash> StableHash for [T] {
    #[inline]
    fn stable_hash(&self, hasher: &mut StableHasher) {
        T::stable_hash_slice(self, hasher);
    }
}

/// What hashes as something else that it gives.
macro_rules! as_another {
    ($([$($generics:tt)*] $type:ty as $other:ty;)*) => {$(
        impl<$($generics)*> StableHash for $type {
            #[inline(always)]
            fn stable_hash(&self, hasher: &mut StableHasher) {
                let other: &$other = self;
                other.stable_hash(hasher);
            }
        }
    )*};
}
as_another! {
    [] String as str;
    [] std::string::String as str;
    [T: StableHash] Vec<T> as [T];
    [T: StableHash] std::vec::Vec<T> as [T];
    [T: StableHash, const N: usize] [T; N] as [T];
    [T: StableHash] Box<T> as T;
    [T: StableHash + ?Sized] std::boxed::Box<T> as T;
    [T: StableHash + ?Sized] Rc<T> as T;
    [T: StableHash + ?Sized] Arc<T> as T;
    [T: StableHash + ToOwned + ?Sized] Cow<'_, T> as T;
    [T: StableHash + ?Sized] &T as T;
    [T: StableHash + ?Sized] &mut T as T;
}

impl<T: StableHash> StableHash for Option<T> {
    #[inline]
    fn stable_hash(&self, hasher: &mut StableHasher) {
        hasher.write_u64(u64::from(self.is_some()));
        if let Some(value) = self {
            value.stable_hash(hasher);
        }
    }
}

impl<T: StableHash> StableHash for Maybe<T> {
    #[inline]
    fn stable_hash(&self, hasher: &mut StableHasher) {
        self.as_option().stable_hash(hasher);
    }
}

impl StableHash for () {
    fn stable_hash(&self, _: &mut StableHasher) {}
}

impl<T: ?Sized> StableHash for PhantomData<T> {
    fn stable_hash(&self, _: &mut StableHasher) {}
}

macro_rules! tuples {
    ($($($name:ident)+;)*) => {$(
        impl<$($name: StableHash),+> StableHash for ($($name,)+) {
            #[inline]
            fn stable_hash(&self, hasher: &mut StableHasher) {
                #[allow(non_snake_case, reason = "the names of the types serve for the fields")]
                let ($($name,)+) = self;
                $($name.stable_hash(hasher);)+
            }
        }
    )*};
}
tuples! {
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
}
