//! `Arena<T>`: values that name one another by keys, for graphs with cycles. 24 bytes, and one buffer.
//!
//! ```text
//! Arena    seats: as a vector of them | values | first free seat, from 1 | retired seats | generation of new seats
//!
//! seat     | generation, odd: a value is there | next free seat, from 1 | value, or zero |
//! ```
//!
//! A `Box` has one owner, so boxes make trees. Where nodes refer to one another in circles, the arena owns them all, and they hold [`Key`]s: plain numbers, checked when they are used. A
//! key is the number of a seat and the generation of the value that was put there; removing a value makes the seat's generation another one, so a key never resolves to what came after.
//!
//! Seats are in one growable buffer, so looking a value up costs one address. Growing moves them, which nobody notices: whoever holds a place of the arena borrows it. In chunks they
//! wouldn't move, but each lookup would read a table of the chunks first.
//!
//! # Generations
//!
//! After 2³¹ - 1 values a seat's generations are used up. It is *retired*: it stays empty. Shrinking gives free seats at the end back, and remembers the highest generation of these for seats that are
//! made later.
//!
//! # Files
//!
//! Loading looks at every seat, and walks the list of free ones: it must have as many as are free, each of which is, and end. So no seat is there twice, and none is forgotten. Keys in values are
//! numbers: one that a file made up resolves to some value or to none, as if it had been another arena's.
//!
//! # Serialising
//!
//! An arena serialises as a map from keys to values. It isn't built from one: a map doesn't say which generations the free seats have had, so a key whose value was removed before could name one that is
//! inserted afterwards; and one key that a document made up would ask for 2³¹ seats. A document that is read has its values in a sequence, of which [`Key::nth`] names them, or leaves the arena out
//! (`#[serde(skip)]`). Keys are read as they are written.
//!
//! | file | |
//! | --- | --- |
//! | `mod.rs` | the type, reading it, its traversal |
//! | `key.rs` | `Key` |
//! | `seat.rs` | what lies in the buffer |
//! | `edit.rs`, `remove.rs` | `ArenaMut`: adding, removing |
//! | `iter.rs` | iterators |
//! | `traits.rs` | what an arena is built from, and the std traits |

use std::ptr::NonNull;

use offset_core::raw::{Description, Facts, Kind, Owner, Visitor, Writer, type_id};
use offset_core::{Portable, Vec};

mod edit;
mod iter;
mod key;
mod remove;
mod seat;
mod traits;

pub use edit::ArenaMut;
pub use iter::{Iter, IterMut, Keys, Values, ValuesMut};
pub use key::Key;

use crate::Relocatable;
use seat::{RETIRED, Seat};

/// Values that are named by [`Key`]s, which stay the same until their value is removed. 24 bytes, and a seat of 8 bytes more than the value in the region for each.
///
/// It is built from arrays, vectors, slices, [`from_iter`](crate::from_iter) and [`Empty`](crate::Empty), and edited through [`ArenaMut`]. Values are looked up in O(1), and iterated in the order of their seats,
/// free ones being passed over.
///
/// A graph with a cycle, saved, and read where it is mapped:
///
/// ```
/// use offset_std::{Arena, Key, String, Vec, prelude::*};
///
/// #[derive(Relocatable)]
/// #[repr(C)]
/// pub struct Station {
///     name: String,
///     next: Vec<Key<Station>>,
/// }
///
/// # fn main() -> Result<(), offset_std::Error> {
/// # let path = std::env::temp_dir().join(format!("circle-{}.region", std::process::id()));
/// let mut image = Image::<Arena<Station>>::new(Empty)?;
/// let mut stations = image.edit();
/// let [first, second, third] =
///     ["Aldgate", "Bank", "Cannon Street"].map(|name| stations.insert(StationInit { name, next: Empty }));
/// for (from, to) in [(first, second), (second, third), (third, first)] {
///     stations.get_mut(from).unwrap().edit().next.push(to);
/// }
/// image.save(&path)?;
///
/// // SAFETY: nobody writes to the file.
/// let stations = unsafe { Mapped::<Arena<Station>>::map(&path)? };
/// let mut at = first;
/// for name in ["Aldgate", "Bank", "Cannon Street", "Aldgate"] {
///     assert_eq!(stations[at].name, name);
///     at = stations[at].next[0];
/// }
/// # std::fs::remove_file(&path).unwrap();
/// # Ok(())
/// # }
/// ```
#[repr(C)]
pub struct Arena<T> {
    seats: Vec<Seat<T>>,
    counts: Counts,
}

