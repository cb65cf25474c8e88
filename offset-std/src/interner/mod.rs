//! `Interner`: texts, each stored once. 36 bytes, and three buffers.
//!
//! ```text
//! Interner   text: a String | ends: a Vec<u32> | symbols: a HashMap from Symbol to nothing
//!
//! text       | "Oslo" | "Rome" | "Paris" | …
//! ends       | 4      | 8      | 13      | …
//! symbols    a table that has each symbol where the hash of its text leads
//! ```
//!
//! All texts lie one after another in one string: a text takes its bytes, four for its end, and a place of four in a hash table, with a tag of two. A string of its own would take 8 for the handle and be
//! rounded up to 8. The table is that of a [`HashMap`]; only its keys don't know their hashes, but the texts that they name do.
//!
//! A hash is the [stable one](crate::StableHash), with a seed in each interner.
//!
//! # Files
//!
//! The string is UTF-8, the ends ascend to its length and lie between characters, and the table has as many symbols as there are texts: loading checks that. Which symbols those are isn't
//! checked, and a text may be there twice: only finding depends on it, and a symbol is looked up like an index, in bounds. [`is_well_placed`](Interner::is_well_placed) answers it.
//!
//! | file | |
//! | --- | --- |
//! | `mod.rs` | the type, reading it, its traversal |
//! | `symbol.rs` | `Symbol` |
//! | `edit.rs` | `InternerMut` |
//! | `traits.rs` | what an interner is built from, iterating, and the std traits |
//! | `deserialize.rs` | an interner from a sequence of a serde format |

use std::marker::PhantomData;
use std::ptr::NonNull;

use offset_core::raw::{Description, Facts, Kind, Owner, Visitor, Writer, type_id};
use offset_core::{Portable, Relocatable, Vec};

use crate::hash::StableHasher;
use crate::hash_map::HashMap;
use crate::string::String;

#[cfg(feature = "serde")]
mod deserialize;
mod edit;
mod symbol;
mod traits;

pub use edit::InternerMut;
pub use symbol::Symbol;
pub use traits::{Iter, Texts};

/// The value of an entry of the table: no bytes.
type Nothing = PhantomData<u8>;

/// Texts, each of which is stored once, and named by a [`Symbol`] of 4 bytes. 36 bytes, and three buffers in the region.
///
/// It is built from arrays, vectors and slices of texts, [`from_iter`](crate::from_iter) and [`Empty`](crate::Empty), with a random seed unless [`Seeded`](crate::Seeded) gives one, and edited through
/// [`InternerMut`]. A sequence of texts that is read by serde has no text twice, so that symbols are those of the document. Nothing is removed, except all by [`clear`](InternerMut::clear). All texts together have less than 2 GiB.
///
/// ```
/// use offset_std::{Image, Interner, Symbol, Vec, prelude::*};
///
/// #[derive(Relocatable)]
/// #[repr(C)]
/// pub struct Document {
///     names: Interner,
///     words: Vec<Symbol>,
/// }
///
/// let mut image = Image::<Document>::new(DocumentInit { names: Empty, words: Empty })?;
/// let mut document = image.edit();
/// for word in "a rose is a rose is a rose".split(' ') {
///     document.words.push(document.names.intern(word));
/// }
/// assert_eq!((image.names.len(), image.words.len()), (3, 8));
/// let rose = image.names.get("rose").unwrap();
/// assert_eq!(image.words.iter().filter(|word| **word == rose).count(), 3);
/// assert_eq!(&image.names[image.words[0]], "a");
/// # Ok::<(), offset_std::Error>(())
/// ```
#[repr(C)]
pub struct Interner {
    text: String,
    ends: Vec<u32>,
    symbols: HashMap<Symbol, Nothing>,
}

const _: () = assert!(size_of::<Interner>() == 36 && align_of::<Interner>() == 4);

/// Number `index` of the texts that end there; `None` where there is none, or not one.
#[inline(always)]
fn text_at<'a>(text: &'a str, ends: &[u32], index: u32) -> Option<&'a str> {
    let index = index as usize;
    let end = *ends.get(index)? as usize;
    let start = match index.checked_sub(1) {
        Some(before) => ends[before] as usize,
        None => 0,
    };
    text.get(start..end)
}

impl Interner {
    /// How many texts there are.
    #[inline]
    pub const fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    #[inline]
    pub const fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// What hashes are computed with: random, unless [`Seeded`](crate::Seeded) fixed it.
    #[inline]
    pub const fn seed(&self) -> u64 {
        self.symbols.seed()
    }

    /// The symbol of a text, if it was interned. O(length of the text).
    ///
    /// ```
    /// # use offset_std::{Image, Interner, Symbol};
    /// let image = Image::<Interner>::new(["a", "b", "a"])?;
    /// assert_eq!(image.get("b"), Some(Symbol::nth(1)));
    /// assert_eq!(image.get("c"), None);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[inline]
    pub fn get(&self, text: &str) -> Option<Symbol> {
        let (all, ends) = (self.text.as_str(), self.ends.as_slice());
        let hash = StableHasher::hash_one(text, self.seed());
        self.symbols.find_by(hash, move |symbol| text_at(all, ends, symbol.index()) == Some(text)).copied()
    }

