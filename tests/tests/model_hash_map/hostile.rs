//! Files that were changed: each is refused with an error that says where, or holds a map that can be read and edited.

use offset_std::prelude::*;
use offset_std::{HashMap, Image, Seeded, String};

use super::attack::{RegionFile, Temporary};

type Texts = HashMap<String, u64>;
type Flags = HashMap<u64, bool>;

#[derive(Relocatable, Debug)]
#[repr(C)]
struct Root {
    few: Texts,
    some: HashMap<u64, u64>,
    many: Texts,
    flags: Flags,
}

fn root(many: u64) -> Image<Root> {
    let texts = |len| from_iter((0..len).map(|n| (format!("key {n}"), n)));
    Image::with_options(
        ImageOptions::new().id(1),
        RootInit {
            few: Seeded(1, texts(2)),
            some: Seeded(2, from_iter((0..6u64).map(|n| (n, n)))),
            many: Seeded(3, texts(many)),
            flags: Seeded(4, from_iter((0..20u64).map(|n| (n, n % 2 == 0)))),
        },
    )
    .unwrap()
}

/// Entries enough for a table that is filled to 7/8.
const MANY: u64 = 3000;
/// Bytes of control of a group.
const CONTROL: usize = 32;

/// Where a map begins in the file.
fn at(file: &RegionFile, index: usize) -> usize {
    file.root() + index * size_of::<Texts>()
}

/// How many groups the table of a map has.
fn groups(file: &RegionFile, index: usize) -> usize {
    (file.u32(at(file, index) + 8) & 0xfff_ffff) as usize
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
        for map in [&root.few, &root.many] {
            assert_eq!(map.iter().filter(|(key, _)| key.len() < 1 << 20).count(), map.len());
            for n in 0..40 {
                let _ = (map.get(&*format!("key {n}")), map.contains_key("none"));
            }
            let _ = (map.is_well_placed(), root.few == root.many);
        }
        assert_eq!(root.some.keys().count(), root.some.len());
        assert_eq!(
            root.flags.values().filter(|flag| **flag).count() + root.flags.values().filter(|flag| !**flag).count(),
            root.flags.len()
        );
        let _ = format!("{root:?}");
    }
    let mut root = image.edit();
    for map in [&mut root.few, &mut root.many] {
        for n in 0..40 {
            map.insert(format!("key {n}"), n);
            *map.entry(format!("more {n}")).or_insert(0) += 1;
        }
        for n in 0..30 {
            drop(map.remove(&*format!("key {n}")));
        }
        map.retain(|_, value| **value % 2 == 0);
        map.reserve(10);
        map.shrink_to_fit();
        map.try_extend([("key 1", 1)]).unwrap();
    }
    (0..100).for_each(|n| drop(root.some.insert(n, n)));
    (0..100).for_each(|n| drop(root.flags.insert(n, true)));
    root.flags.drain(|_, flag| drop(flag));
    image.save(&path).unwrap();
    let mut again = Image::<Root>::load(&path).unwrap();
    assert_eq!(again.usage().allocated, image.usage().allocated);
    let mut root = again.edit();
    for map in [&mut root.few, &mut root.many] {
        map.clear();
        map.shrink_to_fit();
    }
    root.some.clear();
    root.some.shrink_to_fit();
    root.flags.clear();
    root.flags.shrink_to_fit();
    assert_eq!(again.usage().allocated, size_of::<Root>() as u64, "something leaked");
    true
}

#[test]
fn an_untouched_file_survives() {
    assert!(survives(&mut RegionFile::of(&root(40))));
    assert!(survives(&mut RegionFile::of(&root(MANY))));
}

#[test]
fn any_changed_byte_of_a_body_is_refused_or_harmless() {
    let file = RegionFile::of(&root(20));
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
    assert!(harmless > 500 && refused > 100, "{harmless} harmless, {refused} refused");
}

#[track_caller]
fn refused(file: &RegionFile, offset: usize, value: u32, text: &str) {
    let mut changed = file.clone();
    changed.set_u32(offset, value);
    let error = changed.refusal::<Root>();
    assert!(error.contains(text), "{error}");
}

#[test]
fn lengths_and_sizes_that_lie_are_refused() {
    let file = RegionFile::of(&root(MANY));
    let (few, many) = (at(&file, 0), at(&file, 2));
    for len in [0, 1, 3, 4, u32::MAX] {
        refused(&file, few + 4, len, "Root.few");
    }
    refused(&file, few + 4, 1, "isn't the number of its entries");
    refused(&file, few + 4, 4, "more entries than its table has room for");
    for len in [MANY as u32 - 1, MANY as u32 + 1, 0, u32::MAX] {
        refused(&file, many + 4, len, "Root.many");
    }
    let size = file.u32(many + 8);
    assert_eq!(size >> 30, 3, "filled to 7/8");
    for wrong in [
        0,
        1,
        2,
        3,
        size + 1,
        size & 0xffff,
        size ^ 1 << 30,
        3 << 30 | 61,
        3 << 30 | 0xfff_ffc7,
        1 << 30 | 1,
        2 << 30 | 1,
        u32::MAX,
    ] {
        refused(&file, many + 8, wrong, "Root.many");
    }
    for wrong in [0, 1, 2, 1 << 30 | 1, 3 << 30 | 251] {
        // A larger table overlaps the next one.
        refused(&file, few + 8, wrong, "Root.");
    }
    // No table, but a length or a size.
    let mut changed = file.clone();
    changed.set_u32(few, 0);
    assert!(changed.refusal::<Root>().contains("the length of an empty map"));
    changed.set_u32(few + 4, 0);
    assert!(changed.refusal::<Root>().contains("the size of a table"));
    changed.set_u32(few + 8, 0);
    assert!(survives(&mut changed));
}

