//! A set from a sequence of a serde format: each element is built aside, and moved to its place if it isn't there yet.

use std::fmt;
use std::marker::PhantomData;

use offset_core::raw::aside::Aside;
use offset_core::raw::cautious;
use offset_core::{DeserializeIn, Empty, Error, Filled, Relocatable, Result, Slot};
use serde::de::{Deserializer, SeqAccess, Visitor};

use super::{HashSet, Nothing};
use crate::hash::StableHash;
use crate::hash_map::HashMapMut;

impl<T: DeserializeIn + StableHash + Eq> DeserializeIn for HashSet<T> {
    fn deserialize_in<'s, 'de, D: Deserializer<'de>>(
        slot: Slot<'s, Self>,
        deserializer: D,
    ) -> Result<Filled<'s, Self>, D::Error> {
        let (at, writer) = (slot.at(), slot.writer());
        let filled = slot.build(Empty).map_err(Error::into_serde)?;
        // SAFETY: a valid set, which `filled` only holds to release it should this fail.
        let mut set = unsafe { HashSet::handle(at, writer) };
        deserializer.deserialize_seq(SetVisitor(set.as_map_mut()))?;
        Ok(filled)
    }
}

/// Inserts elements into the map that a set is.
struct SetVisitor<'a, 'r, T>(&'a mut HashMapMut<'r, T, Nothing>);

impl<'de, T: DeserializeIn + StableHash + Eq> Visitor<'de> for SetVisitor<'_, '_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sequence")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        let SetVisitor(map) = self;
        // A hint may lie: where it asks for too much, begin with nothing and grow.
        let _ = map.try_reserve_exact(cautious::<T>(elements.size_hint()));
        let mut aside = Aside::<T>::new(map.writer()).map_err(Error::into_serde)?;
        while let Some(element) = aside.next(|slot| elements.next_element_seed(slot))? {
            map.entry(element).try_or_insert(PhantomData).map_err(Error::into_serde)?;
        }
        Ok(())
    }
}
