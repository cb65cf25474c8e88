//! The schema: a tree of entries, each of which owns its name and the vector of its children.

use offset_std::{SystemTime, Vec, prelude::*};

/// The index of one directory tree: the root of the file.
#[derive(Relocatable, Debug)]
#[repr(C)]
pub struct Index {
    /// The path of the directory that was walked: absolute, and raw bytes as all names are, since they needn't be UTF-8.
    pub path: Vec<u8>,
    /// What couldn't be indexed.
    pub troubles: Troubles,
    /// The directory itself. Its name is empty.
    pub root: Entry,
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
