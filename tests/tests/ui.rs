//! What must not compile doesn't, and says why; see `ui`, one file an attempt.
//!
//! `TRYBUILD=overwrite cargo test -p tests --test ui` records what is said anew, with the version of rustc below.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use trybuild::TestCases;

/// What `rustc --version` begins with where the messages in `ui` come from. Another version words some of them differently.
const RECORDED_WITH: &str = "rustc 1.95.";

/// Where the cases are, for the process that runs copies of them.
const COPIES: &str = "OFFSET_UI_COPIES";

#[test]
fn attempts_to_break_the_rules_do_not_compile() {
    if tests::sanitized() {
        return; // It would build everything once more, and find the same.
    }
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui");
    match env::var_os(COPIES) {
        Some(copies) => run(Path::new(&copies)),
        None if rustc_version().starts_with(RECORDED_WITH) => run(&here),
        None => run_copies(&here),
    }
}

fn run(cases: &Path) {
    let tests = TestCases::new();
    tests.pass(cases.join("pass/*.rs"));
    tests.compile_fail(cases.join("*.rs"));
    tests.compile_fail(cases.join("derive/*.rs"));
}

fn rustc_version() -> String {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output().expect("rustc runs");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Runs copies without the recorded messages, so that all that counts is whether they compile.
fn run_copies(cases: &Path) {
    let copies = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("ui");
    let _ = fs::remove_dir_all(&copies);
    for part in ["", "derive", "pass", "support"] {
        fs::create_dir_all(copies.join(part)).expect("the target directory can be written to");
        for entry in fs::read_dir(cases.join(part)).expect("the cases are there") {
            let path = entry.expect("the cases are there").path();
            if let (Some(name), Some("rs")) = (path.file_name(), path.extension().and_then(|name| name.to_str())) {
                fs::copy(&path, copies.join(part).join(name)).expect("the target directory can be written to");
            }
        }
    }
    let again = Command::new(env::current_exe().expect("this test has a path"))
        .args(["--exact", "attempts_to_break_the_rules_do_not_compile"])
        .env(COPIES, &copies)
        .env("TRYBUILD", "overwrite")
        .status();
    assert!(again.expect("this test runs again").success(), "some case compiles");
}
