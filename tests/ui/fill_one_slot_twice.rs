#![allow(unused)]

use offset_std::prelude::*;

use offset_std::{Error, Filled, Slot};

struct Twice;

impl Emplace<u64> for Twice {
    fn emplace<'s>(self, slot: Slot<'s, u64>) -> Result<Filled<'s, u64>, Error> {
        drop(slot.write(1));
        Ok(slot.write(2))
    }
}

fn main() {}
