//! `StableHash`: hashes that are the same everywhere, and for ever.
//!
//! A map that is saved keeps its entries where their hashes put them, so every program that reads the file must come to the same hashes: whatever
//! compiler, version or platform it was built with. `std::hash` promises none of that.
//!
//! # The contract
//!
//! A hasher has a state `s` and a key `k`, 64 bits each, made from the seed of the map:
//!
//! ```text
//! s = seed xor 0x8bb84b93962eacc9          k = (seed rotated left by 32) xor 0x2d358dccaa6c78a5
//!
//! a number w of up to 64 bits:             s = fold(s xor w, k)       fold(a, b) = high 64 bits of a × b xor its low 64 bits
//! up to 16 bytes:                          s = fold((s rotated right by as many bits as there are bytes) xor a, k xor b)
//! more bytes:                              s = XXH3-64 of the bytes, with s as the seed
//! the hash:                                s
//! ```
//!
//! where *a* and *b* are made from a few bytes like this (all numbers little-endian; `[i]` is the `u32` that begins at byte *i*, for *n* bytes):
//!
//! ```text
//! 4 to 16 bytes:   m = n / 8 × 4, rounded down before it is multiplied
//!                  a = [0] << 32 | [m]                          b = [n - 4] << 32 | [n - 4 - m]
//! 1 to 3 bytes:    a = first << 16 | that at n / 2 << 8 | last  b = 0
//! no bytes:        a = 0                                        b = 0
//! ```
//!
//! | type | what is hashed |
//! | --- | --- |
//! | `u8`…`u64`, `i8`…`i64` | the number, its bits taken as unsigned and extended with zeros |
//! | `usize`, `isize` | as `u64`, `i64` |
//! | `u128`, `i128` | its low 64 bits as a number, then its high ones |
//! | `bool`, `char`, `NonZero…` | the number 0 or 1, the scalar value, the number |
//! | text | its bytes in UTF-8 |
//! | a sequence (array, slice, vector) of `u8`…`u128`, `usize`, `i8`…`i128` or `isize` | the bytes of all of them, little-endian |
//! | a sequence of anything else | how many there are, as a number; then each |
//! | `Box`, references | what they point at |
//! | an optional value | the number 0; or 1, then the value |
//! | a struct or tuple | its fields in order |
//! | a duration, a point in time | its seconds, then the nanoseconds on top, as [`Duration`](crate::Duration) and [`SystemTime`](crate::SystemTime) have them |
//! | an internet address | its octets as a sequence |
//! | an enum | its tag, as an `i64`; then the fields of the variant |
//!
//! `fold` is the mixing step of [wyhash](https://github.com/wangyi-fudan/wyhash) and [rapidhash](https://github.com/Nicoshev/rapidhash) (the constants are the latter's, and so is how a few bytes
//! are read): one multiplication, which is all that a number or a short name costs. [XXH3](https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md) is specified, and what the file format's
//! checksums use already; on a few bytes it branches by their number, which nobody can predict.

mod equivalent;
mod impls;

pub(crate) use equivalent::ByRef;
pub use equivalent::Equivalent;

/// A value with a hash that is the same in every program, so that a [`HashMap`](crate::HashMap) that it is a key of can be saved.
///
/// Derive it. Values that are equal must have equal hashes, also in another form: `&str`, std's `String` and [`String`](crate::String) hash alike, and so do
/// arrays, slices and vectors, so a map can be asked without building a key. Floating-point numbers have none, because `-0.0 == 0.0`.
///
/// An implementation that breaks that, or panics, makes lookups miss; it harms nothing else.
///
/// ```
/// use offset_std::{StableHash, String, StableHasher, prelude::*};
///
/// #[derive(Relocatable, StableHash, PartialEq, Eq)]
/// #[repr(C)]
/// pub struct Place {
///     country: String,
///     code: u32,
/// }
///
/// /// The same, borrowed.
/// #[derive(StableHash)]
/// pub struct PlaceRef<'a> {
///     country: &'a str,
///     code: u32,
/// }
///
/// let image = Image::<Place>::new(PlaceInit { country: "France", code: 75 })?;
/// let borrowed = PlaceRef { country: "France", code: 75 };
/// assert_eq!(StableHasher::hash_one(&*image, 7), StableHasher::hash_one(&borrowed, 7));
/// # Ok::<(), offset_std::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no stable hash",
    label = "not `StableHash`",
    note = "a struct or enum of your own: add `#[derive(StableHash)]`",
    note = "the twin of one: write `#[relocatable(std, derive(StableHash, PartialEq, Eq))]`",
    note = "floating-point numbers have none, because values that are equal (`-0.0 == 0.0`) must have equal hashes: write a type of your own around their bits"
)]
pub trait StableHash {
    /// Feeds the value to `hasher`.
    fn stable_hash(&self, hasher: &mut StableHasher);

