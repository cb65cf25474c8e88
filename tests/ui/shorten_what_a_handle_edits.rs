#![allow(unused)]

use offset_std::prelude::*;

#[path = "support/brand.rs"]
mod brand;
use brand::Brand;

use offset_std::{OptionMut, Own, Popped, VecMut};

fn place<'r, 'a>(handle: Place<'r, Brand<'static>>, _: &'a ()) -> Place<'r, Brand<'a>> {
    handle
}

fn vec<'r, 'a>(handle: VecMut<'r, Brand<'static>>, _: &'a ()) -> VecMut<'r, Brand<'a>> {
    handle
}

fn own<'r, 'a>(handle: Own<'r, Brand<'static>>, _: &'a ()) -> Own<'r, Brand<'a>> {
    handle
}

fn popped<'r, 'a>(handle: Popped<'r, Brand<'static>>, _: &'a ()) -> Popped<'r, Brand<'a>> {
    handle
}

fn option<'r, 'a>(handle: OptionMut<'r, Brand<'static>>, _: &'a ()) -> OptionMut<'r, Brand<'a>> {
    handle
}

fn main() {}
