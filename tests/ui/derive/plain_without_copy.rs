//! A plain type isn't `Copy`.

use offset_std::Relocatable;

#[derive(Relocatable)]
#[relocatable(plain)]
#[repr(C)]
struct A {
    a: u8,
}

// In a constant, so that `cargo check` evaluates what is generic.
const _: bool = <A as Relocatable>::FACTS.owns;

fn main() {}
