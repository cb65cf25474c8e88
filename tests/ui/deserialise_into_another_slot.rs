//! A format can't answer with a value that it keeps, or with that of another seed: it knows neither the seed's type nor its value's.

use offset_std::prelude::*;
use offset_std::{Filled, Slot, String};
use serde::Deserializer;
use serde::de::{DeserializeSeed, SeqAccess};

struct Swapper<T> {
    kept: Option<T>,
}

impl<'de, T> SeqAccess<'de> for Swapper<T> {
    type Error = serde::de::value::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, _: S) -> Result<Option<S::Value>, Self::Error> {
        Ok(self.kept.take())
    }
}

/// Nor can an implementation of `DeserializeIn` hand in the proof of another slot.
#[derive(Relocatable)]
#[repr(C)]
struct Twin(String);

impl DeserializeIn for Twin {
    fn deserialize_in<'s, 'de, D: Deserializer<'de>>(slot: Slot<'s, Self>, from: D) -> Result<Filled<'s, Self>, D::Error> {
        let mut other = None;
        let _ = offset_std::Image::<Twin>::new(Keep(&mut other));
        drop((slot, from));
        Ok(other.unwrap())
    }
}

struct Keep<'a, 's>(&'a mut Option<Filled<'s, Twin>>);

impl<'s> Emplace<Twin> for Keep<'_, 's> {
    fn emplace<'x>(self, slot: Slot<'x, Twin>) -> Result<Filled<'x, Twin>, offset_std::Error> {
        *self.0 = Some(slot.build(TwinInit("kept"))?);
        Err(offset_std::Error::custom("kept"))
    }
}

fn main() {}
