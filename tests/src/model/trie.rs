//! `Trie` against std's `BTreeMap` of byte strings.

use std::collections::BTreeMap as StdMap;

use offset_std::prelude::*;
use offset_std::trie::Entry;
use offset_std::{Trie, TrieMut};

use super::btree_map::in_order;
use super::{Build, Collection, Element, Op, Random, Trial, chosen, in_steps, op, same, user};

type Bytes = std::vec::Vec<u8>;
type Pairs<V> = std::vec::Vec<(Bytes, <V as Element>::Model)>;

impl<V: Element> Collection for Trie<V> {
    type Model = StdMap<Bytes, V::Model>;

    fn fresh() -> impl Emplace<Self> {
        Empty
    }

    fn model(&self) -> Self::Model {
        let forwards = models(self.iter());
        let mut backwards: Pairs<V> = models(self.iter().rev());
        backwards.reverse();
        assert_eq!(forwards, backwards);
        assert_eq!((forwards.len(), forwards.is_empty()), (self.len(), self.is_empty()));
        assert_eq!(models(self.first_key_value().into_iter()).first(), forwards.first());
        assert_eq!(models(self.last_key_value().into_iter()).last(), forwards.last());
        forwards.into_iter().collect()
    }

    fn check(&self) {
        for (key, value) in self.iter() {
            assert!(self.get(key).is_some_and(|found| std::ptr::eq(found, value) || size_of::<V>() == 0));
        }
    }

    fn size(&self) -> usize {
        self.len()
    }

    fn give_up(mut handle: TrieMut<'_, V>) {
        handle.clear();
    }

