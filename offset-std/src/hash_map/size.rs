//! The arithmetic of tables: how large one is, and where a hash leads.
#![forbid(unsafe_code)]

/// Places for entries in a group of a table with several, or of the largest with one.
pub(super) const PLACES: usize = 15;
/// Places in the group of a small table.
pub(super) const FEW: usize = 3;
/// Places in the group of the next larger one.
pub(super) const SOME: usize = 7;

/// The size of a table, as a map stores it.
///
/// ```text
/// bit  31 30   29 28   27 … 0
///      | kind | zero  | number of groups |      kind: 0 groups of 15 places, 1 one group of 7, 2 one group of 3
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(transparent)]
pub(super) struct Size(u32);

const GROUPS: u32 = (1 << 28) - 1;
const KIND_SHIFT: u32 = 30;

impl Size {
    /// No table at all.
    pub(super) const NONE: Size = Size(0);

    /// The size of the smallest table with room for `len` entries; `None` if there is none that large.
    pub(super) fn for_len(len: u64) -> Option<Size> {
        Some(match len {
            0 => Size::NONE,
            1..=3 => Size(2 << KIND_SHIFT | 1),
            4..=7 => Size(1 << KIND_SHIFT | 1),
            8..=15 => Size(1),
            // At most 7/8 full, which for two groups and more is a whole number of groups.
            _ => Size(u32::try_from(len.checked_mul(8)?.div_ceil(PLACES as u64 * 7)).ok().filter(|n| *n <= GROUPS)?),
        })
    }

    /// The next size of a growing table: twice as large, or enough for `len` entries.
    pub(super) fn grown(self, len: u64) -> Option<Size> {
        let double = match self.kind() {
            _ if self == Size::NONE => Size::NONE,
            2 => Size(1 << KIND_SHIFT | 1),
            1 => Size(1),
            _ => Size((self.groups() * 2).min(GROUPS)),
        };
        let needed = Size::for_len(len)?;
        Some(if double.capacity() >= needed.capacity() { double } else { needed })
    }

    /// Whether a word from a file is the size of a table.
    pub(super) fn is_valid(word: u32) -> bool {
        let size = Size(word);
        let groups = size.groups();
        word & !(3 << KIND_SHIFT | GROUPS) == 0
            && match size.kind() {
                0 => groups > 0,
                1 | 2 => groups == 1,
                _ => false,
            }
    }

    pub(super) fn from_word(word: u32) -> Size {
        Size(word)
    }

    #[inline(always)]
    fn kind(self) -> u32 {
        self.0 >> KIND_SHIFT
    }

    /// How many groups there are.
    #[inline(always)]
    pub(super) fn groups(self) -> u32 {
        self.0 & GROUPS
    }

    /// Places in each group.
    #[inline(always)]
    pub(super) fn places(self) -> usize {
        match self.kind() {
            0 => PLACES,
            1 => SOME,
            _ => FEW,
        }
    }

    /// How many entries there may be. A single group may be full: nothing is ever looked for behind it.
    #[inline(always)]
    pub(super) fn capacity(self) -> u32 {
        match self.groups() {
            0 => 0,
            1 => self.places() as u32,
            // groups < 2^28: no overflow.
            groups => (u64::from(groups) * (PLACES as u64 * 7) / 8) as u32,
        }
    }
}

/// The group that a hash leads to, of so many: its upper half, scaled.
#[inline(always)]
pub(super) fn home(hash: u64, groups: u32) -> u32 {
    (((hash >> 32) * u64::from(groups)) >> 32) as u32
}

/// The control byte of an entry with this hash: its lowest byte, but never zero.
#[inline(always)]
pub(super) fn tag(hash: u64) -> u8 {
    let byte = hash as u8;
    byte | u8::from(byte == 0)
}

/// The place in its group that an entry goes to if it is free.
#[inline(always)]
pub(super) fn preferred(hash: u64, places: usize) -> usize {
    (usize::from((hash >> 8) as u16) * places) >> 16
}

/// The group after this one, of so many.
#[inline(always)]
pub(super) fn after(index: u32, groups: u32) -> u32 {
    let next = index + 1;
    if next == groups { 0 } else { next }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_table_for_a_length_has_room_and_no_group_more() {
        for len in (0..5_000).chain([1 << 20, 10_000_000, 3_000_000_000]) {
            let size = Size::for_len(len).unwrap();
            assert!(u64::from(size.capacity()) >= len, "{len}");
            assert!(len == 0 || Size::is_valid(size.0), "{len}");
            if size.groups() > 2 {
                assert!(u64::from(Size(size.0 - 1).capacity()) < len, "{len}");
                let places = u64::from(size.groups()) * PLACES as u64;
                assert!(u64::from(size.capacity()) * 8 <= places * 7);
            }
        }
        assert_eq!(Size::for_len(u64::MAX), None);
        assert_eq!(Size::for_len(1 << 33), None);
    }

    #[test]
    fn growing_doubles() {
        let mut size = Size::NONE;
        let mut capacities = Vec::new();
        for _ in 0..8 {
            size = size.grown(u64::from(size.capacity()) + 1).unwrap();
            capacities.push(size.capacity());
        }
        assert_eq!(capacities, [3, 7, 15, 26, 52, 105, 210, 420]);
    }

    #[test]
    fn words_that_are_no_size_are_refused() {
        for word in [0, 1 << 28, 1 << 29 | 1, 1 << 30, 1 << 30 | 2, 2 << 30, 2 << 30 | 2, 3 << 30, 3 << 30 | 1] {
            assert!(!Size::is_valid(word), "{word:#x}");
        }
        for word in [1, 2, GROUPS, 1 << 30 | 1, 2 << 30 | 1] {
            assert!(Size::is_valid(word), "{word:#x}");
        }
    }

    #[test]
    fn hashes_lead_into_the_table() {
        for hash in [0, 1, u64::MAX, 1 << 63, 0xffff_0000] {
            for groups in [1, 2, 3, 1000, GROUPS] {
                assert!(home(hash, groups) < groups);
            }
            for places in [FEW, SOME, PLACES] {
                assert!(preferred(hash, places) < places);
            }
            assert_ne!(tag(hash), 0);
        }
    }
}
