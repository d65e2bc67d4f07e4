//! Lines by their bytes: the way back.

use super::{
    account::{Account, LONGEST_LINE, Noun, Spot},
    line::{Line, Number},
    reference::{Reference, START},
};
use crate::escape::unescape;
use std::ops::Range;

/// The lines that came, as far as they are remembered.
#[derive(Debug)]
pub(crate) struct Recall {
    noun: Noun,
    account: Account,
    /// Where each line stands, in order, and its bytes.
    lines: Vec<(Spot, Range<usize>)>,
    bytes: Vec<u8>,
    /// Whether the account cannot be kept on: no reference is followed any more.
    is_closed: bool,
    followed: u64,
}

impl Recall {
    pub(crate) fn new(noun: Noun) -> Self {
        let (account, lines, bytes) = (Account::default(), Vec::new(), Vec::new());
        Self { noun, account, lines, bytes, is_closed: false, followed: 0 }
    }

    /// How many references were followed.
    pub(crate) fn followed(&self) -> u64 {
        self.followed
    }

    /// Begins the next tool result.
    pub(crate) fn next_result(&mut self) {
        self.account.begin();
    }

    /// Stops for good.
    pub(crate) fn close(&mut self) {
        self.is_closed = true;
        self.forget_lines();
    }

    /// Forgets all lines so far.
    pub(crate) fn forget_lines(&mut self) {
        self.account.forget();
        self.lines.clear();
        self.bytes.clear();
    }

    /// Takes the next raw line of the tool result. If it is a reference: what it stands for.
    pub(crate) fn line(&mut self, raw: &[u8]) -> Option<Vec<u8>> {
        if self.is_closed {
            return None;
        }
        let Some((reference, spots)) = self.find(raw) else {
            self.enter(raw, raw.len());
            return None;
        };
        let mut out = Vec::new();
        for at in spots {
            let start = out.len();
            self.write(at, reference.moved, &mut out);
            let line = out[start..].to_vec();
            self.enter(&line, line.len());
            out.extend_from_slice(b"\\n");
        }
        out.truncate(out.len() - 2);
        self.followed += 1;
        Some(out)
    }

    /// Takes a line that is too long to be referred to, by its length.
    pub(crate) fn long_line(&mut self, len: usize) {
        if !self.is_closed {
            self.enter(&[], len);
        }
    }

    fn enter(&mut self, raw: &[u8], len: usize) {
        if let Some(spot) = self.account.enter(len)
            && len <= LONGEST_LINE
        {
            let start = self.bytes.len();
            self.bytes.extend_from_slice(raw);
            self.lines.push((spot, start..self.bytes.len()));
        }
    }

    /// The reference that a line is, if it can be followed, and the places of its lines.
    fn find(&self, raw: &[u8]) -> Option<(Reference, Range<usize>)> {
        if !raw.starts_with(START.as_bytes()) {
            return None;
        }
        let mut text = Vec::new();
        unescape(raw, &mut text).ok()?;
        let reference = Reference::parse(&text).filter(|found| found.noun == self.noun)?;
        let start = self.lines.binary_search_by_key(&reference.from, |(spot, _)| *spot).ok()?;
        let end = start.checked_add(reference.lines as usize)?;
        let lines = self.lines.get(start..end)?;
        let (first, _) = lines.first()?;
        let (last, _) = lines.last()?;
        let is_run = last.result == first.result && last.line - first.line == reference.lines - 1;
        let can_move = |at: usize| {
            let number = Line::of(self.raw(at)).number;
            reference.moved == 0 || number.is_none_or(|n| n.moved(reference.moved).is_some())
        };
        let len: usize = lines.iter().map(|(_, bytes)| bytes.len() + Number::LONGEST).sum();
        (is_run
            && reference.quotes(self.raw(start))
            && self.account.may_follow(len)
            && (start..end).all(can_move))
        .then_some((reference, start..end))
    }

    fn raw(&self, at: usize) -> &[u8] {
        &self.bytes[self.lines[at].1.clone()]
    }

    fn write(&self, at: usize, moved: i64, out: &mut Vec<u8>) {
        let line = Line::of(self.raw(at));
        match line.number.and_then(|number| number.moved(moved)).filter(|_| moved != 0) {
            Some(number) => {
                number.write(out);
                out.extend_from_slice(line.rest);
            }
            None => out.extend_from_slice(self.raw(at)),
        }
    }
}