/// What an arena knows of its seats.
///
/// # Invariants
///
/// - **G1** A seat whose generation is odd holds a valid value; another one holds none.
/// - **G2** `len` seats have an odd generation, `retired` seats the generation [`RETIRED`], and all others are on the list of free seats, each once.
#[allow(dead_code, reason = "what the derive makes for it isn't needed")]
#[derive(Relocatable, Clone, Copy, Debug)]
#[relocatable(plain)]
#[repr(C)]
struct Counts {
    /// How many values there are.
    len: u32,
    /// The first seat on the list of free ones, counted from 1, or 0.
    free: u32,
    /// How many seats are retired.
    retired: u32,
    /// The generation of a seat that is added, before it is taken: even, and not below that of any seat that was given up.
    fresh: u32,
}

const _: () = assert!(size_of::<Arena<u64>>() == 24 && align_of::<Arena<u64>>() == 4);

impl<T> Arena<T> {
    /// How many values there are.
    #[inline]
    pub const fn len(&self) -> usize {
        self.counts.len as usize
    }

    /// Whether there are none.
    #[inline]
    pub const fn is_empty(&self) -> bool {
        self.counts.len == 0
    }

    /// The value with this key; `None` if it was removed. O(1).
    ///
    /// ```
    /// # use offset_std::{Arena, Image, Key};
    /// let mut image = Image::<Arena<u64>>::new([10, 20])?;
    /// let key = image.keys().next().unwrap();
    /// assert_eq!(image.get(key), Some(&10));
    /// drop(image.edit().remove(key));
    /// let new = image.edit().insert(30u64);
    /// assert_eq!((new.index(), image.get(key), image.get(new)), (key.index(), None, Some(&30)));
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[inline]
    pub fn get(&self, key: Key<T>) -> Option<&T> {
        self.seats.get(key.index() as usize)?.get(key.generation())
    }

    /// Whether there is a value with this key. O(1).
    #[inline]
    pub fn contains(&self, key: Key<T>) -> bool {
        self.get(key).is_some()
    }

    /// The key that the next value gets, if no other is removed before. O(1).
    ///
    /// ```
    /// # use offset_std::{Arena, Image, prelude::*};
    /// let mut image = Image::<Arena<u64>>::new(Empty)?;
    /// let key = image.vacant_key();
    /// assert_eq!(image.get(key), None);
    /// assert_eq!(image.edit().insert(1u64), key);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[inline]
    pub fn vacant_key(&self) -> Key<T> {
        match self.counts.free.checked_sub(1) {
            Some(index) => Key::new(index, self.seats[index as usize].state.generation + 1),
            None => Key::new(self.seats.len() as u32, self.counts.fresh + 1),
        }
    }

    /// All keys and values, in the order of the seats.
    ///
    /// ```
    /// # use offset_std::{Arena, Image};
    /// let image = Image::<Arena<u64>>::new([10, 20])?;
    /// let found: Vec<(u32, u64)> = image.iter().map(|(key, value)| (key.index(), *value)).collect();
    /// assert_eq!(found, [(0, 10), (1, 20)]);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[inline]
    pub fn iter(&self) -> Iter<'_, T> {
        Iter::new(self)
    }

    /// All keys, in the order of the seats.
    #[inline]
    pub fn keys(&self) -> Keys<'_, T> {
        Keys(self.iter())
    }

    /// All values, in the order of the seats.
    #[inline]
    pub fn values(&self) -> Values<'_, T> {
        Values(self.iter())
    }
}

