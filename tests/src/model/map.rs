//! What ordered and hash maps have both.

use super::{Build, Element, Key, user};

/// Keys with their values.
pub(super) type Pairs<K, V> = std::vec::Vec<(<K as Element>::Model, <V as Element>::Model)>;

/// Initialisers of pairs, from an iterator that is user code.
pub(super) fn builds<K: Key, V: Element>(pairs: &Pairs<K, V>) -> impl Iterator<Item = (Build<K>, Build<V>)> {
    user::calls(pairs.iter().cloned().map(|(key, value)| (Build(key), Build(value))))
}

/// A pair of a collection.
pub(super) fn models<K: Element, V: Element>((key, value): (&K, &V)) -> (K::Model, V::Model) {
    (key.model(), value.model())
}

/// A pair of a model.
pub(super) fn cloned<K: Clone, V: Clone>((key, value): (&K, &V)) -> (K, V) {
    (key.clone(), value.clone())
}

/// The calls of a map: those that all such have, and its own.
macro_rules! map_ops {
    ($($own:expr),* $(,)?) => {
        &[
            op(16, "try_insert", |t| {
                let (key, value) = t.pair();
                let before = t.it.try_insert(Build(key.clone()), Build(value.clone()))?;
                same(before.map(|popped| popped.model()), t.model.insert(key, value));
                Ok(())
            }),
            in_steps(5, "try_insert many", |t| {
                for (key, value) in t.many() {
                    t.it.try_insert(Build(key.clone()), Build(value.clone()))?;
                    t.model.insert(key, value);
                }
                Ok(())
            }),
            op(4, "entry, try_or_insert", |t| {
                let (key, value) = t.pair();
                t.it.entry(Build::<K>(key.clone())).try_or_insert(Build::<V>(value.clone()))?;
                t.model.entry(key).or_insert(value);
                Ok(())
            }),
            op(3, "entry, and_modify, try_or_insert_with", |t| {
                let ((key, value), other) = (t.pair(), V::random(&mut t.random));
                let mut done = Ok(());
                let entry = t.it.entry(Build::<K>(key.clone())).and_modify(|place| {
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
            op(5, "entry, matched", |t| {
                let ((key, value), what) = (t.pair(), t.random.below(4));
                match t.it.entry(Build::<K>(key.clone())) {
                    Entry::Occupied(entry) if what == 0 => same(Some(entry.remove().model()), t.model.remove(&key)),
                    Entry::Occupied(entry) if what == 1 => {
                        let (old_key, value) = entry.remove_entry();
                        same(Some((old_key.model(), value.model())), t.model.remove_entry(&key));
                    }
                    Entry::Occupied(mut entry) => {
                        same(Some((entry.key().model(), entry.get().model())), t.model.get_key_value(&key).map(cloned));
                        let before = entry.try_insert(Build(value.clone()))?.model();
                        same(Some(before), t.model.insert(key, value));
                    }
                    Entry::Vacant(entry) => {
                        same(&entry.key().0, &key);
                        entry.try_insert(Build(value.clone()))?;
                        same(t.model.insert(key, value), None);
                    }
                }
                Ok(())
            }),
            op(2, "retain", |t| {
                let bits = t.random.bits();
                t.it.retain(|key, _| {
                    user::call();
                    chosen(bits, &key.model())
                });
                t.model.retain(|key, _| chosen(bits, key));
                Ok(())
            }),
            in_steps(2, "retain, set", |t| {
                let (edit, keep, value) = (t.random.bits(), t.random.bits(), V::random(&mut t.random));
                let mut done = Ok(());
                t.it.retain(|key, place| {
                    user::call();
                    if chosen(edit, &key.model()) && done.is_ok() {
                        done = place.try_set(Build(value.clone()));
                    }
                    chosen(keep, &key.model())
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
            $($own),*
        ]
    };
}

pub(super) use map_ops;
