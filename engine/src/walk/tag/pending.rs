//! Spans that wait for an open tag's close.

use super::{Span, SpanKind};
use std::collections::VecDeque;

/// The farthest that two neighbours may lie apart, and the longest span.
pub(super) const REACH: usize = 1 << 30;

/// A queue of spans in order, eight bytes each: the gap before it, and its length.
#[derive(Debug, Default)]
pub(super) struct Pending {
    spans: VecDeque<Packed>,
    /// Where the first span's gap begins.
    from: u64,
    /// Where the last span ends.
    to: u64,
}

#[derive(Clone, Copy, Debug)]
struct Packed {
    gap: u32,
    /// The length, doubled, and one more for a protected span.
    len: u32,
}

impl Pending {
    /// Adds a span. It lies behind all others, and within `REACH` of the last.
    pub(super) fn push(&mut self, span: Span) {
        if self.spans.is_empty() {
            (self.from, self.to) = (span.start, span.start);
        }
        let (gap, len) = (span.start - self.to, span.end - span.start);
        debug_assert!(gap < REACH as u64 * 2 && len < REACH as u64 * 2);
        let protected = u32::from(span.kind == SpanKind::Protected);
        self.spans.push_back(Packed { gap: gap as u32, len: len as u32 * 2 + protected });
        self.to = span.end;
    }

    /// Takes the first span if it begins before `limit`.
    pub(super) fn pop_before(&mut self, limit: u64) -> Option<Span> {
        let packed = *self.spans.front()?;
        let start = self.from + u64::from(packed.gap);
        if start >= limit {
            return None;
        }
        self.spans.pop_front();
        self.from = start + packed.len();
        Some(Span { kind: packed.kind(), start, end: self.from })
    }

    /// Forgets the spans that begin at `start` or behind it.
    pub(super) fn truncate(&mut self, start: u64) {
        while let Some(packed) = self.spans.back() {
            if self.to - packed.len() < start {
                return;
            }
            self.to -= packed.len() + u64::from(packed.gap);
            self.spans.pop_back();
        }
    }
}

impl Packed {
    fn len(self) -> u64 {
        u64::from(self.len / 2)
    }

    fn kind(self) -> SpanKind {
        if self.len % 2 == 1 { SpanKind::Protected } else { SpanKind::Markup }
    }
}

#[cfg(test)]
impl Pending {
    /// How many spans wait.
    pub(super) fn len(&self) -> usize {
        self.spans.len()
    }
}
