#![allow(unused)]

use offset_std::prelude::*;

mod inner {
    use offset_std::prelude::*;

    #[derive(Relocatable)]
    #[repr(C)]
    pub struct Account {
        pub name: offset_std::String,
        balance: u64,
    }
}

fn attempt() -> impl Emplace<inner::Account> {
    inner::AccountInit { name: "me", balance: 1_000_000 }
}

fn main() {}
