//! Plain numbers that are never zero: what keys and symbols have in common.

/// Implements the traits of core for a transparent wrapper of a `NonZero` integer, all of whose values are values of it.
macro_rules! nonzero {
    ([$($generic:ident)?] $type:ty as $bits:ty, $name:literal, $optional:literal, $expected:literal, $kind:expr) => {
        // SAFETY: R1: a transparent integer; R3: one leaf, without padding; R5: plain data has no handle.
        unsafe impl<$($generic)?> Relocatable for $type {
            type Mut<'r>
                = &'r mut $type
            where
                Self: 'r;
            type Fields<'r>
                = &'r mut $type
            where
                Self: 'r;
            const FACTS: Facts = Facts::LEAF;

            #[inline(always)]
            unsafe fn handle<'r>(at: NonNull<Self>, _: &'r Writer) -> &'r mut $type
            where
                Self: 'r,
            {
                // SAFETY: the caller's contract: valid, and nobody else's for `'r`.
                unsafe { &mut *at.as_ptr() }
            }

            #[inline(always)]
            unsafe fn fields<'r>(at: NonNull<Self>, writer: &'r Writer) -> &'r mut $type
            where
                Self: 'r,
            {
                // SAFETY: the caller's contract.
                unsafe { Self::handle(at, writer) }
            }

            #[inline(always)]
            unsafe fn trace<V: Visitor>(at: NonNull<Self>, visitor: &mut V) -> Result<(), V::Stop> {
                // SAFETY: any bits are a number.
                let valid = |at: NonNull<Self>| unsafe { at.cast::<$bits>().read() } != 0;
                // SAFETY: the caller's contract: readable bytes.
                unsafe { visitor.leaf(at, valid, $expected) }
            }

            fn description() -> &'static Description {
                const {
                    &Description {
                        name: $name,
                        size: size_of::<Self>(),
                        align: align_of::<Self>(),
                        id: type_id::<Self>,
                        kind: $kind,
                    }
                }
            }
        }

        // SAFETY: an integer.
        unsafe impl<$($generic)?> Plain for $type {}
        // SAFETY: a number, which refers to nothing.
        unsafe impl<$($generic)?> Portable for $type {}

        // SAFETY: a transparent `NonZero` integer, by the contract of the macro.
        unsafe impl<$($generic)?> Niche for $type {
            fn option_description() -> &'static Description {
                const {
                    &Description {
                        name: $optional,
                        size: size_of::<Option<Self>>(),
                        align: align_of::<Option<Self>>(),
                        id: type_id::<Option<Self>>,
                        kind: $kind,
                    }
                }
            }
        }

        impl<$($generic)?> Emplace<$type> for $type {
            #[inline(always)]
            fn emplace<'s>(self, slot: Slot<'s, $type>) -> offset_core::Result<Filled<'s, $type>> {
                Ok(slot.write(self))
            }
        }

        impl<$($generic)?> Emplace<$type> for &$type {
            #[inline(always)]
            fn emplace<'s>(self, slot: Slot<'s, $type>) -> offset_core::Result<Filled<'s, $type>> {
                Ok(slot.write(*self))
            }
        }
    };
}

pub(crate) use nonzero;
