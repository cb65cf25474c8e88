#![allow(unused)]

use offset_std::prelude::*;

use offset_std::{Box, Ref, Region, String, Token, Vec};

#[derive(Relocatable)]
#[repr(C)]
struct Visit<'p> {
    city: Ref<'p, String>,
}

#[derive(Relocatable)]
#[repr(C)]
struct Generic<T> {
    value: T,
}

fn attempt(
    region: Region,
    city: &'static String,
    direct: Token<Visit<'static>>,
    nested: Token<Vec<Box<Visit<'static>>>>,
) {
    let _ = Image::<Visit<'static>>::new(VisitInit { city });
    let _ = Image::<Generic<Ref<'static, String>>>::new(GenericInit { value: city });
    let _ = Region::build(|region| region.alloc::<Maybe<Ref<'static, String>>, _>(Some(city)));
    let _ = region.seal(direct);
    let _ = Region::new().seal(nested);
    let _ = unsafe { Mapped::<Visit<'static>>::map("file") };
}

fn main() {}
