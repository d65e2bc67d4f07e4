//! `brevity gain` over logs, and beside the proxy's own records.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod figures;
mod logs;
#[path = "../proxy/world.rs"]
#[allow(dead_code, reason = "the suite over the proxy needs more of it")]
mod world;

use serde_json::Value;
use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// A folder of this test run, gone when dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("gain-{}-{name}", std::process::id());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// Writes a file, and the folders that lead to it.
    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The binary, where no agent has a home unless the test gives it one.
fn gain(arguments: &[&str], home: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_brevity"))
        .arg("gain")
        .args(arguments)
        .env("HOME", home)
        .env("USERPROFILE", home)
        .env_remove("CLAUDE_CONFIG_DIR")
        .env_remove("CODEX_HOME")
        .output()
        .unwrap()
}

/// What `gain` says of one path.
fn figures(path: &Path) -> Value {
    let output = gain(&["--json", path.to_str().unwrap()], path);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}
