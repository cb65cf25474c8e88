//! A region that is moved while others read it.

use loom::sync::Arc;
use loom::thread;

use super::{Freed, Memory};
use crate::region::Pin;

#[test]
fn what_is_pinned_is_not_moved() {
    loom::model(|| {
        let memories = [Memory::holding(7), Memory::holding(0)];
        let movable = Arc::new(Pin::new(Freed(memories[0].clone())));
        let readers = [movable.clone(), movable.clone()].map(|movable| {
            thread::spawn(move || {
                let pinned = movable.read();
                assert_eq!(pinned.0.read(), 7);
                // It is still there, whatever happened meanwhile.
                assert_eq!(pinned.0.read(), 7);
            })
        });
        let to = &memories[1];
        let moved = movable.change(|held| {
            to.write(held.0.read());
            *held = Freed(to.clone());
            Some(())
        });
        readers.into_iter().for_each(|reader| reader.join().unwrap());
        assert_eq!(movable.look(|held| held.0.read()), Some(7));
        assert_eq!(memories[0].is_free(), moved.is_some());
        drop(movable);
        assert_eq!(memories[1].is_free(), moved.is_some());
    });
}
