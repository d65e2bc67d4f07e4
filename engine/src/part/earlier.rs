//! Lines of a part that stand earlier in the request.

use super::{
    cut::Piece,
    segment::{Plan, Segment},
};
use crate::{
    Kind, Reason,
    escape::{LONGEST_ESCAPE, Style, unescape},
    held::Held,
    limits::LINES,
    notation::MARK,
    repeat::{History, Known, LONGEST_REFERENCE, Reference, Run, START, Stands, raw_lines},
    tokens::estimate,
};
use memchr::memmem;
use std::ops::Range;

/// A part's lines, as text and as they stand in their JSON string.
struct Lines {
    raw: Vec<u8>,
    /// Each line in `raw`, without its end.
    raws: Vec<Range<usize>>,
    /// Each line in the part's text, with its newline. Empty if the text cannot be written again.
    texts: Vec<Range<usize>>,
    /// The lines that the part holds whole.
    whole: Range<usize>,
}

/// Remembers the lines of `piece` and cuts those out of `segments` that came before: a reference
/// that saves `tokens` stands for them, to lines that stand as `leans_on` says.
pub(super) fn refer(
    piece: &Piece,
    raw: &Held,
    segments: Vec<Segment>,
    leans_on: Stands,
    tokens: u64,
    history: &mut History,
) -> Vec<Segment> {
    if history.is_closed() {
        return segments;
    }
    let lines = Lines::new(piece, raw);
    // No history holds so many lines, and someone's notation may be among them. Where newlines are not
    // written as `\n`, the way back counts other lines.
    if lines.raws.len() > LINES || lines.hold_notation(piece) || !lines.are_those_of(piece) {
        history.close();
        return segments;
    }
    if !piece.starts_line {
        lines.pass_first(piece, history);
    }
    let segments = match segments.is_empty() {
        true => lines.refer_document(piece, leans_on, tokens, history),
        false => lines.refer_lines(piece, segments, leans_on, tokens, history),
    };
    let segments = proved(segments, piece.text.len());
    lines.pass_last(piece, history);
    segments
}

impl Lines {
    fn new(piece: &Piece, held: &Held) -> Self {
        let mut raw = Vec::with_capacity(held.len());
        held.copy_to(&mut raw);
        let raws: Vec<_> = raw_lines(&raw).take(LINES + 1).collect();
        let mut texts = Vec::new();
        if Style::of(&raw).is_some() {
            let ends = memchr::memchr_iter(b'\n', &piece.text).map(|at| at + 1);
            let mut start = 0;
            for end in ends.chain([piece.text.len()]).take(LINES + 1) {
                texts.extend((start < end).then_some(start..end));
                start = end;
            }
        }
        // The lines of one are those of the other, or the text is not written as styles write.
        if texts.len() != raws.len() {
            texts.clear();
        }
        let last = raws.len() - usize::from(!piece.ends_line && ends_open(&raw, &raws));
        let first = usize::from(!piece.starts_line).min(last);
        Self { raw, raws, texts, whole: first..last }
    }

    /// Whether each newline of the text is written as `\n`.
    fn are_those_of(&self, piece: &Piece) -> bool {
        let ended = self.raws.len() - usize::from(ends_open(&self.raw, &self.raws));
        ended == memchr::memchr_iter(b'\n', &piece.text).count()
    }

    fn raw(&self, line: usize) -> &[u8] {
        &self.raw[self.raws[line].clone()]
    }

    /// Whether someone's notation stands there: then the way back finds other lines than these.
    fn hold_notation(&self, piece: &Piece) -> bool {
        let is_reference = |line: usize| {
            let raw = self.raw(line);
            let mut text = Vec::new();
            raw.starts_with(START.as_bytes())
                && raw.len() <= LONGEST_REFERENCE * LONGEST_ESCAPE
                && unescape(raw, &mut text).is_ok()
                && Reference::parse(&text).is_some()
        };
        piece.kind == Kind::Notation
            || memmem::find(&self.raw, MARK).is_some()
            || (0..self.raws.len()).any(is_reference)
    }

    /// The end of a line that began in an earlier part.
    fn pass_first(&self, piece: &Piece, history: &mut History) {
        let Some(first) = self.raws.first() else { return };
        let ends = self.raws.len() > 1 || piece.ends_line || !ends_open(&self.raw, &self.raws);
        let len = history.pass(first.len(), ends);
        if len.is_some_and(|len| len <= LONGEST_REFERENCE * LONGEST_ESCAPE) {
            // It may be a reference, which nobody has seen whole.
            history.close();
        }
    }

    /// The start of a line that ends in a later part.
    fn pass_last(&self, piece: &Piece, history: &mut History) {
        let is_first = !piece.starts_line && self.raws.len() == 1;
        if self.whole.end < self.raws.len() && !is_first {
            let _ = history.pass(self.raws[self.whole.end].len(), false);
        }
    }

    fn known(
        &self,
        piece: &Piece,
        leans_on: impl Fn(usize) -> Stands,
        history: &History,
    ) -> Vec<Known> {
        let known = |line: usize| {
            let leans_on = if self.texts.is_empty() { Stands::Not } else { leans_on(line) };
            history.look_up(self.raw(line), leans_on, || self.tokens(piece, line))
        };
        self.whole.clone().map(known).collect()
    }

