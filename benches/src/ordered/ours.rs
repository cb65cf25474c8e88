//! The maps in a region.

use offset_std::{BTreeMap, Image, String, prelude::*};

use super::{Keys, STEPS, Sums, WALKS};
use crate::harness::{OURS, Recorder, Result};

pub(super) const NAME: &str = OURS;

pub(super) fn turn(keys: &Keys, sorted: &[u64], recorder: &mut Recorder) -> Result<Sums> {
    let mut sums = Sums::default();
    let mut numbers = Image::<BTreeMap<u64, u64>>::new(Empty)?;
    recorder.each(NAME, "u64 insert", keys.numbers.len(), || {
        let mut numbers = numbers.edit();
        for (&key, value) in keys.numbers.iter().zip(0u64..) {
            numbers.insert(key, value);
        }
    });
    sums.numbers = recorder.each(NAME, "u64 get", keys.sought.len(), || {
        let numbers = &*numbers;
        keys.sought_numbers().map(|key| numbers[&key]).sum()
    });
    sums.number_walks = recorder.each(NAME, "u64 range", WALKS * STEPS, || {
        let starts = keys.sought_numbers().take(WALKS);
        starts.map(|key| numbers.range(key..).take(STEPS).map(|(_, value)| value).sum::<u64>()).sum()
    });
    numbers.edit().clear();
    recorder.each(NAME, "u64 sorted", sorted.len(), || {
        numbers.edit().extend(sorted.iter().copied().zip(0u64..));
    });
    drop(numbers);

    let mut names = Image::<BTreeMap<String, u64>>::new(Empty)?;
    recorder.each(NAME, "text insert", keys.names.len(), || {
        let mut names = names.edit();
        for (key, value) in keys.names.iter().zip(0u64..) {
            names.insert(key, value);
        }
    });
    sums.names = recorder.each(NAME, "text get", keys.sought.len(), || {
        let names = &*names;
        keys.sought_names().map(|key| names[key]).sum()
    });
    sums.name_walks = recorder.each(NAME, "text range", WALKS * STEPS, || {
        let starts = keys.sought_names().take(WALKS);
        starts.map(|key| names.range(key..).take(STEPS).map(|(_, value)| value).sum::<u64>()).sum()
    });
    Ok(sums)
}
