#![allow(unused)]

use offset_std::prelude::*;
use offset_std::{Ref, Region, Sealed, Shared, String, Token};

fn forged<'p>(handle: offset_std::Handle<String>) -> Ref<'p, String> {
    Ref { handle, lives: std::marker::PhantomData }
}

fn main() {}
