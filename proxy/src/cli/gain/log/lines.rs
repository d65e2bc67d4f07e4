//! A file, line by line, none of them longer than a bound.

use super::LINE;
use std::io::{self, BufRead as _, BufReader, Read};

/// How much is read at once.
const CHUNK: usize = 256 * 1024;

/// Lines of a file, in one buffer that is used again.
pub(super) struct Lines<R> {
    reader: BufReader<R>,
    line: Vec<u8>,
    number: u64,
    len: u64,
}

/// One line, with its number, from 1.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line<'l> {
    Whole(u64, &'l [u8]),
    /// It is longer than [`LINE`] bytes and was passed over.
    TooLong,
}

impl<R: Read> Lines<R> {
    pub(super) fn new(reader: R) -> Self {
        let reader = BufReader::with_capacity(CHUNK, reader);
        Self { reader, line: Vec::new(), number: 0, len: 0 }
    }

    /// The bytes that were read so far.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// The next line; `None` at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        self.line.clear();
        self.number += 1;
        let len = (&mut self.reader).take(LINE as u64).read_until(b'\n', &mut self.line)?;
        self.len += len as u64;
        if len < LINE || self.line.ends_with(b"\n") {
            return Ok((len > 0).then(|| Line::Whole(self.number, self.line.trim_ascii())));
        }
        self.len += self.reader.skip_until(b'\n')? as u64;
        Ok(Some(Line::TooLong))
    }

    /// The whole file, after its first line was read: `None` if that does not begin as JSON, or if
    /// the file is longer than [`LINE`] bytes.
    pub(super) fn whole(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut text = std::mem::take(&mut self.line);
        if !text.trim_ascii_start().starts_with(b"{") && !text.trim_ascii_start().starts_with(b"[")
        {
            return Ok(None);
        }
        let rest = (LINE - text.len().min(LINE)) as u64;
        (&mut self.reader).take(rest).read_to_end(&mut text)?;
        self.len = text.len() as u64;
        let is_whole = self.reader.fill_buf()?.is_empty();
        Ok(is_whole.then_some(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_numbered_and_trimmed() {
        let mut lines = Lines::new(&b"{}\r\n\n [1] "[..]);
        let mut seen = Vec::new();
        while let Some(Line::Whole(number, text)) = lines.next().expect("memory does not fail") {
            seen.push((number, text.to_vec()));
        }
        assert_eq!(seen, [(1, b"{}".to_vec()), (2, vec![]), (3, b"[1]".to_vec())]);
        assert_eq!(lines.len(), 10);
    }

    #[test]
    fn a_line_beyond_the_bound_is_passed_over() {
        let long = vec![b'x'; LINE + 5];
        let mut lines = Lines::new(io::Cursor::new([&long[..], b"\n{}"].concat()));
        assert_eq!(lines.next().expect("read"), Some(Line::TooLong));
        assert_eq!(lines.next().expect("read"), Some(Line::Whole(2, b"{}")));
        assert_eq!(lines.next().expect("read"), None);
    }

    #[test]
    fn a_document_of_many_lines_is_read_whole() {
        let mut lines = Lines::new(&b"{\n\"a\":\n1}"[..]);
        lines.next().expect("read");
        assert_eq!(lines.whole().expect("read"), Some(b"{\n\"a\":\n1}".to_vec()));
        let mut lines = Lines::new(&b"#!/bin/sh\n{}"[..]);
        lines.next().expect("read");
        assert_eq!(lines.whole().expect("read"), None);
    }
}
