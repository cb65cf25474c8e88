//! A deque from a sequence of a serde format: elements are built in their places, and the room that wasn't needed is given back.

use std::fmt;

use offset_core::raw::aside::Aside;
use offset_core::raw::cautious;
use offset_core::{DeserializeIn, Empty, Error, Filled, Result, Slot};
use serde::de::{Deserializer, SeqAccess, Visitor};

use super::{VecDeque, VecDequeMut};

impl<T: DeserializeIn> DeserializeIn for VecDeque<T> {
    fn deserialize_in<'s, 'de, D: Deserializer<'de>>(
        slot: Slot<'s, Self>,
        deserializer: D,
    ) -> Result<Filled<'s, Self>, D::Error> {
        let (at, writer) = (slot.at(), slot.writer());
        let filled = slot.build(Empty).map_err(Error::into_serde)?;
        // SAFETY: a valid deque, which `filled` only holds to release it should this fail.
        let mut deque = unsafe { VecDequeMut::new(at, writer) };
        deserializer.deserialize_seq(DequeVisitor(&mut deque))?;
        deque.shrink_to_fit();
        Ok(filled)
    }
}

/// Appends elements to a deque.
struct DequeVisitor<'a, 'r, T>(&'a mut VecDequeMut<'r, T>);

impl<'de, T: DeserializeIn> Visitor<'de> for DequeVisitor<'_, '_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sequence")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        let DequeVisitor(deque) = self;
        // A hint may lie: where it asks for too much, begin with nothing and grow.
        let _ = deque.try_reserve_exact(cautious::<T>(elements.size_hint()));
        loop {
            if deque.len() == deque.capacity() {
                if elements.size_hint() == Some(0) {
                    // Most likely it is true, and there is no need to grow.
                    let mut aside = Aside::<T>::new(deque.writer()).map_err(Error::into_serde)?;
                    let Some(element) = aside.next(|slot| elements.next_element_seed(slot))? else { break };
                    deque.try_push_back(element).map_err(Error::into_serde)?;
                    continue;
                }
                deque.try_reserve(1).map_err(Error::into_serde)?;
            }
            if !deque.push_if_any(|slot| elements.next_element_seed(slot))? {
                break;
            }
        }
        Ok(())
    }
}
