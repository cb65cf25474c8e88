//! A vector from a sequence of a serde format.
//!
//! Elements are built in an exact buffer, which grows as they come; a hint of the length only says how large it is at first.

use std::fmt;

use serde::de::{Deserializer, SeqAccess, Visitor};

use super::Vec;
use super::emplace::Builder;
use crate::deserialize::aside::Aside;
use crate::deserialize::{DeserializeIn, cautious};
use crate::emplace::{Filled, Slot};
use crate::error::{Error, Result};

/// Room that a buffer has at first: four elements, or one of more than 256 bytes.
const fn first_room<T>() -> usize {
    if size_of::<T>() <= 256 { 4 } else { 1 }
}

impl<T: DeserializeIn> DeserializeIn for Vec<T> {
    #[inline]
    fn deserialize_in<'s, 'de, D: Deserializer<'de>>(
        slot: Slot<'s, Self>,
        deserializer: D,
    ) -> Result<Filled<'s, Self>, D::Error> {
        deserializer.deserialize_seq(VecVisitor(slot))
    }
}

struct VecVisitor<'s, T>(Slot<'s, Vec<T>>);

impl<'de, 's, T: DeserializeIn> Visitor<'de> for VecVisitor<'s, T> {
    type Value = Filled<'s, Vec<T>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sequence")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let writer = self.0.writer();
        let hint = seq.size_hint().map_or(first_room::<T>(), |hint| cautious::<T>(Some(hint)));
        // Where it asks for too much, begin with nothing and grow.
        let mut builder = match Builder::<T>::new(writer, hint) {
            Ok(builder) => builder,
            Err(_) => Builder::new(writer, 0).map_err(Error::into_serde)?,
        };
        loop {
            if !builder.has_room() {
                let hint = seq.size_hint();
                if hint == Some(0) {
                    // Most likely it is true, and the buffer exact.
                    let mut aside = Aside::<T>::new(writer).map_err(Error::into_serde)?;
                    let Some(element) = aside.next(|slot| seq.next_element_seed(slot))? else { break };
                    builder.grow(builder.built().max(1)).map_err(Error::into_serde)?;
                    builder.push(element).map_err(Error::into_serde)?;
                    continue;
                }
                // At most twice as much, and at least so much that moving is O(1) for each element, amortised.
                let (most, least) = (builder.built().max(first_room::<T>()), builder.built() / 4 + 1);
                builder.grow(hint.map_or(most, |hint| hint.clamp(least, most))).map_err(Error::into_serde)?;
            }
            if !builder.next(|slot| seq.next_element_seed(slot))? {
                break;
            }
        }
        Ok(builder.finish(self.0))
    }
}
