//! A string from the text of a serde format.

use std::fmt;

use offset_core::{DeserializeIn, Error, Filled, Result, Slot};
use serde::de::{self, Deserializer, Unexpected, Visitor};

use super::String;

impl DeserializeIn for String {
    #[inline]
    fn deserialize_in<'s, 'de, D: Deserializer<'de>>(
        slot: Slot<'s, Self>,
        deserializer: D,
    ) -> Result<Filled<'s, Self>, D::Error> {
        deserializer.deserialize_str(StringVisitor(slot))
    }
}

/// Copies the text from the format's buffer to its place.
struct StringVisitor<'s>(Slot<'s, String>);

impl<'s> Visitor<'_> for StringVisitor<'s> {
    type Value = Filled<'s, String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    #[inline]
    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        self.0.build(text).map_err(Error::into_serde)
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Self::Value, E> {
        match std::str::from_utf8(bytes) {
            Ok(text) => self.visit_str(text),
            Err(_) => Err(E::invalid_value(Unexpected::Bytes(bytes), &self)),
        }
    }
}
