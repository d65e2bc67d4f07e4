//! One complete part, and what becomes of it.

use super::{
    Wire,
    cut::Piece,
    probe::Bracket,
    segment::{Plan, Segment},
    wrap,
};
use crate::{
    Codec, Kind, Outcome, Place, Reason, Settings, codec,
    codec::table,
    escape::{Style, escape},
    held::Held,
    json,
    notation::{Rows, frame, longest_text},
    step::Done,
    tokens::estimate,
    unframe::{holds_part, stands_for},
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
    /// What is to become of its lines; empty where it is one document.
    segments: Vec<Segment>,
}

/// Where so many percent of the tokens are left, no other codec is tried.
const ENOUGH: u64 = 60;

/// A shorter form of some text.
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
        segments: Vec<Segment>,
    ) -> Self {
        Self { settings, wire, place, piece, raw, verbatim, segments }
    }

    /// Rewrites the part, or keeps it. A panic on the way is caught: what it concerns stays.
    pub fn run(self) -> Done {
        let mut outcomes = Vec::new();
        let mut text = Vec::with_capacity(self.piece.text.len());
        if self.segments.is_empty() {
            let document = |before| self.document(before);
            self.attempt(0..self.piece.text.len(), document, &mut text, &mut outcomes);
        }
        for segment in &self.segments {
            let lines = |before| self.lines(segment, before);
            self.attempt(segment.range.clone(), lines, &mut text, &mut outcomes);
        }
        let is_shorter = outcomes.iter().any(|outcome| outcome.result.is_ok());
        let raw = if is_shorter { self.escaped(text) } else { Err(Reason::NoGain) };
        // Escapes may take more than was saved.
        let raw = raw
            .and_then(|raw| if raw.len() < self.raw.len() { Ok(raw) } else { Err(Reason::NoGain) });
        let mut done = Done::default();
        match raw {
            Ok(raw) => done.put(raw),
            Err(reason) => {
                outcomes.iter_mut().for_each(|outcome| outcome.keep(reason));
                done.keep(self.raw);
            }
        }
        outcomes.into_iter().for_each(|outcome| done.note(outcome));
        done
    }

    /// Adds to `out` what is to leave for `range`: what `shorten` gives, which is told the tokens so
    /// far, or the text as it is.
    fn attempt(
        &self,
        range: Range<usize>,
        shorten: impl Fn(u64) -> Result<Shorter, Reason>,
        out: &mut Vec<u8>,
        outcomes: &mut Vec<Outcome>,
    ) {
        let source = &self.piece.text[range];
        let (bytes, tokens) = (source.len() as u64, estimate(source));
        // Nothing that the attempt may have left half done is looked at again.
        let shorter = catch_unwind(AssertUnwindSafe(|| shorten(tokens)));
        let shorter = shorter.unwrap_or(Err(Reason::Fault));
        let mut outcome = Outcome {
            place: self.place.clone(),
            kind: self.piece.kind,
            bytes_in: bytes,
            bytes_out: bytes,
            tokens_in: tokens,
            tokens_out: tokens,
            result: Err(Reason::NoGain),
        };
        match shorter {
            Ok(shorter) => {
                outcome.bytes_out = shorter.text.len() as u64;
                outcome.tokens_out = shorter.tokens;
                outcome.result = Ok(shorter.codec);
                out.extend_from_slice(&shorter.text);
            }
            Err(reason) => {
                outcome.result = Err(reason);
                out.extend_from_slice(source);
            }
        }
        outcomes.push(outcome);
    }

    /// The shorter form of a part that is JSON.
    fn document(&self, before: u64) -> Result<Shorter, Reason> {
        let source = self.piece.text.as_slice();
        if self.piece.kind == Kind::Notation {
            return Err(Reason::Notation);
        }
        self.can_be_coded(source)?;
        if holds_part(source) {
            return Err(Reason::Notation);
        }
        if self.settings.policy.only.is_some_and(|only| only != Codec::Table) {
            return Err(Reason::NoCodec);
        }
        let (body, end) = without_newline(source);
        let mut text = match self.piece.rows {
            Some((rows, bracket)) => self.encode_rows(body, rows, bracket)?,
            None => self.encode_documents(body)?,
        };
        text.extend_from_slice(end);
        let tokens = estimate(&text);
        self.proved(Shorter { codec: Codec::Table, text, tokens }, source, before)
    }

    /// The shortest form of some lines.
    fn lines(&self, segment: &Segment, before: u64) -> Result<Shorter, Reason> {
        let source = &self.piece.text[segment.range.clone()];
        let codecs = match &segment.plan {
            Plan::Refer(line) => return Ok(self.reference(line, source)),
            _ if self.piece.is_beyond => return Err(Reason::Limit),
            Plan::Keep(reason) => return Err(*reason),
            Plan::Code(codecs) => codecs,
        };
        self.can_be_coded(source)?;
        let (body, end) = without_newline(source);
        let mut best: Option<Shorter> = None;
        for &codec in *codecs {
            let Some(coded) = codec::encode(codec, body) else { continue };
            let mut text = frame(codec, &coded, None);
            text.extend_from_slice(end);
            let tokens = estimate(&text);
            if best.as_ref().is_none_or(|best| tokens < best.tokens) {
                best = Some(Shorter { codec, text, tokens });
            }
            if best.as_ref().is_some_and(|best| best.tokens * 100 <= before * ENOUGH) {
                break;
            }
        }
        self.proved(best.ok_or(Reason::NoGain)?, source, before)
    }

    fn reference(&self, line: &str, source: &[u8]) -> Shorter {
        let text = referred(line, source);
        Shorter { codec: Codec::Repeat, tokens: estimate(&text), text }
    }

    fn can_be_coded(&self, source: &[u8]) -> Result<(), Reason> {
        match source.len() < self.settings.policy.gain.from_bytes {
            true => Err(Reason::Small),
            false => Ok(()),
        }
    }

    /// What is shorter, if it is worth it and stands for exactly `source`, which weighs `before`.
    fn proved(&self, shorter: Shorter, source: &[u8], before: u64) -> Result<Shorter, Reason> {
        let text = shorter.text.as_slice();
        let is_worth_it = self.settings.policy.gain.is_met(before, shorter.tokens);
        if text.len() >= source.len() || !is_worth_it {
            return Err(Reason::NoGain);
        }
        if source.len() > longest_text(text.len()) {
            return Err(Reason::Limit);
        }
        // In a JSON string, all parts are proved at once, escapes and all.
        if self.wire == Wire::Text && !stands_for(text, source) {
            return Err(Reason::Inexact);
        }
        Ok(shorter)
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
    fn escaped(&self, mut text: Vec<u8>) -> Result<Vec<u8>, Reason> {
        if self.wire == Wire::Text {
            // It may wait for its turn: without the room that it did not need.
            text.shrink_to_fit();
            return Ok(text);
        }
        let mut source = vec![b'"'];
        self.raw.copy_to(&mut source);
        let style = Style::of(&source[1..]).ok_or(Reason::Escapes)?;
        let text = std::str::from_utf8(&text).map_err(|_| Reason::Escapes)?;
        let mut raw = vec![b'"'];
        escape(text, style, &mut raw);
        // What the parts stand for, where references stay: these were proved by their lines.
        if self.segments.iter().any(|segment| matches!(segment.plan, Plan::Refer(_))) {
            let referred = self.with_references();
            let referred = std::str::from_utf8(&referred).map_err(|_| Reason::Escapes)?;
            source.truncate(1);
            escape(referred, style, &mut source);
        }
        // The quotes tell the way back that these are strings.
        [&mut raw, &mut source].into_iter().for_each(|string| string.push(b'"'));
        if stands_for(&raw, &source) {
            raw.pop();
            raw.remove(0);
            return Ok(raw);
        }
        // A coded part may lack the very characters that tell its style.
        match stands_for(text.as_bytes(), &self.with_references()) {
            true => Err(Reason::Escapes),
            false => Err(Reason::Inexact),
        }
    }
}

impl Job {
    /// The part's text, with references for what came before.
    fn with_references(&self) -> Vec<u8> {
        let mut text = Vec::with_capacity(self.piece.text.len());
        for segment in &self.segments {
            let source = &self.piece.text[segment.range.clone()];
            match &segment.plan {
                Plan::Refer(line) => text.extend_from_slice(&referred(line, source)),
                Plan::Keep(_) | Plan::Code(_) => text.extend_from_slice(source),
            }
        }
        text
    }
}

/// The line that refers to what `source` is the same as, in its place.
fn referred(line: &str, source: &[u8]) -> Vec<u8> {
    let (_, end) = without_newline(source);
    [line.as_bytes(), end].concat()
}

/// A newline at the end of a part also ends the last line of what is coded.
fn without_newline(source: &[u8]) -> (&[u8], &[u8]) {
    source.strip_suffix(b"\n").map_or((source, b"" as &[u8]), |body| (body, b"\n"))
}
