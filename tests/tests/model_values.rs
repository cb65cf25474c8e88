//! Single values, in boxes, options and arrays, against std's: random sequences of calls, and user code and memory that fail at every step.

use offset_std::{String, Vec};
use tests::model::{Label, Odd, Values};
use tests::model_tests;

model_tests! {
    numbers_are_like_std: is_like_std<Values<u64>>;
    strings_are_like_std: is_like_std<Values<String>>;
    vectors_of_strings_are_like_std: is_like_std<Values<Vec<String>>>;
    over_aligned_texts_are_like_std: is_like_std<Values<Label>>;
    single_values_survive_panics: survives_panics<Values<Odd>>;
    single_values_survive_exhaustion: survives_exhaustion<Values<Vec<String>>>;
    single_over_aligned_values_survive_exhaustion: survives_exhaustion<Values<Label>>;
}
