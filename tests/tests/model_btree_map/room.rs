//! Where there is no more room: each call that allocates says so with an error and leaves the map as it was, wherever in its work that happens.

use std::fmt::Debug;

use offset_std::prelude::*;
use offset_std::{BTreeMap, Box, Error, ErrorKind, String};

use crate::attack::Temporary;

const TEXT: &str = "more text than a unit has room for";

/// The maps, with numbers enough for trees of one level and of two, full and half full.
#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
struct Root {
    empty: BTreeMap<u64, u64>,
    full: BTreeMap<u64, u64>,
    two: BTreeMap<u64, u64>,
    names: BTreeMap<String, String>,
    more: BTreeMap<String, String>,
    boxed: Box<u64>,
}

fn names(first: u64, count: u64) -> impl Iterator<Item = (std::string::String, &'static str)> + Clone {
    (0..count).map(move |n| (format!("a name that is long: {:04}", first + n * 2), TEXT))
}

fn image() -> Image<Root> {
    let numbers = |count: u64| from_iter((0..count).map(|n| (n * 2, n)));
    let root = RootInit {
        empty: Empty,
        full: numbers(31),
        two: numbers(31 * 32),
        names: from_iter(names(0, 31 * 3)),
        more: from_iter(names(41, 40)),
        boxed: 1,
    };
    Image::new(root).unwrap()
}

type Attempt = fn(&mut Image<Root>) -> Result<(), Error>;

const ATTEMPTS: &[(&str, Attempt)] = &[
    ("insert the first", |image| image.edit().empty.try_insert(1, 1).map(drop)),
    ("insert into a full root", |image| image.edit().full.try_insert(7, 1).map(drop)),
    ("insert into a full tree", |image| image.edit().two.try_insert(7, 1).map(drop)),
    ("insert at the end of a full tree", |image| image.edit().two.try_insert(7777, 1).map(drop)),
    ("insert a name", |image| image.edit().names.try_insert("a name that is long: 0007", TEXT).map(drop)),
    ("insert the last name", |image| image.edit().names.try_insert("b", TEXT).map(drop)),
    ("replace", |image| image.edit().names.try_insert("a name that is long: 0008", "short").map(drop)),
    ("entry", |image| image.edit().names.entry("a name that is long: 0077").try_or_insert(TEXT).map(drop)),
    ("append", |image| {
        let mut root = image.edit();
        root.names.try_append(&mut root.more)
    }),
    ("append from another image", |image| {
        let mut other = Image::<BTreeMap<String, String>>::new(from_iter(names(1001, 70))).unwrap();
        let done = image.edit().names.try_append(&mut other.edit());
        assert_eq!(other.len(), if done.is_ok() { 0 } else { 70 });
        done
    }),
    ("split_off", |image| {
        let mut root = image.edit();
        let mut rest = root.two.try_split_off(&999)?;
        root.full.swap_with(&mut rest.edit());
        Ok(())
    }),
    ("set", |image| image.edit().more.try_set(from_iter(names(5, 50)))),
    ("copy", |image| {
        let other = Image::<BTreeMap<String, String>>::new(from_iter(names(1001, 70))).unwrap();
        image.edit().more.try_set(DeepCopy(&*other))
    }),
];

fn contents<T: Portable + Debug>(image: &Image<T>) -> std::string::String {
    format!("{:?}", **image)
}

#[test]
fn a_call_that_runs_out_of_room_anywhere_changes_nothing() {
    let file = Temporary::new();
    image().save(&file).unwrap();
    let original = Image::<Root>::load(&file).unwrap();
    let (before, usage) = (contents(&original), original.usage());
    for (name, attempt) in ATTEMPTS {
        let mut free = Image::<Root>::load(&file).unwrap();
        attempt(&mut free).unwrap();
        let expected = contents(&free);
        let mut failures = 0;
        for extra in (0..).step_by(64) {
            let options = ImageOptions::new().limit(128 + usage.allocated + usage.free + extra);
            let mut image = Image::<Root>::load_with_options(&file, options).unwrap();
            let Err(error) = attempt(&mut image) else {
                assert_eq!(contents(&image), expected, "{name} with {extra} bytes");
                break;
            };
            failures += 1;
            assert!(matches!(error.kind(), ErrorKind::Limit { .. }), "{name}: {error}");
            assert_eq!(contents(&image), before, "{name} with {extra} bytes changed something");
            assert_eq!(image.usage().allocated, usage.allocated, "{name} leaked when it failed with {extra} bytes");
            // Removing takes no room, and makes some.
            let mut root = image.edit();
            for n in 0..500 {
                assert_eq!(*root.two.remove(&(n * 2)).unwrap(), n);
            }
            root.names.retain(|_, _| false);
            root.more.clear();
            assert!(root.empty.insert(1, 1).is_none());
            assert_eq!((root.two.len(), root.empty[&1]), (31 * 32 - 500, 1));
        }
        // A short text fits the free space that the image has.
        assert!(failures > 0 || *name == "replace", "{name} never ran out of room");
    }
}
