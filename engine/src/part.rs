//! A block into parts: where one ends, and the job that rewrites it.
//!
//! A part is a run of whole lines, or of JSON documents. [`cut`] finds its end from the bytes alone,
//! while they come. [`job`] holds one complete part and rewrites it, on any thread.

mod cut;
mod earlier;
mod job;
mod probe;
mod segment;
mod wrap;

pub use job::Job;

use crate::{
    Kind, Level, Outcome, Place, Reason, Settings, Treatment,
    escape::Unescaper,
    held::Held,
    repeat::{History, Stands},
    step::{Step, Steps},
    tokens::Estimator,
    walk::tag::{Span, SpanKind, TagMode, TagWalker},
};
use bytes::Bytes;
use cut::{Cutter, Piece};
use segment::Segment;
use smallvec::SmallVec;
use std::{collections::VecDeque, ops::Range, sync::Arc};

/// How a block's text is written in the stream that carries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    /// As it is.
    Text,
    /// As the inside of a JSON string, without its quotes.
    JsonString,
}

/// One block, written chunk by chunk.
///
/// ```
/// use brevity::{Block, Place, Settings, Steps, Treatment, Wire};
/// use std::sync::Arc;
///
/// let settings = Arc::new(Settings::default());
/// let mut block = Block::new(settings, Wire::Text, Treatment::Rewrite, Place::default());
/// let (mut steps, mut out) = (Steps::new(), Vec::new());
/// for chunk in ["total 2\n", "drwxr-xr-x src\n"] {
///     block.write(chunk.into(), &mut steps);
///     steps.run_into(&mut out);
/// }
/// block.finish(&mut steps);
/// steps.run_into(&mut out);
/// assert_eq!(out, b"total 2\ndrwxr-xr-x src\n");
/// ```
#[derive(Debug)]
pub struct Block(Route);

#[derive(Debug)]
enum Route {
    /// Nothing may be rewritten.
    Pass(Pass),
    /// Parts are looked for.
    Cut(Box<Parts>),
}

impl Block {
    /// A block that comes as `wire` says. `treatment` is the policy's word on the tool that made it.
    pub fn new(settings: Arc<Settings>, wire: Wire, treatment: Treatment, place: Place) -> Self {
        Self(match reason(&settings, treatment) {
            Some(reason) => Route::Pass(Pass::new(wire, reason, place)),
            None => Route::Cut(Box::new(Parts::new(settings, wire, place, None))),
        })
    }

    /// A block inside of a JSON string, one of several of a request: `history` is to come with each
    /// call.
    pub(crate) fn of_request(
        settings: Arc<Settings>,
        treatment: Treatment,
        place: Place,
        history: Option<&mut History>,
    ) -> Self {
        let Some(history) = history.filter(|history| !history.is_closed()) else {
            return Self::new(settings, Wire::JsonString, treatment, place);
        };
        history.begin();
        let reason = reason(&settings, treatment);
        Self(Route::Cut(Box::new(Parts::new(settings, Wire::JsonString, place, reason))))
    }

    /// Like [`write`](Self::write).
    pub(crate) fn write_after(
        &mut self,
        history: Option<&mut History>,
        chunk: Bytes,
        steps: &mut Steps,
    ) {
        match &mut self.0 {
            Route::Pass(pass) => pass.write(chunk, steps),
            Route::Cut(parts) => parts.write(chunk, history, steps),
        }
    }

    /// Like [`finish`](Self::finish).
    pub(crate) fn finish_after(self, history: Option<&mut History>, steps: &mut Steps) {
        match self.0 {
            Route::Pass(pass) => pass.finish(steps),
            Route::Cut(parts) => parts.finish(history, steps),
        }
    }

    /// Takes the next bytes; what is complete goes to `steps`.
    pub fn write(&mut self, chunk: Bytes, steps: &mut Steps) {
        self.write_after(None, chunk, steps);
    }

    /// Ends the block: all that waits goes to `steps`.
    pub fn finish(self, steps: &mut Steps) {
        self.finish_after(None, steps);
    }

    /// Ends a block that breaks off: all that waits leaves as it came.
    pub fn abandon(self, steps: &mut Steps) {
        match self.0 {
            Route::Pass(pass) => pass.finish(steps),
            Route::Cut(parts) => parts.abandon(steps),
        }
    }
}

