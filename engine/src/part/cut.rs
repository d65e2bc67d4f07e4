//! Where a part ends.
//!
//! Text is read line by line. Where a line begins with a bracket, a probe reads on as JSON: if whole
//! documents come of it that end with a line, they are a part of their own, and what stood before is
//! another. A document that is too long leaves as runs of its
//! rows. Where a line is the head of a coded part, those lines are a part too. A byte is read by
//! one probe at most, so hostile text costs no more than other text.

use super::probe::{Bracket, Place, Probe, Reading};
use crate::{
    Kind, Settings,
    limits::LONGEST,
    notation::{Head, MARK, Rows},
    unframe::holds_part,
    walk::json::is_space,
};
use std::{collections::VecDeque, mem, ops::Range};

/// A part that was cut out.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) kind: Kind,
    pub(super) text: Vec<u8>,
    /// Which rows of a long document these are.
    pub(super) rows: Option<(Rows, Bracket)>,
    /// Whether it looked like documents until a bound was hit.
    pub(super) is_beyond: bool,
    /// Where it stands in the block's text.
    pub(super) range: Range<u64>,
    pub(super) raw_len: usize,
    /// Whether it begins where a line does.
    pub(super) starts_line: bool,
    /// Whether it ends where a line does: with a newline, or with the block.
    pub(super) ends_line: bool,
}

/// Cuts a text into pieces.
#[derive(Debug)]
pub(super) struct Cutter {
    /// The longest piece of lines, and of documents that follow each other.
    window: usize,
    /// The longest document.
    document: usize,
    /// The shortest run of documents that is worth a piece of its own.
    from_bytes: usize,
    depth: usize,
    /// The text that is in no piece yet.
    text: Vec<u8>,
    raw_len: usize,
    /// Where that text begins in the block.
    offset: u64,
    /// Where the line began that is being read.
    line: Place,
    /// Whether that line has shown nothing but blanks.
    is_blank: bool,
    probe: Option<Probe>,
    /// Whether a probe was dropped at a bound, since the last piece.
    is_beyond: bool,
    /// Whether the last piece ended where a line does.
    is_at_line: bool,
    /// Whether no more text comes.
    is_finished: bool,
    pieces: VecDeque<Piece>,
}

impl Cutter {
    pub(super) fn new(settings: &Settings) -> Self {
        let limits = &settings.limits;
        Self {
            window: limits.window.max(1),
            document: limits.document.min(LONGEST),
            from_bytes: settings.policy.gain.from_bytes,
            depth: limits.document_depth,
            text: Vec::new(),
            raw_len: 0,
            offset: 0,
            line: Place::default(),
            is_blank: true,
            probe: None,
            is_beyond: false,
            is_at_line: true,
            is_finished: false,
            pieces: VecDeque::new(),
        }
    }

    /// Takes a run of text that took `raw_len` raw bytes: as many, or the run is one character.
    pub(super) fn write(&mut self, run: &[u8], raw_len: usize) {
        if run.len() != raw_len {
            self.begin_line(run);
            return self.segment(run, raw_len);
        }
        let mut rest = run;
        while !rest.is_empty() {
            let mut line = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
            // What begins behind a line's blanks is looked at when these were taken, and not before,
            // wherever the chunk ends.
            let blanks = rest[..line].iter().take_while(|&&byte| is_space(byte) && byte != b'\n');
            match blanks.count() {
                blanks if self.is_blank && blanks > 0 => line = blanks,
                _ => self.begin_line(&rest[..line]),
            }
            let (segment, later) = rest.split_at(line.min(self.room()));
            self.segment(segment, segment.len());
            rest = later;
        }
    }

    /// How many bytes may come before a bound is looked at: a segment ends where what is
    /// held reaches a bound, not where a chunk ends.
    fn room(&self) -> usize {
        let lines = (self.windows() + 1) * self.window - self.text.len();
        match &self.probe {
            Some(probe) => {
                let end = probe.start.text + probe.longest(self.document);
                lines.min(end.saturating_sub(self.text.len())).max(1)
            }
            None => lines,
        }
    }

    /// Ends the text.
    pub(super) fn finish(&mut self) {
        let end = self.end();
        self.is_finished = true;
        match &mut self.probe {
            Some(Probe { read: Reading::Json(documents), .. }) => {
                if documents.finish() {
                    documents.whole = Some(end);
                }
                // A text that is nothing but documents is one part, however short.
                if self.offset == 0 {
                    self.from_bytes = self.from_bytes.min(self.text.len());
                }
                self.end_documents();
            }
            _ => self.take_coded(end),
        }
        self.cut(Kind::Text, self.end());
    }

    pub(super) fn pop(&mut self) -> Option<Piece> {
        self.pieces.pop_front()
    }

    /// How many windows the text fills. Mostly none: a division for each run would cost more than
    /// all else here.
    fn windows(&self) -> usize {
        if self.text.len() < self.window { 0 } else { self.text.len() / self.window }
    }

    fn end(&self) -> Place {
        Place { text: self.text.len(), raw: self.raw_len }
    }

    /// Takes text that is a part of one line.
    fn segment(&mut self, segment: &[u8], raw_len: usize) {
        let windows = self.windows();
        let at = self.end();
        self.text.extend_from_slice(segment);
        self.raw_len += raw_len;
        if let Some(probe) = &mut self.probe
            && !probe.feed(segment, at, raw_len)
        {
            self.end_documents();
        }
        let ends_line = segment.last() == Some(&b'\n');
        if ends_line {
            self.end_line();
        }
        self.bound_probe();
        if ends_line || self.windows() > windows {
            self.bound_lines();
        }
    }

