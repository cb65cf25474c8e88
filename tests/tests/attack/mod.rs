//! What the attacks share: files that cost no disk, region files taken apart and sealed again, and an image looked over afterwards.

#![allow(dead_code, reason = "each test takes what it needs")]

use std::fmt::Debug;
use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use offset_std::Result;
use offset_std::prelude::*;
use twox_hash::XxHash3_64;

pub(crate) mod parts;

/// Bytes of the header.
pub(crate) const HEADER: usize = 128;

/// A path for a file, in memory where the system has such a directory. The file is removed when dropped.
#[derive(Debug)]
pub(crate) struct Temporary(PathBuf);

impl Temporary {
    pub(crate) fn new() -> Temporary {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let memory = Path::new("/dev/shm");
        let directory = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        Temporary(directory.join(format!("offset-attack-{}-{number}.region", process::id())))
    }

    pub(crate) fn with(bytes: &[u8]) -> Temporary {
        let file = Temporary::new();
        fs::write(&file, bytes).unwrap();
        file
    }
}

impl AsRef<Path> for Temporary {
    fn as_ref(&self) -> &Path {
        &self.0
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// Leaks a value. Its address is kept, so that a tool that looks for memory lost by mistake passes over it.
pub(crate) fn leak<T>(value: T) -> &'static mut T {
    static KEPT: Mutex<std::vec::Vec<usize>> = Mutex::new(std::vec::Vec::new());
    let leaked = std::boxed::Box::leak(std::boxed::Box::new(value));
    KEPT.lock().unwrap().push(std::ptr::from_mut(leaked).expose_provenance());
    leaked
}

/// The bytes of a saved image, to be changed.
#[derive(Clone, Debug)]
pub(crate) struct RegionFile {
    pub(crate) bytes: std::vec::Vec<u8>,
    /// Where the schema begins.
    schema: usize,
}

impl RegionFile {
    pub(crate) fn of<T: Portable>(image: &Image<T>) -> RegionFile {
        let file = Temporary::new();
        image.save(&file).unwrap();
        RegionFile::read(file.as_ref())
    }

    pub(crate) fn read(path: &Path) -> RegionFile {
        let bytes = fs::read(path).unwrap();
        let schema = u64::from_le_bytes(bytes[48..56].try_into().unwrap()) as usize;
        RegionFile { bytes, schema }
    }

    pub(crate) fn body(&self) -> std::ops::Range<usize> {
        HEADER..self.schema
    }

    pub(crate) fn schema(&self) -> std::ops::Range<usize> {
        self.schema..self.bytes.len()
    }

    /// Where the root begins: offsets in the file and in the slot are the same.
    pub(crate) fn root(&self) -> usize {
        self.u32(64) as usize * 8
    }

    pub(crate) fn u32(&self, at: usize) -> u32 {
        u32::from_le_bytes(self.bytes[at..at + 4].try_into().unwrap())
    }

    pub(crate) fn set_u32(&mut self, at: usize, value: u32) {
        self.bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
    }

    pub(crate) fn set_u64(&mut self, at: usize, value: u64) {
        self.bytes[at..at + 8].copy_from_slice(&value.to_le_bytes());
    }

    /// Where what the handle at `at` names begins.
    pub(crate) fn follow(&self, at: usize) -> usize {
        self.u32(at) as usize * 8
    }

    /// Replaces the body, whose length must be a multiple of 8, and the schema; the header says so afterwards.
    pub(crate) fn replace(&mut self, body: &[u8], schema: &[u8]) {
        let mut bytes = self.bytes[..HEADER].to_vec();
        bytes.extend(body);
        bytes.extend(schema);
        self.bytes = bytes;
        self.schema = HEADER + body.len();
        self.set_u64(48, self.schema as u64);
        self.set_u64(56, schema.len() as u64);
        self.set_u64(88, body.len() as u64);
        self.seal_all();
    }

    /// Makes the checksum of the header right.
    pub(crate) fn seal_header(&mut self) {
        let checksum = XxHash3_64::oneshot(&self.bytes[..120]);
        self.set_u64(120, checksum);
    }

    /// Makes the checksums of the body and of the header right.
    pub(crate) fn seal(&mut self) {
        let checksum = XxHash3_64::oneshot(&self.bytes[self.body()]);
        self.set_u64(40, checksum);
        self.seal_header();
    }

    /// Makes all checksums right, the fingerprint too.
    pub(crate) fn seal_all(&mut self) {
        let checksum = XxHash3_64::oneshot(&self.bytes[self.schema()]);
        self.set_u64(32, checksum);
        self.seal();
    }

    /// Seals the body and loads it.
    pub(crate) fn load<T: Portable>(&mut self) -> Result<Image<T>> {
        self.seal();
        Image::load(Temporary::with(&self.bytes))
    }

    /// The error that loading and mapping give alike.
    #[track_caller]
    pub(crate) fn refusal<T: Portable>(&mut self) -> String {
        self.seal();
        refusal::<T>(&self.bytes)
    }
}

/// The error that loading and mapping these bytes give alike, without the name of the file.
#[track_caller]
pub(crate) fn refusal<T: Portable>(bytes: &[u8]) -> String {
    let file = Temporary::with(bytes);
    let loading = Image::<T>::load(&file).err().expect("the file should be refused");
    // SAFETY: the file is this test's own.
    let mapping = unsafe { Mapped::<T>::map(&file) }.err().expect("the file should be refused when mapped");
    assert_eq!(loading.to_string(), mapping.to_string());
    assert_eq!(loading.path(), Some(file.as_ref()));
    loading.to_string().replace(&format!("{}: ", file.as_ref().display()), "")
}

/// Saves the image, loads and maps it, and compares what comes back.
#[track_caller]
pub(crate) fn check<T: Portable + Debug + PartialEq>(image: &Image<T>) -> Image<T> {
    let file = Temporary::new();
    image.save(&file).unwrap();
    // SAFETY: the file is this test's own.
    let mapped = unsafe { Mapped::<T>::map(&file) }.unwrap();
    assert!(**image == *mapped, "mapped: {:?}\nsaved: {:?}", *mapped, **image);
    let loaded = Image::<T>::load(&file).unwrap();
    assert!(**image == *loaded, "loaded: {:?}\nsaved: {:?}", *loaded, **image);
    // What is claimed is what is in use: nothing has been lost, and nothing counted twice.
    assert!(loaded.usage().allocated <= image.usage().allocated, "{:?} {:?}", loaded.usage(), image.usage());
    loaded
}

/// The same, where nothing was leaked on purpose: what is in use is exactly what a fresh load claims.
#[track_caller]
pub(crate) fn check_no_leak<T: Portable + Debug + PartialEq>(image: &Image<T>) -> Image<T> {
    let loaded = check(image);
    assert_eq!(loaded.usage().allocated, image.usage().allocated, "something leaked");
    loaded
}
