//! Twins: `#[relocatable(std)]` makes of a type of std types one that lives in a region. There and back, saved, loaded and edited on the way.

mod attack;
#[path = "twins/everything.rs"]
mod everything;
#[path = "twins/failures.rs"]
mod failures;
#[path = "twins/shapes.rs"]
mod shapes;
#[path = "twins/stand_ins.rs"]
mod stand_ins;
