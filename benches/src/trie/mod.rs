//! Tries: from paths, words and routes to numbers.
//!
//! The paths are those below `/usr` (at most 200,000), the words what their names are made of, and the routes leading bytes of IPv4 addresses: mostly three, in some networks many.
//!
//! | metric | what is timed |
//! | --- | --- |
//! | build | adding all keys, in random order; for the sorted vector, collecting and sorting them |
//! | get | lookups of keys that are there, in random order |
//! | miss | lookups of keys with one byte changed |
//! | prefix | for a key's directory, or its first letters: the first 20 entries that begin so |
//! | longest | for an address, or a path with more behind it: the longest key that it begins with |
//! | walk | all entries in order, with a byte of each key: the time of one |
//! | bytes | what all of it takes, a key |
//!
//! Peers have keys of their own (`Vec<u8>`, which is what a `String` is). They find the longest match by looking up each beginning that may be a key, the longest first: each length of up to four bytes,
//! or up to each slash. All times are those of the thread, whoever else has the processor.

mod ours;
mod peer_sorted;
mod peer_std;

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use crate::Options;
use crate::clock::Stopwatch;
use crate::harness::{BYTES, NANOS, Recorder, Result, Row, agree};
use crate::random::Random;

/// The most keys of a kind.
const MOST: usize = 200_000;
/// Lookups timed at once.
const LOOKUPS: usize = 100_000;
/// The most entries that are looked at for a prefix.
const TAKEN: usize = 20;

/// Keys of a kind.
struct Source {
    metrics: Metrics,
    /// Each once, in random order.
    keys: Vec<Vec<u8>>,
    sought: Vec<Vec<u8>>,
    missing: Vec<Vec<u8>>,
    prefixes: Vec<Vec<u8>>,
    /// What the longest beginning is sought of.
    longer: Vec<Vec<u8>>,
    /// Where a key may end in what is longer than it.
    ends: fn(&[u8]) -> Ends<'_>,
}

/// Lengths, the longest first.
type Ends<'a> = Box<dyn Iterator<Item = usize> + 'a>;

/// The names of what is measured.
#[derive(Clone, Copy)]
struct Metrics {
    build: &'static str,
    get: &'static str,
    miss: &'static str,
    prefix: &'static str,
    longest: &'static str,
    walk: &'static str,
    bytes: &'static str,
}

macro_rules! metrics {
    ($kind:literal) => {
        Metrics {
            build: concat!($kind, " build"),
            get: concat!($kind, " get"),
            miss: concat!($kind, " miss"),
            prefix: concat!($kind, " prefix"),
            longest: concat!($kind, " longest"),
            walk: concat!($kind, " walk"),
            bytes: concat!($kind, " bytes"),
        }
    };
}

/// What a contender found.
#[derive(Clone, Copy, Default, PartialEq, Debug)]
struct Sums {
    found: u64,
    missed: u64,
    prefixes: u64,
    longest: u64,
    walk: u64,
}

/// Something that is searched.
trait Contender: Sized {
    const NAME: &'static str;

    fn build(keys: &[Vec<u8>]) -> Result<Self>;
    /// Bytes that it takes, given those that were allocated while it was built.
    fn bytes(&self, allocated: u64) -> u64;
    fn get(&self, key: &[u8]) -> Option<u64>;
    /// The sum of the first values whose keys begin so.
    fn prefix(&self, prefix: &[u8]) -> u64;
    /// The value of the longest key that `key` begins with.
    fn longest(&self, key: &[u8], ends: fn(&[u8]) -> Ends<'_>) -> Option<u64>;
    /// What [`weigh`] makes of all entries.
    fn walk(&self) -> u64;
}

/// A sum that depends on the order of entries, on a byte of each key, and on each value.
fn weigh<'a>(entries: impl IntoIterator<Item = (impl AsRef<[u8]>, &'a u64)>) -> u64 {
    (0u64..).zip(entries).fold(0, |sum, (place, (key, value))| {
        let last = key.as_ref().last().copied().map_or(0, u64::from);
        sum.wrapping_add(place.wrapping_mul(last)).wrapping_add(*value)
    })
}

impl Source {
    fn new(
        metrics: Metrics,
        mut keys: Vec<Vec<u8>>,
        prefix: fn(&[u8]) -> usize,
        ends: fn(&[u8]) -> Ends<'_>,
    ) -> Source {
        let mut random = Random::new(11);
        keys.sort();
        keys.dedup();
        for last in (1..keys.len()).rev() {
            keys.swap(last, random.below(last as u64 + 1) as usize);
        }
        let sought: Vec<Vec<u8>> =
            (0..LOOKUPS).map(|_| keys[random.below(keys.len() as u64) as usize].clone()).collect();
        let mut missing = sought.clone();
        for key in &mut missing {
            let at = random.below(key.len() as u64) as usize;
            key[at] ^= 0x80;
        }
        let prefixes = sought.iter().map(|key| key[..prefix(key)].to_vec()).collect();
        let longer = sought.iter().map(|key| [key, &b"/a/b"[..]].concat()).collect();
        Source { metrics, keys, sought, missing, prefixes, longer, ends }
    }

