//! An index of nested directories, built where it stays: each directory owns the vector of its children.
//!
//! | metric | what is timed |
//! | --- | --- |
//! | build | from borrowed names and numbers to the tree, top down |
//! | scan | each number and each byte of each name, depth first, with a stack of iterators |
//! | drop | the whole tree |

mod ours;
mod peer_std;

use std::ops::Range;

use crate::Options;
use crate::harness::{Recorder, Result, Row, agree};
use crate::random::{Names, Random};

/// Entries in the tree.
const ENTRIES: usize = 200_000;

/// The shape of the tree: what is to be built, in a flat list in which the children of an entry lie side by side.
struct Shape {
    names: Names,
    children: Vec<Range<usize>>,
}

/// An entry that hasn't been built yet.
struct Draft<'a> {
    name: &'a str,
    bytes: u64,
    modified: i64,
    children: Range<usize>,
}

impl Shape {
    /// Up to 24 children a directory, each sixth of them a directory, to a depth of about a dozen.
    fn new(entries: usize) -> Shape {
        let mut random = Random::new(1);
        let mut children = Vec::with_capacity(entries);
        let mut end = 1;
        for entry in 0..entries {
            // The last directory that is known of has children as long as entries are wanted, so that there are always more.
            let directory = random.below(6) == 0 || entry + 1 == end;
            let start = end;
            if directory {
                end = (end + random.between(1, 24) as usize).min(entries);
            }
            children.push(start..end);
        }
        Shape { names: Names::new(), children }
    }

    /// The entry at `index`; the root is at 0.
    fn draft(&self, index: usize) -> Draft<'_> {
        let random = &mut Random::new(index as u64 + 2);
        Draft {
            name: self.names.draw(random, 3, 28),
            bytes: random.below(1 << 24),
            modified: random.below(1 << 31) as i64,
            children: self.children[index].clone(),
        }
    }
}

/// The sum over all entries.
#[derive(Clone, Copy, Default, PartialEq, Debug)]
struct Sum {
    entries: u64,
    depth: usize,
    bytes: u64,
    modified: i64,
    text: u64,
}

/// Runs the subject.
///
/// # Errors
///
/// Those of the contenders.
pub(crate) fn run(options: &Options) -> Result<Vec<Row>> {
    run_at(ENTRIES, options.rounds)
}

fn run_at(entries: usize, rounds: usize) -> Result<Vec<Row>> {
    let shape = Shape::new(entries);
    let mut recorder = Recorder::new("tree", entries as u64);
    for round in 0..=rounds {
        agree(&[
            (ours::NAME, ours::turn(&shape, &mut recorder)?),
            (peer_std::NAME, peer_std::turn(&shape, &mut recorder)),
        ]);
        if round == 0 {
            recorder.forget();
        }
    }
    Ok(recorder.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contenders_agree_on_a_tree_with_all_entries() {
        assert!(!run_at(2000, 1).unwrap().is_empty());
        let shape = Shape::new(2000);
        assert_eq!(shape.children.iter().map(|children| children.len()).sum::<usize>(), 1999);
    }
}
