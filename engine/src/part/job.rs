//! One complete part, and what becomes of it.

use super::{Wire, cut::Piece, probe::Bracket, wrap};
use crate::{
    Codec, Kind, Outcome, Place, Reason, Settings,
    codec::table,
    escape::{Style, escape},
    expand::{holds_part, stands_for},
    held::Held,
    json,
    notation::{Rows, frame, longest_text},
    step::Done,
    tokens::estimate,
};
use bumpalo::Bump;
use std::{
    ops::Range,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

/// A complete part, owned, to be run on any thread.
#[derive(Debug)]
pub struct Job {
    settings: Arc<Settings>,
    wire: Wire,
    place: Place,
    piece: Piece,
    raw: Held,
    /// Ranges of the text that must leave as they stand.
    verbatim: Vec<Range<usize>>,
}

/// A shorter form of a part.
struct Shorter {
    codec: Codec,
    text: Vec<u8>,
    tokens: u64,
}

impl Job {
    pub(super) fn new(
        settings: Arc<Settings>,
        wire: Wire,
        place: Place,
        piece: Piece,
        raw: Held,
        verbatim: Vec<Range<usize>>,
    ) -> Self {
        Self { settings, wire, place, piece, raw, verbatim }
    }

    /// Rewrites the part, or keeps it. A panic on the way is caught: the part stays.
    pub fn run(self) -> Done {
        let tokens_in = estimate(&self.piece.text);
        let attempt = || {
            let shorter = self.shorter(tokens_in)?;
            let raw = self.escaped(&shorter.text)?;
            Ok((shorter, raw))
        };
        // Nothing that the attempt may have left half done is looked at again.
        let shorter = catch_unwind(AssertUnwindSafe(attempt)).unwrap_or(Err(Reason::Fault));
        let bytes_in = self.piece.text.len() as u64;
        let mut outcome = Outcome {
            place: self.place,
            kind: self.piece.kind,
            bytes_in,
            bytes_out: bytes_in,
            tokens_in,
            tokens_out: tokens_in,
            result: Err(Reason::NoCodec),
        };
        let mut done = Done::default();
        match shorter {
            Ok((shorter, raw)) => {
                outcome.bytes_out = shorter.text.len() as u64;
                outcome.tokens_out = shorter.tokens;
                outcome.result = Ok(shorter.codec);
                done.put(raw);
            }
            Err(reason) => {
                outcome.result = Err(reason);
                done.keep(self.raw);
            }
        }
        done.note(outcome);
        done
    }

    /// The shorter form, if it is worth it and stands for exactly the part's text.
    fn shorter(&self, tokens_in: u64) -> Result<Shorter, Reason> {
        let source = self.piece.text.as_slice();
        match self.piece.kind {
            Kind::Notation => return Err(Reason::Notation),
            Kind::Text if self.piece.is_beyond => return Err(Reason::Limit),
            Kind::Text => return Err(Reason::NoCodec),
            Kind::Json => {}
        }
        if source.len() < self.settings.policy.gain.from_bytes {
            return Err(Reason::Small);
        }
        if holds_part(source) {
            return Err(Reason::Notation);
        }
        let text = self.encode()?;
        let tokens = estimate(&text);
        if text.len() >= source.len() || !self.settings.policy.gain.is_met(tokens_in, tokens) {
            return Err(Reason::NoGain);
        }
        if source.len() > longest_text(text.len()) {
            return Err(Reason::Limit);
        }
        if !stands_for(&text, source) {
            return Err(Reason::Inexact);
        }
        Ok(Shorter { codec: Codec::Table, text, tokens })
    }

    /// What the codec writes. A newline at the end of the part also ends the last line of that.
    fn encode(&self) -> Result<Vec<u8>, Reason> {
        let (source, end): (_, &[u8]) = match self.piece.text.strip_suffix(b"\n") {
            Some(source) => (source, b"\n"),
            None => (&self.piece.text, b""),
        };
        let mut text = match self.piece.rows {
            Some((rows, bracket)) => self.encode_rows(source, rows, bracket)?,
            None => self.encode_documents(source)?,
        };
        text.extend_from_slice(end);
        Ok(text)
    }

    fn encode_documents(&self, source: &[u8]) -> Result<Vec<u8>, Reason> {
        let arena = Bump::new();
        let document = json::parse(source, &self.verbatim, &self.settings.limits, &arena)?;
        match wrap::long_strings(&document, source.len()) {
            Some(strings) => wrap::encode(source, &strings, &self.settings, &self.verbatim),
            None => Ok(frame(Codec::Table, &table::encode(&document, &arena), None)),
        }
    }

    /// Some rows as a document of their own. They may begin and end in the middle of a line, so the
    /// part brings line ends along that are not the text's.
    fn encode_rows(&self, source: &[u8], rows: Rows, bracket: Bracket) -> Result<Vec<u8>, Reason> {
        let (open, close) = bracket.bytes();
        let mut document = Vec::with_capacity(source.len() + 2);
        let lead = usize::from(rows != Rows::First);
        document.extend_from_slice(&[open][..lead]);
        document.extend_from_slice(source);
        if rows != Rows::Last {
            // The comma behind the rows.
            document.pop();
            document.push(close);
        }
        let shifted = |range: &Range<usize>| range.start + lead..range.end + lead;
        let verbatim: Vec<_> = self.verbatim.iter().map(shifted).collect();
        let arena = Bump::new();
        let document = json::parse(&document, &verbatim, &self.settings.limits, &arena)?;
        let table = frame(Codec::Table, &table::encode(&document, &arena), Some(rows));
        Ok([b"\n", table.as_slice(), b"\n"].concat())
    }

    /// `text` in the wire's form, escaped as the part was.
    fn escaped(&self, text: &[u8]) -> Result<Vec<u8>, Reason> {
        if self.wire == Wire::Text {
            return Ok(text.to_vec());
        }
        let mut raw = Vec::with_capacity(self.raw.len());
        self.raw.copy_to(&mut raw);
        let style = Style::of(&raw).ok_or(Reason::Escapes)?;
        let text = std::str::from_utf8(text).map_err(|_| Reason::Escapes)?;
        raw.clear();
        escape(text, style, &mut raw);
        Ok(raw)
    }
}
