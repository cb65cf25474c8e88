//! The header of a region file.
//!
//! ```text
//!   0  8  magic: 89 "OFFSET" 0a
//!   8  4  format version
//!  12  4  byte order mark: 0x0a0b0c0d
//!  16 16  identifier
//!  32  8  fingerprint: XXH3-64 of the schema
//!  40  8  XXH3-64 of the body
//!  48  8  where the schema begins in the file
//!  56  8  its length
//!  64  4  unit of the root
//!  68  4  number of extents: 1
//!  72  8  extent: where it begins in the slot, in bytes
//!  80  8          where it begins in the file
//!  88  8          its length
//!  96 24  zero
//! 120  8  XXH3-64 of the 120 bytes before
//! ```
#![forbid(unsafe_code)]

use twox_hash::XxHash3_64;

use crate::error::{Error, ErrorKind, Result};
use crate::handle::{Base, UNIT_BYTES};
use crate::region::FIRST_UNIT;
use crate::space::COMMIT_LIMIT;
use crate::trace::Extent;

/// Bytes of the header, and where the body begins, in the file as in the slot.
pub(super) const HEADER_BYTES: usize = FIRST_UNIT as usize * UNIT_BYTES;

const MAGIC: [u8; 8] = *b"\x89OFFSET\n";
const VERSION: u32 = 1;
const BYTE_ORDER: u32 = 0x0a0b_0c0d;

const _: () = assert!(HEADER_BYTES == 128);

/// What the header of a file says, once it has been checked: everything lies within the file and the slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) id: u128,
    pub(super) fingerprint: u64,
    pub(super) body_checksum: u64,
    /// Bytes of the body, which begins behind the header. A multiple of a unit.
    pub(super) body_len: u64,
    pub(super) schema_len: u64,
    pub(super) root: u32,
}

/// The checksum that the format uses: XXH3-64 with seed 0.
pub(super) fn checksum(bytes: &[u8]) -> u64 {
    XxHash3_64::oneshot(bytes)
}

impl Header {
    /// Where the schema begins.
    pub(super) fn schema_at(&self) -> u64 {
        HEADER_BYTES as u64 + self.body_len
    }

    /// The body, once it lies in a slot.
    pub(super) fn extent(&self, base: Base) -> Extent {
        Extent { base, first: FIRST_UNIT, units: self.body_units() }
    }

    /// The units of the body: at most those of a slot.
    pub(super) fn body_units(&self) -> u32 {
        (self.body_len / UNIT_BYTES as u64) as u32
    }

    /// The length of the file.
    fn file_len(&self) -> u64 {
        self.schema_at() + self.schema_len
    }

    pub(super) fn encode(&self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        let mut put = |at: usize, value: &[u8]| bytes[at..at + value.len()].copy_from_slice(value);
        put(0, &MAGIC);
        put(8, &VERSION.to_le_bytes());
        put(12, &BYTE_ORDER.to_le_bytes());
        put(16, &self.id.to_le_bytes());
        put(32, &self.fingerprint.to_le_bytes());
        put(40, &self.body_checksum.to_le_bytes());
        put(48, &self.schema_at().to_le_bytes());
        put(56, &self.schema_len.to_le_bytes());
        put(64, &self.root.to_le_bytes());
        put(68, &1u32.to_le_bytes());
        put(72, &(HEADER_BYTES as u64).to_le_bytes());
        put(80, &(HEADER_BYTES as u64).to_le_bytes());
        put(88, &self.body_len.to_le_bytes());
        let (covered, last) = bytes.split_at_mut(120);
        last.copy_from_slice(&checksum(covered).to_le_bytes());
        bytes
    }

