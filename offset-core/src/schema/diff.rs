//! The first difference between two schemas, in words.

use std::collections::HashSet;

use super::definition::{FieldDefinition, Schema, Shape};

impl Schema {
    /// Where `program` first differs from `self`, the schema of a file: `Atlas.cities[].population is a u64 in the file, a u32 in the program`.
    pub(crate) fn difference(&self, program: &Schema) -> String {
        let mut walk = Walk { file: self, program, seen: HashSet::new(), pending: vec![(0, 0, String::new())] };
        walk.pending[0].2 = program.root_name().to_owned();
        while let Some((file, program, path)) = walk.pending.pop() {
            if let Some(difference) = walk.compare(file, program, &path) {
                return difference;
            }
        }
        "their descriptions differ".to_owned()
    }
}

struct Walk<'a> {
    file: &'a Schema,
    program: &'a Schema,
    seen: HashSet<(u32, u32)>,
    /// Pairs of types to compare, and how they were reached.
    pending: Vec<(u32, u32, String)>,
}

impl Walk<'_> {
    fn compare(&mut self, file: u32, program: u32, path: &str) -> Option<String> {
        if !self.seen.insert((file, program)) {
            return None;
        }
        let (old, new) = (&self.file.types[file as usize], &self.program.types[program as usize]);
        if old.name != new.name {
            return Some(format!("{path} is `{}` in the file, `{}` in the program", old.name, new.name));
        }
        match (&old.shape, &new.shape) {
            (Shape::Struct(old), Shape::Struct(new)) => {
                if let Some(difference) = self.fields(old, new, path) {
                    return Some(difference);
                }
            }
            (Shape::Enum { tag: old_tag, variants: old }, Shape::Enum { tag: new_tag, variants: new }) => {
                if old_tag != new_tag {
                    return Some(format!("{path} has a tag of {old_tag:?} in the file, of {new_tag:?} in the program"));
                }
                for index in 0..old.len().max(new.len()) {
                    let (Some(old), Some(new)) = (old.get(index), new.get(index)) else {
                        return Some(format!(
                            "{path} has {} variants in the file, {} in the program",
                            old.len(),
                            new.len()
                        ));
                    };
                    if (&old.name, old.tag) != (&new.name, new.tag) {
                        return Some(format!(
                            "variant {index} of {path} is `{} = {}` in the file, `{} = {}` in the program",
                            old.name, old.tag, new.name, new.tag
                        ));
                    }
                    if let Some(difference) = self.fields(&old.fields, &new.fields, &format!("{path}::{}", old.name)) {
                        return Some(difference);
                    }
                }
            }
            (Shape::Array { element: old, count: in_file }, Shape::Array { element: new, count }) => {
                if in_file != count {
                    return Some(format!("{path} has {in_file} elements in the file, {count} in the program"));
                }
                self.pending.push((*old, *new, format!("{path}[]")));
            }
            (Shape::Owner { layout: old, parts: old_parts }, Shape::Owner { layout: new, parts: new_parts })
                if old == new && old_parts.len() == new_parts.len() =>
            {
                for (old, new) in old_parts.iter().zip(new_parts).rev() {
                    self.pending.push((*old, *new, format!("{path}[]")));
                }
            }
            (old, new) if old != new => return Some(format!("{path} is laid out in another way")),
            _ => {}
        }
        if (old.size, old.align) != (new.size, new.align) {
            return Some(format!(
                "{path} has {} bytes aligned to {} in the file, {} aligned to {} in the program",
                old.size, old.align, new.size, new.align
            ));
        }
        None
    }

    fn fields(&mut self, old: &[FieldDefinition], new: &[FieldDefinition], path: &str) -> Option<String> {
        for index in 0..old.len().max(new.len()) {
            match (old.get(index), new.get(index)) {
                (Some(old), Some(new)) if old.name != new.name => {
                    return Some(format!(
                        "field {index} of {path} is `{}` in the file, `{}` in the program",
                        old.name, new.name
                    ));
                }
                (Some(_), Some(_)) => {}
                (Some(old), None) => {
                    return Some(format!("the file has a field {path}.{}, the program hasn't", old.name));
                }
                (None, Some(new)) => {
                    return Some(format!("the program has a field {path}.{}, the file hasn't", new.name));
                }
                (None, None) => {}
            }
        }
        for (old, new) in old.iter().zip(new).rev() {
            self.pending.push((old.part, new.part, format!("{path}.{}", old.name)));
        }
        // Types are compared later, depth first; where they agree, an offset can differ only by its size, found there.
        None
    }
}