#[test]
fn control_bytes_that_lie_are_refused() {
    let file = RegionFile::of(&root(MANY));
    let (few, many) = (file.follow(at(&file, 0)), file.follow(at(&file, 2)));
    let refused = |changes: &[(usize, u8)], text: &str| {
        let mut changed = file.clone();
        changes.iter().for_each(|(at, value)| changed.bytes[*at] = *value);
        let error = changed.refusal::<Root>();
        assert!(error.contains(text), "{error}");
    };
    let tagged: std::vec::Vec<usize> = (0..3).filter(|place| tag(&file, few, *place) != 0).collect();
    let free = (0..3).find(|place| tag(&file, few, *place) == 0).unwrap();
    assert_eq!(tagged.len(), 2);
    let first = few + tagged[0] * 2;
    refused(&[(first, 0), (first + 1, 0)], "its length isn't the number of its entries");
    // An entry that isn't one: an empty text and zero, which are fine as such, but not counted. Either byte of a tag makes one.
    for byte in 0..2 {
        refused(&[(few + free * 2 + byte, 5)], "its length isn't the number of its entries");
    }
    // Places that a small group doesn't have; all but the counts behind the last of them.
    for lane in 3..14 {
        refused(&[(few + lane * 2, 5)], "in a place that its table doesn't have");
        refused(&[(few + lane * 2 + 1, 5)], "in a place that its table doesn't have");
    }
    // A tag too many in the last group that has room.
    let controls = (0..groups(&file, 2)).rev().map(|group| many + group * CONTROL);
    let mut places = controls.flat_map(|control| (0..14).map(move |place| (control, place)));
    let (last, free) = places.find(|(control, place)| tag(&file, *control, *place) == 0).unwrap();
    refused(&[(last + free * 2, 5)], "its length isn't the number of its entries");
    // Other tags and counts are harmless, if they aren't zero: lookups miss.
    let mut changed = file.clone();
    for table in [few, many, many + CONTROL] {
        for place in 0..3 {
            if tag(&file, table, place) != 0 {
                changed.bytes[table + place * 2] = 0xff;
            }
        }
        changed.bytes[table + 28..table + 32].fill(0xff);
    }
    assert!(survives(&mut changed));
}

/// The tag of a place in the group that begins in the file at `group`.
fn tag(file: &RegionFile, group: usize, place: usize) -> u16 {
    u16::from_le_bytes([file.bytes[group + place * 2], file.bytes[group + place * 2 + 1]])
}

#[test]
fn entries_in_wrong_places_are_missed_and_nothing_else() {
    // All counts of overflows full: every lookup of what isn't there looks at all groups.
    let mut file = RegionFile::of(&root(MANY));
    let many = file.follow(at(&file, 2));
    for group in 0..groups(&file, 2) {
        let control = many + group * CONTROL;
        file.bytes[control + 28..control + 32].fill(0xff);
    }
    assert!(survives(&mut file));
    // Another seed: no key is where its hash leads.
    file.set_u32(at(&file, 2) + 12, 99);
    let image = file.load::<Root>().unwrap();
    assert!(!image.many.is_well_placed());
    assert!(survives(&mut file));
    // A table that is rebuilt has all of them again.
    let mut image = file.load::<Root>().unwrap();
    image.edit().many.reserve(5000);
    assert!(image.many.is_well_placed());
    assert_eq!(image.many["key 77"], 77);
    // Two entries with one key.
    let mut file = RegionFile::of(&root(1));
    let some = file.follow(at(&file, 1));
    let places: std::vec::Vec<usize> = (0..7).filter(|place| tag(&file, some, *place) != 0).collect();
    let key = u64::from(file.u32(some + CONTROL + places[0] * 16));
    file.set_u64(some + CONTROL + places[1] * 16, key);
    assert!(survives(&mut file));
}

#[test]
fn tables_with_two_owners_and_handles_that_lead_elsewhere_are_refused() {
    let file = RegionFile::of(&root(MANY));
    let (few, some, many) = (at(&file, 0), at(&file, 1), at(&file, 2));
    for (map, unit) in
        [(few, file.u32(many)), (few, file.u32(many) + 2), (some, file.u32(few)), (few, 16), (many, file.u32(64))]
    {
        let mut changed = file.clone();
        changed.set_u32(map, unit);
        let error = changed.refusal::<Root>();
        let parts = ["overlaps another", "isn't the number", "doesn't have"];
        assert!(parts.iter().any(|part| error.contains(part)), "{error}");
    }
    for unit in [1, 15, u32::MAX, 0x7fff_fffe] {
        refused(&file, few, unit, "Root.few");
    }
    refused(&file, many, file.u32(many) + 1, "isn't aligned to 16 bytes");
    // What an entry owns is named by its place.
    let table = file.follow(few);
    let place = (0..3).find(|place| tag(&file, table, *place) != 0).unwrap();
    refused(&file, table + CONTROL + place * 16, 1, &format!("Root.few[{place}].key"));
    let mut changed = file.clone();
    let flags = file.follow(at(&file, 3));
    let place = (0..14).find(|place| tag(&file, flags, *place) != 0).unwrap();
    changed.bytes[flags + groups(&file, 3) * CONTROL + place * 16 + 8] = 2;
    assert!(changed.refusal::<Root>().contains(&format!("Root.flags[{place}].value")));
}
