#![allow(unused)]

use offset_std::prelude::*;

fn attempt() {
    let _ = Image::<std::vec::Vec<u64>>::load("file");
    let _ = Image::<std::string::String>::load("file");
    let _ = Image::<(u32, u32)>::load("file");
    let _ = Image::<usize>::load("file");
    let _ = Image::<&'static str>::load("file");
    let _ = Image::<Option<u32>>::load("file");
    let _ = Image::<std::num::NonZeroUsize>::load("file");
    let _ = Image::<std::sync::atomic::AtomicU32>::load("file");
    let _ = Image::<()>::load("file");
    let _ = Image::<fn()>::load("file");
}

fn main() {}
