//! An interner from a sequence of a serde format. Each text is copied from the format's buffer to its place.
//!
//! A symbol is the number of its text, so a text that comes twice is an error: those behind it would have others' symbols.

use std::fmt;

use offset_core::raw::cautious;
use offset_core::{DeserializeIn, Empty, Error, Filled, FromDeserializer, Result, Slot};
use serde::de::{self, DeserializeSeed, Deserializer, SeqAccess, Unexpected, Visitor};

use super::{Interner, InternerMut, Texts};

impl DeserializeIn for Interner {
    fn deserialize_in<'s, 'de, D: Deserializer<'de>>(
        slot: Slot<'s, Self>,
        deserializer: D,
    ) -> Result<Filled<'s, Self>, D::Error> {
        let (at, writer) = (slot.at(), slot.writer());
        let filled = slot.build(Empty).map_err(Error::into_serde)?;
        // SAFETY: a valid interner, which `filled` only holds to release it should this fail.
        let mut interner = unsafe { InternerMut::new(at, writer) };
        deserializer.deserialize_seq(TextsVisitor(&mut interner))?;
        Ok(filled)
    }
}

/// With [`Seeded`](crate::Seeded), which gives the interner another seed than a random one.
impl<'de, D: Deserializer<'de>> Texts for FromDeserializer<D> {
    fn intern_into(self, interner: &mut InternerMut<'_>) -> Result<()> {
        self.read(|deserializer| deserializer.deserialize_seq(TextsVisitor(interner)))
    }
}

/// Interns a sequence of texts, and gives up the room that wasn't needed.
struct TextsVisitor<'a, 'r>(&'a mut InternerMut<'r>);

impl<'de> Visitor<'de> for TextsVisitor<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sequence of texts")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut texts: A) -> Result<(), A::Error> {
        let TextsVisitor(interner) = self;
        // A hint may lie: where it asks for too much, begin with nothing and grow.
        let _ = interner.try_reserve(cautious::<[u32; 3]>(texts.size_hint()), 0);
        while texts.next_element_seed(TextVisitor(interner))?.is_some() {}
        // Where there is no space for a second table, the first one stays.
        let _ = interner.try_shrink_to_fit();
        Ok(())
    }
}

/// Interns a text.
struct TextVisitor<'a, 'r>(&'a mut InternerMut<'r>);

impl<'de> DeserializeSeed<'de> for TextVisitor<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for TextVisitor<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<(), E> {
        let TextVisitor(interner) = self;
        let before = interner.len();
        let symbol = interner.try_intern(text).map_err(Error::into_serde)?;
        if (symbol.index() as usize) < before {
            return Err(E::invalid_value(Unexpected::Str(text), &"a string that didn't come before"));
        }
        Ok(())
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<(), E> {
        match std::str::from_utf8(bytes) {
            Ok(text) => self.visit_str(text),
            Err(_) => Err(E::invalid_value(Unexpected::Bytes(bytes), &self)),
        }
    }
}
