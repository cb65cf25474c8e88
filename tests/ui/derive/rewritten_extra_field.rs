//! An attribute adds a field.

use offset_std::Relocatable;
use rewrite::rewrite;

#[derive(Relocatable)]
#[rewrite("a: u8", "a: u8, c: u8")]
#[repr(C)]
struct A {
    a: u8,
    b: u32,
}

// In a constant, so that `cargo check` evaluates what is generic.
const _: bool = <A as Relocatable>::FACTS.owns;

fn main() {}
