#![allow(unused)]

use offset_std::prelude::*;

#[path = "support/city.rs"]
mod city;
use city::*;

fn attempt(mut own: Own<'_, Link>) {
    let mut fields = own.edit();
    fields.next.set(Some(own));
}

#[derive(Relocatable)]
#[repr(C)]
struct Link {
    next: Option<offset_std::Box<Link>>,
}

fn main() {}
