//! `Box`, `Option<Box>`, `Maybe` and arrays, in a struct, against std's.

use offset_std::Box;
use offset_std::prelude::*;

use super::{Build, Collection, Key, Op, in_steps, op, same};

/// One value in every way that a single one is kept.
#[derive(Relocatable, Debug, PartialEq)]
#[repr(C)]
pub struct Values<T> {
    flag: bool,
    option: Option<Box<T>>,
    boxed: Box<T>,
    maybe: Maybe<T>,
    pair: [T; 2],
}

/// The same with std's types.
#[derive(Clone, Debug, PartialEq)]
pub struct ValuesModel<M> {
    option: Option<M>,
    boxed: M,
    maybe: Option<M>,
    pair: [M; 2],
}

impl<T: Key<Model: Default>> Collection for Values<T> {
    type Model = ValuesModel<T::Model>;

    fn fresh() -> impl Emplace<Self> {
        let one = || Build::<T>(T::Model::default());
        ValuesInit { flag: true, option: Empty, boxed: Boxed(one()), maybe: Empty, pair: [one(), one()] }
    }

    fn model(&self) -> Self::Model {
        assert!(self.flag);
        ValuesModel {
            option: self.option.as_ref().map(|value| value.model()),
            boxed: self.boxed.model(),
            maybe: self.maybe.as_option().map(T::model),
            pair: [self.pair[0].model(), self.pair[1].model()],
        }
    }

    fn seen(handle: &Place<'_, Self>) -> Self::Model {
        <Self as Collection>::model(handle)
    }

    fn size(&self) -> usize {
        1
    }

    fn give_up(handle: &mut Place<'_, Self>) {
        let mut fields = handle.edit();
        fields.option.clear();
        fields.maybe.clear();
        // A box is never empty, and a new value needs room.
        let _ = handle.try_set(Self::fresh());
    }

    const OPS: &'static [Op<Self>] = &[
        op(3, "OptionMut::try_set", |t| {
            let one = t.random.one_in(2).then(|| T::random(&mut t.random));
            t.it.edit().option.try_set(one.clone().map(|one| Boxed(Build::<T>(one))))?;
            t.model.option = one;
            Ok(())
        }),
        op(3, "OptionMut::try_insert", |t| {
            let one = T::random(&mut t.random);
            t.it.edit().option.try_insert(Build::<T>(one.clone()))?;
            t.model.option = Some(one);
            Ok(())
        }),
        op(2, "OptionMut::try_get_or_insert", |t| {
            let one = T::random(&mut t.random);
            t.it.edit().option.try_get_or_insert(Build::<T>(one.clone()))?;
            t.model.option.get_or_insert(one);
            Ok(())
        }),
        in_steps(3, "OptionMut::as_mut", |t| {
            let one = T::random(&mut t.random);
            let mut fields = t.it.edit();
            let handle = fields.option.as_mut();
            same(handle.is_some(), t.model.option.is_some());
            handle.map_or(Ok(()), |handle| T::edit(handle, &one))?;
            t.model.option.as_mut().into_iter().for_each(|element| element.clone_from(&one));
            Ok(())
        }),
        op(1, "OptionMut::clear", |t| {
            t.it.edit().option.clear();
            t.model.option = None;
            Ok(())
        }),
        op(3, "OptionMut::take, linked elsewhere", |t| {
            let taken = t.it.edit().option.take();
            t.other.edit().option.try_set(taken)?;
            t.other_model.option = t.model.option.take();
            Ok(())
        }),
        in_steps(3, "OptionMut::take, moved to another kind", |t| {
            let mut fields = t.it.edit();
            if let Some(taken) = fields.option.take() {
                fields.maybe.try_set(Some(taken))?;
            }
            if let Some(taken) = t.model.option.take() {
                t.model.maybe = Some(taken);
            }
            Ok(())
        }),
        op(3, "BoxMut::try_set", |t| {
            let one = T::random(&mut t.random);
            t.it.edit().boxed.try_set(Build::<T>(one.clone()))?;
            t.model.boxed = one;
            Ok(())
        }),
        in_steps(3, "BoxMut::get_mut", |t| {
            let one = T::random(&mut t.random);
            T::edit(t.it.edit().boxed.get_mut(), &one)?;
            t.model.boxed = one;
            Ok(())
        }),
        op(3, "BoxMut::into_place, swapped", |t| {
            t.it.edit().boxed.into_place().try_swap(&mut t.other.edit().boxed.into_place())?;
            std::mem::swap(&mut t.model.boxed, &mut t.other_model.boxed);
            Ok(())
        }),
        op(3, "MaybeMut::try_set", |t| {
            let one = t.random.one_in(2).then(|| T::random(&mut t.random));
            t.it.edit().maybe.try_set(one.clone().map(Build::<T>))?;
            t.model.maybe = one;
            Ok(())
        }),
        in_steps(3, "MaybeMut::as_mut", |t| {
            let one = T::random(&mut t.random);
            let mut fields = t.it.edit();
            let handle = fields.maybe.as_mut();
            same(handle.is_some(), t.model.maybe.is_some());
            handle.map_or(Ok(()), |handle| T::edit(handle, &one))?;
            t.model.maybe.as_mut().into_iter().for_each(|element| element.clone_from(&one));
            Ok(())
        }),
        in_steps(3, "MaybeMut::take, moved to another kind", |t| {
            let mut fields = t.it.edit();
            if let Some(taken) = fields.maybe.take() {
                t.other.edit().option.try_insert(taken)?;
            }
            if let Some(taken) = t.model.maybe.take() {
                t.other_model.option = Some(taken);
            }
            Ok(())
        }),
        op(1, "MaybeMut::clear", |t| {
            t.it.edit().maybe.clear();
            t.model.maybe = None;
            Ok(())
        }),
        op(3, "SliceMut::try_set of an array", |t| {
            let (at, one) = (t.random.below(2), T::random(&mut t.random));
            t.it.edit().pair.edit().try_set(at, Build::<T>(one.clone()))?;
            t.model.pair[at] = one;
            Ok(())
        }),
        op(2, "SliceMut::reverse of an array", |t| {
            t.it.edit().pair.edit().reverse();
            t.model.pair.reverse();
            Ok(())
        }),
        op(2, "Place::try_set", |t| {
            let mut one = || T::random(&mut t.random);
            let model = ValuesModel { option: Some(one()), boxed: one(), maybe: Some(one()), pair: [one(), one()] };
            let ValuesModel { option, boxed, maybe, pair } = model.clone();
            t.it.try_set(ValuesInit {
                flag: true,
                option: option.map(|one| Boxed(Build::<T>(one))),
                boxed: Boxed(Build::<T>(boxed)),
                maybe: maybe.map(Build::<T>),
                pair: pair.map(Build::<T>),
            })?;
            *t.model = model;
            Ok(())
        }),
        op(2, "Place::try_set by a deep copy", |t| {
            t.other.try_set(DeepCopy(&*t.it))?;
            t.other_model.clone_from(t.model);
            Ok(())
        }),
        op(2, "Place::try_swap", |t| {
            t.it.try_swap(&mut t.other)?;
            std::mem::swap(t.model, t.other_model);
            Ok(())
        }),
    ];
}
