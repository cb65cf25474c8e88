//! An attribute swaps two fields.

use offset_std::Relocatable;
use rewrite::rewrite;

#[derive(Relocatable)]
#[rewrite("a: u8, b: u32", "b: u32, a: u8")]
#[repr(C)]
struct A {
    a: u8,
    b: u32,
}

// In a constant, so that `cargo check` evaluates what is generic.
const _: bool = <A as Relocatable>::FACTS.owns;

fn main() {}
