//! Bytes to tags. Knows no policy and no pairs.

use crate::Limits;
use memchr::{memchr, memchr2};

/// A complete tag. Its name is in lower case.
#[derive(Debug)]
pub(super) struct Tag<'n> {
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) form: Form,
    pub(super) name: &'n [u8],
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
    longest_tag: usize,
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
    /// `<name `, and attributes up to anywhere but a value's beginning
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
            longest_tag: limits.tag,
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

    pub(super) fn feed(&mut self, bytes: &[u8], mut on: impl FnMut(Tag<'_>)) {
        let base = self.at;
        let mut i = 0;
        while i < bytes.len() {
            self.at = base + i as u64;
            i += match self.state {
                State::Text => self.text(&bytes[i..]),
                State::Quoted(quote) => self.quoted(quote, &bytes[i..]),
                _ => {
                    self.state = self.next(bytes[i]);
                    1
                }
            };
            self.at = base + i as u64;
            if self.state == State::Done {
                on(self.tag());
                self.state = State::Text;
            } else if self.state != State::Text && self.length() >= self.longest_tag {
                self.state = State::Text;
            }
        }
    }

    fn length(&self) -> usize {
        (self.at - self.start) as usize
    }

    /// Skips to behind the next `<`.
    fn text(&mut self, bytes: &[u8]) -> usize {
        let Some(found) = memchr(b'<', bytes) else { return bytes.len() };
        self.at += found as u64;
        self.state = self.begin();
        found + 1
    }

    /// Skips to behind the quote or a `<`. If that is too far, it is not a tag anyway.
    fn quoted(&mut self, quote: u8, bytes: &[u8]) -> usize {
        let Some(found) = memchr2(quote, b'<', bytes) else { return bytes.len() };
        self.at += found as u64;
        self.state = if bytes[found] == quote { self.attributes(false) } else { self.begin() };
        found + 1
    }

    /// The state behind `byte`, inside a candidate and outside of a quoted value.
    fn next(&mut self, byte: u8) -> State {
        if byte == b'<' {
            return self.begin();
        }
        match (self.state, byte) {
            (State::Start, b'/') => {
                self.close = true;
                State::CloseStart
            }
            (State::Start | State::CloseStart, b'_' | b'a'..=b'z' | b'A'..=b'Z') => {
                self.letter(byte)
            }
            (State::Name, b'_' | b'-' | b'.' | b':' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z') => {
                self.letter(byte)
            }
            (State::Name | State::CloseEnd | State::Attributes | State::Value, b'>') => State::Done,
            (State::Name | State::CloseEnd, _) if self.close => {
                if is_space(byte) {
                    State::CloseEnd
                } else {
                    State::Text
                }
            }
            (State::Name | State::Attributes, b'=') => {
                self.slash = false;
                State::Value
            }
            (State::Name, _) if byte != b'/' && !is_space(byte) => State::Text,
            (State::Value, b'"' | b'\'') => State::Quoted(byte),
            (State::Value, _) if is_space(byte) => State::Value,
            (State::Name | State::Attributes | State::Value, _) => self.attributes(byte == b'/'),
            _ => State::Text,
        }
    }

    fn begin(&mut self) -> State {
        self.start = self.at;
        self.close = false;
        self.slash = false;
        self.name.clear();
        State::Start
    }

    fn letter(&mut self, byte: u8) -> State {
        if self.name.len() == self.longest_name {
            return State::Text;
        }
        self.name.push(byte.to_ascii_lowercase());
        State::Name
    }

    fn attributes(&mut self, slash: bool) -> State {
        self.slash = slash;
        State::Attributes
    }

    fn tag(&self) -> Tag<'_> {
        let form = match (self.close, self.slash) {
            (true, _) => Form::Close,
            (false, true) => Form::Empty,
            (false, false) => Form::Open,
        };
        Tag { start: self.start, end: self.at, form, name: &self.name }
    }
}

/// White space, as the HTML standard has it.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\x0c' | b'\r')
}
