//! A plain type has padding.

use offset_std::Relocatable;

#[derive(Relocatable, Clone, Copy)]
#[relocatable(plain)]
#[repr(C)]
struct A {
    a: u8,
    b: u32,
}

// In a constant, so that `cargo check` evaluates what is generic.
const _: bool = <A as Relocatable>::FACTS.owns;

fn main() {}
