//! Contiguous images, each with a slot of its own, until one is refused.
//!
//! | metric | what is measured |
//! | --- | --- |
//! | images | how many there were |
//! | new, drop | the time of one |
//! | resident | the memory of one that holds a number |
//!
//! The error that ends it is shown as it is. No peer has anything like it.

use offset_std::Image;

use super::isolated::{Contender, Task};
use super::system::resident_bytes;
use crate::Options;
use crate::clock::Stopwatch;
use crate::harness::{BYTES, COUNT, MICROS, OURS, Result, Row};

/// Fewer than so many would be a fault.
const LEAST: u64 = 3500;

/// Where to stop if none is refused: more than the address space has room for.
const MOST: u64 = 5000;

pub(super) const TASK: Task = Task {
    name: "slots",
    metrics: &[("images", COUNT), ("new", MICROS), ("drop", MICROS), ("resident", BYTES)],
    contenders: &[Contender { name: OURS, measure }],
};

/// Runs the subject.
///
/// # Errors
///
/// If the process can't be started, or fails: also with too few images.
pub(crate) fn run(options: &Options) -> Result<Vec<Row>> {
    TASK.run(LEAST, options.rounds)
}

fn measure(least: u64) -> Vec<f64> {
    let before = resident_bytes();
    let mut images = Vec::with_capacity(MOST as usize);
    let start = Stopwatch::start();
    let refused = loop {
        match Image::<u64>::new(images.len() as u64) {
            Ok(image) if images.len() < MOST as usize => images.push(image),
            Ok(_) => break None,
            Err(error) => break Some(error),
        }
    };
    let new = start.seconds();
    let resident = resident_bytes().saturating_sub(before);
    let count = images.len() as f64;
    match refused {
        Some(error) => eprintln!("slots: the image after {count} was refused: {error}"),
        None => eprintln!("slots: {count} images, and none refused"),
    }
    assert!(images.len() as u64 >= least, "too few images");
    assert!(images.iter().zip(0..).all(|(image, number)| **image == number), "an image changed");
    let start = Stopwatch::start();
    drop(images);
    vec![count, new / count, start.seconds() / count, resident as f64 / count]
}

#[cfg(test)]
mod tests {
    #[test]
    fn each_contender_has_its_turn() {
        super::TASK.try_all(10);
    }
}