    /// Looks at the first bytes of a line that are no blanks.
    fn begin_line(&mut self, segment: &[u8]) {
        if !self.is_blank {
            return;
        }
        let Some(first) = segment.iter().find(|byte| !is_space(**byte)) else { return };
        self.is_blank = false;
        if self.probe.is_none() && matches!(first, b'{' | b'[') {
            if self.line.text >= self.window {
                self.cut(Kind::Text, self.line);
            }
            self.probe = Some(Probe::json(self.line, self.depth, self.window));
        }
    }

    fn end_line(&mut self) {
        let end = self.end();
        let line = mem::replace(&mut self.line, end);
        self.is_blank = true;
        if self.text[line.text..].starts_with(MARK) {
            let head = Head::parse(&self.text[line.text..end.text - 1]);
            self.probe = head.map(|head| Probe::coded(line, head.lines));
            return;
        }
        match &mut self.probe {
            Some(Probe { start, read: Reading::Json(documents) }) if documents.are_whole() => {
                documents.whole = Some(end);
                if documents.bracket.is_some() || end.text - start.text >= self.window {
                    self.end_documents();
                }
            }
            Some(Probe { read: Reading::Coded { lines }, .. }) => {
                *lines -= 1;
                if *lines == 0 {
                    self.take_coded(Place { text: end.text - 1, ..end });
                }
            }
            _ => {}
        }
    }

    /// Ends the probe: whole documents become a piece, the rest stays lines.
    fn end_documents(&mut self) {
        while self.is_in_rows() && self.cut_run(false) {}
        let Some(Probe { start, read: Reading::Json(documents) }) = self.probe.take() else {
            return;
        };
        self.is_beyond |= documents.is_too_deep;
        let Some(end) = documents.whole else { return };
        let rows = documents.bracket.map(|bracket| (Rows::Last, bracket));
        if rows.is_some() || end.text - start.text >= self.from_bytes {
            self.cut(Kind::Text, start);
            self.cut_json(end.less(start), rows);
        }
    }

    /// Ends the probe: if it is a coded part up to `end`, less its line end, it becomes a piece.
    fn take_coded(&mut self, end: Place) {
        let Some(Probe { start, read: Reading::Coded { .. } }) = self.probe.take() else { return };
        if holds_part(&self.text[start.text..end.text]) {
            let end = self.end();
            self.cut(Kind::Text, start);
            self.cut(Kind::Notation, end.less(start));
        }
    }

    /// Whether rows of a document were cut off, and the document has not ended.
    fn is_in_rows(&self) -> bool {
        match &self.probe {
            Some(Probe { read: Reading::Json(documents), .. }) => documents.bracket.is_some(),
            _ => false,
        }
    }

    /// Cuts off what a probe that is as long as it may be has read.
    fn bound_probe(&mut self) {
        let Some(probe) = &mut self.probe else { return };
        if self.text.len() - probe.start.text < probe.longest(self.document) {
            return;
        }
        let start = probe.start;
        match &mut probe.read {
            Reading::Json(documents) => match documents.whole.take() {
                Some(whole) => {
                    self.cut(Kind::Text, start);
                    self.cut_json(whole.less(start), None);
                }
                None => self.cut_rows(),
            },
            Reading::Coded { .. } => self.probe = None,
        }
    }

    /// Cuts off the rows that a long document has so far; without any, it stays lines.
    fn cut_rows(&mut self) {
        let mut must = true;
        while self.cut_run(must) {
            must = false;
        }
        if must {
            self.probe = None;
            self.is_beyond = true;
        }
    }

    /// Cuts off one run of rows. False: there is none.
    fn cut_run(&mut self, must: bool) -> bool {
        let Some(Probe { start, read: Reading::Json(documents) }) = &mut self.probe else {
            return false;
        };
        let rows = if documents.bracket.is_some() { Rows::More } else { Rows::First };
        let (start, end) = (*start, documents.take_rows(must));
        let Some((end, bracket)) = end.zip(documents.bracket) else { return false };
        self.cut(Kind::Text, start);
        self.cut_json(end.less(start), Some((rows, bracket)));
        true
    }

    /// Cuts lines off that fill a window, if they are no part of a probe.
    fn bound_lines(&mut self) {
        while self.probe.is_none() && self.text.len() >= self.window {
            let at = if self.line.text > 0 { self.line } else { self.end() };
            self.cut(Kind::Text, at);
        }
    }

    fn cut_json(&mut self, at: Place, rows: Option<(Rows, Bracket)>) {
        self.cut(Kind::Json, at);
        if let Some(piece) = self.pieces.back_mut() {
            piece.rows = rows;
        }
    }

    /// Cuts a piece off the front of what is held.
    fn cut(&mut self, kind: Kind, at: Place) {
        if at == Place::default() {
            return;
        }
        let rest = self.text.split_off(at.text);
        let text = mem::replace(&mut self.text, rest);
        self.raw_len -= at.raw;
        self.line = self.line.less(at);
        if let Some(probe) = &mut self.probe {
            probe.shift(at);
        }
        let start = self.offset;
        self.offset += at.text as u64;
        let range = start..self.offset;
        let is_beyond = kind == Kind::Text && mem::take(&mut self.is_beyond);
        let ends_line = text.ends_with(b"\n") || (self.is_finished && self.text.is_empty());
        let starts_line = mem::replace(&mut self.is_at_line, ends_line);
        self.pieces.push_back(Piece {
            kind,
            text,
            rows: None,
            is_beyond,
            range,
            raw_len: at.raw,
            starts_line,
            ends_line,
        });
    }
}
