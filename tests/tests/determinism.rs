//! The same calls write the same bytes, in every process, and nothing but what lives: no padding from the stack, no data that was removed.

use std::collections::BTreeSet;
use std::fs;
use std::hint::black_box;
use std::path::Path;

use offset_std::prelude::*;
use offset_std::{Box, Duration, HashMap, HashSet, String, Vec};
use tests::{Scratch, child};

/// As much padding as there can be, at every level.
#[derive(Relocatable)]
#[repr(C)]
struct Holes {
    small: u8,
    large: u64,
    flag: bool,
    name: String,
    maybe: Maybe<u64>,
    last: u16,
}

#[derive(Relocatable)]
#[repr(C, u8)]
enum Choice {
    Nothing,
    Small(u8),
    Large { holes: Holes, more: [u32; 3] },
}

#[derive(Relocatable)]
#[repr(C, align(64))]
struct Wide {
    one: u8,
}

#[derive(Relocatable)]
#[repr(C)]
struct Root {
    tag: u8,
    all: Vec<Holes>,
    choices: Vec<Choice>,
    wide: Vec<Wide>,
    pairs: [Maybe<u16>; 3],
    boxed: Option<Box<Holes>>,
    spans: Vec<Duration>,
}

/// Leaves a pattern on the stack, where the next calls build their values.
#[inline(never)]
fn dirty(pattern: u8) {
    let mut stack = [0u8; 64 << 10];
    stack.fill(pattern);
    black_box(&mut stack);
}

struct HolesModel(u8, u64, &'static str, Option<u64>);

impl Emplace<Holes> for HolesModel {
    #[inline(never)]
    fn emplace<'s>(
        self,
        slot: offset_std::Slot<'s, Holes>,
    ) -> Result<offset_std::Filled<'s, Holes>, offset_std::Error> {
        slot.build(HolesInit {
            small: self.0,
            large: self.1,
            flag: self.0 > 1,
            name: self.2,
            maybe: self.3,
            last: u16::from(self.0),
        })
    }
}

/// Builds, edits, moves, sorts, removes and copies, with rubbish on the stack throughout, and saves.
fn program(path: &Path, pattern: u8) {
    dirty(pattern);
    let options = ImageOptions::new().id(7);
    let root = RootInit {
        tag: 1,
        all: Empty,
        choices: Empty,
        wide: [WideInit { one: 1 }, WideInit { one: 2 }],
        pairs: [Some(1), None, Some(3)],
        boxed: Some(Boxed(HolesModel(1, 2, "boxed", None))),
        spans: [Duration::from(std::time::Duration::from_millis(1))],
    };
    let mut image = Image::<Root>::with_options(options, root).unwrap();
    let mut root = image.edit();
    for index in 0..40 {
        dirty(pattern);
        root.all.push(HolesModel(index, 1000 - u64::from(index), "some name", Some(7)));
        root.choices.push(ChoiceLargeInit { holes: HolesModel(index, 1, "large", None), more: [1, 2, 3] });
    }
    dirty(pattern);
    root.all.sort_by_key(|holes| holes.large);
    root.all.rotate_left(3);
    root.all.swap(0, 5);
    root.all.insert(7, HolesModel(200, 7, "inserted", None));
    root.all.retain(|holes| holes.small % 3 != 0);
    dirty(pattern);
    for index in 0..20 {
        let mut choice = root.choices.get_mut(index).unwrap();
        if index % 2 == 0 {
            choice.set(ChoiceSmallInit(3));
        } else if index % 3 == 0 {
            choice.set(ChoiceNothingInit);
        }
    }
    let mut first = root.all.get_mut(0).unwrap();
    first.edit().maybe.set(Empty);
    first.edit().name.push_str(" and more");
    root.pairs.set([None, Some(2), None]);
    dirty(pattern);
    let popped = root.all.pop().unwrap();
    root.boxed.set(Some(popped));
    root.wide.push(WideInit { one: 3 });
    drop(root.wide.remove(0));
    let other =
        Image::<Vec<Holes>>::new([HolesModel(9, 9, "other", Some(9)), HolesModel(8, 8, "copied", None)]).unwrap();
    dirty(pattern);
    root.all.extend_from_slice(&other);
    let names: BTreeSet<&str> = root.all.iter().map(|holes| holes.name.as_str()).collect();
    assert!(names.contains("copied"));
    image.save(path).unwrap();
}

#[test]
fn two_processes_write_the_same_bytes() {
    let test = "two_processes_write_the_same_bytes";
    if let Some(path) = child::role() {
        let pattern = if path.ends_with('a') { 0xA5 } else { 0x5A };
        return program(Path::new(&path), pattern);
    }
    let scratch = Scratch::new("determinism");
    let (a, b) = (scratch.file("a"), scratch.file("b"));
    for path in [&a, &b] {
        child::rerun_successfully(test, path.to_str().unwrap());
    }
    let (a, b) = (fs::read(a).unwrap(), fs::read(b).unwrap());
    assert!(a.len() > 4096);
    assert_eq!(a.iter().zip(&b).position(|(a, b)| a != b), None, "the files differ");
    assert_eq!(a.len(), b.len());
}

