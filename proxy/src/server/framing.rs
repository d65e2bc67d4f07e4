//! Where one request of HTTP/1 ends and the next begins.
//!
//! hyper reads requests, too, and takes some that others read in another way: lines that end with LF
//! alone, a length beside `chunked`. Two readers that disagree is how requests are smuggled, so this
//! one stands before hyper, takes a strict subset, and refuses the rest. It lets a head pass only
//! when it is complete and sound: of what is refused hyper sees no byte, and no upstream either.

mod head;

pub(super) use head::shape;

use super::refusal::Refusal::{self, Malformed};
use crate::config::Caps;
use brevity::Dialect;
use head::Length;
use memchr::memchr;

/// What a connection of HTTP/2 begins with (RFC 9113, 3.4), as far as it looks like a head.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\n";

/// The line of a chunk's size, extensions included, in bytes.
const SIZE_LINE: usize = 256;

/// The state of one connection.
#[derive(Debug)]
pub(super) struct Framing {
    state: State,
    /// The bytes of the section that waits which were looked at, and where its last line begins.
    seen: usize,
    line: usize,
    fields: usize,
    caps: Caps,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing has come: it could still be HTTP/2.
    Start,
    Head,
    /// So many bytes of a body are to come.
    Body(u64),
    Size,
    Chunk(u64),
    /// The line end behind a chunk.
    ChunkEnd,
    Trailers,
    /// Not HTTP/1, or not any more.
    Opaque,
}

/// What is to be done with the first bytes that wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// So many of them pass.
    Pass(usize),
    /// So many of them mean nothing.
    Drop(usize),
    /// More have to come first.
    More,
}

impl Framing {
    pub(super) fn new(caps: Caps) -> Self {
        Self { state: State::Start, seen: 0, line: 0, fields: 0, caps }
    }

    /// Looks at the bytes that wait. After a refusal it is not asked again.
    pub(super) fn next(&mut self, came: &[u8]) -> Result<Next, Refusal> {
        if came.is_empty() {
            return Ok(Next::More);
        }
        match self.state {
            State::Start => Ok(self.start(came)),
            State::Head => self.head(came),
            State::Body(_) | State::Chunk(_) | State::Opaque => {
                let len = came.len().min(usize::try_from(self.freely()).unwrap_or(usize::MAX));
                self.passed(len);
                Ok(Next::Pass(len))
            }
            State::Size => self.size(came),
            State::ChunkEnd => self.chunk_end(came),
            State::Trailers => self.trailers(came),
        }
    }

    /// How many bytes may pass without a look.
    pub(super) fn freely(&self) -> u64 {
        match self.state {
            State::Body(left) | State::Chunk(left) => left,
            State::Opaque => u64::MAX,
            _ => 0,
        }
    }

    /// So many bytes have passed without a look.
    pub(super) fn passed(&mut self, len: usize) {
        let len = len as u64;
        self.state = match self.state {
            State::Body(left) if left > len => State::Body(left - len),
            State::Body(_) => State::Head,
            State::Chunk(left) if left > len => State::Chunk(left - len),
            State::Chunk(_) => State::ChunkEnd,
            other => other,
        };
    }

    /// From here on it is another protocol.
    pub(super) fn give_way(&mut self) {
        self.state = State::Opaque;
    }

    /// Whether a head is to come.
    pub(super) fn is_between(&self) -> bool {
        matches!(self.state, State::Start | State::Head)
    }

    /// Whether a body has not come whole.
    pub(super) fn is_within(&self) -> bool {
        !self.is_between() && self.state != State::Opaque
    }

    /// The API that a client speaks whose head begins so.
    pub(super) fn dialect(came: &[u8]) -> Option<Dialect> {
        head::dialect(came)
    }

    fn start(&mut self, came: &[u8]) -> Next {
        let len = came.len().min(PREFACE.len());
        match came[..len] == PREFACE[..len] {
            true if len < PREFACE.len() => return Next::More,
            true => self.state = State::Opaque,
            false => self.state = State::Head,
        }
        Next::Drop(0)
    }

