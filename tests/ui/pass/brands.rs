//! A type with a lifetime may live in a region, be a part of others, and be edited.

use std::marker::PhantomData;

use offset_std::prelude::*;

#[path = "../support/brand.rs"]
mod brand;
use brand::Brand;

#[derive(Relocatable)]
#[repr(C)]
struct Holder<'p> {
    number: u32,
    brand: Brand<'p>,
}

fn edit<'p>(mut place: Place<'_, Holder<'p>>, copy: &Holder<'p>) -> u32 {
    place.set(DeepCopy(copy));
    *place.edit().number += 1;
    place.number
}

fn shorter<'a>(brand: &'a Brand<'static>) -> &'a Brand<'a> {
    brand
}

fn main() {
    let _: fn(Place<'_, Holder<'static>>, &Holder<'static>) -> u32 = edit;
    shorter(&Brand(PhantomData));
}
