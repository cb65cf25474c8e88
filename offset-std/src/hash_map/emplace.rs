//! What a map is built from.

use std::cell::Cell;
use std::hash::BuildHasher;
use std::ptr::NonNull;

use offset_core::raw::{self, Writer};
use offset_core::{Emplace, Empty, Filled, FromIter, Relocatable, Result, Slot};

use super::HashMap;
use super::edit::HashMapMut;
use crate::hash::{Equivalent, StableHash};

/// Entries to build a [`HashMap`] from: what [`Seeded`] can give a seed. Implemented for what builds a map.
pub trait Pairs<K, V>: Sized {
    /// Inserts them.
    #[doc(hidden)]
    fn insert_into(self, map: &mut HashMapMut<'_, K, V>) -> Result<()>;
}

/// The initialiser of a map with a seed: the same calls write the same bytes then, which a random seed prevents.
///
/// [`ImageOptions::seed`](crate::ImageOptions::seed) does that for all maps of an image.
///
/// Whoever knows the seed can choose keys that all lead to the same place. Keep to the random one for keys that others choose.
///
/// ```
/// use offset_std::{HashMap, Image, ImageOptions, Seeded};
///
/// let pairs = [("a", 1), ("b", 2)];
/// let image = Image::<HashMap<offset_std::String, u64>>::with_options(ImageOptions::new().id(1), Seeded(42, pairs))?;
/// assert_eq!(image.seed(), 42);
/// # Ok::<(), offset_std::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Seeded<I>(pub u64, pub I);

/// The seed of a new map in the region of `writer`, different for each: random unless the image's options have fixed them. The system is asked once in a thread.
pub(super) fn fresh_seed(writer: &Writer) -> Result<u64> {
    thread_local! {
        static NEXT: Cell<Option<u64>> = const { Cell::new(None) };
    }
    if let Some(fixed) = raw::next_seed(writer) {
        return Ok(mixed(fixed));
    }
    NEXT.with(|next| {
        let seed = match next.get() {
            Some(seed) => seed,
            None => raw::random()?,
        };
        next.set(Some(seed.wrapping_add(1)));
        Ok(mixed(seed))
    })
}

/// Number `index` of the generator splitmix64.
fn mixed(index: u64) -> u64 {
    let mixed = index.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// A map being built in a slot.
pub(crate) struct Build<'s, K: Relocatable, V: Relocatable> {
    at: NonNull<HashMap<K, V>>,
    writer: &'s Writer,
    filled: Filled<'s, HashMap<K, V>>,
}

impl<'s, K: Relocatable, V: Relocatable> Build<'s, K, V> {
    /// An empty map.
    #[inline]
    pub(crate) fn new(slot: Slot<'s, HashMap<K, V>>, seed: u64) -> Self {
        let (at, writer) = (slot.at(), slot.writer());
        let words = [seed as u32, (seed >> 32) as u32];
        // SAFETY: inside the map.
        let seed_at = unsafe { at.byte_add(std::mem::offset_of!(HashMap<K, V>, seed)) };
        // SAFETY: a slot is writable.
        unsafe { seed_at.cast::<[u32; 2]>().write(words) };
        // SAFETY: without a table all other words are zero, and a slot is.
        Build { at, writer, filled: unsafe { slot.assume_filled() } }
    }

    /// Its editing handle.
    #[inline]
    pub(crate) fn edit(&mut self) -> HashMapMut<'_, K, V> {
        // SAFETY: a valid map, which `filled` only holds to release it should this fail.
        unsafe { HashMapMut::new(self.at, self.writer) }
    }

    pub(crate) fn finish(self) -> Filled<'s, HashMap<K, V>> {
        self.filled
    }
}

fn build<'s, K: Relocatable, V: Relocatable>(
    slot: Slot<'s, HashMap<K, V>>,
    seed: u64,
    pairs: impl Pairs<K, V>,
) -> Result<Filled<'s, HashMap<K, V>>> {
    let mut build = Build::new(slot, seed);
    pairs.insert_into(&mut build.edit())?;
    Ok(build.finish())
}

impl<K: Relocatable, V: Relocatable, I: Pairs<K, V>> Emplace<HashMap<K, V>> for Seeded<I> {
    fn emplace<'s>(self, slot: Slot<'s, HashMap<K, V>>) -> Result<Filled<'s, HashMap<K, V>>> {
        build(slot, self.0, self.1)
    }
}

