//! The sums: what all records come to. Their size is bounded by the number of codecs, reasons, APIs
//! and stages, and by how many names are told apart.

use super::{
    bounded::Bounded,
    histogram::{GEN_AI_SECONDS, GEN_AI_TOKENS, Histogram, SECONDS},
};
use crate::{
    meter::Usage,
    record::{Record, UNKNOWN},
    route::Skip,
};
use brevity::{Codec, Dialect, Reason, Report, Tally};
use hyper::StatusCode;
use std::{collections::BTreeMap, time::Duration};

/// All of them.
#[derive(Clone, Debug)]
pub(crate) struct Sums {
    pub(crate) requests: u64,
    /// By API, then by the class of the answer's status.
    pub(crate) apis: BTreeMap<&'static str, Api>,
    pub(crate) bytes_in: u64,
    pub(crate) bytes_out: u64,
    pub(crate) answer_bytes: u64,
    /// The parts that are new in a turn that was answered: each counts once.
    pub(crate) new: Total,
    /// All others: sent before, or to come again.
    pub(crate) resent: Tally,
    /// All parts, new and re-sent.
    pub(crate) all: Total,
    /// What is new, by tool.
    pub(crate) tools: Bounded<Tally>,
    pub(crate) routes: Bounded<Group>,
    pub(crate) models: Bounded<Group>,
    /// By provider, then by model.
    pub(crate) gen_ai: BTreeMap<&'static str, Bounded<GenAi>>,
    pub(crate) skipped: BTreeMap<&'static str, u64>,
    pub(crate) billed: Billed,
    /// The time of each of the [`STAGES`].
    pub(crate) stages: [Histogram; STAGES.len()],
}

/// The requests of one API.
#[derive(Clone, Debug)]
pub(crate) struct Api {
    /// By the class of the answer's status, `none` where none came.
    pub(crate) statuses: BTreeMap<&'static str, u64>,
    pub(crate) bytes_in: u64,
    pub(crate) bytes_out: u64,
    pub(crate) answer_bytes: u64,
    pub(crate) first_byte: Histogram,
    pub(crate) duration: Histogram,
}

/// The requests of one model, or on one route.
#[derive(Clone, Debug, Default)]
pub(crate) struct Group {
    pub(crate) requests: u64,
    pub(crate) bytes_in: u64,
    pub(crate) bytes_out: u64,
    /// What was new in them.
    pub(crate) new: Tally,
    pub(crate) billed: Billed,
}

/// Sums of reports.
#[derive(Clone, Debug, Default)]
pub(crate) struct Total {
    pub(crate) all: Tally,
    pub(crate) rewritten: BTreeMap<Codec, Tally>,
    pub(crate) kept: BTreeMap<Reason, Tally>,
}

/// What the provider says was used, in tokens.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Billed {
    /// Requests whose answer said it.
    pub(crate) requests: u64,
    pub(crate) input: u64,
    pub(crate) cache_read: u64,
    pub(crate) cache_write: u64,
    pub(crate) output: u64,
}

/// What OpenTelemetry's GenAI conventions ask of one model's requests.
#[derive(Clone, Debug)]
pub(crate) struct GenAi {
    /// Tokens of a whole prompt, cached or not.
    pub(crate) input: Histogram,
    /// Tokens of an answer.
    pub(crate) output: Histogram,
    /// From a request's head to its answer's end.
    pub(crate) duration: Histogram,
}

/// The stages of a request, in their order.
pub(crate) const STAGES: [&str; 4] = ["read", "engine", "upstream", "stream"];

impl Sums {
    /// Adds one request.
    pub(crate) fn add(&mut self, record: &Record) {
        self.requests += 1;
        self.bytes_in += record.bytes_in;
        self.bytes_out += record.bytes_out;
        self.answer_bytes += record.answer_bytes;
        self.apis.entry(record.api()).or_default().add(record);
        if let Some(skip) = record.skip {
            *self.skipped.entry(skip.name()).or_default() += 1;
        }
        self.all.add(&record.report);
        self.add_new(record);
        self.add_groups(record);
        self.billed.add(record.usage.as_ref());
        for (stage, time) in self.stages.iter_mut().zip(times(record)) {
            time.into_iter().for_each(|time| stage.add_time(time));
        }
    }

    /// A part is new once: in a turn that was answered. A request that fails comes again, and one that
    /// only counts tokens comes before the turn.
    fn add_new(&mut self, record: &Record) {
        self.resent += record.resent;
        if !counts(record) {
            self.resent += record.new.total();
            return;
        }
        self.new.add(&record.new.report);
        for (tool, tally) in &record.new.tools {
            *self.tools.of(tool) += *tally;
        }
    }

    fn add_groups(&mut self, record: &Record) {
        self.routes.of(&record.route).add(record);
        let Some(provider) = provider(record).filter(|_| is_answered(record)) else { return };
        let model = model(record);
        self.models.of(model).add(record);
        self.gen_ai.entry(provider).or_default().of(model).add(record);
    }
}

