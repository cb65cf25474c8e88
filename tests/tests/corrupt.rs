//! Files that were cut, damaged or forged: each is refused with an error that says why, or holds values that can be read and edited.

use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};

use offset_std::prelude::*;

#[path = "corrupt/atlas.rs"]
mod atlas;
mod attack;
#[path = "corrupt/crafted.rs"]
mod crafted;
#[path = "corrupt/header.rs"]
mod header;
#[path = "corrupt/poke.rs"]
mod poke;
#[path = "corrupt/ranges.rs"]
mod ranges;

use atlas::{Atlas, CityInit, ShapeLabelInit, ShapeManyInit, atlas as small, minimize};
use attack::{HEADER, RegionFile, Temporary, refusal};
use poke::Poke;
use ranges::assert_disjoint;

/// Reads all of it, in two ways.
fn digest(atlas: &Atlas) -> (u64, std::string::String) {
    let mut hasher = DefaultHasher::new();
    atlas.hash(&mut hasher);
    let mut text = std::string::String::new();
    write!(text, "{atlas:?}").unwrap();
    (hasher.finish(), text)
}

/// Bytes in use once an atlas owns as little as it can.
fn least() -> u64 {
    let mut image = small(0);
    minimize(&mut image);
    image.usage().allocated
}

/// Loads and maps the bytes. Where that works, reads everything, edits everything, and saves and loads what became of it.
fn survives(bytes: &[u8], edited: bool, least: u64) -> bool {
    let file = Temporary::with(bytes);
    let loaded = Image::<Atlas>::load(&file);
    // SAFETY: the file is this test's own.
    let mapped = unsafe { Mapped::<Atlas>::map(&file) };
    let (mut image, mapped) = match (loaded, mapped) {
        (Err(loading), Err(mapping)) => {
            assert_eq!(loading.to_string(), mapping.to_string());
            assert_eq!(loading.path(), Some(file.as_ref()));
            return false;
        }
        (Ok(image), Ok(mapped)) => (image, mapped),
        (loaded, mapped) => {
            panic!(
                "loading: {:?}, mapping: {:?}",
                loaded.err().map(|e| e.to_string()),
                mapped.err().map(|e| e.to_string())
            )
        }
    };
    assert!(*image == *mapped);
    let mut hasher = DefaultHasher::new();
    mapped.hash(&mut hasher);
    std::hint::black_box(hasher.finish());
    if edited {
        assert_disjoint(&*image);
        assert_disjoint(&*mapped);
        assert_eq!(digest(&image), digest(&mapped));
        image.root_mut().poke();
        assert_disjoint(&*image);
        image.save(&file).unwrap();
        let again = Image::<Atlas>::load(&file).unwrap();
        assert_eq!(digest(&image), digest(&again));
        assert_eq!(image.usage().allocated, again.usage().allocated);
        minimize(&mut image);
        assert_eq!(image.usage().allocated, least, "something leaked");
        image.save(&file).unwrap();
        Image::<Atlas>::load(&file).unwrap();
    }
    true
}

#[test]
fn an_untouched_file_survives() {
    assert!(survives(&RegionFile::of(&small(1)).bytes, true, least()));
}

#[test]
fn a_file_cut_anywhere_is_refused_as_cut_short() {
    let file = RegionFile::of(&small(1));
    for len in 0..file.bytes.len() {
        let error = refusal::<Atlas>(&file.bytes[..len]);
        assert!(error.contains("cut short"), "{len}: {error}");
    }
    let mut longer = file.bytes.clone();
    longer.push(0);
    let error = refusal::<Atlas>(&longer);
    assert!(error.contains("after its end"), "{error}");
}

#[test]
fn a_body_cut_anywhere_and_sealed_again_is_refused() {
    let file = RegionFile::of(&small(1));
    let schema = file.bytes[file.schema()].to_vec();
    let mut refused = 0;
    for len in (0..file.body().len()).step_by(8) {
        let mut cut = file.clone();
        cut.replace(&file.bytes[HEADER..HEADER + len], &schema);
        // All of it is in use, so something is always missing.
        refused += u32::from(!survives(&cut.bytes, true, least()));
    }
    assert_eq!(refused as usize, file.body().len() / 8);
}

#[test]
fn a_body_with_zeros_or_rubbish_behind_it_has_that_as_free_space() {
    let file = RegionFile::of(&small(1));
    let schema = file.bytes[file.schema()].to_vec();
    for filler in [0, 0xff, 1] {
        let mut body = file.bytes[file.body()].to_vec();
        body.extend([filler; 800]);
        let mut longer = file.clone();
        longer.replace(&body, &schema);
        assert!(survives(&longer.bytes, true, least()));
        let image = longer.load::<Atlas>().unwrap();
        assert!(image.usage().free >= 800);
        // Free memory is zero again, so the rubbish isn't written.
        let saved = RegionFile::of(&image);
        assert!(saved.bytes[file.schema().start..saved.body().end].iter().all(|byte| *byte == 0));
    }
}

