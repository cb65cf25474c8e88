//! Keys in another form.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use offset_core::{Emplace, Filled, Relocatable, Result, Slot};

use super::{StableHash, StableHasher};
use crate::String;

/// A value that can be asked whether it equals a key of type `K`: `&str` and `str` for [`String`](crate::String), `[u64]` for `Vec<u64>`.
///
/// Everything that has `PartialEq<K>` does: keys that were removed elsewhere ([`Popped`](crate::Popped)), or are copied ([`DeepCopy`](crate::DeepCopy)), too. What is equivalent to a key must have its [hash](crate::StableHash).
///
/// ```
/// use offset_std::{Equivalent, HashMap, Image, StableHash, String, prelude::*};
///
/// #[derive(Relocatable, StableHash, PartialEq, Eq)]
/// #[repr(C)]
/// pub struct Place {
///     country: String,
///     code: u32,
/// }
///
/// // The initialiser is a key as well: it is built only where it wasn't there yet.
/// #[derive(StableHash)]
/// struct At<'a>(&'a str, u32);
///
/// impl Equivalent<Place> for At<'_> {
///     fn equivalent(&self, key: &Place) -> bool {
///         key.country == self.0 && key.code == self.1
///     }
/// }
///
/// impl Emplace<Place> for At<'_> {
///     fn emplace<'s>(self, slot: offset_std::Slot<'s, Place>) -> offset_std::Result<offset_std::Filled<'s, Place>> {
///         slot.build(PlaceInit { country: self.0, code: self.1 })
///     }
/// }
///
/// let mut image = Image::<HashMap<Place, u64>>::new(Empty)?;
/// image.edit().insert(At("France", 75), 2_102_650u64);
/// assert_eq!(image.get(&At("France", 75)), Some(&2_102_650));
/// # Ok::<(), offset_std::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be compared with a key of type `{K}`",
    note = "it needs `PartialEq<{K}>`, or `Equivalent<{K}>`, and the key's hash"
)]
pub trait Equivalent<K: ?Sized> {
    /// Whether it is the same key.
    fn equivalent(&self, key: &K) -> bool;
}

impl<Q: PartialEq<K> + ?Sized, K: ?Sized> Equivalent<K> for Q {
    #[inline(always)]
    fn equivalent(&self, key: &K) -> bool {
        *self == *key
    }
}

/// Texts that `PartialEq` doesn't compare with a string, but that build one.
macro_rules! texts {
    ($($text:ty),*) => {$(
        impl Equivalent<String> for $text {
            #[inline]
            fn equivalent(&self, key: &String) -> bool {
                self[..] == **key
            }
        }
    )*};
}
texts!(
    &&str,
    &String,
    &std::string::String,
    std::boxed::Box<str>,
    &std::boxed::Box<str>,
    Rc<str>,
    Arc<str>,
    &Cow<'_, str>
);

/// A key that is looked up as it is, and built from a reference.
pub(crate) struct ByRef<'a, Q>(pub(crate) &'a Q);

impl<Q: StableHash> StableHash for ByRef<'_, Q> {
    #[inline]
    fn stable_hash(&self, hasher: &mut StableHasher) {
        self.0.stable_hash(hasher);
    }
}

impl<Q: Equivalent<K>, K> PartialEq<K> for ByRef<'_, Q> {
    #[inline]
    fn eq(&self, key: &K) -> bool {
        self.0.equivalent(key)
    }
}

impl<'a, K: Relocatable, Q> Emplace<K> for ByRef<'a, Q>
where
    &'a Q: Emplace<K>,
{
    #[inline]
    fn emplace<'s>(self, slot: Slot<'s, K>) -> Result<Filled<'s, K>> {
        self.0.emplace(slot)
    }
}
