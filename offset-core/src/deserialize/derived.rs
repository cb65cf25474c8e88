//! What the derive's output refers to. Not for use by hand: nothing here is stable.
//!
//! A struct, and each variant of an enum, is a *product*: fields in their places, in whatever order they come. The derive writes how one is built from a map and from a sequence; the
//! visitors here are the same for all. `P` is the number of the variant, or 0.
//!
//! While a product is built, each of its fields is tracked by the proof that it is filled: dropping that, on an error or a panic, releases the field.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, EnumAccess, MapAccess, SeqAccess, Visitor};

use super::{DefaultIn, DeserializeIn};
use crate::emplace::{Emplace, Filled, Slot};
use crate::error::{Error, Result};

pub use serde::Deserializer;
pub use serde::de::{EnumAccess as Enum, MapAccess as Map, SeqAccess as Seq, VariantAccess};

/// Fields that come one after the other.
pub trait Product<const P: usize>: DeserializeIn {
    /// What a format is told is expected.
    const EXPECTING: &'static str;
    /// The names of the fields, and the other names that they have.
    const NAMES: &'static [&'static str];

    /// Builds the fields from a sequence.
    fn from_seq<'s, 'de, A: SeqAccess<'de>>(slot: Slot<'s, Self>, seq: A) -> Result<Filled<'s, Self>, A::Error>;
}

/// Fields that have names.
pub trait Named<const P: usize>: Product<P> {
    /// How many fields there are.
    const COUNT: u64;
    /// Whether other names are errors.
    const STRICT: bool;

    /// The number of the field with this name.
    fn find(name: &str) -> Option<u32>;

    /// Builds the fields from a map.
    fn from_map<'s, 'de, A: MapAccess<'de>>(slot: Slot<'s, Self>, map: A) -> Result<Filled<'s, Self>, A::Error>;
}

/// A single field without a name.
pub trait Newtype<const P: usize>: Product<P> {
    /// Builds the field.
    fn from_inner<'s, 'de, D: Deserializer<'de>>(slot: Slot<'s, Self>, inner: D) -> Result<Filled<'s, Self>, D::Error>;
}

/// One of several products.
pub trait Sum: DeserializeIn {
    /// What a format is told is expected.
    const EXPECTING: &'static str;
    /// The names of the variants, and the other names that they have.
    const NAMES: &'static [&'static str];
    /// How many variants there are.
    const COUNT: u64;

    /// The number of the variant with this name.
    fn find(name: &str) -> Option<u32>;

    /// The number of a variant, if it has one that a format may name.
    fn number(number: u64) -> Option<u32>;

    /// Builds one of the variants.
    fn from_enum<'s, 'de, A: EnumAccess<'de>>(slot: Slot<'s, Self>, data: A) -> Result<Filled<'s, Self>, A::Error>;
}

/// Builds a product whose fields have names.
#[derive(Debug)]
pub struct NamedVisitor<'s, T, const P: usize>(pub Slot<'s, T>);

impl<'de, 's, T: Named<P>, const P: usize> Visitor<'de> for NamedVisitor<'s, T, P> {
    type Value = Filled<'s, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTING)
    }

    #[inline]
    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        T::from_seq(self.0, seq)
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::from_map(self.0, map)
    }
}

/// Builds a product whose fields have none.
#[derive(Debug)]
pub struct TupleVisitor<'s, T, const P: usize>(pub Slot<'s, T>);

impl<'de, 's, T: Product<P>, const P: usize> Visitor<'de> for TupleVisitor<'s, T, P> {
    type Value = Filled<'s, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTING)
    }

    #[inline]
    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        T::from_seq(self.0, seq)
    }
}

/// Builds a struct with a single field that has no name.
#[derive(Debug)]
pub struct NewtypeVisitor<'s, T, const P: usize>(pub Slot<'s, T>);

