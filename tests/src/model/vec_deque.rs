//! `VecDeque` against std's.

use std::collections::VecDeque as StdDeque;

use offset_std::prelude::*;
use offset_std::{Result, VecDeque, VecDequeMut};

use super::row::row_ops;
use super::{Build, Collection, Key, Op, Trial, builds, in_steps, in_steps_if_it_panics, op, same};

type StdVec<T> = std::vec::Vec<T>;

impl<T: Key> Collection for VecDeque<T> {
    type Model = StdDeque<T::Model>;

    fn fresh() -> impl Emplace<Self> {
        Empty
    }

    fn model(&self) -> Self::Model {
        let indexed: Self::Model = (0..self.len()).map(|index| self[index].model()).collect();
        let (front, back) = self.as_slices();
        assert!(front.iter().chain(back).map(T::model).eq(indexed.iter().cloned()));
        assert!(self.iter().rev().map(T::model).eq(indexed.iter().rev().cloned()));
        assert_eq!(self.front().map(T::model).as_ref(), indexed.front());
        assert_eq!(self.back().map(T::model).as_ref(), indexed.back());
        assert!(self.get(self.len()).is_none() && self.capacity() >= self.len());
        indexed
    }

    fn seen(handle: &VecDequeMut<'_, T>) -> Self::Model {
        <Self as Collection>::model(handle)
    }

    fn size(&self) -> usize {
        self.len()
    }

    fn give_up(handle: &mut VecDequeMut<'_, T>) {
        handle.clear();
        handle.shrink_to_fit();
    }

