//! Reads a directory tree, one directory at a time, with a stack of its own.
//!
//! What it survives: directories that may not be read (counted), entries that vanish meanwhile (counted), names that aren't
//! UTF-8 (bytes throughout), symbolic links in a circle (not followed), a directory mounted below itself (recognised by the
//! device and inode of each directory above), devices, sockets and pipes (never opened), and trees of any depth up to the
//! system's limit on a path (what lies deeper counts as unreadable).

use std::ffi::OsStr;
use std::fs::{self, FileType, Metadata};
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;

use offset_std::SystemTime;

use crate::index::{Item, Kind, Troubles, push_component};

/// An entry of a directory, as the file system tells it.
#[derive(Debug)]
pub struct Found {
    /// The name in the directory.
    pub name: Vec<u8>,
    /// What it is.
    pub kind: Kind,
    /// The length in bytes.
    pub size: u64,
    /// When the content was last changed.
    pub modified: SystemTime,
    id: Id,
}

/// What a directory is known by: its device and its inode there.
type Id = (u64, u64);

/// A directory that has been read.
#[derive(Debug)]
pub struct Listing<T> {
    /// What was handed to [`Walk::descend`] for this directory.
    pub token: T,
    /// Its entries, sorted by name.
    pub entries: Vec<Found>,
}

/// A walk through a directory tree. Each directory carries a token of the caller's.
#[derive(Debug)]
pub struct Walk<T> {
    /// The path of the directory read last.
    path: Vec<u8>,
    /// How much of `path` is the root's.
    root_len: usize,
    /// That directory, the last, and all above it.
    ancestors: Vec<Ancestor>,
    pending: Vec<Pending<T>>,
    troubles: Troubles,
}

#[derive(Debug)]
struct Ancestor {
    id: Id,
    path_len: usize,
}

#[derive(Debug)]
struct Pending<T> {
    name: Vec<u8>,
    id: Id,
    /// How many directories lie above it.
    depth: usize,
    token: T,
}

impl Found {
    /// Describes what `path` leads to, not following a link.
    ///
    /// # Errors
    ///
    /// If there is nothing, or the system won't tell.
    pub fn at(path: &Path) -> io::Result<Found> {
        Ok(Found::described(path.file_name().unwrap_or_default().as_bytes().to_owned(), &fs::symlink_metadata(path)?))
    }

    /// The entry together with where it is.
    pub fn in_directory<'a>(&'a self, directory: &'a [u8]) -> Item<'a> {
        let &Found { ref name, kind, size, modified, .. } = self;
        Item { directory, name, kind, size, modified }
    }

    fn described(name: Vec<u8>, metadata: &Metadata) -> Found {
        Found {
            name,
            kind: kind_of(metadata.file_type()),
            size: metadata.size(),
            modified: SystemTime::from_unix(metadata.mtime(), metadata.mtime_nsec() as u32).unwrap_or_default(),
            id: (metadata.dev(), metadata.ino()),
        }
    }
}

fn kind_of(kind: FileType) -> Kind {
    match kind {
        kind if kind.is_file() => Kind::File,
        kind if kind.is_dir() => Kind::Directory,
        kind if kind.is_symlink() => Kind::Link,
        kind if kind.is_block_device() || kind.is_char_device() || kind.is_fifo() || kind.is_socket() => Kind::Special,
        _ => Kind::Unknown,
    }
}

impl<T> Walk<T> {
    /// Starts at `root`, which may be a link to a directory.
    ///
    /// # Errors
    ///
    /// If `root` isn't a directory that can be read.
    pub fn new(root: &Path, token: T) -> io::Result<Walk<T>> {
        let metadata = fs::metadata(root)?;
        // Says at once what is wrong with the one directory that may not be missing.
        fs::read_dir(root)?;
        let path = root.as_os_str().as_bytes().to_owned();
        let top = Pending { name: Vec::new(), id: (metadata.dev(), metadata.ino()), depth: 0, token };
        Ok(Walk {
            root_len: path.len(),
            path,
            ancestors: Vec::new(),
            pending: vec![top],
            troubles: Troubles::default(),
        })
    }

