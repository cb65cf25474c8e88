//! What an `Option` becomes.

use std::num;

use offset_core::{Box, Emplace, Filled, Maybe, Relocatable, Result, Slot};

/// What lies in a region for an `Option` of a type of which a `T` lies there: [`Maybe<T>`], or `Option<T>` for a [`Box`] or a `NonZero…`.
pub trait Optional<T: Relocatable>: Relocatable {
    /// Builds it, from an initialiser of the value if there is one.
    ///
    /// # Errors
    ///
    /// Those of building the value.
    fn emplace<'s, I: Emplace<T>>(init: Option<I>, slot: Slot<'s, Self>) -> Result<Filled<'s, Self>>;

    /// The value, if there is one.
    fn as_option(&self) -> Option<&T>;
}

impl<T: Relocatable> Optional<T> for Maybe<T> {
    #[inline]
    fn emplace<'s, I: Emplace<T>>(init: Option<I>, slot: Slot<'s, Self>) -> Result<Filled<'s, Self>> {
        slot.build(init)
    }

    #[inline]
    fn as_option(&self) -> Option<&T> {
        self.as_option()
    }
}

impl<T: Relocatable> Optional<Box<T>> for Option<Box<T>> {
    #[inline]
    fn emplace<'s, I: Emplace<Box<T>>>(init: Option<I>, slot: Slot<'s, Self>) -> Result<Filled<'s, Self>> {
        slot.build(init)
    }

    #[inline]
    fn as_option(&self) -> Option<&Box<T>> {
        self.as_ref()
    }
}

macro_rules! non_zero {
    ($($type:ident)*) => {$(
        impl Optional<num::$type> for Option<num::$type> {
            #[inline]
            fn emplace<'s, I: Emplace<num::$type>>(init: Option<I>, slot: Slot<'s, Self>) -> Result<Filled<'s, Self>> {
                let Some(init) = init else { return slot.build(None::<num::$type>) };
                // SAFETY: std documents that `Some(number)` is laid out as the number, which is built once.
                unsafe { slot.field::<num::$type, I>(0, init) }?.keep();
                // SAFETY: a number is there.
                Ok(unsafe { slot.assume_filled() })
            }

            #[inline]
            fn as_option(&self) -> Option<&num::$type> {
                self.as_ref()
            }
        }
    )*};
}
non_zero! {
    NonZeroU8 NonZeroU16 NonZeroU32 NonZeroU64 NonZeroU128
    NonZeroI8 NonZeroI16 NonZeroI32 NonZeroI64 NonZeroI128
}
