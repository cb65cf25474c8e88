//! The calls that vectors and queues have both.

/// The calls of a collection of elements in a row: those that all such have, and its own.
macro_rules! row_ops {
    ($($own:expr),* $(,)?) => {
        &[
            op(6, "try_insert", |t| {
                let (at, one) = (t.random.below(t.it.len() + 1), T::random(&mut t.random));
                t.it.try_insert(at, Build(one.clone()))?;
                t.model.insert(at, one);
                Ok(())
            }),
            in_steps_if_it_panics(6, "try_extend", |t| {
                let many = t.random.many(T::random);
                t.it.try_extend(builds::<T>(&many))?;
                t.model.extend(many);
                Ok(())
            }),
            op(3, "try_append", |t| {
                t.it.try_append(&mut t.other)?;
                t.model.append(t.other_model);
                Ok(())
            }),
            op(3, "try_swap_with", |t| {
                t.it.try_swap_with(&mut t.other)?;
                std::mem::swap(t.model, t.other_model);
                Ok(())
            }),
            op(2, "try_set", |t| {
                let many = t.random.many(T::random);
                t.it.try_set(many.iter().cloned().map(Build::<T>).collect::<StdVec<_>>())?;
                *t.model = many.into_iter().collect();
                Ok(())
            }),
            op(3, "try_set from an iterator of no known length", |t| {
                let many = t.random.many(T::random);
                t.other.try_set(from_iter(builds::<T>(&many).filter(|_| true)))?;
                *t.other_model = many.into_iter().collect();
                Ok(())
            }),
            in_steps_if_it_panics(2, "try_resize", |t| {
                let (len, one) = (t.random.below(40), T::random(&mut t.random));
                t.it.try_resize(len, Build(one.clone()))?;
                t.model.resize(len, one);
                Ok(())
            }),
            op(2, "try_reserve", |t| {
                let extra = t.random.below(40);
                t.it.try_reserve(extra)?;
                assert!(t.it.capacity() >= t.it.len() + extra);
                Ok(())
            }),
            op(2, "try_reserve_exact", |t| {
                let extra = t.random.below(40);
                t.it.try_reserve_exact(extra)?;
                assert!(t.it.capacity() >= t.it.len() + extra);
                Ok(())
            }),
            op(3, "truncate", |t| {
                let len = t.random.below(t.it.len() + 2);
                t.it.truncate(len);
                t.model.truncate(len);
                Ok(())
            }),
            op(3, "remove_range", |t| {
                let range = t.random.range(t.it.len());
                t.it.remove_range(range.clone());
                t.model.drain(range);
                Ok(())
            }),
            op(3, "retain", |t| {
                let (mut keep, mut model_keep) = t.answers();
                t.it.retain(|_| keep());
                t.model.retain(|_| model_keep());
                Ok(())
            }),
            in_steps(3, "retain_mut", |t| {
                let one = T::random(&mut t.random);
                let (mut edit, mut model_edit) = t.answers();
                let (mut keep, mut model_keep) = t.answers();
                let mut done = Ok(());
                t.it.retain_mut(|place| {
                    if edit() && done.is_ok() {
                        done = place.try_set(Build(one.clone()));
                    }
                    keep()
                });
                done?;
                t.model.retain_mut(|element| {
                    if model_edit() {
                        element.clone_from(&one);
                    }
                    model_keep()
                });
                Ok(())
            }),
            op(2, "swap", |t| {
                if let (Some(one), Some(other)) = (t.random.index(t.it.len()), t.random.index(t.it.len())) {
                    t.it.swap(one, other);
                    t.model.swap(one, other);
                }
                Ok(())
            }),
            op(3, "rotate_left", |t| {
                let by = t.random.below(t.it.len() + 1);
                t.it.rotate_left(by);
                t.model.rotate_left(by);
                Ok(())
            }),
            op(3, "rotate_right", |t| {
                let by = t.random.below(t.it.len() + 1);
                t.it.rotate_right(by);
                t.model.rotate_right(by);
                Ok(())
            }),
            $($own),*
        ]
    };
}

pub(super) use row_ops;