/// Why nothing of a block may be written shorter, if so.
fn reason(settings: &Settings, treatment: Treatment) -> Option<Reason> {
    match treatment {
        _ if settings.policy.level == Level::Off => Some(Reason::Off),
        Treatment::Rewrite => None,
        Treatment::FileRead => Some(Reason::FileRead),
        Treatment::Excluded => Some(Reason::Excluded),
    }
}

/// A block that leaves as it came, and is weighed on the way.
#[derive(Debug)]
struct Pass {
    text: TextReader,
    estimator: Estimator,
    bytes: u64,
    reason: Reason,
    place: Place,
}

impl Pass {
    fn new(wire: Wire, reason: Reason, place: Place) -> Self {
        let text = TextReader::new(wire);
        Self { text, estimator: Estimator::default(), bytes: 0, reason, place }
    }

    fn write(&mut self, chunk: Bytes, steps: &mut Steps) {
        self.text.read(&chunk, |text, _| {
            self.bytes += text.len() as u64;
            self.estimator.feed(text);
        });
        steps.push(Step::Keep(chunk));
    }

    fn finish(self, steps: &mut Steps) {
        let tokens = self.estimator.tokens();
        if self.bytes > 0 {
            steps.push(Step::Note(Outcome {
                place: self.place,
                kind: Kind::Text,
                bytes_in: self.bytes,
                bytes_out: self.bytes,
                tokens_in: tokens,
                tokens_out: tokens,
                result: Err(self.reason),
            }));
        }
    }
}

/// A block whose parts are cut out as they become complete.
#[derive(Debug)]
struct Parts {
    settings: Arc<Settings>,
    wire: Wire,
    place: Place,
    /// Why nothing but what came before may leave it, if so.
    reason: Option<Reason>,
    text: TextReader,
    cutter: Cutter,
    tags: TagWalker,
    /// Protected spans that reach beyond what has left, in order, by offset in the block.
    protected: VecDeque<Range<u64>>,
    /// Pieces that wait until the tag walker has settled what protects them.
    waiting: VecDeque<Waiting>,
    /// The raw bytes of what the cutter and `waiting` hold.
    raw: Held,
}

#[derive(Debug)]
struct Waiting {
    piece: Piece,
    raw: Held,
}

impl Parts {
    fn new(settings: Arc<Settings>, wire: Wire, place: Place, reason: Option<Reason>) -> Self {
        let cutter = Cutter::new(&settings);
        let tags = TagWalker::new(&settings.policy.protect, TagMode::Blocks, &settings.limits);
        Self {
            settings,
            wire,
            place,
            reason,
            text: TextReader::new(wire),
            cutter,
            tags,
            protected: VecDeque::new(),
            waiting: VecDeque::new(),
            raw: Held::default(),
        }
    }

    fn write(&mut self, chunk: Bytes, history: Option<&mut History>, steps: &mut Steps) {
        let Self { text, cutter, tags, protected, .. } = self;
        text.read(&chunk, |run, raw_len| {
            cutter.write(run, raw_len);
            tags.feed(run, |span| {
                if span.kind == SpanKind::Protected {
                    protected.push_back(span.start..span.end);
                }
            });
        });
        self.raw.push(chunk);
        self.collect();
        self.release(self.tags.settled(), history, steps);
    }

    fn finish(mut self, history: Option<&mut History>, steps: &mut Steps) {
        let Self { text, cutter, tags, protected, .. } = &mut self;
        let mut protect = |span: Span| {
            if span.kind == SpanKind::Protected {
                protected.push_back(span.start..span.end);
            }
        };
        text.finish(&mut |run, raw_len| {
            cutter.write(run, raw_len);
            tags.feed(run, &mut protect);
        });
        cutter.finish();
        tags.finish(protect);
        self.collect();
        self.release(u64::MAX, history, steps);
    }

    fn abandon(self, steps: &mut Steps) {
        self.waiting.into_iter().for_each(|waiting| steps.keep(waiting.raw));
        steps.keep(self.raw);
    }

    /// Takes complete pieces from the cutter, each with its raw bytes.
    fn collect(&mut self) {
        while let Some(piece) = self.cutter.pop() {
            let raw = self.raw.take(piece.raw_len);
            self.waiting.push_back(Waiting { piece, raw });
        }
    }

