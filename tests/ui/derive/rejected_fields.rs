//! What can't live in a region is rejected at the field, all at once.

use offset_std::Relocatable;

#[derive(Relocatable)]
struct A<'a> {
    name: &'a str,
    size: usize,
    list: std::vec::Vec<u8>,
    pair: (u8, u8),
    maybe: Option<u32>,
}

// In a constant, so that `cargo check` evaluates what is generic.
const _: bool = <A<'static> as Relocatable>::FACTS.owns;

fn main() {}