impl<'de, 's, T: Newtype<P>, const P: usize> Visitor<'de> for NewtypeVisitor<'s, T, P> {
    type Value = Filled<'s, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTING)
    }

    #[inline]
    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Self::Value, D::Error> {
        T::from_inner(self.0, inner)
    }

    #[inline]
    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        T::from_seq(self.0, seq)
    }
}

/// Builds a struct without fields.
#[derive(Debug)]
pub struct UnitVisitor<'s, T, const P: usize>(pub Slot<'s, T>);

/// A sequence that has ended.
struct Nothing<E>(PhantomData<E>);

impl<'de, E: de::Error> SeqAccess<'de> for Nothing<E> {
    type Error = E;

    fn next_element_seed<S: de::DeserializeSeed<'de>>(&mut self, _: S) -> Result<Option<S::Value>, E> {
        Ok(None)
    }
}

impl<'de, 's, T: Product<P>, const P: usize> Visitor<'de> for UnitVisitor<'s, T, P> {
    type Value = Filled<'s, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTING)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        T::from_seq(self.0, Nothing(PhantomData))
    }
}

/// Builds an enum.
#[derive(Debug)]
pub struct EnumVisitor<'s, T>(pub Slot<'s, T>);

impl<'de, 's, T: Sum> Visitor<'de> for EnumVisitor<'s, T> {
    type Value = Filled<'s, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTING)
    }

    #[inline]
    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<Self::Value, A::Error> {
        T::from_enum(self.0, data)
    }
}

/// Reads which field comes: its number, or none for one to ignore.
#[derive(Debug)]
pub struct FieldSeed<T, const P: usize>(pub PhantomData<fn() -> T>);

impl<T, const P: usize> FieldSeed<T, P> {
    /// It holds nothing.
    pub const NEW: Self = FieldSeed(PhantomData);
}

impl<T: Named<P>, const P: usize> FieldSeed<T, P> {
    #[cold]
    fn unknown<E: de::Error>(name: &str) -> Result<Option<u32>, E> {
        if T::STRICT { Err(E::unknown_field(name, T::NAMES)) } else { Ok(None) }
    }
}

impl<'de, T: Named<P>, const P: usize> de::DeserializeSeed<'de> for FieldSeed<T, P> {
    type Value = Option<u32>;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<u32>, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl<T: Named<P>, const P: usize> Visitor<'_> for FieldSeed<T, P> {
    type Value = Option<u32>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("field identifier")
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Option<u32>, E> {
        if number < T::COUNT {
            return Ok(Some(number as u32));
        }
        let expected = format!("field index 0 <= i < {}", T::COUNT);
        if T::STRICT {
            return Err(E::invalid_value(de::Unexpected::Unsigned(number), &expected.as_str()));
        }
        Ok(None)
    }

    #[inline]
    fn visit_str<E: de::Error>(self, name: &str) -> Result<Option<u32>, E> {
        match T::find(name) {
            Some(number) => Ok(Some(number)),
            None => Self::unknown(name),
        }
    }

    fn visit_bytes<E: de::Error>(self, name: &[u8]) -> Result<Option<u32>, E> {
        self.visit_str(&std::string::String::from_utf8_lossy(name))
    }
}

/// Reads which variant comes.
#[derive(Debug)]
pub struct VariantSeed<T>(PhantomData<fn() -> T>);

impl<T> VariantSeed<T> {
    /// It holds nothing.
    pub const NEW: Self = VariantSeed(PhantomData);
}

impl<'de, T: Sum> de::DeserializeSeed<'de> for VariantSeed<T> {
    type Value = u32;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<u32, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl<T: Sum> Visitor<'_> for VariantSeed<T> {
    type Value = u32;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("variant identifier")
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<u32, E> {
        T::number(number).ok_or_else(|| {
            let expected = format!("variant index 0 <= i < {}", T::COUNT);
            E::invalid_value(de::Unexpected::Unsigned(number), &expected.as_str())
        })
    }

