//! What may become a part of its own: documents, rows of a long one, a coded part.

use crate::{
    limits::LONGEST,
    walk::json::{Event, JsonWalker},
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
    /// Behind the last comma between two rows of a document: children of its root.
    row: Option<Place>,
    /// What brackets the rows, once some of them were cut off.
    pub(super) bracket: Option<Bracket>,
    root: Bracket,
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
    pub(super) fn json(start: Place, depth: usize) -> Self {
        let documents = Documents {
            walker: Box::new(JsonWalker::new(depth)),
            whole: None,
            row: None,
            bracket: None,
            root: Bracket::Array,
        };
        Self { start, read: Reading::Json(documents) }
    }

    pub(super) fn coded(start: Place, lines: usize) -> Self {
        Self { start, read: Reading::Coded { lines } }
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
            documents.row = documents.row.map(|place| place.less(by));
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

    /// Where rows may be cut off, if they may.
    pub(super) fn take_row(&mut self) -> Option<Place> {
        self.row.take().inspect(|_| self.bracket = Some(self.root))
    }

    /// Reads on; `at` is where `segment` begins, and each of its bytes took as many raw ones but for
    /// an escaped character. False: this is not what it looked like. Roots are arrays and objects.
    pub(super) fn feed(&mut self, segment: &[u8], at: Place, raw_len: usize) -> bool {
        let mut rest = segment;
        loop {
            match self.walker.next(&mut rest) {
                Ok(Some(event)) => {
                    let read = segment.len() - rest.len();
                    let raw = if raw_len == segment.len() { read } else { raw_len };
                    if !self.pass(event, Place { text: at.text + read, raw: at.raw + raw }) {
                        return false;
                    }
                }
                Ok(None) => return true,
                Err(_) => return false,
            }
        }
    }

    fn pass(&mut self, event: Event, behind: Place) -> bool {
        match (event, self.walker.depth()) {
            (Event::StringStart | Event::ScalarStart(_), 0) => return false,
            // Rows belong to one document, so it is the last of the probe.
            (Event::ArrayOpen | Event::ObjectOpen, 1) if self.bracket.is_some() => return false,
            (Event::ArrayOpen, 1) => self.root = Bracket::Array,
            (Event::ObjectOpen, 1) => self.root = Bracket::Object,
            (Event::Comma, 1) => self.row = Some(behind),
            (_, 0) => {
                self.row = None;
                self.walker.next_document();
            }
            _ => {}
        }
        true
    }
}