    /// Reads the next directory. `None` when all have been.
    pub fn read_next(&mut self) -> Option<Listing<T>> {
        while let Some(Pending { name, id, depth, token }) = self.pending.pop() {
            // What was pushed between this directory and its parent has been popped again, so those above it are the first `depth`.
            self.ancestors.truncate(depth);
            self.path.truncate(self.ancestors.last().map_or(self.root_len, |parent| parent.path_len));
            if self.ancestors.iter().any(|above| above.id == id) {
                self.troubles.loops += 1;
                continue;
            }
            if depth > 0 {
                push_component(&mut self.path, &name);
            }
            self.ancestors.push(Ancestor { id, path_len: self.path.len() });
            if let Some(entries) = self.read_directory() {
                return Some(Listing { token, entries });
            }
        }
        None
    }

    /// Says that a directory in the last listing is to be read, too.
    pub fn descend(&mut self, directory: &Found, token: T) {
        let depth = self.ancestors.len();
        self.pending.push(Pending { name: directory.name.clone(), id: directory.id, depth, token });
    }

    /// The path of the directory read last, relative to the root.
    pub fn directory(&self) -> &[u8] {
        let path = &self.path[self.root_len..];
        path.strip_prefix(b"/").unwrap_or(path)
    }

    /// What couldn't be read until now.
    pub fn troubles(&self) -> Troubles {
        self.troubles
    }

    /// Reads the directory at `self.path`. What can't be read is counted.
    fn read_directory(&mut self) -> Option<Vec<Found>> {
        let listing = self.note(fs::read_dir(OsStr::from_bytes(&self.path)))?;
        let mut entries = Vec::new();
        for entry in listing {
            // The iterator ends after an error.
            let Some(entry) = self.note(entry) else { continue };
            let name = entry.file_name().into_vec();
            match entry.metadata() {
                Ok(metadata) => entries.push(Found::described(name, &metadata)),
                Err(error) if is_gone(&error) => self.troubles.vanished += 1,
                Err(_) => {
                    self.troubles.unreadable += 1;
                    let modified = SystemTime::default();
                    entries.push(Found { name, kind: Kind::Unknown, size: 0, modified, id: (0, 0) });
                }
            }
        }
        entries.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        Some(entries)
    }

    /// Counts an error.
    fn note<R>(&mut self, result: io::Result<R>) -> Option<R> {
        match &result {
            Ok(_) => {}
            Err(error) if is_gone(error) => self.troubles.vanished += 1,
            Err(_) => self.troubles.unreadable += 1,
        }
        result.ok()
    }
}

