//! Keys: what may be asked for instead of one, and which ones this crate knows a faster search for.

use std::borrow::Cow;
use std::cmp::Ordering;

use offset_core::{Box, DeepCopy, Popped, Relocatable, Vec};

use crate::String;
use crate::kind::cast;

/// Something that can be looked up among keys of type `K`, because it is ordered with them.
///
/// Every key is one for its own type, and so are `&K`, [`DeepCopy`] and [`Popped`] of one; `str`, `&str` and std's strings for [`String`]; slices and arrays for [`Vec`];
/// `T` for [`Box<T>`](Box). What is inserted must be an [initialiser](crate::Emplace) of the key too: it is compared first, and built only if it isn't there.
///
/// Implement it for the initialisers of your own keys, in line with the keys' `Ord`:
///
/// ```
/// use std::cmp::Ordering;
/// use offset_std::{BTreeMap, Comparable, Image, String, prelude::*};
///
/// #[derive(Relocatable, PartialEq, Eq, PartialOrd, Ord)]
/// #[repr(C)]
/// pub struct Name {
///     pub last: String,
///     pub first: String,
/// }
///
/// impl Comparable<Name> for NameInit<&str, &str> {
///     fn compare(&self, key: &Name) -> Ordering {
///         (self.last, self.first).cmp(&(&key.last, &key.first))
///     }
/// }
///
/// let mut born = Image::<BTreeMap<Name, u16>>::new(Empty)?;
/// born.edit().insert(NameInit { last: "Lovelace", first: "Ada" }, 1815u16);
/// assert_eq!(born.get(&NameInit { last: "Lovelace", first: "Ada" }), Some(&1815));
/// # Ok::<(), offset_std::Error>(())
/// ```
///
/// An order that contradicts itself makes entries hard to find, and nothing worse.
#[diagnostic::on_unimplemented(
    message = "`{Self}` isn't ordered with keys of type `{K}`",
    note = "pass a `&{K}`, or implement `Comparable<{K}>` for `{Self}`"
)]
pub trait Comparable<K: ?Sized> {
    /// How this compares to a key.
    fn compare(&self, key: &K) -> Ordering;

    /// This as a key, if it is one.
    #[doc(hidden)]
    #[inline(always)]
    fn as_key(&self) -> Option<&K> {
        None
    }

    /// This as text, if it is ordered as that.
    #[doc(hidden)]
    #[inline(always)]
    fn as_text(&self) -> Option<&str> {
        None
    }
}

impl<K: Ord + ?Sized> Comparable<K> for K {
    #[inline(always)]
    fn compare(&self, key: &K) -> Ordering {
        self.cmp(key)
    }

    #[inline(always)]
    fn as_key(&self) -> Option<&K> {
        Some(self)
    }
}

impl<K: Ord + ?Sized> Comparable<K> for &K {
    #[inline(always)]
    fn compare(&self, key: &K) -> Ordering {
        (**self).cmp(key)
    }

    #[inline(always)]
    fn as_key(&self) -> Option<&K> {
        Some(self)
    }
}

impl<K: Ord> Comparable<K> for DeepCopy<'_, K> {
    fn compare(&self, key: &K) -> Ordering {
        self.0.cmp(key)
    }

    fn as_key(&self) -> Option<&K> {
        Some(self.0)
    }
}

impl<K: Ord + Relocatable> Comparable<K> for Popped<'_, K> {
    fn compare(&self, key: &K) -> Ordering {
        (**self).cmp(key)
    }

    fn as_key(&self) -> Option<&K> {
        Some(self)
    }
}

macro_rules! text {
    ($($type:ty),*) => {$(
        impl Comparable<String> for $type {
            #[inline(always)]
            fn compare(&self, key: &String) -> Ordering {
                str::cmp(self, key)
            }

            #[inline(always)]
            fn as_text(&self) -> Option<&str> {
                Some(self)
            }
        }
    )*};
}
text!(
    str,
    &str,
    &&str,
    std::string::String,
    &std::string::String,
    std::boxed::Box<str>,
    &std::boxed::Box<str>,
    Cow<'_, str>,
    &Cow<'_, str>
);

impl<T: Ord> Comparable<Box<T>> for T {
    fn compare(&self, key: &Box<T>) -> Ordering {
        self.cmp(key)
    }
}

macro_rules! slices {
    ($([$($generics:tt)*] $type:ty,)*) => {$(
        impl<T: Ord, $($generics)*> Comparable<Vec<T>> for $type {
            fn compare(&self, key: &Vec<T>) -> Ordering {
                self[..].cmp(key)
            }
        }
    )*};
}
slices! {
    [] [T],
    [] &[T],
    [const N: usize] [T; N],
    [const N: usize] &[T; N],
    [] std::vec::Vec<T>,
    [] &std::vec::Vec<T>,
}

/// The leading bytes of a key that is text, as a number that compares like them.
#[inline(always)]
pub(super) fn prefix_of<K>(key: &K) -> u64 {
    prefix(cast::<K, String>(key).as_str())
}

/// The first eight bytes of a text as a number that compares like them; shorter ones are filled up with zeros.
///
/// Lengths can't be predicted, so all from four bytes on are read the same way: the first four, and the last four of the first eight.
#[inline(always)]
pub(super) fn prefix(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let len = bytes.len().min(8);
    if let Some(first) = bytes.first_chunk::<4>()
        && let Some(second) = bytes[len - 4..].first_chunk::<4>()
    {
        let (first, second) = (u32::from_be_bytes(*first), u32::from_be_bytes(*second));
        // What both have is shifted out of the second.
        let second = (u64::from(second) << (8 * (8 - len))) as u32;
        return u64::from(first) << 32 | u64::from(second);
    }
    // The first, the middle and the last of up to three bytes are all of them.
    let byte = |index: usize| bytes.get(index).map_or(0, |byte| u64::from(*byte) << (8 * (7 - index)));
    byte(0) | byte(len / 2) | byte(len.saturating_sub(1))
}

/// How two texts with the same [`prefix`] compare.
#[inline(always)]
pub(super) fn compare_same_prefix(one: &str, other: &str) -> Ordering {
    if one.len() <= 8 || other.len() <= 8 {
        // What one is longer by is zero bytes in the prefix, or lies behind it: the other is its beginning either way.
        return one.len().cmp(&other.len());
    }
    one.as_bytes()[8..].cmp(&other.as_bytes()[8..])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_prefix_is_the_first_eight_bytes(text in "(\\PC|[a-c]|\\x00){0,12}") {
            let mut first = [0; 8];
            let len = text.len().min(8);
            first[..len].copy_from_slice(&text.as_bytes()[..len]);
            prop_assert_eq!(prefix(&text), u64::from_be_bytes(first));
        }
    }
}
