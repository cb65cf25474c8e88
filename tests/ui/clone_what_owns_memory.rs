#![allow(unused)]

use offset_std::{Box, Handle, String, Vec};

fn clone<T: Clone>() {}

fn main() {
    clone::<Box<u64>>();
    clone::<Option<Box<u64>>>();
    clone::<Vec<u64>>();
    clone::<String>();
    clone::<offset_std::Maybe<u64>>();
    clone::<offset_std::Own<'static, u64>>();
    clone::<offset_std::Popped<'static, u64>>();
    clone::<offset_std::Token<u64>>();
    clone::<offset_std::Place<'static, u64>>();
    clone::<offset_std::VecMut<'static, u64>>();
    clone::<offset_std::StringMut<'static>>();
    clone::<offset_std::OptionMut<'static, u64>>();
    clone::<offset_std::Slot<'static, u64>>();
    clone::<offset_std::Filled<'static, u64>>();
    clone::<offset_std::Image<u64>>();
    clone::<offset_std::Mapped<u64>>();
    // A handle alone is inert.
    clone::<Handle<u64>>();
}
