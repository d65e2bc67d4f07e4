//! A block into parts: where one ends, and the job that rewrites it.

use crate::{
    Kind, Outcome, Place, Reason, Settings, Treatment,
    held::Held,
    step::{Done, Step, Steps},
};
use bytes::Bytes;
use std::sync::Arc;

/// How a block's text is written in the stream that carries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    /// As it is.
    Text,
    /// As the inside of a JSON string, without its quotes.
    JsonString,
}

/// One block, written chunk by chunk.
#[derive(Debug)]
pub struct Block {
    settings: Arc<Settings>,
    wire: Wire,
    treatment: Treatment,
    place: Place,
    held: Held,
}

impl Block {
    /// A block that comes as `wire` says. `treatment` is the policy's word on the tool that made it.
    pub fn new(settings: Arc<Settings>, wire: Wire, treatment: Treatment, place: Place) -> Self {
        Self { settings, wire, treatment, place, held: Held::default() }
    }

    /// Takes the next bytes; what is complete goes to `steps`.
    pub fn write(&mut self, chunk: Bytes, steps: &mut Steps) {
        self.held.push(chunk);
        let _ = (&self.settings, self.wire, self.treatment, steps);
    }

    /// Ends the block: all that waits goes to `steps`.
    pub fn finish(self, steps: &mut Steps) {
        steps.push(Step::Job(Box::new(Job {
            place: self.place,
            wire: self.wire,
            treatment: self.treatment,
            raw: self.held,
        })));
    }

    /// Ends a block that breaks off: what waits leaves as it came.
    pub fn abandon(self, steps: &mut Steps) {
        steps.keep(self.held);
    }
}

/// A complete part, owned, to be run on any thread.
#[derive(Debug)]
pub struct Job {
    place: Place,
    wire: Wire,
    treatment: Treatment,
    raw: Held,
}

impl Job {
    /// Rewrites the part, or keeps it.
    pub fn run(self) -> Done {
        let bytes = self.text_len() as u64;
        let mut done = Done::default();
        done.keep(self.raw);
        done.note(Outcome {
            place: self.place,
            kind: Kind::Text,
            bytes_in: bytes,
            bytes_out: bytes,
            tokens_in: 0,
            tokens_out: 0,
            result: Err(match self.treatment {
                Treatment::Rewrite => Reason::NoCodec,
                Treatment::FileRead => Reason::FileRead,
                Treatment::Excluded => Reason::Excluded,
            }),
        });
        done
    }
}

impl Job {
    fn text_len(&self) -> usize {
        let (mut raw, mut text) = (Vec::new(), Vec::new());
        self.raw.copy_to(&mut raw);
        match self.wire {
            Wire::Text => raw.len(),
            Wire::JsonString => {
                crate::escape::unescape(&raw, &mut text).map_or(raw.len(), |()| text.len())
            }
        }
    }
}

/// Shortens one block of text, held whole.
pub fn compress(text: &[u8], settings: &Settings) -> Vec<u8> {
    let mut steps = Steps::new();
    let mut out = Vec::new();
    let settings = Arc::new(settings.clone());
    let mut block = Block::new(settings, Wire::Text, Treatment::Rewrite, Place::default());
    block.write(Bytes::copy_from_slice(text), &mut steps);
    block.finish(&mut steps);
    steps.run_into(&mut out);
    out
}
