//! Writers and readers of a region that come and go.

use loom::sync::Arc;
use loom::thread;

use super::{Freed, Memory};
use crate::region::Ledger;

type Identity = Ledger<u32, Freed>;

/// What a writer does that is dropped.
fn leave(identity: Arc<Identity>, memory: &Arc<Memory>) {
    let blocks = Freed(memory.clone());
    if identity.remove_writer() {
        identity.hold(blocks);
    }
}

#[test]
fn the_last_reader_frees_what_both_writers_left() {
    loom::model(|| {
        let memories = [Memory::holding(1), Memory::holding(2)];
        let identity = Arc::new(Identity::default());
        identity.add_writer();
        identity.keep();
        let reader = identity.clone();
        let other = (identity.clone(), memories[1].clone());
        let writer = thread::spawn(move || {
            other.1.write(4);
            leave(other.0, &other.1);
        });
        let readable = memories[0].clone();
        let reading = thread::spawn(move || {
            assert_eq!(readable.read(), 1);
            drop(reader);
        });
        leave(identity, &memories[0]);
        writer.join().unwrap();
        reading.join().unwrap();
        assert!(memories.iter().all(|memory| memory.is_free()));
    });
}

#[test]
fn a_region_that_nobody_reads_is_freed_by_its_writer() {
    loom::model(|| {
        let memory = Memory::holding(1);
        let identity = Arc::new(Identity::default());
        // A token alone keeps nothing.
        let token = identity.clone();
        let thread = thread::spawn(move || token.leave(3));
        leave(identity, &memory);
        assert!(memory.is_free());
        thread.join().unwrap();
    });
}

#[test]
fn whoever_seals_sees_what_writers_did_that_are_gone() {
    loom::model(|| {
        let memory = Memory::holding(1);
        let mut identity = Arc::new(Identity::default());
        identity.add_writer();
        let other = (identity.clone(), memory.clone());
        let writer = thread::spawn(move || {
            other.1.write(2);
            leave(other.0, &other.1);
        });
        // Sealing asks for writers; what the other one left stays with the identity.
        if identity.writers() == 1 {
            assert_eq!(memory.read(), 2);
        }
        // Promoting and resetting ask for everybody, and give what was left back.
        if Arc::get_mut(&mut identity).is_some() {
            assert_eq!(identity.writers(), 1);
            memory.write(3);
            identity.forget();
            assert!(memory.is_free());
        }
        writer.join().unwrap();
        drop(identity);
        assert!(memory.is_free());
    });
}

#[test]
fn each_orphan_is_released_once() {
    loom::model(|| {
        let value = Memory::holding(1);
        let identity = Arc::new(Identity::default());
        identity.add_writer();
        let token = (identity.clone(), value.clone());
        let dropping = thread::spawn(move || {
            token.1.write(2);
            token.0.leave(5);
        });
        // What a writer does before it allocates.
        fn adopt(identity: &Identity, value: &Memory) {
            if identity.has_orphans() {
                for orphan in identity.take_orphans() {
                    assert_eq!(orphan, 5);
                    assert_eq!(value.read(), 2);
                    value.free();
                }
            }
        }
        let other = (identity.clone(), value.clone());
        let writer = thread::spawn(move || adopt(&other.0, &other.1));
        adopt(&identity, &value);
        dropping.join().unwrap();
        writer.join().unwrap();
        adopt(&identity, &value);
        assert!(value.is_free());
    });
}