    fn head(&mut self, came: &[u8]) -> Result<Next, Refusal> {
        // Some clients send an empty line behind a body (RFC 9112, 2.2).
        if self.line == 0 && came.starts_with(b"\r\n") {
            self.seen = 0;
            return Ok(Next::Drop(2));
        }
        let Some(end) = self.section(came, |_| Ok(()))? else { return Ok(Next::More) };
        self.state = match head::length(&came[..end])? {
            Length::Known(0) => State::Head,
            Length::Known(len) => State::Body(len),
            Length::Chunked => State::Size,
        };
        Ok(Next::Pass(end))
    }

    fn trailers(&mut self, came: &[u8]) -> Result<Next, Refusal> {
        let Some(end) = self.section(came, head::trailer)? else { return Ok(Next::More) };
        self.state = State::Head;
        Ok(Next::Pass(end))
    }

    /// Looks on for the empty line that ends a section of lines. Its length, if it is there.
    fn section(
        &mut self,
        came: &[u8],
        check: impl Fn(&[u8]) -> Result<(), Refusal>,
    ) -> Result<Option<usize>, Refusal> {
        while let Some(at) = memchr(b'\n', &came[self.seen..]) {
            let end = self.seen + at;
            let line = ended(&came[self.line..end])?;
            (self.seen, self.line) = (end + 1, end + 1);
            if self.seen > self.caps.head {
                return Err(Refusal::LongHead(self.caps.head));
            }
            if line.is_empty() {
                (self.seen, self.line, self.fields) = (0, 0, 0);
                return Ok(Some(end + 1));
            }
            check(line)?;
            self.fields += 1;
            // One line is the request's own.
            if self.fields > self.caps.fields.saturating_add(1) {
                return Err(Refusal::ManyFields(self.caps.fields));
            }
        }
        self.seen = came.len();
        match self.seen > self.caps.head {
            true => Err(Refusal::LongHead(self.caps.head)),
            false => Ok(None),
        }
    }

    fn size(&mut self, came: &[u8]) -> Result<Next, Refusal> {
        let window = &came[..came.len().min(SIZE_LINE)];
        let Some(end) = memchr(b'\n', window) else {
            return match window.len() < SIZE_LINE {
                true => Ok(Next::More),
                false => Err(Malformed("the line of a chunk's size is too long")),
            };
        };
        let line = ended(&came[..end])?;
        let digits = line.split(|byte| *byte == b';').next().unwrap_or_default();
        self.state = match hexadecimal(digits)? {
            0 => State::Trailers,
            len => State::Chunk(len),
        };
        Ok(Next::Pass(end + 1))
    }

    fn chunk_end(&mut self, came: &[u8]) -> Result<Next, Refusal> {
        match came {
            [b'\r', b'\n', ..] => {
                self.state = State::Size;
                Ok(Next::Pass(2))
            }
            [b'\r'] => Ok(Next::More),
            _ => Err(Malformed("a chunk is longer than its size says")),
        }
    }
}

/// A line without its end, which is CR LF; no CR stands elsewhere.
fn ended(line: &[u8]) -> Result<&[u8], Refusal> {
    match memchr(b'\r', line) {
        Some(at) if at + 1 == line.len() => Ok(&line[..at]),
        Some(_) if line.ends_with(b"\r") => Err(Malformed("a CR stands within a line")),
        _ => Err(Malformed("a line ends with LF alone")),
    }
}

fn hexadecimal(digits: &[u8]) -> Result<u64, Refusal> {
    let error = Malformed("a chunk's size is no number");
    if digits.is_empty() || digits.len() > 15 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return Err(error);
    }
    let digits = std::str::from_utf8(digits).map_err(|_| error)?;
    u64::from_str_radix(digits, 16).map_err(|_| error)
}

#[cfg(test)]
mod tests;