/// Shows every entry below `root`, and returns what couldn't be read.
///
/// # Errors
///
/// If `root` isn't a directory that can be read.
pub fn visit(root: &Path, mut see: impl FnMut(Item<'_>)) -> io::Result<Troubles> {
    let mut walk = Walk::new(root, ())?;
    while let Some(Listing { entries, .. }) = walk.read_next() {
        for entry in &entries {
            see(entry.in_directory(walk.directory()));
            if entry.kind == Kind::Directory {
                walk.descend(entry, ());
            }
        }
    }
    Ok(walk.troubles())
}

/// Whether an error says that something isn't there any more, or is something else by now.
fn is_gone(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::os::unix::net::UnixListener;
    use std::path::PathBuf;

    use super::*;

    /// A directory that is deleted when this is dropped.
    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str) -> Scratch {
            let path = std::env::temp_dir().join(format!("offset-walk-{name}.{}", std::process::id()));
            fs::create_dir(&path).unwrap();
            Scratch(path)
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            // What is left behind lies in the system's directory for such things.
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    /// All paths below `root` with what they are, and the troubles.
    fn seen(root: &Path) -> (Vec<(Vec<u8>, Kind, u64)>, Troubles) {
        let mut all = Vec::new();
        let troubles = visit(root, |item| {
            let mut path = item.directory.to_owned();
            push_component(&mut path, item.name);
            let size = if item.kind == Kind::File { item.size } else { 0 };
            all.push((path, item.kind, size));
        });
        all.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        (all, troubles.unwrap())
    }

    #[test]
    fn links_sockets_and_strange_names_are_entries_like_others() {
        let scratch = Scratch::new("strange");
        let root = &scratch.0;
        fs::create_dir_all(root.join("a/b")).unwrap();
        fs::write(root.join("a/b/three"), "123").unwrap();
        symlink("..", root.join("a/up")).unwrap();
        symlink("itself", root.join("a/itself")).unwrap();
        fs::write(root.join(OsStr::from_bytes(b"raw\xff\n")), "").unwrap();
        let _socket = UnixListener::bind(root.join("socket")).unwrap();

        let (all, troubles) = seen(root);
        let expected: [(&[u8], Kind, u64); 7] = [
            (b"a", Kind::Directory, 0),
            (b"a/b", Kind::Directory, 0),
            (b"a/b/three", Kind::File, 3),
            (b"a/itself", Kind::Link, 0),
            (b"a/up", Kind::Link, 0),
            (b"raw\xff\n", Kind::File, 0),
            (b"socket", Kind::Special, 0),
        ];
        assert_eq!(all, expected.map(|(path, kind, size)| (path.to_owned(), kind, size)));
        assert_eq!(troubles, Troubles::default());
    }

    #[test]
    fn an_unreadable_directory_is_counted() {
        let scratch = Scratch::new("unreadable");
        let secret = scratch.0.join("secret");
        fs::create_dir(&secret).unwrap();
        fs::write(scratch.0.join("shown"), "").unwrap();
        fs::set_permissions(&secret, Permissions::from_mode(0o000)).unwrap();
        let refused = fs::read_dir(&secret).is_err();
        let (all, troubles) = seen(&scratch.0);
        fs::set_permissions(&secret, Permissions::from_mode(0o700)).unwrap();
        assert_eq!(all.len(), 2);
        // Root may read everything.
        assert_eq!(troubles, Troubles { unreadable: u64::from(refused), ..Troubles::default() });
    }

    #[test]
    fn a_directory_that_vanishes_is_counted() {
        let scratch = Scratch::new("vanishing");
        fs::create_dir(scratch.0.join("brief")).unwrap();
        let mut walk = Walk::new(&scratch.0, "root").unwrap();
        let listing = walk.read_next().unwrap();
        assert_eq!((listing.token, listing.entries.len()), ("root", 1));
        walk.descend(&listing.entries[0], "brief");
        fs::remove_dir(scratch.0.join("brief")).unwrap();
        assert!(walk.read_next().is_none());
        assert_eq!(walk.troubles(), Troubles { vanished: 1, ..Troubles::default() });
    }

    #[test]
    fn a_directory_mounted_below_itself_is_not_entered_again() {
        let scratch = Scratch::new("loop");
        fs::create_dir_all(scratch.0.join("a/b")).unwrap();
        let metadata = fs::metadata(&scratch.0).unwrap();
        let mut walk = Walk::new(&scratch.0, ()).unwrap();
        let mut listing = walk.read_next().unwrap();
        walk.descend(&listing.entries[0], ());
        listing = walk.read_next().unwrap();
        // As if the root were mounted on `a/b`.
        listing.entries[0].id = (metadata.dev(), metadata.ino());
        walk.descend(&listing.entries[0], ());
        assert!(walk.read_next().is_none());
        assert_eq!(walk.troubles(), Troubles { loops: 1, ..Troubles::default() });
    }

    #[test]
    fn paths_are_right_after_coming_back_from_below() {
        let scratch = Scratch::new("paths");
        let deep: PathBuf = std::iter::repeat_n("d", 200).collect();
        fs::create_dir_all(scratch.0.join(&deep)).unwrap();
        fs::create_dir_all(scratch.0.join("e/f")).unwrap();
        let (all, _) = seen(&scratch.0);
        assert_eq!(all.len(), 202);
        assert_eq!(all[199].0, deep.as_os_str().as_bytes());
        assert_eq!(all[201].0, b"e/f");
    }

    #[test]
    fn a_root_that_is_no_directory_is_an_error() {
        let scratch = Scratch::new("root");
        let file = scratch.0.join("file");
        fs::write(&file, "").unwrap();
        assert!(Walk::new(&file, ()).is_err());
        assert!(Walk::new(&scratch.0.join("missing"), ()).is_err());
    }
}
