//! The records in std's types. They are what rkyv archives, too.

use rkyv::{Archive, Deserialize, Serialize};

use super::{Answers, Draft, EDITED, GROWTH, Source, Sum, Turn};
use crate::harness::{MILLIS, Result};
use crate::random::digest;

pub(crate) const NAME: &str = "std";

/// The table.
#[derive(Archive, Serialize, Deserialize, serde::Serialize, serde::Deserialize, Clone)]
pub(crate) struct Records {
    pub(crate) title: String,
    pub(crate) records: Vec<Record>,
}

/// A record.
#[derive(Archive, Serialize, Deserialize, serde::Serialize, serde::Deserialize, Clone)]
pub(crate) struct Record {
    pub(crate) name: String,
    pub(crate) id: u64,
    pub(crate) population: u64,
    pub(crate) area: f64,
    pub(crate) elevation: i32,
    pub(crate) more: Vec<String>,
    pub(crate) origin: Option<Box<Origin>>,
}

/// Where a record comes from.
#[derive(Archive, Serialize, Deserialize, serde::Serialize, serde::Deserialize, Clone)]
pub(crate) struct Origin {
    pub(crate) name: String,
    pub(crate) year: i32,
}

impl From<Draft<'_>> for Record {
    fn from(draft: Draft<'_>) -> Record {
        Record {
            name: draft.name.to_owned(),
            id: draft.id,
            population: draft.population,
            area: draft.area,
            elevation: draft.elevation,
            more: draft.more().map(str::to_owned).collect(),
            origin: draft.origin.map(|origin| Box::new(Origin { name: origin.name.to_owned(), year: origin.year })),
        }
    }
}

/// Builds all records.
pub(crate) fn build(source: &Source) -> Records {
    Records { title: "records".to_owned(), records: source.drafts().map(Record::from).collect() }
}

/// Gives each tenth record its new name.
pub(crate) fn edit_names(records: &mut Records, source: &Source) {
    for (index, record) in records.records.iter_mut().enumerate().step_by(EDITED) {
        record.name = source.new_name(index).to_owned();
    }
}

pub(super) fn turn(turn: Turn<'_>) -> Result<Answers> {
    let Turn { source, given, recorder, .. } = turn;
    let mut records = recorder.time(NAME, "build", MILLIS, || build(source));
    drop(recorder.time(NAME, "convert", MILLIS, || given.clone()));
    let built = recorder.time(NAME, "scan", MILLIS, || scan(&records));

    recorder.time(NAME, "edit numbers", MILLIS, || {
        records.records.iter_mut().step_by(EDITED).for_each(|record| record.population += GROWTH);
    });
    let numbers_edited = scan(&records);
    recorder.time(NAME, "edit names", MILLIS, || edit_names(&mut records, source));
    let names_edited = scan(&records);
    recorder.time(NAME, "drop", MILLIS, || drop(records));
    Ok(Answers { built, numbers_edited, names_edited })
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
