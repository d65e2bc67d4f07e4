//! The account of lines that both ways keep alike.

use crate::limits::LINES;

/// The most raw bytes of lines that are remembered.
pub(super) const BYTES: usize = 8 << 20;
/// The most raw bytes of tool results in which references are followed. Each byte that a reference
/// stands for counts, so what a request can grow by is bounded.
const FOLLOWED: u64 = 64 << 20;
/// The longest line that can be referred to, in raw bytes.
pub(crate) const LONGEST_LINE: usize = 1 << 20;

/// What tool results are called in a dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Noun {
    /// Anthropic's `tool_result`.
    Result,
    /// OpenAI's messages of `role: tool`.
    Message,
    /// OpenAI's items whose types end with `_output`.
    Output,
}

impl Noun {
    pub(super) const ALL: [Noun; 3] = [Noun::Result, Noun::Message, Noun::Output];

    pub(super) fn words(self) -> &'static str {
        match self {
            Noun::Result => "tool result",
            Noun::Message => "tool message",
            Noun::Output => "tool output",
        }
    }
}

/// Where a line stands: the tool result's number and the line's in it, both from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spot {
    pub(super) result: u32,
    pub(super) line: u32,
}

/// What was counted so far.
#[derive(Debug, Default)]
pub(super) struct Account {
    /// Where the last line stands.
    pub(super) last: Spot,
    lines: usize,
    bytes: usize,
    /// Whether a bound was hit: later lines are not remembered.
    is_full: bool,
    /// The raw bytes of all lines, and one more for each.
    seen: u64,
}

impl Account {
    /// Begins the next tool result.
    pub(super) fn begin(&mut self) {
        self.last = Spot { result: self.last.result + 1, line: 0 };
    }

    /// Counts a line of `len` raw bytes. Its place, if it is to be remembered.
    pub(super) fn enter(&mut self, len: usize) -> Option<Spot> {
        self.last.line += 1;
        self.seen += len as u64 + 1;
        self.is_full |= self.lines >= LINES || self.bytes + len > BYTES;
        if self.is_full {
            return None;
        }
        self.lines += 1;
        self.bytes += len;
        Some(self.last)
    }

    /// Forgets the lines, but not how many there were.
    pub(super) fn forget(&mut self) {
        (self.lines, self.bytes, self.is_full) = (0, 0, false);
    }

    /// Whether lines of `len` raw bytes may come by reference.
    pub(super) fn may_follow(&self, len: usize) -> bool {
        self.seen + len as u64 <= FOLLOWED
    }
}
