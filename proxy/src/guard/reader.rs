//! Follows the JSON walker through a body, and digests each element of what is watched.
//!
//! A token goes into the digest as it stands, and the space around it does not. Two more things make
//! turns equal that are equal to the model:
//!
//! - Members with the key `cache_control` are left out, wherever they are. A comma and a key are
//!   therefore held back until the key is known.
//! - A string under `content`, or as the whole of `system`, is digested as a list of one text: clients
//!   turn one into the other when they mark a message.

use super::{
    canon::{Canon, Digest},
    element::{Area, plain},
    open::Open,
    prompt::Prompt,
};
use brevity::{
    Dialect,
    walk::json::{Event, JsonError, JsonWalker},
};

/// How far a body is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Until {
    FirstMessage,
    End,
}

/// Reads one body. It holds one short key or text of it, and a buffer of the digest's.
#[derive(Debug)]
pub(super) struct Reader {
    dialect: Dialect,
    until: Until,
    walker: JsonWalker,
    canon: Canon,
    prompt: Prompt,
    /// The digest of the messages in front that belong to the system prompt.
    lead: Option<Digest>,
    /// A bit for each area that came.
    seen: u8,
    /// The area that is being read, and how many of its elements came.
    area: Option<(Area, usize)>,
    /// The element that is being read.
    open: Option<Open>,
    /// Whether a string or a scalar is being read, whose bytes all count.
    inside: bool,
}

impl Reader {
    pub(super) fn new(dialect: Dialect, depth: usize, until: Until) -> Self {
        Self {
            dialect,
            until,
            walker: JsonWalker::new(depth),
            canon: Canon::default(),
            prompt: Prompt::default(),
            lead: None,
            seen: 0,
            area: None,
            open: None,
            inside: false,
        }
    }

    /// Takes the body's next bytes. After the first message nothing more is read, if that is all
    /// that is wanted.
    pub(super) fn feed(&mut self, chunk: &[u8]) -> Result<(), JsonError> {
        let (mut rest, mut from) = (chunk, 0);
        while let Some(event) = self.walker.next(&mut rest)? {
            let at = chunk.len() - rest.len();
            // What stands before a bracket, a quote or a sign is space.
            let start = if self.inside { from } else { at - 1 };
            self.inside = starts_token(event);
            self.read(event, &chunk[start..at]);
            from = at;
            if self.until == Until::FirstMessage && self.first_message().is_some() {
                return Ok(());
            }
        }
        if self.inside {
            self.write(&chunk[from..]);
        }
        Ok(())
    }

    pub(super) fn first_message(&self) -> Option<Digest> {
        self.prompt.messages.first().map(|message| message.digest)
    }

    /// Ends the body.
    pub(super) fn finish(mut self) -> Result<Prompt, JsonError> {
        self.walker.finish()?;
        if let Some(lead) = self.lead {
            self.prompt.system = Some(Digest::join(self.prompt.system, lead));
        }
        Ok(self.prompt)
    }

    /// Takes a piece of a string or a scalar that goes on: of an element, or a key of the root that
    /// is held back to be read.
    fn write(&mut self, piece: &[u8]) {
        let counts = match &self.open {
            Some(open) => open.counts(),
            None => self.canon.holds(),
        };
        if counts {
            self.canon.write(piece);
        }
    }

    fn read(&mut self, event: Event, bytes: &[u8]) {
        let depth = self.walker.depth();
        let Some(open) = &mut self.open else { return self.read_between(event, bytes, depth) };
        open.read(event, bytes, depth, &mut self.canon);
        if open.has_ended(event, depth) {
            self.end_element();
        }
    }

    /// Reads what stands between elements: the root, and the lists that are its members.
    fn read_between(&mut self, event: Event, bytes: &[u8], depth: usize) {
        let names_kept = matches!((depth, event), (1, Event::StringStart) | (2, Event::ObjectOpen));
        if names_kept && matches!(self.area, Some((Area::Kept, _))) {
            self.prompt.continues = true;
            self.area = None;
            return;
        }
        match (depth, event) {
            (1, Event::KeyStart) => {
                self.canon.hold();
                self.canon.write(bytes);
            }
            (1, Event::KeyEnd) => self.end_root_key(bytes),
            (1, Event::Colon) | (2, Event::ArrayOpen | Event::Comma) => {}
            (1 | 2, Event::StringStart)
            | (2, Event::ScalarStart(_))
            | (3, Event::ObjectOpen | Event::ArrayOpen) => self.open_element(event, bytes, depth),
            // The list ends, or the member is nothing that the API takes there.
            (..=2, _) => self.area = None,
            _ => {}
        }
    }

    /// A key that comes twice is not followed the second time.
    fn end_root_key(&mut self, bytes: &[u8]) {
        self.canon.write(bytes);
        let key = self.canon.release().map(plain).unwrap_or_default();
        let area = Area::of(self.dialect, &key)
            .filter(|area| *area == Area::Kept || self.seen & area.bit() == 0);
        self.seen |= area.map_or(0, Area::bit);
        self.area = area.map(|area| (area, 0));
        self.canon.restart();
    }

    fn open_element(&mut self, event: Event, bytes: &[u8], depth: usize) {
        let Some((area, _)) = self.area else { return };
        let mut open = Open::new(self.dialect, area);
        open.begin(event, bytes, depth, &mut self.canon);
        self.open = Some(open);
    }

    fn end_element(&mut self) {
        let (Some(open), Some((area, index))) = (self.open.take(), &mut self.area) else { return };
        let (element, digest) = (open.element, self.canon.finish());
        if element.leads(*area, &self.prompt) {
            self.lead = Some(Digest::join(self.lead, digest));
            self.prompt.leading += 1;
        } else {
            element.put(*area, *index, digest, &mut self.prompt);
        }
        *index += 1;
    }
}

/// Whether all bytes count from here to the next event.
fn starts_token(event: Event) -> bool {
    matches!(event, Event::KeyStart | Event::StringStart | Event::ScalarStart(_))
}
