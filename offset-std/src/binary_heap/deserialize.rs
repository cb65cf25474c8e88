//! A heap from a sequence of a serde format: the vector that it is, put in order once it is whole. What was in order, as a heap writes it, stays as it was.

use offset_core::{DeserializeIn, Filled, Result, Slot, Vec};
use serde::de::Deserializer;

use super::BinaryHeap;
use super::traits::build_with;

impl<T: DeserializeIn + Ord> DeserializeIn for BinaryHeap<T> {
    fn deserialize_in<'s, 'de, D: Deserializer<'de>>(
        slot: Slot<'s, Self>,
        deserializer: D,
    ) -> Result<Filled<'s, Self>, D::Error> {
        build_with(slot, |vec| Vec::deserialize_in(vec, deserializer))
    }
}
