//! What we ask of the kernel. Everything that is Linux-only is here.

use std::ffi::c_void;
use std::fs::File;
use std::ptr::{self, NonNull};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use rustix::io::Errno;
use rustix::mm::{self, Advice, MapFlags, MprotectFlags, MremapFlags, ProtFlags};
use rustix::process::{Resource, getrlimit};

use crate::error::{Error, ErrorKind, Refusal};
use crate::handle::SLOT_BYTES;

/// Slots that the process has from the system.
static HELD: AtomicU64 = AtomicU64::new(0);

/// Slots in the 47 bits of address space that a process has, the first and the last left out: both are never free.
const CANDIDATES: usize = (1 << 47) / SLOT_BYTES - 2;

/// Maps something at the start of a free slot.
///
/// Every aligned address is tried in turn, downwards from where the system maps things, until one is free. So nothing but what is asked for is ever
/// mapped, the last free slot is found, and the upper page tables are there already.
fn at_a_free_slot(
    purpose: &'static str,
    len: usize,
    map: impl Fn(*mut u8) -> Result<*mut c_void, Errno>,
) -> Result<NonNull<u8>, Error> {
    for _ in 0..CANDIDATES {
        let candidate = 1 + NEXT.fetch_sub(1, Ordering::Relaxed) % CANDIDATES;
        let wanted = ptr::without_provenance_mut::<u8>(candidate * SLOT_BYTES);
        match map(wanted).map(|start| NonNull::new(start.cast::<u8>())) {
            Ok(Some(start)) if start.as_ptr().addr() == wanted.addr() => {
                HELD.fetch_add(1, Ordering::Relaxed);
                return Ok(start);
            }
            // A kernel before 4.17 takes the address as a hint.
            // SAFETY: the mapping was just made, and nothing refers to it.
            Ok(Some(elsewhere)) => drop(unsafe { mm::munmap(elsewhere.as_ptr().cast(), len) }),
            Ok(None) | Err(Errno::EXIST) => {}
            Err(errno) => return Err(refusal(errno, len, purpose)),
        }
    }
    let cause = Refusal::OutOfSlots { held: HELD.load(Ordering::Relaxed) };
    Err(ErrorKind::NoMemory { bytes: len as u64, purpose, cause }.into())
}

/// The slot to try next, counted down: its number less one, and a multiple of [`CANDIDATES`] that no process uses up.
static NEXT: LazyLock<AtomicUsize> = LazyLock::new(|| AtomicUsize::new(turn(somewhere() / SLOT_BYTES)));

fn turn(slot: usize) -> usize {
    (CANDIDATES << 32) + slot.saturating_sub(1)
}

/// An address where the system maps things: in another place in every process.
fn somewhere() -> usize {
    // SAFETY: the kernel picks free addresses.
    let page = unsafe { mm::mmap_anonymous(ptr::null_mut(), 1, ProtFlags::empty(), MapFlags::PRIVATE) };
    page.map_or(1 << 46, |page| {
        // SAFETY: the mapping was just made, and nothing refers to it.
        let _ = unsafe { mm::munmap(page, 1) };
        page.addr()
    })
}

/// Reserves a slot: inaccessible, aligned to its size, costing no memory.
pub(super) fn reserve() -> Result<NonNull<u8>, Error> {
    let flags = MapFlags::PRIVATE | MapFlags::NORESERVE | MapFlags::FIXED_NOREPLACE;
    at_a_free_slot("reserving a slot of address space", SLOT_BYTES, |at| {
        // SAFETY: nothing that is mapped is replaced.
        unsafe { mm::mmap_anonymous(at.cast(), SLOT_BYTES, ProtFlags::empty(), flags) }
    })
}

