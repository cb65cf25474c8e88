//! The schema: a tree of entries, each of which owns its name and the vector of its children, and maps that lead into it.

use offset_std::{BTreeMap, HashMap, SystemTime, Vec, prelude::*};

/// The index of one directory tree: the root of the file.
///
/// Entries are numbered as they were found, so the number of a directory is below those of what is in it. The maps know entries by their numbers.
#[derive(Relocatable, Debug)]
#[relocatable(validate = Index::check)]
#[repr(C)]
pub struct Index {
    /// The path of the directory that was walked: absolute, and raw bytes as all names are, since they needn't be UTF-8.
    pub path: Vec<u8>,
    /// What couldn't be indexed.
    pub troubles: Troubles,
    /// How many entries there are below the root.
    pub counts: Counts,
    /// The directory itself. Its name is empty, and its number 0.
    pub root: Entry,
    /// Where the entry with each number is.
    pub steps: Vec<Step>,
    /// The numbers of the entries with a name.
    pub by_name: HashMap<Vec<u8>, Vec<u32>>,
    /// The numbers of the regular files with a length.
    pub by_size: BTreeMap<u64, Vec<u32>>,
    /// The numbers of the regular files that were last changed at a time.
    pub by_time: BTreeMap<SystemTime, Vec<u32>>,
}

/// Where an entry is: the number of its directory, and its place among what is in there. The root's are zero.
#[derive(Relocatable, Clone, Copy, PartialEq, Eq, Debug, Default)]
#[relocatable(plain)]
#[repr(C)]
pub struct Step {
    /// The number of the directory.
    pub directory: u32,
    /// The place in its children.
    pub place: u32,
}

/// A file, a directory, or whatever else has a name.
///
/// ```text
/// bytes  0      8      16         32         40     41     48
///        name | size | modified | children | kind | 0 … 0 |
/// ```
#[derive(Relocatable, Debug)]
#[repr(C)]
pub struct Entry {
    /// The name in its directory.
    pub name: Vec<u8>,
    /// The length in bytes, as the file system tells it.
    pub size: u64,
    /// When the content was last changed.
    pub modified: SystemTime,
    /// The entries of a directory, sorted by name; empty for everything else.
    pub children: Vec<Entry>,
    /// What it is.
    pub kind: Kind,
}

const _: () = assert!(size_of::<Entry>() == 48);

/// What an entry is.
#[derive(Relocatable, Clone, Copy, PartialEq, Eq, Debug)]
#[relocatable(plain)]
#[repr(u8)]
pub enum Kind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link. It isn't followed.
    Link,
    /// A device, a socket or a pipe.
    Special,
    /// Something of which the system told no more than the name.
    Unknown,
}

/// What couldn't be indexed, counted.
#[derive(Relocatable, Clone, Copy, PartialEq, Eq, Debug, Default)]
#[relocatable(plain)]
#[repr(C)]
pub struct Troubles {
    /// Directories that couldn't be read, and entries that the system wouldn't describe.
    pub unreadable: u64,
    /// Entries that were gone before they could be looked at.
    pub vanished: u64,
    /// Directories that contain themselves (a directory mounted below itself) and weren't entered again.
    pub loops: u64,
}

/// How many entries match, by kind.
#[derive(Relocatable, Clone, Copy, PartialEq, Eq, Debug, Default)]
#[relocatable(plain)]
#[repr(C)]
pub struct Counts {
    /// Regular files.
    pub files: u64,
    /// Directories.
    pub directories: u64,
    /// Symbolic links.
    pub links: u64,
    /// Everything else.
    pub others: u64,
    /// The lengths of the regular files, added up.
    pub bytes: u64,
}

impl Counts {
    /// How many entries there are of any kind.
    pub fn entries(&self) -> u64 {
        self.files + self.directories + self.links + self.others
    }

    /// Counts one more.
    pub fn add(&mut self, kind: Kind, size: u64) {
        match kind {
            Kind::File => {
                self.files += 1;
                self.bytes = self.bytes.saturating_add(size);
            }
            Kind::Directory => self.directories += 1,
            Kind::Link => self.links += 1,
            Kind::Special | Kind::Unknown => self.others += 1,
        }
    }
}

/// An entry, wherever it was found: in an index or in the file system.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// The path of its directory, relative to the root of the tree; empty for the root.
    pub directory: &'a [u8],
    /// The name in the directory.
    pub name: &'a [u8],
    /// What it is.
    pub kind: Kind,
    /// The length in bytes.
    pub size: u64,
    /// When the content was last changed.
    pub modified: SystemTime,
}

impl Entry {
    /// The child with this name, found in O(log n).
    pub fn child(&self, name: &[u8]) -> Option<&Entry> {
        let at = self.children.binary_search_by(|child| child.name[..].cmp(name)).ok()?;
        Some(&self.children[at])
    }