    /// Feeds a sequence of values to `hasher`, its length included.
    fn stable_hash_slice(values: &[Self], hasher: &mut StableHasher)
    where
        Self: Sized,
    {
        hasher.write_u64(values.len() as u64);
        values.iter().for_each(|value| value.stable_hash(hasher));
    }
}

/// What a [`StableHash`] feeds. The [module](self) states the algorithm; `docs/format.md` has it too.
///
/// ```
/// use offset_std::{StableHash, StableHasher};
///
/// /// Equal whatever the case.
/// struct Caseless<'a>(&'a str);
///
/// impl StableHash for Caseless<'_> {
///     fn stable_hash(&self, hasher: &mut StableHasher) {
///         hasher.write_bytes(self.0.to_ascii_lowercase().as_bytes());
///     }
/// }
///
/// assert_eq!(StableHasher::hash_one(&Caseless("Paris"), 0), StableHasher::hash_one("paris", 0));
/// ```
#[derive(Clone, Debug)]
pub struct StableHasher {
    state: u64,
    key: u64,
}

const STATE: u64 = 0x8bb8_4b93_962e_acc9;
const KEY: u64 = 0x2d35_8dcc_aa6c_78a5;

#[inline(always)]
const fn fold(a: u64, b: u64) -> u64 {
    let product = a as u128 * b as u128;
    (product >> 64) as u64 ^ product as u64
}

impl StableHasher {
    /// A hasher that has been fed nothing.
    #[inline(always)]
    pub const fn new(seed: u64) -> StableHasher {
        StableHasher { state: seed ^ STATE, key: seed.rotate_left(32) ^ KEY }
    }

    /// The hash of one value.
    #[inline(always)]
    pub fn hash_one<T: StableHash + ?Sized>(value: &T, seed: u64) -> u64 {
        let mut hasher = StableHasher::new(seed);
        value.stable_hash(&mut hasher);
        hasher.finish()
    }

    /// Feeds a number.
    #[inline(always)]
    pub const fn write_u64(&mut self, number: u64) {
        self.state = fold(self.state ^ number, self.key);
    }

    /// Feeds bytes, and how many there are.
    #[inline(always)]
    pub fn write_bytes(&mut self, bytes: &[u8]) {
        self.state = match few(bytes) {
            Some((a, b)) => fold(self.state.rotate_right(bytes.len() as u32) ^ a, self.key ^ b),
            None => xxhash_rust::xxh3::xxh3_64_with_seed(bytes, self.state),
        };
    }

    /// The hash of what was fed.
    #[inline(always)]
    pub const fn finish(&self) -> u64 {
        self.state
    }
}

/// All of up to sixteen bytes in two numbers, without a branch for what is longer than three.
#[inline(always)]
fn few(bytes: &[u8]) -> Option<(u64, u64)> {
    let len = bytes.len();
    let middle = len / 8 * 4;
    let word = |at: usize| {
        bytes.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |word| u64::from(u32::from_le_bytes(*word)))
    };
    Some(match len {
        4..=16 => (word(0) << 32 | word(middle), word(len - 4) << 32 | word(len - 4 - middle)),
        1..=3 => (u64::from(bytes[0]) << 16 | u64::from(bytes[len / 2]) << 8 | u64::from(bytes[len - 1]), 0),
        0 => (0, 0),
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
