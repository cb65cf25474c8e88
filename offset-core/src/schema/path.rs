//! The name of a place inside a value.

use std::any::TypeId;

use super::{Description, Field, Kind, Scalar};

/// The path, within a value of type `of`, of the byte at `offset` (`.cities`, `.tags[2].name`, or nothing for the value itself), and the type that
/// is there. `tag` reads the tag at an offset of the value. The path ends at the first part that begins at `offset` and has the type `whole`, if there is one.
pub(crate) fn describe(
    of: &'static Description,
    offset: usize,
    whole: Option<TypeId>,
    tag: &dyn Fn(usize, Scalar) -> i128,
) -> (String, &'static Description) {
    let mut path = String::new();
    let (mut of, mut start) = (of, 0);
    // A part lies strictly inside its whole, or is its only part: the depth is that of the type, not of data.
    loop {
        if start == offset && whole == Some((of.id)()) {
            return (path, of);
        }
        let rest = offset - start;
        let (step, part, part_start) = match &of.kind {
            Kind::Scalar(_) | Kind::Owner { .. } => return (path, of),
            Kind::Array { element, .. } => {
                let size = element().size.max(1);
                (format!("[{}]", rest / size), *element, rest / size * size)
            }
            Kind::Struct(fields) => match field_at(fields, rest) {
                Some(field) => (format!(".{}", field.name), field.part, field.offset),
                None => return (path, of),
            },
            Kind::Enum { tag: scalar, variants } => {
                let tag = tag(start, *scalar);
                let variant = variants.iter().find(|variant| variant.tag == tag);
                match variant.and_then(|variant| Some((variant, field_at(variant.fields, rest)?))) {
                    Some((variant, field)) => (format!("::{}.{}", variant.name, field.name), field.part, field.offset),
                    None => return (path, of),
                }
            }
        };
        path += &step;
        (of, start) = (part(), start + part_start);
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
