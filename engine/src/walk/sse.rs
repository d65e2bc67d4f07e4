//! Events out of an event stream, as the HTML standard parses it ("Server-sent events", 9.2.6).
//!
//! ```
//! use brevity::walk::sse::SseFramer;
//!
//! // An event that comes in three pieces, cut inside a line and inside a line end.
//! let mut framer = SseFramer::new(1024);
//! let mut seen = Vec::new();
//! for piece in ["event: ping\r", "\ndata: {\"on\":", "true}\n\n"] {
//!     framer.feed(piece.as_bytes(), |event| seen.push((event.name.to_vec(), event.data.to_vec())));
//! }
//! assert_eq!(seen, [(b"ping".to_vec(), b"{\"on\":true}".to_vec())]);
//! ```

use memchr::memchr2;

/// The longest name or id, in bytes. Names are words and ids are counters or UUIDs; the bound only
/// keeps a hostile stream from being held. An event with a longer name is skipped, a longer id or
/// `retry` is ignored.
const SHORT: usize = 1024;

const BOM: [u8; 3] = [0xef, 0xbb, 0xbf];

/// One complete event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SseEvent<'a> {
    /// What `event` said, else `message`.
    pub name: &'a [u8],
    /// The values of its `data` lines, joined by line feeds.
    pub data: &'a [u8],
    /// The last `id` that the stream has sent, of this event or an earlier one; may be empty.
    pub id: &'a [u8],
}

/// Reads an event stream as it comes, cut anywhere, and calls back for each complete event.
///
/// It holds one event at most: `limit` bytes of data and two KiB for its name and id. Bytes are
/// not decoded; what is not UTF-8 stays as it is. An event that the stream does not finish with an
/// empty line is discarded, as the standard says.
#[derive(Clone, Debug)]
pub struct SseFramer {
    state: State,
    /// The last byte was a carriage return: a line feed belongs to it.
    after_return: bool,
    limit: usize,
    data: Vec<u8>,
    name: Vec<u8>,
    id: Vec<u8>,
    /// The value of an `id` or `retry` line that is being read.
    value: Vec<u8>,
    too_long: bool,
    skipped: u64,
    retry: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// At the start of the stream, behind so many bytes of a byte order mark.
    Mark(usize),
    /// In a line before its colon, with what was read of the field's name.
    Field([u8; 5], usize),
    /// Behind the colon: one space may follow.
    Colon(Field),
    /// In the value.
    Value(Field),
}

const LINE: State = State::Field([0; 5], 0);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Data,
    Event,
    Id,
    Retry,
    /// Comments, whose field is empty, and names that the standard does not know.
    Other,
}

impl Field {
    fn of(name: &[u8]) -> Self {
        match name {
            b"data" => Field::Data,
            b"event" => Field::Event,
            b"id" => Field::Id,
            b"retry" => Field::Retry,
            _ => Field::Other,
        }
    }
}

impl SseFramer {
    /// A framer for events of at most `limit` bytes of data, line feeds included: one for each
    /// `data` line. See [`Limits::sse_event`](crate::Limits::sse_event).
    pub fn new(limit: usize) -> Self {
        Self {
            state: State::Mark(0),
            after_return: false,
            limit,
            data: Vec::new(),
            name: Vec::new(),
            id: Vec::new(),
            value: Vec::new(),
            too_long: false,
            skipped: 0,
            retry: None,
        }
    }

