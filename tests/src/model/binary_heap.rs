//! `BinaryHeap` against std's, which is modelled by what it holds, in order.

use offset_std::prelude::*;
use offset_std::{BinaryHeap, BinaryHeapMut};

use super::{Build, Collection, Key, Op, builds, chosen, in_steps, in_steps_if_it_panics, op, same, user};

type StdVec<T> = std::vec::Vec<T>;

/// What a heap holds, smallest first: std's heap compares equal to nothing.
fn insert<M: Ord>(model: &mut StdVec<M>, one: M) {
    model.insert(model.partition_point(|other| *other < one), one);
}

impl<T: Key> Collection for BinaryHeap<T> {
    type Model = StdVec<T::Model>;

    fn fresh() -> impl Emplace<Self> {
        Empty
    }

    fn model(&self) -> Self::Model {
        let mut all: StdVec<_> = self.iter().map(T::model).collect();
        assert_eq!((self.len(), self.is_empty(), self.as_slice().len()), (all.len(), all.is_empty(), all.len()));
        all.sort();
        all
    }

    fn check(&self) {
        assert!(self.is_heap());
        assert_eq!(self.peek().map(T::model), self.iter().map(T::model).max());
    }

    fn seen(handle: &BinaryHeapMut<'_, T>) -> Self::Model {
        <Self as Collection>::model(handle)
    }

    fn size(&self) -> usize {
        self.len()
    }

    fn mend(handle: &mut BinaryHeapMut<'_, T>) {
        handle.restore();
    }

    fn give_up(handle: &mut BinaryHeapMut<'_, T>) {
        handle.clear();
        handle.shrink_to_fit();
    }

    const OPS: &'static [Op<Self>] = &[
        op(12, "try_push", |t| {
            let one = T::random(&mut t.random);
            t.it.try_push(Build(one.clone()))?;
            insert(t.model, one);
            Ok(())
        }),
        op(8, "pop", |t| {
            same(t.it.pop().map(|popped| popped.model()), t.model.pop());
            Ok(())
        }),
        in_steps(3, "pop to the other", |t| {
            let (popped, expected) = (t.it.pop(), t.model.pop());
            same(popped.as_ref().map(|popped| popped.model()), expected.clone());
            popped.map_or(Ok(()), |popped| t.other.try_push(popped))?;
            expected.into_iter().for_each(|one| insert(t.other_model, one));
            Ok(())
        }),
        op(1, "peek_mut, to look", |t| {
            same(t.it.peek_mut().map(|greatest| greatest.model()).as_ref(), t.model.last());
            Ok(())
        }),
        // Once it was edited, a comparison that panics leaves it out of order.
        in_steps(4, "peek_mut, try_set", |t| {
            let (one, whole, forget) = (T::random(&mut t.random), t.random.one_in(2), t.random.one_in(4));
            let Some(mut greatest) = t.it.peek_mut() else { return Ok(()) };
            let new = Build(one.clone());
            let done = if whole { greatest.place().try_set(new) } else { greatest.try_set(new) };
            if forget {
                std::mem::forget(greatest);
                t.it.restore();
            } else {
                drop(greatest);
            }
            done?;
            t.model.pop();
            insert(t.model, one);
            Ok(())
        }),
        op(2, "peek_mut, pop", |t| {
            let popped = t.it.peek_mut().map(|greatest| greatest.pop().model());
            same(popped, t.model.pop());
            Ok(())
        }),
        in_steps_if_it_panics(4, "try_extend", |t| {
            let many = t.random.many(T::random);
            t.it.try_extend(builds::<T>(&many))?;
            many.into_iter().for_each(|one| insert(t.model, one));
            Ok(())
        }),
        in_steps_if_it_panics(2, "try_append", |t| {
            t.it.try_append(&mut t.other)?;
            t.model.append(t.other_model);
            t.model.sort();
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
            *t.model = many;
            t.model.sort();
            Ok(())
        }),
        op(2, "try_set by a deep copy", |t| {
            t.other.try_set(DeepCopy(t.it.as_heap()))?;
            t.other_model.clone_from(t.model);
            Ok(())
        }),
        in_steps_if_it_panics(2, "retain", |t| {
            let bits = t.random.bits();
            t.it.retain(|element| {
                user::call();
                chosen(bits, &element.model())
            });
            t.model.retain(|element| chosen(bits, element));
            Ok(())
        }),
        in_steps(2, "drain to the other", |t| {
            let bits = t.random.bits();
            let (other, mut done) = (&mut t.other, Ok(()));
            t.it.drain(|popped| {
                user::call();
                if chosen(bits, &popped.model()) && done.is_ok() {
                    done = other.try_push(popped);
                }
            });
            done?;
            t.model.drain(..).filter(|one| chosen(bits, one)).for_each(|one| insert(t.other_model, one));
            Ok(())
        }),
        op(1, "clear", |t| {
            t.it.clear();
            t.model.clear();
            Ok(())
        }),
        op(2, "try_reserve, try_reserve_exact", |t| {
            let extra = t.random.below(40);
            if t.random.one_in(2) { t.it.try_reserve(extra) } else { t.it.try_reserve_exact(extra) }?;
            assert!(t.it.capacity() >= t.it.len() + extra);
            Ok(())
        }),
        op(3, "shrink_to_fit", |t| {
            t.it.shrink_to_fit();
            assert!(size_of::<T>() == 0 || t.it.capacity() == t.it.len());
            Ok(())
        }),
        op(2, "sort", |t| {
            t.it.sort();
            same(t.it.as_slice().iter().rev().map(T::model).collect(), t.model.clone());
            Ok(())
        }),
        op(2, "to_sorted_vec", |t| {
            let sorted: StdVec<T::Model> = t.it.to_sorted_vec().into_iter().map(T::model).collect();
            same(&sorted, t.model);
            Ok(())
        }),
    ];
}
