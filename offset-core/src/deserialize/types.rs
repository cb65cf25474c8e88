//! The types of this crate.

use std::fmt;
use std::marker::PhantomData;
use std::num;

use serde::de::{Deserialize, Deserializer, Error as _, SeqAccess, Visitor};

use super::{DefaultIn, DeserializeIn};
use crate::allocation::{Allocation, units_of};
use crate::boxed::{Box, Boxed};
use crate::emplace::{Emplace, Empty, Filled, Slot};
use crate::error::{Error, Result};
use crate::niche::Niche;
use crate::option::Maybe;
use crate::plain::Built;
use crate::relocatable::Relocatable;

/// Plain types, which serde itself reads.
macro_rules! plain {
    ($($type:ty),*) => {$(
        impl DeserializeIn for $type {
            #[inline]
            fn deserialize_in<'s, 'de, D: Deserializer<'de>>(
                slot: Slot<'s, Self>,
                deserializer: D,
            ) -> Result<Filled<'s, Self>, D::Error> {
                <$type>::deserialize(deserializer).map(|value| slot.write(value))
            }
        }
    )*};
}
plain!(u8, u16, u32, u64, u128, i8, i16, i32, i64, i128, f32, f64, bool, char);

macro_rules! nonzero {
    ($($type:ident),*) => {
        plain!($(num::$type, Option<num::$type>),*);
    };
}
nonzero!(NonZeroU8, NonZeroU16, NonZeroU32, NonZeroU64, NonZeroU128);
nonzero!(NonZeroI8, NonZeroI16, NonZeroI32, NonZeroI64, NonZeroI128);

impl<T: Relocatable> DeserializeIn for PhantomData<T> {
    fn deserialize_in<'s, 'de, D: Deserializer<'de>>(
        slot: Slot<'s, Self>,
        deserializer: D,
    ) -> Result<Filled<'s, Self>, D::Error> {
        let value = PhantomData::<T>::deserialize(deserializer)?;
        slot.build(value).map_err(Error::into_serde)
    }
}

impl<T: DeserializeIn> DeserializeIn for Box<T> {
    fn deserialize_in<'s, 'de, D: Deserializer<'de>>(
        slot: Slot<'s, Self>,
        deserializer: D,
    ) -> Result<Filled<'s, Self>, D::Error> {
        let memory = Allocation::of::<T>(slot.writer(), units_of::<T>()).map_err(Error::into_serde)?;
        // SAFETY: zeroed, aligned, and nobody else's; freed, and so zeroed, if it isn't filled.
        let inner = unsafe { Slot::new(memory.at::<T>(), slot.writer()) };
        T::deserialize_in(inner, deserializer)?.keep();
        // SAFETY: just built there.
        Ok(unsafe { Box::fill(slot, memory.keep()) })
    }
}

impl<T: DefaultIn> DefaultIn for Box<T> {
    fn default_in<'s>(slot: Slot<'s, Self>) -> Result<Filled<'s, Self>> {
        struct Default;

        impl<T: DefaultIn> Emplace<T> for Default {
            fn emplace<'s>(self, slot: Slot<'s, T>) -> Result<Filled<'s, T>> {
                T::default_in(slot)
            }
        }
        slot.build(Boxed(Default))
    }
}

/// A value that may be absent.
trait Optional: Relocatable {
    /// What is there if it isn't absent.
    type Value: DeserializeIn;

    /// `None`.
    fn none<'s>(slot: Slot<'s, Self>) -> Result<Filled<'s, Self>>;

    /// `Some` of what `deserializer` gives.
    fn some<'s, 'de, D: Deserializer<'de>>(slot: Slot<'s, Self>, deserializer: D)
    -> Result<Filled<'s, Self>, D::Error>;
}

/// Builds an optional value.
struct OptionVisitor<'s, T>(Slot<'s, T>);

impl<'de, 's, T: Optional> Visitor<'de> for OptionVisitor<'s, T> {
    type Value = Filled<'s, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("option")
    }

    #[inline]
    fn visit_unit<E: serde::de::Error>(self) -> Result<Self::Value, E> {
        T::none(self.0).map_err(Error::into_serde)
    }

    #[inline]
    fn visit_none<E: serde::de::Error>(self) -> Result<Self::Value, E> {
        T::none(self.0).map_err(Error::into_serde)
    }

    #[inline]
    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        T::some(self.0, deserializer)
    }
}

