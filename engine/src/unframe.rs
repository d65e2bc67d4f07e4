//! The way back for coded parts. It needs the bytes alone.
//!
//! A coded part may stand in plain text, or inside of JSON strings, at the start of any line there.
//! So a head line is looked for in the bytes as they come, and what stands before it tells how deep
//! in strings it is: see [`Level`]. What turns out to be no coded part passes as it came.

mod level;

use crate::{
    Reach, Sink,
    limits::LONGEST,
    notation::{Head, MARK},
};
use bytes::Bytes;
use level::{Level, Scan};
use memchr::memmem;
use std::ops::Range;

/// Puts coded parts back, in a stream.
///
/// It holds one coded part at most, so its memory is bounded by the longest: 8 MiB of text.
#[derive(Debug, Default)]
pub(crate) struct Unframer {
    /// What has come: the first `left` bytes have left again, the rest waits.
    held: Vec<u8>,
    left: usize,
    /// Up to here, nothing in `held` begins a coded part but what `part` says.
    searched: usize,
    part: Option<Part>,
    /// How many coded parts were put back.
    parts: u64,
    /// How far lines lean in the parts that were put back.
    reach: Reach,
}

/// A long chunk is read in pieces, so that no more of it is held than has to be.
const PIECE: usize = 64 << 10;

/// A coded part that is not complete. All positions are in `held`.
#[derive(Debug)]
struct Part {
    level: Level,
    start: usize,
    /// Where the line begins that is being read.
    line: usize,
    /// How far that line was read.
    read: usize,
    /// What the head line says, once it has ended.
    head: Option<Head>,
    /// How many lines of the body have ended.
    lines: usize,
}

/// What became of a part.
enum Progress {
    /// It goes on with the next line.
    Open(Part),
    /// It is complete: what stands here stands for this text.
    Whole(Vec<u8>, Range<usize>, Reach),
    /// It is plain text. The search goes on from here.
    Plain(usize),
    /// More bytes are needed.
    Starved(Part),
}

impl Unframer {
    /// A new stream.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// How far lines lean in the coded parts that were put back so far.
    pub(crate) fn reach(&self) -> Reach {
        self.reach
    }

    /// How many coded parts were put back so far.
    pub(crate) fn parts(&self) -> u64 {
        self.parts
    }

    /// Takes the next bytes; what is settled goes to `sink`.
    pub(crate) fn write(&mut self, chunk: Bytes, sink: &mut impl Sink) {
        self.write_bytes(&chunk, sink);
    }

    /// Ends the stream: all that waits goes to `sink`.
    pub(crate) fn finish(&mut self, sink: &mut impl Sink) {
        self.advance(true, sink);
        sink.put(&self.held[self.left..]);
        self.left = self.held.len();
    }

    fn write_bytes(&mut self, bytes: &[u8], sink: &mut impl Sink) {
        for piece in bytes.chunks(PIECE) {
            self.held.extend_from_slice(piece);
            self.advance(false, sink);
            self.forget();
        }
    }

    fn advance(&mut self, at_end: bool, sink: &mut impl Sink) {
        while let Some(part) = self.part.take().or_else(|| self.find()) {
            match self.read(part, at_end) {
                Progress::Open(part) => self.part = Some(part),
                Progress::Plain(from) => self.searched = from,
                Progress::Whole(text, place, reach) => {
                    self.reach.add(reach.up, reach.others);
                    self.put_back(&text, place, sink);
                }
                Progress::Starved(part) => {
                    self.part = Some(part);
                    break;
                }
            }
        }
        self.release(sink);
    }

    /// Looks for the next head line.
    fn find(&mut self) -> Option<Part> {
        while let Some(at) = memmem::find(&self.held[self.searched..], MARK) {
            let start = self.searched + at;
            let read = start + MARK.len();
            self.searched = read;
            if let Some(level) = Level::after(&self.held[self.left..start]) {
                return Some(Part { level, start, line: start, read, head: None, lines: 0 });
            }
        }
        let unfinished = self.held.len().saturating_sub(MARK.len() - 1);
        self.searched = self.searched.max(unfinished);
        None
    }

    /// Reads one line of a part.
    fn read(&self, mut part: Part, at_end: bool) -> Progress {
        let longest = part.start + part.level.raw_len(LONGEST);
        match part.level.scan(&self.held, part.read, at_end) {
            Scan::More(read) if self.held.len() <= longest => {
                part.read = read;
                Progress::Starved(part)
            }
            Scan::Break { at, next } if at <= longest => self.line(part, at, Some(next)),
            Scan::End { at } if at <= longest => self.line(part, at, None),
            _ => Progress::Plain(part.start + MARK.len()),
        }
    }

