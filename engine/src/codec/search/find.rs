//! Which lines have a path in front, and which of them belong together.
//!
//! A line of context, `path-12-text`, does not say where its path ends: paths have dashes and numbers
//! too. It is taken for one only beside a hit, `path:13:text`, that names the path: after it, or before it
//! with nothing but other lines between.

use super::{
    super::lines::lines,
    NEAR,
    hit::{LONGEST, can_follow, is_context, path_len},
};
use std::collections::VecDeque;

/// How many lines before a hit may be its context.
const WAITING: usize = 50;
/// Shorter paths are not worth a heading.
const SHORTEST: usize = 3;
/// Between groups of lines that are not neighbours in their file.
const GAP: &[u8] = b"--";

/// What is known of a line: the length of its path (0: it is no hit), and whether the hits before
/// and after it are of the same path. Two bytes, since a text may be a million lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mark(u16);

impl Mark {
    const WITH_NEXT: u16 = 1 << 15;
    const WITH_LAST: u16 = 1 << 14;

    pub(super) fn path_len(self) -> usize {
        usize::from(self.0 & !(Self::WITH_NEXT | Self::WITH_LAST))
    }

    pub(super) fn is_with_next(self) -> bool {
        self.0 & Self::WITH_NEXT != 0
    }

    pub(super) fn is_with_last(self) -> bool {
        self.0 & Self::WITH_LAST != 0
    }
}

/// A mark for each line, or `None` where no two hits belong together.
pub(super) fn marks(text: &[u8]) -> Option<Vec<Mark>> {
    let mut found = Found::default();
    for line in lines(text) {
        found.add(line);
    }
    found.has_pairs.then_some(found.marks)
}

#[derive(Default)]
struct Found<'a> {
    marks: Vec<Mark>,
    has_pairs: bool,
    /// The last hit: which line, and its path.
    last: Option<(usize, &'a [u8])>,
    /// A gap has come since.
    is_parted: bool,
    /// Lines since then that are no hits, the last one at the end.
    waiting: VecDeque<&'a [u8]>,
}

impl<'a> Found<'a> {
    fn add(&mut self, line: &'a [u8]) {
        let at = self.marks.len();
        self.marks.push(Mark::default());
        let new = || path_len(line).filter(|len| (SHORTEST..LONGEST).contains(len));
        let Some(len) = self.known(line).or_else(new) else {
            return self.wait(line);
        };
        let path = &line[..len];
        if !self.waiting.is_empty() {
            self.settle(at, path);
        }
        self.join(at, path);
    }

    /// The length of the last hit's path, if it is this line's too.
    fn known(&self, line: &[u8]) -> Option<usize> {
        let (_, path) = self.last?;
        let rest = line.strip_prefix(path)?;
        let is_known = can_follow(rest) && !(self.is_parted && is_context(rest));
        is_known.then_some(path.len())
    }

    fn wait(&mut self, line: &'a [u8]) {
        if line == GAP {
            self.is_parted = true;
            self.waiting.clear();
        }
        if self.waiting.len() == WAITING {
            self.waiting.pop_front();
        }
        self.waiting.push_back(line);
    }

    /// Finds the context before a hit at line `at`.
    fn settle(&mut self, at: usize, path: &'a [u8]) {
        let start = at - self.waiting.len();
        for (index, line) in std::mem::take(&mut self.waiting).into_iter().enumerate() {
            if line.strip_prefix(path).is_some_and(is_context) {
                self.join(start + index, path);
            }
        }
    }

    /// Notes a hit, and whether it belongs to the one before.
    fn join(&mut self, at: usize, path: &'a [u8]) {
        self.marks[at].0 |= path.len() as u16;
        if let Some((before, last)) = self.last
            && last == path
            && at - before < NEAR
        {
            self.marks[before].0 |= Mark::WITH_NEXT;
            self.marks[at].0 |= Mark::WITH_LAST;
            self.has_pairs = true;
        }
        self.last = Some((at, path));
        self.is_parted = false;
        self.waiting.clear();
    }
}
