//! What can't be in a type with a twin is said at the field, all at once.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;

use offset_std::prelude::*;

#[derive(Relocatable)]
#[relocatable(std, derive)]
struct Options(u8);

#[derive(Relocatable)]
#[relocatable(std, sdt)]
struct Draft<'a> {
    title: &'a str,
    path: PathBuf,
    shared: Vec<Rc<String>>,
    cached: Option<RefCell<u64>>,
    #[relocatable(wiht = AsText)]
    address: String,
    many: (u8, u8, u8, u8, u8, u8, u8),
}

#[derive(Relocatable)]
#[repr(C)]
struct InRegions {
    #[relocatable(with = AsText)]
    number: u64,
}

#[derive(Relocatable, Clone, Copy)]
#[relocatable(plain, std, derive(Debug))]
#[repr(C)]
struct Point(u64);

fn main() {}
