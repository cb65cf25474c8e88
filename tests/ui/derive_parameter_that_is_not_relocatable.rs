#![allow(unused)]

use offset_std::prelude::*;

#[derive(Relocatable)]
#[repr(C)]
struct Wrapper<T> {
    value: T,
}

fn main() {
    let _ = Image::<Wrapper<std::string::String>>::load("file");
}
