//! Files that were changed: each is refused with an error that says where, or holds an interner that can be read and edited.

use offset_std::prelude::*;
use offset_std::{Interner, Seeded, Symbol};

use super::attack::{RegionFile, Temporary};

#[derive(Relocatable, Debug)]
#[repr(C)]
struct Root {
    few: Interner,
    many: Interner,
}

fn root() -> Image<Root> {
    let texts = from_iter((0..30).map(|n| format!("{n}ä")));
    let init = RootInit { few: Seeded(1, ["one", "zwölf"]), many: Seeded(2, texts) };
    Image::with_options(ImageOptions::new().id(1), init).unwrap()
}

/// Loads and maps. If that works, reads and edits everything, saves and loads again, and releases it all.
fn survives(file: &mut RegionFile) -> bool {
    file.seal();
    let path = Temporary::with(&file.bytes);
    // SAFETY: the file is this test's own.
    let mapped = unsafe { Mapped::<Root>::map(&path) };
    let (mut image, mapped) = match (Image::<Root>::load(&path), mapped) {
        (Ok(image), Ok(mapped)) => (image, mapped),
        (Err(loading), Err(mapping)) => {
            assert_eq!(loading.to_string(), mapping.to_string());
            return false;
        }
        (loaded, mapped) => panic!("loading: {:?}, mapping: {:?}", loaded.err(), mapped.err()),
    };
    for root in [&*image, &*mapped] {
        for interner in [&root.few, &root.many] {
            assert_eq!(interner.iter().filter(|(_, text)| text.len() < 1 << 20).count(), interner.len());
            for n in 0..40 {
                let found = interner.get(&format!("{n}ä"));
                assert!(found.is_none_or(|symbol| interner[symbol] == *format!("{n}ä")));
                let _ = interner.resolve(Symbol::nth(n * n * n));
            }
            let _ = (interner.is_well_placed(), root.few == root.many, format!("{root:?}"));
        }
    }
    let mut root = image.edit();
    for interner in [&mut root.few, &mut root.many] {
        for n in 0..60 {
            let symbol = interner.intern(&format!("{n}ä"));
            assert_eq!(interner[symbol], *format!("{n}ä"));
        }
        interner.reserve(50, 500);
        interner.shrink_to_fit();
        assert!(interner.try_extend((0..50).map(|n| format!("new {n}"))).is_ok());
    }
    image.save(&path).unwrap();
    let mut again = Image::<Root>::load(&path).unwrap();
    assert_eq!(again.usage().allocated, image.usage().allocated);
    let mut root = again.edit();
    for interner in [&mut root.few, &mut root.many] {
        interner.clear();
        interner.shrink_to_fit();
    }
    assert_eq!(again.usage().allocated, size_of::<Root>() as u64, "something leaked");
    true
}

#[test]
fn an_untouched_file_survives() {
    assert!(survives(&mut RegionFile::of(&root())));
}

#[test]
fn any_changed_byte_of_a_body_is_refused_or_harmless() {
    let file = RegionFile::of(&root());
    let (mut harmless, mut refused) = (0, 0);
    for at in file.body() {
        let byte = file.bytes[at];
        for value in [byte ^ 1, byte ^ 0x80, 0, 0xff, byte.wrapping_add(1)] {
            if value == byte {
                continue;
            }
            let mut changed = file.clone();
            changed.bytes[at] = value;
            match survives(&mut changed) {
                true => harmless += 1,
                false => refused += 1,
            }
        }
    }
    assert!(harmless > 300 && refused > 300, "{harmless} harmless, {refused} refused");
}

#[track_caller]
fn refused(changes: &[(usize, u32)], text: &str) {
    let mut file = RegionFile::of(&root());
    changes.iter().for_each(|(at, value)| file.set_u32(*at, *value));
    let error = file.refusal::<Root>();
    assert!(error.contains(text), "{error}");
}

#[test]
fn ends_that_lie_are_refused() {
    let file = RegionFile::of(&root());
    let ends = file.follow(file.root() + 8);
    assert_eq!((file.u32(ends), file.u32(ends + 4)), (3, 9));
    for wrong in [10, u32::MAX, 1 << 31] {
        refused(&[(ends, wrong)], "Root.few");
        refused(&[(ends, wrong)], "aren't ends of texts");
        refused(&[(ends + 4, wrong)], "aren't ends of texts");
    }
    // Within the ö, and before the one before.
    refused(&[(ends, 6)], "aren't ends of texts");
    refused(&[(ends + 4, 2)], "aren't ends of texts");
    refused(&[(ends + 4, 8)], "end before its string does");
    let mut file = RegionFile::of(&root());
    file.set_u32(ends, 0);
    assert!(survives(&mut file));
}

#[test]
fn tables_that_lie_are_refused_or_only_misled() {
    let file = RegionFile::of(&root());
    let (root, table) = (file.root(), file.follow(file.root() + 16));
    // Lengths.
    for (at, wrong) in [(12, 1), (20, 1), (12, 3), (20, 3)] {
        refused(&[(root + at, wrong)], "Root.few");
    }
    // One text less, which the table still has.
    refused(&[(root + 12, 1), (root + 4, 3)], "doesn't have as many symbols");
    // Tags of two bytes, and then, after 32, the places; free ones are zero.
    let occupied = (0..3).filter(|place| file.u32(table + place * 2) as u16 != 0);
    let places: std::vec::Vec<usize> = occupied.map(|place| table + 32 + place * 4).collect();
    assert_eq!(places.len(), 2);
    refused(&[(places[0], 0)], "a symbol");
    // Symbols beyond the texts, and one that is there twice: texts aren't found, and nothing else.
    for wrong in [3, 100, u32::MAX, file.u32(places[1])] {
        let mut file = file.clone();
        file.set_u32(places[0], wrong);
        let image = file.load::<Root>().unwrap();
        assert!(!image.few.is_well_placed());
        let found = ["one", "zwölf"].map(|text| image.few.get(text));
        assert_eq!(found.iter().flatten().count(), 1);
        assert!(survives(&mut file));
    }
    // A text that is there twice.
    let mut file = RegionFile::of(&Image::<Interner>::new(Seeded(1, ["one", "two"])).unwrap());
    let text = file.follow(file.root());
    file.bytes[text + 3..text + 6].copy_from_slice(b"one");
    assert!(!file.load::<Interner>().unwrap().is_well_placed());
}
