//! What an interner is built from, iterating, and the std traits.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::iter::FusedIterator;
use std::mem::offset_of;
use std::ops::Index;

use offset_core::{Emplace, Empty, Filled, FromIter, Result, Slot};

use super::{Interner, InternerMut, Nothing, Symbol};
use crate::hash::{StableHash, StableHasher};
use crate::hash_map::{HashMap, Seeded};

/// Texts to build an [`Interner`] from: what [`Seeded`] can give a seed. Implemented for what builds an interner.
pub trait Texts: Sized {
    /// Interns them.
    #[doc(hidden)]
    fn intern_into(self, interner: &mut InternerMut<'_>) -> Result<()>;
}

/// Builds an interner with the table that `symbols` builds, which is empty.
fn build<'s>(
    slot: Slot<'s, Interner>,
    symbols: impl Emplace<HashMap<Symbol, Nothing>>,
    texts: impl Texts,
) -> Result<Filled<'s, Interner>> {
    let (at, writer) = (slot.at(), slot.writer());
    // SAFETY: the table belongs there.
    unsafe { slot.field::<HashMap<Symbol, Nothing>, _>(offset_of!(Interner, symbols), symbols) }?.keep();
    // SAFETY: an empty string and an empty vector are zero, and a slot is zeroed.
    let filled = unsafe { slot.assume_filled() };
    // SAFETY: a valid interner, which `filled` only holds to release it should this fail.
    texts.intern_into(&mut unsafe { InternerMut::new(at, writer) })?;
    Ok(filled)
}

impl<I: Texts> Emplace<Interner> for Seeded<I> {
    fn emplace<'s>(self, slot: Slot<'s, Interner>) -> Result<Filled<'s, Interner>> {
        build(slot, Seeded(self.0, Empty), self.1)
    }
}

/// Interns the texts of an iterator, and gives up the room that wasn't needed.
fn intern_all<I: Iterator<Item: AsRef<str>>>(interner: &mut InternerMut<'_>, mut texts: I) -> Result<()> {
    // A hint may lie: where it asks for too much, begin with nothing and grow.
    let _ = interner.try_reserve(texts.size_hint().0, 0);
    texts.try_for_each(|text| interner.try_intern(text.as_ref()).map(drop))?;
    // Where there is no space for a second table, the first one stays.
    let _ = interner.try_shrink_to_fit();
    Ok(())
}

macro_rules! texts {
    ($([$($generics:tt)*] $from:ty where [$($bounds:tt)*] $texts:ident => $iterator:expr;)*) => {$(
        impl<$($generics)*> Texts for $from
        where
            $($bounds)*
        {
            fn intern_into(self, interner: &mut InternerMut<'_>) -> Result<()> {
                let $texts = self;
                intern_all(interner, $iterator)
            }
        }

        impl<$($generics)*> Emplace<Interner> for $from
        where
            $($bounds)*
        {
            fn emplace<'s>(self, slot: Slot<'s, Interner>) -> Result<Filled<'s, Interner>> {
                build(slot, Empty, self)
            }
        }
    )*};
}
texts! {
    [] Empty where [] _texts => std::iter::empty::<&str>();
    [Q, const N: usize] [Q; N] where [Q: AsRef<str>] texts => texts.into_iter();
    [Q] std::vec::Vec<Q> where [Q: AsRef<str>] texts => texts.into_iter();
    [Q] &[Q] where [Q: AsRef<str>] texts => texts.iter();
    [Q] &std::vec::Vec<Q> where [Q: AsRef<str>] texts => texts.iter();
    [I] FromIter<I> where [I: Iterator<Item: AsRef<str>>] texts => texts.into_inner();
}

/// The symbols and texts of an [`Interner`], in the order in which they were interned.
#[derive(Clone)]
pub struct Iter<'a> {
    interner: &'a Interner,
    indices: std::ops::Range<u32>,
}

impl<'a> Iter<'a> {
    pub(super) fn new(interner: &'a Interner) -> Self {
        // A vector has fewer than 2^31 elements.
        Iter { interner, indices: 0..interner.len() as u32 }
    }

    fn entry(&self, index: u32) -> Option<(Symbol, &'a str)> {
        let symbol = Symbol::nth(index);
        Some((symbol, self.interner.resolve(symbol)?))
    }
}

impl<'a> Iterator for Iter<'a> {
    type Item = (Symbol, &'a str);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let index = self.indices.next()?;
        self.entry(index)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.indices.size_hint()
    }
}

impl DoubleEndedIterator for Iter<'_> {
    #[inline]
    fn next_back(&mut self) -> Option<Self::Item> {
        let index = self.indices.next_back()?;
        self.entry(index)
    }
}

impl ExactSizeIterator for Iter<'_> {}
impl FusedIterator for Iter<'_> {}

impl fmt::Debug for Iter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

impl<'a> IntoIterator for &'a Interner {
    type Item = (Symbol, &'a str);
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

impl fmt::Debug for Interner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(|(_, text)| text)).finish()
    }
}

impl Index<Symbol> for Interner {
    type Output = str;

    /// The text of a symbol.
    ///
    /// # Panics
    ///
    /// If it has none here, because it is another interner's.
    #[inline]
    #[track_caller]
    fn index(&self, symbol: Symbol) -> &str {
        self.resolve(symbol).expect("no text in the interner has this symbol")
    }
}

/// Equal interners have the same texts with the same symbols.
impl PartialEq for Interner {
    fn eq(&self, other: &Interner) -> bool {
        *self.text == *other.text && *self.ends == *other.ends
    }
}

impl Eq for Interner {}

/// Equality with the texts in the order of their symbols.
macro_rules! equal {
    ($([$($generics:tt)*] $right:ty;)*) => {$(
        impl<Q: AsRef<str>, $($generics)*> PartialEq<$right> for Interner {
            fn eq(&self, other: &$right) -> bool {
                self.len() == other.len() && self.iter().zip(other).all(|((_, text), other)| text == other.as_ref())
            }
        }
    )*};
}
equal! {
    [] [Q];
    [const N: usize] [Q; N];
    [] std::vec::Vec<Q>;
}

impl Hash for Interner {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&*self.text, &*self.ends).hash(state);
    }
}

impl StableHash for Interner {
    fn stable_hash(&self, hasher: &mut StableHasher) {
        (&self.text, &self.ends).stable_hash(hasher);
    }
}

/// As a sequence of texts, in the order of their symbols.
#[cfg(feature = "serde")]
impl serde::Serialize for Interner {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(|(_, text)| text))
    }
}
