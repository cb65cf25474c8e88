//! A JSON document of the records of `records`, straight into a structure by way of serde. Each turn is a process of its own.
//!
//! | metric | what is timed, as time for which the thread ran |
//! | --- | --- |
//! | read | from the text to the structure, the first one in its process |
//! | read, drop | one structure after the other, each dropped before the next: the memory is warm where the contender keeps it |
//! | parse only | the text is parsed, and nothing is kept of it: what no structure can go below |
//!
//! `offset` is an image, `offset region` an overlapping region; `offset by std` makes std values first, and builds an image of them. All read the text with serde_json, and
//! with serde's derives or ours.

use std::hint::black_box;

use offset_std::{FromDeserializer, Image, Region, Token};
use serde::de::IgnoredAny;

use crate::Options;
use crate::clock::Stopwatch;
use crate::harness::{MILLIS, OURS, Result, Row};
use crate::records::{Source, Sum, ours, peer_std};
use crate::regions::isolated::{Contender, Task};

/// How often a document of 100,000 records is read in a turn after the first time.
const AGAIN: u64 = 5;

pub(crate) const TASK: Task = Task {
    name: "json",
    metrics: &[("read", MILLIS), ("read, drop", MILLIS), ("parse only", MILLIS)],
    contenders: &[
        Contender { name: OURS, measure: image },
        Contender { name: "offset region", measure: region },
        Contender { name: "offset by std", measure: by_std },
        Contender { name: peer_std::NAME, measure: std_types },
    ],
};

/// Runs the subject.
///
/// # Errors
///
/// If a process can't be started, or fails.
pub(crate) fn run(options: &Options) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for len in [1_000, 100_000, 1_000_000].into_iter().take(2 + usize::from(options.large)) {
        rows.extend(TASK.run(len, options.rounds)?);
    }
    Ok(rows)
}

fn image(len: u64) -> Vec<f64> {
    let read = |text: &str| Image::from_deserializer(&mut document(text)).expect("the text is valid");
    measure(len, read, |records| ours::scan(records))
}

fn by_std(len: u64) -> Vec<f64> {
    let read = |text: &str| ours::convert(&from_str(text)).expect("there is memory");
    measure(len, read, |records| ours::scan(records))
}

fn std_types(len: u64) -> Vec<f64> {
    measure(len, from_str, peer_std::scan)
}

fn region(len: u64) -> Vec<f64> {
    // The structure is left in the region, which is dropped as a whole.
    let read = |text: &str| {
        let region = Region::new();
        let records = region.alloc::<ours::Records, _>(FromDeserializer(&mut document(text))).detach();
        (region, Some(records))
    };
    let scan = |(region, records): &mut (Region, Option<Token<ours::Records>>)| {
        let records = region.adopt(records.take().expect("it is there")).expect("it was built there");
        ours::scan(records.freeze())
    };
    measure_mut(len, read, scan)
}

fn from_str(text: &str) -> peer_std::Records {
    serde_json::from_str(text).expect("the text is valid")
}

fn document(text: &str) -> serde_json::Deserializer<serde_json::de::StrRead<'_>> {
    serde_json::Deserializer::from_str(text)
}

fn measure<T>(len: u64, read: impl Fn(&str) -> T, scan: impl Fn(&T) -> Sum) -> Vec<f64> {
    measure_mut(len, read, |records| scan(records))
}

/// Reads the document once, and then again and again, and looks at what came of it.
fn measure_mut<T>(len: u64, read: impl Fn(&str) -> T, scan: impl Fn(&mut T) -> Sum) -> Vec<f64> {
    let given = peer_std::build(&Source::new(len as usize));
    let text = serde_json::to_string(&given).expect("records are valid JSON");
    let expected = peer_std::scan(&given);
    // What was freed would be warm memory for std's types.
    std::mem::forget(given);

    let start = Stopwatch::start();
    let mut records = black_box(read(&text));
    let first = start.seconds();
    assert_eq!(scan(&mut records), expected);
    drop(records);

    let times = AGAIN * (100_000 / len).max(1);
    let start = Stopwatch::start();
    (0..times).for_each(|_| drop(black_box(read(&text))));
    let again = start.seconds() / times as f64;

    let start = Stopwatch::start();
    (0..times).for_each(|_| drop(serde_json::from_str::<IgnoredAny>(&text)));
    vec![first, again, start.seconds() / times as f64]
}

#[cfg(test)]
mod tests {
    #[test]
    fn each_contender_has_its_turn() {
        super::TASK.try_all(100);
    }
}
