//! Lines one after the other, with a look ahead.

use memchr::memchr;

/// What is left of some lines. A copy of it looks ahead.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a> {
    rest: Option<&'a [u8]>,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self { rest: Some(text) }
    }

    /// The next line, which stays the next.
    pub(super) fn peek(mut self) -> Option<&'a [u8]> {
        self.next()
    }

    /// What stands from here to `later`, without the newline at its end.
    pub(super) fn until(self, later: Cursor<'a>) -> &'a [u8] {
        let rest = self.rest.unwrap_or_default();
        match later.rest {
            Some(left) => &rest[..rest.len() - left.len() - 1],
            None => rest,
        }
    }
}

impl<'a> Iterator for Cursor<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let rest = self.rest?;
        let (line, left) = match memchr(b'\n', rest) {
            Some(end) => (&rest[..end], Some(&rest[end + 1..])),
            None => (rest, None),
        };
        self.rest = left;
        Some(line)
    }
}

/// A line without the carriage return at its end, and that.
pub(super) fn split_end(line: &[u8]) -> (&[u8], &[u8]) {
    line.split_at(line.len() - usize::from(line.last() == Some(&b'\r')))
}
