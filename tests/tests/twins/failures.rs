//! Stand-ins that panic or fail at any call, and no space at any allocation: what was built until then has been released.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use offset_std::prelude::*;
use offset_std::twin::{Twin, TwinType};
use offset_std::{Error, ErrorKind, Filled, Slot, Vec as OffsetVec};

use crate::attack::check_no_leak;

thread_local! {
    /// Calls of a stand-in until one fails.
    static CALLS: Cell<Option<u32>> = const { Cell::new(None) };
}

#[derive(Clone, Copy)]
enum Failure {
    Panic,
    Error,
}

/// Fails at the call that is due.
fn call(failure: Failure) -> Result<(), Error> {
    let left = CALLS.get().map(|left| left.wrapping_sub(1));
    CALLS.set(left);
    match (left, failure) {
        (Some(u32::MAX), Failure::Panic) => panic!("a stand-in panics"),
        (Some(u32::MAX), Failure::Error) => Err(Error::custom("a stand-in fails")),
        _ => Ok(()),
    }
}

thread_local! {
    static FAILURE: Cell<Failure> = const { Cell::new(Failure::Error) };
}

/// A text whose twin is a text too.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Name(String);

enum Fragile {}

impl TwinType<Name> for Fragile {
    type Region = offset_std::String;
    type Optional = Maybe<offset_std::String>;
}

impl Twin<Name> for Fragile {
    fn emplace<'s>(name: &Name, slot: Slot<'s, Self::Region>) -> Result<Filled<'s, Self::Region>, Error> {
        let filled = slot.build(&name.0)?;
        call(FAILURE.get())?;
        Ok(filled)
    }

    fn to_std(twin: &Self::Region) -> Result<Name, Error> {
        call(FAILURE.get())?;
        Ok(Name(twin.as_str().into()))
    }

    fn equals(name: &Name, twin: &Self::Region) -> bool {
        name.0 == twin.as_str()
    }
}

#[derive(Relocatable, Clone, Debug, PartialEq)]
#[relocatable(std, derive(Debug, PartialEq))]
struct All {
    first: String,
    #[relocatable(with = Vec<Option<Fragile>>)]
    list: Vec<Option<Name>>,
    #[relocatable(with = [Fragile; 3])]
    array: [Name; 3],
    #[relocatable(with = HashMap<Fragile, Box<Fragile>>)]
    hash: HashMap<Name, Box<Name>>,
    #[relocatable(with = BTreeMap<Fragile, (Fragile, u8)>)]
    tree: BTreeMap<Name, (Name, u8)>,
    #[relocatable(with = HashSet<Fragile>)]
    hash_set: HashSet<Name>,
    #[relocatable(with = BTreeSet<Option<Fragile>>)]
    tree_set: BTreeSet<Option<Name>>,
}

fn name(number: u32) -> Name {
    Name(format!("a name that takes some room: {number}"))
}

fn all() -> All {
    let names = || (0..40).map(name);
    All {
        first: "first".into(),
        list: names().map(Some).chain([None]).collect(),
        array: [1, 2, 3].map(name),
        hash: names().map(|name| (name.clone(), Box::new(name))).collect(),
        tree: names().map(|name| (name.clone(), (name, 1))).collect(),
        hash_set: names().collect(),
        tree_set: names().map(Some).chain([None]).collect(),
    }
}

/// How often the stand-in is called by `run`.
fn count(run: impl FnOnce()) -> u32 {
    CALLS.set(Some(u32::MAX - 1));
    run();
    u32::MAX - 1 - CALLS.take().unwrap()
}

#[test]
fn a_stand_in_that_fails_at_any_call_leaves_the_region_as_it_was() {
    let std = all();
    let mut image = Image::<OffsetVec<AllTwin>>::new([&std]).unwrap();
    let calls = count(|| drop(Image::<AllTwin>::new(&std).unwrap()));
    assert!(calls > 280);
    for failure in [Failure::Error, Failure::Panic] {
        FAILURE.set(failure);
        let before = image.usage().allocated;
        for at in 0..calls {
            CALLS.set(Some(at));
            let done = catch_unwind(AssertUnwindSafe(|| image.edit().get_mut(0).unwrap().try_set(&std)));
            assert_eq!(CALLS.take(), Some(u32::MAX), "the call was reached, and was the last");
            match failure {
                Failure::Panic => assert!(done.is_err()),
                Failure::Error => assert_eq!(done.unwrap().unwrap_err().to_string(), "a stand-in fails"),
            }
            assert_eq!(image.usage().allocated, before, "call {at}");
        }
        check_no_leak(&image);
        assert!(image[0] == std);
    }
}

#[test]
fn a_stand_in_that_fails_on_the_way_back_gives_no_half_a_value() {
    let std = all();
    let image = Image::<AllTwin>::new(&std).unwrap();
    let calls = count(|| assert_eq!(image.to_std(), std));
    for failure in [Failure::Error, Failure::Panic] {
        FAILURE.set(failure);
        for at in 0..calls {
            CALLS.set(Some(at));
            let done = catch_unwind(AssertUnwindSafe(|| image.try_to_std()));
            CALLS.set(None);
            assert!(done.is_err() || done.unwrap().is_err());
        }
    }
}

#[test]
fn no_space_at_any_allocation_leaves_nothing() {
    let std = All { list: vec![Some(name(1)), None], hash: all().hash.into_iter().take(9).collect(), ..all() };
    let (mut failed, mut limit) = (0, 128);
    loop {
        let mut image = match Image::<OffsetVec<AllTwin>>::with_options(ImageOptions::new().limit(limit), Empty) {
            Ok(image) => image,
            Err(_) => {
                limit += 8;
                continue;
            }
        };
        let before = image.usage().allocated;
        match image.edit().try_push(&std) {
            Ok(_) => break assert!(image[0] == std),
            Err(error) => assert!(matches!(error.kind(), ErrorKind::Limit { .. }), "{error}"),
        }
        image.edit().shrink_to_fit();
        assert_eq!(image.usage().allocated, before, "with {limit} bytes");
        check_no_leak(&image);
        failed += 1;
        limit += 56;
    }
    assert!(failed > 100);
}
