//! Headers and schemas that lie, and things at a path that are no region file.

use std::fs;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use offset_std::prelude::*;
use offset_std::{ErrorKind, String, Vec};
use rustix::fs::{CWD, Mode, mkfifoat};
use tests::Scratch;

use crate::atlas::{Atlas, Link, atlas};
use crate::attack::{HEADER, RegionFile, Temporary, refusal};

/// The file of a small atlas with some bytes of the header changed, and the header sealed again.
#[track_caller]
fn refused_with(at: usize, bytes: &[u8]) -> std::string::String {
    let mut file = RegionFile::of(&atlas(1));
    file.bytes[at..at + bytes.len()].copy_from_slice(bytes);
    file.seal_header();
    refusal::<Atlas>(&file.bytes)
}

#[test]
fn headers_that_lie_are_refused_with_the_reason() {
    assert!(refused_with(0, b"PK\x03\x04").contains("not a region file: it begins with \"PK\\\\x03\\\\x04"));
    assert!(refused_with(8, &2u32.to_le_bytes()).contains("format version 2"));
    assert!(refused_with(8, &u32::MAX.to_le_bytes()).contains("newer offset-std"));
    assert!(refused_with(8, &0u32.to_le_bytes()).contains("no meaning"));
    assert!(refused_with(12, &0x0a0b_0c0du32.to_be_bytes()).contains("other byte order"));
    assert!(refused_with(12, &1u32.to_le_bytes()).contains("no meaning"));
    assert!(refused_with(32, &[0; 8]).contains("schema of the file was changed"));
    assert!(refused_with(40, &[0; 8]).contains("body of the file was changed"));
    for value in [0u64, 1, 127, 128, 136, 1 << 35, 1 << 40, u64::MAX - 7, u64::MAX] {
        let bytes = value.to_le_bytes();
        assert!(refused_with(48, &bytes).contains("schema isn't behind its body"));
        assert!(!refused_with(56, &bytes).is_empty());
        assert!(refused_with(72, &[&bytes[..7], &[0xff]].concat()).contains("extent"));
        assert!(refused_with(80, &[&bytes[..7], &[0xff]].concat()).contains("extent"));
        assert!(!refused_with(88, &bytes).is_empty());
    }
    for count in [0u32, 2, u32::MAX] {
        assert!(refused_with(68, &count.to_le_bytes()).contains("one extent"));
    }
    for at in 96..120 {
        assert!(refused_with(at, &[1]).contains("no meaning"));
    }
}

/// Lengths that agree with one another, but with no file.
#[test]
fn a_header_of_a_file_larger_than_it_is_is_refused_before_memory_is_asked_for() {
    for body in [1u64 << 20, 1 << 30, (1 << 35) - (1 << 16) - 128, 1 << 35, 1 << 62] {
        let mut file = RegionFile::of(&atlas(1));
        file.set_u64(88, body);
        file.set_u64(48, body + 128);
        file.seal_header();
        let error = refusal::<Atlas>(&file.bytes);
        assert!(error.contains("cut short") || error.contains("isn't one"), "{error}");
    }
}

#[test]
fn a_header_alone_holds_no_root() {
    let mut file = RegionFile::of(&atlas(1));
    let schema = file.bytes[file.schema()].to_vec();
    file.replace(&[], &schema);
    let error = refusal::<Atlas>(&file.bytes);
    assert!(error.contains("root"), "{error}");
}

mod other {
    use offset_std::prelude::*;
    use offset_std::{Box, String, Vec};

    /// The same name, another layout.
    #[derive(Relocatable, Debug)]
    #[repr(C)]
    pub(crate) struct City {
        pub name: String,
        pub population: u32,
        pub tags: Vec<String>,
    }

    #[derive(Relocatable, Debug)]
    #[repr(C)]
    pub(crate) struct Link {
        pub value: u32,
        pub next: Option<Box<Link>>,
        pub more: u64,
    }
}

