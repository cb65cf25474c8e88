//! `BTreeMap` against std's.

use std::collections::BTreeMap as StdMap;
use std::ops::Bound;

use offset_std::btree_map::Entry;
use offset_std::prelude::*;
use offset_std::{BTreeMap, BTreeMapMut};

use super::map::{Pairs, builds, cloned, map_ops, models};
use super::{Build, Collection, Element, Key, Op, Random, Trial, chosen, in_steps, op, same, user};

impl<K: Key, V: Element> Collection for BTreeMap<K, V> {
    type Model = StdMap<K::Model, V::Model>;

    fn fresh() -> impl Emplace<Self> {
        Empty
    }

    fn model(&self) -> Self::Model {
        assert_eq!((self.iter().len(), self.is_empty()), (self.len(), self.iter().next().is_none()));
        let forwards: Pairs<K, V> = self.iter().map(models).collect();
        let mut backwards: Pairs<K, V> = self.iter().rev().map(models).collect();
        backwards.reverse();
        assert_eq!(forwards, backwards);
        assert_eq!(forwards.len(), self.len());
        assert_eq!(self.first_key_value().map(models).as_ref(), forwards.first());
        assert_eq!(self.last_key_value().map(models).as_ref(), forwards.last());
        forwards.into_iter().collect()
    }

    fn check(&self) {
        for (key, value) in self {
            // By the search of its type.
            assert!(self.get(key).is_some_and(|found| std::ptr::eq(found, value) || size_of::<V>() == 0));
        }
    }

    fn seen(handle: &BTreeMapMut<'_, K, V>) -> Self::Model {
        <Self as Collection>::model(handle)
    }

    fn size(&self) -> usize {
        self.len()
    }

    fn give_up(handle: &mut BTreeMapMut<'_, K, V>) {
        handle.clear();
    }

