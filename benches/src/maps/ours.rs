//! Maps in regions.

use offset_std::{HashMap, Image, String, Vec, from_iter, prelude::*};

use super::{Found, Source, lookups, maps_in_a_turn};
use crate::harness::{OURS, Recorder, Result};

pub(super) const NAME: &str = OURS;

pub(super) struct Maps {
    numbers: Image<HashMap<u64, u64>>,
    texts: Image<HashMap<String, u64>>,
}

impl Maps {
    pub(super) fn new(source: &Source) -> Result<Maps> {
        let inserted = &source.inserted;
        Ok(Maps {
            numbers: Image::new(from_iter(inserted.numbers().zip(0u64..)))?,
            texts: Image::new(from_iter(inserted.texts().zip(0u64..)))?,
        })
    }

    pub(super) fn count_bytes(&self, recorder: &mut Recorder) {
        recorder.bytes(NAME, "number bytes", self.numbers.usage().allocated);
        recorder.bytes(NAME, "text bytes", self.texts.usage().allocated);
    }

    pub(super) fn turn(&self, source: &Source, recorder: &mut Recorder) -> [Found; 4] {
        let (numbers, texts) = (&*self.numbers, &*self.texts);
        let len = source.hits.numbers.len();
        let found = [
            recorder.each(NAME, "number hit", len, || lookups(source.hits.numbers(), |key| numbers.get(&key).copied())),
            recorder
                .each(NAME, "number miss", len, || lookups(source.misses.numbers(), |key| numbers.get(&key).copied())),
            recorder.each(NAME, "text hit", len, || lookups(source.hits.texts(), |key| texts.get(key).copied())),
            recorder.each(NAME, "text miss", len, || lookups(source.misses.texts(), |key| texts.get(key).copied())),
        ];
        let many = [
            recorder.each(NAME, "number many", len, || {
                lookups(numbers.get_many(&source.hits.numbers), |found| found.copied())
            }),
            recorder
                .each(NAME, "text many", len, || lookups(texts.get_many(source.hits.texts()), |found| found.copied())),
        ];
        assert_eq!(many, [found[0], found[2]]);
        found
    }
}

pub(super) fn insert(source: &Source, recorder: &mut Recorder) -> Result<[usize; 4]> {
    let len = source.inserted.numbers.len();
    let count = maps_in_a_turn(len);
    let mut lens = [0; 4];
    // Two turns in one image: in the second, memory is warm, as that of the peers is from their last turn.
    let mut numbers = Image::<Vec<HashMap<u64, u64>>>::new(Empty)?;
    let mut texts = Image::<Vec<HashMap<String, u64>>>::new(Empty)?;
    for warm in [false, true] {
        for (index, reserved) in [0, len].into_iter().enumerate() {
            let metric = |cold, hot| if warm { hot } else { cold };
            numbers.edit().set(from_iter((0..count).map(|_| Empty)));
            texts.edit().set(from_iter((0..count).map(|_| Empty)));
            let name =
                [metric("number insert, cold", "number insert"), metric("number reserved, cold", "number reserved")];
            recorder.each(NAME, name[index], len * count, || {
                for mut map in &mut numbers.edit() {
                    map.reserve(reserved);
                    source.inserted.numbers().zip(0u64..).for_each(|(key, value)| drop(map.insert(key, value)));
                }
            });
            let name = [metric("text insert, cold", "text insert"), metric("text reserved, cold", "text reserved")];
            recorder.each(NAME, name[index], len * count, || {
                for mut map in &mut texts.edit() {
                    map.reserve(reserved);
                    source.inserted.texts().zip(0u64..).for_each(|(key, value)| drop(map.insert(key, value)));
                }
            });
            let entries = [numbers.iter().map(|map| map.len()).sum(), texts.iter().map(|map| map.len()).sum()];
            (lens[index], lens[2 + index]) = entries.into();
        }
    }
    Ok(lens)
}