    /// What a line weighs, in tokens.
    fn tokens(&self, piece: &Piece, line: usize) -> u64 {
        self.texts.get(line).map_or(0, |text| estimate(&piece.text[text.clone()]))
    }

    fn refer_document(
        &self,
        piece: &Piece,
        leans_on: Stands,
        tokens: u64,
        history: &mut History,
    ) -> Vec<Segment> {
        let known = self.known(piece, |_| leans_on, history);
        let (Some(first), Some(last)) = (self.raws.first(), self.raws.last()) else {
            return Vec::new();
        };
        if piece.rows.is_some() || self.whole != (0..self.raws.len()) {
            history.enter(&known, |_| Stands::Not);
            return Vec::new();
        }
        let raw = &self.raw[first.start..last.end];
        let weight = || self.whole.clone().map(|line| self.tokens(piece, line)).sum();
        let Some(run) = history.document(raw, &known, weight, tokens) else {
            history.enter_document(raw, &known);
            return Vec::new();
        };
        history.enter(&known, |_| Stands::Not);
        vec![Segment { range: 0..piece.text.len(), plan: self.plan(&run, history) }]
    }

    fn refer_lines(
        &self,
        piece: &Piece,
        segments: Vec<Segment>,
        leans_on: Stands,
        tokens: u64,
        history: &mut History,
    ) -> Vec<Segment> {
        // The segment of each line: they tile the lines.
        let mut at = 0;
        let plan = |text: &Range<usize>| {
            while segments[at].range.end <= text.start {
                at += 1;
            }
            &segments[at]
        };
        let owners: Vec<_> = self.texts.iter().map(plan).collect();
        let lean = |line: usize| if owners[line].is_fixed() { Stands::Not } else { leans_on };
        let known = self.known(piece, lean, history);
        let runs = history.runs(&known, |line| self.raw(self.whole.start + line), tokens);
        let mut done = 0;
        let mut holes = Vec::new();
        for run in &runs {
            let lines = self.whole.start + run.lines.start..self.whole.start + run.lines.end;
            let range = self.texts[lines.start].start..self.texts[lines.end - 1].end;
            holes.push(Segment { range, plan: self.plan(run, history) });
        }
        let stands = |line: usize| match owners.get(self.whole.start + line).map(|s| &s.plan) {
            Some(Plan::Keep(_)) => Stands::Plain,
            Some(Plan::Code(_) | Plan::Refer(_)) => Stands::Coded,
            // Nobody knows how to write it.
            None => Stands::Not,
        };
        for run in runs {
            history.enter(&known[done..run.lines.start], |line| stands(done + line));
            history.enter(&known[run.lines.clone()], |_| Stands::Not);
            done = run.lines.end;
        }
        history.enter(&known[done..], |line| stands(done + line));
        punch(segments, holes)
    }

    fn plan(&self, run: &Run, history: &History) -> Plan {
        let first = self.raw(self.whole.start + run.lines.start);
        Plan::Refer(history.reference(run, first).line())
    }
}

/// Whether the last line has no `\n` behind it.
fn ends_open(raw: &[u8], raws: &[Range<usize>]) -> bool {
    raws.last().is_some_and(|last| last.end == raw.len())
}

/// `segments` with `holes` in them, both in order.
fn punch(segments: Vec<Segment>, holes: Vec<Segment>) -> Vec<Segment> {
    if holes.is_empty() {
        return segments;
    }
    let mut out = Vec::new();
    let mut holes = holes.into_iter().peekable();
    for segment in segments {
        // A hole may have reached over the end of the segment before.
        let mut start = segment.range.start.max(end(&out));
        while let Some(hole) = holes.next_if(|hole| hole.range.start < segment.range.end) {
            out.extend(segment.within(start..hole.range.start));
            start = hole.range.end;
            out.push(hole);
        }
        out.extend(segment.within(start..segment.range.end));
    }
    out
}

/// `segments`, if they tile a text of `len` bytes: else something would be said twice, or not at all,
/// and it stays as it is.
fn proved(segments: Vec<Segment>, len: usize) -> Vec<Segment> {
    let mut at = 0;
    let follows =
        |segment: &Segment| segment.range.start == std::mem::replace(&mut at, segment.range.end);
    if segments.is_empty() || (segments.iter().all(follows) && end(&segments) == len) {
        return segments;
    }
    vec![Segment { range: 0..len, plan: Plan::Keep(Reason::Fault) }]
}

/// Where the last segment ends.
fn end(segments: &[Segment]) -> usize {
    segments.last().map_or(0, |last| last.range.end)
}

impl Segment {
    /// Whether nothing may stand for its lines, references included.
    fn is_fixed(&self) -> bool {
        matches!(self.plan, Plan::Keep(Reason::Protected | Reason::Limit | Reason::Notation))
    }

    /// The same for some of its lines.
    fn within(&self, range: Range<usize>) -> Option<Segment> {
        (range.start < range.end).then(|| Segment { range, plan: self.plan.clone() })
    }
}
