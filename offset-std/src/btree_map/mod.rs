//! `BTreeMap<K, V>`: an ordered map in 12 bytes.
//!
//! ```text
//! BTreeMap    handle of the root (0: no entries) | length | level of the root (0: a leaf)
//!
//! inner                          | k₁ | k₂ |            copies of keys, owned: they separate
//!                                /     |    \
//! leaves         | a b c | A B C |  …  |  …  |          keys and values apart, 31 of each at most
//! ```
//!
//! A B+tree: all entries are in leaves, and inner nodes say which way they lie. `node.rs` draws the bytes and states the invariants.
//!
//! - **A node has up to 31 keys**, so that with 8-byte keys head and keys are four cache lines, which are fetched at once and compared at once where the processor can
//!   (`search.rs`).
//! - **Separators are copies that their node owns.** A handle to a key in a leaf would be a second name for it, which no traversal could tell from the first. So a key with text is
//!   copied when a leaf is split, once in 15 to 31 insertions.
//! - **Leaves aren't linked**; `cursor.rs` says why.
//! - **Removing needs no memory.** A leaf that became small is moved into a neighbour if it fits there, and one that became empty goes; nothing is borrowed from a
//!   neighbour, which would take a new separator. So a node may be small beside full ones, and an inner node may have a single child. A leaf is never empty.
//! - **A separator outlives its key only where there is no memory.** When the first entry of a leaf is removed, the separator before it is replaced by a copy of the next
//!   key, so that a file doesn't show what was removed.
//! - **Adding prepares, then moves.** A new entry is built in the slot behind the last one of its leaf, or in the last slot of the new leaf that is needed, so what is in
//!   use doesn't change until everything that can fail or panic has been done.
//! - **User code decides first.** A search asks the keys' order and keeps a path of units, nothing else; no user code runs once entries are moved.
//!
//! | file | |
//! | --- | --- |
//! | `mod.rs` | the type, reading it, its traversal |
//! | `key.rs` | `Comparable`: what may be looked up |
//! | `node.rs`, `trace.rs` | the bytes of nodes, moving entries about in them; their traversal |
//! | `search.rs`, `simd/` | finding a key's place |
//! | `cursor.rs`, `iter.rs` | walking, and the iterators |
//! | `edit.rs`, `entry.rs` | `BTreeMapMut`, and its entries |
//! | `insert.rs`, `remove.rs` | adding an entry, splitting; removing one, merging |
//! | `bulk.rs` | what moves many entries: `append`, `split_off`, `retain` |
//! | `emplace.rs`, `deserialize.rs` | what a map is built from |
//! | `read.rs` | the std traits |
//! | `check.rs` | that a file's keys are in order |

use std::marker::PhantomData;
use std::ops::{Bound, RangeBounds};
use std::ptr::NonNull;

use offset_core::raw::{Base, Description, Facts, Kind, Owner, Visitor, Writer, type_id};
use offset_core::{Portable, Relocatable};

mod bulk;
mod check;
mod cursor;
#[cfg(feature = "serde")]
mod deserialize;
mod edit;
mod emplace;
mod entry;
mod insert;
mod iter;
mod key;
mod node;
mod read;
mod remove;
mod search;
mod simd;
mod trace;

pub use edit::BTreeMapMut;
pub use entry::{Entry, OccupiedEntry, VacantEntry};
pub use iter::{Iter, IterMut, Keys, Range, RangeMut, Values, ValuesMut};
pub use key::Comparable;

#[cfg(feature = "serde")]
pub(crate) use emplace::Extender;

use cursor::{Cursor, Entries};
use node::MAX_HEIGHT;
use search::{Aim, Path, Tree, find};
use trace::trace_node;

/// An ordered map. 12 bytes: a handle, a length, and the height of the tree.
///
/// Reads like `std::collections::BTreeMap`, and is edited through [`BTreeMapMut`]. It is built from arrays of pairs, std's `BTreeMap`, [`from_iter`](crate::from_iter) and
/// [`Empty`](crate::Empty). Looking up, adding and removing take O(log n).
///
/// Keys are sought by whatever is [`Comparable`] to them: `&str` for `String`. Integers and strings are compared many at once where the processor can.
///
/// ```
/// use offset_std::{BTreeMap, Image, String};
///
/// let image = Image::<BTreeMap<String, u32>>::new([("one", 1), ("two", 2), ("three", 3)])?;
/// assert_eq!(image.get("two"), Some(&2));
/// assert_eq!(image.keys().map(|key| key.as_str()).collect::<Vec<_>>(), ["one", "three", "two"]);
/// # Ok::<(), offset_std::Error>(())
/// ```
///
/// A file whose keys are out of order is refused where they are integers or strings. Keys of other types are taken as they are, since their order is user code, which isn't run
/// while a file is opened: out of order, they are hard to find, and nothing worse.
#[repr(C)]
pub struct BTreeMap<K, V> {
    root: u32,
    len: u32,
    height: u32,
    entries: PhantomData<(K, V)>,
}

