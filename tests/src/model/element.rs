//! What a collection is made of, with the std type that models it.

use std::cmp::Ordering;
use std::fmt::Debug;
use std::hash::{DefaultHasher, Hash, Hasher};

use offset_std::prelude::*;
use offset_std::{Comparable, Filled, Result, Slot, StableHash, StableHasher};

use super::{Random, user};

/// A type that collections are tried with.
pub trait Element: Portable + PartialEq + Debug + Send + Sync + 'static {
    /// The std type that models it.
    type Model: Clone + PartialEq + Debug + 'static;

    /// Reads all of it.
    fn model(&self) -> Self::Model;

    /// Builds one.
    ///
    /// # Errors
    ///
    /// No space.
    fn build<'s>(model: Self::Model, slot: Slot<'s, Self>) -> Result<Filled<'s, Self>>;

    /// Makes it equal to another through its editing handle, in as many steps as there are.
    ///
    /// # Errors
    ///
    /// No space; some steps may have been done.
    fn edit(handle: Self::Mut<'_>, to: &Self::Model) -> Result<()>;

    /// Any value, now and then one that others are equal to.
    fn random(random: &mut Random) -> Self::Model;
}

/// An element that may be a key, and that can be sorted.
pub trait Key: Element<Model: Ord + Hash + StableHash> + Ord + StableHash {
    /// Whether a key is the one that a model stands for.
    fn equal(model: &Self::Model, key: &Self) -> bool {
        *model == key.model()
    }

    /// How a model compares to a key.
    fn compare(model: &Self::Model, key: &Self) -> Ordering {
        model.cmp(&key.model())
    }
}

/// The initialiser of an element from its model, and what is looked up for one. It is user code: every use is a [call](user::call).
#[derive(Debug)]
pub struct Build<T: Element>(pub T::Model);

/// One initialiser after another, from an iterator that is user code.
pub fn builds<T: Element>(models: &[T::Model]) -> impl Iterator<Item = Build<T>> {
    user::calls(models.iter().cloned().map(Build))
}

impl<T: Element> Clone for Build<T> {
    fn clone(&self) -> Self {
        user::call();
        Build(self.0.clone())
    }
}

impl<T: Element> Emplace<T> for Build<T> {
    fn emplace<'s>(self, slot: Slot<'s, T>) -> Result<Filled<'s, T>> {
        user::call();
        let filled = T::build(self.0, slot)?;
        user::call();
        Ok(filled)
    }
}

impl<T: Key> PartialEq<T> for Build<T> {
    fn eq(&self, key: &T) -> bool {
        T::equal(&self.0, key)
    }
}

impl<T: Key> Comparable<T> for Build<T> {
    fn compare(&self, key: &T) -> Ordering {
        T::compare(&self.0, key)
    }
}

impl<T: Key> StableHash for Build<T> {
    fn stable_hash(&self, hasher: &mut StableHasher) {
        self.0.stable_hash(hasher);
    }
}

/// Something that many values share.
pub fn rank<M: Debug>(model: &M) -> usize {
    format!("{model:?}").bytes().map(usize::from).sum::<usize>() % 3
}

/// Whether a question about a value is answered with yes: by the value and the bits alone.
pub fn chosen<M: Hash>(bits: u64, model: &M) -> bool {
    let mut hasher = DefaultHasher::new();
    model.hash(&mut hasher);
    bits >> (hasher.finish() % 64) & 1 == 1
}
