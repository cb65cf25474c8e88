//! `Key<T>`: which seat, and which of the values that sat there.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::num::NonZeroU64;
use std::ptr::NonNull;

#[cfg(feature = "serde")]
use offset_core::DeserializeIn;
use offset_core::raw::{Description, Facts, Field, Kind, Niche, Visitor, Writer, type_id};
use offset_core::{Emplace, Filled, Plain, Portable, Relocatable, Slot};
#[cfg(feature = "serde")]
use serde::de::{Deserialize, Deserializer, Error as _, Unexpected};

use super::seat::FIRST;
use crate::hash::{StableHash, StableHasher};
use crate::niche::nonzero;

/// Names a value of an [`Arena<T>`](super::Arena). 8 bytes of plain data, a field of any type, of `T` itself too; `Option<Key<T>>` takes as many.
///
/// It is a number, and owns nothing: the arena says whether a value is there. Once that was removed, the key never resolves again, whatever takes its seat. A key of *another* arena, or one that
/// a file made up, may name some value or none.
///
/// Keys compare by the order of the arena's seats.
///
/// ```
/// use offset_std::{Arena, Image, Key, String, prelude::*};
///
/// #[derive(Relocatable)]
/// #[repr(C)]
/// pub struct Person {
///     name: String,
///     boss: Option<Key<Person>>,
/// }
///
/// let mut image = Image::<Arena<Person>>::new(Empty)?;
/// let mut people = image.edit();
/// let ada = people.insert(PersonInit { name: "Ada", boss: None });
/// let bob = people.insert(PersonInit { name: "Bob", boss: Some(ada) });
/// assert_eq!(people[people[bob].boss.unwrap()].name, "Ada");
/// # Ok::<(), offset_std::Error>(())
/// ```
#[repr(transparent)]
pub struct Key<T>(NonZeroU64, PhantomData<fn() -> T>);

const _: () = assert!(size_of::<Option<Key<String>>>() == 8);
// The generation is the low half, so it comes first.
const _: () = assert!(cfg!(target_endian = "little"));

impl<T> Key<T> {
    /// The key of the value number `n`, from 0, of an arena that was built from an iterator, and of what is inserted into one from which nothing was ever removed.
    ///
    /// So a graph can be built from nodes that name others by number:
    ///
    /// ```
    /// use offset_std::{Arena, Image, Key, Vec, from_iter, prelude::*};
    ///
    /// #[derive(Relocatable)]
    /// #[repr(C)]
    /// pub struct Node {
    ///     edges: Vec<Key<Node>>,
    /// }
    ///
    /// let lists = [vec![1], vec![2, 0], vec![0]];
    /// let nodes = lists.iter().map(|list| NodeInit { edges: from_iter(list.iter().copied().map(Key::nth)) });
    /// let graph = Image::<Arena<Node>>::new(from_iter(nodes))?;
    /// assert_eq!(graph[Key::nth(1)].edges, [Key::nth(2), Key::nth(0)]);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[inline]
    pub const fn nth(n: u32) -> Key<T> {
        Key::new(n, FIRST)
    }

    /// `generation` isn't zero.
    #[inline(always)]
    pub(super) const fn new(index: u32, generation: u32) -> Key<T> {
        match Key::from_bits((index as u64) << 32 | generation as u64) {
            Some(key) => key,
            None => panic!("no value has the generation 0"),
        }
    }

    /// The number of the seat: below 2³¹, and different for all values that an arena has at a time.
    #[inline(always)]
    pub const fn index(self) -> u32 {
        (self.0.get() >> 32) as u32
    }

    /// Which of the values that had this seat one after another: 1 for the first, 3 for the second, and so on.
    #[inline(always)]
    pub const fn generation(self) -> u32 {
        self.0.get() as u32
    }

    /// The key as a number, which isn't zero.
    #[inline]
    pub const fn to_bits(self) -> u64 {
        self.0.get()
    }

    /// The key that is this number; `None` for 0. Any other is a key, which may name nothing.
    ///
    /// ```
    /// # use offset_std::Key;
    /// let key = Key::<u64>::nth(7);
    /// assert_eq!(Key::from_bits(key.to_bits()), Some(key));
    /// ```
    #[inline]
    pub const fn from_bits(bits: u64) -> Option<Key<T>> {
        match NonZeroU64::new(bits) {
            Some(bits) => Some(Key(bits, PhantomData)),
            None => None,
        }
    }
}

impl<T> Clone for Key<T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Key<T> {}

impl<T> PartialEq for Key<T> {
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Key<T> {}

impl<T> PartialOrd for Key<T> {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Key<T> {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl<T> Hash for Key<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<T> StableHash for Key<T> {
    #[inline]
    fn stable_hash(&self, hasher: &mut StableHasher) {
        hasher.write_u64(self.to_bits());
    }
}

impl<T> fmt::Debug for Key<T> {
    /// The seat, and the generation behind a `v`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}v{}", self.index(), self.generation())
    }
}

#[cfg(feature = "serde")]
impl<T> serde::Serialize for Key<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.to_bits())
    }
}

/// What serialising a key writes: it names what it named where the arena is the same.
#[cfg(feature = "serde")]
impl<T> DeserializeIn for Key<T> {
    fn deserialize_in<'s, 'de, D: Deserializer<'de>>(
        slot: Slot<'s, Self>,
        deserializer: D,
    ) -> Result<Filled<'s, Self>, D::Error> {
        let bits = u64::deserialize(deserializer)?;
        let key = Key::from_bits(bits);
        let key = key.ok_or_else(|| D::Error::invalid_value(Unexpected::Unsigned(bits), &"a key"))?;
        Ok(slot.write(key))
    }
}

nonzero!(
    [T] Key<T> as u64,
    "Key",
    "Option<Key>",
    "a key",
    Kind::Struct(&[
        Field { name: "generation", offset: 0, part: u32::description },
        Field { name: "index", offset: 4, part: u32::description },
    ])
);
