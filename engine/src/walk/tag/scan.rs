//! Bytes to tags. Knows no policy and no pairs.

use crate::Limits;
use memchr::{memchr, memchr2};

/// A complete tag. Its name goes beside it, as two words in registers: packed into the struct right
/// after the name grew, it stalls the processor for longer than all the rest takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tag {
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) form: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `<name …>`
    Open,
    /// `</name>`
    Close,
    /// `<name …/>`
    Empty,
}

/// Finds tags. Each byte is looked at once: a candidate holds no second `<`, so when it fails there
/// is nothing in it to look at again.
#[derive(Debug)]
pub(super) struct Scanner {
    state: State,
    /// How many bytes were fed.
    at: u64,
    /// Where the candidate began; of no meaning in `State::Text`.
    start: u64,
    close: bool,
    /// Whether the byte before was a `/` outside of a quoted value.
    slash: bool,
    /// The candidate's name so far, at most `longest_name`.
    name: Vec<u8>,
    longest_name: usize,
    longest_tag: u64,
}

/// What the bytes of the candidate so far are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// There is no candidate.
    Text,
    /// `<`
    Start,
    /// `</`
    CloseStart,
    /// `<na`, `</na`
    Name,
    /// `</name `
    CloseEnd,
    /// `<name `, `<name/`, and attributes up to anywhere but a value's beginning
    Attributes,
    /// `<name key=`
    Value,
    /// `<name key="`, with the quote that ends it
    Quoted(u8),
    /// A whole tag.
    Done,
}

impl Scanner {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            state: State::Text,
            at: 0,
            start: 0,
            close: false,
            slash: false,
            name: Vec::new(),
            longest_name: limits.tag_name,
            longest_tag: limits.tag as u64,
        }
    }

    /// How many bytes were fed.
    pub(super) fn at(&self) -> u64 {
        self.at
    }

    /// The first byte that may yet turn out to be in a tag.
    pub(super) fn open_from(&self) -> u64 {
        if self.state == State::Text { self.at } else { self.start }
    }

    /// Gives up the candidate.
    pub(super) fn reset(&mut self) {
        self.state = State::Text;
    }

    /// Reads the next bytes. Calls `on` with each tag and its name, which is in lower case.
    pub(super) fn feed(&mut self, bytes: &[u8], mut on: impl FnMut(Tag, &[u8])) {
        // What was escaped comes as one character, and most are line ends.
        if self.state == State::Text && bytes.len() == 1 && bytes[0] != b'<' {
            self.at += 1;
            return;
        }
        let base = self.at;
        let mut used = 0;
        while used < bytes.len() {
            self.at = base + used as u64;
            used += self.step(&bytes[used..]);
            self.at = base + used as u64;
            if self.state == State::Text {
                continue;
            }
            let length = self.length();
            if self.state == State::Done {
                self.state = State::Text;
                if length <= self.longest_tag {
                    on(self.tag(), &self.name);
                }
            } else if length >= self.longest_tag {
                self.state = State::Text;
            }
        }
    }

    fn length(&self) -> u64 {
        self.at - self.start
    }

    /// Takes the first bytes, one at least. Runs may go past a bound; none holds a `<`.
    fn step(&mut self, bytes: &[u8]) -> usize {
        match self.state {
            State::Text | State::Done => self.text(bytes),
            State::Name => self.name(bytes),
            State::Attributes => self.attributes(bytes),
            State::Quoted(quote) => self.quoted(quote, bytes),
            _ => {
                self.state = self.single(bytes[0]);
                1
            }
        }
    }

    /// Skips to behind the next `<`.
    fn text(&mut self, bytes: &[u8]) -> usize {
        let Some(found) = memchr(b'<', bytes) else { return bytes.len() };
        self.begin(found);
        found + 1
    }

    /// Takes the name and the byte behind it.
    fn name(&mut self, bytes: &[u8]) -> usize {
        let run = bytes.iter().position(|byte| !is_named(*byte)).unwrap_or(bytes.len());
        if self.name.len() + run > self.longest_name {
            self.state = State::Text;
            return run;
        }
        self.name.extend(bytes[..run].iter().map(u8::to_ascii_lowercase));
        let Some(&byte) = bytes.get(run) else { return run };
        match byte {
            b'<' => self.begin(run),
            b'>' => self.state = State::Done,
            _ if self.close => self.state = self.single_behind_close(byte),
            b'=' => self.state = State::Value,
            b'/' => (self.state, self.slash) = (State::Attributes, true),
            _ if is_space(byte) => self.state = State::Attributes,
            _ => self.state = State::Text,
        }
        run + 1
    }

    /// Skips to behind a `>`, a `=` or a `<`.
    fn attributes(&mut self, bytes: &[u8]) -> usize {
        let found = bytes.iter().position(|byte| matches!(byte, b'<' | b'>' | b'='));
        let run = found.unwrap_or(bytes.len());
        if let Some(last) = run.checked_sub(1) {
            self.slash = bytes[last] == b'/';
        }
        let Some(found) = found else { return run };
        match bytes[found] {
            b'<' => self.begin(found),
            b'>' => self.state = State::Done,
            _ => (self.state, self.slash) = (State::Value, false),
        }
        found + 1
    }

    /// Skips to behind the quote or a `<`.
    fn quoted(&mut self, quote: u8, bytes: &[u8]) -> usize {
        let Some(found) = memchr2(quote, b'<', bytes) else { return bytes.len() };
        if bytes[found] == quote {
            self.state = State::Attributes;
        } else {
            self.begin(found);
        }
        found + 1
    }

    /// The state behind `byte` in those that take single bytes.
    fn single(&mut self, byte: u8) -> State {
        match (self.state, byte) {
            (_, b'<') => {
                self.begin(0);
                State::Start
            }
            (State::Start, b'/') => {
                self.close = true;
                State::CloseStart
            }
            (State::Start | State::CloseStart, b'_' | b'a'..=b'z' | b'A'..=b'Z') => {
                self.name.push(byte.to_ascii_lowercase());
                State::Name
            }
            (State::CloseEnd, _) => self.single_behind_close(byte),
            (State::Value, b'"' | b'\'') => State::Quoted(byte),
            (State::Value, b'>') => State::Done,
            (State::Value, _) if is_space(byte) => State::Value,
            (State::Value, _) => {
                self.slash = byte == b'/';
                State::Attributes
            }
            _ => State::Text,
        }
    }

    fn single_behind_close(&self, byte: u8) -> State {
        match byte {
            b'>' => State::Done,
            _ if is_space(byte) => State::CloseEnd,
            _ => State::Text,
        }
    }

    /// A `<`, so many bytes on.
    fn begin(&mut self, found: usize) {
        self.state = State::Start;
        self.start = self.at + found as u64;
        self.close = false;
        self.slash = false;
        self.name.clear();
    }

    fn tag(&self) -> Tag {
        let form = match (self.close, self.slash) {
            (true, _) => Form::Close,
            (false, true) => Form::Empty,
            (false, false) => Form::Open,
        };
        Tag { start: self.start, end: self.at, form }
    }
}

/// Whether a name may go on with `byte`.
fn is_named(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b':')
}

/// White space, as the HTML standard has it.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\x0c' | b'\r')
}
