//! A type of another crate has no twin.

use offset_std::prelude::*;

mod elsewhere {
    pub struct Uuid(pub u128);
}

#[derive(Relocatable)]
#[relocatable(std)]
struct Account {
    id: elsewhere::Uuid,
    logins: u64,
}

fn main() {}
