#![allow(unused)]

use std::marker::PhantomData;
use std::ptr::NonNull;

use offset_std::{Filled, Slot};

fn attempt<'s>(at: NonNull<u64>, slot: Slot<'s, u64>) -> Filled<'s, u64> {
    Filled { at, writer: slot.writer(), brand: PhantomData }
}

fn main() {}
