//! hashbrown with its default hasher, and std's strings.

use hashbrown::HashMap;

use super::{Found, Source, lookups, maps_in_a_turn};
use crate::harness::Recorder;

pub(super) const NAME: &str = "hashbrown";

pub(super) struct Maps {
    pub(super) numbers: HashMap<u64, u64>,
    pub(super) texts: HashMap<String, u64>,
}

impl Maps {
    pub(super) fn new(source: &Source) -> Maps {
        let inserted = &source.inserted;
        Maps {
            numbers: inserted.numbers().zip(0u64..).collect(),
            texts: inserted.texts().map(str::to_owned).zip(0u64..).collect(),
        }
    }

    pub(super) fn count_bytes(&self, recorder: &mut Recorder) {
        recorder.bytes(NAME, "number bytes", self.numbers.allocation_size() as u64);
        let texts: usize = self.texts.keys().map(String::capacity).sum();
        recorder.bytes(NAME, "text bytes", (self.texts.allocation_size() + texts) as u64);
    }

    pub(super) fn turn(&self, source: &Source, recorder: &mut Recorder) -> [Found; 4] {
        let Maps { numbers, texts } = self;
        let len = source.hits.numbers.len();
        [
            recorder.each(NAME, "number hit", len, || lookups(source.hits.numbers(), |key| numbers.get(&key).copied())),
            recorder
                .each(NAME, "number miss", len, || lookups(source.misses.numbers(), |key| numbers.get(&key).copied())),
            recorder.each(NAME, "text hit", len, || lookups(source.hits.texts(), |key| texts.get(key).copied())),
            recorder.each(NAME, "text miss", len, || lookups(source.misses.texts(), |key| texts.get(key).copied())),
        ]
    }
}

pub(super) fn insert(source: &Source, recorder: &mut Recorder) -> [usize; 4] {
    let len = source.inserted.numbers.len();
    let count = maps_in_a_turn(len);
    let mut lens = [0; 4];
    for (reserved, metrics) in [(0, ["number insert", "text insert"]), (len, ["number reserved", "text reserved"])] {
        let mut maps: Vec<HashMap<u64, u64>> = (0..count).map(|_| HashMap::new()).collect();
        recorder.each(NAME, metrics[0], len * count, || {
            for map in &mut maps {
                map.reserve(reserved);
                source.inserted.numbers().zip(0u64..).for_each(|(key, value)| _ = map.insert(key, value));
            }
        });
        lens[usize::from(reserved > 0)] = maps.iter().map(HashMap::len).sum();
        let mut maps: Vec<HashMap<String, u64>> = (0..count).map(|_| HashMap::new()).collect();
        recorder.each(NAME, metrics[1], len * count, || {
            for map in &mut maps {
                map.reserve(reserved);
                source.inserted.texts().zip(0u64..).for_each(|(key, value)| _ = map.insert(key.to_owned(), value));
            }
        });
        lens[2 + usize::from(reserved > 0)] = maps.iter().map(HashMap::len).sum();
    }
    lens
}
