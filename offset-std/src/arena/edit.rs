//! `ArenaMut`: adding values and editing them.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::ptr::NonNull;

use offset_core::raw::{self, Writer};
use offset_core::{Emplace, Place, Relocatable, Result, Vec, VecMut};

use super::iter::{IterMut, ValuesMut};
use super::seat::{Seat, State, Taken, state_of, value_of};
use super::{Arena, Counts, Key, counts_of, seats_of};

/// Edits an arena. Reads as an [`Arena`].
///
/// What adds takes an initialiser and gives the [`Key`] of the value; what removes one gives a [`Popped`](crate::Popped), which still lies in its seat. Every method that allocates has a `try_`
/// form.
///
/// ```
/// use offset_std::{Arena, Image, String, prelude::*};
///
/// let mut image = Image::<Arena<String>>::new(Empty)?;
/// let mut names = image.edit();
/// let (a, b) = (names.insert("a"), names.insert("b"));
/// names.get_mut(a).unwrap().push('!');
/// assert_eq!(names.remove(b).unwrap().as_str(), "b");
/// assert_eq!((names[a].as_str(), names.get(b)), ("a!", None));
/// # Ok::<(), offset_std::Error>(())
/// ```
pub struct ArenaMut<'r, T> {
    at: NonNull<Arena<T>>,
    writer: &'r Writer,
    brand: PhantomData<&'r mut Arena<T>>,
}

impl<'r, T> ArenaMut<'r, T> {
    /// # Safety
    ///
    /// `at` is a valid arena in the region of `writer`, and nothing else reads or writes it for `'r`.
    #[inline(always)]
    pub(super) unsafe fn new(at: NonNull<Arena<T>>, writer: &'r Writer) -> Self {
        ArenaMut { at, writer, brand: PhantomData }
    }

    #[inline(always)]
    pub(super) fn writer(&self) -> &'r Writer {
        self.writer
    }

    /// The arena, for reading.
    #[inline(always)]
    pub fn as_arena(&self) -> &Arena<T> {
        // SAFETY: a valid arena, which nobody edits while `self` is borrowed.
        unsafe { self.at.as_ref() }
    }

    /// Gives up editing for reading, for as long as this handle could have lived.
    pub fn freeze(self) -> &'r Arena<T> {
        // SAFETY: a valid arena, and nobody edits it for `'r`.
        unsafe { self.at.as_ref() }
    }

    /// The same handle for a shorter time.
    #[inline(always)]
    pub(super) fn reborrow(&mut self) -> ArenaMut<'_, T> {
        ArenaMut { at: self.at, writer: self.writer, brand: PhantomData }
    }

    #[inline(always)]
    pub(super) fn counts(&mut self) -> &mut Counts {
        // SAFETY: a part of an arena that is ours alone.
        unsafe { counts_of(self.at).as_mut() }
    }
}

