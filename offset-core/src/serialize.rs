//! What owns a value, or borrows one, serialises as the value.

use serde::{Serialize, Serializer};

use crate::image::{Image, Mapped};
use crate::own::Own;
use crate::place::{Place, Popped};
use crate::reference::Ref;
use crate::region::{Pinned, Sealed, Shared};
use crate::relocatable::{Portable, Relocatable};

macro_rules! as_the_value {
    ($($type:ty where T: $bound:path;)*) => {$(
        impl<T: $bound + Serialize> Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                T::serialize(self, serializer)
            }
        }
    )*};
}
as_the_value! {
    Image<T> where T: Portable;
    Mapped<T> where T: Portable;
    Own<'_, T> where T: Relocatable;
    Place<'_, T> where T: Relocatable;
    Popped<'_, T> where T: Relocatable;
    Ref<'_, T> where T: Relocatable;
    Sealed<T> where T: Portable;
    Shared<T> where T: Relocatable;
    Pinned<'_, T> where T: Relocatable;
}
