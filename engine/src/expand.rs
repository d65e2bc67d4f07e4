//! The way back. It needs the bytes alone.
//!
//! A coded part may stand in plain text, or inside of JSON strings, at the start of any line there.
//! So a head line is looked for in the bytes as they come, and what stands before it tells how deep
//! in strings it is: see [`Level`]. What turns out to be no coded part passes as it came.

mod level;

use crate::{
    Sink,
    notation::{Head, LONGEST, MARK},
};
use bytes::Bytes;
use level::{Level, Scan};
use memchr::memmem;
use std::ops::Range;

/// Puts back what was shortened, in a stream: plain text, request bodies, logs that hold them.
///
/// It holds one coded part at most, so its memory is bounded by the longest: 8 MiB of text.
///
/// ```
/// use brevity::{Expander, Settings, compress};
///
/// let rows: Vec<_> = (0..99).map(|n| format!(r#"{{"name":"row {n}","open":true}}"#)).collect();
/// let text = format!("[{}]", rows.join(","));
/// let short = compress(text.as_bytes(), &Settings::default());
/// assert!(short.len() < text.len() / 2);
///
/// let mut back = Vec::new();
/// let mut expander = Expander::new();
/// expander.write(short.into(), &mut back);
/// expander.finish(&mut back);
/// assert_eq!(back, text.as_bytes());
/// ```
#[derive(Debug, Default)]
pub struct Expander {
    /// What has come and not left.
    held: Vec<u8>,
    /// Up to here, nothing in `held` begins a coded part but what `part` says.
    searched: usize,
    part: Option<Part>,
    /// How many coded parts were put back.
    parts: u64,
}

/// A coded part that is not complete. All positions are in `held`.
#[derive(Debug)]
struct Part {
    level: Level,
    start: usize,
    /// Where the line begins that is being read.
    line: usize,
    /// How far that line was read.
    read: usize,
    /// What the head line says and where the body begins, once the head has ended.
    head: Option<(Head, usize)>,
    /// How many lines of the body have ended.
    lines: usize,
}

/// What became of a part.
enum Progress {
    /// It goes on with the next line.
    Open(Part),
    /// It is complete: what stands here stands for this text.
    Whole(Vec<u8>, Range<usize>),
    /// It is plain text. The search goes on from here.
    Plain(usize),
    /// More bytes are needed.
    Starved(Part),
}

impl Expander {
    /// A new stream.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes; what is settled goes to `sink`.
    pub fn write(&mut self, chunk: Bytes, sink: &mut impl Sink) {
        self.held.extend_from_slice(&chunk);
        self.advance(false, sink);
    }

    /// Ends the stream: all that waits goes to `sink`. Gives the number of parts put back.
    pub fn finish(mut self, sink: &mut impl Sink) -> u64 {
        self.advance(true, sink);
        sink.put(&self.held);
        self.parts
    }

    fn advance(&mut self, at_end: bool, sink: &mut impl Sink) {
        while let Some(part) = self.part.take().or_else(|| self.find()) {
            match self.read(part, at_end) {
                Progress::Open(part) => self.part = Some(part),
                Progress::Plain(from) => self.searched = from,
                Progress::Whole(text, place) => self.put_back(&text, place, sink),
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
            if let Some(level) = Level::after(&self.held[..start]) {
                return Some(Part { level, start, line: start, read, head: None, lines: 0 });
            }
        }
        let unfinished = self.held.len().saturating_sub(MARK.len() - 1);
        self.searched = self.searched.max(unfinished);
        None
    }

    /// Reads one line of a part.
    fn read(&self, mut part: Part, at_end: bool) -> Progress {
        if self.held.len() - part.start > part.level.raw_len(LONGEST) {
            return Progress::Plain(part.start + MARK.len());
        }
        match part.level.scan(&self.held, part.read, at_end) {
            Scan::More(read) => {
                part.read = read;
                Progress::Starved(part)
            }
            Scan::Never => Progress::Plain(part.start + MARK.len()),
            Scan::Break { at, next } => self.line(part, at, Some(next)),
            Scan::End { at } => self.line(part, at, None),
        }
    }

    /// Takes a line that ends at `end`; the next one, if there is one, begins at `next`.
    fn line(&self, mut part: Part, end: usize, next: Option<usize>) -> Progress {
        let plain = Progress::Plain(part.start + MARK.len());
        let lines = match &part.head {
            None => {
                let line = part.level.read(&self.held[part.start..end]);
                let Some((head, next)) = line.and_then(|l| Head::parse(&l.text)).zip(next) else {
                    return plain;
                };
                part.head = Some((head, next));
                0
            }
            Some(_) if self.held[part.line..].starts_with(MARK) => {
                return Progress::Plain(part.line);
            }
            Some(_) => part.lines + 1,
        };
        part.lines = lines;
        if part.head.as_ref().is_some_and(|(head, _)| head.lines == lines) {
            return match self.decode(&part, end) {
                Some(text) => Progress::Whole(text, part.start..end),
                None => plain,
            };
        }
        match next {
            Some(next) => Progress::Open(Part { line: next, read: next, ..part }),
            None => plain,
        }
    }

    fn decode(&self, part: &Part, end: usize) -> Option<Vec<u8>> {
        let (head, body) = part.head.as_ref()?;
        let escapes = part.level.read(&self.held[part.start..end])?;
        let body = part.level.read(&self.held[*body..end])?;
        escapes.write(head.decode(&body.text)?)
    }

    fn put_back(&mut self, text: &[u8], place: Range<usize>, sink: &mut impl Sink) {
        sink.put(&self.held[..place.start]);
        sink.put(text);
        self.held.drain(..place.end);
        self.searched = 0;
        self.parts += 1;
    }

    /// Lets go of what cannot begin a part any more, but for what tells a level.
    fn release(&mut self, sink: &mut impl Sink) {
        let waits = self.part.as_ref().map_or(self.searched, |part| part.start);
        let settled = waits.saturating_sub(level::LOOK_BACK);
        sink.put(&self.held[..settled]);
        self.held.drain(..settled);
        self.searched -= settled;
        if let Some(part) = &mut self.part {
            part.shift(settled);
        }
    }
}

impl Part {
    fn shift(&mut self, by: usize) {
        self.start -= by;
        self.line -= by;
        self.read -= by;
        if let Some((_, body)) = &mut self.head {
            *body -= by;
        }
    }
}

/// Puts back what was shortened in `text`.
pub fn expand(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut expander = Expander::new();
    expander.write(Bytes::copy_from_slice(text), &mut out);
    expander.finish(&mut out);
    out
}

/// Whether anything in `text` would be put back.
pub(crate) fn holds_part(text: &[u8]) -> bool {
    if memmem::find(text, MARK).is_none() {
        return false;
    }
    let mut expander = Expander::new();
    expander.write(Bytes::copy_from_slice(text), &mut Vec::new());
    expander.finish(&mut Vec::new()) > 0
}
