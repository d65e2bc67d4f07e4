//! One input to the engine: a block of text, or a request body.

use super::Api;
use brevity::{Block, Facts, Place, Request, Settings, Sink, Steps, Treatment, Wire};
use bytes::Bytes;
use std::sync::Arc;

/// A stream whose jobs run here, as soon as they are complete.
pub(super) struct Stream {
    body: Body,
    steps: Steps,
}

enum Body {
    Block(Box<Block>),
    Request(Box<Request>),
}

impl Stream {
    /// A request body where `api` is given, else one block.
    pub(super) fn new(api: Option<Api>, settings: Settings) -> Self {
        let Some(api) = api else { return Self::block(settings, Treatment::Rewrite) };
        let request = Request::new(api.into(), Arc::new(settings));
        Self { body: Body::Request(Box::new(request)), steps: Steps::new() }
    }

    /// One block, of which `treatment` says what may be done with it.
    pub(super) fn block(settings: Settings, treatment: Treatment) -> Self {
        let block = Block::new(Arc::new(settings), Wire::Text, treatment, Place::default());
        Self { body: Body::Block(Box::new(block)), steps: Steps::new() }
    }

    /// Takes the next bytes; what is settled goes to `sink`.
    pub(super) fn write(&mut self, chunk: Bytes, sink: &mut impl Sink) {
        match &mut self.body {
            Body::Block(block) => block.write(chunk, &mut self.steps),
            Body::Request(request) => request.write(chunk, &mut self.steps),
        }
        self.steps.run_into(sink);
    }

    /// Ends the stream: all that waits goes to `sink`. Gives what a request says of itself.
    pub(super) fn finish(mut self, sink: &mut impl Sink) -> Option<Facts> {
        let facts = match self.body {
            Body::Block(block) => {
                block.finish(&mut self.steps);
                None
            }
            Body::Request(mut request) => {
                request.finish(&mut self.steps);
                Some(request.facts().clone())
            }
        };
        self.steps.run_into(sink);
        facts
    }
}
