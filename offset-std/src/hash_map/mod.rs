//! `HashMap<K, V>`: a hash table in 20 bytes, and one allocation.
//!
//! ```text
//! HashMap     handle of the table (0: none) | length | size | seed, 8 bytes
//!
//! table       | control of group 0 | control of group 1 | … | 14 places of group 0 | 14 places of group 1 | … |
//! control     | 14 tags, overflow counts |         32 bytes
//! place       | key, value |
//! ```
//!
//! Open addressing by groups: a hash leads to a group, whose tags, two bytes each, are compared at once. Where the group is full, the entry goes into the next one
//! that isn't, and each full group that it passes counts it. A lookup goes on behind a group only while that count isn't zero, and removing an entry lowers the
//! counts again, so nothing like a tombstone is left behind. `table.rs` says how that holds up.
//!
//! Control bytes lie side by side, before all places: a lookup of a key that isn't there reads nothing else, so that the more of them fit a cache the better. (With each group's beside its places, misses in
//! a table of a million entries took up to twice as long; with those of sixteen groups side by side, a third longer, and hits a tenth.)
//!
//! The number of groups is any prime number (a hash is scaled, not masked), so a table that is built from a known length is 7/8 full, or 45/64 if it has fewer than 256 groups: up to 2,470 entries. Small tables
//! have a single group of 3, 7 or 14 places, which may be full: 80, 144 and 256 bytes with entries of 16.
//!
//! # User code
//!
//! Hashes, comparisons, initialisers and closures are user code. None runs while an entry is between two places:
//!
//! - Growing copies each entry into a new table, after asking for its hash, which the old table knows nothing of. When all are there, the map takes the new table, and frees
//!   the old one. A hash that panics leaves the old one.
//! - Building an entry happens in a free place, which is counted afterwards.
//! - `retain` asks about all entries, and for the hashes of those to go, and then removes.
//!
//! Hashes and comparisons that lie make lookups miss, or entries appear twice. They never lead out of the table, which each search leaves after as many groups as there are.
//!
//! # Files
//!
//! Loading checks the size, counts the tags of all groups and compares the length (RUSTSEC-2026-0234 is what happens otherwise), and checks that no tag stands for a place that
//! doesn't exist. Then every entry is validated. Whether an entry is in the group that its hash leads to isn't checked: loading knows how keys are laid out, but not how they hash, since
//! a type may live in a region without a hash; and nothing depends on it but whether the entry is found. Who doesn't trust a file to that degree asks
//! [`is_well_placed`](HashMap::is_well_placed), from `#[relocatable(validate = …)]` for instance, which runs once all bytes are known to be values.
//!
//! | file | |
//! | --- | --- |
//! | `mod.rs` | the type, its traversal |
//! | `size.rs` | arithmetic |
//! | `control.rs` | the control bytes of a group at once |
//! | `table.rs` | looking for entries and for places |
//! | `read.rs`, `many.rs`, `iter.rs` | lookups, many at once, iterators |
//! | `edit.rs`, `extend.rs`, `remove.rs` | `HashMapMut`: adding, adding many, removing |
//! | `grow.rs` | building entries, and tables of another size |
//! | `entry.rs` | `Entry` |
//! | `emplace.rs`, `deserialize.rs` | what a map is built from |
//! | `traits.rs` | the std traits |

use std::marker::PhantomData;
use std::ptr::NonNull;

use offset_core::raw::{self, Base, Description, Facts, Kind, Owner, Rows, Visitor, Writer, type_id};
use offset_core::{Handle, Portable, Relocatable};

mod control;
#[cfg(feature = "serde")]
mod deserialize;
mod edit;
mod emplace;
mod entry;
mod extend;
mod grow;
mod iter;
mod many;
mod read;
mod remove;
mod size;
mod table;
mod traits;

pub use edit::HashMapMut;
pub use emplace::{Pairs, Seeded};
pub use entry::{Entry, OccupiedEntry, VacantEntry};
pub use iter::{Iter, IterMut, Keys, Values, ValuesMut};
pub use many::GetMany;
pub(crate) use table::Missing;

use size::{PLACES, Size};
use table::{Entry as Stored, Table};

/// A map from keys to values, by the [stable hash](crate::StableHash) of the keys. 20 bytes, and a table in the region.
///
/// Reads like `std::collections::HashMap`. It is built from arrays and vectors of pairs, [`from_iter`](crate::from_iter) of pairs, std's `HashMap` and
/// [`Empty`](crate::Empty), with a random seed unless [`Seeded`] gives one, and edited through [`HashMapMut`].
///
/// It can be asked with whatever has the key's hash and can be compared with it: `&str` for [`String`](crate::String).
///
/// ```
/// use offset_std::{HashMap, Image, String, prelude::*};
///
/// let mut image = Image::<HashMap<String, u64>>::new([("Oslo", 709_037), ("Rome", 2_748_109)])?;
/// assert_eq!(image["Rome"], 2_748_109);
/// assert_eq!(image.get("Paris"), None);
///
/// let mut cities = image.edit();
/// *cities.entry("Oslo").or_insert(0) += 1;
/// cities.insert("Paris", 2_102_650);
/// assert_eq!(image.len(), 3);
/// assert_eq!(image["Oslo"], 709_038);
/// # Ok::<(), offset_std::Error>(())
/// ```
#[repr(C)]
pub struct HashMap<K, V> {
    table: Option<Handle<Stored<K, V>>>,
    len: u32,
    size: Size,
    seed: [u32; 2],
}

const _: () = assert!(size_of::<HashMap<u64, u64>>() == 20 && align_of::<HashMap<u64, u64>>() == 4);

impl<K, V> HashMap<K, V> {
    /// How many entries there are.
    #[inline(always)]
    pub const fn len(&self) -> usize {
        self.len as usize
    }

