//! Where a part ends.
//!
//! Text is read line by line. Where a line begins with a bracket, a probe reads on as JSON: if whole
//! documents come of it that end with a line, they are a part of their own, and what stood before is
//! another. Where a line is the head of a coded part, those lines are a part too. A byte is read by
//! one probe at most, so hostile text costs no more than other text.

use crate::{
    Kind, Settings,
    expand::holds_part,
    notation::{Head, LONGEST, MARK},
    walk::json::{Event, JsonWalker},
};
use std::{collections::VecDeque, mem, ops::Range};

/// A part that was cut out.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) kind: Kind,
    pub(super) text: Vec<u8>,
    /// Where it stands in the block's text.
    pub(super) range: Range<u64>,
    pub(super) raw_len: usize,
}

/// A place in the text that is held, and as many raw bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Place {
    text: usize,
    raw: usize,
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
    pieces: VecDeque<Piece>,
}

/// What may become a part of its own.
#[derive(Debug)]
struct Probe {
    start: Place,
    read: Reading,
}

#[derive(Debug)]
enum Reading {
    Json {
        walker: Box<JsonWalker>,
        /// Up to where there are whole documents and whole lines.
        whole: Option<Place>,
    },
    Coded {
        /// How many lines are still to come.
        lines: usize,
    },
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
            let line = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
            self.begin_line(&rest[..line]);
            let (segment, later) = rest.split_at(line.min(self.room()));
            self.segment(segment, segment.len());
            rest = later;
        }
    }

    /// How many bytes may come before a bound is looked at: a segment ends where what is
    /// held reaches a bound, not where a chunk ends.
    fn room(&self) -> usize {
        let lines = self.window - self.text.len() % self.window;
        match &self.probe {
            Some(probe) => lines.min(probe.start.text + self.longest(probe) - self.text.len()),
            None => lines,
        }
    }

    fn longest(&self, probe: &Probe) -> usize {
        match probe.read {
            Reading::Json { .. } => self.document,
            Reading::Coded { .. } => LONGEST,
        }
    }

    /// Ends the text.
    pub(super) fn finish(&mut self) {
        let end = self.end();
        if let Some(Probe { start, read: Reading::Json { mut walker, whole } }) = self.probe.take()
        {
            let whole = if walker.finish().is_ok() { Some(end) } else { whole };
            self.take_documents(start, whole);
        } else {
            self.take_coded(end);
        }
        self.cut(Kind::Text, self.end());
    }

    pub(super) fn pop(&mut self) -> Option<Piece> {
        self.pieces.pop_front()
    }

    fn end(&self) -> Place {
        Place { text: self.text.len(), raw: self.raw_len }
    }

    /// Takes text that is a part of one line.
    fn segment(&mut self, segment: &[u8], raw_len: usize) {
        let windows = self.text.len() / self.window;
        self.text.extend_from_slice(segment);
        self.raw_len += raw_len;
        self.probe(segment);
        let ends_line = segment.last() == Some(&b'\n');
        if ends_line {
            self.end_line();
        }
        self.bound_probe();
        if ends_line || self.text.len() / self.window > windows {
            self.bound_lines();
        }
    }

    /// Looks at the first bytes of a line that are no blanks.
    fn begin_line(&mut self, segment: &[u8]) {
        let is_blank = |b: &u8| matches!(b, b' ' | b'\t' | b'\r' | b'\n');
        if !self.is_blank || segment.iter().all(is_blank) {
            return;
        }
        self.is_blank = false;
        let first = segment.iter().find(|b| !is_blank(b));
        if self.probe.is_none() && matches!(first, Some(b'{' | b'[')) {
            if self.line.text >= self.window {
                self.cut(Kind::Text, self.line);
            }
            let walker = Box::new(JsonWalker::new(self.depth));
            self.probe =
                Some(Probe { start: self.line, read: Reading::Json { walker, whole: None } });
        }
    }

    fn probe(&mut self, segment: &[u8]) {
        let Some(probe) = &mut self.probe else { return };
        if !probe.read.feed(segment) {
            self.end_documents();
        }
    }

    fn end_line(&mut self) {
        let end = self.end();
        let line = mem::replace(&mut self.line, end);
        self.is_blank = true;
        if self.text[line.text..].starts_with(MARK) {
            self.probe = None;
            let head = Head::parse(&self.text[line.text..end.text - 1]);
            self.probe =
                head.map(|head| Probe { start: line, read: Reading::Coded { lines: head.lines } });
            return;
        }
        let window = self.window;
        match &mut self.probe {
            Some(Probe { start, read: Reading::Json { walker, whole } }) => {
                if walker.depth() > 0 {
                    return;
                }
                *whole = Some(end);
                if end.text - start.text >= window {
                    self.end_documents();
                }
            }
            Some(Probe { read: Reading::Coded { lines }, .. }) => {
                *lines -= 1;
                if *lines == 0 {
                    self.take_coded(Place { text: end.text - 1, ..end });
                }
            }
            None => {}
        }
    }

    /// Ends the probe: whole documents become a piece, the rest stays lines.
    fn end_documents(&mut self) {
        if let Some(Probe { start, read: Reading::Json { whole, .. } }) = self.probe.take() {
            self.take_documents(start, whole);
        }
    }

    fn take_documents(&mut self, start: Place, whole: Option<Place>) {
        let Some(end) = whole.filter(|end| end.text - start.text >= self.from_bytes) else {
            return;
        };
        self.cut(Kind::Text, start);
        self.cut(Kind::Json, Place { text: end.text - start.text, raw: end.raw - start.raw });
    }

    /// Ends the probe: if it is a coded part up to `end`, less its line end, it becomes a piece.
    fn take_coded(&mut self, end: Place) {
        let Some(Probe { start, read: Reading::Coded { .. } }) = self.probe.take() else { return };
        if holds_part(&self.text[start.text..end.text]) {
            let end = self.end();
            self.cut(Kind::Text, start);
            self.cut(
                Kind::Notation,
                Place { text: end.text - start.text, raw: end.raw - start.raw },
            );
        }
    }

    /// Ends a probe that is too long for what it reads.
    fn bound_probe(&mut self) {
        if let Some(probe) = &self.probe
            && self.text.len() - probe.start.text >= self.longest(probe)
        {
            match probe.read {
                Reading::Json { .. } => self.end_documents(),
                Reading::Coded { .. } => self.probe = None,
            }
        }
    }

    /// Cuts lines off that fill a window, if they are no part of a probe.
    fn bound_lines(&mut self) {
        while self.probe.is_none() && self.text.len() >= self.window {
            let at = if self.line.text > 0 { self.line } else { self.end() };
            self.cut(Kind::Text, at);
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
        self.line.text = self.line.text.saturating_sub(at.text);
        self.line.raw = self.line.raw.saturating_sub(at.raw);
        if let Some(probe) = &mut self.probe {
            probe.start.text -= at.text;
            probe.start.raw -= at.raw;
            if let Reading::Json { whole: Some(whole), .. } = &mut probe.read {
                whole.text -= at.text;
                whole.raw -= at.raw;
            }
        }
        let start = self.offset;
        self.offset += at.text as u64;
        self.pieces.push_back(Piece { kind, text, range: start..self.offset, raw_len: at.raw });
    }
}

impl Reading {
    /// Reads on. False: this is not what it looked like. Roots are arrays and objects.
    fn feed(&mut self, segment: &[u8]) -> bool {
        let Reading::Json { walker, .. } = self else { return true };
        let mut rest = segment;
        loop {
            match walker.next(&mut rest) {
                Ok(Some(Event::StringStart | Event::ScalarStart(_))) if walker.depth() == 0 => {
                    return false;
                }
                Ok(Some(_)) if walker.is_complete() => walker.next_document(),
                Ok(Some(_)) => {}
                Ok(None) => return true,
                Err(_) => return false,
            }
        }
    }
}
