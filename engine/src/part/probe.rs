//! What may become a part of its own: documents, rows of a long one, a coded part.

use crate::{
    limits::LONGEST,
    walk::json::{Event, JsonErrorKind, JsonWalker},
};

/// A place in the text that is held, and as many raw bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) text: usize,
    pub(super) raw: usize,
}

impl Place {
    pub(super) fn less(self, by: Place) -> Place {
        Place { text: self.text.saturating_sub(by.text), raw: self.raw.saturating_sub(by.raw) }
    }
}

/// Reads on from a line's start, to see whether it is what it looks like.
#[derive(Debug)]
pub(super) struct Probe {
    pub(super) start: Place,
    pub(super) read: Reading,
}

#[derive(Debug)]
pub(super) enum Reading {
    Json(Documents),
    Coded {
        /// How many lines are still to come.
        lines: usize,
    },
}

/// JSON documents that follow each other.
#[derive(Debug)]
pub(super) struct Documents {
    walker: Box<JsonWalker>,
    /// Up to where there are whole documents and whole lines.
    pub(super) whole: Option<Place>,
    /// Behind commas between rows of a document, which are the children of its root: where runs of
    /// them end that are as long as the window lets them be. The last one may still move.
    rows: Vec<Place>,
    window: usize,
    /// What brackets the rows, once some of them were cut off.
    pub(super) bracket: Option<Bracket>,
    root: Bracket,
    /// Whether brackets nest deeper than the bound.
    pub(super) is_too_deep: bool,
}

/// The bracket around rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bracket {
    Array,
    Object,
}

impl Bracket {
    /// The bracket's two sides.
    pub(super) fn bytes(self) -> (u8, u8) {
        match self {
            Bracket::Array => (b'[', b']'),
            Bracket::Object => (b'{', b'}'),
        }
    }
}

impl Probe {
    pub(super) fn json(start: Place, depth: usize, window: usize) -> Self {
        let documents = Documents {
            walker: Box::new(JsonWalker::new(depth)),
            whole: None,
            rows: Vec::new(),
            window,
            bracket: None,
            root: Bracket::Array,
            is_too_deep: false,
        };
        Self { start, read: Reading::Json(documents) }
    }

    pub(super) fn coded(start: Place, lines: usize) -> Self {
        Self { start, read: Reading::Coded { lines } }
    }

    /// Reads on. False: this is not what it looked like.
    pub(super) fn feed(&mut self, segment: &[u8], at: Place, raw_len: usize) -> bool {
        match &mut self.read {
            Reading::Json(documents) => documents.feed(segment, self.start, at, raw_len),
            Reading::Coded { .. } => true,
        }
    }

    /// The longest text that it may read before something must be cut; `document` is the limit for
    /// one document.
    pub(super) fn longest(&self, document: usize) -> usize {
        match self.read {
            Reading::Json(_) => document,
            Reading::Coded { .. } => LONGEST,
        }
    }

    /// Moves all places after `by` was cut off the front.
    pub(super) fn shift(&mut self, by: Place) {
        self.start = self.start.less(by);
        if let Reading::Json(documents) = &mut self.read {
            documents.whole = documents.whole.map(|place| place.less(by));
            documents.rows.iter_mut().for_each(|place| *place = place.less(by));
        }
    }
}

impl Documents {
    /// Whether all documents that began have ended.
    pub(super) fn are_whole(&self) -> bool {
        self.walker.depth() == 0
    }

    /// Ends the input. Whether the last document is whole.
    pub(super) fn finish(&mut self) -> bool {
        self.walker.finish().is_ok()
    }

    /// Where the first run of rows ends, if rows may be cut off: one that may not grow any more, or
    /// else any, if `must`.
    pub(super) fn take_rows(&mut self, must: bool) -> Option<Place> {
        let end = (self.rows.len() > 1 - usize::from(must)).then(|| self.rows.remove(0));
        end.inspect(|_| self.bracket = Some(self.root))
    }

    /// Reads on in documents that begin at `start`; `at` is where `segment` begins, and each of its bytes took as many raw ones but for
    /// an escaped character. False: this is not what it looked like. Roots are arrays and objects.
    fn feed(&mut self, segment: &[u8], start: Place, at: Place, raw_len: usize) -> bool {
        let mut rest = segment;
        loop {
            match self.walker.next(&mut rest) {
                Ok(Some(event)) => {
                    let read = segment.len() - rest.len();
                    let raw = if raw_len == segment.len() { read } else { raw_len };
                    let behind = Place { text: at.text + read, raw: at.raw + raw };
                    if !self.pass(event, start, behind) {
                        return false;
                    }
                }
                Ok(None) => return true,
                Err(error) => {
                    self.is_too_deep = error.kind == JsonErrorKind::DepthLimit;
                    return false;
                }
            }
        }
    }

    fn pass(&mut self, event: Event, start: Place, behind: Place) -> bool {
        match (event, self.walker.depth()) {
            (Event::StringStart | Event::ScalarStart(_), 0) => return false,
            // Rows belong to one document, so it is the last of the probe.
            (Event::ArrayOpen | Event::ObjectOpen, 1) if self.bracket.is_some() => return false,
            (Event::ArrayOpen, 1) => self.root = Bracket::Array,
            (Event::ObjectOpen, 1) => self.root = Bracket::Object,
            (Event::Comma, 1) => self.end_row(start, behind),
            (_, 0) => {
                if self.bracket.is_none() {
                    self.rows.clear();
                }
                self.walker.next_document();
            }
            _ => {}
        }
        true
    }

    fn end_row(&mut self, start: Place, behind: Place) {
        let begin = self.rows.iter().rev().nth(1).map_or(start, |place| *place);
        if behind.text - begin.text <= self.window {
            self.rows.pop();
        }
        self.rows.push(behind);
    }
}
