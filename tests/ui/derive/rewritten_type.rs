//! An attribute puts a reference in place of a number of the same size.

use offset_std::Relocatable;
use rewrite::rewrite;

#[derive(Relocatable)]
#[rewrite("a: u64", "a: &'static u64")]
#[repr(C)]
struct A {
    a: u64,
}

// In a constant, so that `cargo check` evaluates what is generic.
const _: bool = <A as Relocatable>::FACTS.owns;

fn main() {}
