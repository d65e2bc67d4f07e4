//! `brevity gain` over logs, and beside the proxy's own records.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod figures;
mod logs;
#[path = "../scratch/mod.rs"]
mod scratch;
#[path = "../proxy/world.rs"]
#[allow(dead_code, reason = "the suite over the proxy needs more of it")]
mod world;

use serde_json::Value;
use std::{
    path::Path,
    process::{Command, Output},
};

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
