#![allow(unused)]

use offset_std::prelude::*;

#[derive(Relocatable)]
#[relocatable(plain, size = 3)]
struct Everything<'a> {
    name: &'a str,
    pointer: *const u8,
    size: usize,
    pair: (u8, u8),
    list: std::vec::Vec<u8>,
    text: std::string::String,
    map: std::collections::HashMap<u8, u8>,
    boxed: offset_std::Box<dyn Fn()>,
    cell: std::cell::Cell<u8>,
    atomic: std::sync::atomic::AtomicU8,
    function: fn(),
    option: Option<u32>,
    nothing: (),
    slice: [u8],
    counted: std::rc::Rc<u8>,
}

fn main() {}
