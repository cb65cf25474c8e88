//! Texts of 4 to 12 letters, interned and looked up.
//!
//! | metric | what is timed, or counted |
//! | --- | --- |
//! | new | interning a text that isn't there, into an interner that was empty and grows |
//! | again | interning one that is, in another order |
//! | resolve | from a symbol to the text, in that order, and its first byte read |
//! | bytes | all of it, built with room for all; of the peer, what is asked of the allocator |
//!
//! The peer is what one writes without a crate for it: hashbrown's map from `String` to `u32`, and a vector of `String`s.

use hashbrown::HashMap;
use offset_std::{Image, Interner, Symbol, from_iter, prelude::*};

use crate::Options;
use crate::harness::{OURS, Recorder, Result, Row, agree};
use crate::random::Random;

const PEER: &str = "hashbrown, Vec";

/// Runs the subject.
///
/// # Errors
///
/// Those of the contenders.
pub(crate) fn run(options: &Options) -> Result<Vec<Row>> {
    let large: &[usize] = if options.large { &[10_000_000] } else { &[] };
    let mut rows = Vec::new();
    for n in [1_000, 1_000_000].iter().chain(large) {
        rows.extend(run_at(*n, options.rounds)?);
    }
    Ok(rows)
}

fn run_at(n: usize, rounds: usize) -> Result<Vec<Row>> {
    let mut recorder = Recorder::new("interner", n as u64);
    let source = Source::new(n);
    count_bytes(&source, &mut recorder)?;
    // One for all rounds: its memory is warm, as that of the peer is from its last turn.
    let mut image = Image::<Interner>::new(Empty)?;
    for round in 0..=rounds {
        agree(&[(OURS, ours(&mut image, &source, &mut recorder)), (PEER, peer(&source, &mut recorder))]);
        if round == 0 {
            recorder.forget_times();
        }
    }
    Ok(recorder.finish())
}

/// Distinct texts, nearly, and an order to ask for them in.
struct Source {
    texts: Vec<String>,
    order: Vec<u32>,
}

impl Source {
    fn new(n: usize) -> Source {
        let mut random = Random::new(3);
        let mut letters = |_| {
            let mut bits = random.bits();
            let len = random.between(4, 12);
            String::from_iter((0..len).map(|_| {
                let letter = char::from(b'a' + (bits % 26) as u8);
                bits /= 26;
                letter
            }))
        };
        let texts = Vec::from_iter((0..n).map(&mut letters));
        let mut random = Random::new(4);
        Source { texts, order: Vec::from_iter((0..n.max(100_000)).map(|_| random.below(n as u64) as u32)) }
    }

    /// The texts in the other order.
    fn asked(&self) -> impl Iterator<Item = &str> {
        self.order.iter().map(|index| self.texts[*index as usize].as_str())
    }
}

fn count_bytes(source: &Source, recorder: &mut Recorder) -> Result<()> {
    let image = Image::<Interner>::new(from_iter(source.texts.iter()))?;
    recorder.bytes(OURS, "bytes", image.usage().allocated);
    let mut peer = Peer { numbers: HashMap::with_capacity(image.len()), texts: Vec::with_capacity(image.len()) };
    source.texts.iter().for_each(|text| _ = peer.intern(text));
    let letters: usize = peer.texts.iter().map(|text| text.len() * 2).sum();
    let bytes = peer.numbers.allocation_size() + peer.texts.capacity() * size_of::<String>() + letters;
    recorder.bytes(PEER, "bytes", bytes as u64);
    Ok(())
}

/// How many texts there are, the sum of symbols, and that of first bytes.
type Seen = (usize, u64, u64);

fn ours(image: &mut Image<Interner>, source: &Source, recorder: &mut Recorder) -> Seen {
    let mut interner = image.edit();
    interner.set(Empty);
    recorder.each(OURS, "new", source.texts.len(), || source.texts.iter().for_each(|text| _ = interner.intern(text)));
    let symbols: Vec<Symbol> =
        recorder.each(OURS, "again", source.order.len(), || source.asked().map(|text| interner.intern(text)).collect());
    let bytes = recorder.each(OURS, "resolve", source.order.len(), || {
        symbols.iter().map(|symbol| u64::from(interner[*symbol].as_bytes()[0])).sum()
    });
    (interner.len(), symbols.iter().map(|symbol| u64::from(symbol.index())).sum(), bytes)
}

struct Peer {
    numbers: HashMap<String, u32>,
    texts: Vec<String>,
}

impl Peer {
    fn intern(&mut self, text: &str) -> u32 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let number = self.texts.len() as u32;
        self.numbers.insert(text.to_owned(), number);
        self.texts.push(text.to_owned());
        number
    }
}

fn peer(source: &Source, recorder: &mut Recorder) -> Seen {
    let mut peer = Peer { numbers: HashMap::new(), texts: Vec::new() };
    recorder.each(PEER, "new", source.texts.len(), || source.texts.iter().for_each(|text| _ = peer.intern(text)));
    let numbers: Vec<u32> =
        recorder.each(PEER, "again", source.order.len(), || source.asked().map(|text| peer.intern(text)).collect());
    let bytes = recorder.each(PEER, "resolve", source.order.len(), || {
        numbers.iter().map(|number| u64::from(peer.texts[*number as usize].as_bytes()[0])).sum()
    });
    (peer.texts.len(), numbers.iter().map(|number| u64::from(*number)).sum(), bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contenders_agree_on_a_few_texts() {
        assert!(!run_at(500, 1).unwrap().is_empty());
    }
}
