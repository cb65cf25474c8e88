//! The records in rkyv 0.8: an archive of the std types, checked with bytecheck, mapped with memmap2.

use std::fs::File;
use std::path::Path;

use memmap2::Mmap;
use rkyv::munge::munge;
use rkyv::rancor;
use rkyv::seal::Seal;
use rkyv::util::AlignedVec;
use rkyv::vec::ArchivedVec;

use super::peer_std::{self, ArchivedRecord, ArchivedRecords, Records};
use super::{Answers, EDITED, GROWTH, Sum, Turn};
use crate::harness::{MICROS, MILLIS, Result, save_durably};
use crate::random::digest;

pub(crate) const NAME: &str = "rkyv";

/// Encodes the records.
pub(crate) fn encode(records: &Records) -> Result<AlignedVec> {
    Ok(rkyv::to_bytes::<rancor::Error>(records)?)
}

/// Maps a file that nobody changes meanwhile, and checks it.
pub(crate) fn map(path: &Path) -> Result<Mmap> {
    let mapped = map_bytes(path)?;
    rkyv::access::<ArchivedRecords, rancor::Error>(&mapped)?;
    Ok(mapped)
}

/// Maps a file that nobody changes meanwhile and that this program wrote, and finds the first answer in it.
pub(crate) fn open(path: &Path) -> Result<(Mmap, u64)> {
    let mapped = map_bytes(path)?;
    let answer = first_answer(trusted(&mapped));
    Ok((mapped, answer))
}

fn map_bytes(path: &Path) -> Result<Mmap> {
    let file = File::open(path)?;
    // SAFETY: the file is this program's own scratch file, and is replaced, never changed.
    Ok(unsafe { Mmap::map(&file) }?)
}

/// The root of an archive that [`encode`] made.
fn trusted(bytes: &[u8]) -> &ArchivedRecords {
    // SAFETY: the callers pass bytes that `encode` made from `Records`, aligned as it made them.
    unsafe { rkyv::access_unchecked::<ArchivedRecords>(bytes) }
}

/// What is asked first of a file: about a record in the middle.
fn first_answer(records: &ArchivedRecords) -> u64 {
    let record = &records.records[records.records.len() / 2];
    record.population.to_native() + digest(&record.name)
}

pub(super) fn turn(turn: Turn<'_>) -> Result<Answers> {
    let Turn { source, given, file, recorder } = turn;
    let mut bytes = recorder.time(NAME, "build", MILLIS, || encode(&peer_std::build(source)))?;
    drop(recorder.time(NAME, "convert", MILLIS, || encode(given))?);
    recorder.bytes(NAME, "file", bytes.len() as u64);
    recorder.time(NAME, "save", MILLIS, || save_durably(file, &bytes))?;

    drop(recorder.time(NAME, "map, validated", MILLIS, || map(file))?);
    let (mapped, answer) = recorder.time(NAME, "map, trusted", MICROS, || open(file))?;
    assert_eq!(answer, first_answer(trusted(&bytes)));
    let built = recorder.time(NAME, "scan", MILLIS, || scan(trusted(&bytes)));
    assert_eq!(built, recorder.time(NAME, "scan, mapped", MILLIS, || scan(trusted(&mapped))));
    drop(mapped);

    recorder.time(NAME, "edit numbers", MILLIS, || edit_numbers(&mut bytes));
    let numbers_edited = scan(trusted(&bytes));
    let bytes = recorder.time(NAME, "edit names", MILLIS, || -> Result<AlignedVec> {
        let mut records = rkyv::deserialize::<Records, rancor::Error>(trusted(&bytes))?;
        peer_std::edit_names(&mut records, source);
        encode(&records)
    })?;
    let names_edited = scan(trusted(&bytes));
    recorder.time(NAME, "drop", MILLIS, || drop(bytes));
    Ok(Answers { built, numbers_edited, names_edited })
}

fn edit_numbers(bytes: &mut AlignedVec) {
    // SAFETY: as for `trusted`.
    let root = unsafe { rkyv::access_unchecked_mut::<ArchivedRecords>(bytes) };
    munge!(let ArchivedRecords { records, .. } = root);
    let mut records = ArchivedVec::as_slice_seal(records);
    for index in (0..records.len()).step_by(EDITED) {
        munge!(let ArchivedRecord { mut population, .. } = Seal::index(records.as_mut(), index));
        *population += GROWTH;
    }
}

fn scan(records: &ArchivedRecords) -> Sum {
    let mut sum = Sum { text: digest(&records.title), ..Sum::default() };
    for record in records.records.iter() {
        sum.numbers += (record.id.to_native() + record.population.to_native()) as i64;
        sum.numbers += i64::from(record.elevation.to_native());
        sum.area += record.area.to_native();
        sum.text += digest(&record.name);
        sum.text += record.more.iter().map(|name| digest(name)).sum::<u64>();
        if let Some(origin) = record.origin.as_ref() {
            sum.numbers += i64::from(origin.year.to_native());
            sum.text += digest(&origin.name);
        }
    }
    sum
}
