//! A resumable JSON lexer, as strict as RFC 8259.
//!
//! ```
//! use brevity::walk::json::{Event, JsonWalker};
//!
//! // The text of every string, in a document that comes in two pieces.
//! let document = br#"{"say":"hello"}"#;
//! let mut walker = JsonWalker::new(64);
//! let (mut texts, mut start) = (Vec::new(), 0);
//! for mut piece in [&document[..10], &document[10..]] {
//!     while let Some(event) = walker.next(&mut piece)? {
//!         match event {
//!             Event::StringStart => start = walker.offset() as usize,
//!             Event::StringEnd => texts.push(&document[start..walker.offset() as usize - 1]),
//!             _ => {}
//!         }
//!     }
//! }
//! walker.finish()?;
//! assert_eq!(texts, [b"hello"]);
//! # Ok::<(), brevity::walk::json::JsonError>(())
//! ```

mod brackets;
mod error;
mod scan;
mod token;

pub use error::{JsonError, JsonErrorKind};

use brackets::{Bracket, Brackets};
use scan::{Digits, Tail};
pub(crate) use scan::{ends_number, is_space};

/// What was read last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A `{`.
    ObjectOpen,
    /// The `}` of the innermost object.
    ObjectClose,
    /// A `[`.
    ArrayOpen,
    /// The `]` of the innermost array.
    ArrayClose,
    /// The `:` after a key.
    Colon,
    /// The `,` between two members or elements.
    Comma,
    /// The opening quote of a key.
    KeyStart,
    /// The closing quote of a key.
    KeyEnd,
    /// The opening quote of a string that is a value.
    StringStart,
    /// The closing quote of a string that is a value.
    StringEnd,
    /// The first byte of a number, `true`, `false` or `null`.
    ScalarStart(Scalar),
    /// The last byte of it. A number's end is known at the byte that follows, which is not read.
    ScalarEnd(Scalar),
}

/// The values that have neither quotes nor brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scalar {
    /// A number.
    Number,
    /// `true`.
    True,
    /// `false`.
    False,
    /// `null`.
    Null,
}

impl Scalar {
    fn word(self) -> &'static [u8] {
        match self {
            Scalar::Number => b"",
            Scalar::True => b"true",
            Scalar::False => b"false",
            Scalar::Null => b"null",
        }
    }
}

/// Reads JSON as it comes, cut anywhere. It holds a state, a bit for each open bracket and the
/// offset, never the input.
///
/// Strings must be valid UTF-8 without control characters; an escaped surrogate may stand alone,
/// as the grammar of RFC 8259 allows. A byte order mark is an error. An error is final: every call
/// after it gives it again.
#[derive(Clone, Debug)]
pub struct JsonWalker {
    state: State,
    /// Whether the string that is being read is a key.
    in_key: bool,
    /// Letters of a word, or hexadecimal digits of an escape, that were read.
    progress: u8,
    brackets: Brackets,
    offset: u64,
    failed: Option<JsonError>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The first root value must come.
    First,
    /// Another root value may come.
    Next,
    /// A value must come, after `:` or `,`.
    Value,
    /// After `[`: a value or `]`.
    ArrayFirst,
    /// After `{`: a key or `}`.
    ObjectFirst,
    /// After `,` in an object.
    Key,
    /// After a key.
    Colon,
    /// After a value inside a bracket.
    After,
    /// A root value is complete.
    Done,
    /// Inside a string.
    Text,
    /// Inside a character of several bytes.
    Char(Tail),
    /// After a backslash.
    Escape,
    /// Inside the four digits of `\u`.
    Hex,
    /// Inside a number.
    Number(Digits),
    /// Inside `true`, `false` or `null`.
    Word(Scalar),
    /// After an error.
    Failed,
}

type Step = Result<Option<Event>, JsonError>;

impl JsonWalker {
    /// A walker for documents that nest at most `depth_limit` brackets deep. It takes a bit for each.
    pub fn new(depth_limit: usize) -> Self {
        Self {
            state: State::First,
            in_key: false,
            progress: 0,
            brackets: Brackets::new(depth_limit),
            offset: 0,
            failed: None,
        }
    }

    /// Reads on until something happens, and moves `bytes` behind what was read. `Ok(None)`: all
    /// bytes were read and more are needed.
    ///
    /// # Errors
    ///
    /// The byte at the error's offset cannot stand there, or opens a bracket beyond the depth limit.
    /// After a root value only whitespace may follow, unless [`next_document`](Self::next_document)
    /// was called.
    #[inline]
    pub fn next(&mut self, bytes: &mut &[u8]) -> Step {
        loop {
            let event = match self.state {
                State::Text => self.text(bytes)?,
                State::Number(digits) => self.number(digits, bytes)?,
                State::Word(word) => self.word(word, bytes)?,
                State::Char(tail) => self.char(tail, bytes)?,
                State::Escape => self.escape(bytes)?,
                State::Hex => self.hex(bytes)?,
                State::Failed => return self.fail(JsonErrorKind::Unexpected),
                _ => return self.structure(bytes),
            };
            if event.is_some() || bytes.is_empty() {
                return Ok(event);
            }
        }
    }

