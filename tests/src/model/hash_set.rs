//! `HashSet` against std's.

use std::hash::{BuildHasherDefault, DefaultHasher};

use offset_std::prelude::*;
use offset_std::{HashSet, HashSetMut, Seeded};

use super::{Build, Collection, Key, Op, Trial, builds, chosen, in_steps, op, same, user};

/// In the same order for the same calls.
type StdSet<T> = std::collections::HashSet<T, BuildHasherDefault<DefaultHasher>>;

impl<T: Key> Collection for HashSet<T> {
    type Model = StdSet<T::Model>;

    fn fresh() -> impl Emplace<Self> {
        Seeded(3, Empty)
    }

    fn model(&self) -> Self::Model {
        assert_eq!((self.iter().count(), self.iter().len()), (self.len(), self.len()));
        self.iter().map(T::model).collect()
    }

    fn check(&self) {
        assert!(self.is_well_placed());
    }

    fn seen(handle: &HashSetMut<'_, T>) -> Self::Model {
        <Self as Collection>::model(handle)
    }

    fn size(&self) -> usize {
        self.len()
    }

    fn give_up(handle: &mut HashSetMut<'_, T>) {
        handle.clear();
        handle.shrink_to_fit();
    }

    const OPS: &'static [Op<Self>] = &[
        op(20, "try_insert", |t| {
            let one = t.element();
            same(t.it.try_insert(Build(one.clone()))?, t.model.insert(one));
            Ok(())
        }),
        op(4, "try_extend", |t| {
            let many = t.random.many(T::random);
            t.it.try_extend(builds::<T>(&many))?;
            t.model.extend(many);
            Ok(())
        }),
        op(8, "remove", |t| {
            let one = t.element();
            same(t.it.remove(&Build(one.clone())), t.model.remove(&one));
            Ok(())
        }),
        in_steps(5, "take to the other", |t| {
            let one = t.element();
            let taken = t.it.take(&Build(one.clone()));
            same(taken.as_ref().map(|popped| popped.model()), t.model.contains(&one).then(|| one.clone()));
            if let Some(taken) = taken {
                t.other.try_insert(taken)?;
            }
            if t.model.remove(&one) {
                t.other_model.insert(one);
            }
            Ok(())
        }),
        op(3, "get, contains, contains_many", |t| {
            let keys = t.random.many(T::random);
            let sought: std::vec::Vec<Build<T>> = keys.iter().cloned().map(Build).collect();
            let expected: std::vec::Vec<bool> = keys.iter().map(|key| t.model.contains(key)).collect();
            same(&t.it.contains_many(&sought).collect(), &expected);
            for (key, expected) in sought.iter().zip(expected) {
                same(t.it.contains(key), expected);
                same(t.it.get(key).map(T::model), expected.then(|| key.0.clone()));
            }
            Ok(())
        }),
        op(3, "of both sets", |t| {
            let (it, other) = (t.it.as_set(), t.other.as_set());
            let models = |found: &mut dyn Iterator<Item = &T>| found.map(T::model).collect::<StdSet<_>>();
            same(models(&mut it.intersection(other)), t.model.intersection(t.other_model).cloned().collect());
            same(models(&mut it.difference(other)), t.model.difference(t.other_model).cloned().collect());
            same(models(&mut it.union(other)), t.model.union(t.other_model).cloned().collect());
            let symmetric = models(&mut it.symmetric_difference(other));
            same(symmetric, t.model.symmetric_difference(t.other_model).cloned().collect());
            same(it.is_disjoint(other), t.model.is_disjoint(t.other_model));
            same(it.is_subset(other), t.model.is_subset(t.other_model));
            same(it.is_superset(other), t.model.is_superset(t.other_model));
            Ok(())
        }),
        op(2, "retain", |t| {
            let bits = t.random.bits();
            t.it.retain(|element| {
                user::call();
                chosen(bits, &element.model())
            });
            t.model.retain(|element| chosen(bits, element));
            Ok(())
        }),
        in_steps(1, "drain to the other", |t| {
            let bits = t.random.bits();
            let (other, mut done) = (&mut t.other, Ok(()));
            t.it.drain(|element| {
                user::call();
                if chosen(bits, &element.model()) && done.is_ok() {
                    done = other.try_insert(Build(element.model())).map(drop);
                }
            });
            done?;
            t.other_model.extend(t.model.drain().filter(|element| chosen(bits, element)));
            Ok(())
        }),
        op(1, "clear", |t| {
            t.it.clear();
            t.model.clear();
            Ok(())
        }),
        op(1, "try_reserve", |t| {
            let extra = t.random.below(300);
            t.it.try_reserve(extra)?;
            assert!(t.it.capacity() >= t.it.len() + extra);
            Ok(())
        }),
        op(2, "try_shrink_to_fit", |t| t.it.try_shrink_to_fit()),
        op(2, "try_set", |t| {
            let many = t.random.many(T::random);
            t.it.try_set(Seeded(5, from_iter(builds::<T>(&many))))?;
            *t.model = many.into_iter().collect();
            Ok(())
        }),
        op(2, "try_swap_with", |t| {
            t.it.try_swap_with(&mut t.other)?;
            std::mem::swap(t.model, t.other_model);
            Ok(())
        }),
        op(1, "try_set by a deep copy", |t| {
            t.other.try_set(DeepCopy(t.it.as_set()))?;
            t.other_model.clone_from(t.model);
            Ok(())
        }),
    ];
}

impl<T: Key> Trial<'_, '_, HashSet<T>> {
    /// An element that is there, or any.
    fn element(&mut self) -> T::Model {
        let any = T::random(&mut self.random);
        let index = self.random.below(2 * self.model.len() + 1);
        self.model.iter().nth(index).cloned().unwrap_or(any)
    }
}
