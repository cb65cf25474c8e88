//! Running a test in a process of its own.

use std::env;
use std::process::{Command, Output};

/// The variable that tells a child what to do.
const ROLE: &str = "OFFSET_TEST_ROLE";

/// What a child was started for; `None` in the test itself.
pub fn role() -> Option<String> {
    env::var(ROLE).ok()
}

/// Runs one test of this binary once more, in a process of its own, with a [role].
///
/// # Panics
///
/// If the child can't be started, or runs no test.
pub fn rerun(test: &str, role: &str) -> Output {
    let binary = env::current_exe().expect("a test knows its binary");
    let mut child = Command::new(binary);
    child.args([test, "--exact", "--nocapture", "--test-threads=1"]).env(ROLE, role);
    let output = child.output().expect("a process can be started");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("running 1 test"), "there is no test `{test}`: {text}");
    output
}

/// The same, for a child that has to succeed.
///
/// # Panics
///
/// If it doesn't.
pub fn rerun_successfully(test: &str, role: &str) {
    let output = rerun(test, role);
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "the child failed ({}):\n{out}\n{err}", output.status);
}