    /// Takes the next bytes and calls `on` for each event that they complete.
    pub fn feed(&mut self, mut bytes: &[u8], mut on: impl FnMut(SseEvent<'_>)) {
        while let Some(&first) = bytes.first() {
            if std::mem::take(&mut self.after_return) && first == b'\n' {
                bytes = &bytes[1..];
                continue;
            }
            let Some(end) = memchr2(b'\n', b'\r', bytes) else { return self.in_line(bytes) };
            self.in_line(&bytes[..end]);
            self.after_return = bytes[end] == b'\r';
            bytes = &bytes[end + 1..];
            if self.end_line() {
                self.dispatch(&mut on);
            }
        }
    }

    /// How many events were longer than the limit. They are not held and not given.
    pub fn skipped(&self) -> u64 {
        self.skipped
    }

    /// The last reconnection time that the stream has asked for, in milliseconds.
    pub fn retry(&self) -> Option<u64> {
        self.retry
    }
}

impl SseFramer {
    /// Takes bytes without a line end.
    fn in_line(&mut self, mut bytes: &[u8]) {
        while let Some((&byte, rest)) = bytes.split_first() {
            match &mut self.state {
                State::Mark(matched) if *matched < BOM.len() && byte == BOM[*matched] => {
                    *matched += 1;
                    bytes = rest;
                }
                State::Mark(matched) => self.state = after_mark(*matched),
                State::Field(name, len) if byte == b':' => {
                    let field = Field::of(&name[..*len]);
                    self.start_value(field);
                    bytes = rest;
                }
                // Longer than any known name: the rest of the line means nothing.
                State::Field(name, len) if *len == name.len() => {
                    self.state = State::Value(Field::Other);
                }
                State::Field(name, len) => {
                    name[*len] = byte;
                    *len += 1;
                    bytes = rest;
                }
                State::Colon(field) => {
                    self.state = State::Value(*field);
                    bytes = bytes.strip_prefix(b" ").unwrap_or(bytes);
                }
                State::Value(field) => {
                    let field = *field;
                    return self.in_value(field, bytes);
                }
            }
        }
    }

    fn start_value(&mut self, field: Field) {
        match field {
            Field::Event => self.name.clear(),
            Field::Id | Field::Retry => self.value.clear(),
            Field::Data | Field::Other => {}
        }
        self.state = State::Colon(field);
    }

    fn in_value(&mut self, field: Field, bytes: &[u8]) {
        match field {
            Field::Data => self.add_data(bytes),
            Field::Event => add_short(&mut self.name, bytes),
            Field::Id | Field::Retry => add_short(&mut self.value, bytes),
            Field::Other => {}
        }
    }

    fn add_data(&mut self, bytes: &[u8]) {
        if self.too_long || self.data.len() + bytes.len() > self.limit {
            self.too_long = true;
            self.data.clear();
            return;
        }
        let wanted = self.data.len() + bytes.len();
        if wanted > self.data.capacity() {
            // Doubles, but never beyond the limit.
            let capacity = wanted.max(self.data.capacity() * 2).min(self.limit);
            self.data.reserve_exact(capacity - self.data.len());
        }
        self.data.extend_from_slice(bytes);
    }

    /// Ends the line; true if it was empty, which ends the event.
    fn end_line(&mut self) -> bool {
        if let State::Mark(matched) = self.state {
            self.state = after_mark(matched);
        }
        match std::mem::replace(&mut self.state, LINE) {
            State::Field(_, 0) => return true,
            State::Field(name, len) => {
                let field = Field::of(&name[..len]);
                self.start_value(field);
                self.state = LINE;
                self.end_value(field);
            }
            State::Colon(field) | State::Value(field) => self.end_value(field),
            State::Mark(_) => {}
        }
        false
    }

    fn end_value(&mut self, field: Field) {
        match field {
            Field::Data => self.add_data(b"\n"),
            Field::Event => self.too_long |= self.name.len() > SHORT,
            Field::Id if self.value.len() <= SHORT && !self.value.contains(&0) => {
                std::mem::swap(&mut self.id, &mut self.value);
            }
            Field::Retry => self.retry = milliseconds(&self.value).or(self.retry),
            Field::Id | Field::Other => {}
        }
    }

    fn dispatch(&mut self, on: &mut impl FnMut(SseEvent<'_>)) {
        if self.too_long {
            self.skipped += 1;
        } else if let Some((_, data)) = self.data.split_last() {
            let name = if self.name.is_empty() { b"message" } else { &self.name[..] };
            on(SseEvent { name, data, id: &self.id });
        }
        self.too_long = false;
        self.data.clear();
        self.name.clear();
    }
}

/// The line's state where a byte order mark broke off, or ended: a part of one is text.
fn after_mark(matched: usize) -> State {
    let mut name = [0; 5];
    let len = matched % BOM.len();
    name[..len].copy_from_slice(&BOM[..len]);
    State::Field(name, len)
}

/// Adds to a name or id; one byte more than allowed is enough to know that it is too long.
fn add_short(to: &mut Vec<u8>, bytes: &[u8]) {
    let room = (SHORT + 1).saturating_sub(to.len());
    to.extend_from_slice(&bytes[..bytes.len().min(room)]);
}

/// Digits alone; a number that no `u64` holds is ignored.
fn milliseconds(value: &[u8]) -> Option<u64> {
    let digits = value.iter().all(u8::is_ascii_digit).then_some(value)?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}
