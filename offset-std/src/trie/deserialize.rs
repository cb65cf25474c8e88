//! A trie from a map of a serde format.
//!
//! Keys are texts or bytes, as they are written. A format lends one for the time of a call, and its value comes afterwards: so each is copied to a buffer, the same one for all of them. The value is built where it belongs.

use std::fmt;

use offset_core::raw::aside::next_value;
use offset_core::{DeserializeIn, Empty, Error, Filled, Result, Slot};
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, Visitor};

use super::{Trie, TrieMut};

impl<V: DeserializeIn> DeserializeIn for Trie<V> {
    fn deserialize_in<'s, 'de, D: Deserializer<'de>>(
        slot: Slot<'s, Self>,
        deserializer: D,
    ) -> Result<Filled<'s, Self>, D::Error> {
        let (at, writer) = (slot.at(), slot.writer());
        let filled = slot.build(Empty).map_err(Error::into_serde)?;
        // SAFETY: a valid trie, which `filled` only holds to release it should this fail.
        let mut trie = unsafe { TrieMut::new(at, writer) };
        deserializer.deserialize_map(TrieVisitor(&mut trie))?;
        Ok(filled)
    }
}

/// Inserts entries into a trie.
struct TrieVisitor<'a, 'r, V>(&'a mut TrieMut<'r, V>);

impl<'de, V: DeserializeIn> Visitor<'de> for TrieVisitor<'_, '_, V> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let TrieVisitor(trie) = self;
        let mut key = Vec::new();
        while entries.next_key_seed(CopyKey(&mut key))?.is_some() {
            next_value(&mut entries, |value| trie.try_insert(&key, value).map(drop))?;
        }
        Ok(())
    }
}

/// Copies a key into a buffer, in place of the last one.
struct CopyKey<'a>(&'a mut Vec<u8>);

impl<'de> DeserializeSeed<'de> for CopyKey<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if deserializer.is_human_readable() {
            // Text or bytes: such a format knows what it has.
            deserializer.deserialize_any(self)
        } else {
            deserializer.deserialize_bytes(self)
        }
    }
}

impl Visitor<'_> for CopyKey<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string or bytes")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<(), E> {
        self.visit_bytes(text.as_bytes())
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<(), E> {
        self.0.clear();
        self.0.extend_from_slice(bytes);
        Ok(())
    }
}
