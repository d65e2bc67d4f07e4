//! The row of a commit, as it stands in a body:
//!
//! `commit ID[ merging IDS] by WHO on DATE[, committed[ by WHO][ on DATE]]`

use super::cursor::split_end;
use memchr::memmem;

/// The row of a commit. Who is said in full or by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Row<'a> {
    pub(super) id: &'a [u8],
    pub(super) merge: Option<&'a [u8]>,
    pub(super) author: &'a [u8],
    pub(super) date: &'a [u8],
    pub(super) second: Option<Second<'a>>,
    /// What lines end with beside the newline.
    pub(super) end: &'a [u8],
}

/// Who committed, and when, where it is not who wrote it, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Second<'a> {
    pub(super) who: Option<&'a [u8]>,
    pub(super) date: Option<&'a [u8]>,
}

const COMMIT: &[u8] = b"commit ";
const MERGING: &[u8] = b" merging ";
const BY: &[u8] = b" by ";
const ON: &[u8] = b" on ";
const COMMITTED: &[u8] = b", committed";

impl<'a> Row<'a> {
    /// Reads a line. `None`: it is no row.
    pub(super) fn parse(line: &'a [u8]) -> Option<Self> {
        let line = line.strip_prefix(COMMIT)?;
        let (line, end) = split_end(line);
        let (id, rest) = cut(line, memmem::find(line, BY)?, BY);
        let (id, merge) = match memmem::find(id, MERGING) {
            Some(at) => (&id[..at], Some(&id[at + MERGING.len()..])),
            None => (id, None),
        };
        let (first, second) = match memmem::rfind(rest, COMMITTED) {
            Some(at) => (&rest[..at], Some(Second::parse(&rest[at + COMMITTED.len()..])?)),
            None => (rest, None),
        };
        let (author, date) = cut(first, memmem::rfind(first, ON)?, ON);
        Some(Self { id, merge, author, date, second, end })
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        let mut put = |word: &[u8], value: Option<&[u8]>| {
            if let Some(value) = value {
                out.extend_from_slice(word);
                out.extend_from_slice(value);
            }
        };
        put(COMMIT, Some(self.id));
        put(MERGING, self.merge);
        put(BY, Some(self.author));
        put(ON, Some(self.date));
        if let Some(second) = self.second {
            put(COMMITTED, Some(b""));
            put(BY, second.who);
            put(ON, second.date);
        }
        put(self.end, Some(b""));
    }
}

impl<'a> Second<'a> {
    fn parse(rest: &'a [u8]) -> Option<Self> {
        if rest.is_empty() {
            return Some(Self { who: None, date: None });
        }
        if let Some(date) = rest.strip_prefix(ON) {
            return Some(Self { who: None, date: Some(date) });
        }
        let rest = rest.strip_prefix(BY)?;
        Some(match memmem::rfind(rest, ON) {
            Some(at) => Self { who: Some(&rest[..at]), date: Some(&rest[at + ON.len()..]) },
            None => Self { who: Some(rest), date: None },
        })
    }
}

/// What stands before and after `word`, which stands at `at`.
fn cut<'a>(line: &'a [u8], at: usize, word: &[u8]) -> (&'a [u8], &'a [u8]) {
    (&line[..at], &line[at + word.len()..])
}
