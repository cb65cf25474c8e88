//! `offset_std::Trie` against `std::collections::BTreeMap`: random sequences of calls, and user code and memory that fail at every step.
//!
//! In modules: keys of odd kinds and nodes of every size; initialisers, closures and keys that fail; images without room; files that were forged.

use offset_std::{String, Trie, Vec};
use tests::model::{Label, Line, Nothing, Odd, Record};
use tests::model_tests;

mod attack;
#[path = "model_trie/callbacks.rs"]
mod callbacks;
#[path = "model_trie/hostile.rs"]
mod hostile;
#[path = "model_trie/keys.rs"]
mod keys;
#[path = "model_trie/room.rs"]
mod room;

model_tests! {
    a_trie_of_numbers_is_like_std: is_like_std<Trie<u64>>;
    a_trie_of_bytes_is_like_std: is_like_std<Trie<u8>>;
    a_trie_of_three_byte_arrays_is_like_std: is_like_std<Trie<[u8; 3]>>;
    a_trie_of_nothing_is_like_std: is_like_std<Trie<Nothing>>;
    a_trie_of_lines_is_like_std: is_like_std<Trie<Line>>;
    a_trie_of_over_aligned_texts_is_like_std: is_like_std<Trie<Label>>;
    a_trie_of_records_is_like_std: is_like_std<Trie<Record>>;
    a_trie_of_vectors_of_strings_is_like_std: is_like_std<Trie<Vec<String>>>;
    panics_leave_a_trie_as_it_was: survives_panics<Trie<Odd>>;
    a_trie_without_room_stays_as_it_was: survives_exhaustion<Trie<Vec<String>>>;
    a_trie_of_over_aligned_texts_without_room_stays_as_it_was: survives_exhaustion<Trie<Label>>;
}
