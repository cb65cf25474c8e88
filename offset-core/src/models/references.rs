//! The count of a sealed region.

use loom::model::Builder;
use loom::sync::Arc;
use loom::thread;

use super::Memory;
use crate::region::References;

/// What `Sealed` does, on memory that is only counted.
struct Sealed(Arc<(References, Arc<Memory>)>);

impl Sealed {
    fn new(memory: &Arc<Memory>) -> Sealed {
        Sealed(Arc::new((References::one(), memory.clone())))
    }

    fn read(&self) -> u32 {
        self.0.1.read()
    }
}

impl Clone for Sealed {
    fn clone(&self) -> Self {
        self.0.0.add();
        Sealed(self.0.clone())
    }
}

impl Drop for Sealed {
    fn drop(&mut self) {
        if self.0.0.remove() {
            self.0.1.free();
        }
    }
}

#[test]
fn the_last_reference_frees_once_when_all_have_read() {
    // All interleavings of two threads with a clone each take minutes.
    let mut models = Builder::new();
    models.preemption_bound = Some(2);
    models.check(|| {
        let memory = Memory::holding(7);
        let first = Sealed::new(&memory);
        let threads = [first.clone(), first.clone()].map(|sealed| {
            thread::spawn(move || {
                let another = sealed.clone();
                drop(sealed);
                assert_eq!(another.read(), 7);
            })
        });
        assert_eq!(first.read(), 7);
        drop(first);
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert!(memory.is_free());
    });
}

#[test]
fn whoever_finds_itself_alone_may_write() {
    loom::model(|| {
        let memory = Memory::holding(7);
        let sealed = Sealed::new(&memory);
        let other = sealed.clone();
        let thread = thread::spawn(move || assert_eq!(other.read(), 7));
        // What `into_movable` asks before it lets the region be moved.
        if sealed.0.0.count() == 1 {
            memory.write(8);
        }
        thread.join().unwrap();
        drop(sealed);
        assert!(memory.is_free());
    });
}
