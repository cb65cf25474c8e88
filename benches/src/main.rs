//! `cargo compare [SUBJECT…] [--large] [--rounds N]`: measures offset and its peers in one process, on the same data.
//!
//! Each subject prints a table of medians and writes `target/compare/SUBJECT.json`. All contenders use the system's allocator,
//! compute the same answers (which is checked), and make the same promise when they save (see
//! [`save_durably`](harness::save_durably)).

mod harness;
mod open;
mod ordered;
mod random;
mod records;
mod tree;

use std::process::ExitCode;

use harness::{Result, Row};

/// What the command line asks for.
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
    run: fn(&Options) -> Result<Vec<Row>>,
}

const SUBJECTS: [Subject; 4] = [
    Subject { name: "records", about: "a table of records: build, save, map, read, edit, drop", run: records::run },
    Subject { name: "open", about: "from a file of 10 MB and of 1 GB to the first answer", run: open::run },
    Subject { name: "tree", about: "an index of nested directories: build, read, drop", run: tree::run },
    Subject { name: "ordered", about: "ordered maps: look up, insert, walk", run: ordered::run },
];

fn main() -> ExitCode {
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
        let rows = (subject.run)(options)?;
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
         \x20 --large     a million records, ten million keys as well\n\
         \x20 --rounds N  how often each contender has its turn (7)\n\nsubjects (all of them if none is named):\n",
    );
    for Subject { name, about, .. } in SUBJECTS {
        text += &format!("  {name:9} {about}\n");
    }
    text
}
