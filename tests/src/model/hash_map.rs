//! `HashMap` against std's.

use std::hash::{BuildHasherDefault, DefaultHasher};

use offset_std::hash_map::Entry;
use offset_std::prelude::*;
use offset_std::{HashMap, HashMapMut, Seeded};

use super::map::{Pairs, builds, cloned, map_ops, models};
use super::{Build, Collection, Element, Key, Op, Random, Trial, chosen, in_steps, op, same, user};

/// In the same order for the same calls.
type StdMap<K, V> = std::collections::HashMap<K, V, BuildHasherDefault<DefaultHasher>>;

impl<K: Key, V: Element> Collection for HashMap<K, V> {
    type Model = StdMap<K::Model, V::Model>;

    fn fresh() -> impl Emplace<Self> {
        Seeded(3, Empty)
    }

    fn model(&self) -> Self::Model {
        let model: StdMap<_, _> = self.iter().map(models).collect();
        assert_eq!((self.iter().len(), self.is_empty()), (self.len(), self.iter().next().is_none()));
        assert_eq!(
            (self.iter().count(), self.keys().count(), self.values().count()),
            (self.len(), self.len(), self.len())
        );
        model
    }

    fn check(&self) {
        assert!(self.is_well_placed());
        assert!(self.iter().all(|(key, value)| self[key] == *value));
    }

    fn seen(handle: &HashMapMut<'_, K, V>) -> Self::Model {
        <Self as Collection>::model(handle)
    }

    fn size(&self) -> usize {
        self.len()
    }

    fn give_up(handle: &mut HashMapMut<'_, K, V>) {
        handle.clear();
        handle.shrink_to_fit();
    }

    const OPS: &'static [Op<Self>] = map_ops![
        op(3, "try_extend", |t| {
            let many = t.many();
            t.it.try_extend(builds::<K, V>(&many))?;
            t.model.extend(many);
            Ok(())
        }),
        op(12, "remove", |t| {
            let key = t.key();
            same(t.it.remove(&Build(key.clone())).map(|popped| popped.model()), t.model.remove(&key));
            Ok(())
        }),
        in_steps(4, "remove_entry to the other", |t| {
            let key = t.key();
            let removed = t.it.remove_entry(&Build(key.clone()));
            same(removed.is_some(), t.model.contains_key(&key));
            if let Some((key, value)) = removed {
                t.other.try_insert(key, value)?;
            }
            t.model.remove(&key).into_iter().for_each(|value| _ = t.other_model.insert(key.clone(), value));
            Ok(())
        }),
        in_steps(4, "get_mut", |t| {
            let (key, value) = t.pair();
            let handle = t.it.get_mut(&Build(key.clone()));
            let element = t.model.get_mut(&key);
            same(handle.is_some(), element.is_some());
            handle.map_or(Ok(()), |handle| V::edit(handle, &value))?;
            element.into_iter().for_each(|element| element.clone_from(&value));
            Ok(())
        }),
        op(2, "get, get_many, get_key_value, contains_key", |t| {
            let keys = t.random.many(K::random);
            let sought: std::vec::Vec<Build<K>> = keys.iter().cloned().map(Build).collect();
            let many: std::vec::Vec<_> = t.it.get_many(&sought).map(|found| found.map(V::model)).collect();
            let expected: std::vec::Vec<_> = keys.iter().map(|key| t.model.get(key).cloned()).collect();
            same(&many, &expected);
            for (key, expected) in sought.iter().zip(expected) {
                same(t.it.get(key).map(V::model), expected.clone());
                same(t.it.contains_key(key), expected.is_some());
                same(t.it.get_key_value(key).map(|(key, _)| key.model()), expected.map(|_| key.0.clone()));
            }
            Ok(())
        }),
        in_steps(2, "iter_mut, values_mut", |t| {
            let (bits, value) = (t.random.bits(), V::random(&mut t.random));
            same((t.it.iter_mut().len(), t.it.values_mut().count()), (t.model.len(), t.model.len()));
            // All are alive at once.
            let handles: std::vec::Vec<_> = t.it.iter_mut().collect();
            for (key, handle) in handles {
                if chosen(bits, &key.model()) {
                    V::edit(handle, &value)?;
                }
            }
            t.model.iter_mut().filter(|(key, _)| chosen(bits, *key)).for_each(|(_, place)| place.clone_from(&value));
            Ok(())
        }),
        in_steps(1, "drain to the other", |t| {
            let bits = t.random.bits();
            let (other, mut done) = (&mut t.other, Ok(()));
            t.it.drain(|key, value| {
                user::call();
                if chosen(bits, &key.model()) && done.is_ok() {
                    done = other.try_insert(Build(key.model()), value).map(drop);
                }
            });
            done?;
            t.other_model.extend(t.model.drain().filter(|(key, _)| chosen(bits, key)));
            Ok(())
        }),
        op(1, "clear", |t| {
            let capacity = t.it.capacity();
            t.it.clear();
            same(t.it.capacity(), capacity);
            t.model.clear();
            Ok(())
        }),
        op(1, "try_reserve", |t| {
            let extra = t.random.below(300);
            t.it.try_reserve(extra)?;
            assert!(t.it.capacity() >= t.it.len() + extra);
            Ok(())
        }),
        op(1, "try_reserve_exact", |t| {
            let extra = t.random.below(300);
            t.it.try_reserve_exact(extra)?;
            assert!(t.it.capacity() >= t.it.len() + extra);
            Ok(())
        }),
        op(2, "try_shrink_to_fit", |t| {
            t.it.try_shrink_to_fit()?;
            assert!(!user::is_honest() || t.it.capacity() <= 15 || t.it.capacity() < t.it.len() + 14 * 32);
            Ok(())
        }),
        op(1, "try_set", |t| {
            let many = t.many();
            t.it.try_set(
                many.iter()
                    .cloned()
                    .map(|(key, value)| (Build::<K>(key), Build::<V>(value)))
                    .collect::<std::vec::Vec<_>>(),
            )?;
            *t.model = many.into_iter().collect();
            Ok(())
        }),
        op(1, "try_set with a seed, from an iterator", |t| {
            let (seed, many) = (t.random.bits(), t.many());
            t.other.try_set(Seeded(seed, from_iter(builds::<K, V>(&many))))?;
            assert_eq!(t.other.seed(), seed);
            *t.other_model = many.into_iter().collect();
            Ok(())
        }),
        op(1, "try_set by a deep copy", |t| {
            t.other.try_set(DeepCopy(t.it.as_map()))?;
            t.other_model.clone_from(t.model);
            Ok(())
        }),
    ];
}

impl<K: Key, V: Element> Trial<'_, '_, HashMap<K, V>> {
    /// A key that is there, or any.
    fn key(&mut self) -> K::Model {
        let any = K::random(&mut self.random);
        let index = self.random.below(2 * self.model.len() + 1);
        self.model.keys().nth(index).cloned().unwrap_or(any)
    }

    fn pair(&mut self) -> (K::Model, V::Model) {
        (self.key(), V::random(&mut self.random))
    }

    fn many(&mut self) -> Pairs<K, V> {
        self.random.many(|random: &mut Random| (K::random(random), V::random(random)))
    }
}
