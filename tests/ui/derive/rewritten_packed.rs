//! An attribute packs a struct.

use offset_std::Relocatable;
use rewrite::rewrite;

#[derive(Relocatable)]
#[rewrite("repr(C)", "repr(C, packed)")]
#[repr(C)]
struct A {
    a: u8,
    b: u32,
}

// In a constant, so that `cargo check` evaluates what is generic.
const _: bool = <A as Relocatable>::FACTS.owns;

fn main() {}
