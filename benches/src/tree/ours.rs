//! The tree in a region.

use offset_std::{Error, Filled, Image, Slot, String, Vec, from_iter, prelude::*};

use super::{Draft, Shape, Sum};
use crate::harness::{MILLIS, OURS, Recorder, Result};
use crate::random::digest;

pub(super) const NAME: &str = OURS;

#[derive(Relocatable)]
#[repr(C)]
struct Entry {
    name: String,
    bytes: u64,
    modified: i64,
    children: Vec<Entry>,
}

/// The initialiser of the entry at `index` and all below it.
struct Subtree<'a> {
    shape: &'a Shape,
    index: usize,
}

impl Emplace<Entry> for Subtree<'_> {
    fn emplace<'s>(self, slot: Slot<'s, Entry>) -> std::result::Result<Filled<'s, Entry>, Error> {
        let Subtree { shape, index } = self;
        let Draft { name, bytes, modified, children } = shape.draft(index);
        let children = from_iter(children.map(|index| Subtree { shape, index }));
        slot.build(EntryInit { name, bytes, modified, children })
    }
}

pub(super) fn turn(shape: &Shape, recorder: &mut Recorder) -> Result<Sum> {
    let tree = recorder.time(NAME, "build", MILLIS, || Image::<Entry>::new(Subtree { shape, index: 0 }))?;
    let sum = recorder.time(NAME, "scan", MILLIS, || scan(&tree));
    recorder.time(NAME, "drop", MILLIS, || drop(tree));
    Ok(sum)
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
