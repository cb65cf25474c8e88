//! Any collection against the std one that models it.
//!
//! A [`Collection`] names its model and lists its calls as a table of [`Op`]s: each takes a [`Trial`], makes the call on both, and compares what they return. The
//! drivers do the rest:
//!
//! | driver | what happens between or inside of the calls |
//! | --- | --- |
//! | [`is_like_std`] | random sequences, in images, regions and bounded regions, with up to eight calls through one handle; saved, loaded, mapped, promoted, sealed, compacted, copied and swapped in between |
//! | [`survives_panics`] | user code panics at every call index; every other time the handle goes on |
//! | [`survives_lies`] | hashes, equality and order are worth nothing |
//! | [`survives_exhaustion`] | every allocation fails once |
//!
//! After each of them the collection is what its model is, can be saved and loaded, has leaked nothing, and works as before.

use std::fmt::Debug;

use offset_std::prelude::*;
use offset_std::{Error, ErrorKind, Result};

mod arena;
mod binary_heap;
mod btree_map;
mod btree_set;
mod element;
mod elements;
mod faults;
mod hash_map;
mod hash_set;
mod home;
mod interner;
mod map;
mod random;
mod row;
mod sequence;
mod string;
mod trie;
pub mod user;
mod values;
mod vec;
mod vec_deque;

pub use element::{Build, Element, Key, builds, chosen, rank};
pub use elements::{Label, Line, Nothing, Record, Shape};
pub use faults::{survives_exhaustion, survives_lies, survives_panics};
pub use random::Random;
pub use sequence::is_like_std;
pub use user::Odd;
pub use values::Values;

/// A collection, with the std one that models it.
pub trait Collection: Portable + Debug + Send + Sync + 'static {
    /// What models it.
    type Model: Clone + PartialEq + Debug + 'static;

    /// Every call that edits or searches it.
    const OPS: &'static [Op<Self>];

    /// The initialiser of one that owns nothing, whose model is the default one.
    fn fresh() -> impl Emplace<Self>;

    /// What it holds, read through everything that reads. Panics where two ways of reading disagree.
    fn model(&self) -> Self::Model;

    /// Checks what must hold while user code is honest, beyond being equal to the model.
    fn check(&self) {}

    /// What the handle that edits it shows between two of its calls.
    fn seen(handle: &Self::Mut<'_>) -> Self::Model;

    /// How many elements it has.
    fn size(&self) -> usize;

    /// Makes it whole again after user code panicked in a call that then stops half way.
    fn mend(_: &mut Self::Mut<'_>) {}

    /// Gives up all it owns, as far as that needs no memory.
    fn give_up(handle: &mut Self::Mut<'_>);
}

/// The root of every test: two collections, so that elements can go from one to the other.
#[derive(Relocatable, Debug)]
#[repr(C)]
pub struct Pair<C> {
    /// What the calls are made on.
    pub it: C,
    /// Where elements go to and come from.
    pub other: C,
}

/// Two collections with their models, and what a call takes its parameters from.
#[allow(missing_debug_implementations, reason = "handles that borrow everything")]
pub struct Trial<'r, 'm, C: Collection> {
    /// The collection that the call is made on.
    pub it: C::Mut<'r>,
    /// Another one in the same region.
    pub other: C::Mut<'r>,
    /// What `it` must be afterwards, if the call succeeds.
    pub model: &'m mut C::Model,
    /// What `other` must be afterwards.
    pub other_model: &'m mut C::Model,
    /// Where parameters come from.
    pub random: Random,
}

/// One call of a collection, made on it and on its model.
///
/// It makes the call on the collection first, and returns its error before it touches the model. Parameters are drawn before any call, whatever the collection holds.
#[derive(Debug)]
pub struct Op<C: Collection> {
    name: &'static str,
    weight: u32,
    run: fn(&mut Trial<'_, '_, C>) -> Result<()>,
    whole: Whole,
}

/// When a call does all or nothing.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Whole {
    Always,
    UnlessItPanics,
    Never,
}

/// A call that is chosen as often as its weight says, and that does all or nothing.
pub const fn op<C: Collection>(weight: u32, name: &'static str, run: fn(&mut Trial<'_, '_, C>) -> Result<()>) -> Op<C> {
    Op { name, weight, run, whole: Whole::Always }
}

/// The same for a call that may fail half way: what it did until then stays done.
pub const fn in_steps<C: Collection>(
    weight: u32,
    name: &'static str,
    run: fn(&mut Trial<'_, '_, C>) -> Result<()>,
) -> Op<C> {
    Op { name, weight, run, whole: Whole::Never }
}

/// The same for a call that leaves nothing of an error, but what it did until user code panicked.
pub const fn in_steps_if_it_panics<C: Collection>(
    weight: u32,
    name: &'static str,
    run: fn(&mut Trial<'_, '_, C>) -> Result<()>,
) -> Op<C> {
    Op { name, weight, run, whole: Whole::UnlessItPanics }
}

impl<C: Collection> Trial<'_, '_, C> {
    /// Makes a call on the collections and on their models.
    fn call(&mut self, op: &Op<C>, seed: u64) -> Result<()> {
        self.random = Random::new(seed);
        (op.run)(self)
    }

    /// What the handles show.
    fn seen(&self) -> Models<C::Model> {
        Models([C::seen(&self.it), C::seen(&self.other)])
    }

    /// Panics unless the handles show what the models are.
    #[track_caller]
    fn check(&self) {
        let expected = Models([self.model.clone(), self.other_model.clone()]);
        assert_eq!(self.seen(), expected, "the handles show other collections (left) than their models (right)");
    }

    /// Makes the models what the handles show.
    fn settle(&mut self) {
        let Models([model, other_model]) = self.seen();
        (*self.model, *self.other_model) = (model, other_model);
    }

    /// The same answers for the collection, which calls user code for them, and for the model.
    fn answers(&mut self) -> (impl FnMut() -> bool + use<C>, impl FnMut() -> bool + use<C>) {
        let mut random = self.random.clone();
        let (mut answers, model_answers) = (self.random.answers(), random.answers());
        let asked = move || {
            user::call();
            answers()
        };
        (asked, model_answers)
    }
}

impl<C: Collection> Op<C> {
    /// One of the calls.
    fn pick(random: &mut Random) -> &'static Op<C> {
        let mut rest = random.below(C::OPS.iter().map(|op| op.weight as usize).sum());
        C::OPS
            .iter()
            .find(|op| match rest.checked_sub(op.weight as usize) {
                Some(after) => {
                    rest = after;
                    false
                }
                None => true,
            })
            .expect("the weights add up")
    }
}

