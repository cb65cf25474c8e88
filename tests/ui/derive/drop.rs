//! A type that is derived for has a `Drop`.

use offset_std::Relocatable;

#[derive(Relocatable)]
#[repr(C)]
struct A {
    a: u8,
}

impl Drop for A {
    fn drop(&mut self) {}
}

// In a constant, so that `cargo check` evaluates what is generic.
const _: bool = <A as Relocatable>::FACTS.owns;

fn main() {}
