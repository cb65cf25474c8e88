//! An attribute adds a variant.

use offset_std::Relocatable;
use rewrite::rewrite;

#[derive(Relocatable)]
#[rewrite("C = 7", "C = 7, D")]
#[repr(u8)]
enum A<T> {
    B(T) = 3,
    C = 7,
}

// In a constant, so that `cargo check` evaluates what is generic.
const _: bool = <A<u32> as Relocatable>::FACTS.owns;

fn main() {}