/// Maps `len` bytes of `file` from its start, read-only, at the start of a free slot, of which no more is reserved: what is never written never grows.
///
/// Reserving the slot first and mapping over it takes a third longer for a file of 1 GB.
///
/// # Safety
///
/// Whatever is read there is what the file holds then.
pub(super) unsafe fn map_file(len: usize, file: &File) -> Result<NonNull<u8>, Error> {
    at_a_free_slot("mapping a file", len, |at| {
        // SAFETY: nothing that is mapped is replaced.
        unsafe { mm::mmap(at.cast(), len, ProtFlags::READ, MapFlags::SHARED | MapFlags::FIXED_NOREPLACE, file, 0) }
    })
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
    let flags = MapFlags::PRIVATE | MapFlags::NORESERVE | MapFlags::FIXED;
    // SAFETY: the range is the caller's to replace.
    unsafe { mm::mmap_anonymous(at.as_ptr().cast(), len, ProtFlags::empty(), flags) }.map(drop)
}

/// Makes the whole pages among `len` committed bytes zero by giving their memory back; the next access gets a fresh one.
///
/// # Safety
///
/// The range lies in a slot that the caller leases, committed, and nothing refers to it.
pub(super) unsafe fn discard(at: NonNull<u8>, len: usize) -> Result<(), Errno> {
    // SAFETY: the caller's contract; private anonymous memory reads as zero afterwards.
    unsafe { mm::madvise(at.as_ptr().cast(), len, Advice::LinuxDontNeed) }
}

/// Moves whole pages to another place by changing the page table. The source reads as zero afterwards (Linux 5.7). Returns whether it did.
///
/// # Safety
///
/// Both ranges are committed, the caller's alone, and nothing refers to them.
pub(crate) unsafe fn move_pages(from: NonNull<u8>, len: usize, to: NonNull<u8>) -> bool {
    let flags = MremapFlags::MAYMOVE | MremapFlags::DONTUNMAP;
    // SAFETY: the caller's contract: what is replaced at `to` is the caller's.
    unsafe { mm::mremap_fixed(from.as_ptr().cast(), len, len, flags, to.as_ptr().cast()) }.is_ok()
}

/// Gives the `len` bytes that are mapped at the start of a slot back to the system. The slot will be the next one to be tried, since the
/// system may still have its page tables.
///
/// # Safety
///
/// The caller has them from [`reserve`] or [`map_file`], and nothing refers to them any more.
pub(super) unsafe fn unmap(start: NonNull<u8>, len: usize) {
    // SAFETY: the caller's contract.
    if unsafe { mm::munmap(start.as_ptr().cast(), len) }.is_ok() {
        HELD.fetch_sub(1, Ordering::Relaxed);
        NEXT.store(turn(start.as_ptr().addr() / SLOT_BYTES), Ordering::Relaxed);
    }
}

/// Finds out why the system refused.
#[cold]
fn refusal(errno: Errno, bytes: usize, purpose: &'static str) -> Error {
    if errno != Errno::NOMEM {
        return Error::io(purpose, errno);
    }
    let strict = || std::fs::read("/proc/sys/vm/overcommit_memory").is_ok_and(|mode| mode.first() == Some(&b'2'));
    let exceeded = |resource, in_use| getrlimit(resource).current.filter(|limit| bytes as u64 + in_use > *limit);
    let [mapped, data] = in_use();
    let cause = if let Some(limit) = exceeded(Resource::As, mapped) {
        Refusal::AddressSpaceLimit { limit }
    } else if let Some(limit) = exceeded(Resource::Data, data) {
        Refusal::DataLimit { limit }
    } else if strict() {
        Refusal::StrictOvercommit
    } else {
        Refusal::OutOfMemory
    };
    ErrorKind::NoMemory { bytes: bytes as u64, purpose, cause }.into()
}

/// Bytes that the process has mapped, and those of them that count as data, as the limits count them; 0 where the system doesn't tell.
fn in_use() -> [u64; 2] {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let mut pages = statm.split(' ').map(|field| field.parse().unwrap_or(0));
    let mapped: u64 = pages.next().unwrap_or(0);
    let data: u64 = pages.nth(4).unwrap_or(0);
    [mapped, data].map(|pages| pages * rustix::param::page_size() as u64)
}
