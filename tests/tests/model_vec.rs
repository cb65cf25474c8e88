//! `offset_std::Vec` against `std::vec::Vec`: random sequences of calls, and user code and memory that fail at every step.

use offset_std::{Box, String, Vec};
use tests::model::{Label, Line, Nothing, Odd, Record, Shape};
use tests::model_tests;

model_tests! {
    a_vector_of_bytes_is_like_std: is_like_std<Vec<u8>>;
    a_vector_of_u64_is_like_std: is_like_std<Vec<u64>>;
    a_vector_of_three_byte_arrays_is_like_std: is_like_std<Vec<[u8; 3]>>;
    a_vector_of_zero_sized_values_is_like_std: is_like_std<Vec<Nothing>>;
    a_vector_of_cache_lines_is_like_std: is_like_std<Vec<Line>>;
    a_vector_of_over_aligned_texts_is_like_std: is_like_std<Vec<Label>>;
    a_vector_of_strings_is_like_std: is_like_std<Vec<String>>;
    a_vector_of_vectors_of_strings_is_like_std: is_like_std<Vec<Vec<String>>>;
    a_vector_of_optional_boxes_is_like_std: is_like_std<Vec<Option<Box<String>>>>;
    a_vector_of_padded_records_is_like_std: is_like_std<Vec<Record>>;
    a_vector_of_enums_is_like_std: is_like_std<Vec<Shape>>;
    panics_leave_a_vector_as_it_was: survives_panics<Vec<Odd>>;
    lies_lose_nothing_of_a_vector: survives_lies<Vec<Odd>>;
    a_vector_without_room_stays_as_it_was: survives_exhaustion<Vec<Vec<String>>>;
    a_vector_of_over_aligned_texts_without_room_stays_as_it_was: survives_exhaustion<Vec<Label>>;
}
