//! The trie in a region.

use offset_std::{Image, Trie, prelude::*};

use super::{Contender, Ends, TAKEN, weigh};
use crate::harness::{OURS, Result};

pub(super) struct Ours(Image<Trie<u64>>);

impl Contender for Ours {
    const NAME: &'static str = OURS;

    fn build(keys: &[Vec<u8>]) -> Result<Self> {
        let mut image = Image::<Trie<u64>>::new(Empty)?;
        let mut trie = image.edit();
        for (key, value) in keys.iter().zip(0u64..) {
            trie.insert(key, value);
        }
        Ok(Ours(image))
    }

    fn bytes(&self, _: u64) -> u64 {
        let usage = self.0.usage();
        usage.allocated + usage.free
    }

    fn get(&self, key: &[u8]) -> Option<u64> {
        self.0.get(key).copied()
    }

    fn prefix(&self, prefix: &[u8]) -> u64 {
        self.0.prefix(prefix).take(TAKEN).map(|(_, value)| value).sum()
    }

    fn longest(&self, key: &[u8], _: fn(&[u8]) -> Ends<'_>) -> Option<u64> {
        self.0.longest_prefix(key).map(|(_, value)| *value)
    }

    fn walk(&self) -> u64 {
        weigh(&*self.0)
    }
}

/// The same trie as a copy of it is, and a file of it: with what lies near in the tree near in memory.
pub(super) struct Compact(Ours);

impl Contender for Compact {
    const NAME: &'static str = "offset copied";

    fn build(keys: &[Vec<u8>]) -> Result<Self> {
        let built = Ours::build(keys)?;
        Ok(Compact(Ours(Image::new(DeepCopy(&*built.0))?)))
    }

    fn bytes(&self, allocated: u64) -> u64 {
        self.0.bytes(allocated)
    }

    fn get(&self, key: &[u8]) -> Option<u64> {
        self.0.get(key)
    }

    fn prefix(&self, prefix: &[u8]) -> u64 {
        self.0.prefix(prefix)
    }

    fn longest(&self, key: &[u8], ends: fn(&[u8]) -> Ends<'_>) -> Option<u64> {
        self.0.longest(key, ends)
    }

    fn walk(&self) -> u64 {
        self.0.walk()
    }
}
