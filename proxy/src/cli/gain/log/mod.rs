//! Logs and requests, read into turns. What a file holds is told from its bytes: each line, or the
//! whole of it, is one JSON document.
//!
//! - Lines of Claude Code's sessions are a tree ([`claude`]); those of Codex's rollouts a list
//!   ([`codex`]).
//! - Request bodies, and bare lists of messages or items, are cut into turns ([`bodies`]).
//! - All else is counted.
//!
//! A file is never held whole. What is held of it is one line, up to [`LINE`] bytes, and the messages
//! of its open conversations, up to [`HELD`] bytes; a longer conversation goes on as a new one.

mod bodies;
mod claude;
mod codex;
mod lines;

use super::{
    json::{self, Json, Object},
    turn::Feed,
};
use claude::Claude;
use codex::Codex;
use lines::{Line, Lines};
use std::{collections::BTreeMap, fs::File, io, path::Path, sync::Arc};

/// The longest line that is read, and the longest document of several lines, in bytes.
pub(super) const LINE: usize = 64 << 20;

/// How much of the messages of one file is held, in bytes.
const HELD: usize = 256 << 20;

/// How many types of lines are told apart. Those that come later count together.
const TYPES: usize = 40;

/// What a file turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Origin {
    ClaudeCode,
    Codex,
    Bodies,
    /// Nothing that has requests.
    Foreign,
}

/// What was read of a file.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) bytes: u64,
    pub(super) claude_code: u64,
    pub(super) codex: u64,
    pub(super) bodies: u64,
    /// JSON of other types, by what it says of its type.
    pub(super) other: BTreeMap<String, u64>,
    /// Lines that are not JSON.
    pub(super) malformed: u64,
    /// Lines that are longer than [`LINE`].
    pub(super) too_long: u64,
    /// Conversations of which the beginning is missing.
    pub(super) headless: u64,
}

impl Tally {
    /// What the file is, by what most of its lines are.
    pub(super) fn origin(&self) -> Origin {
        let counts = [
            (self.claude_code, Origin::ClaudeCode),
            (self.codex, Origin::Codex),
            (self.bodies, Origin::Bodies),
        ];
        let most = counts.into_iter().max_by_key(|(count, _)| *count);
        most.filter(|(count, _)| *count > 0).map_or(Origin::Foreign, |(_, origin)| origin)
    }

    /// Counts a line that is not read, by what it calls itself.
    fn skip(&mut self, kind: Option<String>) {
        let kind = kind.unwrap_or_else(|| "no type".to_owned());
        let known = self.other.len() < TYPES || self.other.contains_key(&kind);
        *self.other.entry(if known { kind } else { "more types".to_owned() }).or_default() += 1;
    }
}

/// Reads the file at `path` and offers its requests to `feed`. Where it breaks off, what came before
/// counts.
pub(super) fn read(path: &Path, feed: &mut Feed<'_>) -> (Tally, io::Result<()>) {
    let mut log = Log::new(path.display().to_string().into());
    let result = File::open(path).and_then(|file| log.read(file, feed));
    log.finish(feed);
    (log.tally, result)
}

/// A file on its way.
struct Log {
    file: Arc<str>,
    claude: Claude,
    codex: Codex,
    tally: Tally,
}

impl Log {
    fn new(file: Arc<str>) -> Self {
        let (claude, codex) = (Claude::new(Arc::clone(&file)), Codex::new(Arc::clone(&file)));
        Self { file, claude, codex, tally: Tally::default() }
    }

    fn read(&mut self, file: File, feed: &mut Feed<'_>) -> io::Result<()> {
        let mut lines = Lines::new(file);
        let result = self.lines(&mut lines, feed);
        self.tally.bytes = lines.len();
        result
    }

    fn lines(&mut self, lines: &mut Lines<File>, feed: &mut Feed<'_>) -> io::Result<()> {
        let mut is_first = true;
        while let Some(line) = lines.next()? {
            let Line::Whole(number, text) = line else {
                self.tally.too_long += 1;
                continue;
            };
            if text.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let is_json = self.document(number, text, feed);
            // What does not begin as JSON is read no further.
            if std::mem::take(&mut is_first) && !is_json {
                return self.whole(lines, feed);
            }
            self.tally.malformed += u64::from(!is_json);
        }
        Ok(())
    }

    /// Reads a file whose first line is no document: one document of many lines, if it is JSON.
    fn whole(&mut self, lines: &mut Lines<File>, feed: &mut Feed<'_>) -> io::Result<()> {
        let Some(text) = lines.whole()? else {
            self.tally.malformed += 1;
            return Ok(());
        };
        if self.document(1, &text, feed) {
            return Ok(());
        }
        for (at, line) in text.split(|byte| *byte == b'\n').enumerate() {
            let is_empty = line.iter().all(u8::is_ascii_whitespace);
            if !is_empty && !self.document(at as u64 + 1, line, feed) {
                self.tally.malformed += 1;
            }
        }
        Ok(())
    }

    /// Reads one document; false if it is not JSON.
    fn document(&mut self, line: u64, text: &[u8], feed: &mut Feed<'_>) -> bool {
        match json::split(text) {
            None => return false,
            Some(Json::Object(object)) => self.object(line, text, &object, feed),
            Some(Json::Array(elements)) => match bodies::list(&self.file, line, &elements, feed) {
                true => self.tally.bodies += 1,
                false => self.tally.skip(Some("list".to_owned())),
            },
            Some(Json::Scalar) => self.tally.skip(Some("value".to_owned())),
        }
        true
    }

    fn object(&mut self, line: u64, text: &[u8], object: &Object<'_>, feed: &mut Feed<'_>) {
        let kind = object.text("type");
        let is_read = if object.value("payload").is_some() {
            let is_read = self.codex.line(line, kind.as_deref(), object, feed);
            self.tally.codex += u64::from(is_read);
            is_read
        } else if object.value("uuid").is_some() {
            let is_read = self.claude.line(line, kind.as_deref(), object, feed);
            self.tally.claude_code += u64::from(is_read);
            is_read
        } else if bodies::body(&self.file, line, text, object, feed) {
            self.tally.bodies += 1;
            true
        } else {
            let is_read = codex::is_bare(kind.as_deref(), object);
            if is_read {
                self.codex.item(line, text, feed);
                self.tally.codex += 1;
            }
            is_read
        };
        if !is_read {
            self.tally.skip(kind);
        }
    }

    fn finish(&mut self, feed: &mut Feed<'_>) {
        self.claude.finish(feed);
        self.codex.finish(feed);
        self.tally.headless = self.claude.headless + self.codex.headless;
    }
}

#[cfg(test)]
mod tests;
