//! A map from a map of a serde format.
//!
//! Each key is built aside, hashed, and moved to its place if it isn't there yet. The value is built where it belongs.

use std::fmt;

use offset_core::raw::aside::{Aside, next_value};
use offset_core::raw::cautious;
use offset_core::{DeserializeIn, Error, Filled, FromDeserializer, Result, Slot};
use serde::de::{Deserializer, MapAccess, Visitor};

use super::HashMap;
use super::edit::HashMapMut;
use super::emplace::{Build, Pairs, fresh_seed};
use crate::hash::StableHash;

impl<K: DeserializeIn + StableHash + Eq, V: DeserializeIn> DeserializeIn for HashMap<K, V> {
    fn deserialize_in<'s, 'de, D: Deserializer<'de>>(
        slot: Slot<'s, Self>,
        deserializer: D,
    ) -> Result<Filled<'s, Self>, D::Error> {
        let seed = fresh_seed(slot.writer()).map_err(Error::into_serde)?;
        let mut build = Build::new(slot, seed);
        deserializer.deserialize_map(MapVisitor(&mut build.edit()))?;
        Ok(build.finish())
    }
}

/// With `Seeded`, which gives the map another seed than a random one.
impl<'de, K: DeserializeIn + StableHash + Eq, V: DeserializeIn, D: Deserializer<'de>> Pairs<K, V>
    for FromDeserializer<D>
{
    fn insert_into(self, map: &mut HashMapMut<'_, K, V>) -> Result<()> {
        self.read(|deserializer| deserializer.deserialize_map(MapVisitor(map)))
    }
}

/// Inserts entries into a map.
struct MapVisitor<'a, 'r, K, V>(&'a mut HashMapMut<'r, K, V>);

impl<'de, K: DeserializeIn + StableHash + Eq, V: DeserializeIn> Visitor<'de> for MapVisitor<'_, '_, K, V> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let MapVisitor(map) = self;
        // A hint may lie: where it asks for too much, begin with nothing and grow.
        let _ = map.try_reserve_exact(cautious::<(K, V)>(entries.size_hint()));
        let mut keys = Aside::<K>::new(map.writer()).map_err(Error::into_serde)?;
        while let Some(key) = keys.next(|slot| entries.next_key_seed(slot))? {
            next_value(&mut entries, |value| map.try_insert(key, value).map(drop))?;
        }
        Ok(())
    }
}