    /// How many bytes were read, of all chunks together: the position right behind the last event.
    #[inline]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// How many brackets are open.
    #[inline]
    pub fn depth(&self) -> usize {
        self.brackets.depth()
    }

    /// Whether a root value has ended. A root number ends at the byte that follows it or at
    /// [`finish`](Self::finish).
    #[inline]
    pub fn is_complete(&self) -> bool {
        self.state == State::Done
    }

    /// Allows another root value after a complete one, as in NDJSON and in concatenated documents.
    /// Before a root value is complete it does nothing.
    #[inline]
    pub fn next_document(&mut self) {
        if self.is_complete() {
            self.state = State::Next;
        }
    }

    /// Ends the input. Gives the end of a root number if one is being read.
    ///
    /// # Errors
    ///
    /// The document is incomplete, or there is none.
    pub fn finish(&mut self) -> Step {
        match self.state {
            State::Done | State::Next => Ok(None),
            State::Number(digits) if self.depth() == 0 && digits.may_end() => {
                self.state = State::Done;
                Ok(Some(Event::ScalarEnd(Scalar::Number)))
            }
            _ => self.fail(JsonErrorKind::Incomplete),
        }
    }
}

// What stands between strings and scalars.
impl JsonWalker {
    #[inline]
    fn structure(&mut self, bytes: &mut &[u8]) -> Step {
        let space = bytes.iter().take_while(|byte| scan::is_space(**byte)).count();
        self.advance(bytes, space);
        let Some(&byte) = bytes.first() else { return Ok(None) };
        let event = match (self.state, byte) {
            (State::After, b',') => self.comma(),
            (State::After, _) => self.close(byte)?,
            (State::Colon, b':') => {
                self.state = State::Value;
                Event::Colon
            }
            (State::Key | State::ObjectFirst, b'"') => self.open_text(true, Event::KeyStart),
            (State::ObjectFirst, b'}') | (State::ArrayFirst, b']') => self.close(byte)?,
            (State::Value | State::ArrayFirst | State::First | State::Next, _) => {
                self.value(byte)?
            }
            _ => return self.fail(JsonErrorKind::Unexpected),
        };
        self.advance(bytes, 1);
        Ok(Some(event))
    }

    #[inline]
    fn value(&mut self, byte: u8) -> Result<Event, JsonError> {
        match byte {
            b'"' => Ok(self.open_text(false, Event::StringStart)),
            b'{' => self.open(Bracket::Object, State::ObjectFirst, Event::ObjectOpen),
            b'[' => self.open(Bracket::Array, State::ArrayFirst, Event::ArrayOpen),
            b't' => Ok(self.open_word(Scalar::True)),
            b'f' => Ok(self.open_word(Scalar::False)),
            b'n' => Ok(self.open_word(Scalar::Null)),
            _ => match Digits::first(byte) {
                Some(digits) => {
                    self.state = State::Number(digits);
                    Ok(Event::ScalarStart(Scalar::Number))
                }
                None => self.fail(JsonErrorKind::Unexpected),
            },
        }
    }

    fn open(&mut self, bracket: Bracket, state: State, event: Event) -> Result<Event, JsonError> {
        if !self.brackets.push(bracket) {
            return self.fail(JsonErrorKind::DepthLimit);
        }
        self.state = state;
        Ok(event)
    }

    fn open_text(&mut self, in_key: bool, event: Event) -> Event {
        self.in_key = in_key;
        self.state = State::Text;
        event
    }

    fn open_word(&mut self, word: Scalar) -> Event {
        self.progress = 1;
        self.state = State::Word(word);
        Event::ScalarStart(word)
    }

    fn comma(&mut self) -> Event {
        self.state = match self.brackets.innermost() {
            Some(Bracket::Object) => State::Key,
            _ => State::Value,
        };
        Event::Comma
    }

    fn close(&mut self, byte: u8) -> Result<Event, JsonError> {
        let event = match (self.brackets.innermost(), byte) {
            (Some(Bracket::Object), b'}') => Event::ObjectClose,
            (Some(Bracket::Array), b']') => Event::ArrayClose,
            _ => return self.fail(JsonErrorKind::Unexpected),
        };
        self.brackets.pop();
        self.end_value();
        Ok(event)
    }

    #[inline]
    fn end_value(&mut self) {
        self.state = if self.depth() == 0 { State::Done } else { State::After };
    }

    #[inline]
    fn advance(&mut self, bytes: &mut &[u8], by: usize) {
        *bytes = &bytes[by..];
        self.offset += by as u64;
    }

    #[cold]
    fn fail<T>(&mut self, kind: JsonErrorKind) -> Result<T, JsonError> {
        let first = JsonError { offset: self.offset, kind };
        self.state = State::Failed;
        Err(*self.failed.get_or_insert(first))
    }
}
