//! rkyv's archived map.

use rkyv::collections::swiss_table::ArchivedHashMap;
use rkyv::rancor;
use rkyv::rend::u64_le;
use rkyv::string::ArchivedString;
use rkyv::util::AlignedVec;

use super::{Found, Source, lookups, peer_hashbrown};
use crate::harness::{Recorder, Result};

pub(super) const NAME: &str = "rkyv";

type Numbers = ArchivedHashMap<u64_le, u64_le>;
type Texts = ArchivedHashMap<ArchivedString, u64_le>;

pub(super) struct Maps {
    numbers: AlignedVec,
    texts: AlignedVec,
}

impl Maps {
    pub(super) fn new(of: &peer_hashbrown::Maps) -> Result<Maps> {
        let numbers: std::collections::HashMap<u64, u64> =
            of.numbers.iter().map(|(key, value)| (*key, *value)).collect();
        let texts: std::collections::HashMap<String, u64> =
            of.texts.iter().map(|(key, value)| (key.clone(), *value)).collect();
        Ok(Maps {
            numbers: rkyv::to_bytes::<rancor::Error>(&numbers)?,
            texts: rkyv::to_bytes::<rancor::Error>(&texts)?,
        })
    }

    pub(super) fn turn(&self, source: &Source, recorder: &mut Recorder) -> [Found; 4] {
        // SAFETY: `new` made these bytes from a map of this type.
        let numbers = unsafe { rkyv::access_unchecked::<Numbers>(&self.numbers) };
        // SAFETY: the same.
        let texts = unsafe { rkyv::access_unchecked::<Texts>(&self.texts) };
        let len = source.hits.numbers.len();
        let number = |value: &u64_le| value.to_native();
        [
            recorder.each(NAME, "number hit", len, || {
                lookups(source.hits.numbers(), |key| numbers.get(&u64_le::from_native(key)).map(number))
            }),
            recorder.each(NAME, "number miss", len, || {
                lookups(source.misses.numbers(), |key| numbers.get(&u64_le::from_native(key)).map(number))
            }),
            recorder.each(NAME, "text hit", len, || lookups(source.hits.texts(), |key| texts.get(key).map(number))),
            recorder.each(NAME, "text miss", len, || lookups(source.misses.texts(), |key| texts.get(key).map(number))),
        ]
    }
}
