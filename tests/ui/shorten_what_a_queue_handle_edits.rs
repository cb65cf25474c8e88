#![allow(unused)]

use offset_std::binary_heap::PeekMut;
use offset_std::prelude::*;
use offset_std::vec_deque::IterMut;
use offset_std::{BinaryHeapMut, VecDequeMut};

#[path = "support/brand.rs"]
mod brand;
use brand::Brand;

fn deque<'r, 'a>(handle: VecDequeMut<'r, Brand<'static>>, _: &'a ()) -> VecDequeMut<'r, Brand<'a>> {
    handle
}

fn elements<'r, 'a>(handles: IterMut<'r, Brand<'static>>, _: &'a ()) -> IterMut<'r, Brand<'a>> {
    handles
}

fn heap<'r, 'a>(handle: BinaryHeapMut<'r, Brand<'static>>, _: &'a ()) -> BinaryHeapMut<'r, Brand<'a>> {
    handle
}

fn main() {}
