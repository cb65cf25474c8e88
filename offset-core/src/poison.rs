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

/// Marks bytes as holding no value.
///
/// # Safety
///
/// Nothing refers to them.
#[inline(always)]
pub(crate) unsafe fn hide(at: NonNull<u8>, len: usize) {
    #[cfg(offset_asan)]
    // SAFETY: it only marks the range.
    unsafe {
        __asan_poison_memory_region(at.as_ptr().cast(), len);
    };
    let _ = (at, len);
}

/// Marks bytes as usable again.
///
/// # Safety
///
/// They lie in a slot.
#[inline(always)]
pub(crate) unsafe fn show(at: NonNull<u8>, len: usize) {
    #[cfg(offset_asan)]
    // SAFETY: it only marks the range.
    unsafe {
        __asan_unpoison_memory_region(at.as_ptr().cast(), len);
    };
    let _ = (at, len);
}
