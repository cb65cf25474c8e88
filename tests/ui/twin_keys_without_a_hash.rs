//! The twin of a key needs a hash, or an order; a floating-point number has neither.

use std::collections::{BTreeMap, HashMap};

use offset_std::prelude::*;

#[derive(Relocatable, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[relocatable(std)]
struct Key {
    number: u64,
}

#[derive(Relocatable)]
#[relocatable(std)]
struct Hashed {
    map: HashMap<Key, u8>,
}

#[derive(Relocatable)]
#[relocatable(std)]
struct Ordered {
    map: BTreeMap<Key, u8>,
}

#[derive(Relocatable)]
#[relocatable(std)]
struct Floating {
    map: HashMap<f64, u8>,
}

#[derive(Relocatable)]
#[relocatable(std)]
struct Generic<K> {
    map: HashMap<K, u8>,
}

fn main() {}
