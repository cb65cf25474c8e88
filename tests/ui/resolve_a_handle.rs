#![allow(unused)]

use offset_std::Handle;

fn attempt(handle: Handle<u64>) -> u64 {
    *handle
}

fn again(handle: &Handle<u64>) -> &u64 {
    handle.get()
}

fn main() {}
