//! Files that were written once and are kept: what wrote them then is read now, and the same calls write the same bytes.
//!
//! `UPDATE_GOLDEN=1 cargo test -p tests --test golden` writes them anew, after a change of the format that was meant.

use std::env;
use std::fmt::Debug;
use std::fs;
use std::num::{NonZeroI16, NonZeroU64};
use std::path::PathBuf;

use offset_std::prelude::*;
use offset_std::{Box, Duration, Ipv4Addr, Ipv6Addr, String, SystemTime, Vec};
use tests::Scratch;

#[path = "golden/collections.rs"]
mod collections;

#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
struct Catalogue {
    title: String,
    items: Vec<Item>,
    prices: Vec<f64>,
    first: Option<Box<Item>>,
    none: Option<Box<Item>>,
    note: Maybe<String>,
    count: Maybe<u32>,
    scalars: Scalars,
    pair: [String; 2],
    grid: [[u16; 2]; 3],
    flags: Vec<bool>,
    letters: Vec<char>,
    nested: Vec<Vec<String>>,
    marks: Vec<Mark>,
    lines: Vec<Line>,
    times: Times,
}

#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
struct Item {
    small: u8,
    name: String,
    shape: Shape,
    next: Option<Box<Item>>,
}

#[derive(Relocatable, Debug, PartialEq)]
#[repr(u8)]
enum Shape {
    Dot,
    Circle { radius: f32 },
    Named(String, Tag) = 9,
}

#[derive(Relocatable, Debug, PartialEq)]
#[repr(C, i16)]
enum Tag {
    Minus = -7,
    Wide(u128) = 300,
}

#[derive(Relocatable, Clone, Copy, Debug, PartialEq)]
#[relocatable(plain)]
#[repr(C)]
struct Scalars {
    a: u128,
    b: i64,
    c: f64,
    d: Option<NonZeroU64>,
    e: char,
    f: NonZeroI16,
    g: bool,
    h: i8,
}

#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
struct Mark {}

#[derive(Relocatable, Debug, PartialEq)]
#[repr(C, align(64))]
struct Line {
    text: String,
}

#[derive(Relocatable, Clone, Copy, Debug, PartialEq)]
#[relocatable(plain)]
#[repr(C)]
struct Times {
    lasted: Duration,
    since: SystemTime,
    six: Ipv6Addr,
    four: Ipv4Addr,
    fill: [u8; 4],
}

fn catalogue() -> Image<Catalogue> {
    let item = |name| ItemInit { small: 1, name, shape: ShapeDotInit, next: Empty };
    Image::<Catalogue>::with_options(
        ImageOptions::new().id(0x0123_4567_89ab_cdef_0011_2233_4455_6677),
        CatalogueInit {
            title: "Überschrift, longer than a unit",
            items: [item("one"), item("two"), item("")],
            prices: [0.5, -1.0, f64::INFINITY],
            first: Some(ItemInit {
                small: 2,
                name: "first",
                shape: ShapeNamedInit("named", TagWideInit(1 << 100)),
                next: Some(ItemInit { small: 3, name: "next", shape: ShapeCircleInit { radius: 1.5 }, next: Empty }),
            }),
            none: Empty,
            note: Some("a note"),
            count: Empty,
            scalars: Scalars {
                a: u128::MAX - 1,
                b: i64::MIN,
                c: 0.1,
                d: None,
                e: '\u{1f980}',
                f: NonZeroI16::MIN,
                g: true,
                h: -1,
            },
            pair: ["left", "right"],
            grid: [[1, 2], [3, 4], [5, 6]],
            flags: [true, false],
            letters: ['a', 'ß'],
            nested: [["x", "yz"], ["", "w"]],
            marks: [MarkInit {}, MarkInit {}],
            lines: [LineInit { text: "aligned" }],
            times: Times {
                lasted: std::time::Duration::from_millis(1_250).into(),
                since: SystemTime::from_unix(-1, 5).unwrap(),
                six: [3; 16].into(),
                four: [127, 0, 0, 1].into(),
                fill: [0; 4],
            },
        },
    )
    .unwrap()
}