    const OPS: &'static [Op<Self>] = &[
        op(12, "try_insert", |t| {
            let (key, value) = t.pair();
            let before = t.it.try_insert(&key, Build(value.clone()))?;
            same(before.map(|popped| popped.model()), t.model.insert(key, value));
            Ok(())
        }),
        in_steps(6, "try_extend", |t| {
            let many = t.many();
            t.it.try_extend(user::calls(many.iter().map(|(key, value)| (key, Build::<V>(value.clone())))))?;
            t.model.extend(many);
            Ok(())
        }),
        in_steps(8, "remove to the other", |t| {
            let key = t.key();
            let (removed, expected) = (t.it.remove(&key), t.model.remove(&key));
            same(removed.as_ref().map(|popped| popped.model()), expected.clone());
            removed.map_or(Ok(()), |popped| t.other.try_insert(&key, popped).map(drop))?;
            t.other_model.extend(expected.map(|value| (key, value)));
            Ok(())
        }),
        in_steps(6, "remove many", |t| {
            let (key, many) = (t.key(), t.random.below(60));
            let keys: std::vec::Vec<_> = t.model.range(key..).take(many).map(|(key, _)| key.clone()).collect();
            for key in keys {
                same(t.it.remove(&key).map(|old| old.model()), t.model.remove(&key));
            }
            Ok(())
        }),
        op(4, "remove_prefix", |t| {
            let mut prefix = t.key();
            prefix.truncate(2);
            let before = t.model.len();
            t.model.retain(|key, _| !key.starts_with(&prefix));
            same(t.it.remove_prefix(&prefix), before - t.model.len());
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
            same(t.it.pop_last().map(|(key, value)| (key, value.model())), t.model.pop_last());
            Ok(())
        }),
        in_steps(4, "get_mut, first_mut, last_mut, longest_prefix_mut", |t| {
            let ((key, value), which) = (t.pair(), t.random.below(4));
            let handle = match which {
                0 => t.it.get_mut(&key),
                1 => t.it.first_mut().map(|(_, value)| value),
                2 => t.it.last_mut().map(|(_, value)| value),
                _ => t.it.longest_prefix_mut(&key).map(|(_, value)| value),
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
            let entry = t.it.entry(&key);
            same(entry.key(), &key);
            entry.try_or_insert(Build(value.clone()))?;
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
                Build(value.clone())
            })?;
            t.model.entry(key).and_modify(|place| place.clone_from(&other)).or_insert(value);
            Ok(())
        }),
        op(3, "entry, matched", |t| {
            let ((key, value), remove) = (t.pair(), t.random.one_in(2));
            match t.it.entry(&key) {
                Entry::Occupied(entry) if remove => same(Some(entry.remove().model()), t.model.remove(&key)),
                Entry::Occupied(mut entry) => {
                    same((entry.key(), Some(entry.get().model())), (&key[..], t.model.get(&key).cloned()));
                    let before = entry.try_insert(Build(value.clone()))?.model();
                    same(Some(before), t.model.insert(key, value));
                }
                Entry::Vacant(entry) => {
                    entry.try_insert(Build(value.clone()))?;
                    same(t.model.insert(key, value), None);
                }
            }
            Ok(())
        }),
        op(3, "range", |t| {
            let (from, to) = (t.random.bound(key), t.random.bound(key));
            let found = models(t.it.range::<Bytes, _>((from.clone(), to.clone())));
            let mut backwards = models(t.it.range::<Bytes, _>((from.clone(), to.clone())).rev());
            backwards.reverse();
            same(&found, &backwards);
            let expected = if in_order(&from, &to) { cloned(t.model.range((from, to))) } else { vec![] };
            same(found, expected);
            Ok(())
        }),
        op(3, "prefix, common_prefixes, longest_prefix", |t| {
            let key = t.key();
            let prefix = &key[..t.random.below(key.len() + 1)];
            let expected = cloned(t.model.iter().filter(|(other, _)| other.starts_with(prefix)));
            same(&models(t.it.prefix(prefix)), &expected);
            let mut backwards = models(t.it.prefix(prefix).rev());
            backwards.reverse();
            same(backwards, expected);
            let expected = cloned(t.model.iter().filter(|(other, _)| key.starts_with(other)));
            same(&models(t.it.common_prefixes(&key)), &expected);
            same(models(t.it.longest_prefix(&key).into_iter()).pop(), expected.last().cloned());
            Ok(())
        }),
        in_steps(3, "range_mut, prefix_mut", |t| {
            let (from, to, value) = (t.random.bound(key), t.random.bound(key), V::random(&mut t.random));
            let (mut prefix, by_prefix) = (t.key(), t.random.one_in(2));
            prefix.truncate(3);
            let there = |key: &Bytes| key.starts_with(&prefix);
            // All are alive at once.
            let handles: std::vec::Vec<_> = match by_prefix {
                true => t.it.prefix_mut(&prefix).collect(),
                false => t.it.range_mut::<Bytes, _>((from.clone(), to.clone())).collect(),
            };
            let elements: std::vec::Vec<_> = match by_prefix {
                true => t.model.iter_mut().filter(|(key, _)| there(key)).collect(),
                false if in_order(&from, &to) => t.model.range_mut((from, to)).collect(),
                false => vec![],
            };
            same(handles.len(), elements.len());
            for ((key, handle), (model_key, element)) in handles.into_iter().zip(elements) {
                same(key, &model_key[..]);
                V::edit(handle, &value)?;
                element.clone_from(&value);
            }
            Ok(())
        }),
        in_steps(2, "iter_mut, values_mut", |t| {
            let (bits, value) = (t.random.bits(), V::random(&mut t.random));
            same(t.it.values_mut().count(), t.model.len());
            let handles: std::vec::Vec<_> = t.it.iter_mut().collect();
            for ((key, handle), (model_key, element)) in handles.into_iter().zip(t.model.iter_mut()) {
                same(key, &model_key[..]);
                if chosen(bits, model_key) {
                    V::edit(handle, &value)?;
                    element.clone_from(&value);
                }
            }
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
                same(models(found.into_iter()), cloned(expected.into_iter()));
            }
            Ok(())
        }),
        op(2, "retain", |t| {
            let bits = t.random.bits();
            t.it.retain(|key, _| {
                user::call();
                chosen(bits, &key.to_vec())
            });
            t.model.retain(|key, _| chosen(bits, key));
            Ok(())
        }),
        in_steps(2, "retain, set", |t| {
            let (edit, keep, value) = (t.random.bits(), t.random.bits(), V::random(&mut t.random));
            let mut done = Ok(());
            t.it.retain(|key, place| {
                user::call();
                if chosen(edit, &key.to_vec()) && done.is_ok() {
                    done = place.try_set(Build(value.clone()));
                }
                chosen(keep, &key.to_vec())
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
        op(2, "try_swap_with", |t| {
            t.it.try_swap_with(&mut t.other)?;
            std::mem::swap(t.model, t.other_model);
            Ok(())
        }),
        op(2, "try_set", |t| {
            let many = t.many();
            t.other
                .try_set(from_iter(user::calls(many.iter().map(|(key, value)| (key, Build::<V>(value.clone()))))))?;
            *t.other_model = many.into_iter().collect();
            Ok(())
        }),
        op(2, "try_set by a deep copy", |t| {
            t.other.try_set(DeepCopy(t.it.as_trie()))?;
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

/// What an iterator gave, as a model would have it.
fn models<'a, V: Element>(entries: impl Iterator<Item = (&'a [u8], &'a V)>) -> Pairs<V> {
    entries.map(|(key, value)| (key.to_vec(), value.model())).collect()
}

fn cloned<'a, M: Clone + 'a>(entries: impl Iterator<Item = (&'a Bytes, &'a M)>) -> std::vec::Vec<(Bytes, M)> {
    entries.map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// A key: ones that begin alike, end within one another, and have more bytes than a leaf takes.
fn key(random: &mut Random) -> Bytes {
    let few = |random: &mut Random, most| -> Bytes {
        (0..random.below(most)).map(|_| [0, 1, b'a', 255][random.below(4)]).collect()
    };
    match random.below(10) {
        0..3 => few(random, 6),
        3..7 => [few(random, 3), vec![random.bits() as u8]].concat(),
        7..9 => random.text().into_bytes(),
        _ => [vec![b'x'; [240, 249, 400][random.below(3)]], few(random, 12)].concat(),
    }
}

impl<V: Element> Trial<'_, '_, Trie<V>> {
    /// A key that is there, or any.
    fn key(&mut self) -> Bytes {
        let any = key(&mut self.random);
        let index = self.random.below(2 * self.model.len() + 1);
        self.model.keys().nth(index).cloned().unwrap_or(any)
    }

    fn pair(&mut self) -> (Bytes, V::Model) {
        (self.key(), V::random(&mut self.random))
    }

    fn many(&mut self) -> Pairs<V> {
        self.random.many(|random| (key(random), V::random(random)))
    }
}
