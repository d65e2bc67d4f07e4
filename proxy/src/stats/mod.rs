//! What all requests came to, since the proxy started: sums of records, for `/stats`.

mod arm;
mod json;

use crate::{
    config::Config,
    guard::Guard,
    holdout::{Arm, Share},
    meter::Usage,
    record::{Record, Recorder},
};
use arm::Billed;
use brevity::{Codec, Reason, Tally};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

/// Adds up records and hands them on.
pub(crate) struct Stats {
    sums: Mutex<Sums>,
    share: Option<Share>,
    guard: Arc<Guard>,
    since: Instant,
    next: Arc<dyn Recorder>,
}

/// The sums. Their size is bounded by the number of codecs and reasons, and by what an arm holds.
#[derive(Default)]
struct Sums {
    requests: u64,
    /// Those whose answer said what the provider billed.
    with_usage: u64,
    bytes_in: u64,
    bytes_out: u64,
    fresh: Tally,
    resent: Tally,
    rewritten: BTreeMap<Codec, Tally>,
    kept: BTreeMap<Reason, Tally>,
    skipped: BTreeMap<&'static str, u64>,
    usage: Usage,
    rewriting: Billed,
    held_out: Billed,
}

impl Stats {
    /// No sums yet. Records go on to `next`.
    pub(crate) fn new(config: &Config, guard: Arc<Guard>, next: Arc<dyn Recorder>) -> Self {
        let since = Instant::now();
        Self { sums: Mutex::default(), share: config.holdout, guard, since, next }
    }

    /// The sums as a JSON document.
    pub(crate) fn json(&self) -> String {
        let guard = self.guard.counts();
        self.lock().json(self.since.elapsed(), self.share, &guard)
    }

    fn lock(&self) -> MutexGuard<'_, Sums> {
        self.sums.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Recorder for Stats {
    fn record(&self, record: Record) {
        self.lock().add(&record);
        self.next.record(record);
    }
}

impl Sums {
    fn add(&mut self, record: &Record) {
        self.requests += 1;
        self.bytes_in += record.bytes_in;
        self.bytes_out += record.bytes_out;
        self.fresh += record.fresh;
        self.resent += record.resent;
        for (codec, tally) in &record.report.rewritten {
            *self.rewritten.entry(*codec).or_default() += *tally;
        }
        for (reason, tally) in &record.report.kept {
            *self.kept.entry(*reason).or_default() += *tally;
        }
        if let Some(skip) = record.skip {
            *self.skipped.entry(skip.name()).or_default() += 1;
        }
        if let Some(usage) = &record.usage {
            self.bill(record, usage);
        }
    }

    fn bill(&mut self, record: &Record, usage: &Usage) {
        let counts = [usage.input, usage.cache_read, usage.cache_write, usage.output];
        // An error, or an answer that does not tell, says nothing of what is billed.
        if counts.iter().all(Option::is_none) {
            return;
        }
        self.with_usage += 1;
        let sums = [
            (&mut self.usage.input, usage.input),
            (&mut self.usage.cache_read, usage.cache_read),
            (&mut self.usage.cache_write, usage.cache_write),
            (&mut self.usage.output, usage.output),
        ];
        for (sum, more) in sums {
            *sum = Some(sum.unwrap_or(0) + more.unwrap_or(0));
        }
        let Some((conversation, arm)) = record.conversation else { return };
        match arm {
            Arm::Rewritten => self.rewriting.add(conversation, usage),
            Arm::HeldOut => self.held_out.add(conversation, usage),
        }
    }
}
