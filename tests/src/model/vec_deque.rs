//! `VecDeque` against std's.

use std::collections::VecDeque as StdDeque;

use offset_std::prelude::*;
use offset_std::{Result, VecDeque, VecDequeMut};

use super::{Build, Collection, Key, Op, Trial, builds, in_steps, in_steps_if_it_panics, op, same, user};

type StdVec<T> = std::vec::Vec<T>;

impl<T: Key> Collection for VecDeque<T> {
    type Model = StdDeque<T::Model>;

    fn fresh() -> impl Emplace<Self> {
        Empty
    }

    fn model(&self) -> Self::Model {
        let forwards: StdDeque<_> = self.iter().map(T::model).collect();
        let mut backwards: StdVec<_> = self.iter().rev().map(T::model).collect();
        backwards.reverse();
        assert_eq!(forwards, backwards);
        let (front, back) = self.as_slices();
        assert!(forwards.iter().cloned().eq(front.iter().chain(back).map(T::model)));
        assert!(forwards.iter().cloned().eq((0..self.len()).map(|index| self[index].model())));
        assert_eq!(
            (self.front().map(T::model).as_ref(), self.back().map(T::model).as_ref()),
            (forwards.front(), forwards.back())
        );
        assert_eq!(self.is_empty(), forwards.is_empty());
        forwards
    }

    fn size(&self) -> usize {
        self.len()
    }

    fn give_up(mut handle: VecDequeMut<'_, T>) {
        handle.clear();
        handle.shrink_to_fit();
    }

