//! What was read, and what was not.

use super::super::log::{Origin, Tally};
use std::{collections::BTreeMap, io, path::Path};

/// How many files that were not read are named.
const NAMED: usize = 10;

/// Counts of files and of their lines.
#[derive(Debug, Default)]
pub(in super::super) struct Files {
    pub(in super::super) bytes: u64,
    pub(in super::super) claude_code: u64,
    pub(in super::super) codex: u64,
    pub(in super::super) bodies: u64,
    /// Files that hold nothing of the kind, and the first of them by name.
    pub(in super::super) foreign: u64,
    pub(in super::super) foreign_names: Vec<String>,
    /// Files and folders that could not be read, and the first of them with the reason.
    pub(in super::super) unreadable: u64,
    pub(in super::super) unreadable_names: Vec<String>,
    /// Lines that were passed over, by their type.
    pub(in super::super) other: BTreeMap<String, u64>,
    pub(in super::super) malformed: u64,
    pub(in super::super) too_long: u64,
    pub(in super::super) headless: u64,
    /// Requests that were in another log already.
    pub(in super::super) copies: u64,
}

impl Files {
    /// Adds what was read of one file.
    pub(in super::super) fn add(&mut self, path: &Path, tally: Tally, result: io::Result<()>) {
        self.bytes += tally.bytes;
        match tally.origin() {
            Origin::ClaudeCode => self.claude_code += 1,
            Origin::Codex => self.codex += 1,
            Origin::Bodies => self.bodies += 1,
            Origin::Foreign if result.is_ok() => {
                self.foreign += 1;
                name(&mut self.foreign_names, || path.display().to_string());
                return;
            }
            Origin::Foreign => {}
        }
        for (kind, count) in tally.other {
            *self.other.entry(kind).or_default() += count;
        }
        self.malformed += tally.malformed;
        self.too_long += tally.too_long;
        self.headless += tally.headless;
        if let Err(error) = result {
            self.unreadable(path, &error);
        }
    }

    /// Adds what could not be read.
    pub(in super::super) fn unreadable(&mut self, path: &Path, error: &io::Error) {
        self.unreadable += 1;
        name(&mut self.unreadable_names, || format!("{}: {error}", path.display()));
    }

    /// The files in which something was found.
    pub(in super::super) fn known(&self) -> u64 {
        self.claude_code + self.codex + self.bodies
    }
}

fn name(names: &mut Vec<String>, name: impl FnOnce() -> String) {
    if names.len() < NAMED {
        names.push(name());
    }
}
