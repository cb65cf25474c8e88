//! An attribute changes the layout of an enum.

use offset_std::Relocatable;
use rewrite::rewrite;

#[derive(Relocatable)]
#[rewrite("repr(u8)", "repr(C, u8)")]
#[repr(u8)]
enum A {
    B(u8),
    C(u32),
}

// In a constant, so that `cargo check` evaluates what is generic.
const _: bool = <A as Relocatable>::FACTS.owns;

fn main() {}
