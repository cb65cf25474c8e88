//! Reading a file into memory of its own.

use std::marker::PhantomData;
use std::path::Path;
use std::slice;

use super::header::HEADER_BYTES;
use super::source::Source;
use super::{Image, ImageOptions};
use crate::error::Result;
use crate::free::Piece;
use crate::handle::UNIT_BYTES;
use crate::region::{FIRST_UNIT, Writer};
use crate::relocatable::Portable;
use crate::space::Lease;
use crate::trace::validate;

pub(super) fn load<T: Portable>(path: &Path, options: &ImageOptions) -> Result<Image<T>> {
    let source = Source::open(path)?;
    let header = source.read_header::<T>()?;
    let mut lease = Lease::new()?;
    lease.commit(header.schema_at(), options.limit)?;
    let extent = header.extent(lease.base());
    let at = lease.base().at::<u8>(FIRST_UNIT);
    // SAFETY: committed above, zeroed, and nobody else's.
    let body = unsafe { slice::from_raw_parts_mut(at.as_ptr(), header.body_len as usize) };
    source.read(body, HEADER_BYTES as u64)?;
    source.check(&header, body)?;
    // SAFETY: the bytes are committed and initialised, and nobody else knows of them.
    let claims = unsafe { validate::validate::<T>(extent, header.root) }?;
    // What nobody claimed is free, whatever the file says, and free memory is zero.
    let free: Vec<Piece> = claims.unclaimed().collect();
    for piece in &free {
        let at = lease.base().at::<u8>(piece.unit);
        // SAFETY: as above.
        unsafe { at.write_bytes(0, piece.units as usize * UNIT_BYTES) };
    }
    let cursor = FIRST_UNIT + header.body_units();
    let writer = Writer::contiguous(lease, cursor, options.limit, free.into_iter().rev())?;
    options.apply(&writer);
    let id = options.id.unwrap_or(header.id);
    Ok(Image { writer, root: header.root, id, sparse: false, owns: PhantomData })
}