    #[inline]
    fn visit_str<E: de::Error>(self, name: &str) -> Result<u32, E> {
        T::find(name).ok_or_else(|| E::unknown_variant(name, T::NAMES))
    }

    fn visit_bytes<E: de::Error>(self, name: &[u8]) -> Result<u32, E> {
        self.visit_str(&std::string::String::from_utf8_lossy(name))
    }
}

/// Builds the value of a field whose name has just been read.
#[inline]
pub fn next_value<'f, 'de, F: DeserializeIn, A: MapAccess<'de>>(
    slot: Slot<'f, F>,
    map: &mut A,
) -> Result<Filled<'f, F>, A::Error> {
    map.next_value_seed(slot)
}

/// Passes over the value of a field that isn't there.
pub fn ignore_value<'de, A: MapAccess<'de>>(map: &mut A) -> Result<(), A::Error> {
    map.next_value::<de::IgnoredAny>().map(drop)
}

/// Builds the field of a variant that has one.
#[inline]
pub fn newtype_variant<'f, 'de, F: DeserializeIn, A: de::VariantAccess<'de>>(
    slot: Slot<'f, F>,
    content: A,
) -> Result<Filled<'f, F>, A::Error> {
    content.newtype_variant_seed(slot)
}

/// What a document is told that has a field twice.
#[cold]
pub fn duplicate<E: de::Error>(name: &'static str) -> E {
    E::duplicate_field(name)
}

/// What a document is told that has a variant which isn't there. Names and numbers have been looked up, so there is none.
#[cold]
pub fn no_variant<E: de::Error>() -> E {
    E::custom("no such variant")
}

/// Builds the next field of a sequence, unless that has ended: then the slot comes back, and may be filled otherwise.
#[inline]
pub fn next_field<'f, 'de, F: DeserializeIn, A: SeqAccess<'de>>(
    slot: Slot<'f, F>,
    seq: &mut A,
) -> Result<Result<Filled<'f, F>, Slot<'f, F>>, A::Error> {
    let (at, writer) = (slot.at(), slot.writer());
    Ok(match seq.next_element_seed(slot)? {
        Some(filled) => Ok(filled),
        // It may have been filled and released, or leaked.
        // SAFETY: the slot has been used up without a proof, so nothing is there that anybody owns.
        None => Err(unsafe { Slot::anew(at, writer) }),
    })
}

/// Builds a field that a document leaves out: none, where it is optional.
///
/// # Errors
///
/// That the field is missing.
#[cold]
pub fn missing<'f, F: DeserializeIn, E: de::Error>(slot: Slot<'f, F>, field: &'static str) -> Result<Filled<'f, F>, E> {
    F::deserialize_in(slot, Missing { field, error: PhantomData })
}

/// Builds a field by its default.
///
/// # Errors
///
/// No space.
pub fn default<F: DefaultIn, E: de::Error>(slot: Slot<'_, F>) -> Result<Filled<'_, F>, E> {
    F::default_in(slot).map_err(Error::into_serde)
}

/// Builds a field from an initialiser.
///
/// # Errors
///
/// Those of the initialiser.
pub fn build<F: crate::Relocatable, I: Emplace<F>, E: de::Error>(
    slot: Slot<'_, F>,
    init: I,
) -> Result<Filled<'_, F>, E> {
    slot.build(init).map_err(Error::into_serde)
}

/// What a sequence that has ended too early is told.
#[cold]
pub fn too_short<E: de::Error>(count: usize, expected: &'static str) -> E {
    E::invalid_length(count, &expected)
}

/// Gives none to what is optional, and fails for everything else.
struct Missing<E> {
    field: &'static str,
    error: PhantomData<E>,
}

impl<'de, E: de::Error> Deserializer<'de> for Missing<E> {
    type Error = E;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, E> {
        Err(E::missing_field(self.field))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        visitor.visit_none()
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}
