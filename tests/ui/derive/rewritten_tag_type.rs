//! An attribute changes the type of the tag.

use offset_std::Relocatable;
use rewrite::rewrite;

#[derive(Relocatable)]
#[rewrite("repr(u8)", "repr(u16)")]
#[repr(u8)]
enum A<T> {
    B(T) = 3,
    C = 7,
}

// In a constant, so that `cargo check` evaluates what is generic.
const _: bool = <A<u32> as Relocatable>::FACTS.owns;

fn main() {}
