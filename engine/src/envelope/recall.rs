//! Tool results on the way back: references in them are followed.
//!
//! The same reader that finds eligible texts finds them again in what was shortened, so both ways
//! count tool results and their lines alike.

use super::{Dialect, reader::Reader};
use crate::{
    Limits, Policy, Settings, Sink,
    escape::LONGEST_ESCAPE,
    held::Held,
    limits::LONGEST,
    repeat::{LONGEST_LINE, LONGEST_REFERENCE, Recall, START},
    step::{Step, Steps},
};
use bytes::Bytes;
use std::sync::Arc;

/// The bounds of the way back, which knows no configuration.
pub(super) fn limits() -> Limits {
    Limits { block: LONGEST, ..Limits::default() }
}

/// Whether the way back reads on wherever a request within `limits` is read on.
pub(super) fn can_follow(limits: &Limits) -> bool {
    let back = self::limits();
    limits.block <= back.block
        && limits.json_depth <= back.json_depth
        && limits.texts <= back.texts
        // Which results a program reads is known of calls that are remembered.
        && limits.calls <= back.calls
}

/// A request body in one dialect, whose references are followed. All else passes.
#[derive(Debug)]
pub(crate) struct Follower {
    reader: Reader<Recall>,
    steps: Steps,
}

impl Follower {
    pub(crate) fn new(dialect: Dialect) -> Self {
        let settings = Arc::new(Settings::new(Policy::default(), limits()));
        let recall = Recall::new(dialect.speech().noun);
        Self { reader: Reader::new(dialect, settings, recall), steps: Steps::new() }
    }

    pub(crate) fn write(&mut self, chunk: Bytes, sink: &mut impl Sink) {
        self.reader.write(chunk, &mut self.steps);
        self.steps.run_into(sink);
    }

    /// Ends the body. Gives the number of references that were followed.
    pub(crate) fn finish(mut self, sink: &mut impl Sink) -> u64 {
        self.reader.finish(&mut self.steps);
        self.steps.run_into(sink);
        self.reader.target().followed()
    }
}

/// The inside of one tool result's string.
#[derive(Debug, Default)]
pub(super) struct Back {
    /// The line that has not ended, or its start.
    line: Vec<u8>,
    /// Its length.
    len: usize,
    /// Whether a backslash stands at its end.
    is_escaped: bool,
    /// The bytes of it that have not left.
    waits: Held,
}

impl Back {
    pub(super) fn write(&mut self, chunk: Bytes, recall: &mut Recall, steps: &mut Steps) {
        let mut at = 0;
        // From here on nothing of the chunk has left or waits.
        let mut sent = 0;
        while let Some(end) = self.line_end(&chunk, at) {
            self.read(&chunk[at..end]);
            // The line's own end, a backslash and an `n`, was read with it.
            self.len -= 2;
            self.line.truncate(self.len);
            if let Some(lines) = self.end_line(recall) {
                // What waits is the start of the line, if it is not in this chunk.
                let before = chunk.slice(sent..at.max(sent));
                if self.waits.is_empty() {
                    steps.push(Step::Keep(before));
                }
                self.waits = Held::default();
                steps.push(Step::Put([&lines[..], b"\\n"].concat().into()));
                sent = end;
            } else if !self.waits.is_empty() {
                steps.keep(std::mem::take(&mut self.waits));
            }
            at = end;
        }
        self.read(&chunk[at..]);
        if !self.may_refer() {
            steps.keep(std::mem::take(&mut self.waits));
            return steps.push(Step::Keep(chunk.slice(sent..)));
        }
        if self.waits.is_empty() {
            steps.push(Step::Keep(chunk.slice(sent..at)));
            sent = at;
        }
        self.waits.push(chunk.slice(sent..));
    }

    pub(super) fn finish(mut self, recall: &mut Recall, steps: &mut Steps) {
        if self.len > 0
            && let Some(lines) = self.end_line(recall)
        {
            return steps.push(Step::Put(lines.into()));
        }
        steps.keep(self.waits);
    }

    pub(super) fn abandon(self, steps: &mut Steps) {
        steps.keep(self.waits);
    }

    /// Where the line ends, behind its `\n`.
    fn line_end(&mut self, chunk: &[u8], mut at: usize) -> Option<usize> {
        if self.is_escaped && at < chunk.len() {
            self.is_escaped = false;
            at += 1;
            if chunk[at - 1] == b'n' {
                return Some(at);
            }
        }
        while let Some(found) = memchr::memchr(b'\\', &chunk[at..]) {
            at += found + 2;
            match chunk.get(at - 1) {
                Some(b'n') => return Some(at),
                Some(_) => {}
                None => {
                    self.is_escaped = true;
                    break;
                }
            }
        }
        None
    }

    fn read(&mut self, bytes: &[u8]) {
        self.len += bytes.len();
        let room = (LONGEST_LINE + 2).saturating_sub(self.line.len());
        self.line.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    /// Ends the line. If it is a reference: what it stands for.
    fn end_line(&mut self, recall: &mut Recall) -> Option<Vec<u8>> {
        let len = std::mem::take(&mut self.len);
        let lines = match len > LONGEST_LINE {
            true => {
                recall.long_line(len);
                None
            }
            false => recall.line(&self.line),
        };
        self.line.clear();
        lines
    }

    /// Whether the line may turn out to be a reference.
    fn may_refer(&self) -> bool {
        let start = &START.as_bytes()[..self.line.len().min(START.len())];
        self.len <= LONGEST_REFERENCE * LONGEST_ESCAPE
            && self.line.starts_with(start)
            && self.len > 0
    }
}