/// The same, edited: growable buffers, slack, free pieces, an exact buffer that shrank.
fn edited() -> Image<Catalogue> {
    let mut image = catalogue();
    let mut all = image.edit();
    for index in 0..7 {
        let next = Some(ItemInit { small: 9, name: "linked", shape: ShapeDotInit, next: Empty });
        all.items.push(ItemInit { small: index, name: format!("item {index}"), shape: ShapeDotInit, next });
    }
    drop(all.items.swap_remove(0));
    all.items.sort_by(|a, b| b.name.cmp(&a.name));
    all.items.get_mut(3).unwrap().edit().shape.set(ShapeNamedInit("was a dot", TagMinusInit));
    all.prices.truncate(1);
    let own = all.first.take().unwrap();
    all.none.set(Some(own));
    all.note.clear();
    all.count.set(Some(5u32));
    all.title.insert_str(0, "edited ");
    all.pair.edit().swap(0, 1);
    all.lines.push(LineInit { text: "a second line" });
    all.nested.retain(|texts| !texts.contains(&texts[0]) || texts[0] != "x");
    all.letters.clear();
    image
}

/// The kept file of this name.
fn kept<T: Portable>(name: &str, image: &Image<T>) -> PathBuf {
    let kept = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("golden").join(name);
    if env::var_os("UPDATE_GOLDEN").is_some() {
        image.save(&kept).unwrap();
    }
    kept
}

/// Compares an image with the file of this name, both ways.
fn golden<T: Portable + Debug + PartialEq>(name: &str, image: &Image<T>) {
    let kept = kept(name, image);
    let loaded = Image::<T>::load(&kept).unwrap_or_else(|error| panic!("{error}: was the format meant to change?"));
    assert_eq!(*loaded, **image);
    assert_eq!(loaded.id(), image.id());
    let taken = |image: &Image<T>| (image.usage().allocated, image.usage().free);
    assert_eq!(taken(&loaded), taken(image));
    // SAFETY: nobody writes to the file.
    let mapped = unsafe { Mapped::<T>::map(&kept) }.unwrap();
    assert_eq!(*mapped, **image);
    let scratch = Scratch::new(&format!("golden-{name}"));
    let expected = fs::read(&kept).unwrap();
    for (which, written) in [("new", image), ("loaded", &loaded)] {
        let path = scratch.file(which);
        written.save(&path).unwrap();
        let found = fs::read(&path).unwrap();
        let differs = found.iter().zip(&expected).position(|(found, expected)| found != expected);
        assert_eq!((found.len(), differs), (expected.len(), None), "the {which} image is written in another way");
    }
}

#[test]
fn what_was_built_is_read_and_written_as_it_was() {
    golden("built.region", &catalogue());
}

#[test]
fn what_was_edited_is_read_and_written_as_it_was() {
    let image = edited();
    assert!(image.usage().free > 0);
    golden("edited.region", &image);
}

#[test]
fn a_kept_file_is_described_by_its_bytes() {
    let bytes = fs::read(kept("built.region", &catalogue())).unwrap();
    let u64_at = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
    assert_eq!(bytes[..16], *b"\x89OFFSET\n\x01\0\0\0\x0d\x0c\x0b\x0a");
    assert_eq!(bytes[16..32], 0x0123_4567_89ab_cdef_0011_2233_4455_6677u128.to_le_bytes());
    assert_eq!(u64_at(48) + u64_at(56), bytes.len() as u64);
    // The title is the first field of the root: a handle and a length.
    let root = u32::from_le_bytes(bytes[64..68].try_into().unwrap()) as usize * 8;
    let title = u32::from_le_bytes(bytes[root..root + 4].try_into().unwrap()) as usize * 8;
    let length = u32::from_le_bytes(bytes[root + 4..root + 8].try_into().unwrap()) as usize;
    assert_eq!(&bytes[title..title + length], "Überschrift, longer than a unit".as_bytes());
}
