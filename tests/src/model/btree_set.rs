//! `BTreeSet` against std's.

use std::collections::BTreeSet as StdSet;

use offset_std::prelude::*;
use offset_std::{BTreeSet, BTreeSetMut};

use super::btree_map::{in_order, sought};
use super::{Build, Collection, Key, Op, Trial, builds, chosen, in_steps, op, same, user};

type StdVec<T> = std::vec::Vec<T>;

impl<T: Key> Collection for BTreeSet<T> {
    type Model = StdSet<T::Model>;

    fn fresh() -> impl Emplace<Self> {
        Empty
    }

    fn model(&self) -> Self::Model {
        let forwards: StdVec<T::Model> = self.iter().map(T::model).collect();
        let mut backwards: StdVec<T::Model> = self.iter().rev().map(T::model).collect();
        backwards.reverse();
        assert_eq!(forwards, backwards);
        assert_eq!((forwards.len(), forwards.is_empty()), (self.len(), self.is_empty()));
        assert_eq!(self.first().map(T::model).as_ref(), forwards.first());
        assert_eq!(self.last().map(T::model).as_ref(), forwards.last());
        forwards.into_iter().collect()
    }

    fn check(&self) {
        assert!(self.iter().all(|element| self.contains(element)));
    }

    fn seen(handle: &BTreeSetMut<'_, T>) -> Self::Model {
        <Self as Collection>::model(handle)
    }

    fn size(&self) -> usize {
        self.len()
    }

    fn give_up(handle: &mut BTreeSetMut<'_, T>) {
        handle.clear();
    }

    const OPS: &'static [Op<Self>] = &[
        op(16, "try_insert", |t| {
            let one = t.element();
            same(t.it.try_insert(Build(one.clone()))?, t.model.insert(one));
            Ok(())
        }),
        in_steps(6, "try_extend", |t| {
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
            let (taken, expected) = (t.it.take(&Build::<T>(one.clone())), t.model.take(&one));
            same(taken.as_ref().map(|popped| popped.model()), expected.clone());
            taken.map_or(Ok(false), |popped| t.other.try_insert(popped))?;
            t.other_model.extend(expected);
            Ok(())
        }),
        op(3, "pop_first", |t| {
            same(t.it.pop_first().map(|popped| popped.model()), t.model.pop_first());
            Ok(())
        }),
        in_steps(3, "pop_last to the other", |t| {
            let (popped, expected) = (t.it.pop_last(), t.model.pop_last());
            same(popped.as_ref().map(|popped| popped.model()), expected.clone());
            popped.map_or(Ok(false), |popped| t.other.try_insert(popped))?;
            t.other_model.extend(expected);
            Ok(())
        }),
        op(3, "get, contains", |t| {
            let key = t.element();
            same(t.it.contains(&Build(key.clone())), t.model.contains(&key));
            same(t.it.get(&Build(key.clone())).map(T::model), t.model.get(&key).cloned());
            Ok(())
        }),
        op(3, "range", |t| {
            let (from, to) = (t.random.bound(T::random), t.random.bound(T::random));
            let found: StdVec<T::Model> = t.it.range(sought::<T>(&from, &to)).map(T::model).collect();
            let expected = if in_order(&from, &to) { t.model.range((from, to)).cloned().collect() } else { vec![] };
            same(found, expected);
            Ok(())
        }),
        op(3, "of both sets", |t| {
            same(t.it.is_disjoint(&t.other), t.model.is_disjoint(t.other_model));
            same(t.it.is_subset(&t.other), t.model.is_subset(t.other_model));
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
        in_steps(2, "try_split_off to the other", |t| {
            let one = t.element();
            let rest = t.it.try_split_off(&Build::<T>(one.clone()))?;
            let expected = t.model.split_off(&one);
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
        op(2, "try_swap_with", |t| {
            t.it.try_swap_with(&mut t.other)?;
            std::mem::swap(t.model, t.other_model);
            Ok(())
        }),
        op(2, "try_set", |t| {
            let many = t.random.many(T::random);
            t.it.try_set(from_iter(builds::<T>(&many)))?;
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

impl<T: Key> Trial<'_, '_, BTreeSet<T>> {
    /// An element that is there, or any.
    fn element(&mut self) -> T::Model {
        let any = T::random(&mut self.random);
        let index = self.random.below(2 * self.model.len() + 1);
        self.model.iter().nth(index).cloned().unwrap_or(any)
    }
}
