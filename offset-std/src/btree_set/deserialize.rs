//! A set from a sequence of a serde format: each element is built aside, and moved to its place if it isn't there yet.

use std::fmt;
use std::marker::PhantomData;

use offset_core::raw::aside::Aside;
use offset_core::{DeserializeIn, Empty, Error, Filled, Relocatable, Result, Slot};
use serde::de::{Deserializer, SeqAccess, Visitor};

use super::BTreeSet;
use crate::btree_map::Extender;

impl<T: DeserializeIn + Ord> DeserializeIn for BTreeSet<T> {
    fn deserialize_in<'s, 'de, D: Deserializer<'de>>(
        slot: Slot<'s, Self>,
        deserializer: D,
    ) -> Result<Filled<'s, Self>, D::Error> {
        deserializer.deserialize_seq(SetVisitor(slot))
    }
}

struct SetVisitor<'s, T>(Slot<'s, BTreeSet<T>>);

impl<'de, 's, T: DeserializeIn + Ord> Visitor<'de> for SetVisitor<'s, T> {
    type Value = Filled<'s, BTreeSet<T>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sequence")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        let (at, writer) = (self.0.at(), self.0.writer());
        let filled = self.0.build(Empty).map_err(Error::into_serde)?;
        // SAFETY: a valid set, which `filled` only holds to release it should this fail.
        let mut set = unsafe { BTreeSet::handle(at, writer) };
        let mut extender = Extender::new(set.as_map_mut());
        let mut aside = Aside::<T>::new(writer).map_err(Error::into_serde)?;
        while let Some(element) = aside.next(|slot| elements.next_element_seed(slot))? {
            extender.add(element, PhantomData).map_err(Error::into_serde)?;
        }
        Ok(filled)
    }
}
