//! `InternerMut`: adding texts.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::ptr::NonNull;

use offset_core::raw::Writer;
use offset_core::{Emplace, Place, Relocatable, Result, Vec, VecMut};

use super::{Interner, Nothing, Symbol, ends_of, symbols_of, text_at, text_of};
use crate::hash::StableHasher;
use crate::hash_map::{HashMap, HashMapMut, Missing};
use crate::string::{String, StringMut};

/// Edits an interner. Reads as an [`Interner`].
///
/// ```
/// use offset_std::{Image, Interner, prelude::*};
///
/// let mut image = Image::<Interner>::new(Empty)?;
/// let mut names = image.edit();
/// let (a, b) = (names.intern("a"), names.intern("b"));
/// assert!(a != b && names.intern("a") == a);
/// assert_eq!(&names[b], "b");
/// # Ok::<(), offset_std::Error>(())
/// ```
pub struct InternerMut<'r> {
    at: NonNull<Interner>,
    writer: &'r Writer,
    brand: PhantomData<&'r mut Interner>,
}

impl<'r> InternerMut<'r> {
    /// # Safety
    ///
    /// `at` is a valid interner in the region of `writer`, and nothing else reads or writes it for `'r`.
    #[inline(always)]
    pub(super) unsafe fn new(at: NonNull<Interner>, writer: &'r Writer) -> Self {
        InternerMut { at, writer, brand: PhantomData }
    }

    /// The interner, for reading.
    #[inline(always)]
    pub fn as_interner(&self) -> &Interner {
        // SAFETY: a valid interner, which nobody edits while `self` is borrowed.
        unsafe { self.at.as_ref() }
    }

