//! Options of serde's that aren't understood are errors where they stand, all at once.

use offset_std::prelude::*;
use offset_std::String;

#[derive(Relocatable, DeserializeIn)]
#[serde(tag = "kind", rename_all = "Title Case")]
#[repr(u8)]
enum Shape {
    #[serde(other)]
    Dot,
    Named {
        #[serde(flatten)]
        name: String,
    },
}

fn main() {}
