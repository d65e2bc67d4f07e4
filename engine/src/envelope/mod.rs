//! Which strings of a request are eligible.

use crate::{
    Settings,
    step::{Step, Steps},
};
use bytes::Bytes;
use std::sync::Arc;

/// The API that a request speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Dialect {
    /// Anthropic Messages, and its `count_tokens`.
    Anthropic,
    /// OpenAI Chat Completions.
    OpenAiChat,
}

/// What a request says of itself, as far as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Facts {
    /// The model's name.
    pub model: Option<String>,
    /// Whether the answer is asked for as an event stream.
    pub stream: bool,
    /// How many messages there are.
    pub messages: u64,
    /// The index of the last message of the assistant: what stands after it is new in this turn.
    pub last_assistant: Option<u64>,
}

/// One request body, written chunk by chunk.
#[derive(Debug)]
pub struct Request {
    facts: Facts,
}

impl Request {
    /// A request in `dialect`.
    pub fn new(_dialect: Dialect, _settings: Arc<Settings>) -> Self {
        Self { facts: Facts::default() }
    }

    /// Takes the next bytes; what is settled goes to `steps`.
    pub fn write(&mut self, chunk: Bytes, steps: &mut Steps) {
        steps.push(Step::Keep(chunk));
    }

    /// Ends the body: all that waits goes to `steps`.
    pub fn finish(&mut self, _steps: &mut Steps) {}

    /// What the request says of itself; complete after [`finish`](Self::finish).
    pub fn facts(&self) -> &Facts {
        &self.facts
    }
}
