//! A table of records: a name, four numbers, up to four more names, and for some an origin in a box of its own.
//!
//! | metric | what is timed |
//! | --- | --- |
//! | build | from borrowed names and numbers to the structure; for rkyv: std values, then the archive |
//! | convert | the same from std values that are there already; for std: `clone` |
//! | file | the bytes saved |
//! | save | to a file: temporary file, `fsync`, `rename`, `fsync` of the directory, for both |
//! | map, validated | from the path to a reference to the root, everything checked |
//! | map, trusted | from the path to the first answer, nothing checked |
//! | scan | each number and each byte of each name, in memory |
//! | scan, mapped | the same in the file just mapped, its pages in the page cache |
//! | edit numbers | one number of each tenth record, in place |
//! | edit names | the name of each tenth record gets another length; for rkyv: decode, change, encode |
//! | drop | the structure after the edits |
//!
//! `build` and `convert` take memory fresh from the system in each round. A virtual machine that gives free memory back to its host
//! makes their times scatter, the more the larger the table: look at several runs.

pub(crate) mod ours;
pub(crate) mod peer_rkyv;
pub(crate) mod peer_std;

use std::path::Path;

use crate::Options;
use crate::harness::{Recorder, Result, Row, Scratch, agree};
use crate::random::{Names, Random};

/// Each tenth record is edited.
pub(crate) const EDITED: usize = 10;

/// What an edit adds to the population.
pub(crate) const GROWTH: u64 = 1000;

/// A record that hasn't been built yet.
pub(crate) struct Draft<'a> {
    pub(crate) name: &'a str,
    pub(crate) id: u64,
    pub(crate) population: u64,
    pub(crate) area: f64,
    pub(crate) elevation: i32,
    more: [&'a str; 4],
    more_len: usize,
    pub(crate) origin: Option<DraftOrigin<'a>>,
}

/// The optional part of a record.
pub(crate) struct DraftOrigin<'a> {
    pub(crate) name: &'a str,
    pub(crate) year: i32,
}

impl<'a> Draft<'a> {
    /// The other names.
    pub(crate) fn more(&self) -> impl ExactSizeIterator<Item = &'a str> + use<'a> {
        self.more.into_iter().take(self.more_len)
    }
}

/// Drafts of records: the same each time, and made on the way, so that they take no memory.
pub(crate) struct Source {
    names: Names,
    len: usize,
}

impl Source {
    /// A source of `len` drafts.
    pub(crate) fn new(len: usize) -> Source {
        Source { names: Names::new(), len }
    }

    /// How many drafts there are.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The draft at `index`.
    pub(crate) fn draft(&self, index: usize) -> Draft<'_> {
        let random = &mut Random::new(index as u64 + 1);
        let more_len = random.below(5) as usize;
        let mut more = [""; 4];
        more[..more_len].fill_with(|| self.names.draw(random, 3, 16));
        let origin = (random.below(4) == 0)
            .then(|| DraftOrigin { name: self.names.draw(random, 4, 20), year: random.below(2000) as i32 });
        Draft {
            name: self.names.draw(random, 4, 24),
            id: index as u64,
            population: random.below(10_000_000),
            area: random.below(1 << 20) as f64 / 16.0,
            elevation: random.below(8000) as i32 - 400,
            more,
            more_len,
            origin,
        }
    }

    /// All drafts, in order.
    pub(crate) fn drafts(&self) -> impl ExactSizeIterator<Item = Draft<'_>> {
        (0..self.len).map(|index| self.draft(index))
    }

    /// The new name of the record at `index`: longer or shorter than the old one.
    pub(crate) fn new_name(&self, index: usize) -> &str {
        let old = self.draft(index).name.len() as u64;
        let random = &mut Random::new(!(index as u64));
        let length = match random.between(4, 23) {
            other if other < old => other,
            other => other + 1,
        };
        self.names.draw(random, length, length)
    }
}

/// The sum over all fields of all records.
#[derive(Clone, Copy, Default, PartialEq, Debug)]
pub(crate) struct Sum {
    pub(crate) numbers: i64,
    pub(crate) area: f64,
    pub(crate) text: u64,
}

/// What each contender must find, whatever it is built from.
#[derive(PartialEq, Debug)]
pub(crate) struct Answers {
    built: Sum,
    numbers_edited: Sum,
    names_edited: Sum,
}

/// Where a contender's turn puts what it measures.
pub(crate) struct Turn<'a> {
    source: &'a Source,
    given: &'a peer_std::Records,
    file: &'a Path,
    recorder: &'a mut Recorder,
}

/// Runs the subject.
///
/// # Errors
///
/// Those of the file system and of the contenders.
pub(crate) fn run(options: &Options) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for len in [100_000, 1_000_000].into_iter().take(1 + usize::from(options.large)) {
        rows.extend(run_at(len, options.rounds)?);
    }
    Ok(rows)
}

fn run_at(len: usize, rounds: usize) -> Result<Vec<Row>> {
    let source = Source::new(len);
    let given = peer_std::build(&source);
    let file = Scratch::new("records")?;
    let mut recorder = Recorder::new("records", len as u64);
    for round in 0..=rounds {
        let mut take = |turn: fn(Turn<'_>) -> Result<Answers>| {
            turn(Turn { source: &source, given: &given, file: file.path(), recorder: &mut recorder })
        };
        agree(&[
            (ours::NAME, take(ours::turn)?),
            (peer_rkyv::NAME, take(peer_rkyv::turn)?),
            (peer_std::NAME, take(peer_std::turn)?),
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
    fn contenders_agree() {
        assert!(!run_at(500, 1).unwrap().is_empty());
    }

    #[test]
    fn a_new_name_has_another_length() {
        let source = Source::new(1000);
        for (index, draft) in source.drafts().enumerate() {
            assert_ne!(source.new_name(index).len(), draft.name.len());
        }
    }
}