/// Whether the seats, whose values may be anything, are those of an arena with these counts: G2.
fn check<T>(seats: &[Seat<T>], counts: Counts) -> Result<(), &'static str> {
    let (mut occupied, mut retired) = (0, 0);
    for seat in seats {
        if seat.state.generation > RETIRED {
            return Err("a seat of an arena has a generation that there isn't");
        }
        occupied += u32::from(seat.state.is_occupied());
        retired += u32::from(seat.state.generation == RETIRED);
    }
    if occupied != counts.len {
        return Err("the length of an arena isn't the number of its values");
    }
    if retired != counts.retired {
        return Err("an arena doesn't have as many retired seats as it says");
    }
    if !counts.fresh.is_multiple_of(2) || counts.fresh >= RETIRED {
        return Err("new seats of an arena would have a generation that there isn't");
    }
    // A list that ends has no seat twice; so if it has as many as are free, and only free ones, it has all.
    let (mut left, mut next) = (seats.len() as u32 - occupied - retired, counts.free);
    while next != 0 {
        let free = seats.get(next as usize - 1).filter(|seat| seat.state.is_free() && left > 0);
        let Some(free) = free else { return Err("the list of free seats of an arena leads elsewhere") };
        (left, next) = (left - 1, free.state.next);
    }
    if left == 0 { Ok(()) } else { Err("the list of free seats of an arena isn't complete") }
}

// SAFETY: R1: a vector and four words; R3: `trace`; R5: `ArenaMut` gives values only, each once.
unsafe impl<T: Relocatable> Relocatable for Arena<T> {
    type Mut<'r>
        = ArenaMut<'r, T>
    where
        Self: 'r;
    type Fields<'r>
        = ArenaMut<'r, T>
    where
        Self: 'r;
    const FACTS: Facts = Facts::OWNER;

    #[inline(always)]
    unsafe fn handle<'r>(at: NonNull<Self>, writer: &'r Writer) -> ArenaMut<'r, T>
    where
        Self: 'r,
    {
        // SAFETY: the caller's contract.
        unsafe { ArenaMut::new(at, writer) }
    }

    #[inline(always)]
    unsafe fn fields<'r>(at: NonNull<Self>, writer: &'r Writer) -> ArenaMut<'r, T>
    where
        Self: 'r,
    {
        // SAFETY: the caller's contract.
        unsafe { ArenaMut::new(at, writer) }
    }

    unsafe fn trace<V: Visitor>(at: NonNull<Self>, visitor: &mut V) -> Result<(), V::Stop> {
        let (seats, counts) = (seats_of(at), counts_of(at));
        // SAFETY: a part of the arena, by the caller's contract.
        unsafe { Vec::trace(seats, visitor) }?;
        // SAFETY: the same.
        unsafe { Counts::trace(counts, visitor) }?;
        // SAFETY: four readable words, of which any bits are a value.
        let counts = unsafe { counts.read() };
        // SAFETY: the vector has been reported, and `check` reads the states of its seats, which may be anything.
        unsafe { visitor.require(seats, |seats| check(seats, counts)) }
    }

    fn description() -> &'static Description {
        const {
            &Description {
                name: "Arena",
                size: size_of::<Self>(),
                align: align_of::<Self>(),
                id: type_id::<Self>,
                kind: Kind::Owner { layout: Owner::Arena, parts: &[T::description] },
            }
        }
    }
}

// SAFETY: it owns values, and refers to nothing else.
unsafe impl<T: Portable> Portable for Arena<T> {}

/// Where the seats of an arena are.
#[inline(always)]
fn seats_of<T>(at: NonNull<Arena<T>>) -> NonNull<Vec<Seat<T>>> {
    // SAFETY: the offset is inside the arena.
    unsafe { at.byte_add(std::mem::offset_of!(Arena<T>, seats)) }.cast()
}

/// Where the counts of an arena are.
#[inline(always)]
fn counts_of<T>(at: NonNull<Arena<T>>) -> NonNull<Counts> {
    // SAFETY: the offset is inside the arena.
    unsafe { at.byte_add(std::mem::offset_of!(Arena<T>, counts)) }.cast()
}
