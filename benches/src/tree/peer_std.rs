//! The tree in std's types.

use super::{Draft, Shape, Sum};
use crate::harness::{MILLIS, Recorder};
use crate::random::digest;

pub(super) const NAME: &str = "std";

struct Entry {
    name: String,
    bytes: u64,
    modified: i64,
    children: Vec<Entry>,
}

pub(super) fn turn(shape: &Shape, recorder: &mut Recorder) -> Sum {
    let tree = recorder.time(NAME, "build", MILLIS, || build(shape, 0));
    let sum = recorder.time(NAME, "scan", MILLIS, || scan(&tree));
    recorder.time(NAME, "drop", MILLIS, || drop(tree));
    sum
}

/// Builds the entry at `index` and all below it.
fn build(shape: &Shape, index: usize) -> Entry {
    let Draft { name, bytes, modified, children } = shape.draft(index);
    let children = children.map(|child| build(shape, child)).collect();
    Entry { name: name.to_owned(), bytes, modified, children }
}

fn scan(root: &Entry) -> Sum {
    let mut sum = Sum::default();
    let mut stack = vec![std::slice::from_ref(root).iter()];
    while let Some(siblings) = stack.last_mut() {
        let Some(entry) = siblings.next() else {
            stack.pop();
            continue;
        };
        sum.entries += 1;
        sum.depth = sum.depth.max(stack.len());
        sum.bytes += entry.bytes;
        sum.modified += entry.modified;
        sum.text += digest(&entry.name);
        if !entry.children.is_empty() {
            stack.push(entry.children.iter());
        }
    }
    sum
}
