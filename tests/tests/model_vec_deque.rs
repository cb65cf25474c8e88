//! `offset_std::VecDeque` against `std::collections::VecDeque`: random sequences of calls, and user code and memory that fail at every step.
//!
//! In modules: user code that changes the region meanwhile; regions that are full; files that were forged; traits.

use offset_std::{String, Vec, VecDeque};
use tests::model::{Label, Nothing, Odd};
use tests::model_tests;

mod attack;
#[path = "model_vec_deque/chaos.rs"]
mod chaos;
#[path = "model_vec_deque/hostile.rs"]
mod hostile;
#[path = "model_vec_deque/room.rs"]
mod room;
#[path = "model_vec_deque/rules.rs"]
mod rules;

model_tests! {
    a_queue_of_numbers_is_like_std: is_like_std<VecDeque<u64>>;
    a_queue_of_three_byte_arrays_is_like_std: is_like_std<VecDeque<[u8; 3]>>;
    a_queue_of_nothing_is_like_std: is_like_std<VecDeque<Nothing>>;
    a_queue_of_over_aligned_texts_is_like_std: is_like_std<VecDeque<Label>>;
    a_queue_of_vectors_of_texts_is_like_std: is_like_std<VecDeque<Vec<String>>>;
    panics_leave_a_queue_as_it_was: survives_panics<VecDeque<Odd>>;
    lies_lose_nothing_of_a_queue: survives_lies<VecDeque<Odd>>;
    a_queue_without_room_stays_as_it_was: survives_exhaustion<VecDeque<Vec<String>>>;
}
