//! How deep in JSON strings a line stands, and what ends it there.
//!
//! In plain text a line ends with a newline. In a JSON string it ends with `\n`, a backslash and an
//! `n`; in a string inside of a string with `\\n`; and so on, with 1, 2, 4, 8 backslashes.

use crate::escape::{LONGEST_ESCAPE, Style, escape, unescape};
use smallvec::SmallVec;
use std::borrow::Cow;

/// The number of strings around a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Level(u8);

/// The deepest level that is looked at.
const DEEPEST: u8 = 4;
/// How many bytes before a line tell its level: the longest line end, `\\\\\\\\n`, and one more
/// backslash, which would make it none.
pub(super) const LOOK_BACK: usize = (1 << (DEEPEST - 1)) + 2;

/// What ends a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Scan {
    /// A line break from `at` to `next`.
    Break { at: usize, next: usize },
    /// The text ends at `at`.
    End { at: usize },
    /// Nothing yet: go on from here when there is more.
    More(usize),
    /// What comes cannot stand in a string of this level.
    Never,
}

/// A text that was read from inside of strings, and how to write another there.
#[derive(Debug)]
pub(super) struct Escaped<'r> {
    pub(super) text: Cow<'r, [u8]>,
    /// The style of each string around it, outermost first.
    styles: SmallVec<[Style; DEEPEST as usize]>,
}

impl Level {
    /// The level of a line that follows `before`. `None`: what follows is in the middle of a line.
    pub(super) fn after(before: &[u8]) -> Option<Level> {
        let Some((&last, rest)) = before.split_last() else { return Some(Level(0)) };
        let slashes = rest.iter().rev().take_while(|&&b| b == b'\\').take(LOOK_BACK - 1).count();
        if slashes == LOOK_BACK - 1 {
            return None;
        }
        let level = match last {
            b'\n' => 0,
            b'n' if slashes > 0 => slashes.trailing_zeros() as u8 + 1,
            b'"' if (slashes + 1).is_power_of_two() => (slashes + 1).trailing_zeros() as u8 + 1,
            _ => return None,
        };
        (level <= DEEPEST).then_some(Level(level))
    }

    /// The length of the line end that `before` ends with, of this level. `None`: there is none.
    pub(super) fn line_end_before(self, before: &[u8]) -> Option<usize> {
        match (self.0, before.last()?) {
            (0, b'\n') => Some(1),
            (1.., b'n') => Some(1 + (1 << (self.0 - 1))),
            _ => None,
        }
    }

    /// Looks for the end of a line in `bytes`, from `from` on, which is inside of the line.
    pub(super) fn scan(self, bytes: &[u8], from: usize, at_end: bool) -> Scan {
        if self.0 > 0 {
            return self.scan_string(bytes, from);
        }
        match memchr::memchr(b'\n', &bytes[from..]) {
            Some(at) => Scan::Break { at: from + at, next: from + at + 1 },
            None if at_end => Scan::End { at: bytes.len() },
            None => Scan::More(bytes.len()),
        }
    }

    fn scan_string(self, bytes: &[u8], from: usize) -> Scan {
        let unit = 1 << (self.0 - 1);
        let mut at = from;
        loop {
            let Some(found) = memchr::memchr3(b'\\', b'"', b'\n', &bytes[at..]) else {
                return Scan::More(bytes.len());
            };
            at += found;
            let slashes = bytes[at..].iter().take_while(|&&b| b == b'\\').count();
            let next = at + slashes;
            match bytes.get(next) {
                None => return Scan::More(at),
                Some(b'n') if slashes % (2 * unit) == unit => {
                    return Scan::Break { at: next - unit, next: next + 1 };
                }
                Some(b'"') if slashes % (2 * unit) == unit - 1 => {
                    return Scan::End { at: next + 1 - unit };
                }
                // An outer string ends before the inner one.
                Some(b'"') if slashes < unit => return Scan::Never,
                Some(b'\n') => return Scan::Never,
                // What was escaped is passed with its backslashes.
                Some(_) => at = next + 1,
            }
        }
    }

    /// The most raw bytes that a text of `len` bytes takes.
    pub(super) fn raw_len(self, len: usize) -> usize {
        if self.0 == 0 { len } else { len * LONGEST_ESCAPE }
    }

    /// Reads a text out of the strings around it. `None`: an escape or a style is not known.
    pub(super) fn read(self, raw: &[u8]) -> Option<Escaped<'_>> {
        let mut escaped = Escaped { text: Cow::Borrowed(raw), styles: SmallVec::new() };
        for _ in 0..self.0 {
            escaped.styles.push(Style::of(&escaped.text)?);
            let mut text = Vec::new();
            unescape(&escaped.text, &mut text).ok()?;
            escaped.text = Cow::Owned(text);
        }
        Some(escaped)
    }
}

impl Escaped<'_> {
    /// Writes another text as this one was written.
    pub(super) fn write(&self, text: Vec<u8>) -> Option<Vec<u8>> {
        let mut text = text;
        for style in self.styles.iter().rev() {
            let mut raw = Vec::with_capacity(text.len());
            escape(std::str::from_utf8(&text).ok()?, *style, &mut raw);
            text = raw;
        }
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_before_a_line_tells_its_level() {
        for (before, level) in [
            ("", Some(0)),
            ("a\n", Some(0)),
            (r#"{"a":""#, Some(1)),
            (r"x\n", Some(1)),
            (r"x\\\n", Some(1)),
            (r"x\\n", Some(2)),
            (r#"\""#, Some(2)),
            (r"x\\\\n", Some(3)),
            (r#"\\\""#, Some(3)),
            ("n", None),
            ("a ", None),
            (r#"\\""#, None),
        ] {
            assert_eq!(Level::after(before.as_bytes()).map(|l| l.0), level, "{before}");
        }
    }

    #[test]
    fn lines_end_as_their_level_says() {
        let scan = |level, text: &str| Level(level).scan(text.as_bytes(), 0, false);
        assert_eq!(scan(0, "ab\nc"), Scan::Break { at: 2, next: 3 });
        assert_eq!(scan(1, r#"a\"b\\nc\nd"#), Scan::Break { at: 8, next: 10 });
        assert_eq!(scan(1, r#"a\\","#), Scan::End { at: 3 });
        assert_eq!(scan(2, r#"a\\\"b\\\\nc\\nd"#), Scan::Break { at: 12, next: 15 });
        assert_eq!(scan(2, r#"a\","#), Scan::End { at: 1 });
        assert_eq!(scan(2, r#"a","#), Scan::Never);
        assert_eq!(scan(1, "a\nb"), Scan::Never);
        assert_eq!(scan(1, r"abc\"), Scan::More(3));
    }
}
