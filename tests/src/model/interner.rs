//! `Interner` against a vector of std's strings, none of which is there twice.

use offset_std::prelude::*;
use offset_std::{Interner, InternerMut, Seeded, Symbol};

use super::{Collection, Op, Trial, op, same, user};

type StdVec<T> = std::vec::Vec<T>;
type StdString = std::string::String;

/// A text as user code has it: every look at it is a [call](user::call).
struct Sought<'a>(&'a str);

impl AsRef<str> for Sought<'_> {
    fn as_ref(&self) -> &str {
        user::call();
        self.0
    }
}

fn sought(texts: &[StdString]) -> impl Iterator<Item = Sought<'_>> {
    user::calls(texts.iter().map(|text| Sought(text)))
}

/// Adds a text to a model, unless it is there.
fn intern(model: &mut StdVec<StdString>, text: &str) -> Symbol {
    let index = model.iter().position(|other| other == text).unwrap_or_else(|| {
        model.push(text.to_owned());
        model.len() - 1
    });
    Symbol::nth(index as u32)
}

fn distinct(texts: &[StdString]) -> StdVec<StdString> {
    let mut model = StdVec::new();
    texts.iter().for_each(|text| _ = intern(&mut model, text));
    model
}

impl Collection for Interner {
    type Model = StdVec<StdString>;

    fn fresh() -> impl Emplace<Self> {
        Seeded(3, Empty)
    }

    fn model(&self) -> Self::Model {
        let texts: StdVec<_> = self.iter().map(|(_, text)| text.to_owned()).collect();
        assert_eq!((self.len(), self.is_empty(), self.iter().len()), (texts.len(), texts.is_empty(), texts.len()));
        assert!(self.iter().rev().map(|(_, text)| text).eq(texts.iter().rev()));
        for (n, (symbol, text)) in self.iter().enumerate() {
            assert_eq!((symbol, self.resolve(symbol)), (Symbol::nth(n as u32), Some(text)));
            assert_eq!(self.get(text), Some(symbol));
        }
        let last = self.len() as u32;
        assert!([last, last + 1, u32::MAX - 1].into_iter().all(|n| self.resolve(Symbol::nth(n)).is_none()));
        assert!(self.is_well_placed() && *self == texts);
        texts
    }

    fn seen(handle: &InternerMut<'_>) -> Self::Model {
        <Self as Collection>::model(handle)
    }

    fn size(&self) -> usize {
        self.len()
    }

    fn give_up(handle: &mut InternerMut<'_>) {
        handle.clear();
        handle.shrink_to_fit();
    }

    const OPS: &'static [Op<Self>] = &[
        op(20, "try_intern", |t| {
            let text = t.text();
            let symbol = t.it.try_intern(&text)?;
            same(symbol, intern(t.model, &text));
            same(t.it.try_intern(&text)?, symbol);
            Ok(())
        }),
        op(8, "try_extend", |t| {
            let many = t.random.many(|random| random.text());
            let symbols = t.it.try_extend(sought(&many))?;
            same(symbols, many.iter().map(|text| intern(t.model, text)).collect());
            Ok(())
        }),
        op(5, "get, contains, resolve", |t| {
            let text = t.text();
            let expected = t.model.iter().position(|other| *other == text).map(|n| Symbol::nth(n as u32));
            same((t.it.get(&text), t.it.contains(&text)), (expected, expected.is_some()));
            same(expected.and_then(|symbol| t.it.resolve(symbol)), expected.map(|_| text.as_str()));
            Ok(())
        }),
        op(2, "iter, from both ends", |t| {
            let mut front = t.random.answers();
            let (mut found, mut expected) = (t.it.iter(), t.model.iter());
            for _ in 0..t.it.len() + 2 {
                same(found.len(), expected.len());
                let (found, expected) =
                    if front() { (found.next(), expected.next()) } else { (found.next_back(), expected.next_back()) };
                same(found.map(|(_, text)| text), expected.map(StdString::as_str));
            }
            Ok(())
        }),
        op(2, "try_reserve", |t| t.it.try_reserve(t.random.below(200), t.random.below(2000))),
        op(3, "try_shrink_to_fit", |t| t.it.try_shrink_to_fit()),
        op(2, "try_swap_with", |t| {
            t.it.try_swap_with(&mut t.other)?;
            std::mem::swap(t.model, t.other_model);
            Ok(())
        }),
        op(2, "try_set", |t| {
            let many = t.random.many(|random| random.text());
            t.it.try_set(from_iter(sought(&many)))?;
            *t.model = distinct(&many);
            Ok(())
        }),
        op(2, "try_set with a seed", |t| {
            let (seed, many) = (t.random.bits(), t.random.many(|random| random.text()));
            t.it.try_set(Seeded(seed, &many))?;
            same(t.it.seed(), seed);
            *t.model = distinct(&many);
            Ok(())
        }),
        op(2, "try_set by a deep copy", |t| {
            t.other.try_set(DeepCopy(t.it.as_interner()))?;
            same(t.other.seed(), t.it.seed());
            t.other_model.clone_from(t.model);
            Ok(())
        }),
        op(1, "clear", |t| {
            t.it.clear();
            t.model.clear();
            Ok(())
        }),
    ];
}

impl Trial<'_, '_, Interner> {
    /// A text that is there, or any.
    fn text(&mut self) -> StdString {
        let any = self.random.text();
        let index = self.random.below(2 * self.model.len() + 1);
        self.model.get(index).cloned().unwrap_or(any)
    }
}
