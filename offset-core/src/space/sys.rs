//! What we ask of the kernel. Everything that is Linux-only is here.

use std::ffi::c_void;
use std::fs::File;
use std::hash::{BuildHasher, RandomState};
use std::ptr::{self, NonNull};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use rustix::io::Errno;
use rustix::mm::{self, Advice, MapFlags, MprotectFlags, ProtFlags};
use rustix::process::{Resource, getrlimit};

use crate::error::{Error, ErrorKind, Refusal};
use crate::handle::SLOT_BYTES;

/// Slots that the process has from the system.
static HELD: AtomicU64 = AtomicU64::new(0);

/// Slots in the 47 bits of address space that a process has, the first and the last left out: both are never free.
const CANDIDATES: usize = (1 << 47) / SLOT_BYTES - 2;

/// Reserves a slot: inaccessible, aligned to its size, costing no memory.
///
/// Every aligned address is asked for in turn, from one that differs from process to process, until one is free. So nothing but the slot is ever
/// mapped, and the last free one is found.
pub(super) fn reserve() -> Result<NonNull<u8>, Error> {
    static NEXT: LazyLock<AtomicUsize> =
        LazyLock::new(|| AtomicUsize::new(RandomState::new().hash_one(0) as usize >> 1));
    for _ in 0..CANDIDATES {
        let candidate = 1 + NEXT.fetch_add(1, Ordering::Relaxed) % CANDIDATES;
        let wanted = ptr::without_provenance_mut::<u8>(candidate * SLOT_BYTES);
        match map_nothing(wanted.cast(), SLOT_BYTES, MapFlags::FIXED_NOREPLACE) {
            Ok(start) if start.as_ptr().addr() == wanted.addr() => {
                HELD.fetch_add(1, Ordering::Relaxed);
                return Ok(start);
            }
            // A kernel before 4.17 takes the address as a hint.
            // SAFETY: the mapping was just made, and nothing refers to it.
            Ok(elsewhere) => drop(unsafe { mm::munmap(elsewhere.as_ptr().cast(), SLOT_BYTES) }),
            Err(Errno::EXIST) => {}
            Err(errno) => return Err(refusal(errno, SLOT_BYTES, RESERVING)),
        }
    }
    let cause = Refusal::OutOfSlots { held: HELD.load(Ordering::Relaxed) };
    Err(ErrorKind::NoMemory { bytes: SLOT_BYTES as u64, purpose: RESERVING, cause }.into())
}

const RESERVING: &str = "reserving a slot of address space";

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
    let strict = || std::fs::read("/proc/sys/vm/overcommit_memory").is_ok_and(|mode| mode.first() == Some(&b'2'));
    let cause = match getrlimit(Resource::As).current {
        Some(limit) if bytes as u64 + address_space_in_use() > limit => Refusal::AddressSpaceLimit { limit },
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
