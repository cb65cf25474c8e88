//! `cargo compare [SUBJECT…] [--large] [--rounds N]`: measures offset and its peers in one process, on the same data.
//!
//! Each subject prints a table of medians and writes `target/compare/SUBJECT.json`. All contenders but mimalloc use the system's allocator,
//! compute the same answers (which is checked), and make the same promise when they save (see
//! [`save_durably`](harness::save_durably)).

mod clock;
mod graph;
mod harness;
mod interner;
mod json;
mod maps;
mod open;
mod ordered;
mod random;
mod records;
mod regions;
mod tree;
mod trie;

use std::process::ExitCode;

use harness::{Result, Row};

/// What the command line asks for.
#[derive(Clone)]
struct Options {
    subjects: Vec<Subject>,
    large: bool,
    rounds: usize,
}

/// A comparison, by name.
#[derive(Clone, Copy)]
struct Subject {
    name: &'static str,
    about: &'static str,
    /// More rounds would take long and tell no more.
    most_rounds: usize,
    run: fn(&Options) -> Result<Vec<Row>>,
}

const SUBJECTS: [Subject; 18] = [
    Subject {
        name: "records",
        about: "a table of records: build, save, map, read, edit, drop",
        most_rounds: usize::MAX,
        run: records::run,
    },
    Subject {
        name: "json",
        about: "a document of records, straight into a structure",
        most_rounds: usize::MAX,
        run: json::run,
    },
    Subject {
        name: "open",
        about: "from a file of 10 MB and of 1 GB to the first answer",
        most_rounds: usize::MAX,
        run: open::run,
    },
    Subject {
        name: "maps",
        about: "hash maps: lookups, many at once, inserts, bytes",
        most_rounds: usize::MAX,
        run: maps::run,
    },
    Subject {
        name: "ordered",
        about: "ordered maps: look up, insert, walk",
        most_rounds: usize::MAX,
        run: ordered::run,
    },
    Subject {
        name: "graph",
        about: "nodes that name one another by keys: insert, walk, remove",
        most_rounds: usize::MAX,
        run: graph::run,
    },
    Subject {
        name: "interner",
        about: "texts, each stored once: intern, resolve, bytes",
        most_rounds: usize::MAX,
        run: interner::run,
    },
    Subject {
        name: "tree",
        about: "an index of nested directories: build, read, drop",
        most_rounds: usize::MAX,
        run: tree::run,
    },
    Subject {
        name: "trie",
        about: "tries of paths, words and routes: look up, prefixes, longest match, walk",
        most_rounds: usize::MAX,
        run: trie::run,
    },
    Subject {
        name: "small",
        about: "a region is created, gets 1 to 1,000 objects, and is dropped",
        most_rounds: usize::MAX,
        run: regions::small::run,
    },
    Subject {
        name: "fill",
        about: "a region gets 1 MiB of objects and is dropped, or reset, again and again",
        most_rounds: usize::MAX,
        run: regions::fill::run,
    },
    Subject {
        name: "push",
        about: "a vector in a fresh region grows number by number",
        most_rounds: usize::MAX,
        run: regions::push::run,
    },
    Subject {
        name: "alive",
        about: "a million regions of one object at once: memory and time",
        most_rounds: 3,
        run: regions::alive::run,
    },
    Subject {
        name: "churn",
        about: "regions of all sizes come and go: peak of memory, and time",
        most_rounds: 3,
        run: regions::churn::run,
    },
    Subject {
        name: "extents",
        about: "what a file with the pages of a region would take",
        most_rounds: 5,
        run: regions::extents::run,
    },
    Subject {
        name: "huge",
        about: "a region grows with huge pages, and without: time and memory",
        most_rounds: usize::MAX,
        run: regions::huge::run,
    },
    Subject {
        name: "threads",
        about: "two threads build in one region, or in one each",
        most_rounds: usize::MAX,
        run: regions::threads::run,
    },
    Subject {
        name: "slots",
        about: "contiguous images at once, until one is refused",
        most_rounds: 3,
        run: regions::slots::run,
    },
];

fn main() -> ExitCode {
    if let Some(code) = regions::isolated::answer() {
        return code;
    }
    let options = match parse(std::env::args().skip(1)) {
        Ok(Some(options)) => options,
        Ok(None) => {
            print!("{}", usage());
            return ExitCode::SUCCESS;
        }
        Err(problem) => {
            eprint!("compare: {problem}\n\n{}", usage());
            return ExitCode::from(2);
        }
    };
    match compare(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("compare: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the subjects, and prints and writes what came out.
fn compare(options: &Options) -> Result<()> {
    for subject in &options.subjects {
        let options = Options { rounds: options.rounds.min(subject.most_rounds), ..options.clone() };
        let rows = (subject.run)(&options)?;
        let file = harness::write_json(subject.name, &rows)?;
        println!("{}\nmedians of {} rounds, in {}\n", harness::table(&rows), options.rounds, file.display());
    }
    Ok(())
}

/// Reads the command line. `None` asks for help.
fn parse(arguments: impl Iterator<Item = String>) -> std::result::Result<Option<Options>, String> {
    let mut options = Options { subjects: Vec::new(), large: false, rounds: 7 };
    let mut arguments = arguments;
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--help" | "-h" => return Ok(None),
            "--large" => options.large = true,
            "--rounds" => {
                let rounds = arguments.next().and_then(|number| number.parse().ok()).filter(|&rounds| rounds > 0);
                options.rounds = rounds.ok_or("--rounds wants a number above zero")?;
            }
            name => match SUBJECTS.iter().find(|subject| subject.name == name) {
                Some(&subject) => options.subjects.push(subject),
                None => return Err(format!("there is no subject or option `{name}`")),
            },
        }
    }
    if options.subjects.is_empty() {
        options.subjects = SUBJECTS.to_vec();
    }
    Ok(Some(options))
}

fn usage() -> String {
    let mut text = String::from(
        "usage: cargo compare [SUBJECT…] [--large] [--rounds N]\n\n\
         \x20 --large     a million records and ten million entries as well, a longer churn\n\
         \x20 --rounds N  how often each contender has its turn (7)\n\nsubjects (all of them if none is named):\n",
    );
    for Subject { name, about, .. } in SUBJECTS {
        text += &format!("  {name:9} {about}\n");
    }
    text
}
