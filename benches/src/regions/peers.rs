//! Other arenas, and a fast allocator of single objects, each as its documentation shows it first.

use std::alloc::{GlobalAlloc, Layout};
use std::cell::Cell;
use std::hint::black_box;
use std::ptr::{self, NonNull};

use allocator_api2::alloc::{AllocError, Allocator};
use mimalloc::MiMalloc;

use super::{Arena, Object, Reset};

impl Arena for bumpalo::Bump {
    const NAME: &'static str = "bumpalo";

    fn new() -> Self {
        Self::new()
    }

    #[inline]
    fn put(&self, object: Object) {
        black_box(self.alloc(object));
    }
}

impl Reset for bumpalo::Bump {
    fn reset(&mut self) {
        self.reset();
    }
}

impl Arena for bump_scope::Bump {
    const NAME: &'static str = "bump-scope";

    fn new() -> Self {
        Self::new()
    }

    #[inline]
    fn put(&self, object: Object) {
        black_box(self.alloc(object));
    }
}

impl Reset for bump_scope::Bump {
    fn reset(&mut self) {
        self.reset();
    }
}

impl Arena for blink_alloc::Blink {
    const NAME: &'static str = "blink-alloc";

    fn new() -> Self {
        Self::new()
    }

    #[inline]
    fn put(&self, object: Object) {
        black_box(blink_alloc::Blink::put(self, object));
    }
}

impl Reset for blink_alloc::Blink {
    fn reset(&mut self) {
        self.reset();
    }
}

impl Arena for typed_arena::Arena<Object> {
    const NAME: &'static str = "typed-arena";

    fn new() -> Self {
        Self::new()
    }

    #[inline]
    fn put(&self, object: Object) {
        black_box(self.alloc(object));
    }
}

/// Objects from mimalloc, each an allocation of its own. It is asked directly: all others have the system's allocator below them.
///
/// Whoever frees objects one by one has to find them: here the first word of each is the address of the one before it.
pub(super) struct Boxes {
    last: Cell<*mut Object>,
}

impl Arena for Boxes {
    const NAME: &'static str = "mimalloc";

    fn new() -> Self {
        Boxes { last: Cell::new(ptr::null_mut()) }
    }

    #[inline]
    fn put(&self, mut object: Object) {
        // SAFETY: the layout isn't empty.
        let at = unsafe { MiMalloc.alloc(Layout::new::<Object>()) }.cast::<Object>();
        assert!(!at.is_null(), "no memory");
        object[0] = self.last.replace(at).expose_provenance() as u64;
        // SAFETY: just allocated with the layout of an object.
        unsafe { at.write(object) };
        black_box(at);
    }
}

impl Drop for Boxes {
    fn drop(&mut self) {
        let mut at = self.last.get();
        while !at.is_null() {
            // SAFETY: written by `put`, and not freed yet.
            let object = unsafe { at.read() };
            // SAFETY: allocated by `put` with this layout, and not used any more.
            unsafe { MiMalloc.dealloc(at.cast(), Layout::new::<Object>()) };
            at = ptr::with_exposed_provenance_mut(object[0] as usize);
        }
    }
}

/// mimalloc below a vector.
pub(super) struct Mimalloc;

// SAFETY: mimalloc gives memory that fits the layout, leaves it where it is until it is freed, and has no state in `self`.
unsafe impl Allocator for Mimalloc {
    fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, AllocError> {
        assert!(layout.size() > 0, "vectors don't allocate nothing");
        // SAFETY: the layout isn't empty.
        let at = unsafe { MiMalloc.alloc(layout) };
        let at = NonNull::new(at).ok_or(AllocError)?;
        Ok(NonNull::slice_from_raw_parts(at, layout.size()))
    }

    unsafe fn deallocate(&self, at: NonNull<u8>, layout: Layout) {
        // SAFETY: the caller's contract is the same.
        unsafe { MiMalloc.dealloc(at.as_ptr(), layout) };
    }

    unsafe fn grow(&self, at: NonNull<u8>, old: Layout, new: Layout) -> Result<NonNull<[u8]>, AllocError> {
        assert_eq!(old.align(), new.align(), "vectors keep their alignment");
        // SAFETY: the caller's contract is the same but for the alignment, which was checked.
        let at = unsafe { MiMalloc.realloc(at.as_ptr(), old, new.size()) };
        let at = NonNull::new(at).ok_or(AllocError)?;
        Ok(NonNull::slice_from_raw_parts(at, new.size()))
    }
}
