//! The maps of std.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::{Keys, STEPS, Sums, WALKS};
use crate::harness::Recorder;

pub(super) const NAME: &str = "std";

pub(super) fn turn(keys: &Keys, sorted: &[u64], recorder: &mut Recorder) -> Sums {
    let mut sums = Sums::default();
    let mut numbers = BTreeMap::new();
    recorder.each(NAME, "u64 insert", keys.numbers.len(), || {
        for (&key, value) in keys.numbers.iter().zip(0u64..) {
            numbers.insert(key, value);
        }
    });
    sums.numbers =
        recorder.each(NAME, "u64 get", keys.sought.len(), || keys.sought_numbers().map(|key| numbers[&key]).sum());
    sums.number_walks = recorder.each(NAME, "u64 range", WALKS * STEPS, || {
        let starts = keys.sought_numbers().take(WALKS);
        starts.map(|key| numbers.range(key..).take(STEPS).map(|(_, value)| value).sum::<u64>()).sum()
    });
    drop(numbers);
    drop(
        recorder.each(NAME, "u64 sorted", sorted.len(), || {
            sorted.iter().copied().zip(0u64..).collect::<BTreeMap<u64, u64>>()
        }),
    );

    let mut names = BTreeMap::new();
    recorder.each(NAME, "text insert", keys.names.len(), || {
        for (key, value) in keys.names.iter().zip(0u64..) {
            names.insert(key.clone(), value);
        }
    });
    sums.names = recorder.each(NAME, "text get", keys.sought.len(), || keys.sought_names().map(|key| names[key]).sum());
    sums.name_walks = recorder.each(NAME, "text range", WALKS * STEPS, || {
        let starts = keys.sought_names().take(WALKS);
        let from = |key| names.range::<str, _>((Bound::Included(key), Bound::Unbounded));
        starts.map(|key| from(key).take(STEPS).map(|(_, value)| value).sum::<u64>()).sum()
    });
    sums
}
