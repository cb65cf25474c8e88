//! The records in a region.

use std::path::Path;

use offset_std::{Box, Image, Mapped, String, Vec, from_iter, prelude::*};

use super::{Answers, Draft, EDITED, GROWTH, Source, Sum, Turn, peer_std};
use crate::harness::{MICROS, MILLIS, OURS, Result};
use crate::random::digest;

pub(crate) const NAME: &str = OURS;

/// The table.
#[derive(Relocatable, DeserializeIn)]
#[repr(C)]
pub(crate) struct Records {
    title: String,
    records: Vec<Record>,
}

/// A record.
#[derive(Relocatable, DeserializeIn)]
#[repr(C)]
pub(crate) struct Record {
    name: String,
    id: u64,
    population: u64,
    area: f64,
    elevation: i32,
    more: Vec<String>,
    origin: Option<Box<Origin>>,
}

/// Where a record comes from.
#[derive(Relocatable, DeserializeIn)]
#[repr(C)]
pub(crate) struct Origin {
    name: String,
    year: i32,
}

fn from_draft(draft: Draft<'_>) -> impl Emplace<Record> {
    RecordInit {
        name: draft.name,
        id: draft.id,
        population: draft.population,
        area: draft.area,
        elevation: draft.elevation,
        more: from_iter(draft.more()),
        origin: draft.origin.map(|origin| OriginInit { name: origin.name, year: origin.year }),
    }
}

fn from_std(record: &peer_std::Record) -> impl Emplace<Record> {
    RecordInit {
        name: record.name.as_str(),
        id: record.id,
        population: record.population,
        area: record.area,
        elevation: record.elevation,
        more: from_iter(record.more.iter().map(|name| name.as_str())),
        origin: record.origin.as_deref().map(|origin| OriginInit { name: origin.name.as_str(), year: origin.year }),
    }
}

/// Builds all records.
pub(crate) fn build(source: &Source) -> Result<Image<Records>> {
    Ok(Image::new(RecordsInit { title: "records", records: from_iter(source.drafts().map(from_draft)) })?)
}

pub(crate) fn convert(given: &peer_std::Records) -> Result<Image<Records>> {
    Ok(Image::new(RecordsInit { title: given.title.as_str(), records: from_iter(given.records.iter().map(from_std)) })?)
}

/// Maps a file that nobody changes meanwhile, and checks it.
pub(crate) fn map(path: &Path) -> Result<Mapped<Records>> {
    // SAFETY: the file is this program's own scratch file, and is replaced, never changed.
    Ok(unsafe { Mapped::map(path) }?)
}

/// Maps a file that nobody changes meanwhile and that this program wrote, and finds the first answer in it.
pub(crate) fn open(path: &Path) -> Result<(Mapped<Records>, u64)> {
    // SAFETY: as for `map`; and the file is one that `Image::save` wrote.
    let mapped = unsafe { Mapped::map_unchecked(path) }?;
    let answer = first_answer(&mapped);
    Ok((mapped, answer))
}

/// What is asked first of a file: about a record in the middle.
fn first_answer(records: &Records) -> u64 {
    let record = &records.records[records.records.len() / 2];
    record.population + digest(&record.name)
}

pub(super) fn turn(turn: Turn<'_>) -> Result<Answers> {
    let Turn { source, given, file, recorder } = turn;
    let mut image = recorder.time(NAME, "build", MILLIS, || build(source))?;
    drop(recorder.time(NAME, "convert", MILLIS, || convert(given))?);
    recorder.time(NAME, "save", MILLIS, || image.save(file))?;
    recorder.bytes(NAME, "file", std::fs::metadata(file)?.len());

    drop(recorder.time(NAME, "map, validated", MILLIS, || map(file))?);
    let (mapped, answer) = recorder.time(NAME, "map, trusted", MICROS, || open(file))?;
    assert_eq!(answer, first_answer(&image));
    let built = recorder.time(NAME, "scan", MILLIS, || scan(&image));
    assert_eq!(built, recorder.time(NAME, "scan, mapped", MILLIS, || scan(&mapped)));
    drop(mapped);

    recorder.time(NAME, "edit numbers", MILLIS, || edit_numbers(&mut image));
    let numbers_edited = scan(&image);
    recorder.time(NAME, "edit names", MILLIS, || edit_names(&mut image, source));
    let names_edited = scan(&image);
    recorder.time(NAME, "drop", MILLIS, || drop(image));
    Ok(Answers { built, numbers_edited, names_edited })
}

fn edit_numbers(image: &mut Image<Records>) {
    for mut record in image.edit().records.iter_mut().step_by(EDITED) {
        *record.edit().population += GROWTH;
    }
}

fn edit_names(image: &mut Image<Records>, source: &Source) {
    for (index, mut record) in image.edit().records.iter_mut().enumerate().step_by(EDITED) {
        record.edit().name.set(source.new_name(index));
    }
}

pub(crate) fn scan(records: &Records) -> Sum {
    let mut sum = Sum { text: digest(&records.title), ..Sum::default() };
    for record in &records.records {
        sum.numbers += (record.id + record.population) as i64 + i64::from(record.elevation);
        sum.area += record.area;
        sum.text += digest(&record.name);
        sum.text += record.more.iter().map(|name| digest(name)).sum::<u64>();
        if let Some(origin) = &record.origin {
            sum.numbers += i64::from(origin.year);
            sum.text += digest(&origin.name);
        }
    }
    sum
}