impl<T: DeserializeIn> Optional for Maybe<T> {
    type Value = T;

    fn none<'s>(slot: Slot<'s, Self>) -> Result<Filled<'s, Self>> {
        slot.build(Empty)
    }

    #[inline]
    fn some<'s, 'de, D: Deserializer<'de>>(
        slot: Slot<'s, Self>,
        deserializer: D,
    ) -> Result<Filled<'s, Self>, D::Error> {
        // SAFETY: the value of the variant belongs there.
        let value = unsafe { slot.part::<T>(Maybe::<T>::OFFSET) };
        T::deserialize_in(value, deserializer)?.keep();
        // SAFETY: the value is there.
        Ok(unsafe { Maybe::fill(slot) })
    }
}

impl<T: DeserializeIn> Optional for Option<Box<T>> {
    type Value = Box<T>;

    fn none<'s>(slot: Slot<'s, Self>) -> Result<Filled<'s, Self>> {
        slot.build(Empty)
    }

    #[inline]
    fn some<'s, 'de, D: Deserializer<'de>>(
        slot: Slot<'s, Self>,
        deserializer: D,
    ) -> Result<Filled<'s, Self>, D::Error> {
        // SAFETY: the box belongs there: `Some(box)` is laid out as the box.
        let value = unsafe { slot.part::<Box<T>>(0) };
        Box::deserialize_in(value, deserializer)?.keep();
        // SAFETY: a handle is there.
        Ok(unsafe { slot.assume_filled() })
    }
}

impl<T: Niche + DeserializeIn> Optional for Option<T> {
    type Value = T;

    fn none<'s>(slot: Slot<'s, Self>) -> Result<Filled<'s, Self>> {
        Ok(slot.write(None))
    }

    #[inline]
    fn some<'s, 'de, D: Deserializer<'de>>(
        slot: Slot<'s, Self>,
        deserializer: D,
    ) -> Result<Filled<'s, Self>, D::Error> {
        // SAFETY: the value belongs there: `Some(value)` is laid out as the value, by the contract of `Niche`.
        let value = unsafe { slot.part::<T>(0) };
        T::deserialize_in(value, deserializer)?.keep();
        // SAFETY: a value is there.
        Ok(unsafe { slot.assume_filled() })
    }
}

macro_rules! optional {
    ($([$($bounds:tt)*] $type:ty;)*) => {$(
        impl<T: $($bounds)*> DeserializeIn for $type {
            #[inline]
            fn deserialize_in<'s, 'de, D: Deserializer<'de>>(
                slot: Slot<'s, Self>,
                deserializer: D,
            ) -> Result<Filled<'s, Self>, D::Error> {
                deserializer.deserialize_option(OptionVisitor(slot))
            }
        }
    )*};
}
optional! {
    [DeserializeIn] Maybe<T>;
    [DeserializeIn] Option<Box<T>>;
    [Niche + DeserializeIn] Option<T>;
}

impl<T: DeserializeIn, const N: usize> DeserializeIn for [T; N] {
    #[inline]
    fn deserialize_in<'s, 'de, D: Deserializer<'de>>(
        slot: Slot<'s, Self>,
        deserializer: D,
    ) -> Result<Filled<'s, Self>, D::Error> {
        deserializer.deserialize_tuple(N, ArrayVisitor(slot))
    }
}

/// Builds an array.
struct ArrayVisitor<'s, T, const N: usize>(Slot<'s, [T; N]>);

impl<'de, 's, T: DeserializeIn, const N: usize> Visitor<'de> for ArrayVisitor<'s, T, N> {
    type Value = Filled<'s, [T; N]>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match N {
            0 => f.write_str("an empty array"),
            _ => write!(f, "an array of length {N}"),
        }
    }

    #[inline]
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut built = Built::<T>::none(self.0.at().cast(), self.0.writer());
        for index in 0..N {
            // SAFETY: element `index` belongs there, once.
            let element = unsafe { self.0.part::<T>(index * size_of::<T>()) };
            let Some(filled) = seq.next_element_seed(element)? else {
                return Err(A::Error::invalid_length(index, &self));
            };
            filled.keep();
            built.count += 1;
        }
        std::mem::forget(built);
        // SAFETY: all elements are there.
        Ok(unsafe { self.0.assume_filled() })
    }
}