    /// The entry together with where it is.
    pub fn in_directory<'a>(&'a self, directory: &'a [u8]) -> Item<'a> {
        let &Entry { ref name, kind, size, modified, .. } = self;
        Item { directory, name, kind, size, modified }
    }
}

impl Index {
    /// What the types don't say: that every number leads to an entry, and every directory to the root.
    fn check(&self) -> Result<(), &'static str> {
        if self.steps.is_empty() || (1..).zip(&self.steps[1..]).any(|(number, step)| step.directory >= number) {
            return Err("an entry has a number below that of its directory");
        }
        let groups = self.by_name.values().chain(self.by_size.values()).chain(self.by_time.values());
        if groups.flatten().any(|&number| number as usize >= self.steps.len()) {
            return Err("a map of the index has the number of no entry");
        }
        Ok(())
    }

    /// The entry with a number, whose directory's path is written to `directory`. `None` if the tree has no place that the number stands for.
    pub fn numbered<'a>(&'a self, number: u32, directory: &'a mut std::vec::Vec<u8>) -> Option<Item<'a>> {
        let mut places = std::vec::Vec::new();
        let mut number = number;
        while number != 0 {
            let step = self.steps.get(number as usize)?;
            places.push(step.place);
            number = step.directory;
        }
        directory.clear();
        let mut entry = &self.root;
        for place in places.into_iter().rev() {
            push_component(directory, &entry.name);
            entry = entry.children.get(place as usize)?;
        }
        Some(entry.in_directory(directory))
    }

    /// The entry at a path relative to the root. Empty components and `.` are skipped.
    pub fn entry(&self, path: &[u8]) -> Option<&Entry> {
        components(path).try_fold(&self.root, Entry::child)
    }

    /// Shows every entry below the root, each directory before what is in it.
    ///
    /// The stack is on the heap: a tree may be as deep as it likes.
    pub fn visit(&self, mut see: impl FnMut(Item<'_>)) {
        let mut path = std::vec::Vec::new();
        let mut stack = vec![(0, self.root.children.iter())];
        while let Some((length, siblings)) = stack.last_mut() {
            path.truncate(*length);
            let Some(entry) = siblings.next() else {
                stack.pop();
                continue;
            };
            see(entry.in_directory(&path));
            if !entry.children.is_empty() {
                push_component(&mut path, &entry.name);
                stack.push((path.len(), entry.children.iter()));
            }
        }
    }
}

/// The parts of a path that name something.
pub fn components(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    path.split(|&byte| byte == b'/').filter(|part| !part.is_empty() && *part != b".")
}

/// Appends a name to a path.
pub fn push_component(path: &mut std::vec::Vec<u8>, name: &[u8]) {
    if !path.is_empty() && !path.ends_with(b"/") {
        path.push(b'/');
    }
    path.extend_from_slice(name);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The error of loading an index that is whole but for `spoil`.
    fn refused(spoil: impl FnOnce(IndexMut<'_>)) -> String {
        let modified = SystemTime::default();
        let child = EntryInit { name: b"a", size: 0, modified, children: Empty, kind: Kind::File };
        let mut image = Image::<Index>::new(IndexInit {
            path: b"/",
            troubles: Troubles::default(),
            counts: Counts::default(),
            root: EntryInit { name: b"", size: 0, modified, children: [child], kind: Kind::Directory },
            steps: [Step::default(), Step::default()],
            by_name: [(b"a", [1])],
            by_size: [(0, [1])],
            by_time: Empty,
        })
        .unwrap();
        let path = std::env::temp_dir().join(format!("offset-index.{}.region", std::process::id()));
        let outcome = |image: &Image<Index>| {
            image.save(&path).unwrap();
            Image::<Index>::load(&path)
        };
        let mut directory = vec![b'x'];
        let loaded = outcome(&image).unwrap();
        assert_eq!(loaded.numbered(1, &mut directory).unwrap().name, b"a");
        spoil(image.edit());
        let error = outcome(&image).unwrap_err().to_string();
        std::fs::remove_file(&path).unwrap();
        error
    }

    #[test]
    fn an_index_whose_numbers_lead_nowhere_is_refused() {
        let error = refused(|mut index| index.steps[1].directory = 1);
        assert!(error.contains("a number below that of its directory"), "{error}");
        let error = refused(|mut index| index.steps.clear());
        assert!(error.contains("a number below that of its directory"), "{error}");
        let error = refused(|mut index| index.by_size.get_mut(&0).unwrap()[0] = 2);
        assert!(error.contains("the number of no entry"), "{error}");
        let error = refused(|mut index| drop(index.by_name.insert(b"b", [7])));
        assert!(error.contains("the number of no entry"), "{error}");
    }
}
