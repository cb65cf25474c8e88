//! User code that panics at a call of one's choice, and that lies: hashes, equality, order, initialisers, closures and iterators.

use std::cell::Cell;
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use offset_std::prelude::*;
use offset_std::{Filled, Result, Slot, StableHash, StableHasher, String};

use super::{Element, Key, Random};

/// How hashes, equality and order answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lies {
    /// As they should.
    None,
    /// All hashes are the same.
    OneHash,
    /// Three hashes, at random.
    FewHashes,
    /// A hash is never the same twice.
    RandomHashes,
    /// Everything is less than everything, and equal to nothing.
    AlwaysLess,
    /// Everything is greater than everything, and equal to nothing.
    AlwaysGreater,
    /// All is equal.
    AlwaysEqual,
    /// Nothing means anything.
    Random,
}

/// Every way to lie.
pub const LIES: [Lies; 7] = [
    Lies::OneHash,
    Lies::FewHashes,
    Lies::RandomHashes,
    Lies::AlwaysLess,
    Lies::AlwaysGreater,
    Lies::AlwaysEqual,
    Lies::Random,
];

thread_local! {
    static LYING: Cell<Lies> = const { Cell::new(Lies::None) };
    static RANDOM: Cell<u64> = const { Cell::new(0) };
    /// Calls that are left before one panics.
    static FUSE: Cell<u32> = const { Cell::new(u32::MAX) };
}

/// What user code panics with.
struct Blown;

/// A call of user code, which may be the one to panic.
pub fn call() {
    let left = FUSE.get();
    match left {
        0 => resume_unwind(std::boxed::Box::new(Blown)),
        u32::MAX => {}
        _ => FUSE.set(left - 1),
    }
}

/// An iterator that is user code.
pub fn calls<I: IntoIterator>(items: I) -> impl Iterator<Item = I::Item> {
    items.into_iter().inspect(|_| call())
}

/// Whether user code tells the truth.
pub fn is_honest() -> bool {
    LYING.get() == Lies::None
}

/// Runs something whose user code panics after so many calls. `None` if it did.
pub fn with_fuse<T>(calls: u32, run: impl FnOnce() -> T) -> Option<T> {
    FUSE.set(calls);
    let done = catch_unwind(AssertUnwindSafe(run));
    FUSE.set(u32::MAX);
    match done {
        Ok(result) => Some(result),
        Err(payload) if payload.is::<Blown>() => None,
        Err(payload) => resume_unwind(payload),
    }
}

/// Runs something whose user code lies. `None` if it was told so: sorting may find out, and panic.
pub fn while_lying<T>(lies: Lies, seed: u64, run: impl FnOnce() -> T) -> Option<T> {
    LYING.set(lies);
    RANDOM.set(seed);
    let done = catch_unwind(AssertUnwindSafe(run));
    LYING.set(Lies::None);
    match done {
        Ok(result) => Some(result),
        Err(payload) => {
            let found_out = payload.downcast_ref::<&str>().is_some_and(|text| text.contains("total order"));
            if found_out { None } else { resume_unwind(payload) }
        }
    }
}

fn random() -> u64 {
    let mut random = Random::new(RANDOM.get());
    RANDOM.set(RANDOM.get().wrapping_add(1));
    random.bits()
}

fn hash(number: u64, hasher: &mut StableHasher) {
    call();
    match LYING.get() {
        Lies::OneHash => hasher.write_u64(7),
        Lies::FewHashes => hasher.write_u64(random() % 3),
        Lies::RandomHashes | Lies::Random => hasher.write_u64(random()),
        _ => hasher.write_u64(number),
    }
}

fn compare(one: u64, other: u64) -> Ordering {
    call();
    match LYING.get() {
        Lies::AlwaysLess => Ordering::Less,
        Lies::AlwaysGreater => Ordering::Greater,
        Lies::AlwaysEqual => Ordering::Equal,
        Lies::Random => (random() % 3).cmp(&1),
        _ => one.cmp(&other),
    }
}

/// A value whose traits, and whose initialiser, are user code as bad as it gets.
#[derive(Relocatable, Debug)]
#[repr(C)]
pub struct Odd {
    small: u8,
    text: String,
    number: u64,
}

impl Odd {
    /// The number, once all of the value has been read.
    fn read(&self) -> u64 {
        assert_eq!(self.text, text(self.number), "a value isn't where it seems to be");
        assert_eq!(self.small, 7);
        self.number
    }
}

fn text(number: u64) -> std::string::String {
    format!("the text of {number}")
}

/// The model of an [`Odd`], whose own traits are honest.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct OddModel(u64);

impl StableHash for OddModel {
    fn stable_hash(&self, hasher: &mut StableHasher) {
        hash(self.0, hasher);
    }
}

impl Element for Odd {
    type Model = OddModel;

    fn model(&self) -> OddModel {
        OddModel(self.read())
    }

    fn build<'s>(model: OddModel, slot: Slot<'s, Self>) -> Result<Filled<'s, Self>> {
        slot.build(OddInit { small: 7, text: text(model.0), number: model.0 })
    }

    fn edit(mut handle: Place<'_, Self>, to: &OddModel) -> Result<()> {
        handle.try_set(super::Build(*to))
    }

    fn random(random: &mut Random) -> OddModel {
        OddModel(random.below(60) as u64)
    }
}

impl Key for Odd {
    fn equal(model: &OddModel, key: &Self) -> bool {
        compare(model.0, key.read()).is_eq()
    }

    fn compare(model: &OddModel, key: &Self) -> Ordering {
        compare(model.0, key.read())
    }
}

impl StableHash for Odd {
    fn stable_hash(&self, hasher: &mut StableHasher) {
        hash(self.read(), hasher);
    }
}

impl Hash for Odd {
    fn hash<H: Hasher>(&self, state: &mut H) {
        call();
        state.write_u64(self.read());
    }
}

impl PartialEq for Odd {
    fn eq(&self, other: &Odd) -> bool {
        compare(self.read(), other.read()).is_eq()
    }
}

impl Eq for Odd {}

impl PartialOrd for Odd {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Odd {
    fn cmp(&self, other: &Self) -> Ordering {
        compare(self.read(), other.read())
    }
}
