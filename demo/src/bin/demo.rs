//! `demo [DIR]`: one process indexes a directory tree (`/usr` if none is named) and saves the index; another maps it and answers.
//!
//! The two are the binaries `writer` and `reader`, which lie beside this one. Run by cargo, this one has them built first.

use std::error::Error;
use std::ffi::OsString;
use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

use offset_demo::report::{Time, end};

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let directory = arguments.next().unwrap_or_else(|| OsString::from("/usr"));
    if arguments.next().is_some() {
        eprintln!("usage: demo [DIR]");
        return ExitCode::from(2);
    }
    end("demo", run(Path::new(&directory)))
}

fn run(directory: &Path) -> Result<(), Box<dyn Error>> {
    if let Some(cargo) = std::env::var_os("CARGO") {
        build(Path::new(&cargo))?;
    }
    let file = Temporary(std::env::temp_dir().join(format!("offset-demo.{}.region", std::process::id())));
    step(Command::new(sibling("writer")?).arg(directory).arg(&file.0))?;
    step(Command::new(sibling("reader")?).arg(&file.0))
}

/// Has cargo build the other two: running one binary builds only that one.
fn build(cargo: &Path) -> Result<(), Box<dyn Error>> {
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "--bin", "writer", "--bin", "reader", "--manifest-path"]);
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    succeed(&mut command)
}

/// The path of a binary beside this one.
fn sibling(name: &str) -> Result<PathBuf, Box<dyn Error>> {
    let path = std::env::current_exe()?.with_file_name(name);
    if path.exists() { Ok(path) } else { Err(format!("{} isn't built", path.display()).into()) }
}

/// Runs a process of the demo, and tells how long all of it took.
fn step(command: &mut Command) -> Result<(), Box<dyn Error>> {
    let name = Path::new(command.get_program()).file_name().unwrap_or_default().display().to_string();
    writeln!(stdout(), "— {name} —")?;
    let start = Instant::now();
    succeed(command)?;
    Ok(writeln!(stdout(), "  process {:>8} from start to end\n", Time(start.elapsed()))?)
}

/// Runs a command, whose failure is ours.
fn succeed(command: &mut Command) -> Result<(), Box<dyn Error>> {
    let program = command.get_program().display().to_string();
    let status = command.status().map_err(|error| format!("{program}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{program}: {status}").into()) }
}

/// A file that is deleted when this is dropped.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        // It isn't there if the writer failed.
        let _ = std::fs::remove_file(&self.0);
    }
}
