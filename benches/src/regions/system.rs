//! What the kernel says about this process.

use std::fs;

/// Page faults so far that needed no disk.
pub(super) fn page_faults() -> u64 {
    let text = fs::read_to_string("/proc/self/stat").expect("procfs is mounted");
    // The second field is the program's name in parentheses, which may hold anything; the tenth is `minflt`.
    let (_, fields) = text.rsplit_once(')').expect("a name in parentheses");
    fields.split_whitespace().nth(7).and_then(|field| field.parse().ok()).expect("a number of faults")
}

/// Bytes in memory now.
pub(super) fn resident_bytes() -> u64 {
    status("VmRSS:")
}

/// The most bytes that were ever in memory at once.
pub(super) fn peak_resident_bytes() -> u64 {
    status("VmHWM:")
}

/// A line of `/proc/self/status`, which counts in KiB.
fn status(name: &str) -> u64 {
    let text = fs::read_to_string("/proc/self/status").expect("procfs is mounted");
    let line = text.lines().find_map(|line| line.strip_prefix(name)).expect("the kernel counts what is resident");
    let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse().expect("a number of KiB");
    kibibytes * 1024
}

/// Bytes that glibc has handed out and not got back, with what it needs to keep track of them.
pub(crate) fn allocated_bytes() -> u64 {
    /// What `mallinfo2` tells; two of its ten numbers count.
    #[repr(C)]
    struct Figures {
        before: [usize; 4],
        mapped: usize,
        between: [usize; 2],
        used: usize,
        after: [usize; 2],
    }
    unsafe extern "C" {
        safe fn mallinfo2() -> Figures;
    }
    let figures = mallinfo2();
    (figures.used + figures.mapped) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allocations_are_seen() {
        // 32 bytes each, and 8 in the vector, but for a few that lay ready. Other tests free memory at the same time, though not each time.
        let seen = || {
            let before = allocated_bytes();
            let kept: Vec<_> = (0..100_000).map(Box::new).collect();
            let after = allocated_bytes();
            kept.len() == 100_000 && after >= before + 100_000 * 39
        };
        assert!((0..1000).any(|_| seen()));
    }

    #[test]
    fn touched_pages_are_seen() {
        let (faults, resident) = (page_faults(), resident_bytes());
        let bytes = std::hint::black_box(vec![1_u8; 64 << 20]);
        assert!(page_faults() > faults);
        assert!(resident_bytes() > resident + bytes.len() as u64 / 2);
        assert!(peak_resident_bytes() > resident);
    }
}