    /// Whether there are none.
    #[inline]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many entries fit without growing.
    #[inline]
    pub fn capacity(&self) -> usize {
        self.size.capacity() as usize
    }

    /// What hashes are computed with: random, unless [`Seeded`] fixed it.
    #[inline(always)]
    pub const fn seed(&self) -> u64 {
        self.seed[0] as u64 | (self.seed[1] as u64) << 32
    }

    /// The table, if there is one.
    #[inline(always)]
    fn table(&self) -> Option<Table<K, V>> {
        let unit = self.table?.unit().get();
        // SAFETY: a map with a handle lies in a slot (H3).
        let base = unsafe { Base::containing(self) };
        // SAFETY: H2: T1 holds as long as nobody edits the map, which is borrowed.
        Some(unsafe { Table::new(base.at(unit), self.size) })
    }
}

/// The words of a map that may not be one yet.
type Words = [u32; 5];

// SAFETY: R1: five words; R3: `trace`; R5: `HashMapMut` gives keys for reading, and each value once.
unsafe impl<K: Relocatable, V: Relocatable> Relocatable for HashMap<K, V> {
    type Mut<'r>
        = HashMapMut<'r, K, V>
    where
        Self: 'r;
    type Fields<'r>
        = HashMapMut<'r, K, V>
    where
        Self: 'r;
    const FACTS: Facts = Facts::OWNER;

    #[inline(always)]
    unsafe fn handle<'r>(at: NonNull<Self>, writer: &'r Writer) -> HashMapMut<'r, K, V>
    where
        Self: 'r,
    {
        // SAFETY: the caller's contract.
        unsafe { HashMapMut::new(at, writer) }
    }

    #[inline(always)]
    unsafe fn fields<'r>(at: NonNull<Self>, writer: &'r Writer) -> HashMapMut<'r, K, V>
    where
        Self: 'r,
    {
        // SAFETY: the caller's contract.
        unsafe { HashMapMut::new(at, writer) }
    }

    unsafe fn trace<X: Visitor>(at: NonNull<Self>, visitor: &mut X) -> Result<(), X::Stop> {
        // The words one by one: they needn't be a map yet.
        let words = at.cast::<Words>();
        // SAFETY: five readable words.
        let [unit, len, size, _, _] = unsafe { words.read() };
        let handle = at.cast::<u32>();
        // SAFETY: inside the map.
        let len_at = unsafe { handle.add(1) };
        // SAFETY: as above.
        let size_at = unsafe { handle.add(2) };
        // SAFETY: as above.
        let seed_at = unsafe { handle.add(3) };
        // SAFETY: two readable words.
        unsafe { visitor.leaf(seed_at.cast::<[u32; 2]>(), |_| true, "a seed") }?;
        // SAFETY: a readable word.
        unsafe { visitor.leaf(len_at, |_| unit != 0 || len == 0, "the length of an empty map") }?;
        let valid = if unit == 0 { size == 0 } else { Size::is_valid(size) };
        // SAFETY: a readable word.
        unsafe { visitor.leaf(size_at, |_| valid, "the size of a table") }?;
        if unit == 0 {
            return Ok(());
        }
        let size = Size::from_word(size);
        let fits = |_: &Words| {
            let fits = len <= size.capacity();
            if fits { Ok(()) } else { Err("a map has more entries than its table has room for") }
        };
        // SAFETY: the words have been reported.
        unsafe { visitor.require(words, fits) }?;
        let places = size.places() as u32;
        let rows = Rows::<Stored<K, V>> { at: handle, unit, rows: size.groups(), places, count: len, of: PhantomData };
        // SAFETY: that is what the map owns.
        unsafe { visitor.rows(rows) }?;
        if size.places() == PLACES {
            return Ok(());
        }
        let within = |_: &Words| {
            // SAFETY: `at` is an address in the slot that the handle was just accepted in.
            let base = unsafe { Base::containing(at.as_ptr()) };
            // SAFETY: the control bytes have been accepted, so they are there, and may be anything.
            let table = unsafe { Table::<K, V>::new(base.at(unit), size) };
            if table.is_within(0) { Ok(()) } else { Err("an entry of a map is in a place that its table doesn't have") }
        };
        // SAFETY: the words have been reported, and the control bytes behind the handle are a part of what was just accepted.
        unsafe { visitor.require(words, within) }
    }

    fn description() -> &'static Description {
        const {
            &Description {
                name: "HashMap",
                size: size_of::<Self>(),
                align: align_of::<Self>(),
                id: type_id::<Self>,
                kind: Kind::Owner { layout: Owner::HashMap, parts: &[K::description, V::description] },
            }
        }
    }
}

// SAFETY: it owns keys and values, and refers to nothing else.
unsafe impl<K: Portable, V: Portable> Portable for HashMap<K, V> {}

/// The first unit of a table and how many it has.
fn allocation<K, V>(map: &HashMap<K, V>) -> Option<(u32, u32)> {
    let unit = map.table?.unit().get();
    // It was allocated, so it has fewer than 2^32.
    Some((unit, Table::<K, V>::units(map.size) as u32))
}

/// Writes the words of a map that say where its table is, and how many entries that has.
///
/// # Safety
///
/// `at` is a map that is the caller's alone, and `len` entries are in a table of that size at `unit`, or all are zero.
unsafe fn store<K, V>(at: NonNull<HashMap<K, V>>, unit: u32, len: u32, size: Size) {
    // SAFETY: a valid map.
    let seed = unsafe { at.as_ref() }.seed;
    // SAFETY: H2, H4: the caller's contract.
    let table = unsafe { raw::handle(unit) };
    // SAFETY: a valid map, ours alone.
    unsafe { at.write(HashMap { table, len, size, seed }) };
}
