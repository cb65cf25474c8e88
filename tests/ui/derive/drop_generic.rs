//! A generic type that is derived for has a `Drop`.

use offset_std::Relocatable;

#[derive(Relocatable)]
#[repr(C)]
struct A<T> {
    a: T,
}

impl<T> Drop for A<T> {
    fn drop(&mut self) {}
}

// In a constant, so that `cargo check` evaluates what is generic.
const _: bool = <A<u8> as Relocatable>::FACTS.owns;

fn main() {}