    fn release(&mut self, settled: u64, mut history: Option<&mut History>, steps: &mut Steps) {
        while self.waiting.front().is_some_and(|waiting| waiting.piece.range.end <= settled) {
            let Some(Waiting { piece, raw }) = self.waiting.pop_front() else { return };
            let verbatim = self.protected_in(&piece.range);
            let mut segments = self.segments(&piece, &verbatim);
            if let Some(history) = history.as_deref_mut() {
                let leans_on = match self.reason {
                    None => Stands::Coded,
                    // Agents quote files: their lines must stand as they are somewhere.
                    Some(Reason::FileRead) => Stands::Plain,
                    Some(_) => Stands::Not,
                };
                let tokens = self.settings.policy.gain.tokens;
                segments = earlier::refer(&piece, &raw, segments, leans_on, tokens, history);
            }
            let settings = Arc::clone(&self.settings);
            let job =
                Job::new(settings, self.wire, self.place.clone(), piece, raw, verbatim, segments);
            steps.push(Step::Job(Box::new(job)));
        }
    }

    /// What is to become of the lines of a piece; nothing for documents and notation.
    fn segments(&self, piece: &Piece, verbatim: &[Range<usize>]) -> Vec<Segment> {
        match (piece.kind, self.reason) {
            (Kind::Notation, _) | (Kind::Json, None) => Vec::new(),
            (_, Some(reason)) => segment::kept(piece, verbatim, reason),
            (Kind::Text, None) => segment::segments(piece, verbatim, self.settings.policy.only),
        }
    }

    /// What is protected of `range`, relative to it. Spans that end in it are forgotten.
    fn protected_in(&mut self, range: &Range<u64>) -> Vec<Range<usize>> {
        let here = |at: u64| (at.clamp(range.start, range.end) - range.start) as usize;
        let mut found = Vec::new();
        while let Some(span) = self.protected.front().filter(|span| span.start < range.end) {
            if span.end > range.start {
                found.push(here(span.start)..here(span.end));
            }
            if span.end > range.end {
                break;
            }
            self.protected.pop_front();
        }
        found
    }
}

/// Reads a block's text out of its wire form.
#[derive(Debug)]
struct TextReader {
    /// What reads escapes, until one cannot be read.
    unescaper: Option<Unescaper>,
    /// The bytes of an escape that is not complete.
    tail: SmallVec<[u8; 12]>,
}

impl TextReader {
    fn new(wire: Wire) -> Self {
        let unescaper = (wire == Wire::JsonString).then(Unescaper::new);
        Self { unescaper, tail: SmallVec::new() }
    }

    /// Calls `on` for each run of text, with the number of raw bytes that it took. From an escape
    /// that cannot be read on, bytes are given as they stand, so that each is accounted for.
    fn read(&mut self, chunk: &[u8], mut on: impl FnMut(&[u8], usize)) {
        let Some(unescaper) = &mut self.unescaper else { return on(chunk, chunk.len()) };
        let before = self.tail.len();
        let mut taken = 0;
        let mut rest = chunk;
        let is_readable = loop {
            // By reference: a run is written in parts, and a copy of it at once would wait for them.
            match &unescaper.next(&mut rest) {
                Ok(Some(run)) => {
                    taken += run.raw_len();
                    on(run.text(), run.raw_len());
                }
                Ok(None) => break true,
                Err(_) => break false,
            }
        };
        if taken > 0 {
            self.tail.clear();
        }
        let rest = &chunk[taken.saturating_sub(before)..];
        if is_readable {
            self.tail.extend_from_slice(rest);
        } else {
            self.unescaper = None;
            self.finish(&mut on);
            on(rest, rest.len());
        }
    }

    /// Gives what is left of an escape that did not end.
    fn finish(&mut self, on: &mut impl FnMut(&[u8], usize)) {
        let tail = std::mem::take(&mut self.tail);
        on(&tail, tail.len());
    }
}

/// Shortens one block of text, held whole.
///
/// ```
/// let rows: Vec<_> = (0..99).map(|n| format!(r#"{{"name":"row {n}","open":true}}"#)).collect();
/// let text = format!("[{}]", rows.join(","));
/// let short = brevity::compress(text.as_bytes(), &brevity::Settings::default());
/// assert!(short.len() < text.len() / 2);
/// assert_eq!(brevity::expand(&short), text.as_bytes());
/// ```
pub fn compress(text: &[u8], settings: &Settings) -> Vec<u8> {
    let mut out = Vec::new();
    let mut steps = Steps::new();
    let settings = Arc::new(settings.clone());
    let mut block = Block::new(settings, Wire::Text, Treatment::Rewrite, Place::default());
    block.write(Bytes::copy_from_slice(text), &mut steps);
    block.finish(&mut steps);
    steps.run_into(&mut out);
    out
}
