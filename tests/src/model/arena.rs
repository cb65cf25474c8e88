//! `Arena` against std's `BTreeMap` from keys to values, with every key that must never name anything again.

use std::collections::{BTreeMap as StdMap, BTreeSet as StdSet};
use std::fmt::Debug;
use std::hash::Hash;

use offset_std::prelude::*;
use offset_std::{Arena, ArenaMut, Key};

use super::{Build, Collection, Element, Op, Random, Trial, builds, chosen, in_steps, op, same, user};

type StdVec<T> = std::vec::Vec<T>;

/// The values by their keys, and the keys of those that were removed. Equal to another if the values are: an arena doesn't tell which keys it ever gave out.
#[derive(Clone, Debug)]
pub struct Seats<K, M> {
    values: StdMap<K, M>,
    dead: StdSet<K>,
}

impl<K: PartialEq, M: PartialEq> PartialEq for Seats<K, M> {
    fn eq(&self, other: &Self) -> bool {
        self.values == other.values
    }
}

impl<K: Copy + Ord + Hash + Debug, M: Clone> Seats<K, M> {
    #[track_caller]
    fn insert(&mut self, key: K, value: M) {
        assert!(!self.dead.contains(&key), "{key:?} was given out before");
        assert!(self.values.insert(key, value).is_none(), "{key:?} is another value's");
    }

    fn remove(&mut self, key: K) -> Option<M> {
        let value = self.values.remove(&key)?;
        self.dead.insert(key);
        Some(value)
    }

    /// Removes those that `keep` says no to, and returns them.
    fn retain(&mut self, keep: impl Fn(&K) -> bool) -> StdVec<(K, M)> {
        let gone: StdVec<_> = self.values.extract_if(.., |key, _| !keep(key)).collect();
        self.dead.extend(gone.iter().map(|(key, _)| *key));
        gone
    }

    /// Makes all that are chosen equal to one value.
    fn edit(&mut self, bits: u64, one: &M) {
        self.values.iter_mut().filter(|(key, _)| chosen(bits, *key)).for_each(|(_, value)| value.clone_from(one));
    }
}

impl<T: Element> Collection for Arena<T> {
    type Model = Seats<Key<T>, T::Model>;

    fn fresh() -> impl Emplace<Self> {
        Empty
    }

    fn model(&self) -> Self::Model {
        let found: StdVec<_> = self.iter().map(|(key, value)| (key, value.model())).collect();
        assert_eq!((self.len(), self.is_empty(), self.iter().len()), (found.len(), found.is_empty(), found.len()));
        assert!(found.is_sorted_by_key(|(key, _)| *key));
        assert!(self.keys().rev().eq(found.iter().rev().map(|(key, _)| *key)));
        assert!(self.values().rev().zip(self.iter().rev()).all(|(value, (_, same))| std::ptr::eq(value, same)));
        assert!(self.iter().all(|(key, value)| std::ptr::eq(&self[key], value) && self.contains(key)));
        assert!(!self.contains(self.vacant_key()));
        Seats { values: found.into_iter().collect(), dead: StdSet::new() }
    }

    fn seen(handle: &ArenaMut<'_, T>) -> Self::Model {
        <Self as Collection>::model(handle)
    }

    fn size(&self) -> usize {
        self.len()
    }

    fn give_up(handle: &mut ArenaMut<'_, T>) {
        handle.clear();
        handle.shrink_to_fit();
    }

