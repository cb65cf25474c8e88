#![allow(unused)]

use offset_std::prelude::*;

use offset_std::{Error, Filled, Slot};

struct Stubborn;

impl Emplace<u64> for Stubborn {
    fn emplace(self, slot: Slot<'static, u64>) -> Result<Filled<'static, u64>, Error> {
        Ok(slot.write(1))
    }
}

fn main() {}
