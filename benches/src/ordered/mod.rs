//! Ordered maps: from numbers and from short strings to numbers.
//!
//! | metric | what is timed |
//! | --- | --- |
//! | u64 get | lookups of keys that are there, in random order |
//! | u64 insert | building the map from keys in random order |
//! | u64 range | walks over 100 entries each, from random keys on |
//! | text … | the same with names of 4 to 16 letters |
//! | u64 sorted | building the map from keys in order, in memory that was used before |
//!
//! `rkyv` is an archive: it can't be added to, so its insertion is that of std's map and isn't measured.

mod ours;
mod peer_rkyv;
mod peer_std;

use crate::Options;
use crate::harness::{Recorder, Result, Row, agree};
use crate::random::{Names, Random};

/// Entries, and entries with `--large`.
const SIZES: [usize; 2] = [100_000, 10_000_000];
/// Lookups timed at once.
const LOOKUPS: usize = 200_000;
/// Walks timed at once, and how long each is.
const WALKS: usize = 5_000;
const STEPS: usize = 100;

/// The keys of both maps, each once, in random order, and which are looked up.
struct Keys {
    numbers: Vec<u64>,
    names: Vec<String>,
    /// Indices of keys.
    sought: Vec<u32>,
}

impl Keys {
    fn new(entries: usize) -> Keys {
        let mut random = Random::new(7);
        let letters = Names::new();
        let mut numbers = Vec::with_capacity(entries);
        let mut names = Vec::with_capacity(entries);
        let mut seen = std::collections::HashSet::with_capacity(entries);
        while names.len() < entries {
            let name = letters.draw(&mut random, 4, 16);
            // Names repeat where they are short: a number makes them differ.
            let name = if seen.contains(name) { format!("{name}{}", names.len()) } else { name.to_owned() };
            if seen.insert(name.clone()) {
                names.push(name);
                numbers.push(random.bits());
            }
        }
        let sought = (0..LOOKUPS).map(|_| random.below(entries as u64) as u32).collect();
        Keys { numbers, names, sought }
    }

    fn sought_numbers(&self) -> impl Iterator<Item = u64> {
        self.sought.iter().map(|&index| self.numbers[index as usize])
    }

    fn sought_names(&self) -> impl Iterator<Item = &str> {
        self.sought.iter().map(|&index| &*self.names[index as usize])
    }
}

/// What the contenders found.
#[derive(Clone, Copy, Default, PartialEq, Debug)]
struct Sums {
    numbers: u64,
    names: u64,
    number_walks: u64,
    name_walks: u64,
}

/// Runs the subject.
///
/// # Errors
///
/// Those of the contenders.
pub(crate) fn run(options: &Options) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for entries in &SIZES[..if options.large { 2 } else { 1 }] {
        rows.extend(run_at(*entries, options.rounds)?);
    }
    Ok(rows)
}

fn run_at(entries: usize, rounds: usize) -> Result<Vec<Row>> {
    let keys = Keys::new(entries);
    let mut sorted = keys.numbers.clone();
    sorted.sort_unstable();
    let mut recorder = Recorder::new("ordered", entries as u64);
    let archive = peer_rkyv::Archives::new(&keys)?;
    for round in 0..=rounds {
        agree(&[
            (ours::NAME, ours::turn(&keys, &sorted, &mut recorder)?),
            (peer_std::NAME, peer_std::turn(&keys, &sorted, &mut recorder)),
            (peer_rkyv::NAME, archive.turn(&keys, &mut recorder)?),
        ]);
        if round == 0 {
            recorder.forget();
        }
    }
    Ok(recorder.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contenders_agree_on_what_they_find() {
        assert!(!run_at(2000, 1).unwrap().is_empty());
    }
}
