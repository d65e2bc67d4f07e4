//! Which files to read.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

/// Files, in the order of their paths, and what could not be looked into.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) files: Vec<PathBuf>,
    pub(super) unreadable: Vec<(PathBuf, io::Error)>,
    /// Where agents' logs were looked for, if no path was named, and whether each place is there.
    pub(super) places: Vec<(PathBuf, bool)>,
}

/// The files at and below `paths`; where none is named, those of the agents on this machine.
///
/// # Errors
///
/// If a path that was named is not there, or cannot be looked at.
pub(super) fn files(paths: &[PathBuf]) -> Result<Found, (PathBuf, io::Error)> {
    let mut found = Found::default();
    for path in paths {
        let kind = fs::metadata(path).map_err(|error| (path.clone(), error))?;
        if kind.is_dir() { found.walk(path) } else { found.files.push(path.clone()) }
    }
    if paths.is_empty() {
        for place in places() {
            let is_there = place.is_dir();
            if is_there {
                found.walk(&place);
            }
            found.places.push((place, is_there));
        }
    }
    Ok(found)
}

/// Where Claude Code and Codex keep their logs.
fn places() -> Vec<PathBuf> {
    let home = |variable: &str, folder: &str| {
        let named = env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from);
        named.or_else(|| Some(env::home_dir()?.join(folder)))
    };
    let claude = home("CLAUDE_CONFIG_DIR", ".claude");
    let codex = home("CODEX_HOME", ".codex");
    let claude = claude.into_iter().map(|home| home.join("projects"));
    let codex = codex
        .into_iter()
        .flat_map(|home| ["sessions", "archived_sessions"].map(|folder| home.join(folder)));
    claude.chain(codex).collect()
}

impl Found {
    /// Adds the files below `folder`. Links are not followed, so the walk ends.
    fn walk(&mut self, folder: &Path) {
        let mut open = vec![folder.to_owned()];
        while let Some(folder) = open.pop() {
            match entries(&folder) {
                Ok((files, folders)) => {
                    self.files.extend(files);
                    open.extend(folders.into_iter().rev());
                }
                Err(error) => self.unreadable.push((folder, error)),
            }
        }
    }
}

/// The files and the folders in `folder`, each sorted.
fn entries(folder: &Path) -> io::Result<(Vec<PathBuf>, Vec<PathBuf>)> {
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            folders.push(entry.path());
        } else if kind.is_file() {
            files.push(entry.path());
        }
    }
    files.sort();
    folders.sort();
    Ok((files, folders))
}
