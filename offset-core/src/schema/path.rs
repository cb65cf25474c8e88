//! The name of a place inside a value.

use super::{Description, Field, Kind, Owner, Scalar};

/// The path, within a value of type `of`, of the byte at `offset`: `.cities`, `.tags[2].name`, or nothing for the value itself. `tag` reads the
/// tag at an offset of the value.
pub(crate) fn describe(of: &Description, offset: usize, tag: &dyn Fn(usize, Scalar) -> i128) -> String {
    let mut path = String::new();
    let (mut of, mut start) = (of, 0);
    // A part lies strictly inside its whole, or is its only part: the depth is that of the type, not of data.
    loop {
        let rest = offset - start;
        match &of.kind {
            Kind::Scalar(_) | Kind::Owner { .. } => return path,
            Kind::Array { element, .. } => {
                let element = element();
                let index = rest / element.size.max(1);
                path += &format!("[{index}]");
                (of, start) = (element, start + index * element.size);
            }
            Kind::Struct(fields) => match field_at(fields, rest) {
                Some(field) => {
                    path += &format!(".{}", field.name);
                    (of, start) = ((field.part)(), start + field.offset);
                }
                None => return path,
            },
            Kind::Enum { tag: scalar, variants } => {
                let tag = tag(start, *scalar);
                let variant = variants.iter().find(|variant| variant.tag == tag);
                match variant.and_then(|variant| Some((variant, field_at(variant.fields, rest)?))) {
                    Some((variant, field)) => {
                        path += &format!("::{}.{}", variant.name, field.name);
                        (of, start) = ((field.part)(), start + field.offset);
                    }
                    None => return path,
                }
            }
        }
    }
}

/// Whether what is stored at `offset` of a value of type `of` owns a sequence, so that its elements have an index.
pub(crate) fn owns_sequence(of: &Description, offset: usize) -> bool {
    let (mut of, mut offset) = (of, offset);
    loop {
        let (part, start) = match &of.kind {
            Kind::Scalar(_) => return false,
            Kind::Owner { layout, .. } => return matches!(layout, Owner::Vec),
            Kind::Array { element, .. } => {
                let size = element().size.max(1);
                (*element, offset / size * size)
            }
            Kind::Struct(fields) => match field_at(fields, offset) {
                Some(field) => (field.part, field.offset),
                None => return false,
            },
            // Owners of either kind may overlap in different variants; an index too many misleads nobody.
            Kind::Enum { variants, .. } => match variants.iter().find_map(|variant| field_at(variant.fields, offset)) {
                Some(field) => (field.part, field.offset),
                None => return false,
            },
        };
        (of, offset) = (part(), offset - start);
    }
}

fn field_at(fields: &[Field], offset: usize) -> Option<&Field> {
    fields.iter().find(|field| {
        let end = field.offset + (field.part)().size;
        (field.offset..end).contains(&offset)
    })
}

impl Scalar {
    /// Reads an integer of this type, as a tag.
    ///
    /// # Safety
    ///
    /// As many bytes as the type has are readable at `at`.
    pub(crate) unsafe fn read(self, at: std::ptr::NonNull<u8>) -> i128 {
        macro_rules! read {
            ($($scalar:ident: $integer:ty),*) => {
                match self {
                    // SAFETY: the caller's contract.
                    $(Scalar::$scalar => i128::from(unsafe { at.cast::<$integer>().read_unaligned() }),)*
                    Scalar::U128 | Scalar::I128 | Scalar::F32 | Scalar::F64 | Scalar::Bool | Scalar::Char => 0,
                }
            };
        }
        read!(U8: u8, U16: u16, U32: u32, U64: u64, I8: i8, I16: i16, I32: i32, I64: i64)
    }
}
