//! Answers of tool servers that speak MCP, the Model Context Protocol: JSON-RPC messages.
//!
//! What a tool gave stands in `result.content`, an array of items. The text of its items
//! `{"type":"text","text":…}` may be rewritten, and nothing else: no resource, no image, no other
//! answer, no request, no notification. Where the result has a `structuredContent`, or the tool an
//! output schema, programs read it, so it stays.
//!
//! A message is held until it is complete and read before any of it leaves ([`survey`]), since
//! `structuredContent` may come last. So, unlike a request, it needs no waiting inside. [`units`]
//! cuts a stream into messages: lines, events, or the one that is the whole body. What is longer
//! than `limits.request` passes as it came, counted.
//!
//! Only the call tells which tool an answer comes from, and it went the other way. [`calls`]
//! remembers it, in bounds. One table serves all streams of a server: it is locked for a look, never
//! while a message is read.
//!
//! No answer refers to another: it is not known what of them is in a prompt.

mod answers;
mod calls;
mod events;
mod keys;
mod message;
mod requests;
mod survey;
mod units;

pub use answers::McpAnswers;
pub use calls::McpCalls;
pub use requests::McpRequests;

/// How messages follow each other in a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum McpCarrier {
    /// One a line, as over the standard streams of a process.
    Lines,
    /// One is all: a body of `application/json`.
    Whole,
    /// One an event: `text/event-stream`.
    Events,
}
