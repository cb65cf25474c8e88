#![allow(unused)]

use offset_std::{Filled, Slot};

fn shorten<'short, 'long: 'short>(filled: Filled<'long, u64>, _: &'short ()) -> Filled<'short, u64> {
    filled
}

fn lengthen<'a>(filled: Filled<'a, u64>) -> Filled<'static, u64> {
    filled
}

fn shorten_slot<'short, 'long: 'short>(slot: Slot<'long, u64>, _: &'short ()) -> Slot<'short, u64> {
    slot
}

fn main() {}
