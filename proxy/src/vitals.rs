//! What holds at this moment, and what is counted as it happens: atomics that anybody may read.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Instant, SystemTime, UNIX_EPOCH},
};

/// The proxy's pulse.
#[derive(Debug)]
pub(crate) struct Vitals {
    /// When it started.
    pub(crate) since: Instant,
    /// The same as the clock has it.
    pub(crate) started: SystemTime,
    /// A number that hardly any other run has.
    pub(crate) run: u32,
    /// The clients' connections that are open.
    pub(crate) connections: Open,
    /// The requests on their way.
    pub(crate) requests: Open,
    /// The requests that were refused before any more of them was read.
    pub(crate) refused: Refused,
    /// What checks of bodies that left have found.
    pub(crate) checks: Checks,
    draining: OnceLock<Instant>,
}

/// How many of something are open, and how many were.
#[derive(Debug, Default)]
pub(crate) struct Open {
    now: Arc<AtomicU64>,
    ever: AtomicU64,
}

/// One of them. It is open until this is dropped.
#[derive(Debug)]
pub(crate) struct Opened(Arc<AtomicU64>);

/// What checks have found: each body is put back and compared with what came.
#[derive(Debug, Default)]
pub(crate) struct Checks {
    /// Bodies that came back as they were.
    pub(crate) same: Count,
    /// Bodies that did not.
    pub(crate) altered: Count,
    /// Bodies that held the notation already when they came, so that nothing is proved.
    pub(crate) unclear: Count,
    /// Bodies whose turn it was while another was being checked.
    pub(crate) busy: Count,
    /// The bytes that came in those that were the same.
    pub(crate) bytes: Count,
    /// The bytes that did not come back.
    pub(crate) altered_bytes: Count,
    since: OnceLock<Instant>,
}

/// Requests that were refused, by what they were answered.
#[derive(Debug, Default)]
pub(crate) struct Refused([Count; STATUSES.len()]);

/// With what requests are refused before any more of them is read.
const STATUSES: [(u16, &str); 7] = [
    (400, "400"),
    (401, "401"),
    (408, "408"),
    (421, "421"),
    (429, "429"),
    (431, "431"),
    (503, "503"),
];

impl Refused {
    /// One more was answered with `status`.
    pub(crate) fn add(&self, status: u16) {
        let at = STATUSES.iter().position(|(known, _)| *known == status);
        if let Some(count) = at.and_then(|at| self.0.get(at)) {
            count.add(1);
        }
    }

    /// How many were answered with what.
    pub(crate) fn counts(&self) -> impl Iterator<Item = (&'static str, u64)> {
        STATUSES.iter().zip(&self.0).map(|((_, name), count)| (*name, count.value()))
    }
}

/// A count that only grows.
#[derive(Debug, Default)]
pub(crate) struct Count(AtomicU64);

impl Count {
    pub(crate) fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }

    pub(crate) fn value(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Default for Vitals {
    fn default() -> Self {
        let started = SystemTime::now();
        let nanos = started.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        let mixed = nanos as u64 ^ u64::from(std::process::id()).rotate_left(40);
        Self {
            since: Instant::now(),
            started,
            run: (mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32,
            connections: Open::default(),
            requests: Open::default(),
            refused: Refused::default(),
            checks: Checks::default(),
            draining: OnceLock::new(),
        }
    }
}

impl Vitals {
    /// From now on the proxy only ends what is under way.
    pub(crate) fn drain(&self) {
        self.draining.get_or_init(Instant::now);
    }

    /// Since when it drains, if it does.
    pub(crate) fn draining(&self) -> Option<Instant> {
        self.draining.get().copied()
    }
}

impl Checks {
    /// A body did not come back, `bytes` of it.
    pub(crate) fn was_altered(&self, bytes: u64) {
        self.since.get_or_init(Instant::now);
        self.altered.add(1);
        self.altered_bytes.add(bytes);
    }

    /// Since when it is known that a body was altered, if one was.
    pub(crate) fn altered_since(&self) -> Option<Instant> {
        self.since.get().copied()
    }

    /// How many bodies came to what.
    pub(crate) fn results(&self) -> [(&'static str, u64); 4] {
        [
            ("same", self.same.value()),
            ("altered", self.altered.value()),
            ("unclear", self.unclear.value()),
            ("busy", self.busy.value()),
        ]
    }
}

impl Open {
    /// Another one.
    pub(crate) fn open(&self) -> Opened {
        self.ever.fetch_add(1, Ordering::Relaxed);
        self.now.fetch_add(1, Ordering::Relaxed);
        Opened(self.now.clone())
    }

    /// Another one, unless so many are open.
    pub(crate) fn open_below(&self, most: u64) -> Option<Opened> {
        let before = self.now.fetch_add(1, Ordering::Relaxed);
        let opened = Opened(self.now.clone());
        (before < most).then(|| {
            self.ever.fetch_add(1, Ordering::Relaxed);
            opened
        })
    }

    /// How many are open.
    pub(crate) fn now(&self) -> u64 {
        self.now.load(Ordering::Relaxed)
    }

    /// How many were opened.
    pub(crate) fn ever(&self) -> u64 {
        self.ever.load(Ordering::Relaxed)
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_open_is_counted_until_it_is_dropped() {
        let open = Open::default();
        let (first, second) = (open.open(), open.open_below(2));
        assert!(second.is_some() && open.open_below(2).is_none());
        assert_eq!((open.now(), open.ever()), (2, 2));
        drop((first, second));
        assert_eq!((open.now(), open.ever()), (0, 2));
    }

    #[test]
    fn a_drain_begins_once() {
        let vitals = Vitals::default();
        assert_eq!(vitals.draining(), None);
        vitals.drain();
        let since = vitals.draining();
        vitals.drain();
        assert!(since.is_some() && vitals.draining() == since);
    }
}
