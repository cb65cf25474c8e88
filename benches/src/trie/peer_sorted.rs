//! A vector of pairs in order, searched by halving.

use super::{Contender, Ends, TAKEN, weigh};
use crate::harness::Result;

pub(super) struct Sorted(Vec<(Vec<u8>, u64)>);

impl Contender for Sorted {
    const NAME: &'static str = "sorted";

    fn build(keys: &[Vec<u8>]) -> Result<Self> {
        let mut pairs: Vec<_> = keys.iter().cloned().zip(0u64..).collect();
        pairs.sort_unstable();
        Ok(Sorted(pairs))
    }

    fn bytes(&self, allocated: u64) -> u64 {
        allocated
    }

    fn get(&self, key: &[u8]) -> Option<u64> {
        self.0.binary_search_by(|(other, _)| other[..].cmp(key)).ok().map(|at| self.0[at].1)
    }

    fn prefix(&self, prefix: &[u8]) -> u64 {
        let from = &self.0[self.0.partition_point(|(key, _)| key[..] < *prefix)..];
        from.iter().take_while(|(key, _)| key.starts_with(prefix)).take(TAKEN).map(|(_, value)| value).sum()
    }

    fn longest(&self, key: &[u8], ends: fn(&[u8]) -> Ends<'_>) -> Option<u64> {
        ends(key).find_map(|end| self.get(&key[..end]))
    }

    fn walk(&self) -> u64 {
        weigh(self.0.iter().map(|(key, value)| (key, value)))
    }
}
