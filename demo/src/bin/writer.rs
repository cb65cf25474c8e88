//! `writer DIR FILE`: builds an index of a directory tree in a region, and saves it.

use std::error::Error;
use std::fs;
use std::io::{IsTerminal, Write, stderr, stdout};
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use offset_demo::builder::{Built, build};
use offset_demo::report::{Bytes, Grouped, Shown, Time, end};

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let [directory, file] = arguments.as_slice() else {
        eprintln!("usage: writer DIR FILE");
        return ExitCode::from(2);
    };
    end("writer", write(Path::new(directory), Path::new(file)))
}

/// Builds and saves the index. The file is there whole afterwards, or isn't touched.
fn write(directory: &Path, file: &Path) -> Result<(), Box<dyn Error>> {
    // A long walk for a file that can't be written would be a pity.
    let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !parent.is_dir() {
        return Err(format!("{}: not a directory to write a file into", parent.display()).into());
    }

    let start = Instant::now();
    let mut progress = Progress::new();
    let built = build(directory, |entries| progress.tell(entries));
    progress.clear();
    let Built { image, filling } = built.map_err(|error| format!("{}: {error}", directory.display()))?;
    let building = start.elapsed();

    let start = Instant::now();
    image.save(file)?;
    let saving = start.elapsed();

    let out = &mut stdout().lock();
    writeln!(out, "{}: {} entries, {}", Shown(&image.path), Grouped(image.counts.entries()), image.troubles)?;
    writeln!(
        out,
        "  build {:>10}, of which {} in the region, the rest reading directories",
        Time(building),
        Time(filling)
    )?;
    writeln!(out, "  save  {:>10}, {} in {}", Time(saving), Bytes(fs::metadata(file)?.len()), file.display())?;
    Ok(())
}

/// Tells on stderr how far the walk has come: often on a terminal, in one line; seldom into a file.
struct Progress {
    terminal: bool,
    step: u64,
    next: u64,
}

impl Progress {
    fn new() -> Progress {
        let terminal = stderr().is_terminal();
        let step = if terminal { 5_000 } else { 250_000 };
        Progress { terminal, step, next: step }
    }

    fn tell(&mut self, entries: u64) {
        if entries < self.next {
            return;
        }
        self.next = entries + self.step;
        if self.terminal {
            eprint!("\r{} entries", Grouped(entries));
        } else {
            eprintln!("{} entries", Grouped(entries));
        }
    }

    fn clear(&self) {
        if self.terminal {
            eprint!("\r\x1b[K");
        }
    }
}
