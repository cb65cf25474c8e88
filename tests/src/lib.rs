//! What several tests share.

use std::path::{Path, PathBuf};

pub mod child;
pub mod model;

/// Whether the tests run under a sanitizer, which needs address space and memory of its own.
pub fn sanitized() -> bool {
    std::env::var("RUSTFLAGS").is_ok_and(|flags| flags.contains("sanitizer"))
}

/// A directory of its own, removed when dropped.
#[derive(Debug)]
pub struct Scratch(PathBuf);

impl Scratch {
    /// Makes an empty directory with `name` in its name.
    ///
    /// # Panics
    ///
    /// If the system refuses.
    pub fn new(name: &str) -> Scratch {
        let path = std::env::temp_dir().join(format!("offset-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a temporary directory can be made");
        Scratch(path)
    }

    /// The path of a file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl AsRef<Path> for Scratch {
    fn as_ref(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
