#![allow(unused)]

use offset_std::prelude::*;

#[path = "support/brand.rs"]
mod brand;
use brand::Brand;

fn attempt(path: &str) {
    let _ = Image::<Brand<'static>>::load(path);
    let _ = Image::<Holder<'static>>::load(path);
    let _ = Image::<offset_std::Vec<Option<offset_std::Box<Holder<'static>>>>>::load(path);
}

#[derive(Relocatable)]
#[repr(C)]
struct Holder<'p> {
    brand: Brand<'p>,
}

fn main() {}
