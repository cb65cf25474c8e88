//! `Trie` against std's `BTreeMap` with keys of bytes.

use std::collections::BTreeMap as StdMap;

use offset_std::prelude::*;
use offset_std::trie::Entry;
use offset_std::{Trie, TrieMut};

use super::btree_map::in_order;
use super::map::cloned;
use super::{Build, Collection, Element, Op, Random, Trial, chosen, in_steps, op, same, user};

type Key = std::vec::Vec<u8>;
type Pairs<V> = std::vec::Vec<(Key, <V as Element>::Model)>;

/// A key as user code has it: every look at its bytes is a [call](user::call).
struct Sought<'a>(&'a [u8]);

impl AsRef<[u8]> for Sought<'_> {
    fn as_ref(&self) -> &[u8] {
        user::call();
        self.0
    }
}

/// A key: many that begin alike or end within one another, some with any byte, some longer than a leaf takes.
fn key(random: &mut Random) -> Key {
    let few = [0, 1, b'a', 255];
    let few =
        |random: &mut Random, most| -> Key { (0..random.below(most)).map(|_| few[random.below(few.len())]).collect() };
    match random.below(10) {
        0..3 => few(random, 6),
        3..7 => [few(random, 3), vec![random.bits() as u8]].concat(),
        7..9 => random.text().into_bytes(),
        _ => [vec![b'x'; [240, 248, 400][random.below(3)]], few(random, 12)].concat(),
    }
}

fn models<V: Element>((key, value): (&[u8], &V)) -> (Key, V::Model) {
    (key.to_vec(), value.model())
}

impl<V: Element> Collection for Trie<V> {
    type Model = StdMap<Key, V::Model>;

    fn fresh() -> impl Emplace<Self> {
        Empty
    }

    fn model(&self) -> Self::Model {
        assert_eq!((self.iter().len(), self.is_empty()), (self.len(), self.iter().next().is_none()));
        let forwards: Pairs<V> = self.iter().map(models).collect();
        let mut backwards: Pairs<V> = self.iter().rev().map(models).collect();
        backwards.reverse();
        assert_eq!(forwards, backwards);
        assert_eq!(forwards.len(), self.len());
        assert!(forwards.is_sorted_by(|(one, _), (next, _)| one < next));
        assert_eq!(self.first_key_value().map(models).as_ref(), forwards.first());
        assert_eq!(self.last_key_value().map(models).as_ref(), forwards.last());
        forwards.into_iter().collect()
    }

    fn check(&self) {
        for (key, value) in self {
            assert!(self.get(key).is_some_and(|found| std::ptr::eq(found, value)));
        }
    }

    fn seen(handle: &TrieMut<'_, V>) -> Self::Model {
        <Self as Collection>::model(handle)
    }

    fn size(&self) -> usize {
        self.len()
    }

    fn give_up(handle: &mut TrieMut<'_, V>) {
        handle.clear();
    }

