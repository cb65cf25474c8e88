#![allow(unused)]

use offset_std::{Box, Handle, String, Vec};

fn default<T: Default>() {}

fn main() {
    default::<Box<u64>>();
    default::<Vec<u64>>();
    default::<String>();
    default::<Handle<u64>>();
    default::<offset_std::Maybe<u64>>();
}