#[test]
fn a_file_of_another_type_names_both_and_the_first_difference() {
    use crate::atlas::{City, CityInit};
    let city = || CityInit { name: "Rome", population: 1, tags: ["x"] };
    let file = RegionFile::of(&Image::<City>::new(city()).unwrap());
    let error = refusal::<Atlas>(&file.bytes);
    assert!(error.contains("holds a `City`, not a `Atlas`"), "{error}");
    let error = refusal::<other::City>(&file.bytes);
    assert_eq!(
        error,
        "the file's `City` isn't this program's: City.population is `u64` in the file, `u32` in the program"
    );
    let file = RegionFile::of(&Image::<Vec<City>>::new([city()]).unwrap());
    let error = refusal::<Vec<other::City>>(&file.bytes);
    assert!(error.contains("Vec[].population is `u64` in the file"), "{error}");
    let error = refusal::<Vec<String>>(&file.bytes);
    assert!(error.contains("Vec[] is `City` in the file, `String` in the program"), "{error}");
    let file = RegionFile::of(&Image::<Option<offset_std::Box<Link>>>::new(Empty).unwrap());
    let error = refusal::<Option<offset_std::Box<other::Link>>>(&file.bytes);
    assert!(error.contains("the program has a field Option<Box>[].more, the file hasn't"), "{error}");
    let file = Temporary::with(&file.bytes);
    let error = Image::<Vec<u64>>::load(&file).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Fingerprint { program, .. } if program == "Vec"), "{error:?}");
}

/// Writes a schema.
#[derive(Default)]
struct Schema(std::vec::Vec<u8>);

impl Schema {
    fn u32(mut self, value: u32) -> Self {
        self.0.extend(value.to_le_bytes());
        self
    }

    fn u64(mut self, value: u64) -> Self {
        self.0.extend(value.to_le_bytes());
        self
    }

    fn name(self, name: &[u8]) -> Self {
        let mut with_length = self.u32(name.len() as u32);
        with_length.0.extend(name);
        with_length
    }

    /// Name, size and alignment of a type.
    fn header(self, name: &str, size: u64, align: u32) -> Self {
        self.name(name.as_bytes()).u64(size).u32(align)
    }

    fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend(bytes);
        self
    }
}

/// What is said of a file with this schema.
#[track_caller]
fn refused_schema(schema: Schema) -> std::string::String {
    let mut file = RegionFile::of(&atlas(1));
    let body = file.bytes[file.body()].to_vec();
    file.replace(&body, &schema.0);
    refusal::<Atlas>(&file.bytes)
}

#[test]
fn schemas_that_are_none_are_refused() {
    let one = || Schema::default().u32(1);
    let named = || one().header("Atlas", 8, 4);
    let max = u32::MAX;
    let malformed = [
        Schema::default(),
        Schema::default().u32(0),
        Schema::default().u32(max),
        Schema::default().u32(max).header("Atlas", 8, 4).bytes(&[1, 1]),
        Schema::default().bytes(&[1, 0, 0]),
        one().u32(max),
        one().u32(3).bytes(b"abc"),
        one().name(b"\xff\xfe").u64(8).u32(4).bytes(&[1, 1]),
        named(),
        named().bytes(&[0]),
        named().bytes(&[6]),
        named().bytes(&[255]),
        named().bytes(&[1]),
        named().bytes(&[1, 0]),
        named().bytes(&[1, 15]),
        named().bytes(&[1, 1, 0]),
        named().bytes(&[2]).u32(1).name(b"field").u64(0).u32(1),
        named().bytes(&[2]).u32(1).name(b"field").u64(0).u32(max),
        named().bytes(&[2]).u32(max).name(b"field").u64(0).u32(0),
        named().bytes(&[2]).u32(2).name(b"field").u64(0).u32(0),
        named().bytes(&[3, 0]).u32(0),
        named().bytes(&[3, 1]).u32(max),
        named().bytes(&[3, 1]).u32(1).name(b"A").bytes(&[0xff; 16]).u32(max),
        named().bytes(&[4]).u32(1).u64(0),
        named().bytes(&[4]).u32(max).u64(u64::MAX),
        named().bytes(&[5, 0]).u32(0),
        named().bytes(&[5, 99]).u32(0),
        named().bytes(&[5, 3]).u32(max).u32(0),
        named().bytes(&[5, 3]).u32(1).u32(1),
    ];
    for (index, schema) in malformed.into_iter().enumerate() {
        let error = refused_schema(schema);
        assert!(error.contains("its schema isn't one"), "{index}: {error}");
    }
}

#[test]
fn schemas_that_contradict_themselves_are_other_types() {
    let named = || Schema::default().u32(1).header("Atlas", 8, 4);
    let max = u64::MAX;
    let contradictory = [
        named().bytes(&[1, 14]),
        named().bytes(&[2]).u32(0),
        named().bytes(&[2]).u32(1).name(b"name").u64(max).u32(0),
        named().bytes(&[3, 12]).u32(0),
        named().bytes(&[3, 1]).u32(1).name(b"A").bytes(&[0xff; 16]).u32(0),
        named().bytes(&[4]).u32(0).u64(max),
        named().bytes(&[5, 1]).u32(0),
        named().bytes(&[5, 2]).u32(1).u32(0),
        Schema::default().u32(1).header("", max, u32::MAX).bytes(&[5, 3]).u32(2).u32(0).u32(0),
    ];
    for (index, schema) in contradictory.into_iter().enumerate() {
        let error = refused_schema(schema);
        assert!(
            error.contains("in the file")
                || error.contains("laid out in another way")
                || error.contains("the file hasn't"),
            "{index}: {error}"
        );
    }
}

