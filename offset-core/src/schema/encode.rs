//! The bytes of a schema. `docs/format.md` describes them.
#![forbid(unsafe_code)]

use super::definition::{Definition, FieldDefinition, Schema, Shape, VariantDefinition};
use super::{Owner, Scalar};
use crate::error::{Error, Result};

const SCALAR: u8 = 1;
const STRUCT: u8 = 2;
const ENUM: u8 = 3;
const ARRAY: u8 = 4;
const OWNER: u8 = 5;

impl Schema {
    /// The schema as bytes: the same for the same types, whatever program they are compiled into.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Encoder(Vec::new());
        out.u32(self.types.len() as u32);
        for definition in &self.types {
            out.name(&definition.name);
            out.u64(definition.size);
            out.u32(definition.align);
            match &definition.shape {
                Shape::Scalar(scalar) => out.0.extend([SCALAR, *scalar as u8]),
                Shape::Struct(fields) => {
                    out.0.push(STRUCT);
                    out.fields(fields);
                }
                Shape::Enum { tag, variants } => {
                    out.0.extend([ENUM, *tag as u8]);
                    out.u32(variants.len() as u32);
                    for variant in variants {
                        out.name(&variant.name);
                        out.0.extend(variant.tag.to_le_bytes());
                        out.fields(&variant.fields);
                    }
                }
                Shape::Array { element, count } => {
                    out.0.push(ARRAY);
                    out.u32(*element);
                    out.u64(*count);
                }
                Shape::Owner { layout, parts } => {
                    out.0.extend([OWNER, *layout as u8]);
                    out.u32(parts.len() as u32);
                    parts.iter().for_each(|part| out.u32(*part));
                }
            }
        }
        out.0
    }

    /// Reads the bytes of a schema, which may be anything.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Malformed`](crate::ErrorKind::Malformed) for bytes that `encode` doesn't write.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Schema> {
        let mut input = Decoder { bytes, types: 0 };
        input.types = input.u32()?;
        if input.types == 0 {
            return Err(malformed());
        }
        let types = input.list(input.types, Decoder::definition)?;
        if !input.bytes.is_empty() {
            return Err(malformed());
        }
        Ok(Schema { types })
    }
}

fn malformed() -> Error {
    Error::malformed("its schema isn't one")
}

struct Encoder(Vec<u8>);

impl Encoder {
    fn u32(&mut self, value: u32) {
        self.0.extend(value.to_le_bytes());
    }

    fn u64(&mut self, value: u64) {
        self.0.extend(value.to_le_bytes());
    }

    fn name(&mut self, name: &str) {
        self.u32(name.len() as u32);
        self.0.extend(name.as_bytes());
    }

    fn fields(&mut self, fields: &[FieldDefinition]) {
        self.u32(fields.len() as u32);
        for field in fields {
            self.name(&field.name);
            self.u64(field.offset);
            self.u32(field.part);
        }
    }
}

struct Decoder<'a> {
    bytes: &'a [u8],
    types: u32,
}

impl<'a> Decoder<'a> {
    fn take(&mut self, len: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(len).ok_or_else(malformed)?;
        self.bytes = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        self.take(N)?.try_into().map_err(|_| malformed())
    }

    fn u8(&mut self) -> Result<u8> {
        Ok(self.array::<1>()?[0])
    }

    fn u32(&mut self) -> Result<u32> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    fn u64(&mut self) -> Result<u64> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    fn name(&mut self) -> Result<String> {
        let len = self.u32()? as usize;
        String::from_utf8(self.take(len)?.to_vec()).map_err(|_| malformed())
    }

    /// The number of a type, which must exist.
    fn part(&mut self) -> Result<u32> {
        let part = self.u32()?;
        if part < self.types { Ok(part) } else { Err(malformed()) }
    }

    fn scalar(&mut self) -> Result<Scalar> {
        Scalar::from_code(self.u8()?).ok_or_else(malformed)
    }

    /// A list of `count` items. Each takes at least one byte, so memory is bounded by the input.
    fn list<T>(&mut self, count: u32, item: fn(&mut Self) -> Result<T>) -> Result<Vec<T>> {
        (0..count).map(|_| item(self)).collect()
    }

    fn definition(&mut self) -> Result<Definition> {
        let (name, size, align) = (self.name()?, self.u64()?, self.u32()?);
        let shape = match self.u8()? {
            SCALAR => Shape::Scalar(self.scalar()?),
            STRUCT => Shape::Struct(self.fields()?),
            ENUM => {
                let (tag, count) = (self.scalar()?, self.u32()?);
                Shape::Enum { tag, variants: self.list(count, Decoder::variant)? }
            }
            ARRAY => Shape::Array { element: self.part()?, count: self.u64()? },
            OWNER => {
                let layout = Owner::from_code(self.u8()?).ok_or_else(malformed)?;
                let count = self.u32()?;
                Shape::Owner { layout, parts: self.list(count, Decoder::part)? }
            }
            _ => return Err(malformed()),
        };
        Ok(Definition { name, size, align, shape })
    }

    fn fields(&mut self) -> Result<Vec<FieldDefinition>> {
        let count = self.u32()?;
        self.list(count, |input| Ok(FieldDefinition { name: input.name()?, offset: input.u64()?, part: input.part()? }))
    }

    fn variant(&mut self) -> Result<VariantDefinition> {
        Ok(VariantDefinition { name: self.name()?, tag: i128::from_le_bytes(self.array()?), fields: self.fields()? })
    }
}
