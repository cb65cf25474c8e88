//! Makes a stale reference show: under AddressSanitizer, memory that holds no value is poisoned.
//!
//! A sanitizer sees a slot as one live mapping. So freed pieces and the tail above the cursor are marked by hand. Without the sanitizer freed
//! memory is zeroed, which is the pattern that a stale reference meets.

use std::ptr::NonNull;

#[cfg(offset_asan)]
unsafe extern "C" {
    fn __asan_poison_memory_region(at: *const std::ffi::c_void, len: usize);
    fn __asan_unpoison_memory_region(at: *const std::ffi::c_void, len: usize);
}

/// Marks bytes of a slot as holding no value.
#[inline(always)]
pub(crate) fn hide(at: NonNull<u8>, len: usize) {
    #[cfg(offset_asan)]
    // SAFETY: it writes the sanitizer's own memory only; a wrong mark stops the program at the next access.
    unsafe {
        __asan_poison_memory_region(at.as_ptr().cast(), len);
    };
    let _ = (at, len);
}

/// Marks bytes as usable again.
#[inline(always)]
pub(crate) fn show(at: NonNull<u8>, len: usize) {
    #[cfg(offset_asan)]
    // SAFETY: it writes the sanitizer's own memory only; a wrong mark stops the program at the next access.
    unsafe {
        __asan_unpoison_memory_region(at.as_ptr().cast(), len);
    };
    let _ = (at, len);
}