/// The schema of `Link`, unrolled: each link has a type of its own.
#[test]
fn a_schema_of_very_many_types_is_refused_in_no_time() {
    let links = 100_000u32;
    let mut schema = Schema::default().u32(2 * links + 2);
    for link in 0..links {
        let (here, last) = (2 * link, 2 * links);
        schema = schema.header("Link", 8, 4).bytes(&[2]).u32(2);
        schema = schema.name(b"value").u64(0).u32(last + 1).name(b"next").u64(4).u32(here + 1);
        schema = schema.header("Option<Box>", 4, 4).bytes(&[5, 2]).u32(1).u32(here + 2);
    }
    schema = schema.header("Last", 8, 4).bytes(&[2]).u32(0).header("u32", 4, 4).bytes(&[1, 3]);
    let mut file = RegionFile::of(&Image::<Link>::new(crate::atlas::LinkInit { value: 1, next: Empty }).unwrap());
    let body = file.bytes[file.body()].to_vec();
    file.replace(&body, &schema.0);
    let start = Instant::now();
    let error = refusal::<Link>(&file.bytes);
    assert!(start.elapsed() < Duration::from_secs(8), "{:?}", start.elapsed());
    assert!(error.len() < 10_000, "an error of {} bytes", error.len());
    assert!(error.contains("the file's `Link` isn't this program's"), "{}", &error[..200]);
}

/// What was said about a path, if anything was within some seconds.
fn load(path: std::path::PathBuf) -> Option<offset_std::Error> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(Image::<Atlas>::load(path).unwrap_err()));
    receiver.recv_timeout(Duration::from_secs(10)).ok()
}

#[test]
fn what_is_no_file_is_refused() {
    let scratch = Scratch::new("no-file");
    let error = load(scratch.as_ref().to_owned()).unwrap();
    assert!(error.to_string().contains("isn't a regular file"), "{error}");
    let error = load("/dev/zero".into()).unwrap();
    assert!(error.to_string().contains("isn't a regular file"), "{error}");
    let error = load("/dev/null".into()).unwrap();
    assert!(error.to_string().contains("isn't a regular file"), "{error}");
    let error = load(scratch.file("missing")).unwrap();
    assert!(matches!(error.kind(), ErrorKind::Io { .. }) && error.to_string().contains("missing"), "{error}");
    let empty = scratch.file("empty");
    fs::write(&empty, []).unwrap();
    let error = load(empty).unwrap();
    assert!(matches!(error.kind(), ErrorKind::Length { expected: 128, found: 0 }), "{error:?}");
    // A name that is no name.
    let error = load("nul\0byte".into()).unwrap();
    assert!(matches!(error.kind(), ErrorKind::Io { .. }), "{error}");
}

#[test]
fn a_fifo_that_nobody_writes_to_is_refused_at_once() {
    let scratch = Scratch::new("fifo");
    let fifo = scratch.file("fifo");
    mkfifoat(CWD, &fifo, Mode::RUSR | Mode::WUSR).unwrap();
    let error = load(fifo).expect("opening a FIFO shouldn't wait for a writer");
    assert!(error.to_string().contains("isn't a regular file"), "{error}");
}

#[test]
fn saving_over_a_directory_or_into_none_is_an_error_and_leaves_no_file_behind() {
    let scratch = Scratch::new("save-nowhere");
    let image = atlas(1);
    for path in [scratch.as_ref().to_owned(), scratch.file("missing/file"), "/".into(), "/proc/nothing".into()] {
        let error = image.save(&path).unwrap_err();
        assert_eq!(error.path(), Some(path.as_path()));
    }
    assert_eq!(fs::read_dir(scratch.as_ref()).unwrap().count(), 0);
}

#[test]
fn a_sparse_file_of_many_gigabytes_is_refused() {
    let file = Temporary::with(&RegionFile::of(&atlas(1)).bytes);
    let handle = fs::OpenOptions::new().write(true).open(&file).unwrap();
    handle.set_len(1 << 34).unwrap();
    let error = Image::<Atlas>::load(&file).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Length { found: 0x4_0000_0000, .. }), "{error:?}");
    assert_eq!(HEADER, 128);
}
