//! The arithmetic of tables: how large one is, and where a hash leads.
#![forbid(unsafe_code)]

/// Places for entries in a group of a table with several, or of the largest with one.
pub(super) const PLACES: usize = 14;
/// Places in the group of a small table.
pub(super) const FEW: usize = 3;
/// Places in the group of the next larger one.
pub(super) const SOME: usize = 7;

/// Tables of at least so many groups are filled more: those whose entries don't fit a first-level cache.
const DENSE_FROM: u32 = 256;

/// How full a table of several groups may be, in 64ths: a smaller one, and a larger one.
///
/// Of the entries, 1.6 % are behind their first group in the former, and 7 % in the latter. Finding one there takes a branch that is mispredicted: 14 ns, where a lookup in a small table
/// takes 3, and in a large one 20 and more.
const FULL: u32 = 45;
const FULL_DENSE: u32 = 56;

/// How many groups so many entries need.
fn groups_for(len: u64, full: u32) -> Option<u32> {
    u32::try_from(len.checked_mul(64)?.div_ceil(PLACES as u64 * u64::from(full))).ok()
}

/// The size of a table, as a map stores it.
///
/// ```text
/// bit  31 30   29 28   27 … 0
///      | kind | zero  | number of groups |      kind: 0 groups of 14 places, 1 one group of 7, 2 one group of 3, 3 groups of 14 places that are filled more
/// ```
///
/// More than one group are a prime number of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(transparent)]
pub(super) struct Size(u32);

/// The largest number of groups: the largest prime of 28 bits.
const GROUPS: u32 = (1 << 28) - 57;
/// The bits that it takes.
const GROUP_BITS: u32 = (1 << 28) - 1;
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
            8..=14 => Size(1),
            _ => match Size::sparse(groups_for(len, FULL)?) {
                Some(size) => size,
                None => Size::dense(groups_for(len, FULL_DENSE)?)?,
            },
        })
    }

    /// The size of a table with so many groups, or a few more.
    fn for_groups(least: u32) -> Option<Size> {
        Size::sparse(least).or_else(|| Size::dense(least))
    }

    /// The same, if the table is a smaller one.
    fn sparse(least: u32) -> Option<Size> {
        (least..DENSE_FROM).find(|groups| is_prime(*groups)).map(Size)
    }

    /// The same of a larger one.
    fn dense(least: u32) -> Option<Size> {
        (least..=GROUPS).find(|groups| is_prime(*groups)).map(|groups| Size(3 << KIND_SHIFT | groups))
    }

    /// The next size of a growing table: twice as large, or enough for `len` entries.
    pub(super) fn grown(self, len: u64) -> Option<Size> {
        let double = match self.kind() {
            _ if self == Size::NONE => Size::NONE,
            2 => Size(1 << KIND_SHIFT | 1),
            1 => Size(1),
            _ => Size::for_groups((self.groups() * 2).max(3)).unwrap_or(self),
        };
        let needed = Size::for_len(len)?;
        Some(if double.capacity() >= needed.capacity() { double } else { needed })
    }

    /// The size of a table of so many entries in which lookups have become long: the same, unless it is rather full.
    pub(super) fn relaxed(self, len: u64) -> Size {
        match Size::for_len(len + len / 4) {
            Some(size) if size.capacity() > self.capacity() => size,
            _ => self,
        }
    }

    /// Whether a word from a file is the size of a table.
    pub(super) fn is_valid(word: u32) -> bool {
        let size = Size(word);
        let groups = size.groups();
        word & !(3 << KIND_SHIFT | GROUP_BITS) == 0
            && match size.kind() {
                0 => groups == 1 || groups < DENSE_FROM * 2 && is_prime(groups),
                1 | 2 => groups == 1,
                _ => (DENSE_FROM / 2..=GROUPS).contains(&groups) && is_prime(groups),
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
        self.0 & GROUP_BITS
    }

    /// Places in each group.
    #[inline(always)]
    pub(super) fn places(self) -> usize {
        match self.kind() {
            1 => SOME,
            2 => FEW,
            _ => PLACES,
        }
    }

    /// Whether the table is one of those that are filled more.
    #[inline(always)]
    fn is_dense(self) -> bool {
        self.kind() == 3
    }

    /// How many entries there may be. A single group may be full: nothing is ever looked for behind it.
    #[inline(always)]
    pub(super) fn capacity(self) -> u32 {
        match self.groups() {
            0 => 0,
            1 => self.places() as u32,
            groups => {
                let full = PLACES as u32 * if self.is_dense() { FULL_DENSE } else { FULL };
                // groups < 2^28, so the result is below 2^32.
                (u64::from(groups) * u64::from(full) / 64) as u32
            }
        }
    }
}