/// What a byte is changed to.
fn changes(byte: u8) -> impl Iterator<Item = u8> {
    let flips = (0..8).map(move |bit| byte ^ 1 << bit);
    flips.chain([0, 0xff, byte.wrapping_add(1), byte.wrapping_sub(1)]).filter(move |changed| *changed != byte)
}

#[test]
fn any_changed_byte_is_noticed() {
    let file = RegionFile::of(&small(1));
    for at in 0..file.bytes.len() {
        let mut changed = file.clone();
        for value in [!file.bytes[at], file.bytes[at] ^ 1] {
            changed.bytes[at] = value;
            refusal::<Atlas>(&changed.bytes);
        }
    }
}

#[test]
fn any_changed_byte_of_a_sealed_body_is_refused_or_harmless() {
    let (file, least) = (RegionFile::of(&small(1)), least());
    let (mut harmless, mut refused) = (0, 0);
    for at in file.body() {
        for value in changes(file.bytes[at]) {
            let mut changed = file.clone();
            changed.bytes[at] = value;
            changed.seal();
            match survives(&changed.bytes, true, least) {
                true => harmless += 1,
                false => refused += 1,
            }
        }
    }
    assert!(harmless > 500 && refused > 500, "{harmless} harmless, {refused} refused");
}

#[test]
fn any_changed_word_of_a_sealed_body_is_refused_or_harmless() {
    let (file, least) = (RegionFile::of(&small(1)), least());
    let end = file.body().end as u32 / 8;
    let extremes = [0, 1, 8, 15, 16, 17, end - 1, end, 0x7fff_ffff, 0x8000_0000, 0x8000_0001, u32::MAX - 1, u32::MAX];
    for at in file.body().step_by(4) {
        // Also each handle and length of the file in the place of each other.
        for value in extremes.into_iter().chain((0..8).map(|step| file.u32(file.root() + step * 8))) {
            let mut changed = file.clone();
            changed.set_u32(at, value);
            changed.seal();
            survives(&changed.bytes, true, least);
        }
    }
}

#[test]
fn any_changed_byte_of_a_sealed_header_is_refused_or_harmless() {
    let (file, least) = (RegionFile::of(&small(1)), least());
    let mut harmless = std::vec::Vec::new();
    for at in 0..120 {
        for value in changes(file.bytes[at]) {
            let mut changed = file.clone();
            changed.bytes[at] = value;
            changed.seal_header();
            if survives(&changed.bytes, true, least) {
                harmless.push(at);
            }
        }
    }
    harmless.dedup();
    // Only the identifier means nothing to the reader.
    assert_eq!(harmless, (16..32).collect::<std::vec::Vec<_>>());
}

#[test]
fn any_changed_byte_of_a_sealed_schema_is_another_type() {
    let file = RegionFile::of(&small(1));
    for at in file.schema() {
        let byte = file.bytes[at];
        for value in [byte ^ 1, byte ^ 0x80, byte.wrapping_add(1), 0, 0xff].into_iter().filter(|value| *value != byte) {
            let mut changed = file.clone();
            changed.bytes[at] = value;
            changed.seal_all();
            let error = refusal::<Atlas>(&changed.bytes);
            assert!(error.contains("Atlas") || error.contains("schema") || error.contains("not a `"), "{error}");
        }
    }
}

/// A generator that needs no crate (xorshift64*).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % end
    }
}

#[test]
fn a_thousand_changed_bytes_of_a_large_file_are_refused_or_harmless() {
    let mut image = small(1);
    let mut root = image.edit();
    for index in 0..20_000u64 {
        let tags = [format!("tag {index}"), format!("another of {index}")];
        root.cities.push(CityInit { name: format!("city {index}"), population: index, tags });
    }
    for index in 0..1_000 {
        root.shapes.push(ShapeManyInit([ShapeLabelInit(format!("shape {index}"))]));
        root.nested.push([format!("nested {index}")]);
    }
    let mut file = RegionFile::of(&image);
    assert!(file.body().len() > 1 << 21, "{}", file.body().len());
    let (least, mut random, mut harmless) = (least(), Random(0x9e37_79b9_7f4a_7c15), 0);
    for round in 0..1_000 {
        let at = HEADER + random.below(file.body().len());
        let before = file.bytes[at];
        file.bytes[at] ^= 1 + random.below(255) as u8;
        file.seal();
        // Editing all of it takes its time.
        harmless += u32::from(survives(&file.bytes, round % 25 == 0, least));
        file.bytes[at] = before;
    }
    assert!((100..900).contains(&harmless), "{harmless} harmless");
}