/// A map from entries, with a random seed.
macro_rules! pairs {
    ($([$($generics:tt)*] $from:ty where [$($bounds:tt)*] $pairs:ident, $map:ident => $insert:expr;)*) => {$(
        impl<$($generics)* K: Relocatable + StableHash + Eq, V: Relocatable> Pairs<K, V> for $from
        where
            $($bounds)*
        {
            #[inline]
            fn insert_into(self, $map: &mut HashMapMut<'_, K, V>) -> Result<()> {
                let $pairs = self;
                $insert
            }
        }

        impl<$($generics)* K: Relocatable + StableHash + Eq, V: Relocatable> Emplace<HashMap<K, V>> for $from
        where
            $($bounds)*
        {
            fn emplace<'s>(self, slot: Slot<'s, HashMap<K, V>>) -> Result<Filled<'s, HashMap<K, V>>> {
                let seed = fresh_seed(slot.writer())?;
                build(slot, seed, self)
            }
        }
    )*};
}
pairs! {
    [Q, I, const N: usize,] [(Q, I); N]
        where [Q: StableHash + Equivalent<K> + Emplace<K>, I: Emplace<V>]
        pairs, map => insert_exactly(map, pairs.into_iter());
    [Q, I,] std::vec::Vec<(Q, I)>
        where [Q: StableHash + Equivalent<K> + Emplace<K>, I: Emplace<V>]
        pairs, map => insert_exactly(map, pairs.into_iter());
    [Q, I, P,] FromIter<P>
        where [P: Iterator<Item = (Q, I)>, Q: StableHash + Equivalent<K> + Emplace<K>, I: Emplace<V>]
        pairs, map => insert_hinted(map, pairs.into_inner());
    [Q, I, S: BuildHasher,] std::collections::HashMap<Q, I, S>
        where [Q: StableHash + Equivalent<K> + Emplace<K>, I: Emplace<V>]
        pairs, map => insert_exactly(map, pairs.into_iter());
    [Q, I,] std::collections::BTreeMap<Q, I>
        where [Q: StableHash + Equivalent<K> + Emplace<K>, I: Emplace<V>]
        pairs, map => insert_exactly(map, pairs.into_iter());
    ['a, Q, I, S: BuildHasher,] &'a std::collections::HashMap<Q, I, S>
        where [Q: StableHash + Equivalent<K>, &'a Q: Emplace<K>, &'a I: Emplace<V>]
        pairs, map => insert_borrowed(map, pairs.iter());
    ['a, Q, I,] &'a std::collections::BTreeMap<Q, I>
        where [Q: StableHash + Equivalent<K>, &'a Q: Emplace<K>, &'a I: Emplace<V>]
        pairs, map => insert_borrowed(map, pairs.iter());
    ['a, Q, I,] &'a [(Q, I)]
        where [Q: StableHash + Equivalent<K>, &'a Q: Emplace<K>, &'a I: Emplace<V>]
        pairs, map => insert_borrowed(map, pairs.iter().map(|(key, init)| (key, init)));
}

impl<K: Relocatable, V: Relocatable> Pairs<K, V> for Empty {
    fn insert_into(self, _: &mut HashMapMut<'_, K, V>) -> Result<()> {
        Ok(())
    }
}

impl<K: Relocatable, V: Relocatable> Emplace<HashMap<K, V>> for Empty {
    fn emplace<'s>(self, slot: Slot<'s, HashMap<K, V>>) -> Result<Filled<'s, HashMap<K, V>>> {
        let seed = fresh_seed(slot.writer())?;
        build(slot, seed, self)
    }
}

/// Inserts entries of which there are that many.
fn insert_exactly<K: Relocatable + StableHash + Eq, V: Relocatable, Q, I>(
    map: &mut HashMapMut<'_, K, V>,
    pairs: impl ExactSizeIterator<Item = (Q, I)>,
) -> Result<()>
where
    Q: StableHash + Equivalent<K> + Emplace<K>,
    I: Emplace<V>,
{
    map.try_reserve_exact(pairs.len())?;
    pairs.into_iter().try_for_each(|(key, init)| map.try_insert(key, init).map(drop))
}

/// Inserts entries of an iterator whose hint may lie.
fn insert_hinted<K: Relocatable + StableHash + Eq, V: Relocatable, Q, I>(
    map: &mut HashMapMut<'_, K, V>,
    mut pairs: impl Iterator<Item = (Q, I)>,
) -> Result<()>
where
    Q: StableHash + Equivalent<K> + Emplace<K>,
    I: Emplace<V>,
{
    // Where it asks for too much, begin with nothing and grow.
    let hint = pairs.size_hint().0;
    let reserved = map.try_reserve_exact(hint).is_ok();
    pairs.try_for_each(|(key, init)| map.try_insert(key, init).map(drop))?;
    if reserved && map.len() < hint / 2 {
        map.try_shrink_to_fit()?;
    }
    Ok(())
}

/// Inserts entries whose keys are looked up as they are, and built from references.
fn insert_borrowed<'a, K: Relocatable + StableHash + Eq, V: Relocatable, Q, I>(
    map: &mut HashMapMut<'_, K, V>,
    pairs: impl ExactSizeIterator<Item = (&'a Q, &'a I)>,
) -> Result<()>
where
    Q: StableHash + Equivalent<K> + 'a,
    I: 'a,
    &'a Q: Emplace<K>,
    &'a I: Emplace<V>,
{
    map.try_reserve_exact(pairs.len())?;
    for (key, init) in pairs {
        let hash = map.hash(key);
        match map.search(hash, key) {
            Ok(at) => drop(map.replace(at, init)?),
            Err(missing) => drop(map.build(hash, missing, key, init)?),
        }
    }
    Ok(())
}