    /// Gives up editing for reading, for as long as this handle could have lived.
    pub fn freeze(self) -> &'r Interner {
        // SAFETY: a valid interner, and nobody edits it for `'r`.
        unsafe { self.at.as_ref() }
    }

    /// The handles of the parts.
    #[inline(always)]
    fn parts(&mut self) -> (StringMut<'_>, VecMut<'_, u32>, HashMapMut<'_, Symbol, Nothing>) {
        // SAFETY: a part of an interner that is ours alone, and borrowed for as long as the handle lives.
        let text = unsafe { String::handle(text_of(self.at), self.writer) };
        // SAFETY: the same, for another part.
        let ends = unsafe { Vec::handle(ends_of(self.at), self.writer) };
        // SAFETY: the same, for another part.
        let symbols = unsafe { HashMap::handle(symbols_of(self.at), self.writer) };
        (text, ends, symbols)
    }

    /// The symbol of a text, which is stored if it isn't yet. O(length of the text), amortised.
    ///
    /// # Panics
    ///
    /// Where [`try_intern`](InternerMut::try_intern) returns an error, with its text.
    #[track_caller]
    #[inline]
    pub fn intern(&mut self, text: &str) -> Symbol {
        self.try_intern(text).unwrap_or_else(|error| error.raise())
    }

    /// The symbol of a text, which is stored if it isn't yet; or leaves the interner as it is.
    ///
    /// # Errors
    ///
    /// No space, or too much text.
    #[inline]
    pub fn try_intern(&mut self, new: &str) -> Result<Symbol> {
        let seed = self.as_interner().seed();
        let hash = StableHasher::hash_one(new, seed);
        let (text, ends, symbols) = self.parts();
        let (all, stored) = (text.as_str(), &ends[..]);
        match symbols.search_by(hash, move |symbol| text_at(all, stored, symbol.index()) == Some(new)) {
            Ok(symbol) => Ok(*symbol),
            Err(missing) => self.store(new, hash, missing),
        }
    }

    /// Stores a text that was sought just now, and isn't there.
    fn store(&mut self, new: &str, hash: u64, missing: Missing) -> Result<Symbol> {
        let before = self.as_interner().len() as u32;
        let stored = self.try_store(new, hash, missing, Symbol::nth(before));
        if stored.is_err() {
            self.forget_texts(before);
        }
        stored
    }

    fn try_store(&mut self, new: &str, hash: u64, missing: Missing, symbol: Symbol) -> Result<Symbol> {
        let seed = self.as_interner().seed();
        let (mut text, mut ends, mut symbols) = self.parts();
        text.try_push_str(new)?;
        // A string has fewer than 2^31 bytes.
        ends.try_push(text.as_str().len() as u32)?;
        let (all, ends) = (text.as_str(), &ends[..]);
        symbols.add_by(hash, missing, symbol, PhantomData, |symbol| hash_of(all, ends, seed, *symbol))?;
        Ok(symbol)
    }

    /// Forgets the texts from number `count`, whose symbols aren't in the table.
    fn forget_texts(&mut self, count: u32) {
        let (mut text, mut ends, _) = self.parts();
        ends.truncate(count as usize);
        text.truncate(ends.last().map_or(0, |end| *end as usize));
    }

    /// Forgets the texts from number `count`, and their symbols.
    fn truncate(&mut self, count: u32) {
        let seed = self.as_interner().seed();
        let (text, ends, mut symbols) = self.parts();
        for index in (count..ends.len() as u32).rev() {
            let gone = Symbol::nth(index);
            symbols.remove_by(hash_of(text.as_str(), &ends, seed, gone), move |symbol| *symbol == gone);
        }
        self.forget_texts(count);
    }

    /// Interns many texts. Returns their symbols, in order.
    ///
    /// # Panics
    ///
    /// Where [`try_extend`](InternerMut::try_extend) returns an error, with its text.
    ///
    /// ```
    /// # use offset_std::{Image, Interner, prelude::*};
    /// let mut image = Image::<Interner>::new(Empty)?;
    /// let words = image.edit().extend("a rose is a rose".split(' '));
    /// assert_eq!(words[1], words[4]);
    /// assert_eq!(image.len(), 3);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[track_caller]
    pub fn extend<I: IntoIterator<Item: AsRef<str>>>(&mut self, texts: I) -> std::vec::Vec<Symbol> {
        self.try_extend(texts).unwrap_or_else(|error| error.raise())
    }

    /// Interns many texts, or leaves the interner with the texts that it has.
    ///
    /// # Errors
    ///
    /// As for [`try_intern`](InternerMut::try_intern).
    pub fn try_extend<I: IntoIterator<Item: AsRef<str>>>(&mut self, texts: I) -> Result<std::vec::Vec<Symbol>> {
        let before = self.as_interner().len() as u32;
        let undo = TruncateOnDrop { interner: self, len: before };
        let symbols = texts.into_iter().map(|text| undo.interner.try_intern(text.as_ref())).collect::<Result<_>>()?;
        std::mem::forget(undo);
        Ok(symbols)
    }

    /// Makes room for `texts` more texts, which have `bytes` bytes together.
    ///
    /// # Panics
    ///
    /// Where [`try_reserve`](InternerMut::try_reserve) returns an error, with its text.
    #[track_caller]
    pub fn reserve(&mut self, texts: usize, bytes: usize) {
        self.try_reserve(texts, bytes).unwrap_or_else(|error| error.raise());
    }

    /// Makes room for `texts` more texts, which have `bytes` bytes together. The texts stay as they are, whether there is room or not.
    ///
    /// # Errors
    ///
    /// No space, or too many texts.
    pub fn try_reserve(&mut self, texts: usize, bytes: usize) -> Result<()> {
        let seed = self.as_interner().seed();
        let (mut text, mut ends, mut symbols) = self.parts();
        text.try_reserve(bytes)?;
        ends.try_reserve(texts)?;
        let (all, ends) = (text.as_str(), &ends[..]);
        symbols.reserve_exact_by(texts, |symbol| hash_of(all, ends, seed, *symbol))
    }

    /// Gives up all room that isn't needed. O(n).
    ///
    /// # Panics
    ///
    /// Where [`try_shrink_to_fit`](InternerMut::try_shrink_to_fit) returns an error, with its text.
    #[track_caller]
    pub fn shrink_to_fit(&mut self) {
        self.try_shrink_to_fit().unwrap_or_else(|error| error.raise());
    }

    /// Gives up all room that isn't needed. The texts stay as they are, whether that works or not.
    ///
    /// # Errors
    ///
    /// No space for a smaller table beside the one that there is.
    pub fn try_shrink_to_fit(&mut self) -> Result<()> {
        let seed = self.as_interner().seed();
        let (mut text, mut ends, mut symbols) = self.parts();
        text.shrink_to_fit();
        ends.shrink_to_fit();
        let (all, ends) = (text.as_str(), &ends[..]);
        symbols.shrink_by(|symbol| hash_of(all, ends, seed, *symbol))
    }

    /// Forgets all texts. Symbols that were given out name nothing, until new texts get them. O(n).
    pub fn clear(&mut self) {
        let (mut text, mut ends, mut symbols) = self.parts();
        symbols.clear();
        ends.clear();
        text.clear();
    }

    /// Replaces the whole interner, seed included. The new one is built first.
    ///
    /// # Panics
    ///
    /// Where [`try_set`](InternerMut::try_set) returns an error, with its text.
    #[track_caller]
    pub fn set<I: Emplace<Interner>>(&mut self, init: I) {
        self.try_set(init).unwrap_or_else(|error| error.raise());
    }

    /// Replaces the whole interner, or leaves it as it is.
    ///
    /// # Errors
    ///
    /// Those of building the new one.
    pub fn try_set<I: Emplace<Interner>>(&mut self, init: I) -> Result<()> {
        self.as_place().try_set(init)
    }

    /// Swaps the contents of two interners. O(1) within a region; between regions all texts are copied.
    ///
    /// # Panics
    ///
    /// Where [`try_swap_with`](InternerMut::try_swap_with) returns an error, with its text.
    #[track_caller]
    pub fn swap_with(&mut self, other: &mut InternerMut<'_>) {
        self.try_swap_with(other).unwrap_or_else(|error| error.raise());
    }

    /// Swaps the contents of two interners, or leaves both as they are.
    ///
    /// # Errors
    ///
    /// No space, between two regions.
    pub fn try_swap_with(&mut self, other: &mut InternerMut<'_>) -> Result<()> {
        self.as_place().try_swap(&mut other.as_place())
    }

    fn as_place(&mut self) -> Place<'_, Interner> {
        // SAFETY: the interner is ours alone, and borrowed for as long as the place lives.
        unsafe { Place::new(self.at, self.writer) }
    }
}

/// The hash of the text of a symbol; of no text where a file has a symbol without one.
fn hash_of(all: &str, ends: &[u32], seed: u64, symbol: Symbol) -> u64 {
    StableHasher::hash_one(text_at(all, ends, symbol.index()).unwrap_or_default(), seed)
}

/// Forgets the texts that were added, should the iterator that gives them panic, or one not fit.
struct TruncateOnDrop<'a, 'r> {
    interner: &'a mut InternerMut<'r>,
    len: u32,
}

impl Drop for TruncateOnDrop<'_, '_> {
    fn drop(&mut self) {
        self.interner.truncate(self.len);
    }
}

impl Deref for InternerMut<'_> {
    type Target = Interner;

    #[inline(always)]
    fn deref(&self) -> &Interner {
        self.as_interner()
    }
}

impl fmt::Debug for InternerMut<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_interner().fmt(f)
    }
}
