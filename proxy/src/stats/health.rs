//! What does not work as it should, and since when: read off the records as they come.

use super::bounded::Bounded;
use crate::{record::Record, route::Skip, vitals::Vitals};
use brevity::Reason;
use std::time::Instant;

/// So many failures of an upstream in a row are no accident.
const IN_A_ROW: u64 = 3;

/// So many bodies without a failure of the engine, and it is trusted again.
const TRUST: u64 = 100;

/// What records say of the proxy's health. Its size is bounded.
#[derive(Debug, Default)]
pub(super) struct Health {
    /// By route.
    upstreams: Bounded<Streak>,
    engine: Engine,
}

/// The failures of one upstream since it last answered well.
#[derive(Debug, Default)]
struct Streak {
    failed: u64,
    since: Option<Instant>,
}

/// The engine's failures since it was last trusted.
#[derive(Debug, Default)]
struct Engine {
    failed: u64,
    since: Option<Instant>,
    /// Bodies without one, since the last.
    clean: u64,
}

/// One thing that does not work as it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Degraded {
    /// What it is: `upstream`, `engine`, `altered` or `draining`.
    pub(crate) what: &'static str,
    /// Which of several.
    pub(crate) route: Option<String>,
    /// Since when.
    pub(crate) since: Instant,
    /// What happened, in a sentence.
    pub(crate) why: String,
}

impl Health {
    pub(super) fn add(&mut self, record: &Record) {
        self.engine.add(record);
        let streak = self.upstreams.of(&record.route);
        match is_failure(record) {
            Some(true) => {
                streak.failed += 1;
                streak.since.get_or_insert_with(Instant::now);
            }
            Some(false) => *streak = Streak::default(),
            None => {}
        }
    }

    pub(super) fn degraded(&self) -> Vec<Degraded> {
        let upstreams = self.upstreams.iter().filter_map(|(route, streak)| {
            let since = streak.since.filter(|_| streak.failed >= IN_A_ROW)?;
            let why = format!("the last {} requests failed at the upstream", streak.failed);
            Some(Degraded { what: "upstream", route: Some(route.to_owned()), since, why })
        });
        let engine = self.engine.since.map(|since| {
            let why = format!(
                "the engine failed on {} bodies, which were left as they came; see the log",
                self.engine.failed
            );
            Degraded { what: "engine", route: None, since, why }
        });
        upstreams.chain(engine).collect()
    }
}

/// What holds right now and should not.
pub(super) fn degraded_now(vitals: &Vitals) -> impl Iterator<Item = Degraded> {
    let found = |what, since, why: &str| Degraded { what, route: None, since, why: why.into() };
    let altered = "a body that left does not give back what came; please report it";
    let altered = vitals.checks.altered_since().map(|since| found("altered", since, altered));
    let drain = "told to stop: only what is under way is finished";
    let drain = vitals.draining().map(|since| found("draining", since, drain));
    altered.into_iter().chain(drain)
}

impl Engine {
    fn add(&mut self, record: &Record) {
        let kept = &record.report.kept;
        let failed = record.skip == Some(Skip::Failed) || kept.contains_key(&Reason::Fault);
        if failed {
            self.since.get_or_insert_with(Instant::now);
            (self.failed, self.clean) = (self.failed + 1, 0);
        } else if record.report.total.parts > 0 {
            self.clean += 1;
        }
        if self.clean >= TRUST {
            *self = Self::default();
        }
    }
}

/// Whether the upstream failed; `None` where the request says nothing of it, such as one whose client
/// has left, or that the proxy refused.
fn is_failure(record: &Record) -> Option<bool> {
    let answered = record.status.filter(|_| record.error.is_none());
    match record.upstream_failed {
        true => Some(true),
        false => answered.map(|status| status.is_server_error()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::{Method, StatusCode};

    fn record(route: &'static str, status: u16) -> Record {
        let mut record = Record::new(1, Method::POST, "/".into());
        record.route = route.into();
        record.status = StatusCode::from_u16(status).ok();
        record
    }

    fn found(health: &Health) -> Vec<(&'static str, Option<String>)> {
        health.degraded().into_iter().map(|found| (found.what, found.route)).collect()
    }

    #[test]
    fn an_upstream_is_degraded_from_its_third_failure_until_it_answers() {
        let mut health = Health::default();
        for _ in 0..2 {
            health.add(&record("a", 529));
        }
        assert!(found(&health).is_empty());
        let mut refused = record("a", 413);
        refused.error = Some("too long".into());
        health.add(&refused);
        assert!(found(&health).is_empty(), "what the proxy refuses says nothing");
        let mut broken = record("a", 200);
        (broken.error, broken.upstream_failed) = (Some("it broke off".into()), true);
        health.add(&broken);
        health.add(&record("b", 200));
        assert_eq!(found(&health), [("upstream", Some("a".into()))]);
        health.add(&record("a", 404));
        assert!(found(&health).is_empty());
    }

    #[test]
    fn what_was_altered_stays_known() {
        let vitals = Vitals::default();
        assert_eq!(degraded_now(&vitals).count(), 0);
        vitals.checks.was_altered(7);
        vitals.drain();
        let found: Vec<_> = degraded_now(&vitals).map(|found| found.what).collect();
        assert_eq!(found, ["altered", "draining"]);
    }

    #[test]
    fn the_engine_is_trusted_again_after_a_while() {
        let mut health = Health::default();
        let mut failed = record("a", 200);
        failed.skip = Some(Skip::Failed);
        health.add(&failed);
        assert_eq!(found(&health), [("engine", None)]);
        let mut clean = record("a", 200);
        clean.report.total.parts = 1;
        for _ in 0..TRUST {
            assert_eq!(found(&health), [("engine", None)]);
            health.add(&record("a", 200));
            health.add(&clean);
        }
        assert!(found(&health).is_empty());
    }
}
