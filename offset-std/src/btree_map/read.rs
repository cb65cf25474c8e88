//! The std traits of a map.

use std::cmp::Ordering;
use std::collections;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Index;

use super::{BTreeMap, BTreeMapMut, Comparable, Iter};

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for BTreeMap<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self).finish()
    }
}

impl<K: PartialEq, V: PartialEq> PartialEq for BTreeMap<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other)
    }
}

impl<K: Eq, V: Eq> Eq for BTreeMap<K, V> {}

/// Equality with std's map, on either side, where keys and values compare.
macro_rules! equal {
    ($([$($generics:tt)*] $left:ty, $right:ty;)*) => {$(
        impl<K: PartialEq<L>, V: PartialEq<W>, L, W, $($generics)*> PartialEq<$right> for $left {
            fn eq(&self, other: &$right) -> bool {
                let equal = |((key, value), (other_key, other_value)): ((&K, &V), (&L, &W))| {
                    key == other_key && value == other_value
                };
                self.len() == other.len() && self.iter().zip(other.iter()).all(equal)
            }
        }
    )*};
}
equal! {
    [] BTreeMap<K, V>, collections::BTreeMap<L, W>;
    [] collections::BTreeMap<K, V>, BTreeMap<L, W>;
    [] BTreeMapMut<'_, K, V>, BTreeMap<L, W>;
    [] BTreeMapMut<'_, K, V>, collections::BTreeMap<L, W>;
}

impl<K: PartialOrd, V: PartialOrd> PartialOrd for BTreeMap<K, V> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.iter().partial_cmp(other)
    }
}

impl<K: Ord, V: Ord> Ord for BTreeMap<K, V> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.iter().cmp(other)
    }
}

/// As std's map does it: the length, then the entries.
impl<K: Hash, V: Hash> Hash for BTreeMap<K, V> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.len());
        self.iter().for_each(|entry| entry.hash(state));
    }
}

impl<K, V, Q: Comparable<K> + ?Sized> Index<&Q> for BTreeMap<K, V> {
    type Output = V;

    /// The value of a key.
    ///
    /// # Panics
    ///
    /// If there is none.
    #[track_caller]
    fn index(&self, key: &Q) -> &V {
        self.get(key).expect("no entry found for key")
    }
}

impl<'a, K, V> IntoIterator for &'a BTreeMap<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;

    fn into_iter(self) -> Iter<'a, K, V> {
        self.iter()
    }
}

#[cfg(feature = "serde")]
impl<K: serde::Serialize, V: serde::Serialize> serde::Serialize for BTreeMap<K, V> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self)
    }
}
