//! Straight from serde: the plain types of this crate, which std's twins read, and what is empty by default.

use std::{net, time};

use offset_core::{DeserializeIn, Error, Filled, Relocatable, Result, Slot};
use serde::{Deserialize, Deserializer};

use crate::{
    Arena, BTreeMap, BTreeSet, BinaryHeap, Duration, HashMap, HashSet, Interner, Ipv4Addr, Ipv6Addr, String,
    SystemTime, Trie, VecDeque,
};

macro_rules! as_std {
    ($($type:ty as $std:ty;)*) => {$(
        impl DeserializeIn for $type {
            fn deserialize_in<'s, 'de, D: Deserializer<'de>>(
                slot: Slot<'s, Self>,
                deserializer: D,
            ) -> Result<Filled<'s, Self>, D::Error> {
                let value = <$std>::deserialize(deserializer)?;
                slot.build(<$type>::from(value)).map_err(Error::into_serde)
            }
        }
    )*};
}
as_std! {
    Duration as time::Duration;
    SystemTime as time::SystemTime;
    Ipv4Addr as net::Ipv4Addr;
    Ipv6Addr as net::Ipv6Addr;
}

offset_core::empty_by_default! {
    [] String;
    [K: Relocatable, V: Relocatable] HashMap<K, V>;
    [T: Relocatable] HashSet<T>;
    [K: Relocatable, V: Relocatable] BTreeMap<K, V>;
    [T: Relocatable] BTreeSet<T>;
    [T: Relocatable] VecDeque<T>;
    [T: Relocatable] BinaryHeap<T>;
    [V: Relocatable] Trie<V>;
    [T: Relocatable] Arena<T>;
    [] Interner;
}
