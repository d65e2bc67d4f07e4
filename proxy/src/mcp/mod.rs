//! In front of tool servers that speak MCP over HTTP: their answers leave shortened.
//!
//! A [`route`] says which requests are for which server. What the client sends passes byte for byte
//! and is read along ([`asked`]) for the tools that it calls. What comes back, one body of JSON or an
//! event stream, is shortened message by message ([`answer`]).
//!
//! Ids of calls are counted by each client for itself. Where the server gives sessions, they tell
//! clients apart, and an answer may come on another stream than the one that its call has opened: the
//! standing one, or one that was resumed. Without a session a call is looked for in the request that
//! the stream answers, and nowhere else.

mod answer;
mod asked;
mod route;

pub(crate) use route::{Found, find};
pub use route::{McpRoute, McpRouteError};

use crate::{
    attest::answer_attestation,
    body::{Act, AnyBody, BoxError, Pool, any},
    headers::{is_encoded, is_json, media_type},
    record::Entry,
    route::Skip,
};
use answer::{AnswerBody, Reader};
use asked::AskedBody;
use brevity::{McpAnswers, McpCalls, McpCarrier, McpRequests, Settings};
use bytes::Bytes;
use hyper::{
    HeaderMap, Method, StatusCode,
    body::Body,
    header::CONTENT_LENGTH,
    http::{request, response},
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// One tool server, as its route has it.
pub(crate) struct Gateway {
    /// What its clients have called, shared by all its streams.
    calls: Arc<McpCalls>,
    requests: AtomicU64,
}

/// One request to a tool server.
pub(crate) struct Visit {
    settings: Arc<Settings>,
    calls: Arc<McpCalls>,
    /// Where its calls stand, and those that its answer is to: the session, or the request alone.
    scope: Arc<str>,
    /// Whether it opens a stream that may be silent for as long as it likes.
    stands: bool,
    /// What is done with its answer.
    act: Act,
}

impl Gateway {
    /// Nothing is called yet. What may be rewritten each visit says.
    pub(crate) fn new() -> Self {
        Self { calls: Arc::default(), requests: AtomicU64::new(0) }
    }

    /// A request with this head. `settings` say what may be rewritten of its answer, and how the
    /// results of the tools that it calls are treated, wherever they come.
    pub(crate) fn visit(&self, head: &request::Parts, settings: Arc<Settings>, act: Act) -> Visit {
        let session = head.headers.get("mcp-session-id").and_then(|id| id.to_str().ok());
        let ordinal = self.requests.fetch_add(1, Ordering::Relaxed);
        let scope = session.map_or_else(|| format!("r{ordinal}"), |session| format!("s{session}"));
        Visit {
            settings,
            calls: self.calls.clone(),
            scope: scope.into(),
            stands: head.method == Method::GET,
            act,
        }
    }
}

impl Visit {
    /// The request's body, read along if it can be read: also where its own answer passes, since
    /// another may come on another stream.
    pub(crate) fn ask<B>(&self, headers: &HeaderMap, body: B) -> AnyBody
    where
        B: Body<Data = Bytes> + Send + Unpin + 'static,
        B::Error: Into<BoxError>,
    {
        if is_encoded(headers) || !is_json(headers) {
            return any(body);
        }
        let requests = McpRequests::new(
            McpCarrier::Whole,
            Arc::clone(&self.scope),
            Arc::clone(&self.settings),
        );
        any(AskedBody::new(body, requests, self.calls.clone()))
    }

    /// How long its answer may be silent, if others may be for `idle`.
    pub(crate) fn idle(&self, idle: Duration) -> Duration {
        if self.stands { Duration::MAX } else { idle }
    }

    /// The answer's body, shortened if it can be, or only counted. What passes because of its headers
    /// has a reason in the record; for [`Act::Pass`] the caller writes it.
    pub(crate) fn answer<B>(
        self,
        head: &mut response::Parts,
        body: B,
        pool: Pool,
        entry: &Arc<Entry>,
    ) -> AnyBody
    where
        B: Body<Data = Bytes, Error = BoxError> + Send + Unpin + 'static,
    {
        let carrier = carrier(head).filter(|_| self.act != Act::Pass);
        let Some(carrier) = carrier else { return any(body) };
        if let Some(skip) = skip(&head.headers) {
            entry.write(|record| record.skip = Some(skip));
            return any(body);
        }
        let is_dry = self.act == Act::Count;
        if !is_dry {
            // The length may change.
            head.headers.remove(CONTENT_LENGTH);
        }
        let answers = McpAnswers::new(carrier, self.scope, self.settings);
        let reader = Reader { answers, calls: self.calls, is_dry };
        any(AnswerBody::new(body, reader, pool, Arc::clone(entry)))
    }
}

/// How messages stand in an answer, if there are any.
fn carrier(head: &response::Parts) -> Option<McpCarrier> {
    if head.status != StatusCode::OK {
        return None;
    }
    if is_json(&head.headers) {
        return Some(McpCarrier::Whole);
    }
    (media_type(&head.headers)? == "text/event-stream").then_some(McpCarrier::Events)
}

/// Why the body of an answer must pass as it came.
fn skip(headers: &HeaderMap) -> Option<Skip> {
    let attested = answer_attestation(headers).map(Skip::Attested);
    is_encoded(headers).then_some(Skip::Encoded).or(attested)
}