impl Total {
    fn add(&mut self, report: &Report) {
        self.all += report.total;
        for (codec, tally) in &report.rewritten {
            *self.rewritten.entry(*codec).or_default() += *tally;
        }
        for (reason, tally) in &report.kept {
            *self.kept.entry(*reason).or_default() += *tally;
        }
    }
}

impl Api {
    fn add(&mut self, record: &Record) {
        *self.statuses.entry(class(record.status)).or_default() += 1;
        self.bytes_in += record.bytes_in;
        self.bytes_out += record.bytes_out;
        self.answer_bytes += record.answer_bytes;
        record.first_byte.into_iter().for_each(|time| self.first_byte.add_time(time));
        self.duration.add_time(record.duration);
    }
}

impl Group {
    fn add(&mut self, record: &Record) {
        self.requests += 1;
        self.bytes_in += record.bytes_in;
        self.bytes_out += record.bytes_out;
        if counts(record) {
            self.new += record.new.total();
        }
        self.billed.add(record.usage.as_ref());
    }
}

impl Billed {
    fn add(&mut self, usage: Option<&Usage>) {
        // An error tells nothing of what is billed.
        let Some(usage) = usage.filter(|usage| usage.has_tokens()) else { return };
        self.requests += 1;
        self.input += usage.input.unwrap_or(0);
        self.cache_read += usage.cache_read.unwrap_or(0);
        self.cache_write += usage.cache_write.unwrap_or(0);
        self.output += usage.output.unwrap_or(0);
    }

    /// Each kind of tokens by its name.
    pub(crate) fn kinds(&self) -> [(&'static str, u64); 4] {
        [
            ("input", self.input),
            ("cache_read", self.cache_read),
            ("cache_write", self.cache_write),
            ("output", self.output),
        ]
    }
}

impl GenAi {
    fn add(&mut self, record: &Record) {
        self.duration.add_time(record.duration);
        let Some(usage) = &record.usage else { return };
        if let Some(input) = usage.input {
            let cached = usage.cache_read.unwrap_or(0) + usage.cache_write.unwrap_or(0);
            self.input.add((input + cached) as f64);
        }
        usage.output.into_iter().for_each(|output| self.output.add(output as f64));
    }
}

impl Default for Sums {
    fn default() -> Self {
        Self {
            requests: 0,
            apis: BTreeMap::new(),
            bytes_in: 0,
            bytes_out: 0,
            answer_bytes: 0,
            new: Total::default(),
            resent: Tally::default(),
            all: Total::default(),
            tools: Bounded::default(),
            routes: Bounded::default(),
            models: Bounded::default(),
            gen_ai: BTreeMap::new(),
            skipped: BTreeMap::new(),
            billed: Billed::default(),
            stages: std::array::from_fn(|_| Histogram::new(SECONDS)),
        }
    }
}

impl Default for Api {
    fn default() -> Self {
        Self {
            statuses: BTreeMap::new(),
            bytes_in: 0,
            bytes_out: 0,
            answer_bytes: 0,
            first_byte: Histogram::new(SECONDS),
            duration: Histogram::new(SECONDS),
        }
    }
}

impl Default for GenAi {
    fn default() -> Self {
        let tokens = || Histogram::new(GEN_AI_TOKENS);
        Self { input: tokens(), output: tokens(), duration: Histogram::new(GEN_AI_SECONDS) }
    }
}

/// Whether what is new in the request counts as new.
fn counts(record: &Record) -> bool {
    record.turn && is_answered(record)
}

/// Whether the upstream took it.
fn is_answered(record: &Record) -> bool {
    let took =
        |status: StatusCode| status.is_success() || status == StatusCode::SWITCHING_PROTOCOLS;
    record.status.is_some_and(took)
}

/// The provider's name in OpenTelemetry's conventions: who made the API, whoever serves it.
fn provider(record: &Record) -> Option<&'static str> {
    match record.dialect.filter(|_| record.turn)? {
        Dialect::Anthropic => Some("anthropic"),
        Dialect::OpenAiChat | Dialect::OpenAiResponses => Some("openai"),
        _ => None,
    }
}

/// The model that was asked for; where the body was not read, the one that answered.
fn model(record: &Record) -> &str {
    let answered = || record.usage.as_ref().and_then(|usage| usage.model.as_deref());
    record.model.as_deref().or_else(answered).unwrap_or(UNKNOWN)
}

fn class(status: Option<StatusCode>) -> &'static str {
    match status.map(|status| status.as_u16() / 100) {
        None => "none",
        Some(1) => "1xx",
        Some(2) => "2xx",
        Some(3) => "3xx",
        Some(4) => "4xx",
        Some(_) => "5xx",
    }
}

/// The time of each stage, as far as it is known. What passed as it came was read while it left.
fn times(record: &Record) -> [Option<Duration>; STAGES.len()] {
    // In a dry run nobody waits for the engine.
    let engine = record.engine.filter(|_| record.skip != Some(Skip::DryRun));
    let before = record.read.unwrap_or_default() + engine.unwrap_or_default();
    let upstream = record.first_byte.map(|first| first.saturating_sub(before));
    let stream = record.first_byte.map(|first| record.duration.saturating_sub(first));
    [record.read, record.engine, upstream, stream]
}

#[cfg(test)]
mod tests;
