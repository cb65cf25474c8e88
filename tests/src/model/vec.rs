//! `Vec` against std's.

use offset_std::prelude::*;
use offset_std::{Result, Vec, VecMut};

use super::row::row_ops;
use super::{Build, Collection, Key, Op, Trial, builds, in_steps, in_steps_if_it_panics, op, rank, same, user};

type StdVec<T> = std::vec::Vec<T>;

impl<T: Key> Collection for Vec<T> {
    type Model = StdVec<T::Model>;

    fn fresh() -> impl Emplace<Self> {
        Empty
    }

    fn model(&self) -> Self::Model {
        let mut backwards: StdVec<_> = self.iter().rev().map(T::model).collect();
        backwards.reverse();
        let indexed: StdVec<_> = (0..self.len()).map(|index| self[index].model()).collect();
        assert_eq!(indexed, backwards);
        indexed
    }

    fn seen(handle: &VecMut<'_, T>) -> Self::Model {
        <Self as Collection>::model(handle.as_vec())
    }

    fn size(&self) -> usize {
        self.len()
    }

    fn give_up(handle: &mut VecMut<'_, T>) {
        handle.clear();
        handle.shrink_to_fit();
    }

    const OPS: &'static [Op<Self>] = row_ops![
        op(12, "try_push", |t| {
            let one = T::random(&mut t.random);
            t.it.try_push(Build(one.clone()))?;
            t.model.push(one);
            Ok(())
        }),
        op(3, "try_extend_from_slice", |t| {
            t.it.try_extend_from_slice(&t.other)?;
            t.model.extend_from_slice(t.other_model);
            Ok(())
        }),
        op(2, "try_set by a deep copy", |t| {
            t.other.try_set(DeepCopy(t.it.as_vec()))?;
            t.other_model.clone_from(t.model);
            Ok(())
        }),
        op(6, "pop", |t| {
            same(t.it.pop().map(|popped| popped.model()), t.model.pop());
            Ok(())
        }),
        op(6, "remove", |t| {
            if let Some(at) = t.random.index(t.it.len()) {
                same(t.it.remove(at).model(), t.model.remove(at));
            }
            Ok(())
        }),
        op(6, "swap_remove", |t| {
            if let Some(at) = t.random.index(t.it.len()) {
                same(t.it.swap_remove(at).model(), t.model.swap_remove(at));
            }
            Ok(())
        }),
        op(3, "clear", |t| {
            t.it.clear();
            t.model.clear();
            Ok(())
        }),
        op(5, "shrink_to_fit", |t| {
            t.it.shrink_to_fit();
            assert!(size_of::<T>() == 0 || t.it.capacity() == t.it.len());
            Ok(())
        }),
        in_steps(3, "drain to the other", drain),
        op(2, "dedup", |t| {
            t.it.dedup();
            t.model.dedup();
            Ok(())
        }),
        op(2, "dedup_by_key", |t| {
            t.it.dedup_by_key(|element| {
                user::call();
                rank(&element.model())
            });
            t.model.dedup_by_key(|element| rank(element));
            Ok(())
        }),
        in_steps(2, "dedup_by", dedup_by),
        op(2, "sort", |t| {
            t.it.sort();
            t.model.sort();
            Ok(())
        }),
        op(2, "sort_by_key", |t| {
            t.it.sort_by_key(|element| {
                user::call();
                rank(&element.model())
            });
            t.model.sort_by_key(rank);
            Ok(())
        }),
        op(2, "sort_unstable", |t| {
            t.it.sort_unstable();
            t.model.sort_unstable();
            Ok(())
        }),
        op(2, "reverse", |t| {
            t.it.reverse();
            t.model.reverse();
            Ok(())
        }),
        op(3, "try_set of an element", |t| {
            if let Some(at) = t.random.index(t.it.len()) {
                let one = T::random(&mut t.random);
                t.it.as_slice_mut().try_set(at, Build(one.clone()))?;
                t.model[at] = one;
            }
            Ok(())
        }),
        in_steps(3, "get_mut, first_mut, last_mut", |t| {
            // One past the end too.
            let (at, one) = (t.random.below(t.it.len() + 1), T::random(&mut t.random));
            let which = t.random.below(3);
            let handle = match which {
                0 => t.it.get_mut(at),
                1 => t.it.first_mut(),
                _ => t.it.last_mut(),
            };
            let element = match which {
                0 => t.model.get_mut(at),
                1 => t.model.first_mut(),
                _ => t.model.last_mut(),
            };
            same(handle.is_some(), element.is_some());
            handle.map_or(Ok(()), |handle| T::edit(handle, &one))?;
            element.into_iter().for_each(|element| element.clone_from(&one));
            Ok(())
        }),
        in_steps(2, "split_at_mut", |t| {
            let at = t.random.below(t.it.len() + 1);
            let (one, other) = (T::random(&mut t.random), T::random(&mut t.random));
            let (mut front, mut back) = t.it.split_at_mut(at);
            // Both are alive at once.
            let (first, last) = (front.get_mut(0), back.len().checked_sub(1).and_then(|last| back.get_mut(last)));
            first.map_or(Ok(()), |handle| T::edit(handle, &one))?;
            last.map_or(Ok(()), |handle| T::edit(handle, &other))?;
            let (front, back) = t.model.split_at_mut(at);
            front.first_mut().into_iter().for_each(|element| *element = one.clone());
            back.last_mut().into_iter().for_each(|element| *element = other.clone());
            Ok(())
        }),
        in_steps(2, "iter_mut", |t| {
            let (mut edit, one) = (t.random.answers(), T::random(&mut t.random));
            // All are alive at once.
            let handles: StdVec<T::Mut<'_>> = t.it.iter_mut().collect();
            same(handles.len(), t.model.len());
            for (handle, element) in handles.into_iter().zip(t.model.iter_mut()) {
                if edit() {
                    T::edit(handle, &one)?;
                    element.clone_from(&one);
                }
            }
            Ok(())
        }),
    ];
}

fn drain<T: Key>(t: &mut Trial<'_, '_, Vec<T>>) -> Result<()> {
    let range = t.random.range(t.it.len());
    let (mut keep, mut model_keep) = t.answers();
    let (other, mut done) = (&mut t.other, Ok(()));
    t.it.drain(range.clone(), |popped| {
        if keep() && done.is_ok() {
            done = other.try_push(popped);
        }
    });
    done?;
    t.other_model.extend(t.model.drain(range).filter(|_| model_keep()));
    Ok(())
}

fn dedup_by<T: Key>(t: &mut Trial<'_, '_, Vec<T>>) -> Result<()> {
    let mut done = Ok(());
    t.it.dedup_by(|element, kept| {
        user::call();
        let alike = rank(&element.model()) == rank(&kept.model());
        if alike && done.is_ok() {
            done = kept.try_set(Build(element.model()));
        }
        alike
    });
    done?;
    t.model.dedup_by(|element, kept| {
        let alike = rank(element) == rank(kept);
        if alike {
            kept.clone_from(element);
        }
        alike
    });
    Ok(())
}
