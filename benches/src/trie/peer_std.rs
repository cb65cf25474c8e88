//! The ordered map of std.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::{Contender, Ends, TAKEN, weigh};
use crate::harness::Result;

pub(super) struct Std(BTreeMap<Vec<u8>, u64>);

impl Contender for Std {
    const NAME: &'static str = "std";

    fn build(keys: &[Vec<u8>]) -> Result<Self> {
        let mut map = BTreeMap::new();
        for (key, value) in keys.iter().zip(0u64..) {
            map.insert(key.clone(), value);
        }
        Ok(Std(map))
    }

    fn bytes(&self, allocated: u64) -> u64 {
        allocated
    }

    fn get(&self, key: &[u8]) -> Option<u64> {
        self.0.get(key).copied()
    }

    fn prefix(&self, prefix: &[u8]) -> u64 {
        let from = self.0.range::<[u8], _>((Bound::Included(prefix), Bound::Unbounded));
        from.take_while(|(key, _)| key.starts_with(prefix)).take(TAKEN).map(|(_, value)| value).sum()
    }

    fn longest(&self, key: &[u8], ends: fn(&[u8]) -> Ends<'_>) -> Option<u64> {
        ends(key).find_map(|end| self.get(&key[..end]))
    }

    fn walk(&self) -> u64 {
        weigh(&self.0)
    }
}