#[test]
fn in_one_process_another_slot_changes_nothing() {
    let scratch = Scratch::new("determinism-slots");
    let keep = Image::<Vec<u8>>::new([1, 2, 3]).unwrap();
    program(&scratch.file("a"), 0xA5);
    let keep_too = Image::<Vec<u8>>::new([1, 2, 3]).unwrap();
    program(&scratch.file("b"), 0x5A);
    drop((keep, keep_too));
    assert!(fs::read(scratch.file("a")).unwrap() == fs::read(scratch.file("b")).unwrap());
}

#[test]
fn a_loaded_image_that_is_saved_again_is_the_same_file() {
    let scratch = Scratch::new("determinism-load");
    program(&scratch.file("a"), 1);
    Image::<Root>::load(scratch.file("a")).unwrap().save(scratch.file("b")).unwrap();
    assert!(fs::read(scratch.file("a")).unwrap() == fs::read(scratch.file("b")).unwrap());
}

/// Without a fixed identifier, that and the header's checksum are all that differs.
#[test]
fn only_the_identifier_is_random() {
    let scratch = Scratch::new("determinism-id");
    let files = [scratch.file("a"), scratch.file("b")].map(|path| {
        Image::<Vec<u64>>::new([1, 2, 3]).unwrap().save(&path).unwrap();
        fs::read(path).unwrap()
    });
    let [a, b] = &files;
    assert_ne!(a[16..32], b[16..32], "two images got the same random identifier");
    assert_eq!((&a[..16], &a[32..120], &a[128..]), (&b[..16], &b[32..120], &b[128..]));
}

/// Looks at the padding itself: all bytes of a file's body that aren't values are zero.
#[test]
fn padding_is_zero_in_the_file() {
    let scratch = Scratch::new("determinism-padding");
    let path = scratch.file("holes");
    dirty(0xA5);
    let mut image = Image::<Vec<Wide>>::new([WideInit { one: 0x11 }, WideInit { one: 0x22 }]).unwrap();
    dirty(0xA5);
    image.edit().push(WideInit { one: 0x33 });
    image.edit().reverse();
    image.edit().insert(1, WideInit { one: 0x44 });
    image.edit().shrink_to_fit();
    image.save(&path).unwrap();
    let body = body(&path);
    let at = body.iter().position(|byte| *byte == 0x33).expect("the first element is in the file");
    let expected: std::vec::Vec<u8> =
        [0x33, 0x44, 0x22, 0x11].into_iter().flat_map(|one| [[one].as_slice(), &[0; 63]].concat()).collect();
    assert_eq!(body[at..at + 256], expected);
}

/// What lies between the header and the schema.
fn body(path: &Path) -> std::vec::Vec<u8> {
    let file = fs::read(path).unwrap();
    let schema = u64::from_le_bytes(file[48..56].try_into().unwrap()) as usize;
    file[128..schema].to_vec()
}

/// Maps that nobody gave a seed, at several depths.
#[derive(Relocatable)]
#[repr(C)]
struct Maps {
    names: HashMap<String, Vec<u64>>,
    numbers: HashSet<u64>,
    nested: Vec<HashMap<u32, String>>,
}

fn maps(options: ImageOptions) -> std::vec::Vec<u8> {
    let mut image = Image::<Maps>::with_options(
        options.clone(),
        MapsInit { names: Empty, numbers: from_iter(0..2000), nested: from_iter((0..9).map(|_| [(1, "one")])) },
    )
    .unwrap();
    let mut maps = image.edit();
    for n in 0..500 {
        maps.names.entry(format!("name {}", n % 120)).or_insert(Empty).push(n);
    }
    maps.numbers.retain(|n| n % 3 == 0);
    let scratch = Scratch::new("seeds");
    let path = scratch.file("maps.region");
    image.save(&path).unwrap();
    let mut image = Image::<Maps>::load_with_options(&path, options).unwrap();
    let mut maps = image.edit();
    maps.names.set([("again", [1, 2])]);
    maps.nested.push(Empty);
    let mut nested = maps.nested.last_mut().unwrap();
    (0..40).for_each(|n| drop(nested.insert(n, "many")));
    image.save(&path).unwrap();
    let seeds: BTreeSet<u64> = image.nested.iter().map(|map| map.seed()).collect();
    assert_eq!(seeds.len(), 10, "each map has a seed of its own");
    fs::read(&path).unwrap()
}

#[test]
fn maps_write_the_same_bytes_with_fixed_options_and_others_without() {
    let fixed = || ImageOptions::new().id(1).seed(7);
    assert!(maps(fixed()) == maps(fixed()));
    assert!(maps(fixed()) != maps(ImageOptions::new().id(1).seed(8)));
    assert!(maps(ImageOptions::new().id(1)) != maps(ImageOptions::new().id(1)));
}
