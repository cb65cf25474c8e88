//! `reader FILE [QUERY…]`: maps an index that another process has built, and answers from it.
//!
//! Each answer is timed beside that of walking the directory tree again.

use std::error::Error;
use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use offset_demo::index::Index;
use offset_demo::query::{Answer, Query};
use offset_demo::report::{Answered, Bytes, Shown, Time, end};
use offset_std::Mapped;

const USAGE: &str = "usage: reader FILE [QUERY…]

queries (all of them if none is given):
  total        entries of each kind, and the bytes in files
  largest      the ten largest files
  newest       the ten files changed last
  size=FROM-TO the files with so many bytes; either may be left out
  name=NAME    the entries with this name
  suffix=TEXT  the paths that end in TEXT
  path=PATH    the entry at PATH, relative to the directory that was indexed
";

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let Some((file, queries)) = arguments.split_first() else {
        eprint!("{USAGE}");
        return ExitCode::from(2);
    };
    let mut asked = Vec::new();
    for text in queries {
        let Some(query) = Query::parse(text) else {
            eprint!("reader: `{}` is no query\n\n{USAGE}", text.display());
            return ExitCode::from(2);
        };
        asked.push(query);
    }
    end("reader", read(Path::new(file), &asked))
}

/// Maps the index and answers the queries.
fn read(file: &Path, asked: &[Query]) -> Result<(), Box<dyn Error>> {
    let bytes = std::fs::metadata(file).map_err(|error| format!("{}: {error}", file.display()))?.len();
    let start = Instant::now();
    // SAFETY: `writer` replaces an index as a whole and never changes one; that nobody else does is for whoever names the file.
    let index = unsafe { Mapped::<Index>::map(file) }?;
    let mapping = start.elapsed();

    let mut out = io::stdout().lock();
    let default = [
        Query::Total,
        Query::Largest,
        Query::Newest,
        Query::Size(1 << 20..=1 << 21),
        Query::Name(b"README".to_vec()),
        Query::Suffix(b".so".to_vec()),
    ];
    let queries = if asked.is_empty() { &default } else { asked };
    let mut largest = None;
    for (place, query) in queries.iter().enumerate() {
        let (answer, time) = timed(|| query.ask_index(&index));
        if place == 0 {
            let first = start.elapsed();
            writeln!(out, "{}: an index of {}, {}\n", Shown(&index.path), Bytes(bytes), index.troubles)?;
            writeln!(out, "mapped and checked in {}; first answer after {}\n", Time(mapping), Time(first))?;
        }
        show(&mut out, &index, query, &answer, time)?;
        if *query == Query::Largest {
            largest = answer.hits.into_iter().next();
        }
    }
    if let (true, Some(largest)) = (asked.is_empty(), largest) {
        let query = Query::At(largest.path);
        let (answer, time) = timed(|| query.ask_index(&index));
        show(&mut out, &index, &query, &answer, time)?;
    }
    Ok(out.flush()?)
}

/// Prints an answer, and what it would have cost without the index.
fn show(out: &mut impl Write, index: &Index, query: &Query, answer: &Answer, time: Duration) -> io::Result<()> {
    let root = Path::new(OsStr::from_bytes(&index.path));
    let (again, walk_time) = timed(|| query.ask_file_system(root));
    write!(out, "{query}: {} from the index, ", Time(time))?;
    match again {
        Ok(again) => {
            let ratio = walk_time.as_secs_f64() / time.as_secs_f64().max(1e-9);
            let changed = if again == *answer { "" } else { "; the tree has changed since" };
            let digits = usize::from(ratio < 10.0);
            writeln!(out, "{} from the file system ({ratio:.digits$} times as long{changed})", Time(walk_time))?;
        }
        Err(error) => writeln!(out, "none from the file system ({error})")?,
    }
    writeln!(out, "{}", Answered(query, answer))
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let outcome = work();
    (outcome, start.elapsed())
}
