//! Types that hold no others: numbers, texts, times, addresses.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::num;
use std::rc::Rc;
use std::sync::Arc;
use std::{net, time};

use offset_core::{Error, Filled, Maybe, Result, Slot};

use super::{Twin, TwinType, Unit};
use crate::{Duration, Ipv4Addr, Ipv6Addr, String, SystemTime};

/// Plain types that live in regions as they are.
macro_rules! themselves {
    ($($type:ty, $optional:ty;)*) => {$(
        impl TwinType for $type {
            type Region = $type;
            type Optional = $optional;
        }

        impl Twin for $type {
            #[inline(always)]
            fn emplace<'s>(std: &$type, slot: Slot<'s, $type>) -> Result<Filled<'s, $type>> {
                Ok(slot.write(*std))
            }

            #[inline(always)]
            fn to_std(twin: &$type) -> Result<$type> {
                Ok(*twin)
            }

            #[inline(always)]
            fn equals(std: &$type, twin: &$type) -> bool {
                std == twin
            }

            fn emplace_slice<'s>(std: &[$type], slot: Slot<'s, crate::Vec<$type>>) -> Result<Filled<'s, crate::Vec<$type>>> {
                slot.build(std)
            }

            fn emplace_array<'s, const N: usize>(std: &[$type; N], slot: Slot<'s, [$type; N]>) -> Result<Filled<'s, [$type; N]>> {
                slot.build(std)
            }

            fn to_vec(twins: &[$type]) -> Result<Vec<$type>> {
                Ok(twins.to_vec())
            }

            fn to_array<const N: usize>(twins: &[$type; N]) -> Result<[$type; N]> {
                Ok(*twins)
            }
        }
    )*};
}

macro_rules! numbers {
    ($($number:ty, $nonzero:ident;)*) => {
        themselves! {$(
            $number, Maybe<$number>;
            num::$nonzero, Option<num::$nonzero>;
        )*}
    };
}
numbers! {
    u8, NonZeroU8;
    u16, NonZeroU16;
    u32, NonZeroU32;
    u64, NonZeroU64;
    u128, NonZeroU128;
    i8, NonZeroI8;
    i16, NonZeroI16;
    i32, NonZeroI32;
    i64, NonZeroI64;
    i128, NonZeroI128;
}
themselves! {
    f32, Maybe<f32>;
    f64, Maybe<f64>;
    bool, Maybe<bool>;
    char, Maybe<char>;
    Duration, Maybe<Duration>;
    SystemTime, Maybe<SystemTime>;
    Ipv4Addr, Maybe<Ipv4Addr>;
    Ipv6Addr, Maybe<Ipv6Addr>;
}

/// What a value of the region can't be turned into.
#[cold]
fn beyond(value: impl std::fmt::Display, std: &str) -> Error {
    Error::custom(format!("{value} is no `{std}` here"))
}

/// Types that live in regions as others, which hold all their values.
macro_rules! converted {
    ($($std:ty as $twin:ty, $optional:ident: $value:ident => $there:expr, $back:expr;)*) => {$(
        impl TwinType for $std {
            type Region = $twin;
            type Optional = $optional<$twin>;
        }

        impl Twin for $std {
            #[inline(always)]
            fn emplace<'s>(std: &$std, slot: Slot<'s, $twin>) -> Result<Filled<'s, $twin>> {
                let $value = *std;
                Ok(slot.write($there))
            }

            #[inline(always)]
            fn to_std(twin: &$twin) -> Result<$std> {
                let $value = *twin;
                $back
            }

            #[inline(always)]
            fn equals(std: &$std, twin: &$twin) -> bool {
                let $value = *std;
                $there == *twin
            }
        }
    )*};
}
converted! {
    usize as u64, Maybe: value => value as u64, usize::try_from(value).map_err(|_| beyond(value, "usize"));
    isize as i64, Maybe: value => value as i64, isize::try_from(value).map_err(|_| beyond(value, "isize"));
    num::NonZeroUsize as num::NonZeroU64, Option: value =>
        num::NonZeroU64::try_from(value).expect("a `usize` has 64 bits"),
        value.try_into().map_err(|_| beyond(value, "NonZeroUsize"));
    num::NonZeroIsize as num::NonZeroI64, Option: value =>
        num::NonZeroI64::try_from(value).expect("an `isize` has 64 bits"),
        value.try_into().map_err(|_| beyond(value, "NonZeroIsize"));
    time::Duration as Duration, Maybe: value => Duration::from(value), Ok(value.into());
    time::SystemTime as SystemTime, Maybe: value => SystemTime::from(value),
        value.try_into().map_err(|error| beyond(error, "SystemTime"));
    net::Ipv4Addr as Ipv4Addr, Maybe: value => Ipv4Addr::from(value), Ok(value.into());
    net::Ipv6Addr as Ipv6Addr, Maybe: value => Ipv6Addr::from(value), Ok(value.into());
}

impl TwinType for () {
    type Region = Unit;
    type Optional = Maybe<Unit>;
}

impl Twin for () {
    fn emplace<'s>((): &(), slot: Slot<'s, Unit>) -> Result<Filled<'s, Unit>> {
        Ok(slot.write(Unit))
    }

    fn to_std(_: &Unit) -> Result<()> {
        Ok(())
    }

    fn equals((): &(), _: &Unit) -> bool {
        true
    }
}

impl<S, W: TwinType<S>> TwinType<PhantomData<S>> for PhantomData<W> {
    type Region = PhantomData<W::Region>;
    type Optional = Maybe<PhantomData<W::Region>>;
}

impl<S, W: Twin<S>> Twin<PhantomData<S>> for PhantomData<W> {
    fn emplace<'s>(_: &PhantomData<S>, slot: Slot<'s, Self::Region>) -> Result<Filled<'s, Self::Region>> {
        slot.build(PhantomData)
    }

    fn to_std(_: &Self::Region) -> Result<PhantomData<S>> {
        Ok(PhantomData)
    }

    fn equals(_: &PhantomData<S>, _: &Self::Region) -> bool {
        true
    }
}

macro_rules! texts {
    ($([$($generics:tt)*] $std:ty: $text:ident => $back:expr;)*) => {$(
        impl<$($generics)*> TwinType for $std {
            type Region = String;
            type Optional = Maybe<String>;
        }

        impl<$($generics)*> Twin for $std {
            #[inline]
            fn emplace<'s>(std: &$std, slot: Slot<'s, String>) -> Result<Filled<'s, String>> {
                slot.build(&std[..])
            }

            fn to_std(twin: &String) -> Result<$std> {
                let $text = twin.as_str();
                Ok($back)
            }

            #[inline]
            fn equals(std: &$std, twin: &String) -> bool {
                std[..] == **twin
            }
        }
    )*};
}
texts! {
    [] std::string::String: text => text.into();
    [] Box<str>: text => text.into();
    [] Rc<str>: text => text.into();
    [] Arc<str>: text => text.into();
    ['a] Cow<'a, str>: text => Cow::Owned(text.into());
}
