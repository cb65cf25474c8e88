//! `ArenaMut`: removing values.

use std::ptr::NonNull;

use offset_core::raw;
use offset_core::{Place, Popped, Relocatable};

use super::Key;
use super::edit::ArenaMut;
use super::seat::{RETIRED, Seat, State, state_of, value_of};

impl<'r, T: Relocatable> ArenaMut<'r, T> {
    /// Removes a value. Its key names nothing from then on. O(1).
    ///
    /// ```
    /// # use offset_std::{Arena, Image, String};
    /// let mut image = Image::<Arena<String>>::new(["a", "b"])?;
    /// let key = image.keys().next().unwrap();
    /// let mut names = image.edit();
    /// assert_eq!(names.remove(key).unwrap().as_str(), "a");
    /// assert!(names.remove(key).is_none());
    /// assert_eq!(image.len(), 1);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    #[inline]
    pub fn remove(&mut self, key: Key<T>) -> Option<Popped<'_, T>> {
        let seat = self.find(key)?;
        Some(self.reborrow().vacate(key.index(), seat))
    }

    /// Stops counting the value in a seat, and gives it. No user code runs.
    #[inline]
    fn vacate(mut self, index: u32, seat: NonNull<Seat<T>>) -> Popped<'r, T> {
        // SAFETY: a seat of an arena that is ours alone.
        let generation = unsafe { state_of(seat).read() }.vacated();
        let counts = self.counts();
        counts.len -= 1;
        let next = if generation == RETIRED {
            counts.retired += 1;
            0
        } else {
            std::mem::replace(&mut counts.free, index + 1)
        };
        // SAFETY: G1: the value is given away below. G2: the seat is on the list, or retired.
        unsafe { state_of(seat).write(State { generation, next }) };
        // SAFETY: G1: a valid value that isn't counted any more, in memory that stays for `'r`.
        unsafe { raw::popped(value_of(seat), self.writer(), (0, 0)) }
    }

    /// The value in the seat at `index`, if one is there, and its key.
    fn occupant(&mut self, index: u32) -> Option<(Key<T>, NonNull<Seat<T>>)> {
        let seat = self.seat(index)?;
        // SAFETY: a seat of an arena that is ours alone.
        let state = unsafe { state_of(seat).read() };
        state.is_occupied().then(|| (Key::new(index, state.generation), seat))
    }

    fn seat_count(&self) -> u32 {
        // A vector has fewer than 2^31 elements.
        self.as_arena().seats.len() as u32
    }

    /// Keeps the values that `keep` says yes to, and releases the others. O(seats), with a few bytes of other memory for each value that goes.
    ///
    /// # Panics
    ///
    /// If `keep` panics; no value has been removed then, and what was edited stays so.
    ///
    /// ```
    /// # use offset_std::{Arena, Image};
    /// let mut image = Image::<Arena<u64>>::new([1, 2, 3])?;
    /// image.edit().retain(|_, value| **value != 2);
    /// assert_eq!(image.values().sum::<u64>(), 4);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn retain<F: FnMut(Key<T>, &mut Place<'_, T>) -> bool>(&mut self, mut keep: F) {
        let mut gone = Vec::new();
        for index in 0..self.seat_count() {
            let Some((key, seat)) = self.occupant(index) else { continue };
            // SAFETY: G1: a valid value, ours alone while the place lives.
            let mut place = unsafe { Place::new(value_of(seat), self.writer()) };
            if !keep(key, &mut place) {
                gone.push(key);
            }
        }
        for key in gone {
            drop(self.remove(key));
        }
    }

    /// Removes all values, giving each to `with`, in the order of the seats: to look at, or to emplace elsewhere. What `with` drops is released. The seats stay. O(seats).
    ///
    /// # Panics
    ///
    /// If `with` panics; the values that it has not been given are released too.
    ///
    /// ```
    /// # use offset_std::{Arena, Image, String, Vec};
    /// let mut image = Image::<Arena<String>>::new(["a", "b"])?;
    /// let mut names = Image::<Vec<String>>::new([""; 0])?;
    /// let mut list = names.edit();
    /// image.edit().drain(|_, name| list.push(name));
    /// assert_eq!(*names, ["a", "b"]);
    /// assert!(image.is_empty());
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn drain<F: FnMut(Key<T>, Popped<'_, T>)>(&mut self, mut with: F) {
        let rest = &mut ClearOnDrop(self.reborrow()).0;
        for index in 0..rest.seat_count() {
            if let Some((key, seat)) = rest.occupant(index) {
                with(key, rest.reborrow().vacate(index, seat));
            }
        }
    }

    /// Releases all values. Their keys name nothing from then on. The seats stay, and are taken again from the first on. O(seats).
    ///
    /// ```
    /// # use offset_std::{Arena, Image};
    /// let mut image = Image::<Arena<u64>>::new([1, 2])?;
    /// let old = image.keys().next().unwrap();
    /// image.edit().clear();
    /// let new = image.edit().insert(3u64);
    /// assert_eq!((new.index(), image.get(old), image.get(new)), (0, None, Some(&3)));
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn clear(&mut self) {
        for index in (0..self.seat_count()).rev() {
            if let Some((_, seat)) = self.occupant(index) {
                drop(self.reborrow().vacate(index, seat));
            }
        }
    }

    /// Gives up the free seats after the last value, and all room that isn't needed. Old keys name nothing, as before. O(seats); no value is moved.
    ///
    /// ```
    /// # use offset_std::{Arena, Image, from_iter};
    /// let mut image = Image::<Arena<u64>>::new(from_iter(0..100))?;
    /// let mut arena = image.edit();
    /// arena.retain(|key, _| key.index() < 3);
    /// arena.shrink_to_fit();
    /// assert_eq!(arena.capacity(), 3);
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    pub fn shrink_to_fit(&mut self) {
        let (kept, fresh) = {
            let arena = self.as_arena();
            let mut kept = arena.seats.len();
            let mut fresh = arena.counts.fresh;
            while let Some(seat) = arena.seats[..kept].last().filter(|seat| seat.state.is_free()) {
                fresh = fresh.max(seat.state.generation);
                kept -= 1;
            }
            (kept, fresh)
        };
        self.counts().fresh = fresh;
        // G2: the list is made anew, from the seats that stay.
        self.counts().free = 0;
        for index in (0..kept as u32).rev() {
            let Some(seat) = self.seat(index) else { continue };
            // SAFETY: a seat of an arena that is ours alone.
            let state = unsafe { state_of(seat).read() };
            if state.is_free() {
                let next = std::mem::replace(&mut self.counts().free, index + 1);
                // SAFETY: the same; G1: the generation stays.
                unsafe { state_of(seat).write(State { next, ..state }) };
            }
        }
        let mut seats = self.seats();
        seats.truncate(kept);
        seats.shrink_to_fit();
    }
}

/// Releases what is left of an arena that is being drained, should user code panic.
struct ClearOnDrop<'a, T: Relocatable>(ArenaMut<'a, T>);

impl<T: Relocatable> Drop for ClearOnDrop<'_, T> {
    fn drop(&mut self) {
        self.0.clear();
    }
}