/// The group that a hash leads to, of so many: the hash as a fraction, scaled.
#[inline(always)]
pub(super) fn home(hash: u64, groups: u32) -> u32 {
    ((u128::from(hash) * u128::from(groups)) >> 64) as u32
}

/// The tag of an entry with this hash: its low bits, and never zero.
#[inline(always)]
pub(super) fn tag(hash: u64) -> u16 {
    hash as u16 | 1
}

/// How far apart the groups are that an entry with this hash is looked for in, where there are so many. With a prime number of groups, every step leads to all of
/// them.
#[inline(always)]
pub(super) fn step(hash: u64, groups: u32) -> u32 {
    let bits = (hash >> 20) & 0xff_ffff;
    1 + ((bits * u64::from(groups.saturating_sub(1))) >> 24) as u32
}

/// The group that lies so many steps behind one, of so many.
#[inline(always)]
pub(super) fn after(index: u32, step: u32, groups: u32) -> u32 {
    // Both are below 2^28, and a step is below the number of groups, or is one where there is one group.
    let next = index + step;
    if next >= groups { next - groups } else { next }
}

/// Where in the counts of overflows that for entries with this hash is: two bits of them.
#[inline(always)]
pub(super) fn class(hash: u64) -> u32 {
    (hash >> 15) as u32 & 30
}

fn is_prime(number: u32) -> bool {
    // Below 2^28, that is 8192 divisions at most.
    number == 2
        || number > 2
            && number % 2 == 1
            && (3..).step_by(2).take_while(|by| by * by <= number).all(|by| !number.is_multiple_of(by))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_table_for_a_length_has_room_and_hardly_a_group_more() {
        for len in (0..8_000).chain([1 << 20, 10_000_000, 3_000_000_000]) {
            let size = Size::for_len(len).unwrap();
            assert!(u64::from(size.capacity()) >= len, "{len}");
            assert!(len == 0 || Size::is_valid(size.0), "{len}");
            if size.groups() > 2 {
                // Up to the next prime number.
                let more = if size.groups() < 10_000 { 40 } else { 300 };
                let least = Size(size.groups().saturating_sub(more) | size.kind() << KIND_SHIFT);
                assert!(u64::from(least.capacity()) < len, "{len}");
                let places = u64::from(size.groups()) * PLACES as u64;
                assert!(u64::from(size.capacity()) * 8 <= places * 7);
            }
        }
        assert_eq!(Size::for_len(u64::MAX), None);
        assert_eq!(Size::for_len(1 << 33), None);
    }

    #[test]
    fn longer_maps_have_no_smaller_tables() {
        let capacities: Vec<u32> = (0..8_000).map(|len| Size::for_len(len).unwrap().capacity()).collect();
        assert!(capacities.is_sorted());
    }

    #[test]
    fn growing_doubles() {
        let mut size = Size::NONE;
        let mut capacities = Vec::new();
        for _ in 0..8 {
            size = size.grown(u64::from(size.capacity()) + 1).unwrap();
            capacities.push(size.capacity());
        }
        assert_eq!(capacities, [3, 7, 14, 29, 68, 167, 364, 777]);
    }

    #[test]
    fn words_that_are_no_size_are_refused() {
        for word in [
            0,
            4,
            9,
            GROUPS - 2,
            GROUP_BITS,
            1 << 28,
            1 << 29 | 1,
            1 << 30,
            1 << 30 | 2,
            2 << 30,
            2 << 30 | 2,
            3 << 30,
            3 << 30 | 1,
            3 << 30 | 5,
            3 << 30 | 200,
            521,
        ] {
            assert!(!Size::is_valid(word), "{word:#x}");
        }
        for word in [1, 2, 3, 61, 251, 3 << 30 | 211, 3 << 30 | 77_551, 3 << 30 | GROUPS, 1 << 30 | 1, 2 << 30 | 1] {
            assert!(Size::is_valid(word), "{word:#x}");
        }
    }

    #[test]
    fn hashes_lead_into_the_table() {
        for hash in [0, 1, u64::MAX, 1 << 63, 0xffff_0000] {
            for groups in [1, 2, 3, 1009, GROUPS] {
                assert!(home(hash, groups) < groups);
                let step = step(hash, groups);
                assert!(step >= 1 && (step < groups || groups == 1));
                assert!(after(groups - 1, step, groups) < groups);
            }
            assert_ne!(tag(hash), 0);
            assert!(class(hash) < 32 && class(hash).is_multiple_of(2));
        }
    }
}
