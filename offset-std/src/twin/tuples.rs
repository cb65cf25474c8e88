//! Tuples, whose layout std doesn't specify, as structs.

use offset_core::{Emplace, Filled, Maybe, Result, Slot};

use super::{FromStd, Twin, TwinType};
use crate::{Relocatable, StableHash};

/// The twin of `()`.
#[derive(Relocatable, StableHash, Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[relocatable(plain)]
#[repr(C)]
pub struct Unit;

#[cfg(feature = "serde")]
impl serde::Serialize for Unit {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

macro_rules! tuples {
    ($($(#[$doc:meta])* $tuple:ident $init:ident: $($index:tt $region:ident $std:ident $stand_in:ident),+;)*) => {$(
        $(#[$doc])*
        #[derive(Relocatable, StableHash, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(C)]
        pub struct $tuple<$($region),+>($(
            /// What the tuple has there.
            pub $region
        ),+);

        impl<$($region: Relocatable, $std: Emplace<$region>),+> Emplace<$tuple<$($region),+>> for ($($std,)+) {
            #[inline]
            fn emplace<'s>(self, slot: Slot<'s, $tuple<$($region),+>>) -> Result<Filled<'s, $tuple<$($region),+>>> {
                slot.build($init($(self.$index),+))
            }
        }

        impl<$($region: PartialEq<$std>, $std),+> PartialEq<($($std,)+)> for $tuple<$($region),+> {
            fn eq(&self, other: &($($std,)+)) -> bool {
                $(self.$index == other.$index)&&+
            }
        }

        impl<$($region, $std: PartialEq<$region>),+> PartialEq<$tuple<$($region),+>> for ($($std,)+) {
            fn eq(&self, other: &$tuple<$($region),+>) -> bool {
                $(self.$index == other.$index)&&+
            }
        }

        /// As a tuple.
        #[cfg(feature = "serde")]
        impl<$($region: serde::Serialize),+> serde::Serialize for $tuple<$($region),+> {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                ($(&self.$index,)+).serialize(serializer)
            }
        }

        impl<$($std, $stand_in: TwinType<$std>),+> TwinType<($($std,)+)> for ($($stand_in,)+) {
            type Region = $tuple<$($stand_in::Region),+>;
            type Optional = Maybe<$tuple<$($stand_in::Region),+>>;
        }

        impl<$($std, $stand_in: Twin<$std>),+> Twin<($($std,)+)> for ($($stand_in,)+) {
            #[inline]
            fn emplace<'s>(std: &($($std,)+), slot: Slot<'s, Self::Region>) -> Result<Filled<'s, Self::Region>> {
                slot.build($init($(FromStd::<$std, $stand_in>::new(&std.$index)),+))
            }

            #[inline]
            fn to_std(twin: &Self::Region) -> Result<($($std,)+)> {
                Ok(($($stand_in::to_std(&twin.$index)?,)+))
            }

            #[inline]
            fn equals(std: &($($std,)+), twin: &Self::Region) -> bool {
                $($stand_in::equals(&std.$index, &twin.$index))&&+
            }
        }
    )*};
}
tuples! {
    /// The twin of `(A,)`.
    Tuple1 Tuple1Init: 0 A Sa Wa;
    /// The twin of `(A, B)`. Built from a tuple of initialisers, and compared with tuples.
    ///
    /// ```
    /// use offset_std::twin::Tuple2;
    /// use offset_std::{Image, String, Vec};
    ///
    /// let image = Image::<Vec<Tuple2<String, u32>>>::new([("one", 1), ("two", 2)])?;
    /// assert_eq!(image[1], ("two", 2));
    /// # Ok::<(), offset_std::Error>(())
    /// ```
    Tuple2 Tuple2Init: 0 A Sa Wa, 1 B Sb Wb;
    /// The twin of `(A, B, C)`.
    Tuple3 Tuple3Init: 0 A Sa Wa, 1 B Sb Wb, 2 C Sc Wc;
    /// The twin of `(A, B, C, D)`.
    Tuple4 Tuple4Init: 0 A Sa Wa, 1 B Sb Wb, 2 C Sc Wc, 3 D Sd Wd;
    /// The twin of `(A, B, C, D, E)`.
    Tuple5 Tuple5Init: 0 A Sa Wa, 1 B Sb Wb, 2 C Sc Wc, 3 D Sd Wd, 4 E Se We;
    /// The twin of `(A, B, C, D, E, F)`.
    Tuple6 Tuple6Init: 0 A Sa Wa, 1 B Sb Wb, 2 C Sc Wc, 3 D Sd Wd, 4 E Se We, 5 F Sf Wf;
}
