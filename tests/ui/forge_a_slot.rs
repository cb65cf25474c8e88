#![allow(unused)]

use std::ptr::NonNull;

use offset_std::{Filled, Slot};

fn attempt<'s>(at: NonNull<u64>, slot: Slot<'s, u64>) -> Slot<'s, u64> {
    Slot::new(at, slot.writer())
}

fn again<'s>(slot: Slot<'s, u64>) -> Filled<'s, u64> {
    slot.assume_filled()
}

fn main() {}