impl<'r, T: Relocatable> ArenaMut<'r, T> {
    /// The editing handle of the seats.
    #[inline(always)]
    pub(super) fn seats(&mut self) -> VecMut<'_, Seat<T>> {
        // SAFETY: a part of an arena that is ours alone, and borrowed for as long as the handle lives.
        unsafe { Vec::handle(seats_of(self.at), self.writer) }
    }

    /// The same for as long as this handle could have lived.
    fn into_seats(self) -> VecMut<'r, Seat<T>> {
        // SAFETY: a part of an arena that is ours alone for `'r`, and we are gone.
        unsafe { Vec::handle(seats_of(self.at), self.writer) }
    }

    /// The seat at `index`, if there is one.
    #[inline(always)]
    pub(super) fn seat(&mut self, index: u32) -> Option<NonNull<Seat<T>>> {
        self.seats().get_mut(index as usize).map(|seat| seat.at())
    }

    /// The seat of the value with this key.
    #[inline(always)]
    pub(super) fn find(&mut self, key: Key<T>) -> Option<NonNull<Seat<T>>> {
        let seat = self.seat(key.index())?;
        // SAFETY: a seat of an arena that is ours alone.
        unsafe { state_of(seat).read() }.has(key.generation()).then_some(seat)
    }

    /// How many values fit without growing. O(1).
    pub fn capacity(&self) -> usize {
        // SAFETY: a part of the arena, which only this handle reads while it lives, which is until the next line.
        let seats: VecMut<'_, Seat<T>> = unsafe { Vec::handle(seats_of(self.at), self.writer) };
        seats.capacity() - self.as_arena().counts.retired as usize
    }

    /// Adds a value. O(1), amortised: the free seat that was left last is taken first.
    ///
    /// # Panics
    ///
    /// Where [`try_insert`](ArenaMut::try_insert) returns an error, with its text.
    #[track_caller]
    #[inline]
    pub fn insert<I: Emplace<T>>(&mut self, init: I) -> Key<T> {
        self.try_insert(init).unwrap_or_else(|error| error.raise())
    }

    /// Adds a value, or leaves the arena as it is.
    ///
    /// # Errors
    ///
    /// No space, too many values, and those of building the value.
    #[inline]
    pub fn try_insert<I: Emplace<T>>(&mut self, init: I) -> Result<Key<T>> {
        self.try_insert_with_key(|_| init)
    }

    /// Adds a value that is built knowing its own key. O(1), amortised.
    ///
    /// # Panics
    ///
    /// Where [`try_insert_with_key`](ArenaMut::try_insert_with_key) returns an error, with its text.
    ///
    /// ```
    /// # use offset_std::{Arena, Image, Key, prelude::*};
    /// #[derive(Relocatable)]
    /// #[repr(C)]
    /// pub struct Link {
    ///     next: Key<Link>,
    ///     value: u64,
    /// }
    ///
    /// let mut image = Image::<Arena<Link>>::new(Empty)?;
    /// let mut ring = image.edit();
    /// let first = ring.insert_with_key(|key| LinkInit { next: key, value: 1 }); // a ring of one
    /// let second = ring.insert(LinkInit { next: first, value: 2 });
    /// *ring.get_mut(first).unwrap().edit().next = second;
    /// assert_eq!(ring[ring[first].next].value, 2);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[track_caller]
    #[inline]
    pub fn insert_with_key<I: Emplace<T>, F: FnOnce(Key<T>) -> I>(&mut self, init: F) -> Key<T> {
        self.try_insert_with_key(init).unwrap_or_else(|error| error.raise())
    }

    /// Adds a value that is built knowing its own key, or leaves the arena as it is.
    ///
    /// # Errors
    ///
    /// As for [`try_insert`](ArenaMut::try_insert). The key may be another value's then, later.
    #[inline]
    pub fn try_insert_with_key<I: Emplace<T>, F: FnOnce(Key<T>) -> I>(&mut self, init: F) -> Result<Key<T>> {
        // The initialisers can't reach the arena: this handle has it alone. So the key stays that of the next value.
        let key = self.as_arena().vacant_key();
        let init = init(key);
        if self.as_arena().counts.free == 0 {
            self.seats().try_push(Taken { generation: key.generation(), init })?;
        } else {
            self.take_seat(key, init)?;
        }
        self.counts().len += 1;
        Ok(key)
    }

    /// Builds the value with this key in the first free seat, which it names.
    #[inline]
    fn take_seat<I: Emplace<T>>(&mut self, key: Key<T>, init: I) -> Result<()> {
        let seat = self.seat(key.index()).expect("a seat on the list is there");
        let value = value_of(seat);
        // SAFETY: G1: a free seat of an arena that is ours alone holds no value.
        unsafe { raw::build_in(value, self.writer, init) }?;
        // SAFETY: a seat of an arena that is ours alone.
        let next = unsafe { state_of(seat).read() }.next;
        // SAFETY: G1: a value is there now. G2: the seat is taken off the list in the next line.
        unsafe { state_of(seat).write(State { generation: key.generation(), next: 0 }) };
        self.counts().free = next;
        Ok(())
    }

    /// Adds a value for each initialiser. Returns their keys, in order. O(1) each, amortised.
    ///
    /// # Panics
    ///
    /// Where [`try_extend`](ArenaMut::try_extend) returns an error, with its text.
    ///
    /// ```
    /// # use offset_std::{Arena, Image, String, prelude::*};
    /// let mut image = Image::<Arena<String>>::new(Empty)?;
    /// let keys = image.edit().extend(["a", "b"]);
    /// assert_eq!(image[keys[1]], "b");
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[track_caller]
    pub fn extend<I: IntoIterator<Item: Emplace<T>>>(&mut self, inits: I) -> std::vec::Vec<Key<T>> {
        self.try_extend(inits).unwrap_or_else(|error| error.raise())
    }

    /// Adds a value for each initialiser, or leaves the arena with the values that it has.
    ///
    /// # Errors
    ///
    /// As for [`try_insert`](ArenaMut::try_insert).
    pub fn try_extend<I: IntoIterator<Item: Emplace<T>>>(&mut self, inits: I) -> Result<std::vec::Vec<Key<T>>> {
        let inits = inits.into_iter();
        // A hint may lie: it decides how much room there is at first, up to a MiB, and nothing else.
        let _ = self.try_reserve(inits.size_hint().0.min((1 << 20) / size_of::<Seat<T>>()));
        let mut added = RemoveOnDrop { arena: self.reborrow(), keys: std::vec::Vec::new() };
        for init in inits {
            let key = added.arena.try_insert(init)?;
            added.keys.push(key);
        }
        Ok(std::mem::take(&mut added.keys))
    }

    /// Makes room for at least `extra` more values. O(n) where the arena grows.
    ///
    /// # Panics
    ///
    /// Where [`try_reserve`](ArenaMut::try_reserve) returns an error, with its text.
    #[track_caller]
    pub fn reserve(&mut self, extra: usize) {
        self.try_reserve(extra).unwrap_or_else(|error| error.raise());
    }

    /// Makes room for at least `extra` more values, or leaves the arena as it is.
    ///
    /// # Errors
    ///
    /// No space, or too many values.
    pub fn try_reserve(&mut self, extra: usize) -> Result<()> {
        let arena = self.as_arena();
        let free = arena.seats.len() - arena.len() - arena.counts.retired as usize;
        self.seats().try_reserve(extra.saturating_sub(free))
    }

    /// The editing handle of the value with this key. O(1).
    #[inline]
    pub fn get_mut(&mut self, key: Key<T>) -> Option<T::Mut<'_>> {
        self.reborrow().into_get_mut(key)
    }

    /// The editing handle of the value with this key, for as long as this one could have lived. O(1).
    #[inline]
    pub fn into_get_mut(mut self, key: Key<T>) -> Option<T::Mut<'r>> {
        let seat = self.find(key)?;
        // SAFETY: G1: a valid value, ours alone for `'r`, and we are gone.
        Some(unsafe { T::handle(value_of(seat), self.writer) })
    }

    /// The value with this key as a place: to set the whole of it, or to swap it with another. O(1).
    ///
    /// ```
    /// # use offset_std::{Arena, Image, String};
    /// let mut image = Image::<Arena<String>>::new(["a"])?;
    /// let key = image.keys().next().unwrap();
    /// image.edit().place(key).unwrap().set("b");
    /// assert_eq!(image[key], "b");
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[inline]
    pub fn place(&mut self, key: Key<T>) -> Option<Place<'_, T>> {
        let seat = self.find(key)?;
        // SAFETY: G1: a valid value, ours alone, and borrowed for as long as the place lives.
        Some(unsafe { Place::new(value_of(seat), self.writer) })
    }

    /// The editing handles of several values at once; `None` if one isn't there, or two keys are the same. O(N²).
    ///
    /// ```
    /// # use offset_std::{Arena, Image, Vec};
    /// let mut image = Image::<Arena<Vec<u64>>>::new([vec![1], vec![2, 3]])?;
    /// let keys: [_; 2] = std::array::from_fn(|n| image.keys().nth(n).unwrap());
    /// let mut lists = image.edit();
    /// let [mut one, mut other] = lists.get_disjoint_mut(keys).unwrap();
    /// one.append(&mut other);
    /// assert!(lists.get_disjoint_mut([keys[0], keys[0]]).is_none());
    /// assert_eq!(image[keys[0]], [1, 2, 3]);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn get_disjoint_mut<const N: usize>(&mut self, keys: [Key<T>; N]) -> Option<[T::Mut<'_>; N]> {
        let mut seats = [NonNull::dangling(); N];
        for (n, key) in keys.iter().enumerate() {
            if keys[..n].contains(key) {
                return None;
            }
            seats[n] = self.find(*key)?;
        }
        let writer = self.writer;
        // SAFETY: G1: valid values, ours alone, borrowed for as long as the handles live; keys that differ and are there name different seats, since a seat has one generation.
        Some(seats.map(|seat| unsafe { T::handle(value_of(seat), writer) }))
    }

    /// All keys, and the editing handles of their values, in the order of the seats.
    ///
    /// ```
    /// # use offset_std::{Arena, Image};
    /// let mut image = Image::<Arena<u64>>::new([10, 20])?;
    /// for (key, value) in image.edit().iter_mut() {
    ///     *value += u64::from(key.index());
    /// }
    /// assert_eq!(image.values().sum::<u64>(), 31);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[inline]
    pub fn iter_mut(&mut self) -> IterMut<'_, T> {
        self.reborrow().into_iter()
    }

    /// The editing handles of all values, in the order of the seats.
    #[inline]
    pub fn values_mut(&mut self) -> ValuesMut<'_, T> {
        ValuesMut(self.iter_mut())
    }

    /// Replaces the whole arena. The new one is built first. Keys of the old one may name values of the new one.
    ///
    /// # Panics
    ///
    /// Where [`try_set`](ArenaMut::try_set) returns an error, with its text.
    #[track_caller]
    pub fn set<I: Emplace<Arena<T>>>(&mut self, init: I) {
        self.try_set(init).unwrap_or_else(|error| error.raise());
    }

    /// Replaces the whole arena, or leaves it as it is.
    ///
    /// # Errors
    ///
    /// Those of building the new one.
    pub fn try_set<I: Emplace<Arena<T>>>(&mut self, init: I) -> Result<()> {
        self.as_place().try_set(init)
    }

    /// Swaps the contents of two arenas, keys included. O(1) within a region; between regions all values are copied.
    ///
    /// # Panics
    ///
    /// Where [`try_swap_with`](ArenaMut::try_swap_with) returns an error, with its text.
    #[track_caller]
    pub fn swap_with(&mut self, other: &mut ArenaMut<'_, T>) {
        self.try_swap_with(other).unwrap_or_else(|error| error.raise());
    }

    /// Swaps the contents of two arenas, or leaves both as they are.
    ///
    /// # Errors
    ///
    /// No space, between two regions.
    pub fn try_swap_with(&mut self, other: &mut ArenaMut<'_, T>) -> Result<()> {
        self.as_place().try_swap(&mut other.as_place())
    }

    fn as_place(&mut self) -> Place<'_, Arena<T>> {
        // SAFETY: the arena is ours alone, and borrowed for as long as the place lives.
        unsafe { Place::new(self.at, self.writer) }
    }
}

