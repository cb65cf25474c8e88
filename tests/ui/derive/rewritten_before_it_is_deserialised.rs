//! An attribute between the derives changes what `DeserializeIn` has read.

use offset_std::prelude::*;
use offset_std::String;
use rewrite::rewrite;

#[derive(DeserializeIn)]
#[rewrite("second: u64", "second: offset_std::String")]
#[derive(Relocatable)]
#[repr(C)]
struct Pair {
    first: String,
    second: u64,
}

fn main() {}