    const OPS: &'static [Op<Self>] = row_ops![
        op(10, "try_push_back", |t| {
            let one = T::random(&mut t.random);
            t.it.try_push_back(Build(one.clone()))?;
            t.model.push_back(one);
            Ok(())
        }),
        op(10, "try_push_front", |t| {
            let one = T::random(&mut t.random);
            t.it.try_push_front(Build(one.clone()))?;
            t.model.push_front(one);
            Ok(())
        }),
        op(3, "try_extend_from_slice", |t| {
            let (front, back) = t.other.as_slices();
            // The first of the two is undone by hand, as no call takes both.
            let before = t.it.len();
            t.it.try_extend_from_slice(front)?;
            t.it.try_extend_from_slice(back).inspect_err(|_| t.it.truncate(before))?;
            t.model.extend(t.other_model.iter().cloned());
            Ok(())
        }),
        op(2, "try_set by a deep copy", |t| {
            t.other.try_set(DeepCopy(t.it.as_deque()))?;
            assert!(t.other.as_slices().1.is_empty());
            t.other_model.clone_from(t.model);
            Ok(())
        }),
        op(6, "pop_front", |t| {
            same(t.it.pop_front().map(|popped| popped.model()), t.model.pop_front());
            Ok(())
        }),
        op(6, "pop_back", |t| {
            same(t.it.pop_back().map(|popped| popped.model()), t.model.pop_back());
            Ok(())
        }),
        in_steps(3, "pop_front to the other's front", |t| {
            let (popped, expected) = (t.it.pop_front(), t.model.pop_front());
            same(popped.as_ref().map(|popped| popped.model()), expected.clone());
            popped.map_or(Ok(()), |popped| t.other.try_push_front(popped))?;
            expected.into_iter().for_each(|one| t.other_model.push_front(one));
            Ok(())
        }),
        op(6, "remove", |t| {
            // One past the end too.
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
        op(2, "clear", |t| {
            let capacity = t.it.capacity();
            t.it.clear();
            assert_eq!(t.it.capacity(), capacity);
            t.model.clear();
            Ok(())
        }),
        op(5, "shrink_to_fit", |t| {
            t.it.shrink_to_fit();
            // What the last unit has room for.
            assert!(size_of::<T>() == 0 || (t.it.capacity() - t.it.len()) * size_of::<T>() < 8);
            Ok(())
        }),
        in_steps(4, "drain to the other", drain),
        op(2, "make_contiguous", |t| {
            let len = t.it.len();
            assert_eq!(t.it.make_contiguous().len(), len);
            assert!(t.it.as_slices().1.is_empty());
            Ok(())
        }),
        in_steps(2, "searches of a sorted deque", search),
        op(2, "contains", |t| {
            let one = Image::<T>::new(Build::<T>(T::random(&mut t.random)))?;
            same(t.it.contains(&*one), t.model.contains(&one.model()));
            Ok(())
        }),
        op(2, "range, from both ends", |t| {
            let range = t.random.range(t.it.len());
            let mut from_front = t.random.answers();
            let (mut found, mut expected) = (t.it.range(range.clone()), t.model.range(range.clone()));
            for _ in 0..range.len() + 1 {
                same(found.len(), expected.len());
                let (one, other) = if from_front() {
                    (found.next(), expected.next())
                } else {
                    (found.next_back(), expected.next_back())
                };
                same(one.map(T::model).as_ref(), other);
            }
            Ok(())
        }),
        in_steps(3, "get_mut, front_mut, back_mut", |t| {
            // One past the end too.
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
        in_steps(2, "iter_mut, as_mut_slices", |t| {
            let (mut edit, one) = (t.random.answers(), T::random(&mut t.random));
            // All are alive at once.
            let handles: StdVec<T::Mut<'_>> = if t.random.one_in(2) {
                t.it.iter_mut().collect()
            } else {
                let (front, back) = t.it.as_mut_slices();
                front.into_iter().chain(back).collect()
            };
            same(handles.len(), t.model.len());
            for (handle, element) in handles.into_iter().zip(t.model.iter_mut()) {
                if edit() {
                    T::edit(handle, &one)?;
                    element.clone_from(&one);
                }
            }
            Ok(())
        }),
        in_steps(2, "range_mut, from both ends", |t| {
            let range = t.random.range(t.it.len());
            let (mut from_front, one) = (t.random.answers(), T::random(&mut t.random));
            let (mut handles, mut elements) = (t.it.range_mut(range.clone()), t.model.range_mut(range.clone()));
            for _ in 0..range.len() + 1 {
                same(handles.len(), elements.len());
                let (handle, element) = if from_front() {
                    (handles.next(), elements.next())
                } else {
                    (handles.next_back(), elements.next_back())
                };
                handle.map_or(Ok(()), |handle| T::edit(handle, &one))?;
                element.into_iter().for_each(|element| element.clone_from(&one));
            }
            Ok(())
        }),
    ];
}

fn drain<T: Key>(t: &mut Trial<'_, '_, VecDeque<T>>) -> Result<()> {
    let range = t.random.range(t.it.len());
    let (mut keep, mut model_keep) = t.answers();
    let (other, mut done) = (&mut t.other, Ok(()));
    let mut seen = StdVec::new();
    t.it.drain(range.clone(), |popped| {
        seen.push(popped.model());
        if keep() && done.is_ok() {
            done = other.try_push_back(popped);
        }
    });
    done?;
    let drained: StdVec<_> = t.model.drain(range).collect();
    same(&seen, &drained);
    t.other_model.extend(drained.into_iter().filter(|_| model_keep()));
    Ok(())
}

fn search<T: Key>(t: &mut Trial<'_, '_, VecDeque<T>>) -> Result<()> {
    let one = Image::<T>::new(Build::<T>(T::random(&mut t.random)))?;
    let by = t.random.below(t.it.len() + 1);
    t.it.make_contiguous().sort();
    t.model.make_contiguous().sort();
    // Sorted, and now and then in two runs.
    t.it.rotate_left(by);
    t.it.rotate_right(by);
    let found = t.it.binary_search(&one);
    same(found.is_ok(), t.model.binary_search(&one.model()).is_ok());
    same(t.it.binary_search_by(|element| element.model().cmp(&one.model())), found);
    same(t.it.binary_search_by_key(&one.model(), T::model), found);
    let point = t.it.partition_point(|element| element.model() < one.model());
    same(point, t.model.partition_point(|element| *element < one.model()));
    Ok(())
}
