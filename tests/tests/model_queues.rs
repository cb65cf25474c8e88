//! `offset_std::VecDeque` and `BinaryHeap` in every kind of region, with user code and memory that fail at every step.

use offset_std::{BinaryHeap, String, Vec, VecDeque};
use tests::model::{Label, Nothing, Odd};
use tests::model_tests;

model_tests! {
    a_queue_of_numbers_is_like_std: is_like_std<VecDeque<u64>>;
    a_queue_of_nothing_is_like_std: is_like_std<VecDeque<Nothing>>;
    a_queue_of_over_aligned_texts_is_like_std: is_like_std<VecDeque<Label>>;
    a_queue_of_vectors_of_texts_is_like_std: is_like_std<VecDeque<Vec<String>>>;
    panics_leave_a_queue_as_it_was: survives_panics<VecDeque<Odd>>;
    lies_lose_nothing_of_a_queue: survives_lies<VecDeque<Odd>>;
    a_queue_without_room_stays_as_it_was: survives_exhaustion<VecDeque<Vec<String>>>;
    a_heap_of_numbers_is_like_std: is_like_std<BinaryHeap<u64>>;
    a_heap_of_over_aligned_texts_is_like_std: is_like_std<BinaryHeap<Label>>;
    panics_leave_a_heap_with_all_it_had: survives_panics<BinaryHeap<Odd>>;
    lies_lose_nothing_of_a_heap: survives_lies<BinaryHeap<Odd>>;
    a_heap_without_room_stays_as_it_was: survives_exhaustion<BinaryHeap<Label>>;
}
