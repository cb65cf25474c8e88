//! An attribute takes `repr(C)` away.

use offset_std::Relocatable;
use rewrite::rewrite;

#[derive(Relocatable)]
#[rewrite("repr(C)", "allow(dead_code)")]
#[repr(C)]
struct A {
    a: u8,
    b: u32,
    c: u8,
}

// In a constant, so that `cargo check` evaluates what is generic.
const _: bool = <A as Relocatable>::FACTS.owns;

fn main() {}