    const OPS: &'static [Op<Self>] = &[
        op(8, "try_push_back", |t| {
            let one = T::random(&mut t.random);
            t.it.try_push_back(Build(one.clone()))?;
            t.model.push_back(one);
            Ok(())
        }),
        op(8, "try_push_front", |t| {
            let one = T::random(&mut t.random);
            t.it.try_push_front(Build(one.clone()))?;
            t.model.push_front(one);
            Ok(())
        }),
        op(5, "try_insert", |t| {
            let (at, one) = (t.random.below(t.it.len() + 1), T::random(&mut t.random));
            t.it.try_insert(at, Build(one.clone()))?;
            t.model.insert(at, one);
            Ok(())
        }),
        in_steps_if_it_panics(5, "try_extend", |t| {
            let many = t.random.many(T::random);
            t.it.try_extend(builds::<T>(&many))?;
            t.model.extend(many);
            Ok(())
        }),
        op(2, "try_extend_from_slice", |t| {
            t.it.try_extend_from_slice(t.other.as_slices().0)?;
            t.model.extend(t.other.as_slices().0.iter().map(T::model));
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
            t.other.try_set(from_iter(builds::<T>(&many)))?;
            *t.other_model = many.into();
            Ok(())
        }),
        op(2, "try_set by a deep copy", |t| {
            t.other.try_set(DeepCopy(t.it.as_deque()))?;
            t.other_model.clone_from(t.model);
            Ok(())
        }),
        in_steps_if_it_panics(2, "try_resize", |t| {
            let (len, one) = (t.random.below(40), T::random(&mut t.random));
            t.it.try_resize(len, Build(one.clone()))?;
            t.model.resize(len, one);
            Ok(())
        }),
        op(2, "try_reserve, try_reserve_exact", |t| {
            let extra = t.random.below(40);
            if t.random.one_in(2) { t.it.try_reserve(extra) } else { t.it.try_reserve_exact(extra) }?;
            assert!(t.it.capacity() >= t.it.len() + extra);
            Ok(())
        }),
        op(4, "shrink_to_fit", |t| {
            t.it.shrink_to_fit();
            Ok(())
        }),
        op(6, "pop_back", |t| {
            same(t.it.pop_back().map(|popped| popped.model()), t.model.pop_back());
            Ok(())
        }),
        in_steps(6, "pop_front to the other", |t| {
            let (popped, expected) = (t.it.pop_front(), t.model.pop_front());
            same(popped.as_ref().map(|popped| popped.model()), expected.clone());
            popped.map_or(Ok(()), |popped| t.other.try_push_front(popped))?;
            expected.into_iter().for_each(|one| t.other_model.push_front(one));
            Ok(())
        }),
        op(4, "remove", |t| {
            let at = t.random.below(t.it.len() + 1);
            same(t.it.remove(at).map(|popped| popped.model()), t.model.remove(at));
            Ok(())
        }),
        op(3, "swap_remove_front", |t| {
            let at = t.random.below(t.it.len() + 1);
            same(t.it.swap_remove_front(at).map(|popped| popped.model()), t.model.swap_remove_front(at));
            Ok(())
        }),
        op(3, "swap_remove_back", |t| {
            let at = t.random.below(t.it.len() + 1);
            same(t.it.swap_remove_back(at).map(|popped| popped.model()), t.model.swap_remove_back(at));
            Ok(())
        }),
        op(2, "truncate", |t| {
            let len = t.random.below(t.it.len() + 2);
            t.it.truncate(len);
            t.model.truncate(len);
            Ok(())
        }),
        op(1, "clear", |t| {
            t.it.clear();
            t.model.clear();
            Ok(())
        }),
        op(3, "remove_range", |t| {
            let range = t.random.range(t.it.len());
            t.it.remove_range(range.clone());
            t.model.drain(range);
            Ok(())
        }),
        op(2, "retain", |t| {
            let mut random = t.random.clone();
            let (mut keep, mut model_keep) = (t.random.answers(), random.answers());
            t.it.retain(|_| {
                user::call();
                keep()
            });
            t.model.retain(|_| model_keep());
            Ok(())
        }),
        in_steps(2, "retain_mut", retain_mut),
        in_steps(3, "drain to the other", drain),
        op(3, "rotate_left, rotate_right", |t| {
            let by = t.random.below(t.it.len() + 1);
            if t.random.one_in(2) {
                t.it.rotate_left(by);
                t.model.rotate_left(by);
            } else {
                t.it.rotate_right(by);
                t.model.rotate_right(by);
            }
            Ok(())
        }),
        op(2, "swap", |t| {
            if let (Some(one), Some(other)) = (t.random.index(t.it.len()), t.random.index(t.it.len())) {
                t.it.swap(one, other);
                t.model.swap(one, other);
            }
            Ok(())
        }),
        in_steps(3, "get_mut, front_mut, back_mut", |t| {
            let (at, one) = (t.random.below(t.it.len() + 1), T::random(&mut t.random));
            let which = t.random.below(3);
            let handle = match which {
                0 => t.it.get_mut(at),
                1 => t.it.front_mut(),
                _ => t.it.back_mut(),
            };
            let element = match which {
                0 => t.model.get_mut(at),
                1 => t.model.front_mut(),
                _ => t.model.back_mut(),
            };
            same(handle.is_some(), element.is_some());
            handle.map_or(Ok(()), |handle| T::edit(handle, &one))?;
            element.into_iter().for_each(|element| element.clone_from(&one));
            Ok(())
        }),
        in_steps(2, "iter_mut, range_mut", |t| {
            let (range, one, all) = (t.random.range(t.it.len()), T::random(&mut t.random), t.random.one_in(2));
            let range = if all { 0..t.it.len() } else { range };
            // All are alive at once.
            let handles: StdVec<T::Mut<'_>> =
                if all { t.it.iter_mut() } else { t.it.range_mut(range.clone()) }.collect();
            same(handles.len(), range.len());
            handles.into_iter().try_for_each(|handle| T::edit(handle, &one))?;
            t.model.range_mut(range).for_each(|element| element.clone_from(&one));
            Ok(())
        }),
    ];
}

fn retain_mut<T: Key>(t: &mut Trial<'_, '_, VecDeque<T>>) -> Result<()> {
    let (edit, keep, one) = (t.random.bits(), t.random.bits(), T::random(&mut t.random));
    let chosen = |bits: u64, index: usize| bits >> (index % 64) & 1 == 1;
    let (mut index, mut done) = (0.., Ok(()));
    t.it.retain_mut(|place| {
        user::call();
        let index = index.next().unwrap_or(0);
        if chosen(edit, index) && done.is_ok() {
            done = place.try_set(Build(one.clone()));
        }
        chosen(keep, index)
    });
    done?;
    let mut index = 0..;
    t.model.retain_mut(|element| {
        let index = index.next().unwrap_or(0);
        if chosen(edit, index) {
            element.clone_from(&one);
        }
        chosen(keep, index)
    });
    Ok(())
}

fn drain<T: Key>(t: &mut Trial<'_, '_, VecDeque<T>>) -> Result<()> {
    let range = t.random.range(t.it.len());
    let mut random = t.random.clone();
    let (mut keep, mut model_keep) = (t.random.answers(), random.answers());
    let (other, mut done) = (&mut t.other, Ok(()));
    t.it.drain(range.clone(), |popped| {
        user::call();
        if keep() && done.is_ok() {
            done = other.try_push_back(popped);
        }
    });
    done?;
    t.other_model.extend(t.model.drain(range).filter(|_| model_keep()));
    Ok(())
}
