//! Sequences, boxes and options.

use std::borrow::Cow;
use std::collections::{LinkedList, VecDeque};

use offset_core::{Boxed, Filled, Maybe, Result, Slot, from_iter};

use super::{FromStd, Optional, Twin, TwinType};

/// Whether as many twins are those of `std`, in order.
fn equal<'a, 'b, S: 'a, W: Twin<S, Region: 'b>>(
    std: impl ExactSizeIterator<Item = &'a S>,
    twins: impl ExactSizeIterator<Item = &'b W::Region>,
) -> bool {
    std.len() == twins.len() && std.zip(twins).all(|(std, twin)| W::equals(std, twin))
}

/// Sequences that become a vector.
macro_rules! vectors {
    ($([$($generics:tt)*] $std:ty, $stand_in:ty: $list:ident => $emplace:expr;)*) => {$(
        impl<$($generics)* S, W: TwinType<S>> TwinType<$std> for $stand_in {
            type Region = crate::Vec<W::Region>;
            type Optional = Maybe<crate::Vec<W::Region>>;
        }

        impl<$($generics)* S, W: Twin<S>> Twin<$std> for $stand_in {
            #[inline]
            fn emplace<'s>($list: &$std, slot: Slot<'s, Self::Region>) -> Result<Filled<'s, Self::Region>> {
                $emplace(slot)
            }

            fn to_std(twin: &Self::Region) -> Result<$std> {
                Ok(W::to_vec(twin)?.into_iter().collect())
            }

            fn equals($list: &$std, twin: &Self::Region) -> bool {
                equal::<S, W>($list.iter(), twin.iter())
            }
        }
    )*};
}
vectors! {
    [] Vec<S>, Vec<W>: list => |slot| W::emplace_slice(list, slot);
    [] Box<[S]>, Box<[W]>: list => |slot| W::emplace_slice(list, slot);
    [] LinkedList<S>, LinkedList<W>: list => |slot: Slot<'s, _>| slot.build(from_iter(list.iter().map(FromStd::<S, W>::new)));
}

impl<'a, S: Clone, W: TwinType<S> + Clone> TwinType<Cow<'a, [S]>> for Cow<'a, [W]> {
    type Region = crate::Vec<W::Region>;
    type Optional = Maybe<crate::Vec<W::Region>>;
}

impl<'a, S: Clone, W: Twin<S> + Clone> Twin<Cow<'a, [S]>> for Cow<'a, [W]> {
    fn emplace<'s>(std: &Cow<'a, [S]>, slot: Slot<'s, Self::Region>) -> Result<Filled<'s, Self::Region>> {
        W::emplace_slice(std, slot)
    }

    fn to_std(twin: &Self::Region) -> Result<Cow<'a, [S]>> {
        W::to_vec(twin).map(Cow::Owned)
    }

    fn equals(std: &Cow<'a, [S]>, twin: &Self::Region) -> bool {
        equal::<S, W>(std.iter(), twin.iter())
    }
}

impl<S, W: TwinType<S>> TwinType<VecDeque<S>> for VecDeque<W> {
    type Region = crate::VecDeque<W::Region>;
    type Optional = Maybe<crate::VecDeque<W::Region>>;
}

impl<S, W: Twin<S>> Twin<VecDeque<S>> for VecDeque<W> {
    fn emplace<'s>(std: &VecDeque<S>, slot: Slot<'s, Self::Region>) -> Result<Filled<'s, Self::Region>> {
        slot.build(from_iter(std.iter().map(FromStd::<S, W>::new)))
    }

    fn to_std(twin: &Self::Region) -> Result<VecDeque<S>> {
        twin.iter().map(W::to_std).collect()
    }

    fn equals(std: &VecDeque<S>, twin: &Self::Region) -> bool {
        equal::<S, W>(std.iter(), twin.iter())
    }
}

impl<S, W: TwinType<S>, const N: usize> TwinType<[S; N]> for [W; N] {
    type Region = [W::Region; N];
    type Optional = Maybe<[W::Region; N]>;
}

impl<S, W: Twin<S>, const N: usize> Twin<[S; N]> for [W; N] {
    #[inline]
    fn emplace<'s>(std: &[S; N], slot: Slot<'s, Self::Region>) -> Result<Filled<'s, Self::Region>> {
        W::emplace_array(std, slot)
    }

    #[inline]
    fn to_std(twin: &Self::Region) -> Result<[S; N]> {
        W::to_array(twin)
    }

    #[inline]
    fn equals(std: &[S; N], twin: &Self::Region) -> bool {
        equal::<S, W>(std.iter(), twin.iter())
    }
}

impl<S, W: TwinType<S>> TwinType<Box<S>> for Box<W> {
    type Region = crate::Box<W::Region>;
    type Optional = Option<crate::Box<W::Region>>;
}

impl<S, W: Twin<S>> Twin<Box<S>> for Box<W> {
    #[inline]
    fn emplace<'s>(std: &Box<S>, slot: Slot<'s, Self::Region>) -> Result<Filled<'s, Self::Region>> {
        slot.build(Boxed(FromStd::<S, W>::new(std)))
    }

    #[inline]
    fn to_std(twin: &Self::Region) -> Result<Box<S>> {
        W::to_std(twin).map(Box::new)
    }

    #[inline]
    fn equals(std: &Box<S>, twin: &Self::Region) -> bool {
        W::equals(std, twin)
    }
}

impl<S, W: TwinType<S>> TwinType<Option<S>> for Option<W> {
    type Region = W::Optional;
    type Optional = Maybe<W::Optional>;
}

impl<S, W: Twin<S>> Twin<Option<S>> for Option<W> {
    #[inline]
    fn emplace<'s>(std: &Option<S>, slot: Slot<'s, Self::Region>) -> Result<Filled<'s, Self::Region>> {
        Optional::emplace(std.as_ref().map(FromStd::<S, W>::new), slot)
    }

    #[inline]
    fn to_std(twin: &Self::Region) -> Result<Option<S>> {
        twin.as_option().map(W::to_std).transpose()
    }

    #[inline]
    fn equals(std: &Option<S>, twin: &Self::Region) -> bool {
        match (std, twin.as_option()) {
            (Some(std), Some(twin)) => W::equals(std, twin),
            (std, twin) => std.is_none() && twin.is_none(),
        }
    }
}