    /// Whether a text was interned. O(length of the text).
    #[inline]
    pub fn contains(&self, text: &str) -> bool {
        self.get(text).is_some()
    }

    /// The text of a symbol; `None` if there is none, because the symbol is another interner's. O(1).
    ///
    /// ```
    /// # use offset_std::{Image, Interner, Symbol};
    /// let image = Image::<Interner>::new(["a", "b"])?;
    /// assert_eq!(image.resolve(Symbol::nth(1)), Some("b"));
    /// assert_eq!(image.resolve(Symbol::nth(2)), None);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[inline]
    pub fn resolve(&self, symbol: Symbol) -> Option<&str> {
        text_at(&self.text, &self.ends, symbol.index())
    }

    /// All symbols and texts, in the order in which they were interned.
    ///
    /// ```
    /// # use offset_std::{Image, Interner};
    /// let image = Image::<Interner>::new(["b", "a", "b"])?;
    /// assert_eq!(image.iter().map(|(_, text)| text).collect::<Vec<_>>(), ["b", "a"]);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[inline]
    pub fn iter(&self) -> Iter<'_> {
        Iter::new(self)
    }

    /// Whether every text is found, and has one symbol only, which a file made to mislead may prevent: see [`HashMap::is_well_placed`]. O(n).
    pub fn is_well_placed(&self) -> bool {
        self.iter().all(|(symbol, text)| self.get(text) == Some(symbol))
    }

    /// Whether the parts, of which each is valid by itself, make an interner.
    fn check(&self) -> Result<(), &'static str> {
        let text = self.text.as_str();
        let mut before = 0;
        for end in &self.ends {
            if *end < before || !text.is_char_boundary(*end as usize) {
                return Err("the ends of the texts of an interner aren't ends of texts");
            }
            before = *end;
        }
        if before as usize != text.len() {
            return Err("the texts of an interner end before its string does");
        }
        if self.symbols.len() != self.len() {
            return Err("the table of an interner doesn't have as many symbols as there are texts");
        }
        Ok(())
    }
}

// SAFETY: R1: three containers; R3: what those report, and a condition on them; R5: `InternerMut` gives no handle.
unsafe impl Relocatable for Interner {
    type Mut<'r>
        = InternerMut<'r>
    where
        Self: 'r;
    type Fields<'r>
        = InternerMut<'r>
    where
        Self: 'r;
    const FACTS: Facts = Facts::OWNER;

    #[inline(always)]
    unsafe fn handle<'r>(at: NonNull<Self>, writer: &'r Writer) -> InternerMut<'r>
    where
        Self: 'r,
    {
        // SAFETY: the caller's contract.
        unsafe { InternerMut::new(at, writer) }
    }

    #[inline(always)]
    unsafe fn fields<'r>(at: NonNull<Self>, writer: &'r Writer) -> InternerMut<'r>
    where
        Self: 'r,
    {
        // SAFETY: the caller's contract.
        unsafe { Self::handle(at, writer) }
    }

    unsafe fn trace<V: Visitor>(at: NonNull<Self>, visitor: &mut V) -> Result<(), V::Stop> {
        // SAFETY: a part of the interner, by the caller's contract.
        unsafe { String::trace(text_of(at), visitor) }?;
        // SAFETY: the same.
        unsafe { Vec::trace(ends_of(at), visitor) }?;
        // SAFETY: the same.
        unsafe { HashMap::trace(symbols_of(at), visitor) }?;
        // SAFETY: all parts have been reported; of what they own, `check` reads the string, which is UTF-8, and numbers, which may be anything.
        unsafe { visitor.require(at, Interner::check) }
    }

    fn description() -> &'static Description {
        const {
            &Description {
                name: "Interner",
                size: size_of::<Self>(),
                align: align_of::<Self>(),
                id: type_id::<Self>,
                kind: Kind::Owner { layout: Owner::Interner, parts: &[] },
            }
        }
    }
}

// SAFETY: it owns text and numbers.
unsafe impl Portable for Interner {}

macro_rules! parts {
    ($($name:ident: $field:ident, $part:ty;)*) => {$(
        #[doc = concat!("Where `", stringify!($field), "` is in an interner.")]
        #[inline(always)]
        fn $name(at: NonNull<Interner>) -> NonNull<$part> {
            // SAFETY: the offset is inside the interner.
            unsafe { at.byte_add(std::mem::offset_of!(Interner, $field)) }.cast()
        }
    )*};
}
parts! {
    text_of: text, String;
    ends_of: ends, Vec<u32>;
    symbols_of: symbols, HashMap<Symbol, Nothing>;
}
