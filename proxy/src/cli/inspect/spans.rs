//! The tags in a text: markup, protected ones, and what is plain.

use crate::cli::stats::Grouped;
use brevity::{
    Limits, Policy,
    walk::tag::{Span, SpanKind, TagMode, TagWalker},
};
use std::{collections::BTreeMap, fmt::Write as _};

/// How many names are told apart. Those that come later count together.
const NAMES: usize = 40;

/// The spans of one text, counted by name.
pub(super) struct Tags {
    walker: TagWalker,
    tail: Tail,
    counts: Counts,
}

/// A tag, or a protected span that begins with one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tag {
    /// Where it stands.
    pub(super) span: Span,
    /// The name of its first tag.
    pub(super) name: String,
}

/// The bytes whose spans are not settled.
#[derive(Default)]
struct Tail {
    bytes: Vec<u8>,
    from: u64,
}

#[derive(Default)]
struct Counts {
    named: BTreeMap<(bool, String), Count>,
    more: Count,
    text: Count,
}

#[derive(Clone, Copy, Default)]
struct Count {
    spans: u64,
    bytes: u64,
}

impl Tags {
    /// A text of which nothing was read yet.
    pub(super) fn new() -> Self {
        let walker =
            TagWalker::new(&Policy::default().protect, TagMode::Blocks, &Limits::default());
        Self { walker, tail: Tail::default(), counts: Counts::default() }
    }

    /// Reads the next bytes. Gives each tag to `on`, in order.
    pub(super) fn feed(&mut self, bytes: &[u8], mut on: impl FnMut(&Tag)) {
        let Self { walker, tail, counts } = self;
        tail.bytes.extend_from_slice(bytes);
        walker.feed(bytes, |span| counts.add(span, tail, &mut on));
        tail.drop_before(walker.settled());
    }

    /// Ends the text.
    pub(super) fn finish(&mut self, mut on: impl FnMut(&Tag)) {
        let Self { walker, tail, counts } = self;
        walker.finish(|span| counts.add(span, tail, &mut on));
    }

    /// What was found, a line for each name; empty if there is no tag.
    pub(super) fn summary(&self) -> String {
        let mut out = String::new();
        if self.counts.named.is_empty() {
            return out;
        }
        out.push_str("\nTags, outermost only:\n");
        for ((is_protected, name), count) in &self.counts.named {
            let what = if *is_protected { "protected" } else { "markup" };
            line(&mut out, what, &format!("<{name}>"), *count);
        }
        if self.counts.more.spans > 0 {
            line(&mut out, "tags", "of other names", self.counts.more);
        }
        line(&mut out, "text", "between them", self.counts.text);
        out
    }
}

fn line(out: &mut String, what: &str, name: &str, count: Count) {
    let (spans, bytes) = (Grouped(count.spans), Grouped(count.bytes));
    let _ = writeln!(out, "  {what:<10} {name:<28} {spans:>9} spans {bytes:>13} bytes");
}

impl Counts {
    fn add(&mut self, span: Span, tail: &Tail, on: &mut impl FnMut(&Tag)) {
        if span.kind == SpanKind::Text {
            self.text.add(span);
            return;
        }
        let tag = Tag { span, name: name(tail.at(span.start)) };
        let key = (span.kind == SpanKind::Protected, tag.name.clone());
        if self.named.len() < NAMES || self.named.contains_key(&key) {
            self.named.entry(key).or_default().add(span);
        } else {
            self.more.add(span);
        }
        on(&tag);
    }
}

impl Count {
    fn add(&mut self, span: Span) {
        self.spans += 1;
        self.bytes += span.end - span.start;
    }
}

impl Tail {
    fn at(&self, offset: u64) -> &[u8] {
        let from = offset.saturating_sub(self.from) as usize;
        self.bytes.get(from..).unwrap_or_default()
    }

    /// Forgets what is settled, once that is most of what is held: so each byte moves once.
    fn drop_before(&mut self, settled: u64) {
        let len = settled.saturating_sub(self.from) as usize;
        if len > self.bytes.len() / 2 {
            self.bytes.drain(..len);
            self.from += len as u64;
        }
    }
}

/// The name of the tag that `text` starts with.
fn name(text: &[u8]) -> String {
    let text = text.strip_prefix(b"<").unwrap_or(text);
    let (slash, text) = match text.strip_prefix(b"/") {
        Some(rest) => ("/", rest),
        None => ("", text),
    };
    let is_name = |b: &u8| b.is_ascii_alphanumeric() || b"_-.:!?".contains(b);
    let len = text.iter().take_while(|b| is_name(b)).count();
    format!("{slash}{}", String::from_utf8_lossy(&text[..len]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(pieces: &[&str]) -> (Vec<(String, u64, u64)>, String) {
        let (mut tags, mut found) = (Tags::new(), Vec::new());
        let mut on = |tag: &Tag| found.push((tag.name.clone(), tag.span.start, tag.span.end));
        pieces.iter().for_each(|piece| tags.feed(piece.as_bytes(), &mut on));
        tags.finish(&mut on);
        (found, tags.summary())
    }

    #[test]
    fn a_tag_in_pieces_is_the_same_tag() {
        let whole = "some words <system-reminder>a</system-reminder> and <b>bold</b>";
        let found = tags(&[whole]);
        assert_eq!(found.0[0], ("system-reminder".to_owned(), 11, 47));
        assert_eq!(
            found.0[1..].iter().map(|(name, ..)| name.as_str()).collect::<Vec<_>>(),
            ["b", "/b"]
        );
        let bytes: Vec<_> = (0..whole.len()).map(|at| &whole[at..=at]).collect();
        assert_eq!(tags(&bytes), found);
        assert!(found.1.contains("protected  <system-reminder>"), "{}", found.1);
    }

    #[test]
    fn plain_text_has_no_summary() {
        assert_eq!(tags(&["a < b", " > c"]), (Vec::new(), String::new()));
    }
}
