//! From a file to its first answer, for a small file and one a hundred times its size.
//!
//! The files hold the records of the subject `records`, as many as make *ours* about 10 MB and 1 GB; they are written anew in
//! each run and deleted afterwards. Both contenders read them from the page cache.
//!
//! | metric | what is timed |
//! | --- | --- |
//! | file | the bytes of the file |
//! | map, trusted | from the path to the first answer, nothing checked |
//! | map, validated | from the path to a reference to the root, everything checked |

use std::fs;
use std::path::Path;

use crate::Options;
use crate::harness::{MICROS, MILLIS, Recorder, Result, Row, Scratch, agree, save_durably};
use crate::records::{Source, ours, peer_rkyv, peer_std};

/// How large our file is to be, in bytes.
const FILES: [u64; 2] = [10_000_000, 1_000_000_000];

/// Records in the sample that tells how large a record is.
const SAMPLE: usize = 20_000;

/// How often a file is opened in a round.
const REPEATS: usize = 30;

/// Runs the subject.
///
/// # Errors
///
/// Those of the file system and of the contenders.
pub(crate) fn run(options: &Options) -> Result<Vec<Row>> {
    let sample = Scratch::new("open-sample")?;
    let bytes = write_ours(&Source::new(SAMPLE), sample.path())?;
    let mut rows = Vec::new();
    for wanted in FILES {
        let len = wanted * SAMPLE as u64 / bytes;
        rows.extend(run_at(&Source::new(len as usize), options.rounds)?);
    }
    Ok(rows)
}

fn run_at(source: &Source, rounds: usize) -> Result<Vec<Row>> {
    let mut recorder = Recorder::new("open", source.len() as u64);
    let (ours, rkyv) = (Scratch::new("open-ours")?, Scratch::new("open-rkyv")?);
    let our_bytes = write_ours(source, ours.path())?;
    let rkyv_bytes = write_rkyv(source, rkyv.path())?;
    for repeat in 0..=rounds * REPEATS {
        // In turn first: whoever comes second finds the kernel's structures warm.
        let open_ours =
            |recorder: &mut Recorder| recorder.time(ours::NAME, "map, trusted", MICROS, || ours::open(ours.path()));
        let early = if repeat % 2 == 0 { Some(open_ours(&mut recorder)?) } else { None };
        let (_rkyv, answer) =
            recorder.time(peer_rkyv::NAME, "map, trusted", MICROS, || peer_rkyv::open(rkyv.path()))?;
        let (_ours, our_answer) = early.map_or_else(|| open_ours(&mut recorder), Ok)?;
        agree(&[(ours::NAME, our_answer), (peer_rkyv::NAME, answer)]);
        if repeat == 0 {
            recorder.forget();
        }
    }
    for _ in 0..rounds {
        drop(recorder.time(ours::NAME, "map, validated", MILLIS, || ours::map(ours.path()))?);
        drop(recorder.time(peer_rkyv::NAME, "map, validated", MILLIS, || peer_rkyv::map(rkyv.path()))?);
    }
    recorder.bytes(ours::NAME, "file", our_bytes);
    recorder.bytes(peer_rkyv::NAME, "file", rkyv_bytes);
    Ok(recorder.finish())
}

/// Builds and saves our file, and returns its length.
fn write_ours(source: &Source, path: &Path) -> Result<u64> {
    ours::build(source)?.save(path)?;
    Ok(fs::metadata(path)?.len())
}

/// Builds and saves rkyv's file, and returns its length.
fn write_rkyv(source: &Source, path: &Path) -> Result<u64> {
    let bytes = peer_rkyv::encode(&peer_std::build(source))?;
    save_durably(path, &bytes)?;
    Ok(bytes.len() as u64)
}
