//! One record per request: what came, what left, and why.

mod entry;
mod line;

pub(crate) use entry::{Break, Entry};

use crate::{holdout::Arm, meter::Usage, route::Skip};
use brevity::{Dialect, Outcome, Report, Tally};
use hyper::{Method, StatusCode};
use std::time::Duration;

/// How many outcomes a record keeps. Beyond, they count in its totals alone.
pub const OUTCOMES: usize = 4_096;

/// What happened to one request. It holds no header, no query and no body, hence no credentials.
///
/// Tokens are the engine's estimate for o200k, of the text that it looked at; [`usage`](field@Self::usage)
/// is the provider's own count.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Record {
    /// The request's number since the proxy started, from 1.
    pub ordinal: u64,
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
    pub fresh: Tally,
    /// The parts that were sent before: they save again, at the price of a cache read.
    pub resent: Tally,
    /// The parts one by one, the first [`OUTCOMES`] of them.
    pub outcomes: Vec<Outcome>,
    /// The answer's status, if one came.
    pub status: Option<StatusCode>,
    /// The bytes of the answer's body, as they passed.
    pub answer_bytes: u64,
    /// What the provider says it used, if the answer said so.
    pub usage: Option<Usage>,
    /// From the request's head to the answer's.
    pub first_byte: Option<Duration>,
    /// From the request's head to the answer's end.
    pub duration: Duration,
    /// What it changed of what an earlier turn of its conversation sent, in words: the provider's cache
    /// ends there. At most three places.
    pub busts: Vec<String>,
    /// What went wrong, if anything did.
    pub error: Option<String>,
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
        match record.error.is_some() || !record.busts.is_empty() {
            true => tracing::warn!("{record}"),
            false => tracing::info!("{record}"),
        }
    }
}

impl Record {
    pub(crate) fn new(ordinal: u64, method: Method, path: String) -> Self {
        Self {
            ordinal,
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
            fresh: Tally::default(),
            resent: Tally::default(),
            outcomes: Vec::new(),
            status: None,
            answer_bytes: 0,
            usage: None,
            first_byte: None,
            duration: Duration::ZERO,
            busts: Vec::new(),
            error: None,
        }
    }

    /// Adds the outcomes of the next parts, given the assistant's last message as known by now.
    ///
    /// A body's parts come in order. When a newer message of the assistant shows up, all that were
    /// fresh until then stand before it.
    pub(crate) fn add(&mut self, outcomes: Vec<Outcome>, last: Option<u64>, advanced: bool) {
        if advanced {
            let fresh = std::mem::take(&mut self.fresh);
            self.resent += fresh;
        }
        for outcome in outcomes {
            self.report.add(&outcome);
            let fresh = last.is_none_or(|last| outcome.place.message > last);
            *(if fresh { &mut self.fresh } else { &mut self.resent }) += weight(&outcome);
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
