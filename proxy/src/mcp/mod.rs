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
    body::{AnyBody, BoxError, Pool, any},
    headers::{is_encoded, is_json, media_type},
    record::Entry,
    route::Skip,
};
use answer::AnswerBody;
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
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// Headers that vouch for a body's bytes.
const SUMS: [&str; 5] = ["content-digest", "repr-digest", "digest", "content-md5", "signature"];

/// One tool server, as its route has it.
pub(crate) struct Gateway {
    calls: Calls,
    requests: AtomicU64,
}

/// What a server's clients have called, shared by all its streams.
#[derive(Clone)]
pub(crate) struct Calls(Arc<Mutex<McpCalls>>);

/// One request to a tool server.
pub(crate) struct Visit {
    settings: Arc<Settings>,
    calls: Calls,
    /// Where its calls stand, and those that its answer is to: the session, or the request alone.
    scope: Arc<str>,
    /// Whether it opens a stream that may be silent for as long as it likes.
    stands: bool,
}

impl Gateway {
    pub(crate) fn new(settings: Arc<Settings>) -> Self {
        let calls = Calls(Arc::new(Mutex::new(McpCalls::new(settings))));
        Self { calls, requests: AtomicU64::new(0) }
    }

    /// A request with this head, of whose answer `settings` say what may be rewritten.
    pub(crate) fn visit(&self, head: &request::Parts, settings: &Arc<Settings>) -> Visit {
        let session = head.headers.get("mcp-session-id").and_then(|id| id.to_str().ok());
        let ordinal = self.requests.fetch_add(1, Ordering::Relaxed);
        let scope = session.map_or_else(|| format!("r{ordinal}"), |session| format!("s{session}"));
        Visit {
            settings: Arc::clone(settings),
            calls: self.calls.clone(),
            scope: scope.into(),
            stands: head.method == Method::GET,
        }
    }
}

impl Visit {
    /// The request's body, read along if it can be read.
    pub(crate) fn ask<B>(&self, headers: &HeaderMap, body: B) -> AnyBody
    where
        B: Body<Data = Bytes> + Send + Unpin + 'static,
        B::Error: Into<BoxError>,
    {
        if is_encoded(headers) || !is_json(headers) {
            return any(body);
        }
        let requests = McpRequests::new(McpCarrier::Whole, Arc::clone(&self.scope), &self.settings);
        any(AskedBody::new(body, requests, self.calls.clone()))
    }

    /// How long its answer may be silent, if others may be for `idle`.
    pub(crate) fn idle(&self, idle: Duration) -> Duration {
        if self.stands { Duration::MAX } else { idle }
    }

    /// The answer's body, shortened if it can be.
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
        let Some(carrier) = carrier(head) else { return any(body) };
        if let Some(skip) = skip(&head.headers) {
            entry.write(|record| record.skip = Some(skip));
            return any(body);
        }
        // The length may change.
        head.headers.remove(CONTENT_LENGTH);
        let answers = McpAnswers::new(carrier, self.scope, self.settings);
        any(AnswerBody::new(body, answers, self.calls, pool, Arc::clone(entry)))
    }
}

/// How messages stand in an answer, if there are any.
fn carrier(head: &response::Parts) -> Option<McpCarrier> {
    if head.status != StatusCode::OK {
        return None;
    }
    match media_type(&head.headers)?.as_str() {
        "application/json" => Some(McpCarrier::Whole),
        "text/event-stream" => Some(McpCarrier::Events),
        _ => None,
    }
}

/// Why the body of an answer must pass as it came.
fn skip(headers: &HeaderMap) -> Option<Skip> {
    let is_summed = SUMS.iter().any(|name| headers.contains_key(*name));
    let summed = is_summed.then_some(Skip::Attested(crate::Attestation::Signature));
    is_encoded(headers).then_some(Skip::Encoded).or(summed)
}

impl Calls {
    fn lock(&self) -> MutexGuard<'_, McpCalls> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