const _: () = assert!(size_of::<BTreeMap<u64, u64>>() == 12 && align_of::<BTreeMap<u64, u64>>() == 4);

impl<K, V> BTreeMap<K, V> {
    /// How many entries there are.
    #[inline]
    pub const fn len(&self) -> usize {
        self.len as usize
    }

    /// Whether there are none.
    #[inline]
    pub const fn is_empty(&self) -> bool {
        self.root == 0
    }

    /// The nodes, if there are any.
    #[inline(always)]
    fn tree(&self) -> Option<Tree> {
        if self.root == 0 {
            return None;
        }
        // SAFETY: a map with a handle lies in a slot (H3).
        let base = unsafe { Base::containing(self) };
        Some(Tree { base, root: self.root, height: self.height as usize })
    }

    /// The value of a key. O(log n).
    #[inline]
    pub fn get<Q: Comparable<K> + ?Sized>(&self, key: &Q) -> Option<&V> {
        let (_, value) = self.find_entry(key)?;
        // SAFETY: B2: an entry of a map that nobody edits while it is borrowed.
        Some(unsafe { value.as_ref() })
    }

    /// The entry of a key. O(log n).
    ///
    /// ```
    /// # use offset_std::{BTreeMap, Image, String};
    /// let image = Image::<BTreeMap<String, u32>>::new([("one", 1)])?;
    /// let (key, value) = image.get_key_value("one").unwrap();
    /// assert_eq!((key.as_str(), *value), ("one", 1));
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[inline]
    pub fn get_key_value<Q: Comparable<K> + ?Sized>(&self, key: &Q) -> Option<(&K, &V)> {
        let (key, value) = self.find_entry(key)?;
        // SAFETY: B2: an entry of a map that nobody edits while it is borrowed.
        let key = unsafe { key.as_ref() };
        // SAFETY: as above.
        Some((key, unsafe { value.as_ref() }))
    }

    /// Whether there is an entry with a key. O(log n).
    #[inline]
    pub fn contains_key<Q: Comparable<K> + ?Sized>(&self, key: &Q) -> bool {
        self.find_entry(key).is_some()
    }

    #[inline(always)]
    fn find_entry<Q: Comparable<K> + ?Sized>(&self, key: &Q) -> Option<(NonNull<K>, NonNull<V>)> {
        let tree = self.tree()?;
        // SAFETY: B1 to B3 hold for a map, which nobody edits while it is borrowed.
        let spot = unsafe { find::<K, V, Q>(tree, key, Aim::Before, &mut ()) };
        spot.found.then(|| (spot.leaf.key(spot.index), spot.leaf.value(spot.index)))
    }

    /// The entry with the smallest key. O(log n).
    pub fn first_key_value(&self) -> Option<(&K, &V)> {
        self.iter().next()
    }

    /// The entry with the largest key. O(log n).
    ///
    /// ```
    /// # use offset_std::{BTreeMap, Image};
    /// let image = Image::<BTreeMap<u64, char>>::new([(3, 'c'), (1, 'a'), (2, 'b')])?;
    /// assert_eq!(image.first_key_value(), Some((&1, &'a')));
    /// assert_eq!(image.last_key_value(), Some((&3, &'c')));
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn last_key_value(&self) -> Option<(&K, &V)> {
        self.iter().next_back()
    }

