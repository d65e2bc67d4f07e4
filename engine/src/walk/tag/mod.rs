//! Tags in text that comes in pieces: what is protected, what is HTML, what is plain.
//!
//! # What is a tag
//!
//! `<name`, attributes, `>`; `</name>`; `<name/>`. A name starts with an ASCII letter or `_` and goes
//! on with letters, digits, `_`, `-`, `.` and `:`. Behind it comes white space (as HTML has it), `/`,
//! `=` (open models write `<function=name>`) or `>`; behind a close's name only white space and `>`.
//! A quote opens a value only right behind a `=`, as in HTML; there a `>` is part of the value.
//! As in XML, no tag holds a second `<`: it turns what came before into text, and may begin a tag
//! itself. What is longer than [`Limits::tag`] or has a name longer than [`Limits::tag_name`] is text.
//! The letter case of names is ignored throughout.
//!
//! Comments, CDATA sections, declarations and processing instructions are not special: `<!` and `<?`
//! begin no tag, so they are text, and a tag inside of them is a tag. To skip a comment that is never
//! closed would mean to look at its content a second time.
//!
//! # What a tag means
//!
//! A name is protected by the [`Protect`] policy, or an element of HTML (markup), or plain: the tag
//! is text like any other. In [`TagMode::Blocks`] everything from a protected open tag to the close
//! that matches it is one span, nested ones included; siblings are spans of their own. A close
//! matches the last open tag of its name; open tags between the two count for nothing. A close without
//! an open tag, and an open tag whose close does not end within [`Limits::block`] bytes of its `<`,
//! protect nothing: they are text, and what lies between is settled as if they were not there. A
//! `<name/>` is protected by itself. In [`TagMode::Markers`] each protected tag is a span by itself.
//!
//! There is room for [`Limits::tag_depth`] open tags with [`Limits::names`] bytes of different names.
//! An open tag for which there is none is protected by itself, and so is a close within
//! [`Limits::block`] bytes of it that matches nothing.

mod names;
mod opens;
mod pending;
mod scan;
#[cfg(test)]
mod tests;

pub use names::{KNOWN, is_known};

use crate::{Limits, Protect};
use names::{Class, Names};
use opens::Opens;
use pending::{Pending, REACH};
use scan::{Form, Scanner, Tag};

/// What the bytes of a span are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SpanKind {
    /// Plain text. Two spans of it never touch.
    Text,
    /// One tag of HTML.
    Markup,
    /// Bytes that must leave as they came.
    Protected,
}

/// A run of bytes, as offsets from the beginning of the text. Never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// What it is.
    pub kind: SpanKind,
    /// Its first byte.
    pub start: u64,
    /// The byte behind its last.
    pub end: u64,
}

/// How far the protection of a tag goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum TagMode {
    /// From the open tag to its close.
    #[default]
    Blocks,
    /// The tags alone.
    Markers,
}

/// Splits text into spans that tile it: plain text, HTML's markup, protected tags. See the
/// [module](self) for the rules.
///
/// It takes the text in pieces. Where they are cut changes nothing: the sequence of spans is the
/// same. It looks at each byte once, and never holds the text, only offsets and the names of open tags:
///
/// - open tags: up to [`Limits::tag_depth`], 16 bytes each;
/// - their names: up to [`Limits::names`] bytes and as many open tags, doubled for names that closed;
/// - spans that wait for an open tag's close: up to a third of [`Limits::block`], since the shortest
///   one is `<b>`, 8 bytes each. (Both `block` and `tag` count as at most 1 GiB.)
///
/// Each container may have grown to twice what it holds.
///
/// ```
/// use brevity::{Limits, Protect};
/// use brevity::walk::tag::{SpanKind, TagMode, TagWalker};
///
/// let text = "ok <b>so</b> <think>a > b</think>";
/// let mut walker = TagWalker::new(&Protect::Known, TagMode::Blocks, &Limits::default());
/// let mut protected = Vec::new();
/// let mut on = |span: brevity::walk::tag::Span| {
///     if span.kind == SpanKind::Protected {
///         protected.push(&text[span.start as usize..span.end as usize]);
///     }
/// };
/// let (one, two) = text.split_at(15); // inside of `<think>`
/// walker.feed(one.as_bytes(), &mut on);
/// assert_eq!(walker.settled(), 13);
/// walker.feed(two.as_bytes(), &mut on);
/// walker.finish(&mut on);
/// assert_eq!(protected, ["<think>a > b</think>"]);
/// ```
#[derive(Debug)]
pub struct TagWalker {
    scanner: Scanner,
    spans: Spans,
}

impl TagWalker {
    /// A walker at the beginning of a text. Of `limits` it heeds `tag`, `tag_name`, `names`,
    /// `tag_depth` and `block`.
    pub fn new(protect: &Protect, mode: TagMode, limits: &Limits) -> Self {
        let clamped =
            Limits { tag: limits.tag.min(REACH), block: limits.block.min(REACH), ..limits.clone() };
        Self { scanner: Scanner::new(&clamped), spans: Spans::new(protect, mode, &clamped) }
    }

