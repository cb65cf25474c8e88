//! Writing an image to a file: old or new, never a mix.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::slice;

use super::header::{HEADER_BYTES, Header, checksum};
use crate::error::{Error, Result};
use crate::handle::UNIT_BYTES;
use crate::poison;
use crate::region::{FIRST_UNIT, Writer};
use crate::relocatable::Relocatable;
use crate::schema::Schema;
use crate::space::random_bytes;
use crate::trace::{Extent, validate};

pub(super) fn save<T: Relocatable>(writer: &Writer, root: u32, id: u128, path: &Path) -> Result<()> {
    let body_len = (writer.cursor() - FIRST_UNIT) as usize * UNIT_BYTES;
    let at = writer.base().at::<u8>(FIRST_UNIT);
    // Free pieces are read as what they are, zero.
    poison::show(at, body_len);
    // SAFETY: committed and initialised; nobody edits while the image is borrowed.
    let body = unsafe { slice::from_raw_parts(at.as_ptr(), body_len) };
    let without_orphans = if writer.has_orphans() { Some(claimed_only::<T>(writer, root, body)?) } else { None };
    let body = without_orphans.as_deref().unwrap_or(body);
    let schema = Schema::of(T::description()).encode();
    let header = Header {
        id,
        fingerprint: checksum(&schema),
        body_checksum: checksum(body),
        body_len: body_len as u64,
        schema_len: schema.len() as u64,
        root,
    };
    replace(path, &[&header.encode()[..HEADER_BYTES], body, &schema])
}

/// A copy of the body in which everything is zero that the root doesn't own. That drops the values of tokens which were dropped since the image was last
/// edited, and which only an edit may release.
fn claimed_only<T: Relocatable>(writer: &Writer, root: u32, body: &[u8]) -> Result<Vec<u8>> {
    let extent = Extent { base: writer.base(), first: FIRST_UNIT, units: writer.cursor() - FIRST_UNIT };
    // SAFETY: the region's own memory, which nobody edits while the image is borrowed.
    let claims = unsafe { validate::claim_only::<T>(extent, root) }?;
    let mut copy = body.to_vec();
    for piece in claims.unclaimed() {
        let start = (piece.unit - FIRST_UNIT) as usize * UNIT_BYTES;
        copy[start..][..piece.units as usize * UNIT_BYTES].fill(0);
    }
    Ok(copy)
}

/// Puts a file with these contents at `path`.
fn replace(path: &Path, contents: &[&[u8]]) -> Result<()> {
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let Some(name) = path.file_name() else {
        return Err(Error::io("naming the file", io::Error::from(io::ErrorKind::IsADirectory)));
    };
    let mut hidden = OsString::from(".");
    hidden.push(name);
    hidden.push(format!(".{:016x}.tmp", u64::from_le_bytes(random_bytes()?)));
    let mut temporary = Temporary { path: directory.join(hidden), renamed: false };
    temporary.write(contents)?;
    fs::rename(&temporary.path, path).map_err(|error| Error::io("renaming the temporary file", error))?;
    temporary.renamed = true;
    let directory = File::open(directory).and_then(|directory| directory.sync_all());
    directory.map_err(|error| Error::io("flushing the directory", error))
}

/// A file that is removed when dropped, unless it has been renamed.
struct Temporary {
    path: PathBuf,
    renamed: bool,
}

impl Temporary {
    fn write(&self, contents: &[&[u8]]) -> Result<()> {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&self.path)
            .map_err(|error| Error::io("creating a temporary file", error))?;
        for part in contents {
            file.write_all(part).map_err(|error| Error::io("writing a temporary file", error))?;
        }
        file.sync_all().map_err(|error| Error::io("flushing a temporary file", error))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.renamed {
            // There is nothing to be done about a failure: the error that led here is the one to report.
            let _ = fs::remove_file(&self.path);
        }
    }
}