    /// Takes a line that ends at `end`; the next one, if there is one, begins at `next`.
    fn line(&self, mut part: Part, end: usize, next: Option<usize>) -> Progress {
        let plain = Progress::Plain(part.start + MARK.len());
        let lines = match &part.head {
            None => {
                let line = part.level.read(&self.held[part.start..end]);
                part.head = line.and_then(|line| Head::parse(&line.text));
                if part.head.is_none() {
                    return plain;
                }
                0
            }
            Some(_) if self.held[part.line..].starts_with(MARK) => {
                return Progress::Plain(part.line);
            }
            Some(_) => part.lines + 1,
        };
        part.lines = lines;
        if part.head.as_ref().is_some_and(|head| head.lines == lines) {
            let mut reach = Reach::default();
            let text = self.decode(&part, end, &mut reach);
            return match text.zip(self.place(&part, end, next)) {
                Some((text, place)) => Progress::Whole(text, place, reach),
                None => plain,
            };
        }
        match next {
            Some(next) => Progress::Open(Part { line: next, read: next, ..part }),
            None => plain,
        }
    }

    fn decode(&self, part: &Part, end: usize, reach: &mut Reach) -> Option<Vec<u8>> {
        let head = part.head.as_ref()?;
        let whole = part.level.read(&self.held[part.start..end])?;
        // The head's end is the first newline, of any level: none of its lines holds one.
        let head_end = memchr::memchr(b'\n', &whole.text)?;
        whole.write(head.decode(&whole.text[head_end + 1..], reach)?)
    }

    /// What a complete part takes up: for rows of a document, the line ends around it too.
    fn place(&self, part: &Part, end: usize, next: Option<usize>) -> Option<Range<usize>> {
        if part.head.as_ref()?.rows.is_none() {
            return Some(part.start..end);
        }
        let line_end = part.level.line_end_before(&self.held[..part.start])?;
        Some(part.start - line_end..next?)
    }

    fn put_back(&mut self, text: &[u8], place: Range<usize>, sink: &mut impl Sink) {
        sink.put(&self.held[self.left..place.start]);
        sink.put(text);
        self.left = place.end;
        self.searched = place.end;
        self.parts += 1;
    }

    /// Lets go of what cannot begin a part any more, but for what tells a level.
    fn release(&mut self, sink: &mut impl Sink) {
        let waits = self.part.as_ref().map_or(self.searched, |part| part.start);
        let settled = waits.saturating_sub(level::LOOK_BACK);
        if settled > self.left {
            sink.put(&self.held[self.left..settled]);
            self.left = settled;
        }
    }

    /// Frees the place of what has left, once for all of it.
    fn forget(&mut self) {
        let gone = std::mem::take(&mut self.left);
        self.held.drain(..gone);
        self.searched -= gone;
        if let Some(part) = &mut self.part {
            part.shift(gone);
        }
    }
}

impl Part {
    fn shift(&mut self, by: usize) {
        self.start -= by;
        self.line -= by;
        self.read -= by;
    }
}

/// Whether anything in `text` would be put back.
pub(crate) fn holds_part(text: &[u8]) -> bool {
    if memmem::find(text, MARK).is_none() {
        return false;
    }
    let mut expander = Unframer::new();
    let mut nowhere = Expected(None);
    let is_found = |piece: &[u8]| {
        expander.write_bytes(piece, &mut nowhere);
        expander.parts > 0
    };
    if text.chunks(PIECE).any(is_found) {
        return true;
    }
    expander.finish(&mut nowhere);
    expander.parts > 0
}

/// Whether `text` stands for `source`.
pub(crate) fn stands_for(text: &[u8], source: &[u8]) -> bool {
    let mut left = Expected(Some(source));
    expand_into(text, &mut left);
    left.0 == Some(b"")
}

fn expand_into(text: &[u8], sink: &mut impl Sink) {
    let mut expander = Unframer::new();
    expander.write_bytes(text, sink);
    expander.finish(sink);
}

/// What is still expected, if all that came so far was expected.
struct Expected<'t>(Option<&'t [u8]>);

impl Sink for Expected<'_> {
    fn keep(&mut self, bytes: Bytes) {
        self.put(&bytes);
    }

    fn put(&mut self, bytes: &[u8]) {
        self.0 = self.0.and_then(|text| text.strip_prefix(bytes));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Settings, expand};

    /// A part stands where it stands, whatever comes after it.
    #[test]
    fn a_part_before_a_long_text_is_put_back() {
        let rows: Vec<_> =
            (0..99).map(|n| format!(r#"{{"name":"row {n}","open":true}}"#)).collect();
        let text = format!("[{}]\n", rows.join(","));
        let mut short = crate::compress(text.as_bytes(), &Settings::default());
        assert!(short.len() < text.len());
        let after = b"a line\n".repeat(LONGEST / 4);
        short.extend_from_slice(&after);
        assert!(expand(&short) == [text.as_bytes(), &after].concat());
        assert!(stands_for(&short, &[text.as_bytes(), &after].concat()));
        assert!(!stands_for(&short, text.as_bytes()));
    }
}
