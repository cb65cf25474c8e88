//! A generic plain type has padding with one argument.

use offset_std::Relocatable;

#[derive(Relocatable, Clone, Copy)]
#[relocatable(plain)]
#[repr(C)]
struct A<T> {
    a: u8,
    b: T,
}

// In a constant, so that `cargo check` evaluates what is generic.
const _: bool = <A<u32> as Relocatable>::FACTS.owns;

fn main() {}
