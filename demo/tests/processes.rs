//! Two processes: `writer` indexes a tree, `reader` answers from the file.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, UNIX_EPOCH};

const WRITER: &str = env!("CARGO_BIN_EXE_writer");
const READER: &str = env!("CARGO_BIN_EXE_reader");

/// A directory of the test's own, deleted when this is dropped: the tree lies in `tree`, the index beside it.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.{}", std::process::id()));
        fs::create_dir_all(path.join("tree")).unwrap();
        Scratch(path)
    }

    fn tree(&self) -> PathBuf {
        self.0.join("tree")
    }

    fn index(&self) -> PathBuf {
        self.0.join("index.region")
    }

    /// Writes a file of `size` bytes that was changed `age` seconds after 2020 began.
    fn file(&self, path: impl AsRef<OsStr>, size: usize, age: u64) {
        let path = self.tree().join(Path::new(&path));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, vec![b'x'; size]).unwrap();
        let file = fs::File::options().write(true).open(&path).unwrap();
        file.set_modified(UNIX_EPOCH + Duration::from_secs(1_577_836_800 + age)).unwrap();
    }

    /// What lies in the scratch directory.
    fn names(&self) -> Vec<String> {
        let names = fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What is left behind lies in the target directory.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn write(directory: &Path, file: &Path) -> Output {
    Command::new(WRITER).args([directory, file]).output().unwrap()
}

/// What the reader says, which must succeed.
fn ask(file: &Path, queries: &[&OsStr]) -> String {
    let output = Command::new(READER).arg(file).args(queries).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The lines of an answer below the line that begins with `title`.
fn answer<'a>(report: &'a str, title: &str) -> Vec<&'a str> {
    let lines = report.lines().skip_while(|line| !line.starts_with(title)).skip(1);
    lines.take_while(|line| !line.is_empty()).map(str::trim).collect()
}

#[track_caller]
fn assert_failed(output: &Output, message: &str) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains(message), "{stderr}");
}

#[test]
fn another_process_answers_from_the_index() {
    let scratch = Scratch::new("answers");
    for n in 0..12_u64 {
        scratch.file(format!("many/{n:02}.log"), 100 + n as usize, n);
    }
    scratch.file("lib/deep/er/libc.so", 5000, 50);
    scratch.file("lib/libm.so", 10, 60);
    scratch.file(OsStr::from_bytes(b"raw\xff.so"), 1, 70);
    symlink("..", scratch.tree().join("lib/up")).unwrap();
    fs::create_dir(scratch.tree().join("empty")).unwrap();

    let output = write(&scratch.tree(), &scratch.index());
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("21 entries, 0 unreadable, 0 vanished, 0 loops"), "{said}");

    let report = ask(&scratch.index(), &[]);
    // Both answers, the index's and the file system's, were compared by the reader.
    assert_eq!(report.matches("from the file system (").count(), 7, "{report}");
    assert!(!report.contains("changed since"), "{report}");

    let bytes = (0..12).map(|n| 100 + n).sum::<u64>() + 5000 + 10 + 1;
    let total = answer(&report, "total");
    assert!(total[0].starts_with("21 entries: 15 files with"), "{total:?}");
    assert!(total[0].contains(&format!(
        "({},{:03} bytes), 5 directories, 1 links, 0 others",
        bytes / 1000,
        bytes % 1000
    )));

    let largest = answer(&report, "largest");
    assert_eq!((largest[0], largest.len()), ("15 files in all", 11));
    assert_eq!(largest[1], "4.9 KiB  2020-01-01 00:00:50  file       lib/deep/er/libc.so");
    assert_eq!(largest[2], "111 B  2020-01-01 00:00:11  file       many/11.log");
    assert_eq!(largest[10], "103 B  2020-01-01 00:00:03  file       many/03.log");

    let newest = answer(&report, "newest");
    assert_eq!(newest[1], r"1 B  2020-01-01 00:01:10  file       raw\xff.so");
    assert_eq!(newest[2], "10 B  2020-01-01 00:01:00  file       lib/libm.so");

    let suffix = answer(&report, "paths ending in .so");
    assert_eq!((suffix[0], suffix.len()), ("3 paths, 4.9 KiB in files", 4));
    assert!(answer(&report, "entry at lib/deep/er/libc.so")[0].ends_with("lib/deep/er/libc.so"));
}

#[test]
fn an_entry_is_found_by_its_path() {
    let scratch = Scratch::new("paths");
    scratch.file(OsStr::from_bytes(b"a/raw\xff"), 7, 0);
    symlink("a", scratch.tree().join("link")).unwrap();
    assert!(write(&scratch.tree(), &scratch.index()).status.success());

    let raw = OsStr::from_bytes(b"path=/a//./raw\xff/");
    let queries = ["path=a", "path=b", "path=link/x", "path=", "path=a/.."].map(OsStr::new);
    let report = ask(&scratch.index(), &[&[raw], &queries[..]].concat());
    assert!(!report.contains("changed since"), "{report}");
    assert_eq!(answer(&report, r"entry at /a//./raw\xff/"), [r"7 B  2020-01-01 00:00:00  file       a/raw\xff"]);
    assert!(answer(&report, "entry at a:")[0].contains("directory"), "{report}");
    assert!(answer(&report, "entry at :")[0].ends_with("directory  ."), "{report}");
    for missing in ["b", "link/x", "a/.."] {
        assert_eq!(answer(&report, &format!("entry at {missing}:")), ["nothing there"]);
    }
}

