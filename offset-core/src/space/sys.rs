//! What we ask of the kernel. Everything that is Linux-only is here.

use std::ffi::c_void;
use std::fs::File;
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::io::Errno;
use rustix::mm::{self, Advice, MapFlags, MprotectFlags, ProtFlags};
use rustix::process::{Resource, getrlimit};

use crate::error::{Error, ErrorKind, Refusal};
use crate::handle::SLOT_BYTES;

/// Slots that the process has from the system.
static HELD: AtomicU64 = AtomicU64::new(0);

/// More slots than these can't fit 47 bits of address space beside a program; fewer, and something else was refused.
const SLOTS_IN_ADDRESS_SPACE: u64 = (1 << 47) / SLOT_BYTES as u64 - 64;

/// Reserves a slot: inaccessible, aligned to its size, costing no memory.
pub(super) fn reserve() -> Result<NonNull<u8>, Error> {
    // Twice the size has an aligned slot inside; what lies around it goes back.
    let twice = 2 * SLOT_BYTES;
    let refused = |errno| refusal(errno, SLOT_BYTES, "reserving a slot of address space");
    let start = map_nothing(ptr::null_mut(), twice, MapFlags::empty()).or_else(|errno| {
        // Near the end of the address space only the exact size may fit; it is ours if it comes aligned.
        let exact = map_nothing(ptr::null_mut(), SLOT_BYTES, MapFlags::empty()).map_err(|_| refused(errno))?;
        if exact.as_ptr().addr().is_multiple_of(SLOT_BYTES) {
            return Ok(exact);
        }
        // SAFETY: the mapping was just made, and nothing refers to it.
        let _ = unsafe { mm::munmap(exact.as_ptr().cast(), SLOT_BYTES) };
        Err(refused(errno))
    })?;
    let before = start.as_ptr().addr().next_multiple_of(SLOT_BYTES) - start.as_ptr().addr();
    if before == 0 && start.as_ptr().addr().is_multiple_of(twice) {
        trim(start, SLOT_BYTES, SLOT_BYTES);
    } else {
        trim(start, 0, before);
        trim(start, before + SLOT_BYTES, SLOT_BYTES - before);
    }
    HELD.fetch_add(1, Ordering::Relaxed);
    // SAFETY: `before <= SLOT_BYTES`, inside the mapping.
    Ok(unsafe { start.byte_add(before) })
}

/// Gives `len` bytes at `offset` of a fresh reservation back. A failure leaves them reserved, which costs nothing but addresses.
fn trim(start: NonNull<u8>, offset: usize, len: usize) {
    if len > 0 {
        // SAFETY: inside the reservation that `start` begins.
        let from = unsafe { start.byte_add(offset) };
        // SAFETY: the range is a part of a mapping just made, and nothing refers to it.
        let _ = unsafe { mm::munmap(from.as_ptr().cast(), len) };
    }
}

fn map_nothing(at: *mut c_void, len: usize, flags: MapFlags) -> Result<NonNull<u8>, Errno> {
    let flags = flags | MapFlags::PRIVATE | MapFlags::NORESERVE;
    // SAFETY: without MAP_FIXED the kernel picks free addresses; with it, the caller vouches for `at`.
    let start = unsafe { mm::mmap_anonymous(at, len, ProtFlags::empty(), flags) }?;
    NonNull::new(start.cast()).ok_or(Errno::NOMEM)
}

/// Makes `len` bytes at `at` readable and writable; fresh ones read as zero.
///
/// # Safety
///
/// The range lies in a slot that the caller leases.
pub(super) unsafe fn commit(at: NonNull<u8>, len: usize) -> Result<(), Error> {
    // SAFETY: the caller's contract.
    unsafe { mm::mprotect(at.as_ptr().cast(), len, MprotectFlags::READ | MprotectFlags::WRITE) }
        .map_err(|errno| refusal(errno, len, "growing a region"))
}

/// Asks for huge pages in a range: one page fault for 2 MiB instead of 512. It is advice only.
///
/// # Safety
///
/// As for [`commit`].
pub(super) unsafe fn advise_huge(at: NonNull<u8>, len: usize) {
    // SAFETY: the caller's contract; the advice changes no contents.
    let _ = unsafe { mm::madvise(at.as_ptr().cast(), len, Advice::LinuxHugepage) };
}

/// Gives the memory of `len` bytes at `at` back, keeping the addresses reserved.
///
/// # Safety
///
/// The range lies in a slot that the caller leases, and nothing refers to it any more.
pub(super) unsafe fn decommit(at: NonNull<u8>, len: usize) -> Result<(), Errno> {
    map_nothing(at.as_ptr().cast(), len, MapFlags::FIXED).map(drop)
}

/// Gives a whole slot back to the system.
///
/// # Safety
///
/// The caller leases the slot, and nothing refers to it any more.
pub(super) unsafe fn release(start: NonNull<u8>) {
    // SAFETY: the caller's contract.
    if unsafe { mm::munmap(start.as_ptr().cast(), SLOT_BYTES) }.is_ok() {
        HELD.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Maps `len` bytes of `file` from its start, read-only, over the start of a slot.
///
/// # Safety
///
/// The caller leases the slot and nothing refers to it; `len` is at most [`SLOT_BYTES`]. Whatever is read there later is what the
/// file holds then.
pub(super) unsafe fn map_file(start: NonNull<u8>, len: usize, file: &File) -> Result<(), Error> {
    let flags = MapFlags::FIXED | MapFlags::SHARED;
    // SAFETY: the range is the caller's to replace.
    unsafe { mm::mmap(start.as_ptr().cast(), len, ProtFlags::READ, flags, file, 0) }.map(drop).map_err(|errno| {
        match errno {
            Errno::NOMEM => refusal(errno, len, "mapping a file"),
            errno => Error::io("mapping the file", errno),
        }
    })
}

/// Finds out why the system refused.
#[cold]
fn refusal(errno: Errno, bytes: usize, purpose: &'static str) -> Error {
    if errno != Errno::NOMEM {
        return Error::io(purpose, errno);
    }
    let held = HELD.load(Ordering::Relaxed);
    let strict = || std::fs::read("/proc/sys/vm/overcommit_memory").is_ok_and(|mode| mode.first() == Some(&b'2'));
    let cause = match getrlimit(Resource::As).current {
        Some(limit) if bytes as u64 + address_space_in_use() > limit => Refusal::AddressSpaceLimit { limit },
        _ if held >= SLOTS_IN_ADDRESS_SPACE => Refusal::OutOfSlots { held },
        _ if strict() => Refusal::StrictOvercommit,
        _ => Refusal::OutOfMemory,
    };
    ErrorKind::NoMemory { bytes: bytes as u64, purpose, cause }.into()
}

/// Bytes of address space that the process has mapped, as the limit counts them; 0 where the system doesn't tell.
fn address_space_in_use() -> u64 {
    let pages =
        std::fs::read_to_string("/proc/self/statm").ok().and_then(|text| text.split(' ').next()?.parse::<u64>().ok());
    pages.unwrap_or(0) * rustix::param::page_size() as u64
}
