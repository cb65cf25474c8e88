//! An attribute changes the tag of a variant.

use offset_std::Relocatable;
use rewrite::rewrite;

#[derive(Relocatable)]
#[rewrite("= 3", "= 4")]
#[repr(u8)]
enum A<T> {
    B(T) = 3,
    C = 7,
}

// In a constant, so that `cargo check` evaluates what is generic.
const _: bool = <A<u32> as Relocatable>::FACTS.owns;

fn main() {}
