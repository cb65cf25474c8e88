//! Looking things up.

use std::ptr::NonNull;

use super::table::Entry;
use super::{HashMap, Iter, Keys, Values};
use crate::hash::{Equivalent, StableHash, StableHasher};

impl<K, V> HashMap<K, V> {
    /// The value of a key. O(1).
    ///
    /// ```
    /// # use offset_std::{HashMap, Image, String};
    /// let image = Image::<HashMap<String, u64>>::new([("a", 1)])?;
    /// assert_eq!(image.get("a"), Some(&1));
    /// assert_eq!(image.get("b"), None);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[inline]
    pub fn get<Q: StableHash + Equivalent<K> + ?Sized>(&self, key: &Q) -> Option<&V> {
        // SAFETY: a valid entry, which nobody edits while the map is borrowed.
        Some(unsafe { &self.find(key)?.as_ref().value })
    }

    /// The key that is in the map, and its value. O(1).
    ///
    /// ```
    /// # use offset_std::{HashMap, Image, String};
    /// let image = Image::<HashMap<String, u64>>::new([("a", 1)])?;
    /// assert_eq!(image.get_key_value("a").map(|(key, value)| (key.as_str(), *value)), Some(("a", 1)));
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[inline]
    pub fn get_key_value<Q: StableHash + Equivalent<K> + ?Sized>(&self, key: &Q) -> Option<(&K, &V)> {
        // SAFETY: a valid entry, which nobody edits while the map is borrowed.
        let entry = unsafe { self.find(key)?.as_ref() };
        Some((&entry.key, &entry.value))
    }

    /// Whether a key is there. O(1).
    ///
    /// ```
    /// # use offset_std::{HashMap, Image};
    /// let image = Image::<HashMap<u32, u64>>::new([(1, 1)])?;
    /// assert!(image.contains_key(&1) && !image.contains_key(&2));
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[inline]
    pub fn contains_key<Q: StableHash + Equivalent<K> + ?Sized>(&self, key: &Q) -> bool {
        self.find(key).is_some()
    }

    #[inline(always)]
    fn find<Q: StableHash + Equivalent<K> + ?Sized>(&self, key: &Q) -> Option<NonNull<Entry<K, V>>> {
        let table = self.table()?;
        let hash = StableHasher::hash_one(key, self.seed());
        table.find(hash, move |candidate| key.equivalent(candidate))
    }

    /// All entries, in the order of the table.
    ///
    /// ```
    /// # use offset_std::{HashMap, Image};
    /// let image = Image::<HashMap<u32, u64>>::new([(1, 10), (2, 20)])?;
    /// assert_eq!(image.iter().map(|(key, value)| u64::from(*key) + value).sum::<u64>(), 33);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[inline]
    pub fn iter(&self) -> Iter<'_, K, V> {
        Iter::new(self)
    }

    /// All keys, in the order of the table.
    ///
    /// ```
    /// # use offset_std::{HashMap, Image};
    /// let image = Image::<HashMap<u32, u64>>::new([(1, 10), (2, 20)])?;
    /// assert_eq!(image.keys().sum::<u32>(), 3);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[inline]
    pub fn keys(&self) -> Keys<'_, K, V> {
        Keys::new(self.iter())
    }

    /// All values, in the order of the table.
    ///
    /// ```
    /// # use offset_std::{HashMap, Image};
    /// let image = Image::<HashMap<u32, u64>>::new([(1, 10), (2, 20)])?;
    /// assert_eq!(image.values().sum::<u64>(), 30);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[inline]
    pub fn values(&self) -> Values<'_, K, V> {
        Values::new(self.iter())
    }

    /// Whether every entry is found by its key, which a file made to mislead may prevent, and keys that hash or compare otherwise than they did. O(n).
    ///
    /// Loading a file doesn't ask, because nothing but lookups depends on it. A type of yours may, when it is loaded:
    ///
    /// ```
    /// use offset_std::{HashMap, Image, String, prelude::*};
    ///
    /// #[derive(Relocatable)]
    /// #[relocatable(validate = Self::check)]
    /// #[repr(C)]
    /// pub struct Index {
    ///     by_name: HashMap<String, u64>,
    /// }
    ///
    /// impl Index {
    ///     fn check(&self) -> Result<(), &'static str> {
    ///         if self.by_name.is_well_placed() { Ok(()) } else { Err("entries of `by_name` can't be found") }
    ///     }
    /// }
    ///
    /// let image = Image::<Index>::new(IndexInit { by_name: [("a", 1), ("b", 2)] })?;
    /// assert!(image.by_name.is_well_placed());
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn is_well_placed(&self) -> bool
    where
        K: StableHash + Eq,
    {
        self.iter().all(|(key, _)| self.get_key_value(key).is_some_and(|(found, _)| std::ptr::eq(found, key)))
    }
}
