//! Numbers that look random and are the same in every run.

/// The generator splitmix64: a counter, well mixed.
pub(crate) struct Random(u64);

impl Random {
    /// A stream of its own for each seed.
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0xA076_1D64_78BD_642F))
    }

    /// The next 64 bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which isn't zero.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        // The bias of the multiplication is far below what a benchmark could notice.
        ((u128::from(self.bits()) * u128::from(end)) >> 64) as u64
    }

    /// A number from `least` to `most`, both included.
    pub(crate) fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.below(most - least + 1)
    }
}

/// Text to cut names out of: they cost a slice to make, so that a comparison doesn't measure their making.
pub(crate) struct Names(String);

impl Names {
    /// 64 KiB, which the second-level cache holds.
    const BYTES: u64 = 1 << 16;

    /// Makes the text: lower-case letters.
    pub(crate) fn new() -> Names {
        let mut random = Random::new(0);
        Names((0..Self::BYTES).map(|_| char::from(b'a' + random.below(26) as u8)).collect())
    }

    /// A name of `least` to `most` letters.
    pub(crate) fn draw(&self, random: &mut Random, least: u64, most: u64) -> &str {
        let length = random.between(least, most);
        let start = random.below(Self::BYTES - length);
        &self.0[start as usize..(start + length) as usize]
    }
}

/// A number that depends on each byte and the length of a name.
pub(crate) fn digest(name: &str) -> u64 {
    name.bytes().fold(name.len() as u64, |sum, byte| sum + u64::from(byte))
}
