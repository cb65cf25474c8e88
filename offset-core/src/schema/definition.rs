//! A schema: the types that a root type reaches, numbered in the order of the walk.

use std::collections::HashMap;

use super::{Description, Kind, Owner, Part, Scalar};

/// The types that a root type reaches. The root is the first.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Schema {
    pub(super) types: Vec<Definition>,
}

/// A type, with its parts by number.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Definition {
    pub(super) name: String,
    pub(super) size: u64,
    pub(super) align: u32,
    pub(super) shape: Shape,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Scalar(Scalar),
    Struct(Vec<FieldDefinition>),
    Enum { tag: Scalar, variants: Vec<VariantDefinition> },
    Array { element: u32, count: u64 },
    Owner { layout: Owner, parts: Vec<u32> },
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct FieldDefinition {
    pub(super) name: String,
    pub(super) offset: u64,
    pub(super) part: u32,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct VariantDefinition {
    pub(super) name: String,
    pub(super) tag: i128,
    pub(super) fields: Vec<FieldDefinition>,
}

impl Schema {
    /// The schema of a root type.
    pub(crate) fn of(root: &'static Description) -> Schema {
        let mut walk = Walk { order: vec![root], numbers: HashMap::from([((root.id)(), 0)]) };
        let mut types = Vec::new();
        // Types are numbered when they are first met, and defined in that order: breadth first.
        while let Some(description) = walk.order.get(types.len()).copied() {
            types.push(walk.define(description));
        }
        Schema { types }
    }
}

struct Walk {
    order: Vec<&'static Description>,
    numbers: HashMap<std::any::TypeId, u32>,
}

impl Walk {
    fn define(&mut self, description: &'static Description) -> Definition {
        let shape = match &description.kind {
            Kind::Scalar(scalar) => Shape::Scalar(*scalar),
            Kind::Struct(fields) => Shape::Struct(self.fields(fields)),
            Kind::Enum { tag, variants } => Shape::Enum {
                tag: *tag,
                variants: variants
                    .iter()
                    .map(|variant| VariantDefinition {
                        name: variant.name.to_owned(),
                        tag: variant.tag,
                        fields: self.fields(variant.fields),
                    })
                    .collect(),
            },
            Kind::Array { element, count } => Shape::Array { element: self.number(*element), count: *count as u64 },
            Kind::Owner { layout, parts } => {
                Shape::Owner { layout: *layout, parts: parts.iter().map(|part| self.number(*part)).collect() }
            }
        };
        Definition {
            name: description.name.to_owned(),
            size: description.size as u64,
            align: description.align as u32,
            shape,
        }
    }

    fn fields(&mut self, fields: &'static [super::Field]) -> Vec<FieldDefinition> {
        fields
            .iter()
            .map(|field| FieldDefinition {
                name: field.name.to_owned(),
                offset: field.offset as u64,
                part: self.number(field.part),
            })
            .collect()
    }

    fn number(&mut self, part: Part) -> u32 {
        let description = part();
        *self.numbers.entry((description.id)()).or_insert_with(|| {
            self.order.push(description);
            self.order.len() as u32 - 1
        })
    }
}
