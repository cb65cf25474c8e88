//! A JSON document of the records of `records`, straight into a structure by way of serde.
//!
//! | metric | what is timed, as time for which the thread ran |
//! | --- | --- |
//! | read | from the text to the structure |
//! | drop | the structure |
//! | text only | the text is parsed, and nothing is kept of it: what no structure can go below |
//!
//! `offset` is an image, `offset region` an overlapping region; `offset by std` makes std values first, and builds an image of them. All read the text with serde_json, and
//! with serde's derives or ours.

use offset_std::{FromDeserializer, Image, Region};
use serde::de::IgnoredAny;

use crate::Options;
use crate::clock::Stopwatch;
use crate::harness::{MEBIBYTES, MILLIS, OURS, Recorder, Result, Row, agree};
use crate::records::{Source, Sum, ours, peer_std};

/// Runs the subject.
///
/// # Errors
///
/// Those of the contenders.
pub(crate) fn run(options: &Options) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for len in [1_000, 100_000, 1_000_000].into_iter().take(2 + usize::from(options.large)) {
        rows.extend(run_at(len, options.rounds)?);
    }
    Ok(rows)
}

fn run_at(len: usize, rounds: usize) -> Result<Vec<Row>> {
    let text = serde_json::to_string(&peer_std::build(&Source::new(len)))?;
    let mut recorder = Recorder::new("json", len as u64);
    recorder.add(OURS, "text", MEBIBYTES, text.len() as f64);
    // Small documents are read again and again, so that a turn takes long enough to be measured.
    let times = (100_000 / len).max(1);
    for round in 0..=rounds {
        let mut turn = Turn { text: &text, times, recorder: &mut recorder };
        let answers = [
            turn.contender(OURS, |text| Ok(Image::from_deserializer(&mut document(text))?), |image| ours::scan(image)),
            turn.contender(peer_std::NAME, |text| Ok(serde_json::from_str(text)?), peer_std::scan),
            turn.contender(
                "offset by std",
                |text| ours::convert(&serde_json::from_str(text)?),
                |image| ours::scan(image),
            ),
            turn.region(),
        ];
        turn.text_only()?;
        agree(&answers.into_iter().collect::<Result<Vec<_>>>()?);
        if round == 0 {
            recorder.forget_times();
        }
    }
    Ok(recorder.finish())
}

fn document(text: &str) -> serde_json::Deserializer<serde_json::de::StrRead<'_>> {
    serde_json::Deserializer::from_str(text)
}

/// What a contender reads, and where it puts what it measures.
struct Turn<'a> {
    text: &'a str,
    times: usize,
    recorder: &'a mut Recorder,
}

impl Turn<'_> {
    /// Reads the document, looks at what came of it, and drops that.
    fn contender<T>(
        &mut self,
        name: &'static str,
        read: impl Fn(&str) -> Result<T>,
        scan: impl Fn(&T) -> Sum,
    ) -> Result<(&'static str, Sum)> {
        let (mut reading, mut dropping, mut sum) = (0.0, 0.0, Sum::default());
        for _ in 0..self.times {
            let start = Stopwatch::start();
            let records = std::hint::black_box(read(self.text)?);
            reading += start.seconds();
            sum = scan(&records);
            let start = Stopwatch::start();
            drop(std::hint::black_box(records));
            dropping += start.seconds();
        }
        self.recorder.add(name, "read", MILLIS, reading / self.times as f64);
        self.recorder.add(name, "drop", MILLIS, dropping / self.times as f64);
        Ok((name, sum))
    }

    /// The same in a region of a space.
    fn region(&mut self) -> Result<(&'static str, Sum)> {
        const NAME: &str = "offset region";
        let (mut reading, mut dropping, mut sum) = (0.0, 0.0, Sum::default());
        for _ in 0..self.times {
            let start = Stopwatch::start();
            let region = Region::new();
            let records = region.try_alloc::<ours::Records, _>(FromDeserializer(&mut document(self.text)))?;
            reading += start.seconds();
            sum = ours::scan(&records);
            let start = Stopwatch::start();
            records.freeze();
            drop(std::hint::black_box(region));
            dropping += start.seconds();
        }
        self.recorder.add(NAME, "read", MILLIS, reading / self.times as f64);
        self.recorder.add(NAME, "drop", MILLIS, dropping / self.times as f64);
        Ok((NAME, sum))
    }

    fn text_only(&mut self) -> Result<()> {
        let start = Stopwatch::start();
        for _ in 0..self.times {
            serde_json::from_str::<IgnoredAny>(self.text)?;
        }
        self.recorder.add("serde_json", "text only", MILLIS, start.seconds() / self.times as f64);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contenders_agree_on_a_document() {
        assert!(!run_at(500, 1).unwrap().is_empty());
    }
}
