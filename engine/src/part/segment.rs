//! Which codecs are tried on which lines of a part.

use super::cut::Piece;
use crate::{
    Codec, Reason,
    detect::{self, Look},
    notation::MARK,
};
use memchr::memmem;
use std::ops::Range;

/// Whole lines of a part that share a fate.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Segment {
    /// Where they stand in the part's text. The last newline is theirs.
    pub(super) range: Range<usize>,
    pub(super) plan: Plan,
}

/// What is to become of a segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Plan {
    /// It stays.
    Keep(Reason),
    /// The shortest form that one of these codecs writes, if it is worth it. Likelier ones come first.
    Code(&'static [Codec]),
    /// This line stands for it.
    Refer(String),
}

/// Parts the lines of `piece` into segments that tile it. Lines that `verbatim` touches stay, and so
/// does what is no whole line.
pub(super) fn segments(
    piece: &Piece,
    verbatim: &[Range<usize>],
    only: Option<Codec>,
) -> Vec<Segment> {
    let mut segments = Vec::new();
    let text = piece.text.as_slice();
    let lines = whole_lines(piece);
    keep(0..lines.start, Reason::Limit, &mut segments);
    let (mut done, mut seen) = (lines.start, 0);
    for span in verbatim {
        if span.end <= seen {
            // In a line that was looked at for a span before.
            continue;
        }
        let touched = lines_around(text, span);
        seen = touched.end;
        let touched = touched.start.max(done)..touched.end.min(lines.end);
        if touched.start < touched.end {
            looks(text, done..touched.start, only, &mut segments);
            keep(touched.clone(), Reason::Protected, &mut segments);
            done = touched.end;
        }
    }
    looks(text, done..lines.end, only, &mut segments);
    keep(lines.end..text.len(), Reason::Limit, &mut segments);
    segments
}

/// The same for a part that stays for `reason`: only what came before may leave it.
pub(super) fn kept(piece: &Piece, verbatim: &[Range<usize>], reason: Reason) -> Vec<Segment> {
    let mut segments = segments(piece, verbatim, Some(Codec::Repeat));
    for segment in &mut segments {
        if segment.plan != Plan::Keep(Reason::Protected) {
            segment.plan = Plan::Keep(reason);
        }
    }
    segments
}

/// Where the whole lines of a piece stand.
fn whole_lines(piece: &Piece) -> Range<usize> {
    let text = piece.text.as_slice();
    let start = match piece.starts_line {
        true => 0,
        false => memchr::memchr(b'\n', text).map_or(text.len(), |at| at + 1),
    };
    let end = match piece.ends_line {
        true => text.len(),
        false => memchr::memrchr(b'\n', text).map_or(0, |at| at + 1),
    };
    start..end.max(start)
}

/// The lines that `span` touches, with the last one's newline.
fn lines_around(text: &[u8], span: &Range<usize>) -> Range<usize> {
    let start = memchr::memrchr(b'\n', &text[..span.start]).map_or(0, |at| at + 1);
    // A span that ends with a newline does not touch the next line.
    let last = span.end.saturating_sub(1).max(span.start);
    let end = memchr::memchr(b'\n', &text[last..]).map_or(text.len(), |at| last + at + 1);
    start..end
}

fn keep(range: Range<usize>, reason: Reason, segments: &mut Vec<Segment>) {
    if !range.is_empty() {
        segments.push(Segment { range, plan: Plan::Keep(reason) });
    }
}

/// Adds a segment for each run of lines that look alike.
fn looks(text: &[u8], range: Range<usize>, only: Option<Codec>, segments: &mut Vec<Segment>) {
    let lines = &text[range.clone()];
    if lines.is_empty() {
        return;
    }
    // A head line of someone's: what stands around it must not change what it announces.
    if memmem::find(lines, MARK).is_some() {
        return keep(range, Reason::Notation, segments);
    }
    if let Some(codec) = only {
        return segments.push(Segment { range, plan: Plan::Code(alone(codec)) });
    }
    segments.extend(detect::runs(lines).into_iter().map(|run| Segment {
        range: range.start + run.range.start..range.start + run.range.end,
        plan: match run.look {
            Look::Source => Plan::Keep(Reason::Source),
            Look::Search => Plan::Code(&[Codec::Search]),
            Look::Diff => Plan::Code(&[Codec::Diff]),
            Look::Log => Plan::Code(&[Codec::Log, Codec::Text]),
            Look::Listing => Plan::Code(&[Codec::Text, Codec::Log]),
        },
    }));
}

/// A list with one codec.
fn alone(codec: Codec) -> &'static [Codec] {
    let all = Codec::ALL;
    all.iter().position(|known| *known == codec).map_or(&[], |at| &all[at..=at])
}
