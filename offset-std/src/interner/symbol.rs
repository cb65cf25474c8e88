//! `Symbol`: the number of a text.

use std::fmt;
use std::num::NonZeroU32;
use std::ptr::NonNull;

#[cfg(feature = "serde")]
use offset_core::DeserializeIn;
use offset_core::raw::{Description, Facts, Kind, Niche, Scalar, Visitor, Writer, type_id};
use offset_core::{Emplace, Filled, Plain, Portable, Relocatable, Slot};
#[cfg(feature = "serde")]
use serde::de::{Deserialize, Deserializer, Error as _, Unexpected};

use crate::hash::{StableHash, StableHasher};
use crate::niche::nonzero;

/// Names a text of an [`Interner`](super::Interner). 4 bytes of plain data, a field of any type; `Option<Symbol>` takes as many.
///
/// Symbols of one interner are equal if their texts are, and compare by the order in which texts were interned. A symbol of *another* interner, or one that a file made up, is a number: it
/// names some text or none.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Symbol(NonZeroU32);

const _: () = assert!(size_of::<Option<Symbol>>() == 4);

impl Symbol {
    /// The symbol of the text that was interned as number `n`, from 0.
    ///
    /// # Panics
    ///
    /// If `n` is `u32::MAX`.
    #[inline]
    #[track_caller]
    pub const fn nth(n: u32) -> Symbol {
        match n.checked_add(1) {
            // One more is never zero.
            Some(number) => Symbol(NonZeroU32::MIN.saturating_add(number - 1)),
            None => panic!("no text has the number 4,294,967,295"),
        }
    }

    /// How many texts were interned before.
    #[inline(always)]
    pub const fn index(self) -> u32 {
        self.0.get() - 1
    }
}

impl StableHash for Symbol {
    #[inline]
    fn stable_hash(&self, hasher: &mut StableHasher) {
        hasher.write_u64(u64::from(self.0.get()));
    }
}

impl fmt::Debug for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Symbol({})", self.index())
    }
}

/// As its [`index`](Symbol::index).
#[cfg(feature = "serde")]
impl serde::Serialize for Symbol {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(self.index())
    }
}

/// As what [`Symbol::nth`] gives for a number.
#[cfg(feature = "serde")]
impl DeserializeIn for Symbol {
    fn deserialize_in<'s, 'de, D: Deserializer<'de>>(
        slot: Slot<'s, Self>,
        deserializer: D,
    ) -> Result<Filled<'s, Self>, D::Error> {
        match u32::deserialize(deserializer)? {
            u32::MAX => Err(D::Error::invalid_value(Unexpected::Unsigned(u32::MAX.into()), &"a symbol")),
            index => Ok(slot.write(Symbol::nth(index))),
        }
    }
}

nonzero!([] Symbol as u32, "Symbol", "Option<Symbol>", "a symbol", Kind::Scalar(Scalar::U32));
