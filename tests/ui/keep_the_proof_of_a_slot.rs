#![allow(unused)]

use offset_std::prelude::*;

use std::cell::RefCell;

use offset_std::{Error, Filled, Slot};

struct Sly<'a>(&'a RefCell<Option<Filled<'a, u64>>>);

impl Emplace<u64> for Sly<'_> {
    fn emplace<'s>(self, slot: Slot<'s, u64>) -> Result<Filled<'s, u64>, Error> {
        *self.0.borrow_mut() = Some(slot.write(1));
        Err(Error::custom("kept"))
    }
}

fn main() {}