    const OPS: &'static [Op<Self>] = &[
        op(12, "try_insert", |t| {
            let (one, next) = (T::random(&mut t.random), t.it.vacant_key());
            let key = t.it.try_insert(Build(one.clone()))?;
            assert_eq!(key, next);
            t.model.insert(key, one);
            Ok(())
        }),
        op(8, "try_insert_with_key", |t| {
            let (one, next) = (T::random(&mut t.random), t.it.vacant_key());
            let key = t.it.try_insert_with_key(|key| {
                user::call();
                assert_eq!(key, next);
                Build(one.clone())
            })?;
            assert_eq!(key, next);
            t.model.insert(key, one);
            Ok(())
        }),
        op(6, "try_extend", |t| {
            let many = t.random.many(T::random);
            let keys = t.it.try_extend(builds::<T>(&many))?;
            assert_eq!(keys.len(), many.len());
            keys.into_iter().zip(many).for_each(|(key, one)| t.model.insert(key, one));
            Ok(())
        }),
        op(14, "remove", |t| {
            let key = t.key();
            same(t.it.remove(key).map(|popped| popped.model()), t.model.remove(key));
            assert!(t.it.remove(key).is_none() && t.it.get_mut(key).is_none() && t.it.place(key).is_none());
            Ok(())
        }),
        in_steps(4, "remove to the other", |t| {
            let key = t.key();
            let (popped, expected) = (t.it.remove(key), t.model.remove(key));
            same(popped.as_ref().map(|popped| popped.model()), expected.clone());
            if let (Some(popped), Some(one)) = (popped, expected) {
                t.other_model.insert(t.other.try_insert(popped)?, one);
            }
            Ok(())
        }),
        op(4, "the keys of what was removed", |t| {
            for key in &t.model.dead {
                assert!(t.it.get(*key).is_none() && !t.it.contains(*key), "{key:?} names something again");
            }
            Ok(())
        }),
        op(4, "place, try_set", |t| {
            let (key, one) = (t.key(), T::random(&mut t.random));
            let (place, value) = (t.it.place(key), t.model.values.get_mut(&key));
            same(place.is_some(), value.is_some());
            place.map_or(Ok(()), |mut place| place.try_set(Build(one.clone())))?;
            value.into_iter().for_each(|value| value.clone_from(&one));
            Ok(())
        }),
        in_steps(3, "get_mut", |t| {
            let (key, one) = (t.key(), T::random(&mut t.random));
            let (handle, value) = (t.it.get_mut(key), t.model.values.get_mut(&key));
            same(handle.is_some(), value.is_some());
            handle.map_or(Ok(()), |handle| T::edit(handle, &one))?;
            value.into_iter().for_each(|value| value.clone_from(&one));
            Ok(())
        }),
        in_steps(3, "get_disjoint_mut", |t| {
            let (keys, one) = ([t.key(), t.key()], T::random(&mut t.random));
            let handles = t.it.get_disjoint_mut(keys);
            let both = keys[0] != keys[1] && keys.iter().all(|key| t.model.values.contains_key(key));
            same(handles.is_some(), both);
            for handle in handles.into_iter().flatten() {
                T::edit(handle, &one)?;
            }
            if both {
                t.model.values.extend(keys.map(|key| (key, one.clone())));
            }
            Ok(())
        }),
        in_steps(2, "iter_mut, values_mut", |t| {
            let (bits, one, backwards) = (t.random.bits(), T::random(&mut t.random), t.random.one_in(2));
            let keys: StdVec<_> = t.it.keys().collect();
            let edited = |(handle, key): (T::Mut<'_>, &Key<T>)| {
                if chosen(bits, key) { T::edit(handle, &one) } else { Ok(()) }
            };
            if backwards {
                t.it.values_mut().rev().zip(keys.iter().rev()).try_for_each(edited)?;
            } else {
                // All are alive at once.
                let handles: StdVec<_> = t.it.iter_mut().collect();
                assert!(handles.iter().map(|(key, _)| key).eq(&keys));
                handles.into_iter().map(|(_, handle)| handle).zip(&keys).try_for_each(edited)?;
            }
            t.model.edit(bits, &one);
            Ok(())
        }),
        op(2, "iter, from both ends", |t| {
            let mut front = t.random.answers();
            let (mut found, mut expected) = (t.it.iter(), t.model.values.iter());
            for _ in 0..t.it.len() + 2 {
                same(found.len(), expected.len());
                let (found, expected) =
                    if front() { (found.next(), expected.next()) } else { (found.next_back(), expected.next_back()) };
                same(
                    found.map(|(key, value)| (key, value.model())),
                    expected.map(|(key, value)| (*key, value.clone())),
                );
            }
            Ok(())
        }),
        op(3, "retain", |t| {
            let bits = t.random.bits();
            t.it.retain(|key, _| {
                user::call();
                chosen(bits, &key)
            });
            t.model.retain(|key| chosen(bits, key));
            Ok(())
        }),
        in_steps(2, "retain, set", |t| {
            let (edit, keep, one) = (t.random.bits(), t.random.bits(), T::random(&mut t.random));
            let mut done = Ok(());
            t.it.retain(|key, place| {
                user::call();
                if chosen(edit, &key) && done.is_ok() {
                    done = place.try_set(Build(one.clone()));
                }
                chosen(keep, &key)
            });
            done?;
            t.model.edit(edit, &one);
            t.model.retain(|key| chosen(keep, key));
            Ok(())
        }),
        in_steps(3, "drain to the other", |t| {
            let bits = t.random.bits();
            let (other, mut done) = (&mut t.other, Ok(()));
            let (mut seen, mut moved) = (StdVec::new(), StdVec::new());
            t.it.drain(|key, popped| {
                user::call();
                seen.push((key, popped.model()));
                if chosen(bits, &key) && done.is_ok() {
                    done = other.try_insert(popped).map(|new| moved.push(new));
                }
            });
            done?;
            let drained = t.model.retain(|_| false);
            same(&seen, &drained);
            let kept = drained.into_iter().filter(|(key, _)| chosen(bits, key));
            moved.into_iter().zip(kept).for_each(|(new, (_, one))| t.other_model.insert(new, one));
            Ok(())
        }),
        op(1, "clear", |t| {
            let capacity = t.it.capacity();
            t.it.clear();
            assert_eq!(t.it.capacity(), capacity);
            t.model.retain(|_| false);
            Ok(())
        }),
        op(2, "try_reserve", |t| {
            let extra = t.random.below(40);
            t.it.try_reserve(extra)?;
            assert!(t.it.capacity() >= t.it.len() + extra);
            Ok(())
        }),
        op(4, "shrink_to_fit", |t| {
            t.it.shrink_to_fit();
            let last = t.it.keys().next_back().map(|key| key.index() as usize + 1);
            assert_eq!(t.it.capacity(), last.unwrap_or(0));
            Ok(())
        }),
        op(2, "try_swap_with", |t| {
            t.it.try_swap_with(&mut t.other)?;
            std::mem::swap(t.model, t.other_model);
            Ok(())
        }),
        op(2, "try_set", |t| {
            let many = t.random.many(T::random);
            t.it.try_set(from_iter(builds::<T>(&many)))?;
            // A new arena: old keys may name its values.
            *t.model = Seats { values: (0..).map(Key::nth).zip(many).collect(), dead: StdSet::new() };
            Ok(())
        }),
        op(2, "try_set by a deep copy", |t| {
            t.other.try_set(DeepCopy(t.it.as_arena()))?;
            assert_eq!(t.other.vacant_key(), t.it.vacant_key());
            t.other_model.clone_from(t.model);
            Ok(())
        }),
    ];
}

impl<T: Element> Trial<'_, '_, Arena<T>> {
    /// The key of a value that is there, mostly; of one that was removed, or of none.
    fn key(&mut self) -> Key<T> {
        let (random, Seats { values, dead }) = (&mut self.random, &*self.model);
        let (made_up, old, index) = (any(random), random.below(dead.len() + 1), random.below(values.len() + 3));
        values.keys().nth(index).or(dead.iter().nth(old)).copied().unwrap_or(made_up)
    }
}

/// Any key.
fn any<T>(random: &mut Random) -> Key<T> {
    Key::nth(random.below(9) as u32)
}