/// Removes the values that were added, should an initialiser fail or panic.
struct RemoveOnDrop<'a, T: Relocatable> {
    arena: ArenaMut<'a, T>,
    keys: std::vec::Vec<Key<T>>,
}

impl<T: Relocatable> Drop for RemoveOnDrop<'_, T> {
    fn drop(&mut self) {
        for key in self.keys.drain(..).rev() {
            drop(self.arena.remove(key));
        }
    }
}

impl<'r, T: Relocatable> IntoIterator for ArenaMut<'r, T> {
    type Item = (Key<T>, T::Mut<'r>);
    type IntoIter = IterMut<'r, T>;

    fn into_iter(self) -> IterMut<'r, T> {
        let len = self.as_arena().len();
        IterMut::new(self.into_seats().into_iter(), len)
    }
}

impl<'a, T: Relocatable> IntoIterator for &'a mut ArenaMut<'_, T> {
    type Item = (Key<T>, T::Mut<'a>);
    type IntoIter = IterMut<'a, T>;

    fn into_iter(self) -> IterMut<'a, T> {
        self.iter_mut()
    }
}

impl<T> Deref for ArenaMut<'_, T> {
    type Target = Arena<T>;

    #[inline(always)]
    fn deref(&self) -> &Arena<T> {
        self.as_arena()
    }
}

impl<T: fmt::Debug> fmt::Debug for ArenaMut<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_arena().fmt(f)
    }
}
