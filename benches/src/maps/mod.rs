//! Hash maps with numbers and short texts as keys: lookups, inserts, bytes.
//!
//! | metric | what is timed, or counted |
//! | --- | --- |
//! | hit | a lookup of a key that is there, in another order than the keys were inserted in |
//! | miss | a lookup of a key that isn't there |
//! | many | as hit, with `get_many` |
//! | insert | an insertion into a map that was empty and grows: 100 maps of 1,000 in a turn |
//! | reserved | an insertion into a map that has room for all |
//! | …, cold | the same in a fresh image, whose memory the system provides on the way |
//! | bytes | the map with its keys, built with room for all: for texts of hashbrown, what is asked of the allocator |
//!
//! Each with `u64` keys ("number") and texts of 8 to 15 letters ("text"); values are `u64`. hashbrown has its default hasher.

mod peer_hashbrown;
mod peer_rkyv;

mod ours;

use crate::Options;
use crate::harness::{Recorder, Result, Row, agree};
use crate::random::Random;

/// Lookups in a turn, at least.
const LOOKUPS: usize = 200_000;
/// And at most.
const MOST_LOOKUPS: usize = 2_000_000;
/// Insertions in a turn, at least.
const INSERTIONS: usize = 100_000;

/// How many maps of so many entries are filled in a turn: many small ones, so that the code is warm.
fn maps_in_a_turn(len: usize) -> usize {
    (INSERTIONS / len).max(1)
}

/// Keys in the order in which they are used, texts side by side so that reading them isn't what is measured.
struct Keys {
    numbers: Vec<u64>,
    letters: String,
    ends: Vec<usize>,
}

impl Keys {
    fn new(numbers: impl Iterator<Item = u64>) -> Keys {
        let mut keys = Keys { numbers: numbers.collect(), letters: String::new(), ends: vec![0] };
        for number in &keys.numbers {
            let mut random = Random::new(*number);
            let mut bits = random.bits();
            for _ in 0..random.between(8, 15) {
                keys.letters.push(char::from(b'a' + (bits % 26) as u8));
                bits /= 26;
            }
            keys.ends.push(keys.letters.len());
        }
        keys
    }

    fn numbers(&self) -> impl ExactSizeIterator<Item = u64> + '_ {
        self.numbers.iter().copied()
    }

    fn texts(&self) -> impl ExactSizeIterator<Item = &str> {
        self.ends.windows(2).map(|ends| &self.letters[ends[0]..ends[1]])
    }
}

/// What is inserted, and what is looked up.
struct Source {
    inserted: Keys,
    hits: Keys,
    misses: Keys,
}

impl Source {
    fn new(n: usize) -> Source {
        let number = |index: u64| Random::new(index).bits();
        let lookups = n.clamp(LOOKUPS, MOST_LOOKUPS);
        let mut random = Random::new(7);
        Source {
            inserted: Keys::new((0..n as u64).map(number)),
            hits: Keys::new((0..lookups).map(|_| number(random.below(n as u64)))),
            misses: Keys::new((0..lookups as u64).map(|index| number(index + (1 << 40)))),
        }
    }
}

/// How many were found, and the sum of their values.
type Found = (u64, u64);

/// Looks all keys up.
fn lookups<K>(keys: impl Iterator<Item = K>, get: impl Fn(K) -> Option<u64>) -> Found {
    keys.fold((0, 0), |(count, sum), key| match get(key) {
        Some(value) => (count + 1, sum.wrapping_add(value)),
        None => (count, sum),
    })
}

/// Runs the subject.
///
/// # Errors
///
/// Those of the contenders.
pub(crate) fn run(options: &Options) -> Result<Vec<Row>> {
    let large: &[usize] = if options.large { &[10_000_000] } else { &[] };
    let mut rows = Vec::new();
    for n in [1_000, 100_000].iter().chain(large) {
        rows.extend(run_at(*n, options.rounds)?);
    }
    Ok(rows)
}

fn run_at(n: usize, rounds: usize) -> Result<Vec<Row>> {
    let source = Source::new(n);
    let mut recorder = Recorder::new("maps", n as u64);
    let (ours, hashbrown) = (ours::Maps::new(&source)?, peer_hashbrown::Maps::new(&source));
    let rkyv = peer_rkyv::Maps::new(&hashbrown)?;
    ours.count_bytes(&mut recorder);
    hashbrown.count_bytes(&mut recorder);
    // Insertions come afterwards: in between they would leave the caches cold for whoever comes first.
    for round in 0..=rounds {
        agree(&[
            (ours::NAME, ours.turn(&source, &mut recorder)),
            (peer_hashbrown::NAME, hashbrown.turn(&source, &mut recorder)),
            (peer_rkyv::NAME, rkyv.turn(&source, &mut recorder)),
        ]);
        if round == 0 {
            recorder.forget_times();
        }
    }
    // Large ones take a while, and vary less.
    for _ in 0..if n < 1_000_000 { rounds } else { rounds.min(3) } {
        agree(&[
            (ours::NAME, ours::insert(&source, &mut recorder)?),
            (peer_hashbrown::NAME, peer_hashbrown::insert(&source, &mut recorder)),
        ]);
    }
    Ok(recorder.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contenders_agree_on_a_small_map() {
        assert!(!run_at(500, 1).unwrap().is_empty());
    }
}
