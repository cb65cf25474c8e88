//! The std traits of a trie.

use std::cmp::Ordering;
use std::collections;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Index;

use super::iter::Shown;
use super::{Iter, Trie, TrieMut};

impl<V: fmt::Debug> fmt::Debug for Trie<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter().map(|(key, value)| (Shown(key), value))).finish()
    }
}

impl<V: PartialEq> PartialEq for Trie<V> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other)
    }
}

impl<V: Eq> Eq for Trie<V> {}

/// Whether a trie has the entries of a map.
fn equal<V: PartialEq<W>, Q: AsRef<[u8]>, W>(trie: &Trie<V>, map: &collections::BTreeMap<Q, W>) -> bool {
    // Each key for itself: their type may have an order of its own.
    let there = |(key, value): (&Q, &W)| trie.get(key).is_some_and(|found| found == value);
    trie.len() == map.len() && map.iter().all(there)
}

impl<V: PartialEq<W>, Q: AsRef<[u8]>, W> PartialEq<collections::BTreeMap<Q, W>> for Trie<V> {
    fn eq(&self, other: &collections::BTreeMap<Q, W>) -> bool {
        equal(self, other)
    }
}

impl<V: PartialEq<W>, Q: AsRef<[u8]>, W> PartialEq<Trie<V>> for collections::BTreeMap<Q, W> {
    fn eq(&self, other: &Trie<V>) -> bool {
        equal(other, self)
    }
}

impl<V: PartialEq> PartialEq<Trie<V>> for TrieMut<'_, V> {
    fn eq(&self, other: &Trie<V>) -> bool {
        **self == *other
    }
}

impl<V: PartialEq<W>, Q: AsRef<[u8]>, W> PartialEq<collections::BTreeMap<Q, W>> for TrieMut<'_, V> {
    fn eq(&self, other: &collections::BTreeMap<Q, W>) -> bool {
        equal(self, other)
    }
}

impl<V: PartialOrd> PartialOrd for Trie<V> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.iter().partial_cmp(other)
    }
}

impl<V: Ord> Ord for Trie<V> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.iter().cmp(other)
    }
}

/// As std's map does it: the length, then the entries.
impl<V: Hash> Hash for Trie<V> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.len());
        self.iter().for_each(|entry| entry.hash(state));
    }
}

impl<V, Q: AsRef<[u8]> + ?Sized> Index<&Q> for Trie<V> {
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

impl<'a, V> IntoIterator for &'a Trie<V> {
    type Item = (&'a [u8], &'a V);
    type IntoIter = Iter<'a, V>;

    fn into_iter(self) -> Iter<'a, V> {
        self.iter()
    }
}

/// A map whose keys are texts where they are UTF-8 and the format is one that people read, and bytes otherwise.
#[cfg(feature = "serde")]
impl<V: serde::Serialize> serde::Serialize for Trie<V> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Key<'a>(&'a [u8]);

        impl serde::Serialize for Key<'_> {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match std::str::from_utf8(self.0) {
                    Ok(text) if serializer.is_human_readable() => serializer.serialize_str(text),
                    _ => serializer.serialize_bytes(self.0),
                }
            }
        }

        serializer.collect_map(self.iter().map(|(key, value)| (Key(key), value)))
    }
}
