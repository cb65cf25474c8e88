//! Models of what threads share, for `loom`, which runs each with every interleaving and every order of memory that the language allows.
//!
//! ```sh
//! RUSTFLAGS="--cfg loom" cargo test -p offset-core --release --lib models
//! ```
//!
//! They run the types that regions use, on memory that is only counted: a [`Memory`] notices when it is read after it was freed, freed twice, or read and freed by
//! two threads of which neither waits for the other.

mod blocks;
mod ledger;
mod pin;
mod references;

use loom::cell::UnsafeCell;
use loom::sync::Arc;

/// Stands for memory with a value. It is there for as long as the model runs.
#[derive(Debug)]
struct Memory {
    value: UnsafeCell<Option<u32>>,
}

// SAFETY: loom checks each access against all others.
unsafe impl Sync for Memory {}
// SAFETY: a number.
unsafe impl Send for Memory {}

impl Memory {
    fn holding(value: u32) -> Arc<Memory> {
        Arc::new(Memory { value: UnsafeCell::new(Some(value)) })
    }

    #[track_caller]
    fn read(&self) -> u32 {
        // SAFETY: loom checks that nobody writes meanwhile.
        self.value.with(|value| unsafe { *value }).expect("it is read after it was freed")
    }

    #[track_caller]
    fn write(&self, value: u32) {
        // SAFETY: loom checks that nobody reads or writes meanwhile.
        self.value.with_mut(|old| unsafe { *old = Some(value) });
    }

    #[track_caller]
    fn free(&self) {
        // SAFETY: loom checks that nobody reads or writes meanwhile.
        let value = self.value.with_mut(|value| unsafe { (*value).take() });
        assert!(value.is_some(), "it is freed twice");
    }

    /// Whether it was freed, asked when all threads are done.
    fn is_free(&self) -> bool {
        // SAFETY: loom checks that nobody writes meanwhile.
        self.value.with(|value| unsafe { (*value).is_none() })
    }
}

/// Frees its memory when it is dropped, as blocks do.
#[derive(Debug)]
struct Freed(Arc<Memory>);

impl Drop for Freed {
    fn drop(&mut self) {
        self.0.free();
    }
}
