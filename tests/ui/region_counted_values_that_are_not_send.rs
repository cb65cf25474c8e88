#![allow(unused)]

use offset_std::prelude::*;

use std::cell::Cell;
use std::sync::MutexGuard;
use std::thread;

use offset_std::{Sealed, Shared, Token};

fn sealed(sealed: Sealed<Cell<u8>>) {
    thread::spawn(move || drop(sealed));
}

fn sealed_by_reference(sealed: Sealed<MutexGuard<'static, u8>>) {
    thread::scope(|scope| drop(scope.spawn(|| drop(&sealed))));
}

fn shared(shared: Shared<Cell<u8>>) {
    thread::spawn(move || drop(shared));
}

fn main() {}