/// What the two collections of a [`Pair`] must hold.
#[derive(Clone, PartialEq, Debug)]
struct Models<M>([M; 2]);

impl<M: Clone + PartialEq + Debug + 'static> Models<M> {
    fn of<C: Collection<Model = M>>(pair: &Pair<C>) -> Self {
        Models([pair.it.model(), pair.other.model()])
    }

    /// Calls on the collections and on these, as many as one likes.
    fn trial<'r, 'm, C: Collection<Model = M>>(&'m mut self, pair: PairMut<'r, C>) -> Trial<'r, 'm, C> {
        let [model, other_model] = &mut self.0;
        Trial { it: pair.it, other: pair.other, model, other_model, random: Random::new(0) }
    }

    /// Makes one call on the collections and on these.
    fn apply<C: Collection<Model = M>>(&mut self, op: &Op<C>, pair: PairMut<'_, C>, seed: u64) -> Result<()> {
        self.trial(pair).call(op, seed)
    }

    /// Panics unless the collections hold what they must.
    #[track_caller]
    fn check<C: Collection<Model = M>>(&self, pair: &Pair<C>) {
        assert_eq!(Models::of(pair), *self, "the collections (left) aren't what their models (right) are");
        pair.it.check();
        pair.other.check();
    }
}

/// Compares what a call returned with what its model did, unless user code lies.
#[track_caller]
pub fn same<T: PartialEq + Debug>(found: T, expected: T) {
    if user::is_honest() {
        assert_eq!(found, expected, "the collection (left) answers otherwise than its model (right)");
    }
}

/// Whether an error says that a limit was met.
fn is_limit(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Limit { .. })
}

/// A test for each driver and collection: `name: driver::<Collection>;`.
#[macro_export]
macro_rules! model_tests {
    ($($name:ident: $driver:ident<$collection:ty>;)*) => {$(
        #[test]
        fn $name() {
            $crate::model::$driver::<$collection>();
        }
    )*};
}
