//! The trie in a region.

use offset_std::{Image, Trie, prelude::*};

use super::{Contender, Ends, TAKEN};
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
        (0u64..).zip(&*self.0).fold(0, |sum, (place, (key, value))| sum + place * key.len() as u64 + value)
    }
}
