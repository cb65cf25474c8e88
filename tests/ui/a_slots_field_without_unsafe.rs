#![allow(unused)]

use offset_std::Slot;

fn attempt(slot: Slot<'_, [u64; 2]>) {
    let _ = slot.field::<u64, u64>(4, 1);
}

fn main() {}
