//! One input to the engine: a block of text, a request body, or what a tool server and its client say.

use super::Api;
use brevity::{
    Block, Facts, McpAnswers, McpCalls, McpCarrier, McpRequests, Place, Request, Settings, Sink,
    Steps, Treatment, Wire,
};
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
    Mcp(Box<Talk>),
}

/// Messages of MCP, one a line, of both sides.
struct Talk {
    calls: McpCalls,
    requests: McpRequests,
    answers: McpAnswers,
}

impl Stream {
    /// A request body where `api` is given, else one block.
    pub(super) fn new(api: Option<Api>, settings: Settings) -> Self {
        let Some(api) = api else { return Self::block(settings, Treatment::Rewrite) };
        let settings = Arc::new(settings);
        let body = match api.dialect() {
            Some(dialect) => Body::Request(Box::new(Request::new(dialect, settings))),
            None => Body::Mcp(Box::new(Talk::new(settings))),
        };
        Self { body, steps: Steps::new() }
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
            Body::Mcp(talk) => talk.write(chunk, &mut self.steps),
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
            Body::Mcp(mut talk) => {
                talk.finish(&mut self.steps);
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

impl Talk {
    fn new(settings: Arc<Settings>) -> Self {
        let requests = McpRequests::new(McpCarrier::Lines, "", Arc::clone(&settings));
        let calls = McpCalls::new();
        Self { calls, requests, answers: McpAnswers::new(McpCarrier::Lines, "", settings) }
    }

    /// Line by line: a call counts for the answers behind it, wherever the chunk ends.
    fn write(&mut self, mut chunk: Bytes, steps: &mut Steps) {
        while !chunk.is_empty() {
            let end = chunk.iter().position(|byte| *byte == b'\n').map_or(chunk.len(), |at| at + 1);
            let line = chunk.split_to(end);
            self.requests.write(line.clone(), &self.calls);
            self.answers.write(line, &self.calls, steps);
        }
    }

    fn finish(&mut self, steps: &mut Steps) {
        self.requests.finish(&self.calls);
        self.answers.finish(&self.calls, steps);
    }
}