    /// The entries in the order of their keys.
    pub fn iter(&self) -> Iter<'_, K, V> {
        // SAFETY: nobody edits the map while it is borrowed.
        Iter::new(unsafe { self.all() }, self.len())
    }

    /// The keys in order.
    pub fn keys(&self) -> Keys<'_, K, V> {
        Keys::new(self.iter())
    }

    /// The values in the order of their keys.
    ///
    /// ```
    /// # use offset_std::{BTreeMap, Image};
    /// let image = Image::<BTreeMap<u64, char>>::new([(3, 'c'), (1, 'a'), (2, 'b')])?;
    /// assert_eq!(image.values().rev().collect::<std::string::String>(), "cba");
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn values(&self) -> Values<'_, K, V> {
        Values::new(self.iter())
    }

    /// The entries with keys in a range, in order. O(log n) for the ends. There are none if the range ends before it begins.
    ///
    /// ```
    /// # use offset_std::{BTreeMap, Image, String};
    /// let image = Image::<BTreeMap<String, u32>>::new([("ant", 1), ("bee", 2), ("cat", 3), ("dog", 4)])?;
    /// assert_eq!(image.range("b".."d").map(|(_, value)| *value).collect::<Vec<_>>(), [2, 3]);
    /// assert_eq!(image.range("cat"..).next_back().unwrap().0, "dog");
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn range<Q: Comparable<K> + ?Sized, R: RangeBounds<Q>>(&self, range: R) -> Range<'_, K, V> {
        // SAFETY: nobody edits the map while it is borrowed.
        Range::new(unsafe { self.between(&range) })
    }

    /// All entries.
    ///
    /// # Safety
    ///
    /// The map isn't edited while the result is used, save for its values.
    #[inline]
    unsafe fn all(&self) -> Entries<K, V> {
        let Some(tree) = self.tree() else { return Entries::none() };
        // SAFETY: B1 to B3 hold for a map, which isn't edited meanwhile.
        let first = unsafe { Cursor::first(tree) };
        // SAFETY: as above.
        let last = unsafe { Cursor::last(tree) };
        // SAFETY: as above.
        unsafe { Entries::between(tree, first, last) }
    }

    /// The entries of a range.
    ///
    /// # Safety
    ///
    /// As for [`all`](BTreeMap::all).
    #[inline]
    unsafe fn between<Q: Comparable<K> + ?Sized, R: RangeBounds<Q>>(&self, range: &R) -> Entries<K, V> {
        let Some(tree) = self.tree() else { return Entries::none() };
        let at = |key: &Q, aim| {
            let mut path = Path::new();
            // SAFETY: B1 to B3 hold for a map, which isn't edited meanwhile.
            let spot = unsafe { find(tree, key, aim, &mut path) };
            Cursor::at(spot, path)
        };
        let front = match range.start_bound() {
            Bound::Included(key) => at(key, Aim::Before),
            Bound::Excluded(key) => at(key, Aim::Behind),
            // SAFETY: as above.
            Bound::Unbounded => unsafe { Cursor::first(tree) },
        };
        let back = match range.end_bound() {
            Bound::Included(key) => at(key, Aim::Behind),
            Bound::Excluded(key) => at(key, Aim::Before),
            // SAFETY: as above.
            Bound::Unbounded => unsafe { Cursor::last(tree) },
        };
        // SAFETY: both cursors are in this tree.
        unsafe { Entries::between(tree, front, back) }
    }
}

// SAFETY: R1: three words; R3: `trace`; R5: `BTreeMapMut` gives values only, each once.
unsafe impl<K: Relocatable, V: Relocatable> Relocatable for BTreeMap<K, V> {
    type Mut<'r>
        = BTreeMapMut<'r, K, V>
    where
        Self: 'r;
    type Fields<'r>
        = BTreeMapMut<'r, K, V>
    where
        Self: 'r;
    const FACTS: Facts = Facts::OWNER.validated();

    #[inline(always)]
    unsafe fn handle<'r>(at: NonNull<Self>, writer: &'r Writer) -> BTreeMapMut<'r, K, V>
    where
        Self: 'r,
    {
        // SAFETY: the caller's contract.
        unsafe { BTreeMapMut::new(at, writer) }
    }

    #[inline(always)]
    unsafe fn fields<'r>(at: NonNull<Self>, writer: &'r Writer) -> BTreeMapMut<'r, K, V>
    where
        Self: 'r,
    {
        // SAFETY: the caller's contract.
        unsafe { BTreeMapMut::new(at, writer) }
    }

    #[inline]
    unsafe fn trace<S: Visitor>(at: NonNull<Self>, visitor: &mut S) -> Result<(), S::Stop> {
        // The words one by one: they needn't be a map yet.
        let words = at.cast::<[u32; 3]>();
        // SAFETY: twelve readable bytes.
        let [root, len, height] = unsafe { words.read() };
        let part = words.cast::<u32>();
        // SAFETY: inside the map.
        let len_at = unsafe { part.add(1) };
        // SAFETY: inside the map.
        let height_at = unsafe { part.add(2) };
        // SAFETY: a readable word.
        unsafe { visitor.leaf(len_at, |_| (len == 0) == (root == 0), "the length of a map, zero if it has no root") }?;
        let valid = height as usize <= MAX_HEIGHT && (root != 0 || height == 0);
        // SAFETY: a readable word.
        unsafe { visitor.leaf(height_at, |_| valid, "the height of a map") }?;
        if root == 0 {
            return Ok(());
        }
        // SAFETY: `part` stores a handle that isn't zero.
        unsafe { trace_node::<K, V, S>(part, height as usize, visitor) }?;
        // SAFETY: the map has been reported.
        unsafe { visitor.deferred(at, check::check::<K, V>) };
        Ok(())
    }

    fn description() -> &'static Description {
        const {
            &Description {
                name: "BTreeMap",
                size: size_of::<Self>(),
                align: align_of::<Self>(),
                id: type_id::<Self>,
                kind: Kind::Owner { layout: Owner::BTreeMap, parts: &[K::description, V::description] },
            }
        }
    }
}

// SAFETY: it owns keys and values and refers to nothing else.
unsafe impl<K: Portable, V: Portable> Portable for BTreeMap<K, V> {}
