//! An `Option<T>` is a `Maybe` for every argument of a generic type with a twin, so a `Box` can't be one.

use offset_std::prelude::*;
use offset_std::twin;

#[derive(Relocatable)]
#[relocatable(std)]
struct Pair<T> {
    first: Option<T>,
    second: T,
}

fn main() {
    let pair = Pair { first: None, second: Box::new(1u64) };
    let _ = twin::from_std(&pair);
}