    /// Reads the first bytes of a file of `file_len` bytes, which may be anything.
    ///
    /// # Errors
    ///
    /// One for each way in which they aren't a header of this format.
    pub(super) fn decode(bytes: &[u8], file_len: u64) -> Result<Header> {
        if let Some(found) = bytes.first_chunk().filter(|found| **found != MAGIC) {
            return Err(ErrorKind::WrongMagic { found: *found }.into());
        }
        let Some(bytes) = bytes.first_chunk::<HEADER_BYTES>() else {
            return Err(ErrorKind::Length { expected: HEADER_BYTES as u64, found: file_len }.into());
        };
        let u32_at = |at: usize| u32::from_le_bytes(std::array::from_fn(|byte| bytes[at + byte]));
        let u64_at = |at: usize| u64::from_le_bytes(std::array::from_fn(|byte| bytes[at + byte]));
        let order = u32_at(12);
        if order == BYTE_ORDER.swap_bytes() {
            return Err(ErrorKind::ByteOrder { found: order }.into());
        }
        let version = u32_at(8);
        if version > VERSION {
            return Err(ErrorKind::NewerFormat { found: version, supported: VERSION }.into());
        }
        let (stored, computed) = (u64_at(120), checksum(&bytes[..120]));
        if stored != computed {
            return Err(ErrorKind::Checksum { part: "header", stored, computed }.into());
        }
        if order != BYTE_ORDER || version == 0 || bytes[96..120] != [0; 24] {
            return Err(Error::malformed("its header has a field with no meaning"));
        }
        let header = Header {
            id: u128::from_le_bytes(std::array::from_fn(|byte| bytes[16 + byte])),
            fingerprint: u64_at(32),
            body_checksum: u64_at(40),
            body_len: u64_at(88),
            schema_len: u64_at(56),
            root: u32_at(64),
        };
        let begins = HEADER_BYTES as u64;
        if (u32_at(68), u64_at(72), u64_at(80)) != (1, begins, begins) {
            return Err(Error::malformed("it hasn't the one extent that this version reads"));
        }
        if !header.body_len.is_multiple_of(UNIT_BYTES as u64) || header.body_len > COMMIT_LIMIT - begins {
            return Err(Error::malformed(format!("its body of {} bytes isn't one", header.body_len)));
        }
        if u64_at(48) != header.schema_at() || header.schema_len > COMMIT_LIMIT {
            return Err(Error::malformed("its schema isn't behind its body"));
        }
        if header.file_len() != file_len {
            return Err(ErrorKind::Length { expected: header.file_len(), found: file_len }.into());
        }
        Ok(header)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Header {
        Header { id: 7, fingerprint: 1, body_checksum: 2, body_len: 64, schema_len: 10, root: 16 }
    }

    #[test]
    fn comes_back_as_it_was() {
        assert_eq!(Header::decode(&header().encode(), 202).unwrap(), header());
    }

    #[test]
    fn says_what_is_wrong() {
        let kind = |change: fn(&mut [u8; HEADER_BYTES]), file_len| {
            let mut bytes = header().encode();
            change(&mut bytes);
            Header::decode(&bytes, file_len).unwrap_err()
        };
        assert!(matches!(kind(|bytes| bytes[0] = 0, 202).kind(), ErrorKind::WrongMagic { .. }));
        assert!(matches!(kind(|bytes| bytes[12..16].reverse(), 202).kind(), ErrorKind::ByteOrder { .. }));
        assert!(matches!(kind(|bytes| bytes[8] = 2, 202).kind(), ErrorKind::NewerFormat { found: 2, supported: 1 }));
        assert!(matches!(kind(|bytes| bytes[40] ^= 1, 202).kind(), ErrorKind::Checksum { part: "header", .. }));
        assert!(matches!(kind(|_| (), 201).kind(), ErrorKind::Length { expected: 202, found: 201 }));
        assert!(matches!(kind(|_| (), 203).kind(), ErrorKind::Length { .. }));
        let short = Header::decode(&header().encode()[..100], 100).unwrap_err();
        assert!(matches!(short.kind(), ErrorKind::Length { expected: 128, found: 100 }));
    }

    /// With the header's checksum made right again, fields are still checked one against another.
    #[test]
    fn believes_no_field() {
        for (at, value) in
            [(48, 1u64), (56, u64::MAX), (68, 2), (72, 64), (80, 0), (88, u64::MAX - 7), (88, 63), (100, 1)]
        {
            let mut bytes = header().encode();
            bytes[at..at + 8].copy_from_slice(&value.to_le_bytes());
            let sum = checksum(&bytes[..120]);
            bytes[120..].copy_from_slice(&sum.to_le_bytes());
            assert!(Header::decode(&bytes, 202).is_err(), "{value:#x} at {at}");
        }
    }
}
