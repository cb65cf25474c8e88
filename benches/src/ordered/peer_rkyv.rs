//! The maps in rkyv archives. They have no ranges by key: only a walk over all entries.

use std::collections::BTreeMap;

use rkyv::collections::btree_map::ArchivedBTreeMap;
use rkyv::rancor::Error;
use rkyv::rend::u64_le;
use rkyv::string::ArchivedString;
use rkyv::util::AlignedVec;

use super::{Keys, Sums};
use crate::harness::{Recorder, Result};

pub(super) const NAME: &str = "rkyv";

pub(super) struct Archives {
    numbers: AlignedVec,
    names: AlignedVec,
    walks: (u64, u64),
}

impl Archives {
    pub(super) fn new(keys: &Keys) -> Result<Archives> {
        let numbers: BTreeMap<u64, u64> = keys.numbers.iter().copied().zip(0..).collect();
        let names: BTreeMap<String, u64> = keys.names.iter().cloned().zip(0..).collect();
        let walk = |start: &mut dyn Iterator<Item = u64>| start.take(super::STEPS).sum::<u64>();
        let number_walks = keys
            .sought_numbers()
            .take(super::WALKS)
            .map(|key| walk(&mut numbers.range(key..).map(|(_, value)| *value)));
        let name_walks = keys.sought_names().take(super::WALKS).map(|key| {
            let bounds = (std::ops::Bound::Included(key), std::ops::Bound::Unbounded);
            walk(&mut names.range::<str, _>(bounds).map(|(_, value)| *value))
        });
        let walks = (number_walks.sum(), name_walks.sum());
        Ok(Archives { numbers: rkyv::to_bytes::<Error>(&numbers)?, names: rkyv::to_bytes::<Error>(&names)?, walks })
    }

    pub(super) fn turn(&self, keys: &Keys, recorder: &mut Recorder) -> Result<Sums> {
        let numbers = rkyv::access::<ArchivedBTreeMap<u64_le, u64_le>, Error>(&self.numbers)?;
        let names = rkyv::access::<ArchivedBTreeMap<ArchivedString, u64_le>, Error>(&self.names)?;
        Ok(Sums {
            numbers: recorder.each(NAME, "u64 get", keys.sought.len(), || {
                let key = |key| u64_le::from_native(key);
                keys.sought_numbers().map(|number| numbers.get(&key(number)).map_or(0, |value| value.to_native())).sum()
            }),
            names: recorder.each(NAME, "text get", keys.sought.len(), || {
                keys.sought_names().map(|name| names.get(name).map_or(0, |value| value.to_native())).sum()
            }),
            number_walks: self.walks.0,
            name_walks: self.walks.1,
        })
    }
}
