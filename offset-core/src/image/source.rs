//! A file that is being opened: its header and its schema, compared with the type asked for.

use std::any::TypeId;
use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::sync::{LazyLock, Mutex, PoisonError};

use rustix::fs::OFlags;

use super::header::{HEADER_BYTES, Header, checksum};
use crate::error::{Error, ErrorKind, Result};
use crate::handle::UNIT_BYTES;
use crate::region::FIRST_UNIT;
use crate::relocatable::Relocatable;
use crate::schema::{Schema, type_id};

/// An open file that should be a region file.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) file: File,
    /// Its length.
    pub(super) len: u64,
}

impl Source {
    pub(super) fn open(path: &Path) -> Result<Source> {
        // Opening a pipe that nobody writes to would wait otherwise.
        let flags = OFlags::NONBLOCK.bits() as i32;
        let file = OpenOptions::new().read(true).custom_flags(flags).open(path);
        let file = file.map_err(|error| Error::io("opening the file", error))?;
        let metadata = file.metadata().map_err(|error| Error::io("asking for the length of the file", error))?;
        if !metadata.is_file() {
            return Err(Error::malformed("it isn't a regular file"));
        }
        Ok(Source { file, len: metadata.len() })
    }

    /// Reads the header, and checks that the file holds a `T`.
    pub(super) fn read_header<T: Relocatable>(&self) -> Result<Header> {
        let mut bytes = [0; HEADER_BYTES];
        let found = HEADER_BYTES.min(self.len as usize);
        self.read(&mut bytes[..found], 0)?;
        self.accept::<T>(&bytes[..found])
    }

    /// Checks the first bytes of the file: that they are a header, and that the file holds a `T`.
    pub(super) fn accept<T: Relocatable>(&self, first: &[u8]) -> Result<Header> {
        let header = Header::decode(first, self.len)?;
        if header.fingerprint != fingerprint::<T>() {
            return Err(mismatch::<T>(&header, &self.read_schema(&header)?));
        }
        let units = size_of::<T>().div_ceil(UNIT_BYTES) as u64;
        let end = u64::from(FIRST_UNIT) + u64::from(header.body_units());
        let inside = units == 0 || header.root >= FIRST_UNIT && u64::from(header.root) + units <= end;
        if !inside || !(header.root as usize * UNIT_BYTES).is_multiple_of(align_of::<T>()) {
            return Err(Error::malformed(format!("its root at unit {:#x} isn't in its body", header.root)));
        }
        Ok(header)
    }

    /// Checks the checksum of the body, and the schema.
    pub(super) fn check(&self, header: &Header, body: &[u8]) -> Result<()> {
        let (stored, computed) = (header.body_checksum, checksum(body));
        if stored != computed {
            return Err(ErrorKind::Checksum { part: "body", stored, computed }.into());
        }
        let (stored, computed) = (header.fingerprint, checksum(&self.read_schema(header)?));
        if stored != computed {
            return Err(ErrorKind::Checksum { part: "schema", stored, computed }.into());
        }
        Ok(())
    }

    fn read_schema(&self, header: &Header) -> Result<Vec<u8>> {
        let mut schema = vec![0; header.schema_len as usize];
        self.read(&mut schema, header.schema_at())?;
        Ok(schema)
    }

    /// Reads bytes from a place in the file.
    pub(super) fn read(&self, bytes: &mut [u8], at: u64) -> Result<()> {
        self.file.read_exact_at(bytes, at).map_err(|error| Error::io("reading the file", error))
    }
}

/// The error for a file of another type.
fn mismatch<T: Relocatable>(header: &Header, schema: &[u8]) -> Error {
    let computed = checksum(schema);
    if header.fingerprint != computed {
        return ErrorKind::Checksum { part: "schema", stored: header.fingerprint, computed }.into();
    }
    let program = Schema::of(T::description());
    match Schema::decode(schema) {
        Ok(file) => ErrorKind::Fingerprint {
            file: file.root_name(),
            program: program.root_name(),
            difference: file.difference(&program),
        }
        .into(),
        Err(error) => error,
    }
}

/// The fingerprint of a type: the checksum of its schema, computed once.
pub(super) fn fingerprint<T: Relocatable>() -> u64 {
    static KNOWN: LazyLock<Mutex<HashMap<TypeId, u64>>> = LazyLock::new(Mutex::default);
    let id = type_id::<T>();
    let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner).get(&id).copied();
    known.unwrap_or_else(|| {
        let computed = checksum(&Schema::of(T::description()).encode());
        KNOWN.lock().unwrap_or_else(PoisonError::into_inner).insert(id, computed);
        computed
    })
}
