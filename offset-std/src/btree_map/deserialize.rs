//! A map from a map of a serde format.
//!
//! Each key is built aside, compared, and moved to its place if it isn't there yet. The value is built where it belongs. Documents that have their keys in order, as a map writes them, leave
//! full nodes behind.

use std::fmt;

use offset_core::raw::aside::{Aside, next_value};
use offset_core::{DeserializeIn, Empty, Error, Filled, Result, Slot};
use serde::de::{Deserializer, MapAccess, Visitor};

use super::emplace::Extender;
use super::{BTreeMap, BTreeMapMut};

impl<K: DeserializeIn + Ord, V: DeserializeIn> DeserializeIn for BTreeMap<K, V> {
    fn deserialize_in<'s, 'de, D: Deserializer<'de>>(
        slot: Slot<'s, Self>,
        deserializer: D,
    ) -> Result<Filled<'s, Self>, D::Error> {
        deserializer.deserialize_map(MapVisitor(slot))
    }
}

struct MapVisitor<'s, K, V>(Slot<'s, BTreeMap<K, V>>);

impl<'de, 's, K: DeserializeIn + Ord, V: DeserializeIn> Visitor<'de> for MapVisitor<'s, K, V> {
    type Value = Filled<'s, BTreeMap<K, V>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let (at, writer) = (self.0.at(), self.0.writer());
        let filled = self.0.build(Empty).map_err(Error::into_serde)?;
        // SAFETY: a valid map, which `filled` only holds to release it should this fail.
        let mut map = unsafe { BTreeMapMut::new(at, writer) };
        let mut extender = Extender::new(&mut map);
        let mut keys = Aside::<K>::new(writer).map_err(Error::into_serde)?;
        while let Some(key) = keys.next(|slot| entries.next_key_seed(slot))? {
            next_value(&mut entries, |value| extender.add(key, value))?;
        }
        Ok(filled)
    }
}
