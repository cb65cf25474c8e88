//! The first difference between two schemas, in words.

use std::collections::HashSet;

use super::definition::{FieldDefinition, Schema, Shape};

/// The longest path, and the longest name, that goes into a text as a whole: both may come from a file.
const LONGEST_PATH: usize = 200;
const LONGEST_NAME: usize = 64;

impl Schema {
    /// Where `program` first differs from `self`, the schema of a file: `Atlas.cities[].population is a u64 in the file, a u32 in the program`.
    pub(crate) fn difference(&self, program: &Schema) -> String {
        let mut walk = Walk { file: self, program, seen: HashSet::new(), steps: Vec::new(), pending: Vec::new() };
        walk.visit(None, Step::Root, 0, 0);
        while let Some(task) = walk.pending.pop() {
            if let Some(difference) = walk.run(task) {
                return difference;
            }
        }
        "their descriptions differ".to_owned()
    }

    /// The name of the root type, fit for a text.
    pub(crate) fn root_name(&self) -> String {
        shown(&self.types[0].name)
    }
}

/// A name from a file, fit for a text: escaped, and not longer than that.
fn shown(name: &str) -> String {
    let mut shown: String = name.chars().take(LONGEST_NAME).flat_map(char::escape_debug).collect();
    if shown.len() < name.len() && name.chars().count() > LONGEST_NAME {
        shown.push('…');
    }
    shown
}

struct Walk<'a> {
    file: &'a Schema,
    program: &'a Schema,
    seen: HashSet<(u32, u32)>,
    /// How each pair was reached: the step before, and the last one.
    steps: Vec<(Option<usize>, Step<'a>)>,
    pending: Vec<Task>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Root,
    Field(&'a str),
    Variant(&'a str),
    Element,
}

/// A pair of types to compare, reached by a step.
struct Pair {
    file: u32,
    program: u32,
    step: usize,
}

enum Task {
    /// Compare names and shapes, and then the parts.
    Parts(Pair),
    /// Compare sizes, once no part differs.
    Sizes(Pair),
}

impl<'a> Walk<'a> {
    /// Puts a pair on the list, unless it has been there.
    fn visit(&mut self, parent: Option<usize>, step: Step<'a>, file: u32, program: u32) {
        if self.seen.insert((file, program)) {
            let step = self.step(parent, step);
            self.pending.push(Task::Sizes(Pair { file, program, step }));
            self.pending.push(Task::Parts(Pair { file, program, step }));
        }
    }

    fn step(&mut self, parent: Option<usize>, step: Step<'a>) -> usize {
        self.steps.push((parent, step));
        self.steps.len() - 1
    }

    fn run(&mut self, task: Task) -> Option<String> {
        let (file, program) = (self.file, self.program);
        match task {
            Task::Parts(pair) => self.compare(&pair),
            Task::Sizes(pair) => {
                let (old, new) = (&file.types[pair.file as usize], &program.types[pair.program as usize]);
                ((old.size, old.align) != (new.size, new.align)).then(|| {
                    let path = self.path(pair.step);
                    format!(
                        "{path} has {} bytes aligned to {} in the file, {} aligned to {} in the program",
                        old.size, old.align, new.size, new.align
                    )
                })
            }
        }
    }

    fn compare(&mut self, pair: &Pair) -> Option<String> {
        let (file, program) = (self.file, self.program);
        let (old, new) = (&file.types[pair.file as usize], &program.types[pair.program as usize]);
        if old.name != new.name {
            let (path, old, new) = (self.path(pair.step), shown(&old.name), shown(&new.name));
            return Some(format!("{path} is `{old}` in the file, `{new}` in the program"));
        }
        match (&old.shape, &new.shape) {
            (Shape::Struct(old), Shape::Struct(new)) => self.fields(old, new, pair.step),
            (Shape::Enum { tag: old_tag, variants: old }, Shape::Enum { tag: new_tag, variants: new }) => {
                let path = self.path(pair.step);
                if old_tag != new_tag {
                    return Some(format!("{path} has a tag of {old_tag:?} in the file, of {new_tag:?} in the program"));
                }
                if old.len() != new.len() {
                    return Some(format!(
                        "{path} has {} variants in the file, {} in the program",
                        old.len(),
                        new.len()
                    ));
                }
                old.iter().zip(new).enumerate().find_map(|(index, (old, new))| {
                    if (&old.name, old.tag) != (&new.name, new.tag) {
                        return Some(format!(
                            "variant {index} of {path} is `{} = {}` in the file, `{} = {}` in the program",
                            shown(&old.name),
                            old.tag,
                            shown(&new.name),
                            new.tag
                        ));
                    }
                    let step = self.step(Some(pair.step), Step::Variant(&new.name));
                    self.fields(&old.fields, &new.fields, step)
                })
            }
            (Shape::Array { element: old, count: in_file }, Shape::Array { element: new, count }) => {
                if in_file != count {
                    let path = self.path(pair.step);
                    return Some(format!("{path} has {in_file} elements in the file, {count} in the program"));
                }
                self.visit(Some(pair.step), Step::Element, *old, *new);
                None
            }
            (Shape::Owner { layout: old, parts: old_parts }, Shape::Owner { layout: new, parts: new_parts })
                if old == new && old_parts.len() == new_parts.len() =>
            {
                for (old, new) in old_parts.iter().zip(new_parts).rev() {
                    self.visit(Some(pair.step), Step::Element, *old, *new);
                }
                None
            }
            (old, new) => (old != new).then(|| format!("{} is laid out in another way", self.path(pair.step))),
        }
    }

    fn fields(&mut self, old: &[FieldDefinition], new: &'a [FieldDefinition], step: usize) -> Option<String> {
        for index in 0..old.len().max(new.len()) {
            let difference = match (old.get(index), new.get(index)) {
                (Some(old), Some(new)) if old.name == new.name => continue,
                (Some(old), Some(new)) => {
                    let (path, old, new) = (self.path(step), shown(&old.name), shown(&new.name));
                    format!("field {index} of {path} is `{old}` in the file, `{new}` in the program")
                }
                (Some(old), None) => {
                    format!("the file has a field {}.{}, the program hasn't", self.path(step), shown(&old.name))
                }
                (None, Some(new)) => {
                    format!("the program has a field {}.{}, the file hasn't", self.path(step), shown(&new.name))
                }
                (None, None) => continue,
            };
            return Some(difference);
        }
        for (old, new) in old.iter().zip(new).rev() {
            self.visit(Some(step), Step::Field(&new.name), old.part, new.part);
        }
        None
    }

    /// How a pair was reached, the middle of a long way left out.
    fn path(&self, step: usize) -> String {
        let (mut steps, mut at) = (Vec::new(), Some(step));
        while let Some((parent, step)) = at.map(|at| self.steps[at]) {
            steps.push(match step {
                Step::Root => self.program.root_name(),
                Step::Field(name) => format!(".{}", shown(name)),
                Step::Variant(name) => format!("::{}", shown(name)),
                Step::Element => "[]".to_owned(),
            });
            at = parent;
        }
        let path: String = steps.into_iter().rev().collect();
        if path.len() <= LONGEST_PATH {
            return path;
        }
        let (front, back) =
            (path.floor_char_boundary(LONGEST_PATH / 2), path.ceil_char_boundary(path.len() - LONGEST_PATH / 2));
        format!("{}…{}", &path[..front], &path[back..])
    }
}