    const OPS: &'static [Op<Self>] = map_ops![
        op(3, "try_insert by a key of another region", |t| {
            let (key, value) = t.pair();
            let own = Image::<K>::new(Build(key.clone()))?;
            same(t.it.contains_key(&*own), t.model.contains_key(&key));
            same(t.it.get(&DeepCopy(&*own)).map(V::model), t.model.get(&key).cloned());
            t.it.try_insert(DeepCopy(&*own), Build::<V>(value.clone()))?;
            t.model.insert(key, value);
            Ok(())
        }),
        in_steps(3, "try_extend", |t| {
            let many = t.many();
            t.it.try_extend(builds::<K, V>(&many))?;
            t.model.extend(many);
            Ok(())
        }),
        op(8, "remove", |t| {
            let key = t.key();
            same(t.it.remove(&Build::<K>(key.clone())).map(|old| old.model()), t.model.remove(&key));
            Ok(())
        }),
        in_steps(6, "remove many", |t| {
            let (key, many) = (t.key(), t.random.below(60));
            let keys: std::vec::Vec<_> = t.model.range(key..).take(many).map(|(key, _)| key.clone()).collect();
            for key in keys {
                same(t.it.remove(&Build::<K>(key.clone())).map(|old| old.model()), t.model.remove(&key));
            }
            Ok(())
        }),
        in_steps(4, "remove_entry to the other", |t| {
            let key = t.key();
            let removed = t.it.remove_entry(&Build::<K>(key.clone()));
            let expected = t.model.remove_entry(&key);
            same(removed.as_ref().map(|(key, value)| (key.model(), value.model())), expected.clone());
            if let Some((key, value)) = removed {
                // One is moved, one released.
                drop(value);
                let value = expected.as_ref().map_or_else(|| V::random(&mut t.random), |(_, value)| value.clone());
                t.other.try_insert(key, Build::<V>(value))?;
            }
            t.other_model.extend(expected);
            Ok(())
        }),
        in_steps(4, "pop_first to the other", |t| {
            let popped = t.it.pop_first();
            let expected = t.model.pop_first();
            same(popped.as_ref().map(|(key, value)| (key.model(), value.model())), expected.clone());
            popped.map_or(Ok(()), |(key, value)| t.other.try_insert(key, value).map(drop))?;
            t.other_model.extend(expected);
            Ok(())
        }),
        op(4, "pop_last", |t| {
            let popped = t.it.pop_last().map(|(key, value)| (key.model(), value.model()));
            same(popped, t.model.pop_last());
            Ok(())
        }),
        in_steps(3, "get_mut, first_mut, last_mut", |t| {
            let ((key, value), which) = (t.pair(), t.random.below(3));
            let handle = match which {
                0 => t.it.get_mut(&Build::<K>(key.clone())),
                1 => t.it.first_mut().map(|(_, value)| value),
                _ => t.it.last_mut().map(|(_, value)| value),
            };
            let element = match which {
                0 => t.model.get_mut(&key),
                1 => t.model.values_mut().next(),
                _ => t.model.values_mut().next_back(),
            };
            same(handle.is_some(), element.is_some());
            handle.map_or(Ok(()), |handle| V::edit(handle, &value))?;
            element.into_iter().for_each(|element| element.clone_from(&value));
            Ok(())
        }),
        op(3, "range", |t| {
            let (from, to) = t.bounds();
            let (sought, again) = (sought::<K>(&from, &to), sought::<K>(&from, &to));
            let found: Pairs<K, V> = t.it.range(sought).map(models).collect();
            let mut backwards: Pairs<K, V> = t.it.range(again).rev().map(models).collect();
            backwards.reverse();
            same(&found, &backwards);
            let expected = if in_order(&from, &to) { t.model.range((from, to)).map(cloned).collect() } else { vec![] };
            same(found, expected);
            Ok(())
        }),
        in_steps(2, "range_mut", |t| {
            let ((from, to), value) = (t.bounds(), V::random(&mut t.random));
            // All are alive at once.
            let handles: std::vec::Vec<_> = t.it.range_mut(sought::<K>(&from, &to)).collect();
            let elements = if in_order(&from, &to) { t.model.range_mut((from, to)).collect() } else { vec![] };
            same(handles.len(), elements.len());
            for ((key, handle), (model_key, element)) in handles.into_iter().zip(elements) {
                same(&key.model(), model_key);
                V::edit(handle, &value)?;
                element.clone_from(&value);
            }
            Ok(())
        }),
        in_steps(2, "iter_mut, values_mut", |t| {
            let (bits, value, backwards) = (t.random.bits(), V::random(&mut t.random), t.random.one_in(2));
            let keys: std::vec::Vec<bool> = t.it.keys().map(|key| chosen(bits, &key.model())).collect();
            let edited = |(handle, edit): (V::Mut<'_>, &bool)| if *edit { V::edit(handle, &value) } else { Ok(()) };
            if backwards {
                t.it.values_mut().rev().zip(keys.iter().rev()).try_for_each(edited)?;
            } else {
                let handles: std::vec::Vec<_> = t.it.iter_mut().map(|(_, handle)| handle).collect();
                handles.into_iter().zip(&keys).try_for_each(edited)?;
            }
            t.model.iter_mut().filter(|(key, _)| chosen(bits, *key)).for_each(|(_, place)| place.clone_from(&value));
            Ok(())
        }),
        op(2, "iter, from both ends", |t| {
            let mut front = t.random.answers();
            let (mut entries, mut expected) = (t.it.iter(), t.model.iter());
            for _ in 0..t.it.len() + 2 {
                same(entries.len(), expected.len());
                let (found, expected) = if front() {
                    (entries.next(), expected.next())
                } else {
                    (entries.next_back(), expected.next_back())
                };
                same(found.map(models), expected.map(cloned));
            }
            Ok(())
        }),
        in_steps(3, "try_split_off to the other", |t| {
            let key = t.key();
            let rest = t.it.try_split_off(&Build::<K>(key.clone()))?;
            let expected = t.model.split_off(&key);
            same(rest.len(), expected.len());
            t.other.try_set(rest)?;
            *t.other_model = expected;
            Ok(())
        }),
        op(3, "try_append", |t| {
            t.it.try_append(&mut t.other)?;
            t.model.append(t.other_model);
            Ok(())
        }),
        op(1, "try_append from another region", |t| {
            let mut copy = Image::<BTreeMap<K, V>>::new(DeepCopy(t.other.as_map()))?;
            let len = copy.len();
            let done = t.it.try_append(&mut copy.edit());
            assert_eq!(copy.len(), if done.is_ok() { 0 } else { len });
            done?;
            t.model.extend(t.other_model.clone());
            Ok(())
        }),
        op(2, "try_set", |t| {
            let many = t.many();
            t.other.try_set(from_iter(builds::<K, V>(&many)))?;
            *t.other_model = many.into_iter().collect();
            Ok(())
        }),
        op(1, "clear", |t| {
            t.it.clear();
            t.model.clear();
            Ok(())
        }),
    ];
}

pub(super) fn sought<K: Key>(from: &Bound<K::Model>, to: &Bound<K::Model>) -> (Bound<Build<K>>, Bound<Build<K>>) {
    (from.as_ref().map(|key| Build(key.clone())), to.as_ref().map(|key| Build(key.clone())))
}

/// Whether a range is one that std doesn't panic about.
pub(super) fn in_order<K: Ord>(from: &Bound<K>, to: &Bound<K>) -> bool {
    match (from, to) {
        (Bound::Excluded(from), Bound::Excluded(to)) => from < to,
        (Bound::Included(from) | Bound::Excluded(from), Bound::Included(to) | Bound::Excluded(to)) => from <= to,
        _ => true,
    }
}

impl<K: Key, V: Element> Trial<'_, '_, BTreeMap<K, V>> {
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

    fn bounds(&mut self) -> (Bound<K::Model>, Bound<K::Model>) {
        (self.random.bound(K::random), self.random.bound(K::random))
    }
}
