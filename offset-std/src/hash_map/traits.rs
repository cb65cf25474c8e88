//! The std traits of a map.

use std::fmt;
use std::hash::{BuildHasher, Hash};
use std::ops::Index;

use super::{HashMap, Iter};
use crate::hash::{Equivalent, StableHash};

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for HashMap<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self).finish()
    }
}

impl<K, V, Q: StableHash + Equivalent<K> + ?Sized> Index<&Q> for HashMap<K, V> {
    type Output = V;

    /// The value of a key.
    ///
    /// # Panics
    ///
    /// If the key isn't there.
    #[inline]
    #[track_caller]
    fn index(&self, key: &Q) -> &V {
        self.get(key).expect("the key isn't in the map")
    }
}

impl<'a, K, V> IntoIterator for &'a HashMap<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;

    fn into_iter(self) -> Iter<'a, K, V> {
        self.iter()
    }
}

impl<K: StableHash + Eq, V: PartialEq<W>, W> PartialEq<HashMap<K, W>> for HashMap<K, V> {
    fn eq(&self, other: &HashMap<K, W>) -> bool {
        self.len() == other.len() && self.iter().all(|(key, value)| other.get(key).is_some_and(|found| value == found))
    }
}

impl<K: StableHash + Eq, V: Eq> Eq for HashMap<K, V> {}

impl<K, V: PartialEq<W>, Q, W, S> PartialEq<std::collections::HashMap<Q, W, S>> for HashMap<K, V>
where
    Q: StableHash + Equivalent<K> + Eq + Hash,
    S: BuildHasher,
{
    fn eq(&self, other: &std::collections::HashMap<Q, W, S>) -> bool {
        self.len() == other.len() && other.iter().all(|(key, value)| self.get(key).is_some_and(|found| found == value))
    }
}

impl<K, V: PartialEq<W>, Q, W, S> PartialEq<HashMap<K, V>> for std::collections::HashMap<Q, W, S>
where
    Q: StableHash + Equivalent<K> + Eq + Hash,
    S: BuildHasher,
{
    fn eq(&self, other: &HashMap<K, V>) -> bool {
        other == self
    }
}

#[cfg(feature = "serde")]
impl<K: serde::Serialize, V: serde::Serialize> serde::Serialize for HashMap<K, V> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self)
    }
}