    fn paths() -> Source {
        let ends: fn(&[u8]) -> Ends<'_> = |path| {
            let slashes = path.iter().enumerate().rev().filter(|(_, byte)| **byte == b'/').map(|(at, _)| at);
            Box::new(std::iter::once(path.len()).chain(slashes))
        };
        let directory = |path: &[u8]| path.iter().rposition(|&byte| byte == b'/').map_or(0, |at| at + 1);
        Source::new(metrics!("paths"), paths(), directory, ends)
    }

    fn words() -> Source {
        let mut words = Vec::new();
        for path in paths() {
            let parts = path.split(|byte| !byte.is_ascii_alphabetic()).filter(|part| part.len() > 2);
            words.extend(parts.map(<[u8]>::to_ascii_lowercase));
        }
        Source::new(metrics!("words"), words, |word| word.len().min(3), |word| Box::new((1..=word.len()).rev()))
    }

    fn routes() -> Source {
        let mut random = Random::new(3);
        let networks: Vec<[u8; 2]> = (0..3000).map(|_| (random.bits() as u16).to_le_bytes()).collect();
        let route = |_| {
            let network = networks[random.below(networks.len() as u64) as usize];
            let rest = random.bits().to_le_bytes();
            // As in the table of the internet: most routes have 17 to 24 bits.
            let len = match rest[7] {
                0..=2 => 1,
                3..=26 => 2,
                27..=243 => 3,
                _ => 4,
            };
            [network[0], network[1], rest[0], rest[1]][..len].to_vec()
        };
        let routes = (0..MOST).map(route).collect();
        let mut source = Source::new(
            metrics!("routes"),
            routes,
            |route| route.len().min(2),
            |address| Box::new((1..=address.len().min(4)).rev()),
        );
        // Addresses: half of them in a network that has routes.
        source.longer = (0..LOOKUPS)
            .map(|_| {
                let mut address = (random.bits() as u32).to_le_bytes();
                if random.below(2) == 0 {
                    address[..2].copy_from_slice(&networks[random.below(networks.len() as u64) as usize]);
                }
                address.to_vec()
            })
            .collect();
        source
    }
}

/// The paths below `/usr`.
fn paths() -> Vec<Vec<u8>> {
    let (mut paths, mut waiting) = (Vec::new(), vec![PathBuf::from("/usr")]);
    while let Some(directory) = waiting.pop() {
        // What can't be read is left out.
        let mut entries: Vec<_> = fs::read_dir(directory).into_iter().flatten().flatten().collect();
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                waiting.push(entry.path());
            }
            paths.push(entry.path().as_os_str().as_bytes().to_vec());
        }
        if paths.len() >= MOST {
            break;
        }
    }
    paths
}

/// Runs the subject.
///
/// # Errors
///
/// Those of the contenders.
pub(crate) fn run(options: &Options) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for source in [Source::paths(), Source::words(), Source::routes()] {
        rows.extend(run_on(&source, options.rounds)?);
    }
    Ok(rows)
}

fn run_on(source: &Source, rounds: usize) -> Result<Vec<Row>> {
    let mut recorder = Recorder::new("trie", source.keys.len() as u64);
    for round in 0..=rounds {
        agree(&[
            (ours::Ours::NAME, turn::<ours::Ours>(source, &mut recorder)?),
            (ours::Compact::NAME, turn::<ours::Compact>(source, &mut recorder)?),
            (peer_std::Std::NAME, turn::<peer_std::Std>(source, &mut recorder)?),
            (peer_sorted::Sorted::NAME, turn::<peer_sorted::Sorted>(source, &mut recorder)?),
        ]);
        if round == 0 {
            recorder.forget();
        }
    }
    Ok(recorder.finish())
}

fn turn<C: Contender>(source: &Source, recorder: &mut Recorder) -> Result<Sums> {
    let metrics = source.metrics;
    let mut timed = |metric, count: usize, work: &mut dyn FnMut() -> u64| {
        let start = Stopwatch::start();
        let sum = std::hint::black_box(work());
        recorder.add(C::NAME, metric, NANOS, start.seconds() / count as f64);
        sum
    };
    let before = crate::regions::system::allocated_bytes();
    let mut built = None;
    timed(metrics.build, source.keys.len(), &mut || {
        built = Some(C::build(&source.keys));
        0
    });
    let contender = built.ok_or("nothing was built")??;
    let bytes = contender.bytes(crate::regions::system::allocated_bytes().saturating_sub(before));
    let sums = Sums {
        found: timed(metrics.get, LOOKUPS, &mut || source.sought.iter().filter_map(|key| contender.get(key)).sum()),
        missed: timed(metrics.miss, LOOKUPS, &mut || source.missing.iter().filter_map(|key| contender.get(key)).sum()),
        prefixes: timed(metrics.prefix, LOOKUPS, &mut || source.prefixes.iter().map(|key| contender.prefix(key)).sum()),
        longest: timed(metrics.longest, LOOKUPS, &mut || {
            source.longer.iter().filter_map(|key| contender.longest(key, source.ends)).sum()
        }),
        walk: timed(metrics.walk, source.keys.len(), &mut || contender.walk()),
    };
    recorder.add(C::NAME, metrics.bytes, BYTES, bytes as f64 / source.keys.len() as f64);
    Ok(sums)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn contenders_agree_on_what_they_find() {
        for mut source in [Source::paths(), Source::words(), Source::routes()] {
            source.keys.truncate(2000);
            // Peers look at the ends of directories, and at whole keys. What begins a key that isn't there needn't end at either.
            let keys: HashSet<&Vec<u8>> = source.keys.iter().collect();
            let is_kept =
                |longer: &Vec<u8>| longer.strip_suffix(b"/a/b").is_none_or(|key| keys.contains(&key.to_vec()));
            source.longer.retain(is_kept);
            assert!(!run_on(&source, 1).unwrap().is_empty());
        }
    }
}
