//! Files and folders of one test, gone when dropped.
#![allow(dead_code, reason = "each suite needs a part of it")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

/// A folder of its own, or one file in it.
pub(crate) struct Scratch {
    folder: PathBuf,
    path: PathBuf,
}

impl Scratch {
    /// An empty folder.
    pub(crate) fn folder() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("scratch-{}-{count}", std::process::id());
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&folder).unwrap();
        Self { path: folder.clone(), folder }
    }

    /// A folder with these files.
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let folder = Self::folder();
        for (name, text) in files {
            folder.write(name, text);
        }
        folder
    }

    /// One file.
    pub(crate) fn file(name: &str, bytes: &[u8]) -> Self {
        let mut file = Self::folder();
        file.path = file.write(name, bytes);
        file
    }

    /// The path of the folder, or of its one file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The same as text.
    pub(crate) fn text(&self) -> &str {
        self.path.to_str().unwrap()
    }

    /// Writes a file, and the folders that lead to it.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