    /// Reads the next bytes of the text. Hands out the spans that have become certain, in order.
    ///
    /// A span of text is handed out together with what follows it, so that it is never split; until
    /// then [`settled`](Self::settled) tells how far it reaches.
    pub fn feed(&mut self, bytes: &[u8], mut on: impl FnMut(Span)) {
        let spans = &mut self.spans;
        self.scanner.feed(bytes, |tag, name| spans.tag(tag, name, &mut on));
        // What comes next ends behind this byte, so these can be dropped now.
        spans.drop_before(self.scanner.at(), spans.block.saturating_sub(1), &mut on);
    }

    /// The offset up to which everything is certain: every byte before it is in a span that was
    /// handed out, or is plain text behind the last such span.
    ///
    /// It is where the oldest open tag begins that still waits for its close; if there is none,
    /// where the unfinished tag at the end begins; if there is none, the end of what was fed.
    pub fn settled(&self) -> u64 {
        self.spans.opens.first().unwrap_or_else(|| self.scanner.open_from())
    }

    /// Ends the text: an unfinished tag and open tags that wait become text. Hands out the rest.
    ///
    /// What is fed afterwards is a new text whose offsets go on from here.
    pub fn finish(&mut self, mut on: impl FnMut(Span)) {
        self.scanner.reset();
        self.spans.finish(self.scanner.at(), &mut on);
    }
}

/// Tags to spans.
#[derive(Debug)]
struct Spans {
    names: Names,
    mode: TagMode,
    /// How many bytes lie at most between an open tag's `<` and the end of its close.
    block: usize,
    opens: Opens,
    /// Spans behind the oldest open tag.
    pending: Pending,
    /// The end of the last span that was handed out.
    reported: u64,
    /// Where the last open tag began for which there was no room.
    refused: Option<u64>,
}

impl Spans {
    fn new(protect: &Protect, mode: TagMode, limits: &Limits) -> Self {
        Self {
            names: Names::new(protect),
            mode,
            block: limits.block,
            opens: Opens::new(limits),
            pending: Pending::default(),
            reported: 0,
            refused: None,
        }
    }

    fn tag(&mut self, tag: Tag, name: &[u8], on: &mut impl FnMut(Span)) {
        let class = self.names.class(name);
        if class == Class::Plain {
            return;
        }
        self.drop_before(tag.end, self.block, on);
        let own = |kind| Span { kind, start: tag.start, end: tag.end };
        match (class, self.mode, tag.form) {
            (Class::Plain, ..) => {}
            (Class::Markup, ..) => self.put(own(SpanKind::Markup), on),
            (_, TagMode::Markers, _) | (_, _, Form::Empty) => {
                self.put(own(SpanKind::Protected), on);
            }
            (_, TagMode::Blocks, Form::Open) => {
                if !self.opens.push(name, tag.start) {
                    self.refused = Some(tag.start);
                    self.put(own(SpanKind::Protected), on);
                }
            }
            (_, TagMode::Blocks, Form::Close) => self.close(tag, name, on),
        }
    }

    fn close(&mut self, tag: Tag, name: &[u8], on: &mut impl FnMut(Span)) {
        let refused = self.refused.is_some_and(|start| tag.end - start <= self.block as u64);
        let start = match self.opens.close(name) {
            Some(start) => start,
            None if refused => tag.start,
            None => return,
        };
        self.pending.truncate(start);
        self.put(Span { kind: SpanKind::Protected, start, end: tag.end }, on);
    }

    /// Drops the open tags that have waited more than `wait` bytes at the offset `at`.
    fn drop_before(&mut self, at: u64, wait: usize, on: &mut impl FnMut(Span)) {
        let mut dropped = false;
        while self.opens.first().is_some_and(|start| at - start > wait as u64) {
            self.opens.pop_first();
            dropped = true;
        }
        if dropped {
            self.flush(on);
        }
    }

    /// Hands out a span, or lets it wait for the close of the oldest open tag.
    fn put(&mut self, span: Span, on: &mut impl FnMut(Span)) {
        if self.opens.first().is_none() {
            self.report(span, on);
        } else {
            self.pending.push(span);
        }
    }

    fn flush(&mut self, on: &mut impl FnMut(Span)) {
        let limit = self.opens.first().unwrap_or(u64::MAX);
        while let Some(span) = self.pending.pop_before(limit) {
            self.report(span, on);
        }
    }

    fn report(&mut self, span: Span, on: &mut impl FnMut(Span)) {
        self.report_text(span.start, on);
        self.reported = span.end;
        on(span);
    }

    fn report_text(&mut self, end: u64, on: &mut impl FnMut(Span)) {
        if self.reported < end {
            on(Span { kind: SpanKind::Text, start: self.reported, end });
            self.reported = end;
        }
    }

    fn finish(&mut self, end: u64, on: &mut impl FnMut(Span)) {
        while self.opens.first().is_some() {
            self.opens.pop_first();
        }
        self.flush(on);
        self.report_text(end, on);
        self.refused = None;
    }
}
