#![allow(unused)]

use offset_std::prelude::*;

use offset_std::{Error, Filled, Slot};

struct Sly<'a>(&'a mut Option<Filled<'a, u64>>);

impl Emplace<u64> for Sly<'_> {
    fn emplace<'s>(self, slot: Slot<'s, u64>) -> Result<Filled<'s, u64>, Error> {
        drop(slot);
        Ok(self.0.take().unwrap())
    }
}

fn main() {}
