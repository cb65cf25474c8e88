//! `offset_std::BinaryHeap` against sorted elements: random sequences of calls, and user code and memory that fail at every step.
//!
//! In modules: what a comparison that panics leaves; layout, files that were changed, traits.

use offset_std::BinaryHeap;
use tests::model::{Label, Nothing, Odd};
use tests::model_tests;

mod attack;
#[path = "model_binary_heap/order.rs"]
mod order;
#[path = "model_binary_heap/rules.rs"]
mod rules;

model_tests! {
    a_heap_of_numbers_is_like_std: is_like_std<BinaryHeap<u64>>;
    a_heap_of_nothing_is_like_std: is_like_std<BinaryHeap<Nothing>>;
    a_heap_of_over_aligned_texts_is_like_std: is_like_std<BinaryHeap<Label>>;
    panics_leave_a_heap_with_all_it_had: survives_panics<BinaryHeap<Odd>>;
    lies_lose_nothing_of_a_heap: survives_lies<BinaryHeap<Odd>>;
    a_heap_without_room_stays_as_it_was: survives_exhaustion<BinaryHeap<Label>>;
}
