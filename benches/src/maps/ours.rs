//! Maps in regions.

use offset_std::{HashMap, Image, String, from_iter, prelude::*};

use super::{Found, Source, lookups};
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
            recorder.each(NAME, "number hit", len, || {
                lookups(source.hits.numbers(), |key| numbers.get(&key).copied())
            }),
            recorder.each(NAME, "number miss", len, || {
                lookups(source.misses.numbers(), |key| numbers.get(&key).copied())
            }),
            recorder.each(NAME, "text hit", len, || lookups(source.hits.texts(), |key| texts.get(key).copied())),
            recorder.each(NAME, "text miss", len, || lookups(source.misses.texts(), |key| texts.get(key).copied())),
        ];
        let many = [
            recorder.each(NAME, "number many", len, || {
                lookups(numbers.get_many(&source.hits.numbers), |found| found.copied())
            }),
            recorder.each(NAME, "text many", len, || lookups(texts.get_many(source.hits.texts()), |found| found.copied())),
        ];
        assert_eq!(many, [found[0], found[2]]);
        found
    }
}

pub(super) fn insert(source: &Source, recorder: &mut Recorder) -> Result<[usize; 4]> {
    let len = source.inserted.numbers.len();
    let mut lens = [0; 4];
    for (reserved, metrics) in [(0, ["number insert", "text insert"]), (len, ["number reserved", "text reserved"])] {
        let map = recorder.each(NAME, metrics[0], len, || {
            let mut image = Image::<HashMap<u64, u64>>::new(Empty)?;
            let mut map = image.edit();
            map.reserve(reserved);
            source.inserted.numbers().zip(0u64..).for_each(|(key, value)| drop(map.insert(key, value)));
            Ok::<_, offset_std::Error>(image)
        })?;
        lens[usize::from(reserved > 0)] = map.len();
        let map = recorder.each(NAME, metrics[1], len, || {
            let mut image = Image::<HashMap<String, u64>>::new(Empty)?;
            let mut map = image.edit();
            map.reserve(reserved);
            source.inserted.texts().zip(0u64..).for_each(|(key, value)| drop(map.insert(key, value)));
            Ok::<_, offset_std::Error>(image)
        })?;
        lens[2 + usize::from(reserved > 0)] = map.len();
    }
    Ok(lens)
}