    const OPS: &'static [Op<Self>] = &[
        op(12, "try_insert", |t| {
            let (key, value) = t.pair();
            let before = t.it.try_insert(&Sought(&key), Build(value.clone()))?;
            same(before.map(|popped| popped.model()), t.model.insert(key, value));
            Ok(())
        }),
        in_steps(8, "try_extend", |t| {
            let many = t.many();
            t.it.try_extend(user::calls(many.iter().map(|(key, value)| (key, Build::<V>(value.clone())))))?;
            t.model.extend(many);
            Ok(())
        }),
        op(8, "remove", |t| {
            let key = t.key();
            same(t.it.remove(&Sought(&key)).map(|old| old.model()), t.model.remove(&key));
            Ok(())
        }),
        in_steps(6, "remove many", |t| {
            let (key, many) = (t.key(), t.random.below(60));
            let keys: std::vec::Vec<_> = t.model.range(key..).take(many).map(|(key, _)| key.clone()).collect();
            for key in keys {
                same(t.it.remove(&Sought(&key)).map(|old| old.model()), t.model.remove(&key));
            }
            Ok(())
        }),
        op(4, "remove_prefix", |t| {
            let (mut prefix, len) = (t.key(), t.random.below(4));
            prefix.truncate(len);
            let gone = t.it.remove_prefix(&Sought(&prefix));
            let before = t.model.len();
            t.model.retain(|key, _| !key.starts_with(&prefix));
            same(gone, before - t.model.len());
            Ok(())
        }),
        in_steps(4, "remove to the other", |t| {
            let key = t.key();
            let (removed, expected) = (t.it.remove(&key), t.model.remove(&key));
            same(removed.as_ref().map(|value| value.model()), expected.clone());
            removed.map_or(Ok(()), |value| t.other.try_insert(&key, value).map(drop))?;
            t.other_model.extend(expected.map(|value| (key, value)));
            Ok(())
        }),
        in_steps(4, "pop_first to the other", |t| {
            let (popped, expected) = (t.it.pop_first(), t.model.pop_first());
            same(popped.as_ref().map(|(key, value)| (key.clone(), value.model())), expected.clone());
            popped.map_or(Ok(()), |(key, value)| t.other.try_insert(&key, value).map(drop))?;
            t.other_model.extend(expected);
            Ok(())
        }),
        op(4, "pop_last", |t| {
            let popped = t.it.pop_last().map(|(key, value)| (key, value.model()));
            same(popped, t.model.pop_last());
            Ok(())
        }),
        in_steps(3, "get_mut, first_mut, last_mut, longest_prefix_mut", |t| {
            let ((key, value), which) = (t.pair(), t.random.below(4));
            let handle = match which {
                0 => t.it.get_mut(&Sought(&key)),
                1 => t.it.first_mut().map(|(_, value)| value),
                2 => t.it.last_mut().map(|(_, value)| value),
                _ => t.it.longest_prefix_mut(&Sought(&key)).map(|(_, value)| value),
            };
            let element = match which {
                0 => t.model.get_mut(&key),
                1 => t.model.values_mut().next(),
                2 => t.model.values_mut().next_back(),
                _ => t.model.iter_mut().rfind(|(other, _)| key.starts_with(other)).map(|(_, value)| value),
            };
            same(handle.is_some(), element.is_some());
            handle.map_or(Ok(()), |handle| V::edit(handle, &value))?;
            element.into_iter().for_each(|element| element.clone_from(&value));
            Ok(())
        }),
        op(3, "entry, try_or_insert", |t| {
            let (key, value) = t.pair();
            t.it.entry(&Sought(&key)).try_or_insert(Build::<V>(value.clone()))?;
            t.model.entry(key).or_insert(value);
            Ok(())
        }),
        op(2, "entry, and_modify, try_or_insert_with", |t| {
            let ((key, value), other) = (t.pair(), V::random(&mut t.random));
            let mut done = Ok(());
            let entry = t.it.entry(&key).and_modify(|place| {
                user::call();
                done = place.try_set(Build(other.clone()));
            });
            done?;
            entry.try_or_insert_with(|| {
                user::call();
                Build::<V>(value.clone())
            })?;
            t.model.entry(key).and_modify(|place| place.clone_from(&other)).or_insert(value);
            Ok(())
        }),
        op(3, "entry, matched", |t| {
            let ((key, value), remove) = (t.pair(), t.random.one_in(2));
            let entry = t.it.entry(&key);
            same(entry.key(), &key);
            match entry {
                Entry::Occupied(entry) if remove => {
                    same(Some(entry.remove().model()), t.model.remove(&key));
                }
                Entry::Occupied(mut entry) => {
                    same(Some((entry.key().to_vec(), entry.get().model())), t.model.get_key_value(&key).map(cloned));
                    let before = entry.try_insert(Build(value.clone()))?.model();
                    same(Some(before), t.model.insert(key, value));
                }
                Entry::Vacant(entry) => {
                    same(entry.key(), &key);
                    entry.try_insert(Build(value.clone()))?;
                    same(t.model.insert(key, value), None);
                }
            }
            Ok(())
        }),
        op(3, "range", |t| {
            let (from, to) = (t.random.bound(key), t.random.bound(key));
            let range = (from.clone(), to.clone());
            let found: Pairs<V> = t.it.range::<Key, _>(range.clone()).map(models).collect();
            let mut backwards: Pairs<V> = t.it.range::<Key, _>(range).rev().map(models).collect();
            backwards.reverse();
            same(&found, &backwards);
            let expected = if in_order(&from, &to) { t.model.range((from, to)).map(cloned).collect() } else { vec![] };
            same(found, expected);
            Ok(())
        }),
        in_steps(2, "range_mut", |t| {
            let (from, to, value) = (t.random.bound(key), t.random.bound(key), V::random(&mut t.random));
            // All are alive at once.
            let handles: std::vec::Vec<_> = t.it.range_mut::<Key, _>((from.clone(), to.clone())).collect();
            let elements = if in_order(&from, &to) { t.model.range_mut((from, to)).collect() } else { vec![] };
            same(handles.len(), elements.len());
            for ((key, handle), (model_key, element)) in handles.into_iter().zip(elements) {
                same(key, model_key);
                V::edit(handle, &value)?;
                element.clone_from(&value);
            }
            Ok(())
        }),
        op(3, "prefix", |t| {
            let key = t.key();
            for len in 0..=key.len().min(6) {
                let prefix = &key[..len];
                let found: Pairs<V> = t.it.prefix(&Sought(prefix)).map(models).collect();
                let mut backwards: Pairs<V> = t.it.prefix(prefix).rev().map(models).collect();
                backwards.reverse();
                same(&found, &backwards);
                same(found, t.model.iter().filter(|(key, _)| key.starts_with(prefix)).map(cloned).collect());
            }
            Ok(())
        }),
        in_steps(2, "prefix_mut", |t| {
            let ((mut prefix, value), len) = (t.pair(), t.random.below(4));
            prefix.truncate(len);
            let handles: std::vec::Vec<_> = t.it.prefix_mut(&Sought(&prefix)).collect();
            let elements = t.model.iter_mut().filter(|(key, _)| key.starts_with(&prefix));
            for ((key, handle), (model_key, element)) in handles.into_iter().zip(elements) {
                same(key, model_key);
                V::edit(handle, &value)?;
                element.clone_from(&value);
            }
            Ok(())
        }),
        op(3, "common_prefixes, longest_prefix", |t| {
            let key = t.key();
            let found: Pairs<V> = t.it.common_prefixes(&Sought(&key)).map(models).collect();
            let expected: Pairs<V> = t.model.iter().filter(|(other, _)| key.starts_with(other)).map(cloned).collect();
            same(t.it.longest_prefix(&Sought(&key)).map(models), expected.last().cloned());
            same(found, expected);
            Ok(())
        }),
        in_steps(2, "iter_mut, values_mut", |t| {
            let (bits, value, backwards) = (t.random.bits(), V::random(&mut t.random), t.random.one_in(2));
            let keys: std::vec::Vec<bool> = t.it.keys().map(|key| chosen(bits, &key)).collect();
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
        in_steps(2, "retain, set", |t| {
            let (edit, keep, value) = (t.random.bits(), t.random.bits(), V::random(&mut t.random));
            let mut done = Ok(());
            t.it.retain(|key, place| {
                user::call();
                if chosen(edit, &key) && done.is_ok() {
                    done = place.try_set(Build(value.clone()));
                }
                chosen(keep, &key)
            });
            done?;
            t.model.retain(|key, place| {
                if chosen(edit, key) {
                    place.clone_from(&value);
                }
                chosen(keep, key)
            });
            Ok(())
        }),
        op(2, "retain", |t| {
            let bits = t.random.bits();
            t.it.retain(|key, _| {
                user::call();
                chosen(bits, &key)
            });
            t.model.retain(|key, _| chosen(bits, key));
            Ok(())
        }),
        op(2, "try_swap_with", |t| {
            t.it.try_swap_with(&mut t.other)?;
            std::mem::swap(t.model, t.other_model);
            Ok(())
        }),
        op(2, "try_set", |t| {
            let many = t.many();
            t.it.try_set(from_iter(user::calls(many.iter().map(|(key, value)| (key, Build::<V>(value.clone()))))))?;
            *t.model = many.into_iter().collect();
            Ok(())
        }),
        op(2, "try_set by a deep copy", |t| {
            t.other.try_set(DeepCopy(&*t.it))?;
            t.other_model.clone_from(t.model);
            Ok(())
        }),
        op(1, "clear", |t| {
            t.it.clear();
            t.model.clear();
            Ok(())
        }),
    ];
}

impl<V: Element> Trial<'_, '_, Trie<V>> {
    /// A key that is there, or any.
    fn key(&mut self) -> Key {
        let any = key(&mut self.random);
        let index = self.random.below(2 * self.model.len() + 1);
        self.model.keys().nth(index).cloned().unwrap_or(any)
    }

    fn pair(&mut self) -> (Key, V::Model) {
        (self.key(), V::random(&mut self.random))
    }

    fn many(&mut self) -> Pairs<V> {
        self.random.many(|random| (key(random), V::random(random)))
    }
}
