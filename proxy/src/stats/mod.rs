//! What all requests came to since the proxy started: sums of records, and what holds right now.
//!
//! Every figure that the proxy shows of itself, in `/stats`, `/metrics` and `/healthz`, comes from
//! here, so they agree. Records are added when a request is over; what is under way is in [`Vitals`].

mod arm;
mod bounded;
mod health;
mod histogram;
mod json;
mod sums;

pub(crate) use health::Degraded;
pub(crate) use histogram::Histogram;
pub(crate) use sums::{Group, STAGES, Sums};

use crate::{
    config::Config,
    guard::{Counts, Guard},
    holdout::{Arm, Share},
    record::{Record, Recorder},
    vitals::Vitals,
};
use arm::Sample;
use health::Health;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Adds up records and hands them on.
pub(crate) struct Stats {
    books: Mutex<Books>,
    vitals: Arc<Vitals>,
    share: Option<Share>,
    guard: Arc<Guard>,
    next: Arc<dyn Recorder>,
}

/// What records are added to.
#[derive(Default)]
struct Books {
    sums: Sums,
    health: Health,
    arms: Arms,
}

/// The two arms of a hold-out.
#[derive(Default)]
struct Arms {
    rewritten: Sample,
    held_out: Sample,
}

impl Stats {
    /// No sums yet. Records go on to `next`.
    pub(crate) fn new(
        config: &Config,
        guard: Arc<Guard>,
        vitals: Arc<Vitals>,
        next: Arc<dyn Recorder>,
    ) -> Self {
        Self { books: Mutex::default(), vitals, share: config.holdout, guard, next }
    }

    /// The sums as a JSON document.
    pub(crate) fn json(&self) -> String {
        let holdout = self.share.map(|share| self.lock().arms.json(share));
        let parts = json::Parts {
            sums: &self.sums(),
            vitals: &self.vitals,
            guard: &self.guarded(),
            holdout: holdout.unwrap_or_else(|| "null".into()),
        };
        parts.json()
    }

    /// The sums as they are now.
    pub(crate) fn sums(&self) -> Sums {
        self.lock().sums.clone()
    }

    /// What the cache guard has seen.
    pub(crate) fn guarded(&self) -> Counts {
        self.guard.counts()
    }

    /// What holds right now.
    pub(crate) fn vitals(&self) -> &Vitals {
        &self.vitals
    }

    /// What does not work as it should.
    pub(crate) fn degraded(&self) -> Vec<Degraded> {
        let mut found = self.lock().health.degraded();
        found.extend(health::degraded_now(&self.vitals));
        found
    }

    fn lock(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Recorder for Stats {
    fn record(&self, record: Record) {
        {
            let mut books = self.lock();
            books.sums.add(&record);
            books.health.add(&record);
            books.arms.add(&record);
        }
        self.next.record(record);
    }
}

impl Arms {
    fn add(&mut self, record: &Record) {
        let (Some(usage), Some((conversation, arm))) = (&record.usage, record.conversation) else {
            return;
        };
        // An error, or an answer that does not tell, says nothing of what is billed.
        if !usage.has_tokens() {
            return;
        }
        match arm {
            Arm::Rewritten => self.rewritten.add(conversation, usage),
            Arm::HeldOut => self.held_out.add(conversation, usage),
        }
    }
}