#[test]
fn entries_are_found_by_name_and_by_size() {
    let scratch = Scratch::new("maps");
    for (place, size) in [("b", 7), ("a", 7), ("c", 6), ("d", 300), ("e", 8)] {
        scratch.file(format!("{place}/x"), size, 0);
    }
    scratch.file("x/y", 5, 0);
    assert!(write(&scratch.tree(), &scratch.index()).status.success());

    let queries = ["name=x", "name=z", "size=6-8", "size=301-"].map(OsStr::new);
    let report = ask(&scratch.index(), &queries);
    assert_eq!(report.matches("from the file system (").count(), 4, "{report}");
    assert!(!report.contains("changed since"), "{report}");
    let paths = |title: &str| {
        let lines = answer(&report, title);
        let paths = lines[1..].iter().map(|line| line.rsplit_once(' ').unwrap().1.to_owned()).collect::<Vec<_>>();
        (lines[0].to_owned(), paths)
    };
    let of = |count: &str, all: &[&str]| (count.to_owned(), all.iter().map(|&path| path.to_owned()).collect());
    assert_eq!(paths("entries named x"), of("6 paths, 328 B in files", &["a/x", "b/x", "c/x", "d/x", "e/x"]));
    assert_eq!(paths("entries named z"), of("0 paths, 0 B in files", &[]));
    assert_eq!(paths("files of 6 to 8"), of("4 paths, 28 B in files", &["e/x", "a/x", "b/x", "c/x"]));
    assert_eq!(paths("files of 301 bytes and more"), of("0 paths, 0 B in files", &[]));
}

#[test]
fn the_index_answers_when_the_tree_is_gone_or_changed() {
    let scratch = Scratch::new("gone");
    scratch.file("one", 1, 0);
    assert!(write(&scratch.tree(), &scratch.index()).status.success());
    scratch.file("two", 2, 0);
    let total = [OsStr::new("total")];
    assert!(ask(&scratch.index(), &total).contains("the tree has changed since"));
    fs::remove_dir_all(scratch.tree()).unwrap();
    let report = ask(&scratch.index(), &total);
    assert!(report.contains("none from the file system"), "{report}");
    assert!(answer(&report, "total")[0].starts_with("1 entries: 1 files"), "{report}");
}

#[test]
fn an_index_is_replaced_as_a_whole() {
    let scratch = Scratch::new("replaced");
    scratch.file("one", 1, 0);
    assert!(write(&scratch.tree(), &scratch.index()).status.success());
    let before = fs::read(scratch.index()).unwrap();
    assert_failed(&write(&scratch.tree().join("missing"), &scratch.index()), "missing: ");
    assert_eq!(fs::read(scratch.index()).unwrap(), before);
    assert!(write(&scratch.tree(), &scratch.index()).status.success());
    assert_eq!(scratch.names(), ["index.region", "tree"]);
}

#[test]
fn what_can_not_be_written_is_said_and_leaves_no_file() {
    let scratch = Scratch::new("errors");
    scratch.file("one", 1, 0);
    assert_failed(&write(&scratch.tree(), &scratch.0.join("no/where")), "no: not a directory to write a file into");
    assert_failed(&write(&scratch.tree(), &scratch.tree()), "tree: ");

    // A full disk: files may have one block, and the signal that says so is ignored, so that writing fails.
    // A sanitizer itself can't live with a limit on address space.
    let sanitized = std::env::var("RUSTFLAGS").is_ok_and(|flags| flags.contains("sanitizer"));
    let limits = ["trap '' XFSZ; ulimit -f 1", "ulimit -v 1000000"];
    for limit in &limits[..if sanitized { 1 } else { 2 }] {
        let script = format!(r#"{limit}; exec "$0" "$@""#);
        let mut shell = Command::new("sh");
        let output = shell.args(["-c", &script, WRITER]).args([scratch.tree(), scratch.index()]).output().unwrap();
        assert_failed(&output, "writer: ");
        assert_eq!(scratch.names(), ["tree"]);
    }
}

#[test]
fn what_is_no_index_is_refused() {
    let scratch = Scratch::new("refused");
    fs::write(scratch.index(), "this is no region").unwrap();
    for file in [scratch.index(), scratch.0.join("missing")] {
        let output = Command::new(READER).arg(&file).output().unwrap();
        assert_failed(&output, &file.display().to_string());
    }
    let output = Command::new(READER).arg(scratch.index()).arg("nonsense").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}
