//! Asking for memory before it is read.

use std::ptr::NonNull;

/// Fetches the cache lines of so many bytes, wherever they are.
#[inline(always)]
pub(crate) fn prefetch<T>(at: NonNull<T>, bytes: usize) {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    for offset in (0..bytes).step_by(64) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        let line = at.as_ptr().wrapping_byte_add(offset);
        // SAFETY: a hint, which reads nothing that the program sees.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(line.cast::<i8>()) };
    }
    #[cfg(not(all(target_arch = "x86_64", not(miri))))]
    let _ = (at, bytes);
}
