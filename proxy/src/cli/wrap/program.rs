//! Whether there is such a program, before a proxy is started for it.

use crate::cli::config::Environment;
use std::{
    ffi::OsStr,
    path::{MAIN_SEPARATOR, Path},
};

/// Whether the system would find a file of this name. Whether it can be run, it says itself.
pub(super) fn is_there(program: &OsStr, user: &Environment) -> bool {
    if is_path(program) {
        return Path::new(program).exists();
    }
    // Where there is no PATH, or names have endings, the system knows more places than we do.
    let Some(path) = user.var("PATH").filter(|_| cfg!(unix)) else { return true };
    std::env::split_paths(path).any(|folder| folder.join(program).is_file())
}

/// Whether it names a place, and is not looked for on PATH.
pub(super) fn is_path(program: &OsStr) -> bool {
    program.to_string_lossy().contains(['/', MAIN_SEPARATOR])
}
