//! One record per request: what came, what left, and why.

mod entry;
mod json;
mod line;
mod new_parts;
mod trace;

pub(crate) use entry::{Break, Entry};
pub use json::JsonLogRecorder;
pub use new_parts::NewParts;
pub(crate) use new_parts::{OTHER, UNKNOWN};
pub use trace::RequestId;
pub(crate) use trace::trace_id;

use crate::{holdout::Arm, meter::Usage, route::Skip};
use brevity::{Dialect, Outcome, Report, Tally};
use hyper::{Method, StatusCode};
use std::{borrow::Cow, time::Duration};

/// How many outcomes a record keeps. Beyond, they count in its totals alone.
pub const OUTCOMES: usize = 4_096;

/// What happened to one request. It holds no query, no body, and of the headers only what names the
/// request, hence no credentials.
///
/// Tokens are the engine's estimate for o200k, of the text that it looked at; [`usage`](field@Self::usage)
/// is the provider's own count.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Record {
    /// The request's number since the proxy started, from 1.
    pub ordinal: u64,
    /// What names it in the logs of others, too: the client's `x-request-id`, else one of our own.
    pub id: Option<RequestId>,
    /// The id of the trace that it belongs to, from `traceparent`.
    pub trace: Option<String>,
    /// The route that it takes: a path's prefix or `model:…` as configured, else `anthropic`, `openai` or
    /// `chatgpt`.
    pub route: Cow<'static, str>,
    /// Whether it is a turn of a conversation, and does not only ask what one would cost.
    pub turn: bool,
    /// The method.
    pub method: Method,
    /// The path, without its query.
    pub path: String,
    /// The API that it speaks, if the engine knows it.
    pub dialect: Option<Dialect>,
    /// Why the whole body passed unread, if it did.
    pub skip: Option<Skip>,
    /// The hash of its conversation's first message and the side that it is on, where a share of
    /// conversations is held out.
    pub conversation: Option<(u64, Arm)>,
    /// The model that it names.
    pub model: Option<String>,
    /// Whether it asks for an event stream.
    pub stream: bool,
    /// The bytes of the body that came.
    pub bytes_in: u64,
    /// The bytes of the body that left.
    pub bytes_out: u64,
    /// What happened to the parts of its blocks.
    pub report: Report,
    /// The parts that stand after the assistant's last message: new in this turn.
    pub new: NewParts,
    /// The parts that were sent before: they save again, at the price of a cache read.
    pub resent: Tally,
    /// The parts one by one, the first [`OUTCOMES`] of them.
    pub outcomes: Vec<Outcome>,
    /// The answer's status, if one came.
    pub status: Option<StatusCode>,
    /// The bytes of the answer's body, as they passed.
    pub answer_bytes: u64,
    /// The bytes of it that the client got, where it could be rewritten: a tool server's.
    pub answer_bytes_out: Option<u64>,
    /// What the provider says it used, if the answer said so.
    pub usage: Option<Usage>,
    /// Until the body was there, where it was held whole.
    pub read: Option<Duration>,
    /// In the engine, waiting for its threads included, where the body was held whole.
    pub engine: Option<Duration>,
    /// From the request's head to the answer's.
    pub first_byte: Option<Duration>,
    /// From the request's head to the answer's end.
    pub duration: Duration,
    /// What it changed of what an earlier turn of its conversation sent, in words: the provider's cache
    /// ends there. At most three places.
    pub busts: Vec<String>,
    /// What went wrong, if anything did.
    pub error: Option<String>,
    /// Whether what went wrong is the upstream's: it could not be reached, or broke off.
    pub upstream_failed: bool,
}

/// Takes the record of each request when its answer has ended, or was given up.
pub trait Recorder: Send + Sync {
    /// Takes one record. It is called on the runtime's threads: it must not block.
    fn record(&self, record: Record);
}

/// Writes one line per request to the log.
#[derive(Clone, Copy, Debug, Default)]
pub struct LogRecorder;

impl Recorder for LogRecorder {
    fn record(&self, record: Record) {
        match Self::is_warning(&record) {
            true => tracing::warn!("{record}"),
            false => tracing::info!("{record}"),
        }
    }
}

impl LogRecorder {
    /// Whether something went wrong that its reader should see.
    fn is_warning(record: &Record) -> bool {
        record.error.is_some() || !record.busts.is_empty()
    }
}

impl Record {
    pub(crate) fn new(ordinal: u64, method: Method, path: String) -> Self {
        Self {
            ordinal,
            id: None,
            trace: None,
            route: Cow::Borrowed(""),
            turn: true,
            method,
            path,
            dialect: None,
            skip: None,
            conversation: None,
            model: None,
            stream: false,
            bytes_in: 0,
            bytes_out: 0,
            report: Report::default(),
            new: NewParts::default(),
            resent: Tally::default(),
            outcomes: Vec::new(),
            status: None,
            answer_bytes: 0,
            answer_bytes_out: None,
            usage: None,
            read: None,
            engine: None,
            first_byte: None,
            duration: Duration::ZERO,
            busts: Vec::new(),
            error: None,
            upstream_failed: false,
        }
    }

    /// The name of the API that it speaks; `none` if the engine does not know it.
    pub fn api(&self) -> &'static str {
        match self.dialect {
            Some(Dialect::Anthropic) => "anthropic",
            Some(Dialect::OpenAiChat) => "openai-chat",
            Some(Dialect::OpenAiResponses) => "openai-responses",
            _ => "none",
        }
    }

    /// Adds the outcomes of the next parts, given the assistant's last message as known by now.
    ///
    /// A body's parts come in order. When a newer message of the assistant shows up, all that were
    /// new until then stand before it.
    pub(crate) fn add(&mut self, outcomes: Vec<Outcome>, last: Option<u64>, advanced: bool) {
        if advanced {
            self.resent += std::mem::take(&mut self.new).total();
        }
        for outcome in outcomes {
            self.report.add(&outcome);
            match last.is_none_or(|last| outcome.place.message > last) {
                true => self.new.add(&outcome),
                false => self.resent += weight(&outcome),
            }
            if self.outcomes.len() < OUTCOMES {
                self.outcomes.push(outcome);
            }
        }
    }
}

fn weight(outcome: &Outcome) -> Tally {
    let mut one = Report::default();
    one.add(outcome);
    one.total
}

#[cfg(test)]
mod tests;
