//! Which strings of a request are eligible.
//!
//! A request is never parsed into a tree. A [`Reader`](reader::Reader) follows the JSON walker
//! along the few paths that lead to eligible texts ([`path`]; what a dialect's paths are:
//! [`anthropic`], [`openai_chat`], [`openai_responses`], each a [`speech`]) and keeps short copies of names, ids and commands ([`capture`]).
//! The object around a text tells whether it is a tool's result ([`owner`]), and the call before it
//! which tool that was ([`calls`]). The [`outlet`] sends all bytes on: as they are, into a
//! [`Block`](crate::Block), or into [`wait`] until the object has told.
//!
//! Three rules keep the output the same for any cuts, and for a body that is held whole and one that
//! streams, but for references, which only a body that is held can have:
//!
//! - A text waits for its eligibility at most `limits.block` bytes; beyond, it stays, counted.
//! - What has left has left. A key that comes twice is not followed the second time, and what waits
//!   or follows in that object is not eligible.
//! - Where the body turns out not to be JSON, all that waits and all that follows leaves as it came,
//!   counted once. A string that breaks off is not rewritten.

mod anthropic;
mod calls;
mod capture;
mod mcp;
mod openai_chat;
mod openai_responses;
mod outlet;
mod owner;
mod path;
mod prompt;
mod reader;
mod recall;
mod speech;
mod target;
mod wait;

pub use mcp::{McpAnswers, McpCalls, McpCarrier, McpRequests};
pub(crate) use recall::Follower;

use crate::{Codec, Level, Settings, held::Held, step::Steps};
use bytes::Bytes;
use reader::Reader;
use std::sync::Arc;
use target::Shorten;

/// The API that a request speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Dialect {
    /// Anthropic Messages, and its `count_tokens`.
    Anthropic,
    /// OpenAI Chat Completions.
    OpenAiChat,
    /// OpenAI Responses.
    OpenAiResponses,
}

/// What a request says of itself, as far as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Facts {
    /// The model's name.
    pub model: Option<String>,
    /// Whether the answer is asked for as an event stream.
    pub stream: bool,
    /// How many messages there are; in OpenAI Responses, items.
    pub messages: u64,
    /// The index of the last message, or item, of the assistant: what stands after it is new in this turn.
    pub last_assistant: Option<u64>,
}

/// One request body, written chunk by chunk. Each eligible string of it is a [`Block`](crate::Block).
///
/// A body up to `limits.request` is held until it is complete, unless `policy.stream_requests` says
/// otherwise; a longer one is rewritten as it passes. What leaves is the same either way, but that only
/// a body that is held has references to what came before in it.
///
/// ```
/// use brevity::{Dialect, Request, Settings, Steps};
/// use std::sync::Arc;
///
/// let body = br#"{"model":"m","messages":[{"role":"tool","content":"two files"}]}"#;
/// let (mut steps, mut out) = (Steps::new(), Vec::new());
/// let mut request = Request::new(Dialect::OpenAiChat, Arc::new(Settings::default()));
/// for chunk in body.chunks(10) {
///     request.write(bytes::Bytes::from_static(chunk), &mut steps);
/// }
/// request.finish(&mut steps);
/// steps.run_into(&mut out);
/// assert_eq!(out, body);
/// assert_eq!(request.facts().messages, 1);
/// ```
#[derive(Debug)]
pub struct Request {
    settings: Arc<Settings>,
    dialect: Dialect,
    reader: Reader<Shorten>,
    /// What is held until the body is complete.
    whole: Option<Held>,
    finished: bool,
}

impl Request {
    /// A request in `dialect`.
    pub fn new(dialect: Dialect, settings: Arc<Settings>) -> Self {
        let target = Shorten::new(Arc::clone(&settings));
        let reader = Reader::new(dialect, Arc::clone(&settings), target);
        let whole = (!settings.policy.stream_requests).then(Held::default);
        Self { settings, dialect, reader, whole, finished: false }
    }

    /// Takes the next bytes; what is settled goes to `steps`.
    pub fn write(&mut self, chunk: Bytes, steps: &mut Steps) {
        let Some(held) = &mut self.whole else { return self.reader.write(chunk, steps) };
        held.push(chunk);
        if held.len() > self.settings.limits.request {
            self.stream(steps);
        }
    }

    /// Ends the body: all that waits goes to `steps`. A second call does nothing.
    pub fn finish(&mut self, steps: &mut Steps) {
        if self.whole.as_ref().is_some_and(|held| self.may_repeat(held)) {
            self.reader.target().remember(self.dialect.speech().noun);
        }
        self.stream(steps);
        if !std::mem::replace(&mut self.finished, true) {
            self.reader.finish(steps);
        }
    }

    /// What the request says of itself; complete after [`finish`](Self::finish).
    pub fn facts(&self) -> &Facts {
        self.reader.facts()
    }

    /// Whether results may refer to what came before, which all of the request has to tell.
    fn may_repeat(&self, held: &Held) -> bool {
        let Settings { policy, limits } = &*self.settings;
        let is_wanted = policy.only.is_none_or(|only| only == Codec::Repeat);
        is_wanted
            && policy.level != Level::Off
            && recall::can_follow(limits)
            && prompt::holds_history(held.slices(), limits.json_depth)
    }

    /// Lets go of what is held. From here on the body streams.
    fn stream(&mut self, steps: &mut Steps) {
        let Some(held) = self.whole.take() else { return };
        held.into_slices().for_each(|chunk| self.reader.write(chunk, steps));
    }
}
